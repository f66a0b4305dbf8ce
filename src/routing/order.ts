/** A funder as the order sees it: a box with a chance, a prize and a price (docs/routing.md). */
export interface Box {
  readonly funderId: string;
  readonly tier: number;
  /** Likelihood of approval, 0 to 1. */
  readonly p: number;
  /** Value of an approval, fen. */
  readonly v: number;
  /** Cost of the attempt, fen. */
  readonly c: number;
  /** Probability that the borrower is still there after a rejection. */
  readonly d: number;
  /** `p v - c`: what opening it earns by itself. */
  readonly gain: number;
  /** `d (1 - p)`: the probability that there is a next box. */
  readonly stay: number;
  /** `gain / (1 - stay)`; infinite when `stay` is 1 and the gain is not 0, and 0 when both vanish. */
  readonly index: number;
}

/** Adds gain, stay and index to the four numbers of a funder. */
export function boxOf(funderId: string, tier: number, p: number, v: number, c: number, d: number): Box {
  return { funderId, tier, p, v, c, d, gain: p * v - c, stay: d * (1 - p), index: indexOf(p, v, c, d) };
}

/**
 * I = (p v - c) / (1 - d (1 - p)). Trying in descending order of I is optimal for any set of boxes and any last box:
 * swapping two neighbours i, j changes the value by gain_i (1 - stay_j) - gain_j (1 - stay_i), whatever comes after them.
 */
export function indexOf(p: number, v: number, c: number, d: number): number {
  const gain = p * v - c;
  // The same as 1 - d (1 - p), but it does not round to 0 for a small p.
  const leave = 1 - d + d * p;
  if (leave > 0) return gain / leave;
  if (gain === 0) return 0;
  return gain > 0 ? Infinity : -Infinity;
}

/** Best first; ties by funder id. By comparison and not by difference: two infinities have none. */
export function byIndex(left: Box, right: Box): number {
  if (left.index !== right.index) return left.index > right.index ? -1 : 1;
  return byId(left, right);
}

/** The strictest tier first, the index within a tier. */
export function byTierThenIndex(left: Box, right: Box): number {
  return left.tier - right.tier || byIndex(left, right);
}

function byId(left: Box, right: Box): number {
  if (left.funderId === right.funderId) return 0;
  return left.funderId < right.funderId ? -1 : 1;
}
