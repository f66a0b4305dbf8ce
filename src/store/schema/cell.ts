/** The other tables of a cell: what came of applications, the feed, the timers, and what intake holds. Sealed columns as everywhere. */
import { sql } from 'drizzle-orm';
import { blob, customType, index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import type { Fee, Instalment } from '../../domain/loan-offer.ts';
import type { AmountMinor } from '../../domain/money.ts';
import type { LoanState } from '../../domain/states.ts';
import { digest } from './mark.ts';

/** A repayment plan as JSON of `[month, principal, interest, fee]`, a third of what it is with names. */
const instalments = customType<{ data: readonly Instalment[]; driverData: string }>({
  dataType: () => 'text',
  toDriver: (plan) => JSON.stringify(plan.map((part) => [part.dueInMonths, part.principal, part.interest, part.fee])),
  fromDriver: (stored) =>
    (JSON.parse(stored) as [number, AmountMinor, AmountMinor, AmountMinor][]).map(([dueInMonths, principal, interest, fee]) => ({
      dueInMonths,
      principal,
      interest,
      fee,
    })),
});

export const offers = sqliteTable(
  'offers',
  {
    id: text().primaryKey(),
    applicationId: text('application_id').notNull(),
    attemptId: text('attempt_id').notNull(),
    funderId: text('funder_id').notNull(),
    /** The funder's own name of it where it makes several, else empty. */
    funderOfferRef: text('funder_offer_ref').notNull().default(''),
    state: text().$type<'open' | 'blocked' | 'accepted' | 'declined' | 'expired' | 'cancelled'>().notNull(),
    amountFen: integer('amount_fen').notNull(),
    termMonths: integer('term_months').notNull(),
    quotedAprBps: integer('quoted_apr_bps').notNull(),
    /** Our own, from the IRR over plan and fees; null when it could not be computed (and the offer is blocked). */
    allInAprBps: integer('all_in_apr_bps'),
    plan: instalments().notNull(),
    fees: text({ mode: 'json' }).$type<readonly Fee[]>().notNull(),
    expiresAtMs: integer('expires_at_ms').notNull(),
    disclosureHash: text('disclosure_hash'),
    disclosedAtMs: integer('disclosed_at_ms'),
    confirmedAtMs: integer('confirmed_at_ms'),
    createdAtMs: integer('created_at_ms').notNull(),
  },
  (t) => [uniqueIndex('offers_attempt').on(t.applicationId, t.attemptId, t.funderOfferRef)],
);

export const loans = sqliteTable(
  'loans',
  {
    id: text().primaryKey(),
    applicationId: text('application_id').notNull(),
    borrowerId: text('borrower_id').notNull(),
    attemptId: text('attempt_id').notNull(),
    offerId: text('offer_id').notNull(),
    funderId: text('funder_id').notNull(),
    state: text().$type<LoanState>().notNull(),
    amountFen: integer('amount_fen').notNull(),
    plan: instalments().notNull(),
    overdueDays: integer('overdue_days').notNull(),
    drawTries: integer('draw_tries').notNull(),
    eventAtMs: integer('event_at_ms'),
    disbursedAtMs: integer('disbursed_at_ms'),
    /** The funder's token of the card the borrower chose for payout and repayment. */
    cardRef: text('card_ref'),
    createdAtMs: integer('created_at_ms').notNull(),
  },
  (t) => [
    uniqueIndex('loans_attempt').on(t.attemptId),
    index('loans_application').on(t.applicationId),
    index('loans_waiting')
      .on(t.funderId, t.state, t.createdAtMs)
      .where(sql`state IN ('contracting', 'disbursing')`),
  ],
);

/** The one timer table. `ref` is the id of what is to be looked at; the handler decides by its state. */
export const timers = sqliteTable(
  'timers',
  {
    kind: text().$type<TimerKind>().notNull(),
    ref: text().notNull(),
    dueAtMs: integer('due_at_ms').notNull(),
    tries: integer().notNull(),
  },
  (t) => [primaryKey({ columns: [t.kind, t.ref] }), index('timers_due').on(t.dueAtMs)],
);
export const TIMER_KINDS = [
  'application',
  'attempt',
  'loan',
  'callback',
  'delivery',
  'housekeeping',
  'learn',
  'publish',
  'repayment',
  'watch',
  'desk',
] as const;
export type TimerKind = (typeof TIMER_KINDS)[number];

/** The one feed. `seq` orders the cell's events, `applicationSeq` those of one application. `data` holds no personal data. */
export const events = sqliteTable(
  'events',
  {
    // The last one is never deleted, so the largest plus one is never used twice and no counter need be kept.
    seq: integer().primaryKey(),
    type: text().notNull(),
    applicationId: text('application_id'),
    applicationSeq: integer('application_seq'),
    channelId: text('channel_id'),
    atMs: integer('at_ms').notNull(),
    data: text({ mode: 'json' }).$type<Readonly<Record<string, unknown>>>().notNull(),
  },
  (t) => [index('events_application').on(t.applicationId, t.applicationSeq)],
);

export const idempotency = sqliteTable('idempotency', {
  /** Blind: key holder, route and Idempotency-Key. */
  id: digest().primaryKey(),
  fingerprint: text().notNull(),
  status: integer().notNull(),
  bodySealed: blob('body_sealed', { mode: 'buffer' }).notNull(),
  createdAtMs: integer('created_at_ms').notNull(),
});

export const callbacks = sqliteTable(
  'callbacks',
  {
    id: text().primaryKey(),
    funderId: text('funder_id').notNull(),
    /** Funder and message id, or funder and the hash of the raw bytes: equal ones are processed once. */
    dedupeKey: text('dedupe_key').notNull(),
    state: text().$type<'received' | 'forged' | 'processed' | 'ignored' | 'unmatched'>().notNull(),
    rawSealed: blob('raw_sealed', { mode: 'buffer' }),
    attemptId: text('attempt_id'),
    detail: text(),
    receivedAtMs: integer('received_at_ms').notNull(),
  },
  (t) => [
    index('callbacks_dedupe').on(t.dedupeKey),
    index('callbacks_attempt').on(t.attemptId),
    index('callbacks_funder').on(t.funderId, t.receivedAtMs),
  ],
);

export const phoneVerifications = sqliteTable(
  'phone_verifications',
  {
    id: text().primaryKey(),
    phoneIndex: text('phone_index').notNull(),
    ipIndex: text('ip_index').notNull(),
    codeHash: text('code_hash').notNull(),
    wrongTries: integer('wrong_tries').notNull(),
    createdAtMs: integer('created_at_ms').notNull(),
    expiresAtMs: integer('expires_at_ms').notNull(),
    confirmedAtMs: integer('confirmed_at_ms'),
  },
  (t) => [index('phone_verifications_phone').on(t.phoneIndex, t.createdAtMs), index('phone_verifications_ip').on(t.ipIndex, t.createdAtMs)],
);

/** An ID photo: sealed under a key of its own, in the object store under its id. */
export const documents = sqliteTable(
  'documents',
  {
    id: text().primaryKey(),
    kind: text().$type<'id_front' | 'id_back'>().notNull(),
    channelId: text('channel_id').notNull(),
    applicationId: text('application_id'),
    dataKey: blob('data_key', { mode: 'buffer' }),
    ok: integer({ mode: 'boolean' }).notNull(),
    problems: text({ mode: 'json' }).$type<readonly string[]>().notNull(),
    createdAtMs: integer('created_at_ms').notNull(),
  },
  (t) => [
    index('documents_application').on(t.applicationId),
    index('documents_unclaimed')
      .on(t.createdAtMs)
      .where(sql`application_id IS NULL`),
  ],
);

/** What is left of the erased: keyed marks by which they are recognised, no more. */
export const tombstones = sqliteTable('tombstones', {
  mark: text().primaryKey(),
  erasedAtMs: integer('erased_at_ms').notNull(),
});

/** Quota of a cap that the desk has lent to this cell, and what of it is used. Never more than was lent. */
export const capLeases = sqliteTable(
  'cap_leases',
  {
    /** funder/cap/window start, e.g. `fnd_a/daily/2026-11-21`. */
    key: text().primaryKey(),
    funderId: text('funder_id').notNull(),
    leased: integer().notNull(),
    used: integer().notNull(),
    /** Statements of this holding so far, where the desk is elsewhere. */
    turn: integer().notNull().default(0),
    /** The last statement has not been answered yet. */
    untold: integer({ mode: 'boolean' }).notNull().default(false),
  },
  (t) => [
    index('cap_leases_open')
      .on(t.key)
      .where(sql`leased > used OR untold = 1`),
  ],
);
