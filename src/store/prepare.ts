/**
 * Statements prepared once per database. drizzle's own placeholder path encodes null wrongly for JSON and boolean columns and costs
 * an object per value, so whole-row writes are encoded here and drizzle is left to write the SQL.
 */
import { and, Column, eq, getTableColumns, is, Placeholder, sql, type InferInsertModel, type InferSelectModel, type SQL } from 'drizzle-orm';
import type { SQLiteColumn, SQLiteTable } from 'drizzle-orm/sqlite-core';
import type { Database } from './database.ts';

/** A placeholder without drizzle's encoder behind it; `$` keeps its name apart from columns. */
export function arg(name: string): SQL {
  return sql`${sql.placeholder(name)}`;
}

/** The parts of a prepared drizzle query that `fast` goes by. */
interface Prepared {
  readonly query?: { readonly params: readonly unknown[] };
  readonly fields?: readonly { readonly path: readonly string[]; readonly field: unknown }[];
  /** The driver's compiled statement, where the driver keeps one (better-sqlite3). */
  readonly stmt?: RawStatement;
}
interface RawStatement {
  raw(on?: boolean): RawStatement;
  run(...values: unknown[]): unknown;
  get(...values: unknown[]): unknown[] | undefined;
  all(...values: unknown[]): unknown[][];
}
type Decode = (value: unknown) => unknown;

/**
 * The same statement without drizzle's work at each call (placeholders found again, rows built along paths), which was an eighth of an
 * application's time. Names and decoders are looked up once. Where the driver keeps no statement, drizzle's own methods are used.
 */
export function fast<P extends object>(prepared: P): P {
  const { query, fields, stmt } = prepared as Prepared;
  if (query === undefined || stmt === undefined || !query.params.every((param) => is(param, Placeholder) || typeof param !== 'object' || param === null)) return prepared;
  const binders = query.params.map((param) => (is(param, Placeholder) ? { name: param.name } : { value: param }));
  const bind = (values: Readonly<Record<string, unknown>> = {}): unknown[] => binders.map((binder) => ('name' in binder ? values[binder.name] : binder.value));
  if (fields === undefined) return { run: (values?: Record<string, unknown>) => stmt.run(...bind(values)) } as unknown as P;
  if (fields.some(({ path }) => path.length !== 1)) return prepared;
  const names = fields.map(({ path }) => path[0]!);
  const decoders = fields.map(({ field }) => decoderOf(field));
  const row = (values: readonly unknown[]): Record<string, unknown> => {
    const record: Record<string, unknown> = {};
    for (let index = 0; index < names.length; index += 1) record[names[index]!] = values[index] === null ? null : decoders[index]!(values[index]);
    return record;
  };
  const raw = stmt.raw(true);
  return {
    get: (values?: Record<string, unknown>) => {
      const found = raw.get(...bind(values));
      return found === undefined ? undefined : row(found);
    },
    all: (values?: Record<string, unknown>) => raw.all(...bind(values)).map(row),
    run: (values?: Record<string, unknown>) => void raw.all(...bind(values)),
  } as unknown as P;
}

function decoderOf(field: unknown): Decode {
  if (is(field, Column)) return (value) => field.mapFromDriverValue(value);
  const decoder = (field as { readonly sql?: { readonly decoder?: { mapFromDriverValue: Decode } }; readonly decoder?: { mapFromDriverValue: Decode } });
  const found = decoder.sql?.decoder ?? decoder.decoder;
  return found === undefined ? (value) => value : (value) => found.mapFromDriverValue(value);
}

/** Prepares `INSERT` of a whole row. With `orIgnore`, a row whose key exists is left alone and `false` comes back. */
export function insertInto<T extends SQLiteTable>(db: Database, table: T, options: { orIgnore?: boolean } = {}): (row: InferSelectModel<T>) => boolean {
  const columns = Object.entries(getTableColumns(table) as Record<string, SQLiteColumn>);
  const values = Object.fromEntries(columns.map(([key]) => [key, arg(key)])) as InferInsertModel<T>;
  const first = columns[0]![1];
  const insert = db.insert(table).values(values);
  if (options.orIgnore) {
    const prepared = fast(insert.onConflictDoNothing().returning({ first }).prepare());
    return (row) => prepared.get(encode(columns, row)) !== undefined;
  }
  const prepared = fast(insert.prepare());
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
  const prepared = fast(db.update(table).set(changes).where(where).returning({ one: sql<number>`1` }).prepare());
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
