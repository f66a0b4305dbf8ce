/**
 * Applies what a funder said about an attempt, whoever carried it: the reply to the submit, a query or a callback. Late, repeated and reordered
 * words are sorted out here, by event time and then by how far along the state is; a word that is understood by nobody alarms and leaves
 * the attempt pending.
 */
import type { DecisionAnswer, FunderOffer, FunderReason } from '../../adapters/contract.ts';
import { unreachable } from '../domain/failures.ts';
import type { ApplicationRow, AttemptRow } from '../store/index.ts';
import { advance } from './advance.ts';
import { endAttempt } from './end-attempt.ts';
import { addOffer, closeOfferOf } from './add-offer.ts';
import { applyLoanNews } from './apply-loan-news.ts';
import { ownRef } from './strike-person.ts';
import type { Work } from './work.ts';

/** First and longest time between two queries for one attempt, milliseconds. */
const POLL_FIRST_MS = 1_500;
const POLL_MOST_MS = 300_000;

export type Settled = 'applied' | 'stale' | 'duplicate' | 'too_late';

export function settleAttempt(work: Work, application: ApplicationRow, attempt: AttemptRow, answer: DecisionAnswer): Settled {
  if (isStale(attempt, answer)) return 'stale';
  if (answer.funderRef !== null && attempt.funderRef === null) attempt.funderRef = ownRef(work, application, answer.funderRef);
  const settled = apply(work, application, attempt, answer);
  if (settled === 'applied' && answer.eventAtMs !== null) attempt.eventAtMs = Math.max(answer.eventAtMs, attempt.eventAtMs ?? 0);
  if (settled === 'applied') advance(work, application);
  return settled;
}

/** When the next query for this attempt is due: exponential, without jitter since attempts start at their own times. */
export function pollDueMs(work: Work, attempt: AttemptRow): number {
  return work.nowMs + Math.min(POLL_MOST_MS, POLL_FIRST_MS * 2 ** Math.min(attempt.polls, 10));
}

function apply(work: Work, application: ApplicationRow, attempt: AttemptRow, answer: DecisionAnswer): Settled {
  switch (answer.kind) {
    case 'pending':
      return applyPending(work, application, attempt, answer.unrecognised);
    case 'approved':
      return applyApproval(work, application, attempt, answer.offer);
    case 'declined':
      return applyDecline(work, application, attempt, answer.reason);
    case 'cancelled':
      return applyCancelled(work, application, attempt);
    case 'loan':
      return applyLoanNews(work, application, attempt, answer.news, answer.eventAtMs);
    default:
      return unreachable(answer);
  }
}

function applyPending(work: Work, application: ApplicationRow, attempt: AttemptRow, unrecognised: string | null): Settled {
  if (unrecognised !== null) {
    work.emit('attempt.alarm', application, {
      attempt_id: attempt.id,
      funder_id: attempt.funderId,
      alarm: 'unrecognised_status',
      detail: unrecognised.slice(0, 80),
    });
    work.deps.log.warn('funder.unrecognised_status', { funder: attempt.funderId, attempt: attempt.id });
  }
  if (!work.moveAttempt(attempt, 'accepted')) return 'duplicate';
  work.setTimer('attempt', attempt.id, pollDueMs(work, attempt));
  work.emit('attempt.pending', application, { attempt_id: attempt.id, funder_id: attempt.funderId });
  return 'applied';
}

function applyApproval(work: Work, application: ApplicationRow, attempt: AttemptRow, offer: FunderOffer): Settled {
  if (attempt.state === 'approved') return 'duplicate';
  if (!work.moveAttempt(attempt, 'approved')) {
    // We gave it up and the funder did not know: tell it so, or a loan nobody wants may follow.
    work.emit('attempt.alarm', application, {
      attempt_id: attempt.id,
      funder_id: attempt.funderId,
      alarm: 'approved_after_end',
      detail: attempt.state,
    });
    work.act({ kind: 'cancel', attemptId: attempt.id });
    return 'too_late';
  }
  noteDecision(work, attempt);
  work.clearTimer('attempt', attempt.id);
  work.emit('attempt.approved', application, { attempt_id: attempt.id, funder_id: attempt.funderId, ...evidence(work, application, attempt) });
  addOffer(work, application, attempt, offer);
  return 'applied';
}

function applyDecline(work: Work, application: ApplicationRow, attempt: AttemptRow, reason: FunderReason): Settled {
  const wasApproved = attempt.state === 'approved';
  if (wasApproved && work.tx.offers.loanOfAttempt(attempt.id) !== undefined) {
    return applyLoanNews(work, application, attempt, { status: 'failed', detail: reason.detail }, null);
  }
  if (!work.moveAttempt(attempt, 'declined')) return 'duplicate';
  noteDecision(work, attempt);
  attempt.reason = { code: reason.code, detail: reason.detail };
  endAttempt(work, application, attempt, 'attempt.declined', { data: { reason: reason.code, ...evidence(work, application, attempt) } });
  if (wasApproved) closeOfferOf(work, application, attempt, 'cancelled');
  return 'applied';
}

/** No decision on credit, so nothing is learnt and no cooling-off begins. */
function applyCancelled(work: Work, application: ApplicationRow, attempt: AttemptRow): Settled {
  const wasApproved = attempt.state === 'approved';
  if (!work.moveAttempt(attempt, 'cancelled')) return 'duplicate';
  endAttempt(work, application, attempt, 'attempt.cancelled');
  if (wasApproved) closeOfferOf(work, application, attempt, 'cancelled');
  return 'applied';
}

function noteDecision(work: Work, attempt: AttemptRow): void {
  attempt.decidedAtMs = work.nowMs;
  const funder = work.desk.funders.get(attempt.funderId);
  if (funder !== undefined && attempt.submittedAtMs !== null) work.deps.lines.of(funder).noteDecision(work.nowMs - attempt.submittedAtMs);
}

/** What the learner needs of a decision: where it stood and what had been expected, before and after earlier declines. */
function evidence(work: Work, application: ApplicationRow, attempt: AttemptRow): Readonly<Record<string, unknown>> {
  return { band: application.band, tier: work.desk.funders.get(attempt.funderId)?.tier ?? 1, prior_ppm: attempt.prior, mean_ppm: attempt.likelihood };
}

const RANK = { pending: 1, declined: 2, approved: 2, cancelled: 2, loan: 3 } as const;

/** Older by the funder's own clock than what was applied, or as old and no further along. */
function isStale(attempt: AttemptRow, answer: DecisionAnswer): boolean {
  if (answer.eventAtMs === null || attempt.eventAtMs === null) return false;
  if (answer.eventAtMs !== attempt.eventAtMs) return answer.eventAtMs < attempt.eventAtMs;
  const rank = attempt.state === 'approved' ? RANK.approved : attempt.state === 'declined' ? RANK.declined : 0;
  return RANK[answer.kind] <= rank && answer.kind !== 'loan';
}
