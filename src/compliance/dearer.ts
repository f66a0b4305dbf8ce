/** Whether what a funder would now charge is more than what the borrower read and accepted. */
import type { Fee, Instalment } from '../domain/loan-offer.ts';
import type { AmountMinor } from '../domain/money.ts';
import { allInCost } from './cost.ts';

/** Rounding of instalments to whole fen moves the rate of a small loan by about this much, basis points. */
const ROUNDING_BPS = 5;

export interface Charge {
  readonly plan: readonly Instalment[];
  readonly fees: readonly Fee[];
}

/**
 * True when the new plan does not pay back the very amount, lasts longer or shorter, or costs more a year by our own IRR over plan and fees
 * (beyond rounding), or its cost cannot be computed.
 */
export function isDearer(amount: AmountMinor, accepted: Charge, now: Charge): boolean {
  const principal = now.plan.reduce((sum, part) => sum + part.principal, 0);
  if (principal !== amount || now.plan.at(-1)?.dueInMonths !== accepted.plan.at(-1)?.dueInMonths) return true;
  const [then, next] = [allInCost({ amount, ...accepted }), allInCost({ amount, ...now })];
  return then.kind !== 'cost' || next.kind !== 'cost' || next.aprBps > then.aprBps + ROUNDING_BPS;
}
