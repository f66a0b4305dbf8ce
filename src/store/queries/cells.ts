import { and, asc, desc, eq, gt, isNull, lt, or, sql } from 'drizzle-orm';
import {
  apiKeys,
  blacklist,
  capLeases,
  capLoans,
  deskRecords,
  deskRevisions,
  deskSecrets,
  documents,
  endpointHealth,
  idRegister,
  operators,
  operatorSessions,
  type CopiedTable,
} from '../schema/index.ts';
import { unreachable } from '../../domain/failures.ts';
import { markBytes } from '../schema/mark.ts';
import type { Database } from '../database.ts';
import { insertInto } from '../prepare.ts';
import type { CapLeaseRow } from './dispatch.ts';
import type { DocumentRow } from './intake.ts';

export type CapLoanRow = typeof capLoans.$inferSelect;
type RowsOf = {
  desk_records: typeof deskRecords.$inferSelect;
  api_keys: typeof apiKeys.$inferSelect;
  desk_secrets: typeof deskSecrets.$inferSelect;
  blacklist: typeof blacklist.$inferSelect;
  endpoint_health: typeof endpointHealth.$inferSelect;
  operators: typeof operators.$inferSelect;
  operator_sessions: typeof operatorSessions.$inferSelect;
};
/** One row of the desk as it now is; null: it is gone. */
export type CopiedRow = {
  [T in CopiedTable]: { readonly source: T; readonly key: readonly (string | number)[]; readonly row: RowsOf[T] | null };
}[CopiedTable];

/** In the place of an application's id: the cell that has taken the photo over. */
const MOVED = 'cell/';
const AFTER_MOVED = 'cell0';

/** The copies of the desk's rows, quota between desk and cells, and what one cell tells another. Seldom run, so nothing is prepared. */
export function cellQueries(db: Database) {
  return {
    ...copyQueries(db),
    ...quotaQueries(db),
    /** A photo nobody has claimed, or that was given to this cell before; marked as given. Undefined: it is not to be had. */
    giveDocument: (id: string, channelId: string, cell: number): DocumentRow | undefined =>
      db
        .update(documents)
        .set({ applicationId: `${MOVED}${cell}` })
        .where(
          and(
            eq(documents.id, id),
            eq(documents.channelId, channelId),
            or(isNull(documents.applicationId), eq(documents.applicationId, `${MOVED}${cell}`)),
          ),
        )
        .returning()
        .all()[0],
    /** Forgets a photo that the cell has taken over, and with it this copy of its key. */
    dropGiven: (id: string, cell: number) =>
      void db
        .delete(documents)
        .where(and(eq(documents.id, id), eq(documents.applicationId, `${MOVED}${cell}`)))
        .run(),
    /** Photos given so long ago that whoever asked has them or never will. */
    dropGivenBefore: (beforeMs: number) =>
      void db
        .delete(documents)
        .where(and(gt(documents.applicationId, MOVED), lt(documents.applicationId, AFTER_MOVED), lt(documents.createdAtMs, beforeMs)))
        .run(),
    takeDocument: insertInto(db, documents, { orIgnore: true }),
    /** Notes that the ID number was used in the cell, and tells every cell in which it was. */
    register: (idIndex: string, cell: number, nowMs: number): number[] => {
      db.insert(idRegister)
        .values({ idIndex, cell, toldAtMs: nowMs })
        .onConflictDoUpdate({ target: [idRegister.idIndex, idRegister.cell], set: { toldAtMs: nowMs } })
        .run();
      return db
        .select({ cell: idRegister.cell })
        .from(idRegister)
        .where(sql`${idRegister.idIndex} = ${markBytes(idIndex)}`)
        .orderBy(asc(idRegister.cell))
        .all()
        .map((row) => row.cell);
    },
    dropRegisterBefore: (beforeMs: number) => void db.delete(idRegister).where(lt(idRegister.toldAtMs, beforeMs)).run(),
  };
}

function copyQueries(db: Database) {
  const records = insertInto(db, deskRecords, { orIgnore: true });
  const keys = insertInto(db, apiKeys);
  const secrets = insertInto(db, deskSecrets);
  const listed = insertInto(db, blacklist);
  const people = insertInto(db, operators);
  const sessions = insertInto(db, operatorSessions);
  const text = (key: readonly (string | number)[], at: number): string => String(key[at]);
  const drop = (source: CopiedTable, key: readonly (string | number)[]): void => {
    if (source === 'desk_secrets')
      db.delete(deskSecrets)
        .where(and(eq(deskSecrets.owner, text(key, 0)), eq(deskSecrets.slot, text(key, 1))))
        .run();
    if (source === 'blacklist')
      db.delete(blacklist)
        .where(and(eq(blacklist.kind, text(key, 0) as 'phone'), eq(blacklist.mark, text(key, 1))))
        .run();
    if (source === 'api_keys')
      db.delete(apiKeys)
        .where(eq(apiKeys.id, text(key, 0)))
        .run();
    if (source === 'operators')
      db.delete(operators)
        .where(eq(operators.id, text(key, 0)))
        .run();
    if (source === 'operator_sessions')
      db.delete(operatorSessions)
        .where(eq(operatorSessions.hash, text(key, 0)))
        .run();
  };
  const rowOf = (source: CopiedTable, key: readonly (string | number)[]): CopiedRow['row'] => {
    const [first, second, third] = [text(key, 0), text(key, 1), Number(key[2])];
    switch (source) {
      case 'desk_records':
        return (
          db
            .select()
            .from(deskRecords)
            .where(and(eq(deskRecords.kind, first as 'funder'), eq(deskRecords.id, second), eq(deskRecords.version, third)))
            .get() ?? null
        );
      case 'api_keys':
        return db.select().from(apiKeys).where(eq(apiKeys.id, first)).get() ?? null;
      case 'desk_secrets':
        return (
          db
            .select()
            .from(deskSecrets)
            .where(and(eq(deskSecrets.owner, first), eq(deskSecrets.slot, second)))
            .get() ?? null
        );
      case 'blacklist':
        return (
          db
            .select()
            .from(blacklist)
            .where(and(eq(blacklist.kind, first as 'phone'), eq(blacklist.mark, second)))
            .get() ?? null
        );
      case 'endpoint_health':
        return db.select().from(endpointHealth).where(eq(endpointHealth.endpointId, first)).get() ?? null;
      case 'operators':
        return db.select().from(operators).where(eq(operators.id, first)).get() ?? null;
      case 'operator_sessions':
        return db.select().from(operatorSessions).where(eq(operatorSessions.hash, first)).get() ?? null;
      default:
        return unreachable(source);
    }
  };
  return {
    /** Raised by every change of a row that cells copy. */
    revision: (): number =>
      db.select({ revision: deskRevisions.revision }).from(deskRevisions).orderBy(desc(deskRevisions.revision)).get()?.revision ?? 0,
    /** Rows changed after that revision, each as it now is, oldest change first; `upTo` is the revision of the last. */
    changedAfter: (revision: number, limit: number): { readonly rows: CopiedRow[]; readonly upTo: number } => {
      const changed = db
        .select()
        .from(deskRevisions)
        .where(gt(deskRevisions.revision, revision))
        .orderBy(asc(deskRevisions.revision))
        .limit(limit)
        .all();
      return {
        rows: changed.map(({ source, key }) => ({ source, key, row: rowOf(source, key) }) as CopiedRow),
        upTo: changed.at(-1)?.revision ?? revision,
      };
    },
    /** Makes this row of the copy what the desk's is. A record never changes, so one that is there stays; health goes through the feed. */
    putCopy: ({ source, key, row }: CopiedRow): void => {
      if (source !== 'desk_records') drop(source, key);
      if (row === null) return;
      if (source === 'desk_records') records(row);
      if (source === 'api_keys') keys(row);
      if (source === 'desk_secrets') secrets(row);
      if (source === 'blacklist') listed(row);
      if (source === 'operators') people(row);
      if (source === 'operator_sessions') sessions(row);
    },
    /** Empties the copy, to be made again from the first row. */
    dropCopy: (): void => {
      for (const table of [deskRecords, apiKeys, deskSecrets, blacklist, operators, operatorSessions]) db.delete(table).run();
    },
  };
}

function quotaQueries(db: Database) {
  return {
    /** At the desk: what the cell holds of a window. */
    loan: (cell: number, key: string): CapLoanRow | undefined =>
      db
        .select()
        .from(capLoans)
        .where(and(eq(capLoans.cell, cell), eq(capLoans.key, key)))
        .get(),
    saveLoan: (row: CapLoanRow) =>
      void db
        .insert(capLoans)
        .values(row)
        .onConflictDoUpdate({ target: [capLoans.cell, capLoans.key], set: { turn: row.turn, lent: row.lent } })
        .run(),
    /** In a cell: holdings of which something is left, or of which the desk has not heard. */
    openLeases: (): CapLeaseRow[] =>
      db
        .select()
        .from(capLeases)
        .where(sql`leased > used OR untold = 1`)
        .all(),
    /** In a cell: the next statement of what it holds of a window, unanswered as yet; with `onlyUsed` it keeps no more than it has used. */
    nextTurn: (key: string, onlyUsed: boolean): { readonly turn: number; readonly held: number } =>
      db
        .insert(capLeases)
        .values({ key, funderId: key.slice(0, key.indexOf('/')), leased: 0, used: 0, turn: 1, untold: true })
        .onConflictDoUpdate({
          target: capLeases.key,
          set: { turn: sql`turn + 1`, untold: sql`1`, leased: onlyUsed ? sql`used` : sql`leased` },
        })
        .returning({ turn: capLeases.turn, held: capLeases.leased })
        .get(),
    raiseTurn: (key: string, turn: number) =>
      void db
        .update(capLeases)
        .set({ turn: sql`max(turn, ${turn})` })
        .where(eq(capLeases.key, key))
        .run(),
    /** The statement of that turn was answered. */
    told: (key: string, turn: number) =>
      void db
        .update(capLeases)
        .set({ untold: false })
        .where(and(eq(capLeases.key, key), eq(capLeases.turn, turn)))
        .run(),
  };
}
