import { and, asc, desc, eq, gt, inArray, isNull, lt, sql } from 'drizzle-orm';
import { apiKeys, audit, blacklist, capQuotas, deskChanges, deskRecords, deskSecrets } from '../schema/index.ts';
import type { DeskRecordKind } from '../../domain/desk.ts';
import type { Database } from '../database.ts';
import { arg, insertInto, saveOf } from '../prepare.ts';

export type DeskRecordRow = typeof deskRecords.$inferSelect;
export type DeskChangeRow = typeof deskChanges.$inferSelect;
export type ApiKeyRow = typeof apiKeys.$inferSelect;
export type AuditRow = typeof audit.$inferSelect;
export type BlacklistRow = typeof blacklist.$inferSelect;
export type DeskSecretRow = typeof deskSecrets.$inferSelect;

/** What is common to all cells. */
export function deskQueries(db: Database) {
  const record = db.select().from(deskRecords).where(and(eq(deskRecords.kind, arg('kind')), eq(deskRecords.id, arg('id')))).orderBy(desc(deskRecords.version)).limit(1).prepare();
  const change = db.select().from(deskChanges).where(eq(deskChanges.id, arg('id'))).prepare();
  const saveChange = saveOf(db, deskChanges, ['state', 'decidedBy', 'decidedAtMs'], ['id', 'state']);
  const listed = db.select().from(blacklist).where(and(eq(blacklist.kind, arg('kind')), eq(blacklist.mark, arg('mark')))).prepare();
  const quota = db.select().from(capQuotas).where(eq(capQuotas.key, arg('key'))).prepare();
  const lend = db.insert(capQuotas).values({ key: arg('key'), leased: arg('add'), updatedAtMs: arg('nowMs') })
    .onConflictDoUpdate({ target: capQuotas.key, set: { leased: sql`leased + excluded.leased`, updatedAtMs: sql`excluded.updated_at_ms` } }).prepare();
  const lastAudit = db.select().from(audit).orderBy(desc(audit.seq)).limit(1).prepare();
  const secretsOf = db.select().from(deskSecrets).where(eq(deskSecrets.owner, arg('owner'))).orderBy(asc(deskSecrets.createdAtMs)).prepare();
  const setSecret = db.insert(deskSecrets)
    .values({ owner: arg('owner'), slot: arg('slot'), sealed: arg('sealed') as never, createdAtMs: arg('createdAtMs'), expiresAtMs: arg('expiresAtMs') })
    .onConflictDoUpdate({ target: [deskSecrets.owner, deskSecrets.slot], set: { sealed: sql`excluded.sealed`, createdAtMs: sql`excluded.created_at_ms`, expiresAtMs: sql`excluded.expires_at_ms` } }).prepare();
  const version = db.select({ n: sql<number>`count(*)` }).from(deskRecords).prepare();

  return {
    /** Grows with every change of any record. */
    recordsVersion: (): number => version.get()!.n,
    /** The newest version of every record, retired ones included. */
    allRecords: (): DeskRecordRow[] => db.select().from(deskRecords)
      .where(sql`(kind, id, version) IN (SELECT kind, id, max(version) FROM desk_records GROUP BY kind, id)`).orderBy(asc(deskRecords.kind), asc(deskRecords.id)).all(),
    record: (kind: DeskRecordKind, id: string): DeskRecordRow | undefined => record.get({ kind, id }),
    recordVersion: (kind: DeskRecordKind, id: string, v: number): DeskRecordRow | undefined =>
      db.select().from(deskRecords).where(and(eq(deskRecords.kind, kind), eq(deskRecords.id, id), eq(deskRecords.version, v))).get(),
    history: (kind: DeskRecordKind, id: string): DeskRecordRow[] =>
      db.select().from(deskRecords).where(and(eq(deskRecords.kind, kind), eq(deskRecords.id, id))).orderBy(desc(deskRecords.version)).all(),
    insertRecord: insertInto(db, deskRecords),
    change: (id: string): DeskChangeRow | undefined => change.get({ id }),
    changes: (state: DeskChangeRow['state'] | undefined, limit: number): DeskChangeRow[] =>
      db.select().from(deskChanges).where(state === undefined ? undefined : eq(deskChanges.state, state)).orderBy(desc(deskChanges.id)).limit(limit).all(),
    insertChange: insertInto(db, deskChanges),
    saveChange: (row: DeskChangeRow, was: DeskChangeRow['state']) => saveChange(row, { id: row.id, state: was }),
    keys: (): ApiKeyRow[] => db.select().from(apiKeys).where(isNull(apiKeys.revokedAtMs)).all(),
    insertKey: insertInto(db, apiKeys),
    listed: (kind: BlacklistRow['kind'], mark: string): BlacklistRow | undefined => listed.get({ kind, mark }),
    insertBlacklist: insertInto(db, blacklist, { orIgnore: true }),
    dropBlacklist: (kind: BlacklistRow['kind'], mark: string) => void db.delete(blacklist).where(and(eq(blacklist.kind, kind), eq(blacklist.mark, mark))).run(),
    blacklistPage: (after: string | undefined, limit: number): BlacklistRow[] =>
      db.select().from(blacklist).where(after === undefined ? undefined : gt(blacklist.mark, after)).orderBy(asc(blacklist.mark)).limit(limit).all(),
    lent: (key: string): number => quota.get({ key })?.leased ?? 0,
    lend: (key: string, add: number, nowMs: number) => void lend.run({ key, add, nowMs }),
    lastAudit: (): AuditRow | undefined => lastAudit.get(),
    insertAudit: (row: Omit<AuditRow, 'seq'>) => void db.insert(audit).values(row).run(),
    auditPage: (before: number | undefined, limit: number): AuditRow[] =>
      db.select().from(audit).where(before === undefined ? undefined : lt(audit.seq, before)).orderBy(desc(audit.seq)).limit(limit).all(),
    auditAll: (): AuditRow[] => db.select().from(audit).orderBy(asc(audit.seq)).all(),
    secretsOf: (owner: string): DeskSecretRow[] => secretsOf.all({ owner }),
    setSecret: (row: DeskSecretRow) => void setSecret.run({ ...row }),
    dropSecrets: (owner: string, slots: readonly string[]) => void db.delete(deskSecrets).where(and(eq(deskSecrets.owner, owner), inArray(deskSecrets.slot, [...slots]))).run(),
  };
}
