/**
 * Every table of the schema as it is moved from one host to another: raw values in, raw values out. In: the schema. Out: name, columns and
 * ways to read and write rows, in the order they must be written. It interprets no value: what is sealed stays sealed, what is JSON stays text.
 */
import { getTableColumns, getTableName, is, Table } from 'drizzle-orm';
import { blob, getTableConfig, integer, sqliteTable, text, type SQLiteColumn, type SQLiteTable } from 'drizzle-orm/sqlite-core';
import { invariant } from '../../domain/failures.ts';
import * as schema from '../schema/index.ts';

/** A value as SQLite holds it in a STRICT table without REAL columns. */
export type RawValue = string | number | Uint8Array | null;
export type RawRow = Readonly<Record<string, RawValue>>;
export type ColumnType = 'text' | 'integer' | 'blob';

export interface TransferTable {
  readonly name: string;
  readonly columns: readonly { readonly name: string; readonly type: ColumnType }[];
  /** Columns of the primary key. */
  readonly key: readonly string[];
  /** Columns that are written only once all tables are in. */
  readonly later: readonly string[];
  /** The same table without any type of ours: it encodes and decodes nothing. */
  readonly raw: SQLiteTable;
}

/** The store looks for live consents and their attempts when a receipt comes, so these come first; the others know no order. */
const FIRST = ['borrowers', 'applications', 'attempts', 'consents'];
/** A consent may have been withdrawn after its receipts were written; for those to be let in, it is withdrawn after them here as well. */
const LATER: Readonly<Record<string, readonly string[]>> = { consents: ['withdrawn_at_ms'] };

const BARE = { text: (name: string) => text(name), integer: (name: string) => integer(name), blob: (name: string) => blob(name, { mode: 'buffer' }) };

/** Written by triggers as the rows come in that it is about: it numbers their arrival here, which is nobody else's. */
const OF_THE_HOST = ['desk_revisions'];

/** In the order of writing. */
export const TRANSFER_TABLES: readonly TransferTable[] = Object.values(schema)
  .filter((one) => is(one, Table) && !OF_THE_HOST.includes(getTableName(one)))
  .map((table) => transferTable(table as SQLiteTable))
  .toSorted((a, b) => place(a.name) - place(b.name) || (a.name < b.name ? -1 : 1));

function place(name: string): number {
  const at = FIRST.indexOf(name);
  return at === -1 ? FIRST.length : at;
}

function transferTable(table: SQLiteTable): TransferTable {
  const name = getTableName(table);
  const { primaryKeys } = getTableConfig(table);
  const all = Object.values(getTableColumns(table)) as SQLiteColumn[];
  const columns = all.map((column) => ({ name: column.name, type: typeOf(column) }));
  const key = (primaryKeys[0]?.columns ?? all.filter((column) => column.primary)).map((column) => column.name);
  invariant(key.length > 0, `the table ${name} has no key to read it by`);
  return {
    name,
    columns,
    key,
    later: LATER[name] ?? [],
    raw: sqliteTable(name, Object.fromEntries(columns.map((one) => [one.name, BARE[one.type](one.name)]))),
  };
}

function typeOf(column: SQLiteColumn): ColumnType {
  const type = column.getSQLType();
  invariant(type === 'text' || type === 'integer' || type === 'blob', `the column ${column.name} is of a type that cannot be moved`);
  return type;
}
