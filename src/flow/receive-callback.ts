/**
 * A funder calls. Verified, persisted raw and sealed, acknowledged in its own form; only then is it processed, in a commit of its own that a
 * timer takes up should we die in between. A forged one is recorded and refused.
 */
import type { CallbackNews, InboundCallback, OutboundResponse } from '../../adapters/contract.ts';
import { cellOf } from '../domain/ids.ts';
import type { ApplicationRow, CallbackRow } from '../store/index.ts';
import { contextFor } from './adapter-context.ts';
import type { Deps } from './deps.ts';
import { funderInterface } from './funder-interface.ts';
import { applyRepayment } from './repay-loan.ts';
import { settleAttempt } from './settle-attempt.ts';
import { plainOrMark } from './strike-person.ts';
import { EFFECT_GRACE_MS, perform, type Work } from './work.ts';

/**
 * Null: there is no such funder, or it has no callbacks, or speaks of a cell that there is not. Any cell takes it, since each has the
 * funders' secrets, and hands it over to the one whose order it is about; `handedOver`: this is the one.
 */
export async function receiveCallback(deps: Deps, funderId: string, callback: InboundCallback, handedOver = false): Promise<OutboundResponse | null> {
  const at = funderInterface(deps, funderId);
  const capability = at?.adapter.callback;
  if (at === null || capability === undefined) return null;
  const ctx = contextFor(deps, at.funder);
  const verdict = capability.verify(ctx, callback);
  if (!verdict.ok) {
    await perform(deps, (work) => void record(work, funderId, callback, 'forged', `${funderId}#forged#${work.newId('cbk')}`, verdict.why));
    deps.log.warn('callback.forged', { funder: funderId, why: verdict.why });
    return capability.acknowledge(ctx, 'refused');
  }
  const news = capability.read(ctx, callback);
  const place = handedOver || news === null ? HERE : await placeOf(deps, funderId, news);
  if (place !== HERE) return place === null ? null : deps.away!.forwardCallback(place, funderId, callback);
  const messageId = news?.messageId ?? null;
  const dedupeKey = `${funderId}#${messageId === null ? deps.vault.sha256Hex(callback.body) : plainOrMark(messageId, (text) => deps.vault.tag('cursor', `callback:${text}`))}`;
  await perform(deps, (work) => {
    if (work.tx.dispatch.callbackSeen(dedupeKey)) return;
    const id = record(work, funderId, callback, 'received', dedupeKey, null);
    work.setTimer('callback', id, work.nowMs + EFFECT_GRACE_MS);
    work.act({ kind: 'callback', callbackId: id });
  });
  return capability.acknowledge(ctx, 'stored');
}

const HERE = 'here';

/** The cell that has what the funder speaks of; null: there is no such cell. An order that no cell knows stays here, as unmatched. */
async function placeOf(deps: Deps, funderId: string, { attempt: { by, value } }: CallbackNews): Promise<typeof HERE | number | null> {
  const { away, cell, store } = deps;
  if (away === null) return HERE;
  if (by === 'funder_ref')
    return store.dispatch.byFunderRef(funderId, value) === undefined ? ((await away.cellOfOrder(funderId, value)) ?? HERE) : HERE;
  const named = cellOf(value);
  if (named === null || named === cell) return HERE;
  return away.hasCell(named) ? named : null;
}

/** Applies a stored callback. Safe to run again: a processed one is left alone. */
export async function processCallback(deps: Deps, callbackId: string): Promise<void> {
  await perform(deps, (work) => {
    const row = work.tx.dispatch.callbackById(callbackId);
    work.clearTimer('callback', callbackId);
    if (row === undefined || row.state !== 'received' || row.rawSealed === null) return;
    const news = reread(work, row);
    if (news === null) return finish(work, row, 'ignored', null, 'not understood');
    const attempt = news.attempt.by === 'ref' ? work.attempt(news.attempt.value) : findByFunderRef(work, row.funderId, news.attempt.value);
    const application = attempt === null ? null : work.application(attempt.applicationId);
    // Ours by id but another funder's order: a funder may speak of its own orders alone.
    if (attempt === null || application === null || attempt.funderId !== row.funderId) return finish(work, row, 'unmatched', null, 'no such order');
    // Of the erased nothing that was said on the wire is kept, however late it comes.
    const kept = application.state === 'erased' ? { ...row, rawSealed: null } : row;
    if (news.repayment !== undefined) tellRepayment(work, application, attempt.id, news.repayment);
    finish(work, kept, 'processed', attempt.id, settleAttempt(work, application, attempt, news.answer));
  });
}

/** A word about a repayment counts only for a repayment of that very attempt's loan. */
function tellRepayment(
  work: Work,
  application: ApplicationRow,
  attemptId: string,
  { repaymentRef, answer }: NonNullable<CallbackNews['repayment']>,
): void {
  const row = work.tx.steps.repaymentById(repaymentRef);
  if (row !== undefined && work.tx.offers.loanOfAttempt(attemptId)?.id === row.loanId) applyRepayment(work, application, row, answer, false);
}

function record(
  work: Work,
  funderId: string,
  callback: InboundCallback,
  state: CallbackRow['state'],
  dedupeKey: string,
  detail: string | null,
): string {
  const id = work.newId('cbk');
  const raw = JSON.stringify({
    path: callback.path,
    query: callback.query,
    headers: callback.headers,
    body: Buffer.from(callback.body).toString('base64'),
  });
  work.tx.dispatch.insertCallback({
    id,
    funderId,
    dedupeKey,
    state,
    detail,
    attemptId: null,
    receivedAtMs: work.nowMs,
    rawSealed: work.deps.vault.serviceKey.seal(`callbacks/${id}/raw`, raw) as Buffer,
  });
  return id;
}

function reread(work: Work, row: CallbackRow): CallbackNews | null {
  const at = funderInterface(work.deps, row.funderId);
  const capability = at?.adapter.callback;
  if (at === null || capability === undefined) return null;
  const text = new TextDecoder().decode(work.deps.vault.serviceKey.open(`callbacks/${row.id}/raw`, row.rawSealed!));
  const raw = JSON.parse(text) as { path: string; query: Record<string, string>; headers: Record<string, string>; body: string };
  return capability.read(contextFor(work.deps, at.funder), { ...raw, body: new Uint8Array(Buffer.from(raw.body, 'base64')) });
}

function finish(work: Work, row: CallbackRow, state: CallbackRow['state'], attemptId: string | null, detail: string): void {
  if (state !== 'processed') work.deps.log.warn('callback.not_applied', { funder: row.funderId, callback: row.id, why: detail });
  work.tx.dispatch.saveCallback({ ...row, state, attemptId, detail });
}

function findByFunderRef(work: Work, funderId: string, funderRef: string) {
  const row = work.tx.dispatch.byFunderRef(funderId, funderRef);
  return row === undefined ? null : work.attempt(row.id);
}
