import { and, asc, eq, gt, gte, inArray, lte, sql } from 'drizzle-orm';
import { consumers, deliveries, endpointHealth, events, idempotency, timers, type TimerKind } from '../schema/index.ts';
import type { Database } from '../database.ts';
import { digestBytes } from '../schema/mark.ts';
import { arg, fast, insertAllInto, insertInto, saveOf } from '../prepare.ts';
import type { SegmentQueries } from './segments.ts';

export type EventRow = typeof events.$inferSelect;
export type TimerRow = typeof timers.$inferSelect;
export type DeliveryRow = typeof deliveries.$inferSelect;
export type IdempotencyRow = typeof idempotency.$inferSelect;

const DELIVERY_SAVED = ['state', 'tries', 'lastStatus', 'lastError', 'firstTryAtMs', 'endedAtMs'] as const;

/** Timers, events, webhook deliveries, idempotency keys and the cursors of consumers. */
export function feedQueries(db: Database, segments: Pick<SegmentQueries, 'absent'>) {
  const setTimer = fast(
    db
      .insert(timers)
      .values({ kind: arg('kind') as never, ref: arg('ref'), dueAtMs: arg('dueAtMs'), tries: arg('tries') })
      .onConflictDoUpdate({ target: [timers.kind, timers.ref], set: { dueAtMs: sql`excluded.due_at_ms`, tries: sql`excluded.tries` } })
      .prepare(),
  );
  const clearTimer = fast(
    db
      .delete(timers)
      .where(and(eq(timers.kind, arg('kind')), eq(timers.ref, arg('ref'))))
      .prepare(),
  );
  const due = fast(
    db
      .select()
      .from(timers)
      .where(lte(timers.dueAtMs, arg('nowMs')))
      .orderBy(asc(timers.dueAtMs))
      .limit(arg('limit') as never)
      .prepare(),
  );
  const earliest = fast(
    db
      .select({ dueAtMs: timers.dueAtMs })
      .from(timers)
      .where(gt(timers.dueAtMs, arg('afterMs')))
      .orderBy(asc(timers.dueAtMs))
      .limit(1)
      .prepare(),
  );
  const timer = fast(
    db
      .select()
      .from(timers)
      .where(and(eq(timers.kind, arg('kind')), eq(timers.ref, arg('ref'))))
      .prepare(),
  );
  const appendAll = insertAllInto(db, events, ['seq']);
  const since = fast(
    db
      .select()
      .from(events)
      .where(gt(events.seq, arg('cursor')))
      .orderBy(asc(events.seq))
      .limit(arg('limit') as never)
      .prepare(),
  );
  const ofTypes = fast(
    db
      .select()
      .from(events)
      .where(and(gt(events.seq, arg('cursor')), lte(events.seq, arg('upTo')), sql`${events.type} IN (SELECT value FROM json_each(${arg('types')}))`))
      .orderBy(asc(events.seq))
      .prepare(),
  );
  const ofApplication = fast(
    db
      .select()
      .from(events)
      .where(and(eq(events.applicationId, arg('applicationId')), gt(events.applicationSeq, arg('afterSeq'))))
      .orderBy(asc(events.applicationSeq))
      .prepare(),
  );
  const event = fast(
    db
      .select()
      .from(events)
      .where(eq(events.seq, arg('seq')))
      .prepare(),
  );
  const lastSeq = fast(
    db
      .select({ seq: sql<number>`coalesce(max(seq), 0)` })
      .from(events)
      .prepare(),
  );
  const delivery = fast(
    db
      .select()
      .from(deliveries)
      .where(eq(deliveries.id, arg('id')))
      .prepare(),
  );
  const saveDelivery = saveOf(db, deliveries, DELIVERY_SAVED, ['id']);
  const saveTried = saveOf(db, deliveries, DELIVERY_SAVED, ['id', 'state', 'tries']);
  let healthChanges = 0;
  const health = fast(
    db
      .select()
      .from(endpointHealth)
      .where(eq(endpointHealth.endpointId, arg('endpointId')))
      .prepare(),
  );
  const setHealth = fast(
    db
      .insert(endpointHealth)
      .values({
        endpointId: arg('endpointId'),
        failingSinceMs: arg('failingSinceMs'),
        disabledAtMs: arg('disabledAtMs'),
        disabledReason: arg('disabledReason'),
      })
      .onConflictDoUpdate({
        target: endpointHealth.endpointId,
        set: {
          failingSinceMs: sql`excluded.failing_since_ms`,
          disabledAtMs: sql`excluded.disabled_at_ms`,
          disabledReason: sql`excluded.disabled_reason`,
        },
      })
      .prepare(),
  );
  const reply = fast(
    db
      .select()
      .from(idempotency)
      .where(eq(idempotency.id, arg('id')))
      .prepare(),
  );
  const saveReply = saveOf(db, idempotency, ['status', 'bodySealed'], ['id']);
  // In the order they were written, which is that of time: no index is kept for this alone.
  const dropReplies = fast(
    db
      .delete(idempotency)
      .where(sql`rowid IN (SELECT rowid FROM idempotency WHERE created_at_ms < ${arg('beforeMs')} ORDER BY rowid LIMIT 10000)`)
      .prepare(),
  );
  const consumer = fast(
    db
      .select()
      .from(consumers)
      .where(eq(consumers.name, arg('name')))
      .prepare(),
  );
  const saveConsumer = fast(
    db
      .insert(consumers)
      .values({ name: arg('name'), cursor: arg('cursor'), state: arg('state'), updatedAtMs: arg('updatedAtMs') })
      .onConflictDoUpdate({
        target: consumers.name,
        set: { cursor: sql`excluded.cursor`, state: sql`excluded.state`, updatedAtMs: sql`excluded.updated_at_ms` },
      })
      .prepare(),
  );

  return {
    setTimer: (kind: TimerKind, ref: string, dueAtMs: number, tries = 0) => void setTimer.run({ kind, ref, dueAtMs, tries }),
    clearTimer: (kind: TimerKind, ref: string) => void clearTimer.run({ kind, ref }),
    timer: (kind: TimerKind, ref: string): TimerRow | undefined => timer.get({ kind, ref }),
    dueTimers: (nowMs: number, limit: number): TimerRow[] => due.all({ nowMs, limit }),
    /** When the next timer after `afterMs` is due, or null. */
    nextDueMs: (afterMs: number): number | null => earliest.get({ afterMs })?.dueAtMs ?? null,
    /** Appends to the feed and returns the event's sequence number. */
    append: (row: Omit<EventRow, 'seq'>): number => appendAll([row]),
    /** Appends several, in this order, and returns the sequence number of the first; the others follow it without a gap. */
    appendAll,
    eventsSince: (cursor: number, limit: number): EventRow[] => since.all({ cursor, limit }),
    /**
     * Events of these types among the next `span` of the feed. `upTo`: where the reader then stands; `behind`: there is more. A consumer that
     * wants two types of thirty need not have the others taken apart for it. It stops before events that lie in the object store
     * (flow/cells/archive-feed.ts brings them back).
     */
    read: (
      cursor: number,
      span: number,
      types: readonly string[],
    ): { readonly events: EventRow[]; readonly upTo: number; readonly behind: boolean } => {
      const last = lastSeq.get()!.seq;
      const wanted = Math.min(last, cursor + span);
      const upTo = Math.min(wanted, (segments.absent(cursor, wanted)[0]?.firstSeq ?? wanted + 1) - 1);
      return {
        events: upTo <= cursor ? [] : ofTypes.all({ cursor, upTo, types: JSON.stringify(types) }),
        upTo: Math.max(cursor, upTo),
        behind: upTo < last,
      };
    },
    eventsOf: (applicationId: string, afterSeq: number): EventRow[] => ofApplication.all({ applicationId, afterSeq }),
    event: (seq: number): EventRow | undefined => event.get({ seq }),
    lastSeq: (): number => lastSeq.get()!.seq,
    insertDelivery: insertInto(db, deliveries),
    delivery: (id: string): DeliveryRow | undefined => delivery.get({ id }),
    saveDelivery: (row: DeliveryRow) => saveDelivery(row, { id: row.id }),
    /** Saves unless somebody else has tried it since `was` was read. */
    saveTried: (row: DeliveryRow, was: DeliveryRow) => saveTried(row, { id: was.id, state: was.state, tries: was.tries }),
    deliveriesOf: (filter: {
      endpointId: string;
      states?: readonly DeliveryRow['state'][];
      sinceMs?: number;
      afterSeq?: number;
      limit: number;
    }): DeliveryRow[] =>
      db
        .select()
        .from(deliveries)
        .where(
          and(
            eq(deliveries.endpointId, filter.endpointId),
            filter.states === undefined ? undefined : inArray(deliveries.state, [...filter.states]),
            filter.sinceMs === undefined ? undefined : gte(deliveries.createdAtMs, filter.sinceMs),
            filter.afterSeq === undefined ? undefined : gt(deliveries.eventSeq, filter.afterSeq),
          ),
        )
        .orderBy(asc(deliveries.eventSeq))
        .limit(filter.limit)
        .all(),
    health: (endpointId: string) => health.get({ endpointId }),
    /** Grows with every `setHealth`, one that is rolled back too: while it stands still, what was read of any health is so still. */
    healthChanges: (): number => healthChanges,
    setHealth: (row: typeof endpointHealth.$inferSelect): void => {
      healthChanges += 1;
      setHealth.run({ ...row });
    },
    reply: (id: string): IdempotencyRow | undefined => reply.get({ id: digestBytes(id) }),
    insertReply: insertInto(db, idempotency),
    saveReply: (row: IdempotencyRow) => saveReply(row, { id: row.id }),
    dropReplies: (beforeMs: number) => void dropReplies.run({ beforeMs }),
    consumer: (name: string) => consumer.get({ name }),
    saveConsumer: (row: typeof consumers.$inferSelect) => void saveConsumer.run({ ...row }),
  };
}
