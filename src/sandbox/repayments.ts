/**
 * Active repayments of one loan. An amount of so many yuan and 1 fen is processed first and paid a moment later, one with 2 fen fails; any
 * other that covers the principal it says it pays is paid at once. Each is known by our reference and done once.
 */
import type { LoanView, RepaymentView, Result } from './orders.ts';

type RepaymentResult = Extract<Result, { kind: 'repayment' }>;
export interface Repay {
  readonly repaymentRef: string;
  readonly amountFen: number;
  /** The last period paid by this; null pays off the loan. */
  readonly upToPeriod: number | null;
}

const SLACK_FEN = 99;
const MAX_REPAYMENTS = 1_000;

export class Repayments {
  readonly #known = new Map<string, RepaymentView>();

  find(repaymentRef: string): Result {
    const known = this.#known.get(repaymentRef);
    return known === undefined ? { kind: 'unknown_order' } : resultOf(known);
  }

  /** How the repayment goes on this loan, now; a repeat is answered as it stands. */
  start(repay: Repay, loan: LoanView | null, nowMs: number): { readonly result: RepaymentResult; readonly fresh: boolean } {
    const { repaymentRef, amountFen } = repay;
    const known = this.#known.get(repaymentRef);
    if (known !== undefined) return { result: resultOf(known), fresh: false };
    if (this.#known.size >= MAX_REPAYMENTS) this.#known.delete(this.#known.keys().next().value!);
    const why =
      loan === null || loan.status !== 'disbursed' ? 'no_loan' : amountFen % 100 === 2 ? 'balance' : coversIt(repay, loan) ? null : 'amount';
    const status = why !== null ? 'failed' : amountFen % 100 === 1 ? 'processing' : 'paid';
    return { result: resultOf(this.#set({ repaymentRef, status, why, eventAtMs: nowMs })), fresh: true };
  }

  /** The bank has said yes. */
  settle(repaymentRef: string, nowMs: number): RepaymentView {
    return this.#set({ repaymentRef, status: 'paid', why: null, eventAtMs: nowMs });
  }

  viewOf(repaymentRef: string): RepaymentView {
    return this.#known.get(repaymentRef)!;
  }

  #set(view: RepaymentView): RepaymentView {
    this.#known.set(view.repaymentRef, view);
    return view;
  }
}

/** The loan after a repayment was paid: settled with its last period. */
export function afterRepayment(loan: LoanView, upToPeriod: number | null): LoanView {
  const paidPeriods = Math.min(loan.plan.length, Math.max(loan.paidPeriods ?? 0, upToPeriod ?? loan.plan.length));
  return { ...loan, paidPeriods, status: paidPeriods === loan.plan.length ? 'settled' : loan.status };
}

// Interest and fees a funder may waive on early repayment; the principal it wants whole, give or take what the last digits are used for here.
function coversIt({ amountFen, upToPeriod }: Repay, loan: LoanView): boolean {
  const rows = loan.plan.slice(loan.paidPeriods ?? 0, upToPeriod ?? undefined);
  return rows.length > 0 && amountFen + SLACK_FEN >= rows.reduce((sum, row) => sum + row.principalFen, 0);
}

function resultOf({ status, why, eventAtMs }: RepaymentView): RepaymentResult {
  return { kind: 'repayment', status, why, eventAtMs };
}
