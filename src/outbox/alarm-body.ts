/** The payload of an alarm's webhook: what it is about, its kind and the sentence with its numbers. Of no application and of nobody. */
import { invariant } from '../domain/failures.ts';

export interface AlarmEvent {
  readonly type: 'alarm.raised' | 'alarm.cleared';
  /** When it happened, milliseconds since the epoch. */
  readonly atMs: number;
  readonly data: Readonly<Record<string, unknown>>;
}

const SUBJECT = /^[a-z_]+\/[a-z0-9][a-z0-9_-]{0,79}(\/[a-z]+\/[a-z0-9][a-z0-9_-]{0,79})?$/;
const KIND = /^[a-z][a-z_]{0,39}$/;
/** No count of ours has so many digits; every phone and ID number does. */
const LONG_NUMBER = /\d{9}/;
const MOST = 1_000;

/** Serialises `{type, timestamp, data}`, the same bytes for the same event. Throws `InvariantError`, without the value, on anything that does not fit. */
export function alarmBody({ type, atMs, data }: AlarmEvent): string {
  const { subject, kind, detail, since } = data;
  invariant(typeof subject === 'string' && SUBJECT.test(subject), 'alarm subject expected');
  invariant(typeof kind === 'string' && KIND.test(kind), 'alarm kind expected');
  const body: Record<string, string> = { subject, kind };
  if (typeof detail === 'string') {
    invariant(detail.length <= MOST && !LONG_NUMBER.test(detail), 'alarm detail is too long, or has a long number in it');
    body['detail'] = detail;
  }
  if (typeof since === 'string') {
    invariant(!Number.isNaN(Date.parse(since)), 'alarm time expected');
    body['since'] = since;
  }
  return JSON.stringify({ type, timestamp: new Date(atMs).toISOString(), data: body });
}
