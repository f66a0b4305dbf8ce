/**
 * Routing. In: what is known of an application and of every funder at one moment, the policy, the funders' records. Out: the ordered plan,
 * with the reason for every funder left out and the numbers behind every choice (docs/routing.md).
 * It must not read a clock, draw unseeded luck, keep anything between calls that changes an answer, or depend on the order of the funders:
 * a stored plan is made again to the same bytes from its stored inputs. It is on the path of every application.
 */
import { invariant } from '../domain/failures.ts';
import type { Funder } from '../domain/funder.ts';
import type { Exclusion, FunderState, Plan, PlanInputs, PlanStep } from '../domain/plan.ts';
import type { Policy } from '../domain/policy.ts';
import { betaInterval90, betaMean } from './beta.ts';
import { drawLikelihood, isExplored } from './draw.ts';
import { exclusionOf } from './eligibility.ts';
import type { Situation } from './eligibility.ts';
import { chooseWithinExposure } from './exposure.ts';
import { afterDeclines, latentAfterDeclines } from './latent.ts';
import type { LatentWeights } from './latent.ts';
import { boxOf, byIndex } from './order.ts';
import type { Box } from './order.ts';
import { borrowerOrder, steeringOf } from './steering.ts';
import { worthOf } from './value.ts';
import { byWorth, valueOfWaves } from './wave.ts';

/** A funder that may be tried. As a box it carries the likelihood the decision uses; `mean` is what is believed. */
interface Candidate extends Box {
  readonly funder: Funder;
  readonly state: FunderState;
  readonly entity: string;
  readonly prior: number;
  readonly mean: number;
}

/**
 * Makes the plan for the funders in `inputs`; one whose record is missing is left out as paused. Throws InvariantError when a likelihood
 * is not a Beta. `expectedValueFen` uses the means even when the order was explored: it is what we expect, not what we tried on.
 */
export function makePlan(inputs: PlanInputs, policy: Policy, funders: ReadonlyMap<string, Funder>): Plan {
  const explored = isExplored(inputs.seed, policy.exploration_share);
  const latent = latentAfterDeclines(inputs.declinedLikelihoods);
  const situation = situationOf(inputs, policy);
  const excluded: Exclusion[] = [];
  const candidates: Candidate[] = [];
  for (const state of inputs.funders) {
    const funder = funders.get(state.funderId);
    const exclusion = funder === undefined ? missing(state) : exclusionOf(funder, state, situation);
    if (exclusion !== null) excluded.push(exclusion);
    else candidates.push(candidateOf(funder!, state, inputs, policy, explored, latent));
  }
  const attempts = Math.max(0, policy.max_attempts - inputs.attemptsUsed);
  const limits = { attempts, lastBox: policy.partner_offer_value_fen };
  const choice = chooseWithinExposure(candidates, policy, limits, situation);
  excluded.push(...choice.left);
  const chosen = choice.waves.flatMap((members, wave) => members.map((candidate) => prospectOf(candidate, wave)));
  const borrowers = borrowerOrder(chosen, policy.patience);
  return {
    steps: chosen.map(({ candidate, wave }) => stepOf(candidate, wave, latent)),
    excluded: excluded.toSorted(byFunderId),
    explored,
    expectedValueFen: expectedValue(choice.waves, policy),
    borrowerOrder: borrowers.map((prospect) => prospect.funderId),
    steering: steeringOf(chosen, borrowers),
  };
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

function candidateOf(
  funder: Funder,
  state: FunderState,
  inputs: PlanInputs,
  policy: Policy,
  explored: boolean,
  latent: LatentWeights | null,
): Candidate {
  const { alpha, beta } = state.likelihood;
  invariant(alpha > 0 && beta > 0 && alpha + beta < Infinity, 'likelihood is not a Beta');
  const prior = betaMean(state.likelihood);
  const mean = afterDeclines(prior, latent);
  const used = explored ? afterDeclines(drawLikelihood(inputs.seed, funder.id, state.likelihood), latent) : mean;
  const worth = worthOf(funder, policy, inputs.facts.amount_fen, state.latencyMs);
  const box = boxOf(funder.id, funder.tier, used, worth.valueFen, worth.costFen, worth.patience);
  return { ...box, funder, state, entity: funder.legal_entity, prior, mean };
}

function prospectOf(candidate: Candidate, wave: number) {
  return { candidate, wave, funderId: candidate.funderId, mean: candidate.mean, quotedAprBps: candidate.funder.product.quoted_apr_bps };
}

function stepOf(candidate: Candidate, wave: number, latent: LatentWeights | null): PlanStep {
  const { low, high } = betaInterval90(candidate.state.likelihood);
  return {
    funderId: candidate.funderId,
    tier: candidate.tier,
    wave,
    prior: candidate.prior,
    mean: candidate.mean,
    low: afterDeclines(low, latent),
    high: afterDeclines(high, latent),
    used: candidate.p,
    valueFen: candidate.v,
    costFen: candidate.c,
    patience: candidate.d,
    index: candidate.index,
  };
}

/** In a wave the approval worth most wins; in a rate table the borrower is taken to pick the lowest quoted rate. */
function expectedValue(waves: readonly (readonly Candidate[])[], policy: Policy): number {
  const believed = waves.map((members) => {
    const preferred = policy.strategy === 'rate_table' ? byRate(members) : byWorth(members);
    return preferred.map((member) => boxOf(member.funderId, member.tier, member.mean, member.v, member.c, member.d));
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
