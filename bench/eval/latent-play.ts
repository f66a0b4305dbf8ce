/** Ways of choosing the next funder, played on the same applicants. The planner is `makePlan`, made again after every decline. */
import type { PlanInputs } from '../../src/domain/plan.ts';
import { Policy } from '../../src/domain/policy.ts';
import { emptySpread, learnSpread, sigmaOf } from '../../src/routing/latent-spread.ts';
import { makePlan } from '../../src/routing/plan.ts';
import { worthOf } from '../../src/routing/value.ts';
import { FACTS, NOON_MS, bestSequence, drawApplicant } from './latent-world.ts';
import type { Applicant, Market } from './latent-world.ts';

/** Per application, of one strategy in one market. */
export interface Played {
  /** Share approved within three attempts. */
  approved: number;
  /** Commission less the cost of attempts, fen. */
  value: number;
  attempts: number;
}

export interface Outcome {
  readonly byStrategy: Readonly<Record<Strategy, Played>>;
  /** The spread learnt from the market's own past. */
  readonly sigma: number;
}

export const STRATEGIES = [
  'rate',
  'p',
  'p v - c',
  'index',
  'planner',
  'planner, guessed spread',
  'planner for approvals',
  'best order',
  'oracle',
] as const;
export type Strategy = (typeof STRATEGIES)[number];

/** K. */
const MOST = 3;
const POLICY = Policy.parse({ id: 'pol_latent', name: 'latent', strategy: 'waterfall', max_attempts: MOST, exploration_share: 0, patience: 0.95 });

/** The lender to ask next of those not asked yet, or null to stop. `declined`: those who said no, in order, with the likelihood they had then. */
type Chooser = (applicant: Applicant, declined: readonly Declined[]) => Choice | null;
interface Choice {
  readonly lender: number;
  readonly mean: number;
}
type Declined = Choice;

/**
 * Plays `count` applicants of a market with each strategy. `past` applicants come first: from them the historical rates and the spread are
 * learnt, the spread going on to be learnt from the planner's own applications.
 */
export function playMarket(market: Market, past: number, count: number, seed: number): Outcome {
  let spread = emptySpread();
  const observe = (applicant: Applicant, declined: readonly Declined[], { lender }: Choice): void => {
    const prior = (of: number): number => applicant.likelihoods[of]!;
    spread = learnSpread(spread, { declined: declined.map((one) => prior(one.lender)), asked: prior(lender), approved: applicant.answers[lender]! });
  };
  const learning = plannerOf(market, POLICY, () => sigmaOf(spread));
  const approvals = market.lenders.map(() => 0);
  for (let index = 0; index < past; index += 1) {
    const applicant = drawApplicant(market, seed * SPAN + index);
    applicant.answers.forEach((yes, lender) => (approvals[lender]! += yes ? 1 : 0));
    play(market, applicant, learning, observe);
  }
  const choosers: Record<Exclude<Strategy, 'oracle'>, Chooser> = {
    rate: inOrder(() => approvals),
    p: inOrder(({ likelihoods }) => likelihoods),
    'p v - c': inOrder(({ likelihoods }) => worthsOf(market).map(({ valueFen, costFen }, lender) => likelihoods[lender]! * valueFen - costFen)),
    index: plannerOf(market, POLICY, () => 0),
    planner: learning,
    'planner, guessed spread': plannerOf(market, POLICY, () => undefined),
    'planner for approvals': plannerOf(market, approvalsPolicy(market), () => sigmaOf(spread)),
    'best order': inBestOrder(market),
  };
  const totals = Object.fromEntries(STRATEGIES.map((name) => [name, { approved: 0, value: 0, attempts: 0 }])) as Record<Strategy, Played>;
  for (let index = 0; index < count; index += 1) {
    const applicant = drawApplicant(market, seed * SPAN + past + index);
    for (const [name, chooser] of Object.entries(choosers) as [Strategy, Chooser][]) {
      add(totals[name], play(market, applicant, chooser, name === 'planner' ? observe : undefined), count);
    }
    add(totals.oracle, playOracle(market, applicant), count);
  }
  return { byStrategy: totals, sigma: sigmaOf(spread) };
}

const SPAN = 1_000_000;

function play(
  market: Market,
  applicant: Applicant,
  chooser: Chooser,
  observe?: (applicant: Applicant, declined: readonly Declined[], asked: Choice) => void,
): Played {
  const worths = worthsOf(market);
  const declined: Declined[] = [];
  let value = 0;
  while (declined.length < MOST) {
    const next = chooser(applicant, declined);
    if (next === null) break;
    const { valueFen, costFen, patience } = worths[next.lender]!;
    value -= costFen;
    observe?.(applicant, declined, next);
    if (applicant.answers[next.lender]!) return { approved: 1, value: value + valueFen, attempts: declined.length + 1 };
    declined.push(next);
    if (applicant.restless[next.lender]! >= patience) break;
  }
  return { approved: 0, value, attempts: declined.length };
}

/** Knows every answer: asks the one that approves and is worth most, if it is worth its cost. */
function playOracle(market: Market, applicant: Applicant): Played {
  const gains = worthsOf(market).flatMap(({ valueFen, costFen }, lender) => (applicant.answers[lender]! ? [valueFen - costFen] : []));
  const best = Math.max(0, ...gains);
  return { approved: gains.length > 0 ? 1 : 0, value: best, attempts: best > 0 ? 1 : 0 };
}

/** One order for the whole application, best score first. */
function inOrder(scoresOf: (applicant: Applicant) => readonly number[]): Chooser {
  return (applicant, declined) => {
    const scores = scoresOf(applicant);
    let best: number | null = null;
    scores.forEach((score, lender) => {
      if (declined.every((one) => one.lender !== lender) && (best === null || score > scores[best]!)) best = lender;
    });
    return best === null ? null : { lender: best, mean: applicant.likelihoods[best]! };
  };
}

function inBestOrder(market: Market): Chooser {
  const orders = new WeakMap<Applicant, readonly number[]>();
  return (applicant, declined) => {
    const order = orders.get(applicant) ?? bestSequence(market, applicant, worthsOf(market), MOST);
    orders.set(applicant, order);
    const lender = order[declined.length];
    return lender === undefined ? null : { lender, mean: applicant.likelihoods[lender]! };
  };
}

/** Evidence behind each likelihood, in outcomes: what a funder of some weeks has. Only intervals depend on it. */
const EVIDENCE = 400;

function plannerOf(market: Market, policy: Policy, sigma: () => number | undefined): Chooser {
  const place = new Map(market.lenders.map(({ funder }, lender) => [funder.id, lender]));
  return (applicant, declined) => {
    const latentSigma = sigma();
    const inputs: PlanInputs = {
      nowMs: NOON_MS,
      seed: 1,
      facts: FACTS,
      snapshotVersion: 1,
      policyVersion: 1,
      modelVersion: 1,
      funders: market.lenders.map(({ funder, latencyMs }, lender) => ({
        funderId: funder.id,
        likelihood: { alpha: EVIDENCE * applicant.likelihoods[lender]!, beta: EVIDENCE * (1 - applicant.likelihoods[lender]!) },
        exhaustedCap: null,
        breakerOpen: false,
        latencyMs,
        declinedAtMs: null,
        attempted: declined.some((one) => one.lender === lender),
        consentRefused: false,
      })),
      attemptsUsed: declined.length,
      declinedLikelihoods: declined.map((one) => one.mean),
      exposedEntities: [],
      ...(latentSigma === undefined ? {} : { latentSigma }),
    };
    const [step] = makePlan(inputs, policy, market.funders).steps;
    return step === undefined ? null : { lender: place.get(step.funderId)!, mean: step.mean };
  };
}

/** Weights that make every approval worth the same, and attempts next to nothing: the operators' way to ask for approvals. */
function approvalsPolicy({ lenders }: Market): Policy {
  const weights = Object.fromEntries(lenders.map(({ funder }) => [funder.id, Math.min(100, 500_000 / funder.terms.cpa_fen)]));
  return { ...POLICY, weights };
}

const worths = new WeakMap<Market, readonly ReturnType<typeof worthOf>[]>();

function worthsOf(market: Market): readonly ReturnType<typeof worthOf>[] {
  const known = worths.get(market);
  if (known !== undefined) return known;
  const made = market.lenders.map(({ funder, latencyMs }) => worthOf(funder, POLICY, FACTS.amount_fen, latencyMs));
  worths.set(market, made);
  return made;
}

function add(total: Played, one: Played, count: number): void {
  total.approved += one.approved / count;
  total.value += one.value / count;
  total.attempts += one.attempts / count;
}
