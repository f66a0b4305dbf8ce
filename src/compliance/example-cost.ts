/**
 * What borrowing costs before anybody has offered anything: an example for each product that is open, reckoned as an offer is. In: products as
 * funders declare them. Out: monthly payment and all-in annual cost of each. It is an example and promises nothing; an offer has its own plan.
 */
import type { CostCap } from '../domain/desk.ts';
import type { Funder } from '../domain/funder.ts';
import { amountMinor } from '../domain/money.ts';
import { allInCost, costCapFor, withinCap, type PlanPart } from './cost.ts';

export interface ExampleCost {
  readonly months: number;
  /** Of 12 x monthly IRR, basis points. */
  readonly aprBps: number;
  readonly monthlyFen: number;
  /** All instalments and what is taken at disbursement. */
  readonly repaidFen: number;
}

/** The example for one product, or null when its cost is above the cap of the day or cannot be reckoned. `dateIso`: `YYYY-MM-DD`. */
export function exampleCost(funder: Funder, amountFen: number, months: number, caps: readonly CostCap[], dateIso: string): ExampleCost | null {
  const { quoted_apr_bps: quoted, upfront_fee_bps: upfront } = funder.product;
  const plan = equalPayments(amountFen, months, quoted / 120_000);
  const fee = amountMinor(Math.round((amountFen * upfront) / 10_000));
  const cost = allInCost({
    amount: amountMinor(amountFen),
    plan,
    fees: fee === 0 ? [] : [{ item: 'upfront', payee: funder.legal_entity, amount: fee, when: 'upfront' }],
  });
  if (cost.kind !== 'cost' || !withinCap(cost.aprBps, costCapFor(caps, funder.funder_type, dateIso))) return null;
  const first = plan[0]!;
  return { months, aprBps: cost.aprBps, monthlyFen: first.principal + first.interest, repaidFen: cost.repaid + fee };
}

/** An annuity in whole fen; the last payment takes up the rounding. */
function equalPayments(amountFen: number, months: number, rate: number): PlanPart[] {
  const payment = Math.round(rate === 0 ? amountFen / months : (amountFen * rate) / (1 - (1 + rate) ** -months));
  let balance = amountFen;
  return Array.from({ length: months }, (_, at) => {
    const interest = Math.round(balance * rate);
    const principal = at === months - 1 ? balance : Math.min(balance, payment - interest);
    balance -= principal;
    return { dueInMonths: at + 1, principal: amountMinor(principal), interest: amountMinor(interest), fee: amountMinor(0) };
  });
}
