/** Numbers the funders, and keeps what an approval and an attempt are worth there. */
import { invariant } from '../../domain/failures.ts';
import type { Funder } from '../../domain/funder.ts';

/** Columns hold a funder in 16 bits. */
const MOST = 65_535;

export interface FunderIndex {
  readonly ids: readonly string[];
  readonly of: ReadonlyMap<string, number>;
  readonly commissionFen: (funder: number, amountFen: number) => number;
  readonly attemptCostFen: (funder: number) => number;
}

export function indexFunders(funders: ReadonlyMap<string, Funder>): FunderIndex {
  invariant(funders.size <= MOST, 'too many funders to simulate');
  const terms = [...funders.values()].map((funder) => funder.terms);
  const ids = [...funders.keys()];
  return {
    ids,
    of: new Map(ids.map((id, at) => [id, at])),
    // As the plan expects it, without the operators' weight: a weight is not money.
    commissionFen: (funder, amountFen) => terms[funder]!.cpa_fen + (terms[funder]!.cps_bps * amountFen) / 10_000,
    attemptCostFen: (funder) => terms[funder]!.attempt_cost_fen,
  };
}
