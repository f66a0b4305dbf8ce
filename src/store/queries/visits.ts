import { and, count, eq, gte, lt } from 'drizzle-orm';
import type { Database } from '../database.ts';
import { arg, fast, insertInto } from '../prepare.ts';
import { visits } from '../schema/index.ts';

/** Visits of the page, each visitor once a day. */
export function visitQueries(db: Database) {
  const one = fast(
    db
      .select()
      .from(visits)
      .where(eq(visits.mark, arg('mark')))
      .prepare(),
  );
  const byIp = fast(
    db
      .select({ n: count() })
      .from(visits)
      .where(and(eq(visits.ipMark, arg('ipMark')), gte(visits.createdAtMs, arg('sinceMs'))))
      .prepare(),
  );
  const dropBefore = fast(
    db
      .delete(visits)
      .where(lt(visits.createdAtMs, arg('beforeMs')))
      .prepare(),
  );
  return {
    known: (mark: string): boolean => one.get({ mark }) !== undefined,
    byIp: (ipMark: string, sinceMs: number): number => byIp.get({ ipMark, sinceMs })!.n,
    insert: insertInto(db, visits),
    dropBefore: (beforeMs: number): void => void dropBefore.run({ beforeMs }),
  };
}
