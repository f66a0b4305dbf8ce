/**
 * Applicants with a quality nobody sees and funders whose approvals depend on it: funder i approves with probability
 * sigmoid(a_i + b_i x + l_i t), x seen, t ~ N(0, sigma) hidden. Luck is fixed by applicant and funder, so every strategy meets the same
 * answers, and a borrower's patience likewise.
 */
import type { Funder } from '../../src/domain/funder.ts';
import { generator } from '../../src/routing/draw.ts';
import { NOON_MS, FACTS, benchFunder } from './plan-speed.ts';

/** How alike funders judge. */
export interface Correlation {
  readonly name: string;
  readonly sigma: number;
  /** The funders weigh t by 1 - spread to 1 + spread, which the planner does not know. */
  readonly spread: number;
}

export const CORRELATIONS: readonly Correlation[] = [
  { name: 'none', sigma: 0, spread: 0 },
  { name: 'weak', sigma: 0.75, spread: 0 },
  { name: 'middling', sigma: 1.5, spread: 0 },
  { name: 'strong', sigma: 3, spread: 0 },
  { name: 'uneven', sigma: 2, spread: 0.5 },
];

interface Lender {
  readonly funder: Funder;
  readonly a: number;
  readonly b: number;
  readonly weight: number;
  readonly latencyMs: number;
}

/** A market of lenders. */
export interface Market {
  readonly lenders: readonly Lender[];
  readonly funders: ReadonlyMap<string, Funder>;
  readonly sigma: number;
}

export interface Applicant {
  /** By lender: the likelihood given what is seen of the applicant, the average over t. */
  readonly likelihoods: readonly number[];
  /** By lender: log-odds of an approval before the hidden quality, which only `bestSequence` may look at. */
  readonly seen: readonly number[];
  readonly answers: readonly boolean[];
  /** A uniform number for each rejection: the borrower leaves when it is above d. */
  readonly restless: readonly number[];
}

export const LENDERS = 12;
export { FACTS, NOON_MS };

/** Stricter lenders pay more, and some answer late; drawn anew for each seed. */
export function drawMarket({ sigma, spread }: Correlation, seed: number): Market {
  const next = generator(seed, 'market');
  const lenders = Array.from({ length: LENDERS }, (_, index): Lender => {
    const strictness = index / (LENDERS - 1);
    const a = -2.8 * strictness + 0.2 + 0.8 * (next() - 0.5);
    const cpa = Math.round(6_000 * Math.exp(1.1 * strictness + 0.6 * (next() - 0.5)));
    const funder = benchFunder(`fnd_${String(index).padStart(2, '0')}`, 1 + Math.floor(3 * (1 - strictness)), {
      cpa_fen: cpa,
      attempt_cost_fen: Math.round(50 + 450 * next()),
    });
    const latencyMs = Math.round(1_000 * Math.exp(Math.log(600) * next()));
    return { funder, a, b: 0.5 + next(), weight: 1 + spread * (2 * next() - 1), latencyMs };
  });
  return { lenders, funders: new Map(lenders.map(({ funder }) => [funder.id, funder])), sigma };
}

export function drawApplicant({ lenders, sigma }: Market, seed: number): Applicant {
  const next = generator(seed, 'applicant');
  const x = normal(next);
  const t = sigma * normal(next);
  const seen = lenders.map(({ a, b }) => a + b * x);
  return {
    likelihoods: lenders.map(({ weight }, index) => averaged(seen[index]!, weight * sigma)),
    seen,
    answers: lenders.map(({ weight }, index) => next() < sigmoid(seen[index]! + weight * t)),
    restless: lenders.map(next),
  };
}

const WIDE = Array.from({ length: 81 }, (_, index) => (index - 40) / 8);
const WEIGHTS = WIDE.map((z) => Math.exp(-0.5 * z * z));
const TOTAL = WEIGHTS.reduce((sum, weight) => sum + weight, 0);

/** The money side of asking a lender. */
export interface Worth {
  readonly valueFen: number;
  readonly costFen: number;
  readonly patience: number;
}

/**
 * The best order of at most `most` lenders under the true model, by trying all of them. Nothing that sees only declines can do better:
 * up to an approval there is one course of events, so every way of replanning is an order in the end.
 */
export function bestSequence({ lenders, sigma }: Market, { seen }: Applicant, worths: readonly Worth[], most: number): readonly number[] {
  const chances = lenders.map(({ weight }, lender) => COARSE.map((z) => sigmoid(seen[lender]! + weight * sigma * z)));
  let best = { value: 0, order: [] as readonly number[] };
  const visit = (order: readonly number[], there: readonly number[], value: number): void => {
    if (value > best.value) best = { value, order };
    if (order.length === most) return;
    const alive = there.reduce((sum, each) => sum + each, 0);
    for (let lender = 0; lender < lenders.length; lender += 1) {
      if (order.includes(lender)) continue;
      const { valueFen, costFen, patience } = worths[lender]!;
      const left = there.map((each, point) => patience * each * (1 - chances[lender]![point]!));
      const approved = there.reduce((sum, each, point) => sum + each * chances[lender]![point]!, 0);
      visit([...order, lender], left, value + approved * valueFen - alive * costFen);
    }
  };
  visit([], COARSE_WEIGHTS, 0);
  return best.order;
}

/** The average of sigmoid(a + spread z) over z ~ N(0, 1). */
function averaged(a: number, spread: number): number {
  if (spread === 0) return sigmoid(a);
  return WIDE.reduce((sum, z, index) => sum + WEIGHTS[index]! * sigmoid(a + spread * z), 0) / TOTAL;
}

const COARSE = Array.from({ length: 17 }, (_, index) => (index - 8) / 2);
const COARSE_RAW = COARSE.map((z) => Math.exp(-0.5 * z * z));
const COARSE_WEIGHTS = COARSE_RAW.map((weight) => weight / COARSE_RAW.reduce((sum, each) => sum + each, 0));

function normal(next: () => number): number {
  return Math.sqrt(-2 * Math.log(next())) * Math.cos(2 * Math.PI * next());
}

function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}
