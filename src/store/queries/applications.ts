import { and, desc, eq, inArray, lt, sql, type SQL } from 'drizzle-orm';
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core';
import { APPLICATION_ENDED, APPLICATION_STATES, type ApplicationState } from '../../domain/states.ts';
import { applications, borrowers, plans, tombstones } from '../schema/index.ts';
import type { Database } from '../database.ts';
import { markBytes } from '../schema/mark.ts';
import { arg, fast, insertInto, saveOf } from '../prepare.ts';
import type { JustWritten } from '../written.ts';

export type BorrowerRow = typeof borrowers.$inferSelect;
export type ApplicationRow = typeof applications.$inferSelect;
export type PlanRow = typeof plans.$inferSelect;

/** What most applications come to: so many that a page of them is found without an index. */
const USUAL_ENDS: readonly string[] = ['refused', 'declined', 'disbursed'];
/** In the words of the index of all others, which is taken by no others. */
const NOT_USUAL_END = sql`state NOT IN ('refused', 'declined', 'disbursed')`;
const UNDER_WAY = (Object.keys(APPLICATION_STATES) as ApplicationState[]).filter((state) => !APPLICATION_ENDED.has(state));

/** Blind indexes (null: not told) and the start of each window, milliseconds since the epoch. */
export interface HistoryQuery {
  readonly self: string;
  /** A borrower is one phone. Null: made just now, and so without a history of its own. */
  readonly borrowerId: string | null;
  readonly id_number: string;
  readonly device: string | null;
  readonly ip: string | null;
  readonly phoneSinceMs: number;
  readonly id_numberSinceMs: number;
  readonly deviceSinceMs: number;
  readonly ipSinceMs: number;
  readonly duplicateSinceMs: number;
}
/** Numbers of other submitted applications within each window; `duplicates` counts those still standing, of the same phone or ID number. */
export interface History {
  readonly phone: number;
  readonly id_number: number;
  readonly device: number;
  readonly ip: number;
  readonly duplicates: number;
}

const NONE: History = { phone: 0, id_number: 0, device: 0, ip: 0, duplicates: 0 };

const SAVED = [
  'state',
  'variant',
  'amountFen',
  'termMonths',
  'band',
  'levels',
  'reasons',
  'quarantined',
  'released',
  'planId',
  'policyId',
  'segmentId',
  'arm',
  'refusedRecipients',
  'eventSeq',
  'deadlineAtMs',
  'updatedAtMs',
] as const;
/** This one is in every index of the table, and changes but once. */
const SAVED_OF_DRAFT = [...SAVED, 'submittedAtMs'] as const;

/** Borrowers, their applications and the plans made for them. */
export function applicationQueries(db: Database, written: JustWritten) {
  const borrowerById = fast(
    db
      .select()
      .from(borrowers)
      .where(eq(borrowers.id, arg('id')))
      .prepare(),
  );
  const borrowerByPhone = fast(
    db
      .select()
      .from(borrowers)
      .where(eq(borrowers.phoneIndex, arg('phoneIndex')))
      .prepare(),
  );
  const byId = fast(
    db
      .select()
      .from(applications)
      .where(eq(applications.id, arg('id')))
      .prepare(),
  );
  const byBorrower = fast(
    db
      .select()
      .from(applications)
      .where(eq(applications.borrowerId, arg('borrowerId')))
      .prepare(),
  );
  const withLoan = fast(
    db
      .select({ id: applications.id })
      .from(applications)
      .where(and(eq(applications.borrowerId, arg('borrowerId')), eq(applications.state, 'disbursed')))
      .orderBy(desc(applications.submittedAtMs))
      .limit(1)
      .prepare(),
  );
  const planById = fast(
    db
      .select()
      .from(plans)
      .where(and(eq(plans.applicationId, arg('applicationId')), eq(plans.id, arg('id'))))
      .prepare(),
  );
  const plansOf = fast(
    db
      .select()
      .from(plans)
      .where(eq(plans.applicationId, arg('applicationId')))
      .orderBy(plans.ordinal)
      .prepare(),
  );
  const history = fast(
    db
      .select({
        phone: countSince(applications.borrowerId, 'phone', 'borrowerId'),
        id_number: countSince(applications.idIndex, 'id_number'),
        device: countSince(applications.deviceIndex, 'device'),
        ip: countSince(applications.ipIndex, 'ip'),
        duplicates: sql<number>`(SELECT count(*) FROM ${applications} WHERE id <> ${arg('self')} AND submitted_at_ms >= ${arg('duplicateSinceMs')}
      AND (borrower_id = ${arg('borrowerId')} OR id_index = ${arg('id_number')}) AND state NOT IN ('draft', 'withdrawn', 'erased', 'expired', 'refused'))`.as(
          'duplicates',
        ),
      })
      .from(sql`(SELECT 1)`)
      .prepare(),
  );
  // Most who apply are new, and then so are their ID number, device and address: three looks at indexes answer for all five counts.
  const met = fast(
    db
      .select({
        met: sql<number>`EXISTS (SELECT 1 FROM ${applications} WHERE id_index = ${arg('id_number')} AND id <> ${arg('self')})
        OR EXISTS (SELECT 1 FROM ${applications} WHERE device_index = ${arg('device')} AND id <> ${arg('self')})
        OR EXISTS (SELECT 1 FROM ${applications} WHERE ip_index = ${arg('ip')} AND id <> ${arg('self')})`.as('met'),
      })
      .from(sql`(SELECT 1)`)
      .prepare(),
  );
  const tombstone = fast(
    db
      .select({ erasedAtMs: tombstones.erasedAtMs })
      .from(tombstones)
      .where(eq(tombstones.mark, arg('mark')))
      .prepare(),
  );
  const saveBorrower = saveOf(db, borrowers, ['phoneIndex', 'dataKey', 'erasedAtMs'], ['id']);
  const insert = insertInto(db, applications);
  const saveApplication = saveOf(db, applications, SAVED, ['id', 'state']);
  const saveDraft = saveOf(db, applications, SAVED_OF_DRAFT, ['id', 'state']);
  const saveBody = saveOf(db, applications, ['bodySealed'], ['id']);
  const saveIndexes = saveOf(db, applications, ['phoneIndex', 'idIndex', 'deviceIndex', 'ipIndex'], ['id']);
  const forgetPlanInputs = fast(
    db
      .update(plans)
      .set({ inputsSealed: null })
      .where(eq(plans.applicationId, arg('applicationId')))
      .prepare(),
  );

  return {
    borrowerById: (id: string): BorrowerRow | undefined => borrowerById.get({ id }),
    borrowerByPhone: (phoneIndex: string): BorrowerRow | undefined => borrowerByPhone.get({ phoneIndex: markBytes(phoneIndex) }),
    /** Id of the borrower's newest application that was paid out. */
    lastWithLoan: (borrowerId: string): string | undefined => withLoan.get({ borrowerId })?.id,
    insertBorrower: insertInto(db, borrowers),
    saveBorrower: (row: BorrowerRow) => saveBorrower(row, { id: row.id }),
    byId: (id: string): ApplicationRow | undefined => {
      const row = written.applications.get(id);
      return row === undefined ? byId.get({ id }) : { ...row };
    },
    /** None once the borrower is erased. */
    ofBorrower: (borrower: BorrowerRow): ApplicationRow[] => (borrower.phoneIndex === null ? [] : byBorrower.all({ borrowerId: borrower.id })),
    insert: (row: ApplicationRow): boolean => {
      written.applications.put(row.id, { ...row });
      written.consents.put(row.id, []);
      return insert(row);
    },
    /** Saves unless the state changed since `row` was read. */
    save: (row: ApplicationRow, was: ApplicationRow['state']): boolean => {
      written.applications.drop(row.id);
      return (was === 'draft' ? saveDraft : saveApplication)(row, { id: row.id, state: was });
    },
    saveBody: (row: ApplicationRow): boolean => {
      written.applications.drop(row.id);
      return saveBody(row, { id: row.id });
    },
    saveIndexes: (row: ApplicationRow): boolean => {
      written.applications.drop(row.id);
      return saveIndexes(row, { id: row.id });
    },
    /** How often this person, device and address applied before. A null value matches nothing. */
    history: (of: HistoryQuery): History => {
      const values = { ...of, id_number: markBytes(of.id_number), device: markBytes(of.device), ip: markBytes(of.ip) };
      if (of.borrowerId === null && met.get(values)?.met === 0) return NONE;
      return history.get(values) as History;
    },
    planById: (applicationId: string, id: string): PlanRow | undefined => planById.get({ applicationId, id }),
    plansOf: (applicationId: string): PlanRow[] => plansOf.all({ applicationId }),
    insertPlan: insertInto(db, plans),
    forgetPlanInputs: (applicationId: string) => void forgetPlanInputs.run({ applicationId }),
    tombstoneAt: (mark: string): number | null => tombstone.get({ mark })?.erasedAtMs ?? null,
    anyTombstone: (): boolean => db.select({ mark: tombstones.mark }).from(tombstones).limit(1).get() !== undefined,
    insertTombstone: insertInto(db, tombstones, { orIgnore: true }),
    /** Newest first; `before` is the id of the last row of the page before. */
    page: (filter: {
      state?: string | undefined;
      channelId?: string | undefined;
      quarantined?: boolean | undefined;
      before?: string | undefined;
      limit: number;
    }): ApplicationRow[] => {
      const wanted = [
        filter.state === undefined ? undefined : eq(applications.state, filter.state as ApplicationRow['state']),
        filter.state === undefined || USUAL_ENDS.includes(filter.state) ? undefined : NOT_USUAL_END,
        filter.channelId === undefined ? undefined : eq(applications.channelId, filter.channelId),
        filter.quarantined === undefined ? undefined : filter.quarantined ? sql`quarantined = 1` : sql`quarantined = 0`,
        filter.before === undefined ? undefined : lt(applications.id, filter.before),
      ];
      return db
        .select()
        .from(applications)
        .where(and(...wanted))
        .orderBy(desc(applications.id))
        .limit(filter.limit)
        .all();
    },
    /** Those from which something may still follow, by state; read off the index, however many have ended. */
    countUnderWay: (): { state: string; n: number }[] =>
      db
        .select({ state: applications.state, n: sql<number>`count(*)` })
        .from(applications)
        .where(and(inArray(applications.state, UNDER_WAY), NOT_USUAL_END))
        .groupBy(applications.state)
        .all(),
  };
}

function countSince(column: SQLiteColumn, name: 'phone' | 'id_number' | 'device' | 'ip', value: string = name): SQL.Aliased<number> {
  return sql<number>`(SELECT count(*) FROM ${applications} WHERE ${sql.identifier(column.name)} = ${arg(value)}
    AND submitted_at_ms >= ${arg(`${name}SinceMs`)} AND id <> ${arg('self')})`.as(name);
}
