/**
 * Writes moved rows into an instance that is otherwise empty. Every batch goes into one transaction together with how far it got, so whatever
 * interrupts an import leaves it resumable, and nobody can take the half of it for an instance: `unfinishedImport` tells.
 */
import { eq, sql } from 'drizzle-orm';
import type { SQLiteTable } from 'drizzle-orm/sqlite-core';
import type { Database } from '../database.ts';
import { insertAllInto, saveOf } from '../prepare.ts';
import { instanceFacts } from '../schema/index.ts';
import { countRows } from './read-rows.ts';
import { TRANSFER_TABLES, type RawRow, type TransferTable } from './tables.ts';

/** Name of the fact under which the state of an import is kept while it lasts. */
const FACT = 'import';
/** Name of the fact that says from which export an instance among many came to be. */
export const IMPORTED = 'imported';
/** A Durable Object binds at most so many values to one statement. */
const MOST_VALUES = 100;
const MOST_ROWS = 8;

/** How far an import has got. */
export interface ImportState {
  /** SHA-256 of the manifest it reads from. */
  readonly manifest: string;
  /** Index in `TRANSFER_TABLES` of the table it is at. */
  readonly table: number;
  /** Rows of that table that are in. */
  readonly rows: number;
  /** Photos that are in, where they come one by one. */
  readonly objects?: number;
}

/** The import that has begun here and not ended, or null. */
export function unfinishedImport(db: Database): ImportState | null {
  const value = db.select().from(instanceFacts).where(eq(instanceFacts.name, FACT)).all()[0]?.value;
  return value === undefined ? null : (JSON.parse(value) as ImportState);
}

/** Call inside the transaction of the batch. */
export function saveImport(db: Database, state: ImportState): void {
  const value = JSON.stringify(state);
  db.insert(instanceFacts).values({ name: FACT, value }).onConflictDoUpdate({ target: instanceFacts.name, set: { value } }).run();
}

/** Call inside the last transaction. */
export function endImport(db: Database): void {
  db.delete(instanceFacts).where(eq(instanceFacts.name, FACT)).run();
}

/** Keeps which export this instance came to be from. Call with `endImport`. */
export function noteImported(db: Database, manifest: string): void {
  db.insert(instanceFacts)
    .values({ name: IMPORTED, value: manifest })
    .onConflictDoUpdate({ target: instanceFacts.name, set: { value: manifest } })
    .run();
}

/** SHA-256 of the manifest that this instance was imported from; null: from none, or that is not kept. */
export function importedFrom(db: Database): string | null {
  return db.select().from(instanceFacts).where(eq(instanceFacts.name, IMPORTED)).all()[0]?.value ?? null;
}

/** Tables that hold anything, facts of the instance itself apart. */
export function filledTables(db: Database): string[] {
  return TRANSFER_TABLES.filter(
    ({ name, raw }) =>
      name !== 'instance_facts' &&
      db
        .select({ one: sql`1` })
        .from(raw)
        .limit(1)
        .all().length > 0,
  ).map(({ name }) => name);
}

/** Rows of a table without what the import itself keeps there. */
export function countMoved(db: Database, table: TransferTable): number {
  return countRows(db, table) - (table.name === 'instance_facts' && unfinishedImport(db) !== null ? 1 : 0);
}

/** Prepares writing of rows; a later column is left empty. Inside a transaction. */
export function rowWriter(db: Database, table: TransferTable): (rows: readonly RawRow[]) => void {
  // Facts are there as soon as an instance is opened; those of the one that is moved win.
  if (table.name === 'instance_facts') {
    return (rows) => {
      for (const { name, value } of rows as readonly { readonly name: string; readonly value: string }[]) {
        db.insert(instanceFacts).values({ name, value }).onConflictDoUpdate({ target: instanceFacts.name, set: { value } }).run();
      }
    };
  }
  const insert = insertAllInto(db, table.raw) as (rows: readonly RawRow[]) => void;
  const atOnce = Math.max(1, Math.min(MOST_ROWS, Math.floor(MOST_VALUES / table.columns.length)));
  const empty = Object.fromEntries(table.later.map((name) => [name, null]));
  return (rows) => {
    const given = table.later.length === 0 ? rows : rows.map((row) => ({ ...row, ...empty }));
    for (let from = 0; from < given.length; from += atOnce) insert(given.slice(from, from + atOnce));
  };
}

/** Prepares writing of the later columns of rows that are in. May be done again. Inside a transaction. */
export function laterWriter(db: Database, table: TransferTable): (rows: readonly RawRow[]) => void {
  const save = saveOf(db, table.raw as SQLiteTable, [...table.later] as never[], [...table.key] as never[]) as (row: RawRow, was: RawRow) => boolean;
  return (rows) => {
    for (const row of rows) if (table.later.some((name) => row[name] !== null)) save(row, row);
  };
}
