import { and, eq, min, sql } from 'drizzle-orm';
import type { Database } from '../database.ts';
import { arg, fast } from '../prepare.ts';
import { alarms, attempts, loans } from '../schema/index.ts';

export type AlarmRow = typeof alarms.$inferSelect;

/** What waits at funders, and the alarms that stand. */
export function watchQueries(db: Database) {
  // The states are written out so that the partial index is taken.
  const attemptsWaiting = db
    .select({ state: attempts.state, count: sql<number>`count(*)`, oldestMs: min(attempts.createdAtMs) })
    .from(attempts)
    .where(and(eq(attempts.funderId, sql.placeholder('funderId')), sql`state IN ('unknown', 'pending', 'authorising')`))
    .groupBy(attempts.state)
    .prepare();
  const loansWaiting = db
    .select({ state: loans.state, count: sql<number>`count(*)`, oldestMs: min(loans.createdAtMs) })
    .from(loans)
    .where(and(eq(loans.funderId, sql.placeholder('funderId')), sql`state IN ('contracting', 'disbursing')`))
    .groupBy(loans.state)
    .prepare();
  const alarmsOf = fast(
    db
      .select()
      .from(alarms)
      .where(eq(alarms.subject, arg('subject')))
      .prepare(),
  );
  return {
    /** By state: how many wait at this funder, and since when the oldest. */
    waitingAt: (funderId: string): { state: string; count: number; oldestMs: number }[] =>
      [...attemptsWaiting.all({ funderId }), ...loansWaiting.all({ funderId })].map((row) => ({ ...row, oldestMs: row.oldestMs ?? 0 })),
    alarmsOf: (subject: string): AlarmRow[] => alarmsOf.all({ subject }),
    alarms: (): AlarmRow[] => db.select().from(alarms).orderBy(alarms.sinceMs).all(),
    saveAlarm: (row: AlarmRow): void =>
      void db
        .insert(alarms)
        .values(row)
        .onConflictDoUpdate({ target: [alarms.subject, alarms.kind], set: { detail: row.detail, seenAtMs: row.seenAtMs } })
        .run(),
    dropAlarm: (subject: string, kind: AlarmRow['kind']): void =>
      void db
        .delete(alarms)
        .where(and(eq(alarms.subject, subject), eq(alarms.kind, kind)))
        .run(),
  };
}
