/**
 * Routing. In: what is known of an application and of every funder at one moment, the policy, the funders' records. Out: the ordered plan,
 * with the reason for every funder left out and the numbers behind every choice (docs/routing.md).
 * It must not read a clock, draw unseeded luck, keep anything between calls that changes an answer, or depend on the order of the funders:
 * a stored plan is made again to the same bytes from its stored inputs. It is on the path of every application.
 */
import { invariant } from '../domain/failures.ts';
import type { Funder } from '../domain/funder.ts';
import type { Exclusion, FunderState, Plan, PlanInputs, PlanStep, VolumePrice } from '../domain/plan.ts';
import type { Policy } from '../domain/policy.ts';
import { betaInterval90, betaMean } from './beta.ts';
import { withinSteering } from './bounded-steering.ts';
import { drawLikelihood, isExplored } from './draw.ts';
import { exclusionOf } from './eligibility.ts';
import type { Situation } from './eligibility.ts';
import { chooseWithinExposure } from './exposure.ts';
import { afterDeclines, latentAfterDeclines } from './latent.ts';
import type { Latent } from './latent.ts';
import { boxOf, byIndex, indexOf } from './order.ts';
import type { Box } from './order.ts';
import { borrowerOrder, steeringOf } from './steering.ts';
import type { Prospect } from './steering.ts';
import { weightOf, worthOf } from './value.ts';
import type { Worth } from './value.ts';
import { byWorth, valueOfWaves } from './wave.ts';

/** A funder that may be tried. As a box it carries the likelihood the decision uses, and value and cost with the prices of volume on them. */
interface Candidate extends Box {
  readonly funder: Funder;
  readonly state: FunderState;
  readonly entity: string;
}

/** A candidate with what only a funder that is tried needs: one in a hundred, where there are many. */
interface Chosen extends Prospect {
  readonly candidate: Candidate;
  readonly prior: number;
  readonly worth: Worth;
  readonly price: VolumePrice;
}

/** What is the same for every funder of a plan. */
interface Decision {
  readonly inputs: PlanInputs;
  readonly policy: Policy;
  readonly explored: boolean;
  readonly latent: Latent | null;
  /** Whether any funder has a weight: a look-up by name that finds nothing costs as much as the rest of a funder's sums. */
  readonly weighted: boolean;
}

/**
 * Makes the plan for the funders in `inputs`; one whose record is missing is left out as paused. Throws InvariantError when a likelihood
 * is not a Beta. `expectedValueFen` uses the means even when the order was explored: it is what we expect, not what we tried on.
 */
export function makePlan(inputs: PlanInputs, policy: Policy, funders: ReadonlyMap<string, Funder>): Plan {
  const explored = isExplored(inputs.seed, policy.exploration_share);
  const latent = latentAfterDeclines(inputs.declinedLikelihoods, inputs.latentSigma);
  const decision = { inputs, policy, explored, latent, weighted: Object.keys(policy.weights).length > 0 };
  const situation = situationOf(inputs, policy);
  const excluded: Exclusion[] = [];
  const candidates: Candidate[] = [];
  for (const state of inputs.funders) {
    const funder = funders.get(state.funderId);
    const exclusion = funder === undefined ? missing(state) : exclusionOf(funder, state, situation);
    if (exclusion !== null) excluded.push(exclusion);
    else candidates.push(candidateOf(funder!, state, decision));
  }
  const attempts = Math.max(0, policy.max_attempts - inputs.attemptsUsed);
  const limits = { attempts, lastBox: policy.partner_offer_value_fen };
  const choice = chooseWithinExposure(candidates, policy, limits, situation);
  for (const left of choice.left) excluded.push(withPrice(left, inputs));
  const free = wavesOf(choice.waves, decision);
  const waves = policy.max_steering < 1 ? bounded(free, decision) : free;
  const chosen = waves.flat();
  const borrowers = borrowerOrder(chosen, policy.patience);
  return {
    steps: chosen.map((each) => stepOf(each, latent)),
    excluded: excluded.sort(byFunderId),
    explored,
    expectedValueFen: expectedValue(waves, policy),
    borrowerOrder: borrowers.map((prospect) => prospect.funderId),
    steering: steeringOf(chosen, borrowers),
    ...(waves === free ? {} : { bounded: true as const }),
  };
}

function wavesOf(waves: readonly (readonly Candidate[])[], decision: Decision): readonly (readonly Chosen[])[] {
  return waves.map((members, wave) => members.map((candidate) => chosenOf(candidate, wave, decision)));
}

/** The same funders, no farther from the borrower's order than the policy permits. */
function bounded(waves: readonly (readonly Chosen[])[], decision: Decision): readonly (readonly Chosen[])[] {
  const { max_steering: most, patience, tier_order, partner_offer_value_fen: lastBox } = decision.policy;
  const rank = new Map(borrowerOrder(waves.flat(), patience).map((each, place) => [each.candidate, place]));
  const before = waves.map((members) => members.map(({ candidate }) => candidate));
  const after = withinSteering(before, { rank, most, lastBox, free: tier_order === 'index' });
  return after === before ? waves : wavesOf(after, decision);
}

function situationOf(inputs: PlanInputs, policy: Policy): Situation {
  return {
    nowMs: inputs.nowMs,
    facts: inputs.facts,
    exposed: new Set(inputs.exposedEntities),
    maxRecipients: policy.exposure_budget.max_recipients,
    maxAprBps: inputs.maxAprBps ?? {},
  };
}

const FREE: VolumePrice = {};

function priceOf({ prices }: PlanInputs, funderId: string): VolumePrice {
  return prices?.[funderId] ?? FREE;
}

/** An index that carries a price says so: without it the number could not be followed. */
function withPrice(left: Exclusion, inputs: PlanInputs): Exclusion {
  const { approvalFen = 0, attemptFen = 0 } = priceOf(inputs, left.funderId);
  if (approvalFen === 0 && attemptFen === 0) return left;
  return { ...left, detail: `${left.detail}; volume priced at ${approvalFen} fen an approval, ${attemptFen} fen an attempt` };
}

function candidateOf(funder: Funder, state: FunderState, { inputs, policy, explored, latent, weighted }: Decision): Candidate {
  const { alpha, beta } = state.likelihood;
  invariant(alpha > 0 && beta > 0 && alpha + beta < Infinity, 'likelihood is not a Beta');
  const before = explored ? drawLikelihood(inputs.seed, funder.id, state.likelihood) : betaMean(state.likelihood);
  const p = afterDeclines(before, latent);
  const {
    valueFen,
    costFen,
    patience: d,
  } = worthOf(funder, policy, inputs.facts.amount_fen, state.latencyMs, weighted ? weightOf(policy, funder.id) : 1);
  const { approvalFen = 0, attemptFen = 0 } = priceOf(inputs, funder.id);
  const v = valueFen - approvalFen;
  const c = costFen + attemptFen;
  // Written out rather than spread from `boxOf`: a second object for each funder is most of the cost of planning many.
  return {
    funderId: funder.id,
    tier: funder.tier,
    p,
    v,
    c,
    d,
    gain: p * v - c,
    stay: d * (1 - p),
    index: indexOf(p, v, c, d),
    funder,
    state,
    entity: funder.legal_entity,
  };
}

function chosenOf(candidate: Candidate, wave: number, { inputs, policy, explored, latent }: Decision): Chosen {
  const { funderId, funder, state } = candidate;
  const prior = betaMean(state.likelihood);
  return {
    candidate,
    wave,
    funderId,
    prior,
    mean: explored ? afterDeclines(prior, latent) : candidate.p,
    worth: worthOf(funder, policy, inputs.facts.amount_fen, state.latencyMs),
    price: priceOf(inputs, funderId),
    quotedAprBps: funder.product.quoted_apr_bps,
  };
}

function stepOf({ candidate, wave, prior, mean, worth, price }: Chosen, latent: Latent | null): PlanStep {
  const { low, high } = betaInterval90(candidate.state.likelihood);
  const { approvalFen = 0, attemptFen = 0 } = price;
  return {
    funderId: candidate.funderId,
    tier: candidate.tier,
    wave,
    prior,
    mean,
    low: afterDeclines(low, latent),
    high: afterDeclines(high, latent),
    used: candidate.p,
    valueFen: worth.valueFen,
    costFen: worth.costFen,
    patience: worth.patience,
    ...(approvalFen === 0 ? {} : { approvalPriceFen: approvalFen }),
    ...(attemptFen === 0 ? {} : { attemptPriceFen: attemptFen }),
    index: candidate.index,
  };
}

/**
 * In a wave the approval worth most wins; in a rate table the borrower is taken to pick the lowest quoted rate. Prices of volume choose
 * but are not money: they are left out here.
 */
function expectedValue(waves: readonly (readonly Chosen[])[], policy: Policy): number {
  const believed = waves.map((members) => {
    const of = new Map(members.map((member) => [member.candidate, member]));
    const candidates = members.map((member) => member.candidate);
    const preferred = policy.strategy === 'rate_table' ? byRate(candidates) : byWorth(candidates);
    return preferred.map((candidate) => {
      const { mean: p, worth } = of.get(candidate)!;
      return boxOf(candidate.funderId, candidate.tier, p, worth.valueFen, worth.costFen, worth.patience);
    });
  });
  return valueOfWaves(believed, policy.partner_offer_value_fen);
}

function byRate(members: readonly Candidate[]): Candidate[] {
  return members.toSorted((left, right) => left.funder.product.quoted_apr_bps - right.funder.product.quoted_apr_bps || byIndex(left, right));
}

function missing(state: FunderState): Exclusion {
  return { funderId: state.funderId, code: 'paused', detail: 'no record in this snapshot' };
}

function byFunderId(left: Exclusion, right: Exclusion): number {
  return left.funderId < right.funderId ? -1 : 1;
}
