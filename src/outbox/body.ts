/** The payload of a webhook: thin, without personal data by construction, the same bytes for the same event. */
import { invariant } from '../domain/failures.ts';

/** The keys `data` may carry beside `application_id` and `sequence`, in the order they are written. Ids and codes, nothing else. */
export const DATA_KEYS = [
  'attempt_id',
  'offer_id',
  'loan_id',
  'partner_offer_id',
  'impression_id',
  'click_id',
  'funder_id',
  'partner_id',
  'channel_id',
  'status',
  'previous_status',
  'reason',
] as const;
export type DataKey = (typeof DATA_KEYS)[number];

export interface WebhookEvent {
  /** `application.*`, `attempt.*`, `offer.*`, `loan.*`, `partner_offer.*`. */
  readonly type: string;
  /** When it happened, milliseconds since the epoch. */
  readonly atMs: number;
  readonly applicationId: string;
  /** 1, 2, 3… within the application: a receiver sorts by it and sees gaps. */
  readonly sequence: number;
  readonly data: Readonly<Partial<Record<DataKey, string>>>;
}

/** No id or code of ours starts with a digit; every phone and ID number does, and no name is ASCII of this shape by accident of ours. */
const CODE = /^[a-z][a-z0-9_.:-]{0,79}$/;

/** Serialises `{type, timestamp, data}`. Throws `InvariantError`, without the value, on anything that is not an id or a code. */
export function webhookBody(event: WebhookEvent): string {
  invariant(/^[a-z_]+\.[a-z_]+$/.test(event.type), 'webhook type must be noun.verb');
  invariant(CODE.test(event.applicationId), 'application id expected');
  invariant(Number.isSafeInteger(event.sequence) && event.sequence >= 1, 'sequence must be a positive integer');
  const data: Record<string, string | number> = { application_id: event.applicationId, sequence: event.sequence };
  for (const key of DATA_KEYS) {
    const value = event.data[key];
    if (value === undefined) continue;
    invariant(CODE.test(value), `webhook data.${key} is not an id or a code`);
    data[key] = value;
  }
  return JSON.stringify({ type: event.type, timestamp: new Date(event.atMs).toISOString(), data });
}
