import { and, asc, eq, gt, lte, sql } from 'drizzle-orm';
import type { Database } from '../database.ts';
import { arg, fast } from '../prepare.ts';
import { applications, attempts, deliveries, offers } from '../schema/index.ts';

/** `(after, upTo]` of ids; those of applications also choose attempts and offers. */
export interface IdSpan {
  readonly after: string;
  readonly upTo: string;
}
/** Comes after every id. */
export const AFTER_ALL = '~';

/** Rows counted a span of ids at a time: a full database takes seconds to count, and everybody else would wait for them. */
export function tallyQueries(db: Database) {
  const nthApplication = fast(
    db
      .select({ id: applications.id })
      .from(applications)
      .where(gt(applications.id, arg('after')))
      .orderBy(asc(applications.id))
      .limit(1)
      .offset(arg('skip') as never)
      .prepare(),
  );
  const nthDelivery = fast(
    db
      .select({ id: deliveries.id })
      .from(deliveries)
      .where(gt(deliveries.id, arg('after')))
      .orderBy(asc(deliveries.id))
      .limit(1)
      .offset(arg('skip') as never)
      .prepare(),
  );
  const ofApplications = fast(
    db
      .select({
        state: applications.state,
        n: sql<number>`count(*)`,
        submitted: sql<number>`count(submitted_at_ms)`,
        planned: sql<number>`count(CASE WHEN submitted_at_ms IS NOT NULL THEN plan_id END)`,
        quarantined: sql<number>`count(CASE WHEN submitted_at_ms IS NOT NULL AND quarantined = 1 THEN 1 END)`,
      })
      .from(applications)
      .where(and(gt(applications.id, arg('after')), lte(applications.id, arg('upTo'))))
      .groupBy(applications.state)
      .prepare(),
  );
  const ofAttempts = fast(
    db
      .select({ funderId: attempts.funderId, state: attempts.state, n: sql<number>`count(*)`, submitted: sql<number>`count(submitted_at_ms)` })
      .from(attempts)
      .where(and(gt(attempts.applicationId, arg('after')), lte(attempts.applicationId, arg('upTo'))))
      .groupBy(attempts.funderId, attempts.state)
      .prepare(),
  );
  const ofOffers = fast(
    db
      .select({ funderId: offers.funderId, n: sql<number>`count(*)` })
      .from(offers)
      .where(and(gt(offers.applicationId, arg('after')), lte(offers.applicationId, arg('upTo'))))
      .groupBy(offers.funderId)
      .prepare(),
  );
  const offered = fast(
    db
      .select({ n: sql<number>`count(DISTINCT application_id)` })
      .from(offers)
      .where(and(gt(offers.applicationId, arg('after')), lte(offers.applicationId, arg('upTo')), sql`state <> 'blocked'`))
      .prepare(),
  );
  const ofDeliveries = fast(
    db
      .select({ state: deliveries.state, n: sql<number>`count(*)` })
      .from(deliveries)
      .where(and(gt(deliveries.id, arg('after')), lte(deliveries.id, arg('upTo'))))
      .groupBy(deliveries.state)
      .prepare(),
  );
  return {
    /** The `n`-th id after this one; null: there are fewer. */
    nthApplication: (after: string, n: number): string | null => nthApplication.get({ after, skip: n - 1 })?.id ?? null,
    nthDelivery: (after: string, n: number): string | null => nthDelivery.get({ after, skip: n - 1 })?.id ?? null,
    /** `planned` and `quarantined`: of the submitted. */
    applications: (span: IdSpan) => ofApplications.all({ ...span }),
    attempts: (span: IdSpan) => ofAttempts.all({ ...span }),
    offers: (span: IdSpan) => ofOffers.all({ ...span }),
    /** Applications with an offer that was not blocked. */
    offered: (span: IdSpan): number => offered.get({ ...span })!.n,
    deliveries: (span: IdSpan) => ofDeliveries.all({ ...span }),
    /** Applications from which something may still follow, by state; read off the index of them, however many have ended. */
    open: (): { state: string; n: number }[] =>
      db
        .select({ state: applications.state, n: sql<number>`count(*)` })
        .from(applications)
        // In the words of the index as well, which is taken by no others.
        .where(sql`state IN ('draft', 'screening', 'routing', 'needs_consent', 'pending', 'offered', 'accepted')
          AND state NOT IN ('refused', 'declined', 'disbursed')`)
        .groupBy(applications.state)
        .all(),
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
