/**
 * Statements prepared once per database. drizzle's own placeholder path encodes null wrongly for JSON and boolean columns and costs
 * an object per value, so whole-row writes are encoded here and drizzle is left to write the SQL.
 */
import { and, eq, getTableColumns, sql, type InferInsertModel, type InferSelectModel, type Placeholder, type SQL } from 'drizzle-orm';
import type { SQLiteColumn, SQLiteTable } from 'drizzle-orm/sqlite-core';
import type { Database } from './database.ts';

/** A placeholder without drizzle's encoder behind it; `$` keeps its name apart from columns. */
export function arg(name: string): SQL {
  return sql`${sql.placeholder(name)}`;
}

/** Prepares `INSERT` of a whole row. With `orIgnore`, a row whose key exists is left alone and `false` comes back. */
export function insertInto<T extends SQLiteTable>(db: Database, table: T, options: { orIgnore?: boolean } = {}): (row: InferSelectModel<T>) => boolean {
  const columns = Object.entries(getTableColumns(table) as Record<string, SQLiteColumn>);
  const values = Object.fromEntries(columns.map(([key]) => [key, arg(key)])) as InferInsertModel<T>;
  const first = columns[0]![1];
  const insert = db.insert(table).values(values);
  if (options.orIgnore) {
    const prepared = insert.onConflictDoNothing().returning({ first }).prepare();
    return (row) => prepared.get(encode(columns, row)) !== undefined;
  }
  const prepared = insert.prepare();
  return (row) => {
    prepared.run(encode(columns, row));
    return true;
  };
}

/**
 * Prepares `UPDATE table SET <set> WHERE <match>` over a whole row. `match` columns are compared with the values given beside the row,
 * so a row that changed under us is a `false`, not an exception.
 */
export function saveOf<T extends SQLiteTable, K extends keyof InferSelectModel<T> & string>(
  db: Database,
  table: T,
  set: readonly (keyof InferSelectModel<T> & string)[],
  match: readonly K[],
): (row: InferSelectModel<T>, expected: Pick<InferSelectModel<T>, K>) => boolean {
  const columns = getTableColumns(table) as Record<string, SQLiteColumn>;
  const setColumns = set.map((key) => [key, columns[key]!] as const);
  const matchColumns = match.map((key) => [key, columns[key]!] as const);
  const changes = Object.fromEntries(set.map((key) => [key, arg(key)])) as never;
  const where = and(...matchColumns.map(([key, column]) => eq(column, arg(`was_${key}`) as unknown as Placeholder)));
  const prepared = db.update(table).set(changes).where(where).returning({ one: sql<number>`1` }).prepare();
  return (row, expected) => {
    const values = encode(setColumns, row);
    for (const [key, column] of matchColumns) values[`was_${key}`] = encodeOne(column, (expected as Record<string, unknown>)[key]);
    return prepared.get(values) !== undefined;
  };
}

function encode(columns: readonly (readonly [string, SQLiteColumn])[], row: object): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const [key, column] of columns) values[key] = encodeOne(column, (row as Record<string, unknown>)[key]);
  return values;
}

function encodeOne(column: SQLiteColumn, value: unknown): unknown {
  return value === null || value === undefined ? null : column.mapToDriverValue(value);
}
