/** What the desk answers about records, changes, the audit trail, the blacklist and webhooks, as schemas. For the description alone. */
import { z } from '@hono/zod-openapi';
import { DESK_RECORDS, type DeskRecordKind } from '../../domain/desk.ts';
import { PAGE } from '../desk/query.ts';
import { annotated } from './annotate.ts';

const at = z.iso.datetime();
const atOrNull = at.nullable();
const text = z.string();

const NAMES: Readonly<Record<DeskRecordKind, string>> = {
  funder: 'Funder',
  policy: 'Policy',
  segment: 'Segment',
  channel: 'Channel',
  page_variant: 'PageVariant',
  partner_offer: 'PartnerOffer',
  consent_text: 'ConsentText',
  cost_cap: 'CostCap',
  webhook_endpoint: 'WebhookEndpointRecord',
};
const KINDS = Object.keys(NAMES) as [DeskRecordKind, ...DeskRecordKind[]];
/** One record of any kind, each by its own schema. */
export const AnyRecord = z
  .union(KINDS.map((kind) => annotated(NAMES[kind], DESK_RECORDS[kind])))
  .openapi({ description: 'The record, by the schema of its kind.' });

const recordShape = {
  kind: z.enum(KINDS),
  id: text,
  version: z.int(),
  retired: z.boolean(),
  body: AnyRecord,
  author: text,
  approver: text.nullable(),
  at,
};
export const DeskRecordVersion = z
  .object(recordShape)
  .openapi('DeskRecordVersion', { description: 'One version of one record, with who made it and who approved it.' });
export const DeskRecordList = z.object({ data: z.array(DeskRecordVersion) }).openapi('DeskRecordList');
export const DeskRecordHistory = z.object({ ...recordShape, history: z.array(DeskRecordVersion) }).openapi('DeskRecordHistory');

export const Difference = z
  .object({ pointer: text, change: z.enum(['added', 'removed', 'changed']), from: z.unknown().optional(), to: z.unknown().optional() })
  .openapi('Difference');

/** A fault in both languages. */
export const FaultWords = z.object({ pointer: text, code: text, message: z.object({ zh: text, en: text }) }).openapi('FaultWords');

export const Change = z
  .object({
    id: text,
    kind: z.enum(KINDS),
    record_id: text,
    state: z.enum(['proposed', 'scheduled', 'approved', 'rejected', 'withdrawn', 'failed']),
    note: text,
    author: text,
    decided_by: text.nullable(),
    created_at: at,
    decided_at: atOrNull,
    base_version: z.int(),
    hash: text.openapi({ description: 'What an approval must repeat: SHA-256 of everything it would do.' }),
    retire: z.boolean(),
    body: AnyRecord,
    diff: z.array(Difference),
    stale: z.boolean().openapi({ description: 'The record has moved on: it cannot be approved, or published, any more.' }),
    publish_at: atOrNull.openapi({ description: 'When it shall come into force; null: as soon as it is approved.' }),
    faults: z.array(FaultWords).nullable().openapi({ description: 'Why it failed at its time.' }),
  })
  .openapi('Change');

/** Query parameters of a list. */
export const PAGE_QUERY = {
  limit: PAGE.limit.clone().openapi({ description: 'At most this many, 1 to 200; 50 when left out.' }),
  cursor: PAGE.cursor.clone().openapi({ description: '`next_cursor` of the page before.' }),
};

export function pageOf<T extends z.ZodType>(name: string, item: T) {
  return z
    .object({
      data: z.array(item),
      next_cursor: text.nullable().openapi({ description: 'Send it as `cursor` for the next page; null on the last.' }),
    })
    .openapi(name);
}

export const AuditEntry = z
  .object({
    seq: z.int(),
    at,
    actor: text,
    actor_name: text.nullable().openapi({ description: 'Of an operator or a key that is known; null for a machine.' }),
    action: text,
    subject: text,
    detail: z.record(z.string(), z.unknown()),
    hash: text,
  })
  .openapi('AuditEntry', { description: 'Ids, codes and counts.' });
export const AuditVerdict = z
  .object({ ok: z.boolean(), head: z.object({ count: z.int(), hash: text }), at: z.int().optional(), why: text.optional() })
  .openapi('AuditVerdict');

export const BlacklistEntry = z
  .object({ kind: z.enum(['phone', 'id_number', 'device']), mark: text, reason: text, author: text, at })
  .openapi('BlacklistEntry', { description: 'By its blind index; the value is stored nowhere.' });
export const BlacklistAdded = z.object({ added: z.int(), known: z.int() }).openapi('BlacklistAdded');

const endpoint = {
  id: text,
  url: text,
  types: z.array(text),
  channel_id: text.nullable(),
  status: z.enum(['enabled', 'disabled']),
  disabled_reason: text.nullable(),
  health: z.object({ failing_since: atOrNull, disabled_at: atOrNull }),
  version: z.int(),
  created_at: at,
};
export const Endpoint = z.object(endpoint).openapi('WebhookEndpoint');
export const EndpointList = z.object({ data: z.array(Endpoint) }).openapi('WebhookEndpointList');
export const EndpointCreated = z
  .object({
    ...endpoint,
    secret: text.openapi({ description: '`whsec_…`, for `v1`. Told once.' }),
    public_key: text.openapi({ description: '`whpk_…`, for `v1a`.' }),
  })
  .openapi('WebhookEndpointCreated');
export const Rotated = z.object({ id: text, secret: text, old_valid_until: at }).openapi('RotatedSecret');
export const Delivery = z
  .object({
    id: text,
    endpoint_id: text,
    type: text,
    state: z.enum(['waiting', 'delivered', 'dead']),
    tries: z.int(),
    last_status: z.int().nullable(),
    last_error: text.nullable(),
    created_at: at,
    next_try_at: atOrNull,
    ended_at: atOrNull,
  })
  .openapi('Delivery');
export const Queued = z.object({ queued: z.int() }).openapi('Queued');
