/**
 * A reply that its adapter could not read is kept as it came, sealed, for disputes and for whoever mends the adapter; and it is loud. The same
 * bytes about the same attempt once only: a funder that is polled says the same nonsense again and again.
 */
import type { Capability, CallResult } from '../dispatch/lines.ts';
import { REPLY_MARK } from '../store/index.ts';
import type { Work } from './work.ts';

export function keepUnreadable(
  work: Work,
  attemptId: string,
  capability: Capability,
  { answer, response }: CallResult<{ readonly kind: string }>,
): void {
  // Mostly it could be read, and then nothing need be looked up.
  const found = answer.kind === 'unknown' && response !== null ? work.attemptAndApplication(attemptId) : null;
  if (found === null || response === null) return;
  const { application, attempt } = found;
  const { vault, log } = work.deps;
  const dedupeKey = `${attempt.funderId}${REPLY_MARK}${attempt.id}#${vault.sha256Hex(response.body).slice(0, 32)}`;
  if (work.tx.dispatch.callbackSeen(dedupeKey)) return;
  const id = work.newId('cbk');
  const raw = JSON.stringify({ status: response.status, headers: response.headers, body: Buffer.from(response.body).toString('base64') });
  work.tx.dispatch.insertCallback({
    id,
    funderId: attempt.funderId,
    dedupeKey,
    state: 'ignored',
    detail: `unreadable reply to ${capability}`,
    attemptId: attempt.id,
    receivedAtMs: work.nowMs,
    // Of the erased nothing that was said on the wire is kept, however late it comes.
    rawSealed: application.state === 'erased' ? null : (vault.serviceKey.seal(`callbacks/${id}/raw`, raw) as Buffer),
  });
  work.emit('attempt.alarm', application, { attempt_id: attempt.id, funder_id: attempt.funderId, alarm: 'unreadable_reply', detail: capability });
  log.warn('funder.unreadable_reply', { funder: attempt.funderId, attempt: attempt.id, call: capability });
}
