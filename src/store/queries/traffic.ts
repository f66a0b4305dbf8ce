import { and, asc, eq, gt, gte, isNull, lt, or, sql } from 'drizzle-orm';
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
    firstPlan: (applicationId: string): FirstPlan | undefined => firstPlan.get({ applicationId }),
  };
}
