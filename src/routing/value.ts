import type { Funder } from '../domain/funder.ts';
import type { Policy } from '../domain/policy.ts';

/** The money side of one attempt. Fen as plain numbers: these are expectations and may carry fractions, never amounts that are booked. */
export interface Worth {
  /** v: expected commission of an approval x the operators' weight. */
  readonly valueFen: number;
  /** c: what the attempt costs whatever the answer. */
  readonly costFen: number;
  /** d: probability that the borrower is still there after a rejection, 0 to 1. */
  readonly patience: number;
}

/**
 * v = (cpa + cps_bps x amount / 10,000) x weight, c = attempt cost + exposure cost, d = patience x 2^(-latency / half-life).
 * The commission on the sum takes the amount asked for the amount lent.
 */
export function worthOf(funder: Funder, policy: Policy, amountFen: number, latencyMs: number, weight = weightOf(policy, funder.id)): Worth {
  const commission = funder.terms.cpa_fen + (funder.terms.cps_bps * amountFen) / 10_000;
  return {
    valueFen: commission * weight,
    costFen: funder.terms.attempt_cost_fen + policy.exposure_cost_fen,
    patience: policy.patience * 2 ** (-Math.max(0, latencyMs) / (policy.patience_half_life_s * 1_000)),
  };
}

/** The operators' weight of a funder, 1 when they gave none. */
export function weightOf({ weights }: Policy, funderId: string): number {
  return weights[funderId] ?? 1;
}
