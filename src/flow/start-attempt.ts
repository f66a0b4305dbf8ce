/** Begins an attempt at one funder: consent receipt, precheck where there is one, cap reservation, submit. All inside a commit; the calls come after it. */
import type { ConsentRow } from '../compliance/consent.ts';
import type { Facts } from '../domain/applicant.ts';
import type { PlanStep } from '../domain/plan.ts';
import { capNeeds, readReservation, reservation, type CapNeed } from '../dispatch/caps.ts';
import type { ApplicationRow, AttemptRow } from '../store/index.ts';
import { addReceipt } from './add-receipt.ts';
import type { FunderInterface } from './funder-interface.ts';
import { EFFECT_GRACE_MS, type Work } from './work.ts';

export interface Start extends FunderInterface {
  readonly grant: ConsentRow;
  readonly step: PlanStep;
  readonly facts: Facts;
}

/** Adds the attempt and its first step. */
export function startAttempt(work: Work, application: ApplicationRow, start: Start): void {
  const { funder, adapter, facts } = start;
  const attempt: AttemptRow = {
    id: work.newId('att'),
    applicationId: application.id,
    borrowerId: application.borrowerId,
    funderId: funder.id,
    ordinal: work.attemptsOf(application.id).length,
    planId: application.planId!,
    state: 'planned',
    funderRef: null,
    eventAtMs: null,
    likelihood: Math.round(start.step.mean * 1e6),
    prior: Math.round(start.step.prior * 1e6),
    reason: null,
    reserved: [],
    amountFen: facts.amount_fen,
    bidFen: null,
    validUntilMs: null,
    polls: 0,
    submittedAtMs: null,
    decidedAtMs: null,
    deadlineAtMs: work.nowMs + funder.timeouts.decision_ms,
    createdAtMs: work.nowMs,
  };
  work.addAttempt(attempt);
  if (adapter.precheck === undefined) return beginSubmit(work, application, attempt, start);
  work.emit('attempt.started', application, { attempt_id: attempt.id, funder_id: funder.id });
  work.moveAttempt(attempt, 'precheck_started');
  const receiptId = addReceipt(work, attempt, { ...start, capability: 'precheck', fields: adapter.precheck.needs });
  work.setTimer('attempt', attempt.id, work.nowMs + funder.timeouts.precheck_ms * 3 + EFFECT_GRACE_MS);
  work.act({ kind: 'precheck', attemptId: attempt.id, receiptId });
}

/**
 * Reserves the funder's caps and hands the application over. When our lease has no room, the desk is asked first and the attempt waits as it
 * is; what the desk then says brings it back here.
 */
export function beginSubmit(work: Work, application: ApplicationRow, attempt: AttemptRow, start: Pick<Start, 'funder' | 'adapter' | 'grant'>): void {
  const { funder } = start;
  const needs = capNeeds(funder, attempt.amountFen, work.nowMs);
  const short = reserve(work, needs);
  if (short !== null) {
    work.setTimer('attempt', attempt.id, work.nowMs + EFFECT_GRACE_MS);
    work.act({ kind: 'lease', attemptId: attempt.id, wants: [{ key: short.key, funderId: funder.id, limit: short.limit, need: short.need }] });
    return;
  }
  attempt.reserved = needs.map(reservation);
  work.moveAttempt(attempt, 'submit_started');
  attempt.submittedAtMs = work.nowMs;
  attempt.deadlineAtMs = work.nowMs + funder.timeouts.decision_ms;
  const receiptId = addReceipt(work, attempt, { ...start, capability: 'submit', fields: start.adapter.submit.needs });
  work.setTimer('attempt', attempt.id, work.nowMs + funder.timeouts.submit_ms + EFFECT_GRACE_MS);
  work.emit('attempt.submitted', application, { attempt_id: attempt.id, funder_id: funder.id });
  const opened = work.opened(application.id);
  work.act({ kind: 'submit', attemptId: attempt.id, receiptId, carry: opened === undefined ? undefined : { attempt, application, ...opened } });
}

/** Gives an attempt's reservations back: the funder surely has not taken it. */
export function releaseCaps(work: Work, attempt: AttemptRow): void {
  for (const text of attempt.reserved) {
    const { key, amount } = readReservation(text);
    work.tx.dispatch.giveBack(key, amount);
  }
  attempt.reserved = [];
}

/** Takes every need or none; returns the one that did not fit. */
function reserve(work: Work, needs: readonly CapNeed[]): CapNeed | null {
  for (const [index, need] of needs.entries()) {
    if (work.tx.dispatch.takeLease(need.key, need.need)) continue;
    for (const taken of needs.slice(0, index)) work.tx.dispatch.giveBack(taken.key, taken.need);
    return need;
  }
  return null;
}
