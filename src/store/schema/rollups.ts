/** The read models: hourly and daily counts, and how far each application has come in them. Rebuilt from the feed alone; no personal data. */
import { integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { FUNDER_COUNTS, FUNNEL_COUNTS, type RollupBasis, type RollupStep } from '../../domain/rollups.ts';

const count = (name: string) => integer(name).notNull();
const countsOf = <N extends string>(names: readonly N[]): Record<N, ReturnType<typeof count>> =>
  Object.fromEntries(names.map((name) => [name, count(name)])) as Record<N, ReturnType<typeof count>>;

const when = () => ({
  basis: text().$type<RollupBasis>().notNull(),
  step: text().$type<RollupStep>().notNull(),
  startMs: integer('start_ms').notNull(),
});
const whose = () => ({
  channelId: text('channel_id').notNull(),
  variant: text().notNull(),
  policyId: text('policy_id').notNull(),
  segmentId: text('segment_id').notNull(),
  arm: text().notNull(),
});

export const funnelRollups = sqliteTable('funnel_rollups', { ...when(), ...whose(), ...countsOf(FUNNEL_COUNTS) }, (t) => [
  primaryKey({ columns: [t.basis, t.step, t.startMs, t.channelId, t.variant, t.policyId, t.segmentId, t.arm] }),
]);

export const funderRollups = sqliteTable(
  'funder_rollups',
  { ...when(), funderId: text('funder_id').notNull(), ...whose(), ...countsOf(FUNDER_COUNTS) },
  (t) => [primaryKey({ columns: [t.basis, t.step, t.funderId, t.startMs, t.channelId, t.variant, t.policyId, t.segmentId, t.arm] })],
);

export const refusalRollups = sqliteTable('refusal_rollups', { ...when(), ...whose(), reason: text().notNull(), n: count('n') }, (t) => [
  primaryKey({ columns: [t.basis, t.step, t.startMs, t.channelId, t.variant, t.policyId, t.segmentId, t.arm, t.reason] }),
]);

/** How far an application has come, as it is counted. */
export const funnelProgress = sqliteTable('funnel_progress', {
  applicationId: text('application_id').primaryKey(),
  /** Number of its last event that was counted. */
  seq: integer().notNull(),
  cohortMs: integer('cohort_ms').notNull(),
  ...whose(),
  /** Bits of the stages it has reached. */
  stages: integer().notNull(),
  /** How it has ended; '': it has not. */
  ended: text().notNull(),
  /** Why it is refused. */
  reasons: text({ mode: 'json' }).$type<readonly string[]>().notNull(),
  /** By funder: bits of the stages, and the largest amount granted, fen. */
  funders: text({ mode: 'json' }).$type<Readonly<Record<string, readonly [number, number]>>>().notNull(),
});
