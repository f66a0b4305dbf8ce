import { indexOf } from './order.ts';

/** An annual cost at which a loan is worth nothing to the borrower: 36%, above which courts do not enforce interest paid (2015 interpretation). */
const WORTHLESS_APR_BPS = 3_600;

/** What the borrower would look at. */
export interface Prospect {
  readonly funderId: string;
  /** Likelihood of approval, the mean and never a draw. */
  readonly mean: number;
  readonly quotedAprBps: number;
  readonly wave: number;
}

/**
 * The order the borrower would choose, looking at likelihood and all-in cost alone: the same index as ours, with the saving in place of
 * our commission. The worth of an approval is s = max(0, 3,600 - quoted_apr_bps), attempts cost nothing and every refusal tires alike
 * (d = the policy's patience): p s / (1 - d (1 - p)). Ties go to the lower cost, the higher likelihood, the funder id.
 */
export function borrowerOrder<P extends Prospect>(prospects: readonly P[], patience: number): P[] {
  const score = new Map(
    prospects.map((prospect) => [prospect, indexOf(prospect.mean, Math.max(0, WORTHLESS_APR_BPS - prospect.quotedAprBps), 0, patience)]),
  );
  return prospects.toSorted(
    (left, right) =>
      score.get(right)! - score.get(left)! ||
      left.quotedAprBps - right.quotedAprBps ||
      right.mean - left.mean ||
      (left.funderId < right.funderId ? -1 : 1),
  );
}

/**
 * Kendall distance of the order used from the borrower's: the share of pairs tried the other way round, 0 (same) to 1 (reversed).
 * Two that are asked at once are in no order, so they are never a reversal.
 */
export function steeringOf(used: readonly Prospect[], borrowers: readonly Prospect[]): number {
  const pairs = (used.length * (used.length - 1)) / 2;
  if (pairs === 0) return 0;
  let reversed = 0;
  for (let first = 0; first < borrowers.length; first += 1) {
    for (let second = first + 1; second < borrowers.length; second += 1) {
      if (borrowers[first]!.wave > borrowers[second]!.wave) reversed += 1;
    }
  }
  return reversed / pairs;
}
