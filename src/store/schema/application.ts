/** Tables of an application's way to its funders. Personal data is only ever in the `*_sealed` columns. */
import { sql } from 'drizzle-orm';
import { blob, index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import type { FieldName } from '../../domain/applicant.ts';
import type { Arm } from '../../domain/segment.ts';
import type { ApplicationState, AttemptState } from '../../domain/states.ts';
import { mark } from './mark.ts';

/** A person as a blind index of the phone. `dataKey` null: erased, nothing sealed under it can be opened again. */
export const borrowers = sqliteTable(
  'borrowers',
  {
    id: text().primaryKey(),
    phoneIndex: mark('phone_index'),
    dataKey: blob('data_key', { mode: 'buffer' }),
    createdAtMs: integer('created_at_ms').notNull(),
    erasedAtMs: integer('erased_at_ms'),
  },
  (t) => [uniqueIndex('borrowers_phone').on(t.phoneIndex)],
);

export const applications = sqliteTable(
  'applications',
  {
    id: text().primaryKey(),
    borrowerId: text('borrower_id').notNull(),
    channelId: text('channel_id').notNull(),
    variant: text(),
    state: text().$type<ApplicationState>().notNull(),
    /** The applicant, the request and the visit as JSON. */
    bodySealed: blob('body_sealed', { mode: 'buffer' }),
    amountFen: integer('amount_fen'),
    termMonths: integer('term_months'),
    /** The coarse risk band that funders are watched by. */
    band: text(),
    /** The banded levels the likelihood learns by (routing/model/level-code.ts); null when nothing is to be learnt of it. */
    levels: text(),
    reasons: text({ mode: 'json' }).$type<readonly StoredReason[]>().notNull(),
    quarantined: integer({ mode: 'boolean' }).notNull(),
    /** Rules an operator has looked at and let pass. */
    released: integer({ mode: 'boolean' }).notNull(),
    planId: text('plan_id'),
    /** Chosen at submission and kept through all replans: the policy, the segment that chose it, and the arm of its experiment. Null in a draft. */
    policyId: text('policy_id'),
    segmentId: text('segment_id'),
    arm: text().$type<Arm>(),
    /** Recipients asked for and refused by the borrower. */
    refusedRecipients: text('refused_recipients', { mode: 'json' }).$type<readonly string[]>().notNull(),
    /** Number of the last event of this application. */
    eventSeq: integer('event_seq').notNull(),
    phoneIndex: mark('phone_index'),
    idIndex: mark('id_index'),
    deviceIndex: mark('device_index'),
    ipIndex: mark('ip_index'),
    createdAtMs: integer('created_at_ms').notNull(),
    submittedAtMs: integer('submitted_at_ms'),
    /** When the application ends as expired if nothing else ends it. */
    deadlineAtMs: integer('deadline_at_ms').notNull(),
    updatedAtMs: integer('updated_at_ms').notNull(),
  },
  (t) => [
    index('applications_borrower').on(t.borrowerId, t.submittedAtMs),
    index('applications_id_number').on(t.idIndex, t.submittedAtMs),
    index('applications_device')
      .on(t.deviceIndex, t.submittedAtMs)
      .where(sql`device_index IS NOT NULL`),
    index('applications_ip')
      .on(t.ipIndex, t.submittedAtMs)
      .where(sql`ip_index IS NOT NULL`),
    index('applications_quarantined')
      .on(t.id)
      .where(sql`quarantined = 1`),
    index('applications_state')
      .on(t.state, t.id)
      .where(sql`state NOT IN ('refused', 'declined', 'disbursed')`),
    index('applications_channel').on(t.channelId, t.id),
  ],
);

/** A reason as stored: the code for the borrower's sentence, the detail for the operator. */
export interface StoredReason {
  readonly code: string;
  readonly detail: string;
}

export const plans = sqliteTable(
  'plans',
  {
    id: text().notNull(),
    applicationId: text('application_id').notNull(),
    ordinal: integer().notNull(),
    inputsSealed: blob('inputs_sealed', { mode: 'buffer' }),
    /** The plan as made, byte for byte. */
    result: text().notNull(),
    snapshotVersion: integer('snapshot_version').notNull(),
    /** Null: made while the first policy by id decided for all. */
    policyId: text('policy_id'),
    policyVersion: integer('policy_version').notNull(),
    modelVersion: integer('model_version').notNull(),
    createdAtMs: integer('created_at_ms').notNull(),
  },
  (t) => [primaryKey({ columns: [t.applicationId, t.id] })],
);

export const attempts = sqliteTable(
  'attempts',
  {
    id: text().primaryKey(),
    applicationId: text('application_id').notNull(),
    borrowerId: text('borrower_id').notNull(),
    funderId: text('funder_id').notNull(),
    ordinal: integer().notNull(),
    planId: text('plan_id').notNull(),
    state: text().$type<AttemptState>().notNull(),
    funderRef: text('funder_ref'),
    /** Time of the newest funder event applied; older ones are ignored. */
    eventAtMs: integer('event_at_ms'),
    /** Mean likelihood at planning: the propensity, and what a decline teaches with. */
    likelihood: integer('likelihood_ppm').notNull(),
    /** The same before what earlier declines of this application taught. */
    prior: integer('prior_ppm').notNull(),
    reason: text({ mode: 'json' }).$type<StoredReason>(),
    /** Cap reservations held: window keys, returned on a sure no. */
    reserved: text({ mode: 'json' }).$type<readonly string[]>().notNull(),
    amountFen: integer('amount_fen').notNull(),
    /** What the funder bid for the approval at its precheck (ping-post), and until when that holds. */
    bidFen: integer('bid_fen'),
    validUntilMs: integer('valid_until_ms'),
    polls: integer().notNull(),
    submittedAtMs: integer('submitted_at_ms'),
    decidedAtMs: integer('decided_at_ms'),
    /** When a pending decision is given up. */
    deadlineAtMs: integer('deadline_at_ms').notNull(),
    createdAtMs: integer('created_at_ms').notNull(),
  },
  (t) => [
    uniqueIndex('attempts_application_funder').on(t.applicationId, t.funderId),
    index('attempts_waiting')
      .on(t.funderId, t.state, t.createdAtMs)
      .where(sql`state IN ('unknown', 'pending', 'authorising')`),
    index('attempts_funder_ref')
      .on(t.funderId, t.funderRef)
      .where(sql`funder_ref IS NOT NULL`),
    index('attempts_state').on(t.funderId, t.state, t.submittedAtMs),
  ],
);

export const consents = sqliteTable(
  'consents',
  {
    id: text().notNull(),
    borrowerId: text('borrower_id').notNull(),
    applicationId: text('application_id').notNull(),
    recipient: text().notNull(),
    legalEntity: text('legal_entity').notNull(),
    purpose: text().$type<'application' | 'credit_decision' | 'marketing'>().notNull(),
    fields: text({ mode: 'json' }).$type<readonly FieldName[]>().notNull(),
    textVersion: text('text_version').notNull(),
    textHash: text('text_hash').notNull(),
    agreedAtMs: integer('agreed_at_ms').notNull(),
    recordedAtMs: integer('recorded_at_ms').notNull(),
    withdrawnAtMs: integer('withdrawn_at_ms'),
  },
  (t) => [primaryKey({ columns: [t.applicationId, t.id] })],
);

/** One call to a funder that hands over data: written before the call, completed after it. A trigger refuses a row without a live consent. */
export const receipts = sqliteTable(
  'receipts',
  {
    id: text().notNull(),
    attemptId: text('attempt_id').notNull(),
    consentId: text('consent_id').notNull(),
    legalEntity: text('legal_entity').notNull(),
    capability: text().$type<'precheck' | 'submit' | 'bind_card'>().notNull(),
    fields: text({ mode: 'json' }).$type<readonly FieldName[]>().notNull(),
    createdAtMs: integer('created_at_ms').notNull(),
    /** Request and response bodies, sealed under the borrower's key. */
    exchangeSealed: blob('exchange_sealed', { mode: 'buffer' }),
    outcome: text(),
    latencyMs: integer('latency_ms'),
  },
  (t) => [primaryKey({ columns: [t.attemptId, t.id] })],
);
