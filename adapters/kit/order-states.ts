/**
 * One order with one state, as nearly every protocol has it: a table from the state's word to its reader, and the readers that are alike
 * everywhere. What is not in the table is pending and loud; nothing here throws.
 */
import type { AdapterContext, BorrowerStep, DecisionAnswer, FunderReason, Instalment, LoanNews, Unreadable } from '../contract.ts';
import type { AmountMinor } from '../../src/domain/money.ts';
import { pending, safeCode, unreadable } from './answers.ts';
import type { Json } from './read-json.ts';
import { at, lookUp } from './read-json.ts';
import { readWhole } from './units.ts';

/** The funder's number of the order, and when the state was reached. */
export interface Place {
  readonly funderRef: string | null;
  readonly eventAtMs: number | null;
}
export type OrderReader = (order: Json | undefined, place: Place, ctx: AdapterContext) => DecisionAnswer;
export type Reasons = Readonly<Record<string, FunderReason['code']>>;

const CODE = /^[A-Za-z0-9_.:-]{1,24}$/;

/** A code, told as a text or as a whole number; null when it is neither. For look-ups: what is shown goes through `safeCode`. */
export function codeText(value: Json | undefined): string | null {
  if (typeof value === 'string') return CODE.test(value) ? value : null;
  return typeof value === 'number' && Number.isSafeInteger(value) && Math.abs(value) <= 999_999 ? String(value) : null;
}

/** What the state's own reader says. One that has none is pending and loud, in the words of `told`; no state at all is a reply that cannot be read. */
export function readByState(
  ctx: AdapterContext,
  states: Readonly<Record<string, OrderReader>>,
  state: Json | undefined,
  order: Json | undefined,
  place: Place,
  told: (code: string) => string = (code) => `state ${code}`,
): DecisionAnswer | Unreadable {
  if (state === undefined || state === null || state === '') return unreadable('no state in the reply');
  const read = lookUp(states, codeText(state) ?? '');
  return read === null ? pending(place, told(safeCode(state))) : read(order, place, ctx);
}

/** Not decided yet. */
export const undecided: OrderReader = (_order, place) => pending(place, null);

/** Taken back or lapsed, without a decision of credit. */
export const withdrawn: OrderReader = (_order, place) => ({ kind: 'cancelled', ...place });

/** Declined, for the reason whose code stands at `key`; a code that is not in the table is "other". */
export function declinedFor(key: string, reasons: Reasons): OrderReader {
  return (order, place) => ({ kind: 'declined', reason: reasonOf(at(order, key), reasons), ...place });
}

/** The reason for a code; one that is not in the table is "other". */
export function reasonOf(value: Json | undefined, reasons: Reasons): FunderReason {
  return { code: lookUp(reasons, codeText(value) ?? '') ?? 'other', detail: safeCode(value) };
}

/** News of the loan; news that cannot be read whole is pending and loud. */
export function loanNews(read: (order: Json | undefined, ctx: AdapterContext) => LoanNews | null): OrderReader {
  return (order, place, ctx) => {
    const news = read(order, ctx);
    return news === null ? pending(place, 'loan_news_unreadable') : { kind: 'loan', news, ...place };
  };
}

/** Pending until the borrower has done this; a step that cannot be read is pending and loud. */
export function waitingFor(read: (order: Json | undefined, ctx: AdapterContext) => BorrowerStep | null): OrderReader {
  return (order, place, ctx) => {
    const step = read(order, ctx);
    return step === null
      ? pending(place, 'waits_for_borrower_without_step')
      : { kind: 'pending', funderRef: place.funderRef, eventAtMs: place.eventAtMs, unrecognised: null, step };
  };
}

/** The draw waits for the borrower: a contract to sign, for one. A step that cannot be read is pending and loud. */
export function needsBorrower(read: (order: Json | undefined, ctx: AdapterContext) => BorrowerStep | null): OrderReader {
  return loanNews((order, ctx) => {
    const step = read(order, ctx);
    return step === null ? null : { status: 'needs_borrower', step };
  });
}

/** Paid out; without an amount it is no news. */
export function disbursed(amount: AmountMinor | null, plan: readonly Instalment[] | null): LoanNews | null {
  return amount === null ? null : { status: 'disbursed', amount, plan };
}

/** In repayment, as a pushed plan says it; without a plan all that is known is that nothing is overdue. */
export function repaying(plan: readonly Instalment[] | null): LoanNews {
  return plan === null ? { status: 'caught_up' } : { status: 'plan', plan };
}

/** Overdue; days that cannot be read are told as none, for the fact itself must get through. */
export function overdue(days: Json | undefined): LoanNews {
  return { status: 'overdue', overdueDays: readWhole(days, 36_500) ?? 0 };
}
