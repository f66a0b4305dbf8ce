import { and, asc, desc, eq, gt, gte, inArray, isNull, lt, sql } from 'drizzle-orm';
import {
  apiKeys,
  audit,
  auditHead,
  blacklist,
  capQuotas,
  deliveries,
  deskChanges,
  deskRecords,
  deskSecrets,
  instanceFacts,
  events,
} from '../schema/index.ts';
import type { DeskRecordKind } from '../../domain/desk.ts';
import type { Database } from '../database.ts';
import { arg, fast, insertInto, saveOf } from '../prepare.ts';
import { auditQueries } from './audit.ts';
import type { DeliveryRow } from './feed.ts';

export type DeskRecordRow = typeof deskRecords.$inferSelect;
export type DeskChangeRow = typeof deskChanges.$inferSelect;
export type ApiKeyRow = typeof apiKeys.$inferSelect;
export type AuditRow = typeof audit.$inferSelect;
export type BlacklistRow = typeof blacklist.$inferSelect;
export type DeskSecretRow = typeof deskSecrets.$inferSelect;
export type AuditHeadRow = typeof auditHead.$inferSelect;

/** How far events may be from the order of their time. */
const OUT_OF_ORDER_MS = 3_600_000;

/** What is common to all cells. */
export function deskQueries(db: Database) {
  const record = fast(
    db
      .select()
      .from(deskRecords)
      .where(and(eq(deskRecords.kind, arg('kind')), eq(deskRecords.id, arg('id'))))
      .orderBy(desc(deskRecords.version))
      .limit(1)
      .prepare(),
  );
  const change = fast(
    db
      .select()
      .from(deskChanges)
      .where(eq(deskChanges.id, arg('id')))
      .prepare(),
  );
  const saveChange = saveOf(db, deskChanges, ['state', 'decidedBy', 'decidedAtMs', 'faults'], ['id', 'state']);
  const listed = fast(
    db
      .select()
      .from(blacklist)
      .where(and(eq(blacklist.kind, arg('kind')), eq(blacklist.mark, arg('mark'))))
      .prepare(),
  );
  const quota = fast(
    db
      .select()
      .from(capQuotas)
      .where(eq(capQuotas.key, arg('key')))
      .prepare(),
  );
  const lend = fast(
    db
      .insert(capQuotas)
      .values({ key: arg('key'), leased: arg('add'), updatedAtMs: arg('nowMs') })
      .onConflictDoUpdate({ target: capQuotas.key, set: { leased: sql`leased + excluded.leased`, updatedAtMs: sql`excluded.updated_at_ms` } })
      .prepare(),
  );
  const lastAudit = fast(db.select().from(audit).orderBy(desc(audit.seq)).limit(1).prepare());
  const secretsOf = fast(
    db
      .select()
      .from(deskSecrets)
      .where(eq(deskSecrets.owner, arg('owner')))
      .orderBy(asc(deskSecrets.createdAtMs))
      .prepare(),
  );
  const setSecret = fast(
    db
      .insert(deskSecrets)
      .values({
        owner: arg('owner'),
        slot: arg('slot'),
        sealed: arg('sealed') as never,
        createdAtMs: arg('createdAtMs'),
        expiresAtMs: arg('expiresAtMs'),
      })
      .onConflictDoUpdate({
        target: [deskSecrets.owner, deskSecrets.slot],
        set: { sealed: sql`excluded.sealed`, createdAtMs: sql`excluded.created_at_ms`, expiresAtMs: sql`excluded.expires_at_ms` },
      })
      .prepare(),
  );
  const version = fast(
    db
      .select({ n: sql<number>`coalesce(max(ordinal), 0)` })
      .from(deskRecords)
      .prepare(),
  );
  const insertRecord = insertInto(db, deskRecords);
  const insertKey = insertInto(db, apiKeys);
  const auditHeadRow = fast(db.select().from(auditHead).prepare());
  const saveAuditHead = fast(
    db
      .insert(auditHead)
      .values({ one: arg('one') as never, count: arg('count'), hash: arg('hash'), mark: arg('mark') })
      .onConflictDoUpdate({ target: auditHead.one, set: { count: sql`excluded.count`, hash: sql`excluded.hash`, mark: sql`excluded.mark` } })
      .prepare(),
  );

  return {
    /** Grows with every change of any record. */
    recordsVersion: (): number => version.get()!.n,
    /** The newest version of every record, retired ones included; as it was when `recordsVersion` was `asOf`, if given. */
    allRecords: (asOf = Number.MAX_SAFE_INTEGER): DeskRecordRow[] =>
      db
        .select()
        .from(deskRecords)
        .where(sql`(kind, id, version) IN (SELECT kind, id, max(version) FROM desk_records WHERE ordinal <= ${asOf} GROUP BY kind, id)`)
        .orderBy(asc(deskRecords.kind), asc(deskRecords.id))
        .all(),
    record: (kind: DeskRecordKind, id: string): DeskRecordRow | undefined => record.get({ kind, id }),
    recordVersion: (kind: DeskRecordKind, id: string, v: number): DeskRecordRow | undefined =>
      db
        .select()
        .from(deskRecords)
        .where(and(eq(deskRecords.kind, kind), eq(deskRecords.id, id), eq(deskRecords.version, v)))
        .get(),
    history: (kind: DeskRecordKind, id: string): DeskRecordRow[] =>
      db
        .select()
        .from(deskRecords)
        .where(and(eq(deskRecords.kind, kind), eq(deskRecords.id, id)))
        .orderBy(desc(deskRecords.version))
        .all(),
    /** Appends a version; its ordinal is the desk's new `recordsVersion`. */
    insertRecord: (row: Omit<DeskRecordRow, 'ordinal'>) => void insertRecord({ ...row, ordinal: version.get()!.n + 1 }),
    change: (id: string): DeskChangeRow | undefined => change.get({ id }),
    /** Newest first; `before` is the id of the last of the page before. */
    changes: (state: DeskChangeRow['state'] | undefined, limit: number, before?: string): DeskChangeRow[] =>
      db
        .select()
        .from(deskChanges)
        .where(and(state === undefined ? undefined : eq(deskChanges.state, state), before === undefined ? undefined : lt(deskChanges.id, before)))
        .orderBy(desc(deskChanges.id))
        .limit(limit)
        .all(),
    insertChange: insertInto(db, deskChanges),
    saveChange: (row: DeskChangeRow, was: DeskChangeRow['state']) => saveChange(row, { id: row.id, state: was }),
    keys: (): ApiKeyRow[] => db.select().from(apiKeys).where(isNull(apiKeys.revokedAtMs)).all(),
    insertKey: (row: Omit<ApiKeyRow, 'operatorId'> & Partial<Pick<ApiKeyRow, 'operatorId'>>) => insertKey({ operatorId: null, ...row }),
    /** Revoked or not. */
    key: (id: string): ApiKeyRow | undefined => db.select().from(apiKeys).where(eq(apiKeys.id, id)).get(),
    /** False when there is no such key, or it was revoked already. */
    revokeKey: (id: string, nowMs: number): boolean =>
      db
        .update(apiKeys)
        .set({ revokedAtMs: nowMs })
        .where(and(eq(apiKeys.id, id), isNull(apiKeys.revokedAtMs)))
        .returning({ id: apiKeys.id })
        .all().length > 0,
    listed: (kind: BlacklistRow['kind'], mark: string): BlacklistRow | undefined => listed.get({ kind, mark }),
    insertBlacklist: insertInto(db, blacklist, { orIgnore: true }),
    dropBlacklist: (kind: BlacklistRow['kind'], mark: string) =>
      void db
        .delete(blacklist)
        .where(and(eq(blacklist.kind, kind), eq(blacklist.mark, mark)))
        .run(),
    blacklistPage: (after: string | undefined, limit: number): BlacklistRow[] =>
      db
        .select()
        .from(blacklist)
        .where(after === undefined ? undefined : gt(blacklist.mark, after))
        .orderBy(asc(blacklist.mark))
        .limit(limit)
        .all(),
    fact: (name: string): string | undefined => db.select().from(instanceFacts).where(eq(instanceFacts.name, name)).get()?.value,
    insertFact: insertInto(db, instanceFacts, { orIgnore: true }),
    lent: (key: string): number => quota.get({ key })?.leased ?? 0,
    lend: (key: string, add: number, nowMs: number) => void lend.run({ key, add, nowMs }),
    lastAudit: (): AuditRow | undefined => lastAudit.get(),
    insertAudit: (row: Omit<AuditRow, 'seq'>) => void db.insert(audit).values(row).run(),
    auditAll: (): AuditRow[] => db.select().from(audit).orderBy(asc(audit.seq)).all(),
    auditHead: (): AuditHeadRow | undefined => auditHeadRow.get(),
    saveAuditHead: (row: Omit<AuditHeadRow, 'one'>) => void saveAuditHead.run({ one: 1, ...row }),
    secretsOf: (owner: string): DeskSecretRow[] => secretsOf.all({ owner }),
    setSecret: (row: DeskSecretRow) => void setSecret.run({ ...row }),
    dropSecrets: (owner: string, slots: readonly string[]) =>
      void db
        .delete(deskSecrets)
        .where(and(eq(deskSecrets.owner, owner), inArray(deskSecrets.slot, [...slots])))
        .run(),
    ...auditQueries(db),
    ...overviewQueries(db),
  };
}

/** Deliveries of an endpoint and counts over everything, as the desk looks at them. */
function overviewQueries(db: Database) {
  const eventFrom = fast(
    db
      .select({ seq: events.seq, atMs: events.atMs })
      .from(events)
      .where(gte(events.seq, arg('seq')))
      .orderBy(asc(events.seq))
      .limit(1)
      .prepare(),
  );
  const firstSince = fast(
    db
      .select({ seq: events.seq })
      .from(events)
      .where(and(gt(events.seq, arg('before')), gte(events.atMs, arg('sinceMs'))))
      .orderBy(asc(events.seq))
      .limit(1)
      .prepare(),
  );
  const deliveryOf = fast(
    db
      .select()
      .from(deliveries)
      .where(and(eq(deliveries.endpointId, arg('endpointId')), eq(deliveries.eventSeq, arg('eventSeq'))))
      .limit(1)
      .prepare(),
  );
  return {
    /** The one delivery of an event to an endpoint. */
    deliveryOf: (endpointId: string, eventSeq: number): DeliveryRow | undefined => deliveryOf.get({ endpointId, eventSeq }),
    /** Newest event first; `before` is the id of the last of the page before. */
    deliveryPage: (endpointId: string, state: DeliveryRow['state'] | undefined, before: string | undefined, limit: number): DeliveryRow[] =>
      db
        .select()
        .from(deliveries)
        .where(
          and(
            eq(deliveries.endpointId, endpointId),
            state === undefined ? undefined : eq(deliveries.state, state),
            // In the words of the index.
            state === undefined || state === 'delivered' ? undefined : sql`state <> 'delivered'`,
            before === undefined ? undefined : lt(deliveries.id, before),
          ),
        )
        .orderBy(desc(deliveries.id))
        .limit(limit)
        .all(),
    /**
     * Sequence number before the first event at or after this time; null when there is none. Events come in the order of time but for what a clock was
     * set back or a cell was late, so the place is found by halving, and looked for from a little before it: not in all of the feed.
     */
    cursorAt: (sinceMs: number): number | null => {
      let before = 0;
      for (let high = Number.MAX_SAFE_INTEGER; before + 1 < high;) {
        const middle = before + Math.ceil((high - before) / 2);
        const event = eventFrom.get({ seq: middle });
        if (event === undefined || event.atMs >= sinceMs - OUT_OF_ORDER_MS) high = middle;
        else before = event.seq;
      }
      const first = firstSince.get({ before, sinceMs });
      return first === undefined ? null : first.seq - 1;
    },
  };
}
