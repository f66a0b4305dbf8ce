import type { EventType } from '../domain/events.ts';
import type { ApplicationRow, AttemptRow } from '../store/index.ts';
import { releaseCaps } from './start-attempt.ts';
import type { Work } from './work.ts';

export type AttemptEnd = Extract<EventType, 'attempt.declined' | 'attempt.ineligible' | 'attempt.failed' | 'attempt.cancelled' | 'attempt.expired'>;

/**
 * What every end of an attempt has in common, once it has moved to its last state: when, no timer any more, the event. Its place under the caps
 * goes back unless `caps` says that the funder may still have it.
 */
export function endAttempt(
  work: Work,
  application: ApplicationRow,
  attempt: AttemptRow,
  event: AttemptEnd,
  more: { readonly caps?: 'kept'; readonly data?: Readonly<Record<string, unknown>> } = {},
): void {
  // An approval that comes to nothing gives its volume back; only an approval and a decline are decisions before the end.
  const given = event !== 'attempt.declined' && attempt.decidedAtMs !== null ? { was_approved: true, asked_fen: attempt.amountFen } : {};
  attempt.decidedAtMs = work.nowMs;
  if (more.caps !== 'kept') releaseCaps(work, attempt);
  work.clearTimer('attempt', attempt.id);
  work.emit(event, application, { attempt_id: attempt.id, funder_id: attempt.funderId, ...given, ...more.data });
}
