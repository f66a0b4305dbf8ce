/**
 * Has a rate changed, and how sure is that? A mixture of Shiryaev-Roberts sums over bets against "as expected". In: outcomes in [0, 1], each
 * with what was expected of it. Out: evidence that never promises more than it may: while the expectation is right, a sum passes `least` no more
 * often than once in `least` outcomes on average, whatever the sequence looks like. docs/monitoring.md
 */

/** Which way a change goes. */
export type Direction = 'down' | 'up';

/** The bets: changes of the log-odds, and the share of the stake on each. */
const BETS: readonly { readonly odds: number; readonly share: number }[] = [
  { odds: Math.exp(0.5), share: 0.2 },
  { odds: Math.exp(0.9), share: 0.5 },
  { odds: Math.exp(1.6), share: 0.3 },
];
/** The bet by which the beginning of a change is found. */
const MIDDLE = BETS[1]!.odds;
/** One change in so many outcomes is what is believed beforehand; it turns evidence into "how sure". */
const CHANGES_EVERY = 10_000;

/** One outcome. */
export interface Seen {
  /** What is bet on, in [0, 1]. */
  readonly x: number;
  /** What was expected of `x`, within (0, 1). */
  readonly e: number;
  /** What came of the application, and what was expected of that; the same as `x` and `e` unless the bet is on the traffic. */
  readonly outcome: number;
  readonly likely: number;
  readonly atMs: number;
}

/** Sums over outcomes. */
export interface Sums {
  n: number;
  x: number;
  e: number;
  outcome: number;
  likely: number;
  /** Sum of the squares of `outcome - likely`. */
  square: number;
  /** Of the first of them, milliseconds since the epoch. */
  sinceMs: number;
}

/** What is known in one direction. Changed in place. */
export interface Evidence {
  /** One sum per bet. */
  bets: number[];
  /** Page's sum; at 0 nothing speaks for a change, and whatever began later than that is in `sums`. */
  page: number;
  sums: Sums;
}

export function noEvidence(): Evidence {
  return { bets: BETS.map(() => 0), page: 0, sums: noSums() };
}

export function noSums(): Sums {
  return { n: 0, x: 0, e: 0, outcome: 0, likely: 0, square: 0, sinceMs: 0 };
}

/**
 * Takes in one outcome. `slack`: log-odds by which the expectation may be off without counting as a change. Linear in `x`, so that it is a fair
 * bet for shares as well as for yes and no.
 */
export function weigh(evidence: Evidence, direction: Direction, seen: Seen, slack: number): void {
  const { x, e } = seen;
  const sign = direction === 'down' ? -1 : 1;
  const p = fromOdds((e / (1 - e)) * Math.exp(sign * slack));
  for (let at = 0; at < BETS.length; at += 1)
    evidence.bets[at] = (1 + evidence.bets[at]!) * bet(p, sign > 0 ? BETS[at]!.odds : 1 / BETS[at]!.odds, x);
  evidence.page = Math.max(0, evidence.page + Math.log(bet(p, sign > 0 ? MIDDLE : 1 / MIDDLE, x)));
  if (evidence.page === 0) evidence.sums = noSums();
  else add(evidence.sums, seen);
}

/** The evidence as one number: at most one in `n` quiet outcomes, on average, brings it above `n`. */
export function strength({ bets }: Evidence): number {
  return bets.reduce((sum, each, at) => sum + each * BETS[at]!.share, 0);
}

/** Probability that something has changed, where one outcome in ten thousand begins a change. */
export function sureness(evidence: Evidence): number {
  const odds = strength(evidence) / CHANGES_EVERY;
  return odds === Number.POSITIVE_INFINITY ? 1 : odds / (1 + odds);
}

/** One step of a Shiryaev-Roberts sum for "back to `e`" against "still `factor` times these odds". */
export function weighReturn(sum: number, { x, e }: Pick<Seen, 'x' | 'e'>, factor: number): number {
  return (1 + sum) * bet(fromOdds((e / (1 - e)) * factor), 1 / factor, x);
}

export function add(sums: Sums, { x, e, outcome, likely, atMs }: Seen): void {
  if (sums.n === 0) sums.sinceMs = atMs;
  sums.n += 1;
  sums.x += x;
  sums.e += e;
  sums.outcome += outcome;
  sums.likely += likely;
  sums.square += (outcome - likely) ** 2;
}

/** What a stake of 1 becomes: the likelihood ratio of the outcome under changed odds to that under `p`. Its mean is 1 under `p`. */
function bet(p: number, odds: number, x: number): number {
  const changed = fromOdds((p / (1 - p)) * odds);
  return (x * changed) / p + ((1 - x) * (1 - changed)) / (1 - p);
}

function fromOdds(odds: number): number {
  return odds / (1 + odds);
}
