import { and, asc, desc, eq, gt, gte, isNull, lt, min, or, sql } from 'drizzle-orm';
import { idFloor } from '../../domain/ids.ts';
import type { Database } from '../database.ts';
import { arg, fast } from '../prepare.ts';
import { applications, attempts, plans } from '../schema/index.ts';

/** Which applications; times are those of their creation, which their ids carry. */
export interface TrafficFilter {
  readonly fromMs: number | null;
  readonly toMs: number | null;
  readonly channelId: string | null;
  /** Those that went by it, and those from before there were several. */
  readonly policyId: string | null;
}
export type TrafficRow = Pick<typeof applications.$inferSelect, 'id' | 'borrowerId' | 'state'>;
export type FirstPlan = Pick<typeof plans.$inferSelect, 'id' | 'inputsSealed' | 'snapshotVersion' | 'policyId' | 'policyVersion' | 'createdAtMs'>;

export type PastAttempt = Pick<typeof attempts.$inferSelect, 'id' | 'funderId' | 'planId' | 'state' | 'submittedAtMs'>;

/** Attempts whose likelihood at planning lay in `[band / 10, (band + 1) / 10)`. */
export interface OutcomeBand {
  readonly band: number;
  readonly approved: number;
  readonly declined: number;
  /** Of those that were decided, added up, parts per million. */
  readonly likelihoodPpm: number;
  readonly undecided: number;
}

/** Past traffic, read in the order of its ids and without its bodies. */
export function trafficQueries(db: Database) {
  const firstPlan = fast(
    db
      .select({
        id: plans.id,
        inputsSealed: plans.inputsSealed,
        snapshotVersion: plans.snapshotVersion,
        policyId: plans.policyId,
        policyVersion: plans.policyVersion,
        createdAtMs: plans.createdAtMs,
      })
      .from(plans)
      .where(eq(plans.applicationId, arg('applicationId')))
      .orderBy(asc(plans.ordinal), asc(plans.id))
      .limit(1)
      .prepare(),
  );
  // Narrow rows: whole ones are read and decoded at four times the price.
  const attemptsOf = fast(
    db
      .select({
        id: attempts.id,
        funderId: attempts.funderId,
        planId: attempts.planId,
        state: attempts.state,
        submittedAtMs: attempts.submittedAtMs,
      })
      .from(attempts)
      .where(eq(attempts.applicationId, arg('applicationId')))
      .orderBy(asc(attempts.ordinal))
      .prepare(),
  );
  // Those that never came as far as a plan are not traffic that a policy could route.
  const chosen = ({ fromMs, toMs, channelId, policyId }: TrafficFilter) =>
    and(
      sql`${applications.state} NOT IN ('draft', 'screening', 'refused')`,
      fromMs === null ? undefined : gte(applications.id, idFloor('app', fromMs)),
      toMs === null ? undefined : lt(applications.id, idFloor('app', toMs)),
      channelId === null ? undefined : eq(applications.channelId, channelId),
      policyId === null ? undefined : or(eq(applications.policyId, policyId), isNull(applications.policyId)),
    );
  return {
    count: (filter: TrafficFilter): number =>
      db
        .select({ n: sql<number>`count(*)` })
        .from(applications)
        .where(chosen(filter))
        .get()?.n ?? 0,
    /** Up to `limit` after the id given, oldest first. */
    page: (filter: TrafficFilter, after: string, limit: number): TrafficRow[] =>
      db
        .select({ id: applications.id, borrowerId: applications.borrowerId, state: applications.state })
        .from(applications)
        .where(and(gt(applications.id, after), chosen(filter)))
        .orderBy(asc(applications.id))
        .limit(limit)
        .all(),
    /** In the order they were made. */
    attemptsOf: (applicationId: string): PastAttempt[] => attemptsOf.all({ applicationId }),
    /** First plans of the applications of `[fromMs, toMs)` as they were made, newest first. */
    firstPlans: (fromMs: number, toMs: number, limit: number): string[] =>
      db
        // With a lone min() SQLite takes the other columns from the row it is found in, and ids grow with time.
        .select({ result: plans.result, first: min(plans.id) })
        .from(plans)
        .where(and(gte(plans.applicationId, idFloor('app', fromMs)), lt(plans.applicationId, idFloor('app', toMs))))
        .groupBy(plans.applicationId)
        .orderBy(desc(plans.applicationId))
        .limit(limit)
        .all()
        .map(({ result }) => result),
    /**
     * What became of a funder's attempts of `[fromMs, toMs)` by bands of the likelihood they were planned with, a tenth each; of the newest `limit` attempts
     * at whomever. What was approved and came to nothing left an offer behind.
     */
    outcomes: (funderId: string, fromMs: number, toMs: number, limit: number): OutcomeBand[] =>
      db.all<OutcomeBand>(sql`
        SELECT min(9, likelihood_ppm / 100000) AS band, sum(approved) AS approved, sum(declined) AS declined,
               sum(CASE WHEN approved + declined > 0 THEN likelihood_ppm ELSE 0 END) AS "likelihoodPpm", sum(1 - approved - declined) AS undecided
        FROM (
          SELECT likelihood_ppm, CASE WHEN state = 'approved' OR offered THEN 1 ELSE 0 END AS approved,
                 CASE WHEN state = 'declined' AND NOT offered THEN 1 ELSE 0 END AS declined
          FROM (
            SELECT likelihood_ppm, state, EXISTS (SELECT 1 FROM offers WHERE offers.application_id = a.application_id AND offers.attempt_id = a.id) AS offered
            FROM (SELECT id, application_id, funder_id, state, likelihood_ppm, submitted_at_ms FROM attempts WHERE id >= ${idFloor('att', fromMs)} AND id < ${idFloor('att', toMs)} ORDER BY id DESC LIMIT ${limit}) a
            WHERE funder_id = ${funderId} AND submitted_at_ms IS NOT NULL
          )
        )
        GROUP BY band ORDER BY band`),
    firstPlan: (applicationId: string): FirstPlan | undefined => firstPlan.get({ applicationId }),
  };
}
