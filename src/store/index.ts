/**
 * The store: schema and queries, written once for both hosts.
 * In: a synchronous SQLite database that has been migrated. Out: prepared reads and writes grouped by noun.
 * It decides nothing and knows no host. Writes are called only inside `commit` (ports/commit.ts): its closure is handed the `Tx`.
 */
import type { Database } from './database.ts';
import { applicationQueries } from './queries/applications.ts';
import { cellQueries } from './queries/cells.ts';
import { deskQueries } from './queries/desk.ts';
import { dispatchQueries } from './queries/dispatch.ts';
import { feedQueries } from './queries/feed.ts';
import { intakeQueries } from './queries/intake.ts';
import { offerQueries } from './queries/offers.ts';
import { operatorQueries } from './queries/operators.ts';
import { policyQueries } from './queries/policies.ts';
import { partnerQueries } from './queries/partners.ts';
import { rollupQueries } from './queries/rollups.ts';
import { segmentQueries } from './queries/segments.ts';
import { spendQueries } from './queries/spend.ts';
import { stepQueries } from './queries/steps.ts';
import { tallyQueries } from './queries/tallies.ts';
import { trafficQueries } from './queries/traffic.ts';
import { visitQueries } from './queries/visits.ts';
import { watchQueries } from './queries/watch.ts';
import { createJustWritten } from './written.ts';

/** One store a database: preparing its statements costs more than many uses of them. */
export function createStore(db: Database): Store {
  let store = stores.get(db);
  if (store === undefined) stores.set(db, (store = prepareStore(db)));
  return store;
}

const stores = new WeakMap<Database, Store>();

function prepareStore(db: Database) {
  const written = createJustWritten();
  const segments = segmentQueries(db);
  return {
    /** Rows at hand from writing them. */
    written,
    applications: applicationQueries(db, written),
    intake: intakeQueries(db),
    dispatch: dispatchQueries(db, written),
    offers: offerQueries(db),
    feed: feedQueries(db, segments),
    partners: partnerQueries(db),
    desk: { ...deskQueries(db), ...policyQueries(db), ...spendQueries(db) },
    steps: stepQueries(db),
    visits: visitQueries(db),
    watch: watchQueries(db),
    rollups: rollupQueries(db),
    cells: cellQueries(db),
    segments,
    operators: operatorQueries(db),
    traffic: trafficQueries(db),
    tallies: tallyQueries(db),
  };
}

export type Store = ReturnType<typeof prepareStore>;
export type { ApplicationRow, BorrowerRow, PlanRow } from './queries/applications.ts';
export type { CapLoanRow, CopiedRow } from './queries/cells.ts';
export { REPLY_MARK } from './queries/dispatch.ts';
export type { AttemptRow, CallbackRow, CapLeaseRow, ConsentRow, ReceiptRow } from './queries/dispatch.ts';
export type { DeliveryRow, EventRow, IdempotencyRow, TimerRow } from './queries/feed.ts';
export type { AuditFilter } from './queries/audit.ts';
export type { ApiKeyRow, AuditRow, BlacklistRow, DeskChangeRow, DeskRecordRow, DeskSecretRow } from './queries/desk.ts';
export type { ChannelSpendRow } from './queries/spend.ts';
export type { ArmCount, ArmQuery, PolicyDraftRow } from './queries/policies.ts';
export type { DocumentRow, PhoneVerificationRow } from './queries/intake.ts';
export type { InvitationRow, OperatorAccountRow, OperatorRow, SessionRow } from './queries/operators.ts';
export type { LoanRow, OfferRow } from './queries/offers.ts';
export { AFTER_ALL, type IdSpan } from './queries/tallies.ts';
export type { FirstPlan, PastAttempt, TrafficFilter, TrafficRow } from './queries/traffic.ts';
export type { AlarmRow } from './queries/watch.ts';
export type { FunnelProgressRow, RollupFilter, RollupGroup, RollupSpan, Summed } from './queries/rollups.ts';
export type { SegmentRow } from './queries/segments.ts';
export type { RepaymentRow, StepRow } from './queries/steps.ts';
export type { ClickRow, ConversionRow, ImpressionRow } from './queries/partners.ts';
export { COPIED_TABLES } from './schema/index.ts';
export type { CopiedTable, TimerKind } from './schema/index.ts';
