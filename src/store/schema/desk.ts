/** Tables of the desk (what is common to all cells) and of partner offers and deliveries. */
import { sql } from 'drizzle-orm';
import { blob, index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import type { Fault } from '../../domain/failures.ts';
import type { ApiKey, DeskRecordKind, Role } from '../../domain/desk.ts';

/** Every version of every record; the newest that is not retired is in force. */
export const deskRecords = sqliteTable(
  'desk_records',
  {
    kind: text().$type<DeskRecordKind>().notNull(),
    id: text().notNull(),
    version: integer().notNull(),
    body: text().notNull(),
    retired: integer({ mode: 'boolean' }).notNull(),
    /** 1, 2, 3… over all records: the snapshot of version N was made of those up to N. */
    ordinal: integer().notNull(),
    createdAtMs: integer('created_at_ms').notNull(),
    author: text().notNull(),
    approver: text(),
  },
  (t) => [primaryKey({ columns: [t.kind, t.id, t.version] }), uniqueIndex('desk_records_ordinal').on(t.ordinal)],
);

/** A proposed change of a record, waiting for a second person, and then for its time if it has one. Bound to the hash of its content. */
export const deskChanges = sqliteTable(
  'desk_changes',
  {
    id: text().primaryKey(),
    kind: text().$type<DeskRecordKind>().notNull(),
    recordId: text('record_id').notNull(),
    body: text().notNull(),
    /** Takes the record out of force instead of replacing it. */
    retire: integer({ mode: 'boolean' }).notNull(),
    hash: text().notNull(),
    /** Version of the record the proposal was made against; 0 for a new one. */
    baseVersion: integer('base_version').notNull(),
    note: text().notNull(),
    author: text().notNull(),
    /** `scheduled`: approved, and waiting for its time. `failed`: no longer fitted when that came. */
    state: text().$type<'proposed' | 'scheduled' | 'approved' | 'rejected' | 'withdrawn' | 'failed'>().notNull(),
    decidedBy: text('decided_by'),
    createdAtMs: integer('created_at_ms').notNull(),
    decidedAtMs: integer('decided_at_ms'),
    /** When it shall come into force; null: as soon as it is approved. */
    publishAtMs: integer('publish_at_ms'),
    /** Why it failed. */
    faults: text({ mode: 'json' }).$type<readonly Fault[]>(),
  },
  (t) => [
    index('desk_changes_open')
      .on(t.kind, t.recordId)
      .where(sql`state IN ('proposed', 'scheduled')`),
  ],
);

/** Policies being written: anything that is a JSON object, faulty or not. */
export const policyDrafts = sqliteTable('policy_drafts', {
  id: text().primaryKey(),
  body: text().notNull(),
  /** 1, 2, 3… with each save: who saves over a revision must have read it. */
  revision: integer().notNull(),
  /** The policy its body names, and that policy's version it was written against; 0 when there is none in force. */
  policyId: text('policy_id'),
  baseVersion: integer('base_version').notNull(),
  /** The change it was last proposed as. */
  changeId: text('change_id'),
  author: text().notNull(),
  updatedBy: text('updated_by').notNull(),
  createdAtMs: integer('created_at_ms').notNull(),
  updatedAtMs: integer('updated_at_ms').notNull(),
});

export const apiKeys = sqliteTable(
  'api_keys',
  {
    id: text().primaryKey(),
    hash: text().notNull(),
    kind: text().$type<ApiKey['kind']>().notNull(),
    channelId: text('channel_id'),
    role: text().$type<Role>(),
    name: text().notNull(),
    createdAtMs: integer('created_at_ms').notNull(),
    revokedAtMs: integer('revoked_at_ms'),
    /** Whose an operator key is; null: nobody's in particular. */
    operatorId: text('operator_id'),
  },
  (t) => [uniqueIndex('api_keys_hash').on(t.hash)],
);

/** Funder secrets and webhook signing secrets, sealed under the service key. `slot` names one secret of its owner. */
export const deskSecrets = sqliteTable(
  'desk_secrets',
  {
    owner: text().notNull(),
    slot: text().notNull(),
    sealed: blob({ mode: 'buffer' }).notNull(),
    createdAtMs: integer('created_at_ms').notNull(),
    /** After rotation a secret still signs until then. */
    expiresAtMs: integer('expires_at_ms'),
  },
  (t) => [primaryKey({ columns: [t.owner, t.slot] })],
);

/** Facts of this instance itself, such as the mark of the root its blind indexes derive from. */
export const instanceFacts = sqliteTable('instance_facts', {
  name: text().primaryKey(),
  value: text().notNull(),
});

export const blacklist = sqliteTable(
  'blacklist',
  {
    kind: text().$type<'phone' | 'id_number' | 'device'>().notNull(),
    mark: text().notNull(),
    reason: text().notNull(),
    author: text().notNull(),
    createdAtMs: integer('created_at_ms').notNull(),
  },
  (t) => [primaryKey({ columns: [t.kind, t.mark] })],
);

/** Hash chain: each row's hash covers the row and the hash before it. */
export const audit = sqliteTable('audit', {
  seq: integer().primaryKey({ autoIncrement: true }),
  atMs: integer('at_ms').notNull(),
  actor: text().notNull(),
  action: text().notNull(),
  subject: text().notNull(),
  detail: text({ mode: 'json' }).$type<Readonly<Record<string, unknown>>>().notNull(),
  hash: text().notNull(),
});

/** One row: how long the chain is and how it ends, under a keyed mark, so that a shortened chain is seen. */
export const auditHead = sqliteTable('audit_head', {
  one: integer().primaryKey(),
  count: integer().notNull(),
  hash: text().notNull(),
  mark: text().notNull(),
});

/** What the desk has lent of each cap window over all cells. */
export const capQuotas = sqliteTable('cap_quotas', {
  key: text().primaryKey(),
  leased: integer().notNull(),
  updatedAtMs: integer('updated_at_ms').notNull(),
});

/** Where each consumer of the feed stands, and what it has learnt so far. */
export const consumers = sqliteTable('consumers', {
  name: text().primaryKey(),
  cursor: integer().notNull(),
  state: text().notNull(),
  updatedAtMs: integer('updated_at_ms').notNull(),
});

export const deliveries = sqliteTable(
  'deliveries',
  {
    id: text().primaryKey(),
    endpointId: text('endpoint_id').notNull(),
    eventSeq: integer('event_seq').notNull(),
    type: text().notNull(),
    state: text().$type<'waiting' | 'delivered' | 'dead'>().notNull(),
    tries: integer().notNull(),
    lastStatus: integer('last_status'),
    lastError: text('last_error'),
    createdAtMs: integer('created_at_ms').notNull(),
    firstTryAtMs: integer('first_try_at_ms'),
    endedAtMs: integer('ended_at_ms'),
  },
  (t) => [
    index('deliveries_endpoint').on(t.endpointId, t.eventSeq),
    index('deliveries_open')
      .on(t.endpointId, t.state, t.id)
      .where(sql`state <> 'delivered'`),
  ],
);

/** How an endpoint fares: since when it has failed without a success. */
export const endpointHealth = sqliteTable('endpoint_health', {
  endpointId: text('endpoint_id').primaryKey(),
  failingSinceMs: integer('failing_since_ms'),
  disabledAtMs: integer('disabled_at_ms'),
  disabledReason: text('disabled_reason'),
});

export const impressions = sqliteTable(
  'partner_impressions',
  {
    id: text().primaryKey(),
    applicationId: text('application_id').notNull(),
    borrowerId: text('borrower_id').notNull(),
    offerId: text('offer_id').notNull(),
    rank: integer().notNull(),
    expectedFen: integer('expected_fen').notNull(),
    createdAtMs: integer('created_at_ms').notNull(),
  },
  (t) => [index('partner_impressions_borrower').on(t.borrowerId, t.createdAtMs), index('partner_impressions_application').on(t.applicationId)],
);

export const clicks = sqliteTable(
  'partner_clicks',
  {
    id: text().primaryKey(),
    impressionId: text('impression_id').notNull(),
    offerId: text('offer_id').notNull(),
    partnerId: text('partner_id').notNull(),
    earnedFen: integer('earned_fen').notNull(),
    createdAtMs: integer('created_at_ms').notNull(),
  },
  (t) => [uniqueIndex('partner_clicks_impression').on(t.impressionId)],
);

export const conversions = sqliteTable(
  'partner_conversions',
  {
    /** Partner and its own event id. */
    dedupeKey: text('dedupe_key').primaryKey(),
    clickId: text('click_id').notNull(),
    offerId: text('offer_id').notNull(),
    partnerId: text('partner_id').notNull(),
    kind: text().$type<'lead' | 'sale' | 'reversal'>().notNull(),
    earnedFen: integer('earned_fen').notNull(),
    createdAtMs: integer('created_at_ms').notNull(),
  },
  (t) => [index('partner_conversions_offer').on(t.offerId)],
);

/** Counts per partner offer, kept with each event so that ranking reads one small table. */
export const partnerOfferCounts = sqliteTable('partner_offer_counts', {
  offerId: text('offer_id').primaryKey(),
  shown: integer().notNull(),
  clicks: integer().notNull(),
  leads: integer().notNull(),
  sales: integer().notNull(),
  earnedFen: integer('earned_fen').notNull(),
});

/** What was spent on a channel in a day, as operators entered it. */
export const channelSpend = sqliteTable(
  'channel_spend',
  {
    channelId: text('channel_id').notNull(),
    /** Of China, `2026-11-22`. */
    day: text().notNull(),
    spendFen: integer('spend_fen').notNull(),
    author: text().notNull(),
    updatedAtMs: integer('updated_at_ms').notNull(),
  },
  (t) => [primaryKey({ columns: [t.channelId, t.day] })],
);
