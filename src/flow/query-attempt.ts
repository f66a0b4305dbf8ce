/**
 * Settles by asking: polls a pending attempt, finds out what became of an unknown one, and takes one back when its time is up or the
 * application has ended. Only here may an unknown attempt end without the funder's word, and never while anybody else could be asked.
 */
import type { CancelAnswer, QueryAnswer } from '../../adapters/contract.ts';
import { unreachable } from '../domain/failures.ts';
import { APPLICATION_ENDED, ATTEMPT_OPEN, type AttemptState } from '../domain/states.ts';
import type { ApplicationRow, AttemptRow } from '../store/index.ts';
import { contextFor } from './adapter-context.ts';
import { closeOfferOf } from './add-offer.ts';
import { advance } from './advance.ts';
import { endAttempt } from './end-attempt.ts';
import { askAbout } from './ask-about.ts';
import { fail, goOn, markUnknown } from './ask-funder.ts';
import type { Deps } from './deps.ts';
import { funderInterface, type FunderInterface } from './funder-interface.ts';
import { keepUnreadable } from './keep-unreadable.ts';
import { completeTable, hasOpenOffer, pollDueMs, settleAttempt } from './settle-attempt.ts';
import { EFFECT_GRACE_MS, perform, type Work } from './work.ts';

/** A message that has been on its way for longer than this does not arrive any more; until then "no such order" may mean "not yet". */
const ARRIVAL_MS = 30_000;
/** After this an attempt that no query or cancel could settle is closed as expired; by then its application has ended long ago. */
const GIVE_UP_MS = 7 * 86_400_000;

/** States in which the funder is asked where it stands. */
const ASKED: ReadonlySet<AttemptState> = new Set(['unknown', 'pending', 'authorising']);

interface Target {
  readonly attempt: AttemptRow;
  readonly application: ApplicationRow;
  readonly at: FunderInterface | null;
}

/** The attempt's timer: decides by its state what is to be done. */
export async function onAttemptTimer(deps: Deps, attemptId: string): Promise<void> {
  const target = load(deps, attemptId);
  if (target === null) return void (await perform(deps, (work) => work.clearTimer('attempt', attemptId)));
  switch (target.attempt.state) {
    case 'planned':
    case 'checking':
    case 'submitting':
      return resume(deps, target);
    case 'quoted':
      return void (await perform(deps, (work) => onBidTimer(work, attemptId)));
    case 'unknown':
    case 'pending':
    case 'authorising':
    case 'approved':
      return unwanted(target) ? cancelAttempt(deps, attemptId) : queryAttempt(deps, attemptId);
    default:
      return void (await perform(deps, (work) => work.clearTimer('attempt', attemptId)));
  }
}

/** Asks the funder where the attempt stands and applies the answer; one that is past its time is taken back. */
export async function queryAttempt(deps: Deps, attemptId: string): Promise<void> {
  if (await ask(deps, attemptId)) await cancelAttempt(deps, attemptId);
}

/** Returns true when the attempt is past its time. */
async function ask(deps: Deps, attemptId: string): Promise<boolean> {
  const target = load(deps, attemptId);
  if (target === null || !ASKED.has(target.attempt.state)) return false;
  const { attempt, at } = target;
  const query = at?.adapter.query;
  if (at === null || query === undefined)
    return perform(deps, (work) => afterQuery(work, attemptId, { kind: 'unknown', detail: 'cannot be queried' }));
  const { funder } = at;
  const result = await askAbout(deps, { funder, attempt, ctx: contextFor(deps, funder) }, 'query', query);
  return perform(deps, (work) => {
    keepUnreadable(work, attemptId, 'query', result);
    return afterQuery(work, attemptId, result.answer);
  });
}

/** Asks the funder to forget it. An approval taken back counts as cancelled once the funder was told or cannot be. */
export async function cancelAttempt(deps: Deps, attemptId: string): Promise<void> {
  const target = load(deps, attemptId);
  if (target === null) return;
  const { attempt, at } = target;
  const cancel = at?.adapter.cancel;
  if (at === null || cancel === undefined) return void (await perform(deps, (work) => afterCancel(work, attemptId, { kind: 'too_late' }, false)));
  const { funder } = at;
  const result = await askAbout(deps, { funder, attempt, ctx: contextFor(deps, funder) }, 'cancel', cancel);
  await perform(deps, (work) => afterCancel(work, attemptId, result.answer, true));
  // It has decided: what it decided ends the attempt, and asking to cancel again and again would not.
  if (result.answer.kind === 'too_late') await ask(deps, attemptId);
}

/** We died, or the desk did not answer: what was on the wire is unknown, what was not is begun again. */
async function resume(deps: Deps, { attempt, at }: Target): Promise<void> {
  await perform(deps, (work) => {
    const found = work.attemptAndApplication(attempt.id);
    if (found === null || found.attempt.state !== attempt.state) return;
    const { attempt: row, application } = found;
    if (row.state === 'submitting') return markUnknown(work, application, row, 'interrupted');
    if (at === null) {
      work.moveAttempt(row, row.state === 'checking' ? 'check_failed' : 'cancelled');
      return fail(work, application, row, 'funder gone');
    }
    const receipts = work.tx.dispatch.receiptsOf(row.id);
    const checked = receipts.some((receipt) => receipt.capability === 'precheck' && receipt.outcome === 'eligible');
    if (row.state === 'planned' || checked) return goOn(work, application, row, at);
    work.moveAttempt(row, 'check_failed');
    fail(work, application, row, 'interrupted');
  });
}

/** Returns true when the attempt is past its time and is to be taken back. */
function afterQuery(work: Work, attemptId: string, answer: QueryAnswer): boolean {
  const found = work.attemptAndApplication(attemptId);
  if (found === null || !ASKED.has(found.attempt.state)) return false;
  const { attempt, application } = found;
  switch (answer.kind) {
    case 'approved':
    case 'declined':
    case 'pending':
    case 'authorised':
    case 'offers':
    case 'cancelled':
    case 'loan':
      settleAttempt(work, application, attempt, answer);
      break;
    case 'not_found':
      if (attempt.state === 'unknown' && work.nowMs >= arrivedByMs(work, attempt) && work.moveAttempt(attempt, 'never_received')) {
        fail(work, application, attempt, 'never received');
        return false;
      }
      break;
    case 'unavailable':
    case 'unknown':
      break;
    default:
      return unreachable(answer);
  }
  return keepWaiting(work, application, attempt);
}

function keepWaiting(work: Work, application: ApplicationRow, attempt: AttemptRow): boolean {
  if (!ASKED.has(attempt.state)) return false;
  attempt.polls += 1;
  if (work.nowMs - attempt.createdAtMs > GIVE_UP_MS) {
    expireAttempt(work, application, attempt);
    return false;
  }
  const overdue = work.nowMs >= attempt.deadlineAtMs;
  // A rate table that is never said to be full: what has come by now is what there is.
  if (overdue && attempt.state === 'pending' && hasOpenOffer(work, attempt)) {
    completeTable(work, application, attempt);
    return false;
  }
  // Nothing was sent yet, so it ends here and now: asked first, the funder might let it go on meanwhile.
  if (overdue && attempt.state === 'authorising') {
    expireAttempt(work, application, attempt);
    work.act({ kind: 'cancel', attemptId: attempt.id });
    return false;
  }
  work.setTimer(
    'attempt',
    attempt.id,
    overdue ? work.nowMs + EFFECT_GRACE_MS : Math.min(nextAskMs(work, attempt), Math.max(attempt.deadlineAtMs, work.nowMs + 1_000)),
  );
  return overdue;
}

/** From when on a submit that the funder does not know was surely never received: it may have waited for a place before it was sent. */
function arrivedByMs(work: Work, attempt: AttemptRow): number {
  const waitMs = work.desk.funders.get(attempt.funderId)?.timeouts.submit_ms ?? 0;
  return (attempt.submittedAtMs ?? work.nowMs) + waitMs + ARRIVAL_MS;
}

/** The next poll, but not past the moment from which a "no such order" counts. */
function nextAskMs(work: Work, attempt: AttemptRow): number {
  const countsMs = arrivedByMs(work, attempt);
  return Math.min(pollDueMs(work, attempt), work.nowMs < countsMs ? countsMs : Number.POSITIVE_INFINITY);
}

function afterCancel(work: Work, attemptId: string, answer: CancelAnswer, asked: boolean): void {
  const found = work.attemptAndApplication(attemptId);
  if (found === null) return;
  const { attempt, application } = found;
  const was = attempt.state;
  // Nothing was sent yet: whatever the funder says of it, the borrower's time is up.
  if (was === 'authorising') return expireAttempt(work, application, attempt);
  // It has gone on while the funder was told: what sees to it now is not stopped.
  if (was !== 'unknown' && was !== 'pending' && was !== 'approved') return ATTEMPT_OPEN.has(was) ? undefined : work.clearTimer('attempt', attemptId);
  const gone = answer.kind === 'cancelled' || (answer.kind === 'not_found' && work.nowMs >= arrivedByMs(work, attempt));
  if (gone) return endCancelled(work, application, attempt, true);
  // Approved while we asked to forget it, and offered: the borrower may have it.
  if (was === 'approved' && isOffered(work, attempt)) return work.clearTimer('attempt', attemptId);
  attempt.polls += 1;
  // Nothing more can be done at the funder about an approval we do not want; its own expiry ends it there.
  if (was === 'approved' && (!asked || answer.kind === 'too_late' || attempt.polls > 10)) return endCancelled(work, application, attempt, false);
  if (was === 'pending' && !asked) return expireAttempt(work, application, attempt);
  if (work.nowMs - attempt.createdAtMs > GIVE_UP_MS) return expireAttempt(work, application, attempt);
  if (answer.kind === 'too_late' && was === 'pending') attempt.deadlineAtMs = work.nowMs + 60_000;
  // Who can be neither asked nor told may still call: there is nothing to do until it is given up.
  work.setTimer('attempt', attempt.id, asked ? nextAskMs(work, attempt) : attempt.createdAtMs + GIVE_UP_MS + 1);
}

/** `sure`: the funder has it no more. When it may still stand there, it keeps its place under the caps. */
function endCancelled(work: Work, application: ApplicationRow, attempt: AttemptRow, sure: boolean): void {
  work.moveAttempt(attempt, 'cancelled');
  closeOfferOf(work, application, attempt, 'cancelled');
  endAttempt(work, application, attempt, 'attempt.cancelled', sure ? {} : { caps: 'kept' });
  advance(work, application);
}

/** A bid ran out, or something was lost on the way to taking it. */
function onBidTimer(work: Work, attemptId: string): void {
  const found = work.attemptAndApplication(attemptId);
  if (found === null || found.attempt.state !== 'quoted') return;
  const { attempt, application } = found;
  if (attempt.validUntilMs === null || work.nowMs >= attempt.validUntilMs) {
    work.moveAttempt(attempt, 'expired');
    endAttempt(work, application, attempt, 'attempt.expired');
  } else {
    work.setTimer('attempt', attempt.id, attempt.validUntilMs);
  }
  advance(work, application);
}

function isOffered(work: Work, attempt: AttemptRow): boolean {
  return work.tx.offers
    .ofApplication(attempt.applicationId)
    .some((offer) => offer.attemptId === attempt.id && (offer.state === 'open' || offer.state === 'accepted'));
}

function expireAttempt(work: Work, application: ApplicationRow, attempt: AttemptRow): void {
  work.moveAttempt(attempt, 'expired');
  closeOfferOf(work, application, attempt, 'cancelled');
  endAttempt(work, application, attempt, 'attempt.expired', { caps: 'kept' });
  advance(work, application);
}

function load(deps: Deps, attemptId: string): Target | null {
  const attempt = deps.store.dispatch.byId(attemptId);
  const application = attempt === undefined ? undefined : deps.store.applications.byId(attempt.applicationId);
  if (attempt === undefined || application === undefined) return null;
  return { attempt, application, at: funderInterface(deps, attempt.funderId) };
}

/** True when nobody waits for this attempt any more: its application ended, or another funder's offer was taken. */
function unwanted({ attempt, application }: Target): boolean {
  return APPLICATION_ENDED.has(application.state) || application.state === 'accepted' || attempt.state === 'approved';
}
