/**
 * Statements prepared once per database. drizzle's own placeholder path encodes null wrongly for JSON and boolean columns and costs
 * an object per value, so whole-row writes are encoded here and drizzle is left to write the SQL.
 */
import { and, Column, eq, getTableColumns, is, Placeholder, sql, type InferInsertModel, type InferSelectModel, type SQL } from 'drizzle-orm';
import type { SQLiteColumn, SQLiteTable } from 'drizzle-orm/sqlite-core';
import { invariant } from '../domain/failures.ts';
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
  run(...values: unknown[]): Written;
  get(...values: unknown[]): unknown[] | undefined;
  all(...values: unknown[]): unknown[][];
}
/** What a write without `RETURNING` says by itself; asking for it by `RETURNING` costs as much again as a small write. */
interface Written {
  readonly changes: number;
  readonly lastInsertRowid: number | bigint;
}
type Decode = (value: unknown) => unknown;

/**
 * The same statement without drizzle's work at each call (placeholders found again, rows built along paths), which was an eighth of an
 * application's time. Names and decoders are looked up once. Where the driver keeps no statement, drizzle's own methods are used.
 */
export function fast<P extends object>(prepared: P): P {
  const { query, fields, stmt } = prepared as Prepared;
  if (stmt === undefined && fields !== undefined) return readOut(prepared);
  if (query === undefined || stmt === undefined || !isPlain(query.params)) return prepared;
  const slots = query.params.map((param) => (is(param, Placeholder) ? param.name : null));
  const bind = (values: Readonly<Record<string, unknown>> = {}): unknown[] => {
    const bound = query.params.slice();
    for (let index = 0; index < slots.length; index += 1) {
      const name = slots[index]!;
      if (name !== null) bound[index] = values[name];
    }
    return bound;
  };
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

/** What comes back must be read to its end: a Durable Object cannot commit, and starts anew, while a write with `RETURNING` still has rows to give. */
function readOut<P extends object>(prepared: P): P {
  const { all } = prepared as { all?(values?: Record<string, unknown>): unknown };
  return Object.assign(prepared, { run: (values?: Record<string, unknown>) => void all?.call(prepared, values) });
}

function isPlain(params: readonly unknown[]): boolean {
  return params.every((param) => is(param, Placeholder) || typeof param !== 'object' || param === null);
}

function decoderOf(field: unknown): Decode {
  if (is(field, Column)) {
    if (field.mapFromDriverValue === Column.prototype.mapFromDriverValue) return (value) => value;
    if (field.columnType === 'SQLiteTextJson') return (value) => (value === '[]' ? [] : field.mapFromDriverValue(value));
    return (value) => field.mapFromDriverValue(value);
  }
  const decoder = field as {
    readonly sql?: { readonly decoder?: { mapFromDriverValue: Decode } };
    readonly decoder?: { mapFromDriverValue: Decode };
  };
  const found = decoder.sql?.decoder ?? decoder.decoder;
  return found === undefined ? (value) => value : (value) => found.mapFromDriverValue(value);
}

/** A write as drizzle builds it. `make` is called again for each way it is prepared, because `returning` changes the builder itself. */
interface Writing {
  prepare(): unknown;
  returning(fields: Record<string, SQL>): { prepare(): unknown };
}
type Values = Readonly<Record<string, unknown>>;
/** Reads the value of one placeholder from what the write was called with. */
type Read = (source: unknown) => unknown;

/** Prepares an `UPDATE`, `DELETE` or `INSERT … ON CONFLICT DO NOTHING`; tells whether it changed anything. */
export function changing(make: () => unknown): (values: Values) => boolean {
  const { run, returning } = writer(make, (name) => (source) => (source as Values)[name]);
  return (values) => (run === null ? returning(values) !== undefined : run(values).changes > 0);
}

/** Prepares `INSERT` of a whole row. With `orIgnore`, a row whose key exists is left alone and `false` comes back. */
export function insertInto<T extends SQLiteTable>(
  db: Database,
  table: T,
  options: { orIgnore?: boolean } = {},
): (row: InferSelectModel<T>) => boolean {
  const columns = getTableColumns(table) as Record<string, SQLiteColumn>;
  const values = Object.fromEntries(Object.keys(columns).map((key) => [key, arg(key)])) as InferInsertModel<T>;
  const { run, returning } = writer(
    () => (options.orIgnore ? db.insert(table).values(values).onConflictDoNothing() : db.insert(table).values(values)),
    (name) => reader(columns, name),
  );
  return (row) => (run === null ? returning(row) !== undefined : run(row).changes > 0);
}

/** Most rows of one `INSERT`; more are split. */
const MOST_ROWS = 8;

/**
 * Prepares `INSERT` of several rows at once, which is cheaper than one by one. `omit` names the columns that
 * the store fills in by itself; then the row number of the first row comes back, and the others follow it.
 */
export function insertAllInto<T extends SQLiteTable, K extends keyof InferSelectModel<T> & string = never>(
  db: Database,
  table: T,
  omit: readonly K[] = [],
): (rows: readonly Omit<InferSelectModel<T>, K>[]) => number {
  const columns = getTableColumns(table) as Record<string, SQLiteColumn>;
  const keys = Object.keys(columns).filter((key) => !(omit as readonly string[]).includes(key));
  const writers = Array.from({ length: MOST_ROWS + 1 }, (): ReturnType<typeof writer> | null => null);
  const writerFor = (count: number): ReturnType<typeof writer> =>
    (writers[count] ??= writer(
      () =>
        db
          .insert(table)
          .values(Array.from({ length: count }, (_, at) => Object.fromEntries(keys.map((key) => [key, arg(`${at}/${key}`)])) as InferInsertModel<T>)),
      (name) => {
        const [at, key] = name.split('/') as [string, string];
        const [index, read] = [Number(at), reader(columns, key)];
        return (rows) => read((rows as readonly unknown[])[index]);
      },
      omit.length === 0 ? NOTHING : sql<number>`rowid`,
    ));
  return (rows) => {
    let first = 0;
    for (let from = 0; from < rows.length; from += MOST_ROWS) {
      const some = rows.length <= MOST_ROWS ? rows : rows.slice(from, from + MOST_ROWS);
      const { run, returning } = writerFor(some.length);
      const last = run === null ? (returning(some) as { row: number }).row : Number(run(some).lastInsertRowid);
      if (from === 0) first = last - some.length + 1;
    }
    return first;
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
  const changes = Object.fromEntries(set.map((key) => [key, arg(key)])) as never;
  const where = and(...match.map((key) => eq(columns[key]!, arg(`was_${key}`) as unknown as Placeholder)));
  const { run, returning } = writer(
    () => db.update(table).set(changes).where(where),
    (name) => {
      const read = reader(columns, name.replace(/^was_/, ''));
      return name.startsWith('was_') ? (source) => read((source as Saving).was) : (source) => read((source as Saving).row);
    },
  );
  return (row, was) => (run === null ? returning({ row, was }) !== undefined : run({ row, was }).changes > 0);
}

const NOTHING = sql<number>`1`;

interface Saving {
  readonly row: object;
  readonly was: object;
}

/**
 * Both ways to write: by the driver's statement, whose placeholders are filled by `readOf` in the order of the SQL, or, where the driver
 * keeps none (`run` null), by drizzle with `RETURNING`, of which the last row comes back.
 */
function writer(
  make: () => unknown,
  readOf: (name: string) => Read,
  told: SQL = NOTHING,
): { readonly run: ((source: unknown) => Written) | null; readonly returning: (source: unknown) => unknown } {
  const { query, stmt } = (make() as Writing).prepare() as Prepared;
  invariant(query !== undefined, 'a write without its query');
  if (stmt !== undefined && isPlain(query.params)) {
    const reads = query.params.map((param): Read => (is(param, Placeholder) ? readOf(param.name) : () => param));
    const bound = (source: unknown): unknown[] => {
      const values: unknown[] = [];
      for (const read of reads) values.push(read(source));
      return values;
    };
    return { run: (source) => stmt.run(...bound(source)), returning: () => undefined };
  }
  const names = query.params.flatMap((param) => (is(param, Placeholder) ? [param.name] : []));
  const reads = names.map((name) => [name, readOf(name)] as const);
  const prepared = (make() as Writing).returning({ row: told }).prepare() as { all(values: Values): unknown[] };
  return { run: null, returning: (source) => prepared.all(Object.fromEntries(reads.map(([name, read]) => [name, read(source)]))).at(-1) };
}

/** Encodes as the column says. drizzle's own placeholders encode null wrongly for JSON and boolean columns. */
function reader(columns: Readonly<Record<string, SQLiteColumn>>, key: string): Read {
  const column = columns[key];
  invariant(column !== undefined, 'no such column');
  if (column.mapToDriverValue === Column.prototype.mapToDriverValue) return (row) => (row as Values)[key] ?? null;
  return (row) => {
    const value = (row as Values)[key];
    if (value === null || value === undefined) return null;
    return Array.isArray(value) && value.length === 0 ? '[]' : column.mapToDriverValue(value);
  };
}
