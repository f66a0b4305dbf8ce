/** Reads a whole table page by page, so that memory does not grow with it. The caller holds a snapshot open for as long as it reads. */
import { asc, getTableColumns, sql, type SQL } from 'drizzle-orm';
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core';
import type { Database } from '../database.ts';
import { arg, fast } from '../prepare.ts';
import type { RawRow, RawValue, TransferTable } from './tables.ts';

const PAGE_ROWS = 500;
const ROW_NUMBER = '_rowid_';

/** In the order the rows were written where the table keeps one (some are looked for in it), else by key. */
export function* readRows(db: Database, table: TransferTable, pageRows = PAGE_ROWS): Generator<readonly RawRow[]> {
  const columns = getTableColumns(table.raw) as Record<string, SQLiteColumn>;
  const numbered = keepsRowNumbers(db, table.name);
  const number = sql<number>`_rowid_`;
  const fields = numbered ? { ...columns, [ROW_NUMBER]: number } : columns;
  const key = numbered ? [ROW_NUMBER] : table.key;
  const order = numbered ? [asc(number)] : table.key.map((name) => asc(columns[name]!));
  const first = fast(
    db
      .select(fields)
      .from(table.raw)
      .orderBy(...order)
      .limit(pageRows)
      .prepare(),
  );
  const next = fast(
    db
      .select(fields)
      .from(table.raw)
      .where(
        after(
          key.map((name) => (name === ROW_NUMBER ? number : sql`${columns[name]!}`)),
          key,
        ),
      )
      .orderBy(...order)
      .limit(pageRows)
      .prepare(),
  );
  for (let page = first.all() as RawRow[]; page.length > 0;) {
    yield page;
    if (page.length < pageRows) return;
    const last = page.at(-1)!;
    page = next.all(Object.fromEntries(key.map((name): [string, RawValue] => [name, last[name]!]))) as RawRow[];
  }
}

/** How many rows the table has. */
export function countRows(db: Database, table: TransferTable): number {
  return db
    .select({ n: sql<number>`count(*)` })
    .from(table.raw)
    .all()[0]!.n;
}

function after(columns: readonly SQL[], names: readonly string[]): SQL {
  return sql`(${sql.join([...columns], sql`, `)}) > (${sql.join(
    names.map((name) => arg(name)),
    sql`, `,
  )})`;
}

function keepsRowNumbers(db: Database, name: string): boolean {
  return db.all<{ name: string; wr: number }>(sql`PRAGMA table_list`).some((table) => table.name === name && table.wr === 0);
}
