/**
 * Applies what a funder said about an attempt, whoever carried it: the reply to the submit, a query or a callback. Late, repeated and reordered
 * words are sorted out here, by event time and then by how far along the state is; a word that is understood by nobody alarms and leaves
 * the attempt pending.
 */
import type { DecisionAnswer, FunderOffer, FunderReason } from '../../adapters/contract.ts';
import { backOffMs } from '../domain/back-off.ts';
import { unreachable } from '../domain/failures.ts';
import type { ApplicationRow, AttemptRow } from '../store/index.ts';
import { advance } from './advance.ts';
import { finishSteps, keepStep } from './borrower-steps.ts';
import { policyOf } from './choose-policy.ts';
import { endAttempt } from './end-attempt.ts';
import { addOffer, closeOfferOf, takeBack } from './add-offer.ts';
import { applyLoanNews } from './apply-loan-news.ts';
import { funderInterface } from './funder-interface.ts';
import { handOver } from './hand-over.ts';
import { ownRef, strikePerson } from './strike-person.ts';
import type { Work } from './work.ts';

/** First and longest time between two queries for one attempt, milliseconds. */
const POLL_FIRST_MS = 1_500;
const POLL_MOST_MS = 300_000;

/** A rate table longer than this is cut: nobody reads on. */
const MOST_OFFERS = 50;

export type Settled = 'applied' | 'stale' | 'duplicate' | 'too_late';

export function settleAttempt(work: Work, application: ApplicationRow, attempt: AttemptRow, answer: DecisionAnswer): Settled {
  if (isStale(attempt, answer)) return 'stale';
  if (answer.funderRef !== null && attempt.funderRef === null) attempt.funderRef = ownRef(work, application, answer.funderRef);
  const settled = apply(work, application, attempt, answer);
  if (settled === 'applied' && answer.eventAtMs !== null) attempt.eventAtMs = Math.max(answer.eventAtMs, attempt.eventAtMs ?? 0);
  if (settled === 'applied') advance(work, application);
  return settled;
}

/** When the next query for this attempt is due. */
export function pollDueMs(work: Work, attempt: AttemptRow): number {
  return work.nowMs + backOffMs(attempt.polls, POLL_FIRST_MS, POLL_MOST_MS);
}

function apply(work: Work, application: ApplicationRow, attempt: AttemptRow, answer: DecisionAnswer): Settled {
  switch (answer.kind) {
    case 'pending':
      return applyPending(work, application, attempt, answer);
    case 'authorised':
      return applyAuthorised(work, application, attempt);
    case 'offers':
      return applyOffers(work, application, attempt, answer);
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

type Told<K extends DecisionAnswer['kind']> = Extract<DecisionAnswer, { kind: K }>;

function applyPending(work: Work, application: ApplicationRow, attempt: AttemptRow, { unrecognised, step }: Told<'pending'>): Settled {
  if (unrecognised !== null) {
    work.emit('attempt.alarm', application, {
      attempt_id: attempt.id,
      funder_id: attempt.funderId,
      alarm: 'unrecognised_status',
      detail: unrecognised.slice(0, 80),
    });
    work.deps.log.warn('funder.unrecognised_status', { funder: attempt.funderId, attempt: attempt.id });
  }
  const isNew = work.moveAttempt(attempt, 'accepted');
  if (step !== undefined && attempt.state === 'pending') {
    keepStep(work, application, attempt, step, { stage: 'before_decision', state: 'open' });
    // The borrower needs longer on a page than a funder to decide.
    attempt.deadlineAtMs = Math.max(
      attempt.deadlineAtMs,
      Math.min(application.deadlineAtMs, work.nowMs + policyOf(work.desk, application).deadlines.consent_s * 1_000),
    );
  }
  if (!isNew) return 'duplicate';
  work.setTimer('attempt', attempt.id, pollDueMs(work, attempt));
  work.emit('attempt.pending', application, { attempt_id: attempt.id, funder_id: attempt.funderId });
  return 'applied';
}

/** The borrower has agreed on the funder's page: now it may have the full application. */
function applyAuthorised(work: Work, application: ApplicationRow, attempt: AttemptRow): Settled {
  const at = funderInterface(work.deps, attempt.funderId);
  if (attempt.state !== 'authorising' || at === null) return 'duplicate';
  finishSteps(work, application, attempt.id, 'before_submit');
  // The borrower has done their part; waiting for cap quota is not held against them.
  attempt.deadlineAtMs = application.deadlineAtMs;
  handOver(work, application, attempt, at);
  return 'applied';
}

/** A rate table fills: each offer once, by the funder's name of it; the decision is made when the funder says that there will be no more. */
function applyOffers(work: Work, application: ApplicationRow, attempt: AttemptRow, { offers, complete }: Told<'offers'>): Settled {
  if (attempt.state === 'approved') return 'duplicate';
  const isNew = work.moveAttempt(attempt, 'accepted');
  if (attempt.state !== 'pending') return 'too_late';
  if (isNew) work.emit('attempt.pending', application, { attempt_id: attempt.id, funder_id: attempt.funderId });
  const known = new Set(work.tx.offers.ofApplication(application.id).flatMap((row) => (row.attemptId === attempt.id ? [row.funderOfferRef] : [])));
  // A name that repeats the borrower cannot be kept, and so not be drawn on; of the erased nothing is.
  const usable = offers.flatMap((offer) =>
    offer.ref !== undefined && offer.ref !== '' && strikePerson(work, application, offer.ref) === offer.ref ? [[offer.ref, offer] as const] : [],
  );
  const fresh = [...new Map(usable)].flatMap(([ref, offer]) => (known.has(ref) ? [] : [offer]));
  for (const offer of fresh.slice(0, MOST_OFFERS - known.size)) addOffer(work, application, attempt, offer);
  if (!complete) {
    if (isNew) work.setTimer('attempt', attempt.id, pollDueMs(work, attempt));
    return fresh.length > 0 || isNew ? 'applied' : 'duplicate';
  }
  if (known.size + fresh.length === 0) return applyDecline(work, application, attempt, { code: 'other', detail: 'no_offers' });
  completeTable(work, application, attempt);
  return 'applied';
}

/** There will be no more offers: the borrower picks of those that came, or none of them is allowed and the funder is told so. */
export function completeTable(work: Work, application: ApplicationRow, attempt: AttemptRow): void {
  work.moveAttempt(attempt, 'approved');
  noteDecision(work, attempt);
  work.clearTimer('attempt', attempt.id);
  work.emit('attempt.approved', application, { attempt_id: attempt.id, funder_id: attempt.funderId, ...evidence(work, application, attempt) });
  if (!hasOpenOffer(work, attempt)) takeBack(work, attempt);
}

export function hasOpenOffer(work: Work, attempt: AttemptRow): boolean {
  return work.tx.offers.ofApplication(attempt.applicationId).some((offer) => offer.attemptId === attempt.id && offer.state === 'open');
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
  closeOfferOf(work, application, attempt, 'cancelled');
  return 'applied';
}

/** No decision on credit, so nothing is learnt and no cooling-off begins. */
function applyCancelled(work: Work, application: ApplicationRow, attempt: AttemptRow): Settled {
  const wasApproved = attempt.state === 'approved';
  // Taken already: what is called off is the loan, and with it the application.
  if (wasApproved && work.tx.offers.loanOfAttempt(attempt.id) !== undefined) {
    return applyLoanNews(work, application, attempt, { status: 'failed', detail: 'cancelled' }, null);
  }
  if (!work.moveAttempt(attempt, 'cancelled')) return 'duplicate';
  endAttempt(work, application, attempt, 'attempt.cancelled');
  closeOfferOf(work, application, attempt, 'cancelled');
  return 'applied';
}

function noteDecision(work: Work, attempt: AttemptRow): void {
  attempt.decidedAtMs = work.nowMs;
  const funder = work.desk.funders.get(attempt.funderId);
  if (funder !== undefined && attempt.submittedAtMs !== null) work.deps.lines.of(funder).noteDecision(work.nowMs - attempt.submittedAtMs);
}

/** What learners need of a decision: where it stood, what it was made on, and what had been expected before and after earlier declines. */
function evidence(work: Work, application: ApplicationRow, attempt: AttemptRow): Readonly<Record<string, unknown>> {
  const funder = work.desk.funders.get(attempt.funderId);
  const earlier = attempt.ordinal === 0 ? [] : work.attemptsOf(application.id);
  const declined = earlier.flatMap((each) =>
    each.state === 'declined' && each.id !== attempt.id && each.decidedAtMs! <= attempt.createdAtMs ? [each.prior] : [],
  );
  return {
    ...(attempt.submittedAtMs === null ? {} : { latency_ms: work.nowMs - attempt.submittedAtMs }),
    band: application.band,
    ...(application.levels === null ? {} : { levels: application.levels }),
    ...(funder === undefined ? {} : { tier: funder.tier, funder_type: funder.funder_type }),
    prior_ppm: attempt.prior,
    mean_ppm: attempt.likelihood,
    ...(declined.length === 0 ? {} : { declined_prior_ppm: declined }),
    asked_fen: attempt.amountFen,
  };
}

const RANK = { authorised: 1, pending: 1, offers: 2, declined: 2, approved: 2, cancelled: 2, loan: 3 } as const;

/** Older by the funder's own clock than what was applied, or as old and no further along. */
function isStale(attempt: AttemptRow, answer: DecisionAnswer): boolean {
  if (answer.eventAtMs === null || attempt.eventAtMs === null) return false;
  if (answer.eventAtMs !== attempt.eventAtMs) return answer.eventAtMs < attempt.eventAtMs;
  const rank = attempt.state === 'approved' ? RANK.approved : attempt.state === 'declined' ? RANK.declined : 0;
  return RANK[answer.kind] <= rank && answer.kind !== 'loan';
}
