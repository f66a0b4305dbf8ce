/**
 * The calls that hand over data: precheck and submit. Opens the granted fields, builds, sends, seals what was said, and commits what it
 * means. The attempt was already moved and receipted before; if we die during the call its timer finds it.
 */
import type { AdapterContext, AttemptRef, PrecheckAnswer, SubmitAnswer, OutboundRequest } from '../../adapters/contract.ts';
import type { FieldName } from '../domain/applicant.ts';
import { unreachable } from '../domain/failures.ts';
import { APPLICATION_ENDED } from '../domain/states.ts';
import type { CallResult } from '../dispatch/lines.ts';
import type { ApplicationRow, AttemptRow } from '../store/index.ts';
import { advance } from './advance.ts';
import { keepStep } from './borrower-steps.ts';
import { endAttempt } from './end-attempt.ts';
import { contextFor } from './adapter-context.ts';
import type { Deps } from './deps.ts';
import type { Carried } from './effects.ts';
import { funderInterface, type FunderInterface } from './funder-interface.ts';
import { handOver } from './hand-over.ts';
import { keepUnreadable } from './keep-unreadable.ts';
import { creditGrant, openForFunder } from './open-for-funder.ts';
import { settleAttempt } from './settle-attempt.ts';
import { ownRef } from './strike-person.ts';
import { perform, type Work } from './work.ts';

interface Asking extends FunderInterface {
  readonly attempt: AttemptRow;
  readonly application: ApplicationRow;
  readonly ctx: AdapterContext;
  readonly carry: Carried | undefined;
}

export async function precheckFunder(deps: Deps, attemptId: string, receiptId: string): Promise<void> {
  const asking = load(deps, attemptId, 'checking');
  const precheck = asking?.adapter.precheck;
  if (asking === null || precheck === undefined) return;
  const fields = await openForFunder(deps, asking, precheck.needs);
  if (fields === null) return void (await perform(deps, (work) => abandon(work, attemptId, receiptId)));
  const request = precheck.build(asking.ctx, refOf(asking.attempt), fields);
  const line = deps.lines.of(asking.funder);
  const mayGo = (): boolean => isGranted(deps, asking, precheck.needs);
  const result = await line.call<PrecheckAnswer>({
    capability: 'precheck',
    request,
    mayGo,
    read: (response) => precheck.read(asking.ctx, response),
    timeoutMs: asking.funder.timeouts.precheck_ms,
  });
  await perform(deps, (work) => {
    finishReceipt(work, asking, receiptId, request, result);
    keepUnreadable(work, attemptId, 'precheck', result);
    applyPrecheck(work, attemptId, asking, result.answer);
  });
}

export async function submitToFunder(deps: Deps, attemptId: string, receiptId: string, carry?: Carried): Promise<void> {
  const asking = load(deps, attemptId, 'submitting', carry);
  if (asking === null) return;
  const { submit } = asking.adapter;
  const fields = await openForFunder(deps, asking, submit.needs);
  if (fields === null) return void (await perform(deps, (work) => abandon(work, attemptId, receiptId)));
  const request = submit.build(asking.ctx, refOf(asking.attempt), fields);
  const line = deps.lines.of(asking.funder);
  const mayGo = (): boolean => isGranted(deps, asking, submit.needs);
  const result = await line.call<SubmitAnswer>({
    capability: 'submit',
    request,
    mayGo,
    read: (response) => submit.read(asking.ctx, response),
    timeoutMs: asking.funder.timeouts.submit_ms,
  });
  await perform(deps, (work) => {
    finishReceipt(work, asking, receiptId, request, result);
    keepUnreadable(work, attemptId, 'submit', result);
    applySubmit(work, attemptId, result.answer);
  });
}

export function refOf(attempt: AttemptRow): AttemptRef {
  return { ref: attempt.id, funderRef: attempt.funderRef };
}

/** Whether the answer of a submit is surely "not taken", and what follows from each. */
function applySubmit(work: Work, attemptId: string, answer: SubmitAnswer): void {
  const found = work.attemptAndApplication(attemptId);
  if (found === null) return;
  const { application, attempt } = found;
  switch (answer.kind) {
    case 'unavailable':
      // A callback may have overtaken this reply; then the funder has it after all.
      return work.moveAttempt(attempt, 'not_accepted') ? fail(work, application, attempt, answer.detail) : undefined;
    case 'unknown':
      return markUnknown(work, application, attempt, answer.detail);
    case 'approved':
    case 'declined':
    case 'pending':
    case 'authorised':
    case 'offers':
    case 'cancelled':
    case 'loan':
      settleAttempt(work, application, attempt, answer);
      return;
    default:
      return unreachable(answer);
  }
}

/** The submit may or may not have arrived: nobody else is asked until the funder has said which. */
export function markUnknown(work: Work, application: ApplicationRow, attempt: AttemptRow, detail: string): void {
  if (!work.moveAttempt(attempt, 'answer_lost')) return;
  attempt.reason = { code: 'other', detail };
  work.emit('attempt.unknown', application, { attempt_id: attempt.id, funder_id: attempt.funderId });
  work.setTimer('attempt', attempt.id, work.nowMs + 1_000);
  advance(work, application);
}

export function fail(work: Work, application: ApplicationRow, attempt: AttemptRow, detail: string): void {
  attempt.reason = { code: 'other', detail };
  endAttempt(work, application, attempt, 'attempt.failed');
  advance(work, application);
}

function applyPrecheck(work: Work, attemptId: string, asking: Asking, answer: CallResult<PrecheckAnswer>['answer']): void {
  const found = work.attemptAndApplication(attemptId);
  if (found === null || found.attempt.state !== 'checking') return;
  const { application, attempt } = found;
  switch (answer.kind) {
    case 'eligible':
      return applyEligible(work, application, attempt, asking, answer);
    case 'ineligible':
      work.moveAttempt(attempt, 'ineligible');
      attempt.reason = { code: answer.reason.code, detail: answer.reason.detail };
      endAttempt(work, application, attempt, 'attempt.ineligible', { data: { reason: answer.reason.code } });
      return advance(work, application);
    case 'unavailable':
    case 'unknown':
      // A precheck has no effect at the funder that binds anybody, so silence there is simply "not this one".
      work.moveAttempt(attempt, 'check_failed');
      return fail(work, application, attempt, answer.detail);
    default:
      return unreachable(answer);
  }
}

type Eligible = Extract<PrecheckAnswer, { kind: 'eligible' }>;

/** A bid is kept until it is compared with the others asked at once; a page the borrower must see is kept until this funder is the one. */
function applyEligible(work: Work, application: ApplicationRow, attempt: AttemptRow, asking: Asking, answer: Eligible): void {
  const { funderRef = null, step, price, validUntilMs = null } = answer;
  if (funderRef !== null && attempt.funderRef === null) attempt.funderRef = ownRef(work, application, funderRef);
  if (step !== undefined && !keepStep(work, application, attempt, step, { stage: 'before_submit', state: 'held' })) {
    work.moveAttempt(attempt, 'check_failed');
    return fail(work, application, attempt, 'unusable link');
  }
  if (price === undefined) return goOn(work, application, attempt, asking);
  attempt.bidFen = price;
  attempt.validUntilMs = validUntilMs ?? work.nowMs + asking.funder.timeouts.decision_ms;
  work.moveAttempt(attempt, 'bid_received');
  work.setTimer('attempt', attempt.id, attempt.validUntilMs);
  work.emit('attempt.quoted', application, { attempt_id: attempt.id, funder_id: attempt.funderId, bid_fen: price });
  advance(work, application);
}

/** From precheck (or from waiting for cap quota) onwards; when that cannot be, on to what is next for the application. */
export function goOn(work: Work, application: ApplicationRow, attempt: AttemptRow, at: FunderInterface): void {
  if (!handOver(work, application, attempt, at)) advance(work, application);
  else if (attempt.state === 'authorising') advance(work, application);
}

function load(deps: Deps, attemptId: string, state: AttemptRow['state'], carry?: Carried): Asking | null {
  const attempt = carry?.attempt ?? deps.store.dispatch.byId(attemptId);
  if (attempt === undefined || attempt.state !== state) return null;
  const application = carry?.application ?? deps.store.applications.byId(attempt.applicationId);
  const at = funderInterface(deps, attempt.funderId);
  if (application === undefined || at === null) return null;
  return { attempt, application, ...at, ctx: contextFor(deps, at.funder), carry };
}

/** Whether it may still be handed over, after it has waited: the consent stands, and nobody has ended the application. */
function isGranted(deps: Deps, { application, funder }: Asking, needs: readonly FieldName[]): boolean {
  const state = deps.store.applications.byId(application.id)?.state;
  if (state === undefined || state === 'accepted' || APPLICATION_ENDED.has(state)) return false;
  return creditGrant(deps.store.dispatch.consentsOf(application.id), funder, needs, deps.clock.nowMs()) !== null;
}

/** Consent went, or the borrower was erased, between commit and call: nothing was sent. */
function abandon(work: Work, attemptId: string, receiptId: string): void {
  const found = work.attemptAndApplication(attemptId);
  if (found === null) return;
  const { attempt, application } = found;
  const receipt = work.tx.dispatch.receiptsOf(attemptId).find((row) => row.id === receiptId);
  if (receipt !== undefined) work.tx.dispatch.finishReceipt({ ...receipt, outcome: 'not_sent' });
  if (!work.moveAttempt(attempt, attempt.state === 'checking' ? 'check_failed' : 'not_accepted')) return;
  fail(work, application, attempt, 'not sent: consent withdrawn');
}

function finishReceipt(work: Work, asking: Asking, receiptId: string, request: OutboundRequest, result: CallResult<{ readonly kind: string }>): void {
  const application = work.application(asking.application.id);
  const key = application === null ? null : work.keyOf(application);
  const exchange = key === null ? null : key.seal(`receipts/${receiptId}/exchange`, exchangeText(request, result));
  work.tx.dispatch.finishReceipt({
    id: receiptId,
    attemptId: asking.attempt.id,
    exchangeSealed: exchange as Buffer | null,
    outcome: result.answer.kind,
    latencyMs: result.latencyMs,
  });
}

const decoder = new TextDecoder();

/**
 * What was said, for disputes: a line of method, status and the request's length in characters (`-` for what there was not), then request
 * and response as they were. As JSON within JSON it would be a sixth larger. Headers are left out: they carry signatures and tokens.
 */
function exchangeText(request: OutboundRequest, result: CallResult<unknown>): string {
  const text = (body: string | Uint8Array | null): string | null => (body === null || typeof body === 'string' ? body : decoder.decode(body));
  const asked = text(request.body);
  const answered = result.response === null ? null : text(result.response.body);
  return `${request.method} ${result.response?.status ?? '-'} ${asked?.length ?? '-'}\n${asked ?? ''}${answered ?? ''}`;
}
