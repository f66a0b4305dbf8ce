import { and, asc, between, desc, eq, gt, isNotNull, like, lte, or } from 'drizzle-orm';
import type { Database } from '../database.ts';
import { arg, fast } from '../prepare.ts';
import { events, feedSegments } from '../schema/index.ts';
import type { EventRow } from './feed.ts';

export type SegmentRow = typeof feedSegments.$inferSelect;

/** Rows of one `INSERT`: seven values each, and a Durable Object takes a hundred. */
const ROWS_AT_ONCE = 14;

export type SegmentQueries = ReturnType<typeof segmentQueries>;

/** Pieces of the desk's feed that lie in the object store. */
export function segmentQueries(db: Database) {
  const absent = fast(
    db
      .select()
      .from(feedSegments)
      .where(and(eq(feedSegments.present, false), gt(feedSegments.lastSeq, arg('cursor')), lte(feedSegments.firstSeq, arg('upTo'))))
      .orderBy(asc(feedSegments.firstSeq))
      .prepare(),
  );
  return {
    /** Those with events of `(cursor, upTo]` that are not in the table, in their order. */
    absent: (cursor: number, upTo: number): SegmentRow[] => absent.all({ cursor, upTo }),
    /** Number of the last event that lies in the store; 0: none does. */
    lastArchived: (): number =>
      db.select({ seq: feedSegments.lastSeq }).from(feedSegments).orderBy(desc(feedSegments.firstSeq)).limit(1).get()?.seq ?? 0,
    /** Those whose events were brought back, up to this one. */
    present: (upTo: number): SegmentRow[] =>
      db
        .select()
        .from(feedSegments)
        .where(and(eq(feedSegments.present, true), lte(feedSegments.lastSeq, upTo)))
        .all(),
    eventsBetween: (first: number, last: number): EventRow[] =>
      db
        .select()
        .from(events)
        .where(between(events.seq, first, last))
        .orderBy(asc(events.seq))
        .all(),
    insertSegment: (row: SegmentRow): void => void db.insert(feedSegments).values(row).run(),
    setPresent: (firstSeq: number, present: boolean): void =>
      void db.update(feedSegments).set({ present }).where(eq(feedSegments.firstSeq, firstSeq)).run(),
    /** Puts events back under their numbers; those that never left are let be. */
    putBack: (rows: readonly EventRow[]): void => {
      for (let from = 0; from < rows.length; from += ROWS_AT_ONCE)
        db.insert(events)
          .values(rows.slice(from, from + ROWS_AT_ONCE))
          .onConflictDoNothing()
          .run();
    },
    /** Takes events out of the table. Those of the desk itself stay, since webhooks are sent from them: they are few. */
    takeOut: (first: number, last: number): void =>
      void db
        .delete(events)
        .where(and(between(events.seq, first, last), or(isNotNull(events.applicationId), like(events.type, 'page.%'))))
        .run(),
  };
}
