/**
 * What a loan really costs, by our own reckoning: a funder's plan and every fee go in, the all-in annual cost comes out, or the reason
 * why there is none. The quoted rate plays no part in it. It must not trust a plan that does not add up: a plan with parts left out
 * looks cheap, so it is refused rather than shown.
 *
 * Annualised cost = 12 x monthly internal rate of return over what the borrower receives and pays: the simple (单利) form of the IRR, one
 * of the two that 中国人民银行公告〔2021〕第3号 allows when it is named, and the one that the 24% ceilings are read by. The compound form
 * (复利, (1 + IRR)^12 - 1) stands beside it.
 */
import { irr } from 'financial';
import { amountMinor } from '../domain/money.ts';
import type { AmountMinor } from '../domain/money.ts';
import type { CostCap } from '../domain/desk.ts';

/** What an offer costs, as the adapter contract words it; said again here, since this room knows no adapters. Amounts in fen. */
export interface PricedOffer {
  readonly amount: AmountMinor;
  readonly plan: readonly PlanPart[];
  readonly fees: readonly Charge[];
}
/** One instalment; `dueInMonths` counts from disbursement, 1 is the first. */
export interface PlanPart {
  readonly dueInMonths: number;
  readonly principal: AmountMinor;
  readonly interest: AmountMinor;
  readonly fee: AmountMinor;
}
/** A charge beside the plan; `upfront` is deducted or paid at disbursement. */
export interface Charge {
  readonly item: string;
  readonly payee: string;
  readonly amount: AmountMinor;
  readonly when: 'upfront' | 'monthly';
}

export interface AllInCost {
  readonly kind: 'cost';
  /** 12 x monthly IRR, in basis points, rounded to nearest. */
  readonly aprBps: number;
  /** (1 + monthly IRR)^12 - 1, in basis points, rounded to nearest. */
  readonly compoundBps: number;
  /** Amount less upfront fees. */
  readonly received: AmountMinor;
  /** All instalments and monthly fees. */
  readonly repaid: AmountMinor;
  /** Repaid less received: interest and every fee. */
  readonly charges: AmountMinor;
}

/**
 * `no_plan`: nothing to reckon with, or more than 1,200 parts. `bad_month`: not a whole month from 1 to 600. `bad_amount`: not whole
 * non-negative fen, or too large to add up.
 * `principal_mismatch`: the plan pays back another amount than is lent. `nothing_received`: upfront fees eat the loan. `no_rate`: the
 * solver found none, or one above 500% a month.
 */
export interface CostRefusal {
  readonly kind: 'refused';
  readonly why: 'no_plan' | 'bad_month' | 'bad_amount' | 'principal_mismatch' | 'nothing_received' | 'no_rate';
}

const MAX_MONTHS = 600;
const MAX_PARTS = 1_200;
const MAX_MONTHLY_RATE = 5;
const BPS = 10_000;
/** The solver stops when a step changes the monthly rate by less. */
const RATE_TOLERANCE = 1e-10;
/** Half-width of the interval in which the root must lie: a fiftieth of a basis point a year. */
const ROOT_CHECK = 0.02 / BPS / 12;

/**
 * The all-in annual cost of an offer. Upfront fees lessen what is received; monthly fees fall due in every month up to the last
 * instalment, also where the plan skips months, so that the cost is never understated.
 */
export function allInCost({ amount, plan, fees }: PricedOffer): AllInCost | CostRefusal {
  const fault = faultOf(amount, plan, fees);
  if (fault !== null) return { kind: 'refused', why: fault };
  const months = chargedMonths(plan);
  const received = amount - sum(fees.filter(({ when }) => when === 'upfront').map((fee) => fee.amount));
  if (received <= 0) return { kind: 'refused', why: 'nothing_received' };
  const monthly = sum(fees.filter(({ when }) => when === 'monthly').map((fee) => fee.amount));
  const flows = Array.from({ length: months + 1 }, (_, month) => (month === 0 ? -received : monthly));
  for (const part of plan) flows[part.dueInMonths]! += part.principal + part.interest + part.fee;
  const repaid = sum(flows) + received;
  if (!Number.isSafeInteger(repaid)) return { kind: 'refused', why: 'bad_amount' };
  const rate = monthlyRate(flows, received, repaid);
  if (rate === null) return { kind: 'refused', why: 'no_rate' };
  return {
    kind: 'cost',
    aprBps: Math.round(12 * rate * BPS),
    compoundBps: Math.round(((1 + rate) ** 12 - 1) * BPS),
    received: amountMinor(received),
    repaid: amountMinor(repaid),
    charges: amountMinor(Math.max(0, repaid - received)),
  };
}

/** In how many months a monthly fee falls due: up to the last instalment. */
export function chargedMonths(plan: readonly PlanPart[]): number {
  return plan.reduce((last, { dueInMonths }) => Math.max(last, dueInMonths), 0);
}

/** The cap in force for a kind of lender on a date (`YYYY-MM-DD`), or null when none is configured. Of two from one day the lower. */
export function costCapFor(caps: readonly CostCap[], funderType: CostCap['funder_type'], dateIso: string): CostCap | null {
  let best: CostCap | null = null;
  for (const cap of caps) {
    if (cap.funder_type !== funderType || cap.valid_from > dateIso) continue;
    const later = best === null || cap.valid_from > best.valid_from;
    if (later || (cap.valid_from === best!.valid_from && cap.max_apr_bps < best!.max_apr_bps)) best = cap;
  }
  return best;
}

/** True when the cost is at or below the cap. Without a cap nothing is within it: a lender of a kind nobody has ruled on is not shown. */
export function withinCap(aprBps: number, cap: CostCap | null): boolean {
  return cap !== null && aprBps <= cap.max_apr_bps;
}

function faultOf(amount: number, plan: readonly PlanPart[], fees: readonly Charge[]): CostRefusal['why'] | null {
  if (plan.length === 0 || plan.length > MAX_PARTS) return 'no_plan';
  if (!plan.every(({ dueInMonths }) => Number.isInteger(dueInMonths) && dueInMonths >= 1 && dueInMonths <= MAX_MONTHS)) return 'bad_month';
  const whole = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;
  const amounts =
    plan.every(({ principal, interest, fee }) => whole(principal) && whole(interest) && whole(fee)) && fees.every((fee) => whole(fee.amount));
  if (!amounts || !whole(amount) || amount === 0) return 'bad_amount';
  // Funders round each instalment; more than a fen for each of them is another loan.
  return Math.abs(sum(plan.map(({ principal }) => principal)) - amount) > plan.length ? 'principal_mismatch' : null;
}

/** Monthly IRR of one payment out and many in, or null. Such flows have exactly one root above -1, so a sign change proves it. */
function monthlyRate(flows: readonly number[], received: number, repaid: number): number | null {
  if (repaid <= received) return 0;
  const duration = flows.reduce((total, flow, month) => total + (month === 0 ? 0 : flow * month), 0) / repaid;
  // Exact for a single repayment, and near enough otherwise for Newton to need three or four steps.
  const guess = (repaid / received) ** (1 / duration) - 1;
  const rate = irr([...flows], guess, RATE_TOLERANCE);
  if (!(rate >= 0 && rate <= MAX_MONTHLY_RATE)) return null;
  return presentValue(flows, rate - ROOT_CHECK) >= 0 && presentValue(flows, rate + ROOT_CHECK) <= 0 ? rate : null;
}

function presentValue(flows: readonly number[], rate: number): number {
  return flows.reduceRight((value, flow) => value / (1 + rate) + flow, 0);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
