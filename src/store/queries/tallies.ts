import { asc, eq, gt, sql } from 'drizzle-orm';
import type { Database } from '../database.ts';
import { arg, fast } from '../prepare.ts';
import { applications, attempts, deliveries } from '../schema/index.ts';

/** `(after, upTo]` of ids; those of applications also choose attempts and offers. */
export interface IdSpan {
  readonly after: string;
  readonly upTo: string;
}
/** Comes after every id. */
export const AFTER_ALL = '~';

/**
 * Rows counted a span of ids at a time: a full database takes seconds to count, and everybody else would wait for them. Each span names its index: by its
 * statistics SQLite now and then takes a few hundred rows for most of the table, and reads all of it.
 */
export function tallyQueries(db: Database) {
  const nthOf = (table: typeof applications | typeof deliveries): ((after: string, n: number) => string | null) => {
    const nth = fast(
      db
        .select({ id: table.id })
        .from(table)
        .where(gt(table.id, arg('after')))
        .orderBy(asc(table.id))
        .limit(1)
        .offset(arg('skip') as never)
        .prepare(),
    );
    return (after, n) => nth.get({ after, skip: n - 1 })?.id ?? null;
  };
  return {
    /** The `n`-th id after this one; null: there are fewer. */
    nthApplication: nthOf(applications),
    nthDelivery: nthOf(deliveries),
    /** `planned` and `quarantined`: of the submitted. */
    applications: ({ after, upTo }: IdSpan) =>
      db.all<{ readonly state: string; readonly n: number; readonly submitted: number; readonly planned: number; readonly quarantined: number }>(
        sql`SELECT state, count(*) AS n, count(submitted_at_ms) AS submitted, count(CASE WHEN submitted_at_ms IS NOT NULL THEN plan_id END) AS planned,
            count(CASE WHEN submitted_at_ms IS NOT NULL AND quarantined = 1 THEN 1 END) AS quarantined
          FROM applications INDEXED BY sqlite_autoindex_applications_1 WHERE id > ${after} AND id <= ${upTo} GROUP BY state`,
      ),
    attempts: ({ after, upTo }: IdSpan) =>
      db.all<{ readonly funderId: string; readonly state: string; readonly n: number; readonly submitted: number }>(
        sql`SELECT funder_id AS "funderId", state, count(*) AS n, count(submitted_at_ms) AS submitted
          FROM attempts INDEXED BY attempts_application_funder WHERE application_id > ${after} AND application_id <= ${upTo} GROUP BY funder_id, state`,
      ),
    offers: ({ after, upTo }: IdSpan) =>
      db.all<{ readonly funderId: string; readonly n: number }>(
        sql`SELECT funder_id AS "funderId", count(*) AS n
          FROM offers INDEXED BY offers_attempt WHERE application_id > ${after} AND application_id <= ${upTo} GROUP BY funder_id`,
      ),
    /** Applications with an offer that was not blocked. */
    offered: ({ after, upTo }: IdSpan): number =>
      db.get<{ readonly n: number }>(
        sql`SELECT count(DISTINCT application_id) AS n
          FROM offers INDEXED BY offers_attempt WHERE application_id > ${after} AND application_id <= ${upTo} AND state <> 'blocked'`,
      )!.n,
    deliveries: ({ after, upTo }: IdSpan) =>
      db.all<{ readonly state: string; readonly n: number }>(
        sql`SELECT state, count(*) AS n FROM deliveries NOT INDEXED WHERE id > ${after} AND id <= ${upTo} GROUP BY state`,
      ),
    /** Those of one funder, by state. */
    attemptStates: (funderId: string): { state: string; n: number }[] =>
      db
        .select({ state: attempts.state, n: sql<number>`count(*)` })
        .from(attempts)
        .where(eq(attempts.funderId, funderId))
        .groupBy(attempts.state)
        .all(),
  };
}
