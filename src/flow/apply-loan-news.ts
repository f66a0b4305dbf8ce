/** Keeps a loan as its funder reports it: disbursement, repayment plan, overdue, settled. */
import type { Instalment, LoanNews } from '../../adapters/contract.ts';
import type { EventType } from '../domain/events.ts';
import { amountMinor } from '../domain/money.ts';
import { advanceLoan, type LoanEdge } from '../domain/states.ts';
import type { ApplicationRow, AttemptRow, LoanRow } from '../store/index.ts';
import { keepStep } from './borrower-steps.ts';
import { nextRepairMs } from './repair-time.ts';
import type { Settled } from './settle-attempt.ts';
import type { Work } from './work.ts';

const EDGES: Readonly<Record<Exclude<LoanNews['status'], 'plan' | 'needs_borrower'>, { readonly edge: LoanEdge; readonly event: EventType }>> = {
  disbursing: { edge: 'draw_started', event: 'loan.disbursing' },
  disbursed: { edge: 'disbursed', event: 'loan.active' },
  failed: { edge: 'failed', event: 'loan.failed' },
  overdue: { edge: 'overdue', event: 'loan.overdue' },
  caught_up: { edge: 'caught_up', event: 'loan.active' },
  settled: { edge: 'settled', event: 'loan.settled' },
  written_off: { edge: 'written_off', event: 'loan.written_off' },
};

const AFTER_PAYOUT: ReadonlySet<LoanNews['status']> = new Set(['overdue', 'caught_up', 'settled', 'written_off']);

export function applyLoanNews(work: Work, application: ApplicationRow, attempt: AttemptRow, news: LoanNews, eventAtMs: number | null): Settled {
  const loan = work.tx.offers.loanOfAttempt(attempt.id);
  if (loan === undefined) {
    // A loan nobody accepted here: a matter for people, and never silently a success.
    work.emit('attempt.alarm', application, {
      attempt_id: attempt.id,
      funder_id: attempt.funderId,
      alarm: 'loan_without_acceptance',
      detail: news.status,
    });
    return 'too_late';
  }
  if (eventAtMs !== null && loan.eventAtMs !== null && eventAtMs < loan.eventAtMs) return 'stale';
  if (AFTER_PAYOUT.has(news.status) && advanceLoan(loan.state, 'disbursed') !== null) {
    // We missed the payout itself: this word can only be of a loan that was paid out.
    applyLoanNews(work, application, attempt, { status: 'disbursed', amount: amountMinor(loan.amountFen), plan: null }, eventAtMs);
    applyLoanNews(work, application, attempt, news, eventAtMs);
    return 'applied';
  }
  const next: LoanRow = { ...loan, eventAtMs: eventAtMs ?? loan.eventAtMs };
  if (news.status === 'plan') return savePlan(work, application, loan, next, news.plan);
  if (news.status === 'needs_borrower') {
    if (loan.state !== 'contracting') return 'duplicate';
    keepStep(work, application, attempt, news.step, { stage: 'before_payout', state: 'open' });
    work.touch(application);
    return 'applied';
  }
  const { edge, event } = EDGES[news.status];
  const state = advanceLoan(loan.state, edge);
  if (state === null) return news.status === 'disbursed' && news.plan !== null ? savePlan(work, application, loan, next, news.plan) : 'duplicate';
  next.state = state;
  if (news.status === 'disbursed') {
    next.disbursedAtMs = eventAtMs ?? work.nowMs;
    next.amountFen = news.amount;
    if (news.plan !== null) next.plan = news.plan;
  }
  next.overdueDays = news.status === 'overdue' ? news.overdueDays : 0;
  work.tx.offers.saveLoan(next, loan.state);
  work.emit(event, application, {
    loan_id: loan.id,
    funder_id: loan.funderId,
    ...(news.status === 'overdue' ? { overdue_days: news.overdueDays } : {}),
  });
  followApplication(work, application, loan, news);
  return 'applied';
}

function followApplication(work: Work, application: ApplicationRow, loan: LoanRow, news: LoanNews): void {
  if (news.status === 'disbursed' && work.moveApplication(application, 'disbursed')) {
    work.emit('application.disbursed', application, {
      loan_id: loan.id,
      funder_id: loan.funderId,
      amount_fen: news.amount,
      commission_fen: commissionOf(work, loan.funderId, news.amount),
    });
  }
  if (news.status === 'failed' && work.moveApplication(application, 'disbursement_failed')) {
    application.reasons = [{ code: 'disbursement_failed', detail: news.detail.slice(0, 80) }];
    work.emit('application.declined', application, { reasons: ['disbursement_failed'] });
  }
  if (news.status === 'disbursed')
    work.setTimer('loan', loan.id, nextRepairMs(work.nowMs, work.desk.funders.get(loan.funderId)?.time_zone ?? '', loan.id));
  if (news.status === 'failed' || news.status === 'settled' || news.status === 'written_off') work.clearTimer('loan', loan.id);
}

/** What the funder owes for a loan by the terms of this day: a fixed sum and a share of the amount, whole fen rounded down. */
function commissionOf({ desk }: Work, funderId: string, amountFen: number): number {
  const terms = desk.funders.get(funderId)?.terms;
  return terms === undefined ? 0 : terms.cpa_fen + Math.floor((terms.cps_bps * amountFen) / 10_000);
}

/** A plan may be pushed again at any time; receiving one for a loan not yet paid out means that it was (funders.md: 一本钱包). */
function savePlan(work: Work, application: ApplicationRow, loan: LoanRow, next: LoanRow, plan: readonly Instalment[]): Settled {
  const paidOut = advanceLoan(loan.state, 'disbursed');
  // Funders send the same plan again and again, and every night it is asked for.
  if (paidOut === null && JSON.stringify(plan) === JSON.stringify(loan.plan)) return 'duplicate';
  next.plan = plan;
  if (paidOut !== null) {
    next.state = paidOut;
    next.disbursedAtMs = next.eventAtMs ?? work.nowMs;
  }
  work.tx.offers.saveLoan(next, loan.state);
  work.emit('loan.plan_changed', application, { loan_id: loan.id, funder_id: loan.funderId, instalments: plan.length });
  if (paidOut !== null) {
    work.emit('loan.active', application, { loan_id: loan.id, funder_id: loan.funderId });
    followApplication(work, application, loan, { status: 'disbursed', amount: loan.amountFen as never, plan });
  }
  return 'applied';
}
