/** Schema and migrations are written apart and must say the same: columns, types, nulls, keys and indexes of every table. */
import { sql } from 'drizzle-orm';
import { getTableConfig, SQLiteColumn } from 'drizzle-orm/sqlite-core';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../src/store/database.ts';
import { withStore } from './host.ts';
import { TABLES } from './tables.ts';

interface Info {
  readonly name: string;
  readonly type: string;
  readonly notnull: number;
  readonly pk: number;
}

interface Index {
  readonly name: string;
  readonly unique: boolean;
  readonly partial: boolean;
  readonly columns: readonly string[];
}

/** What the host's own SQLite has after all migrations. */
const there = {
  tables: [] as { readonly name: string; readonly strict: number }[],
  info: new Map<string, Info[]>(),
  indexes: new Map<string, Index[]>(),
};
beforeAll(() =>
  withStore((open) => {
    const { db } = open();
    there.tables = db.all(
      sql`SELECT name, strict FROM pragma_table_list WHERE schema = 'main' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '\\_cf\\_%' ESCAPE '\\' ORDER BY name`,
    );
    for (const { name } of there.tables) {
      there.info.set(name, db.all(sql`SELECT name, type, "notnull", pk FROM pragma_table_info(${name})`));
      there.indexes.set(name, indexesOf(db, name));
    }
  }),
);

const indexesOf = (db: Database, table: string): Index[] =>
  db
    .all<{ name: string; unique: number; partial: number }>(sql`SELECT name, "unique", partial FROM pragma_index_list(${table}) WHERE origin = 'c'`)
    .map(({ name, unique, partial }) => ({
      name,
      unique: unique === 1,
      partial: partial === 1,
      columns: db.all<{ name: string }>(sql`SELECT name FROM pragma_index_info(${name}) ORDER BY seqno`).map((column) => column.name),
    }))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));

it('every table is in both', () => {
  const migrated = there.tables.map(({ name }) => name).filter((name) => name !== 'migrations');
  expect(migrated).toEqual(TABLES.map(([, table]) => getTableConfig(table).name).toSorted());
  expect(migrated.length).toBeGreaterThan(25);
});

it('every table is strict, so that a wrong type is an error', () => {
  expect(there.tables.filter(({ strict }) => strict === 0)).toEqual([]);
  return withStore((open) => {
    const { db } = open();
    expect(() => db.run(sql`INSERT INTO timers (kind, ref, due_at_ms, tries) VALUES ('x', 'y', 'soon', 0)`)).toThrow();
  });
});

describe.each(TABLES)('%s', (_, table) => {
  const { name, columns, indexes, primaryKeys } = getTableConfig(table);

  it('has the same columns, types, nulls and key', () => {
    const keys = primaryKeys[0]?.columns.map((column) => column.name) ?? columns.filter((column) => column.primary).map((column) => column.name);
    expect(
      there.info
        .get(name)!
        .map(({ notnull, pk, ...rest }) => ({ ...rest, mayBeNull: notnull === 0 && pk === 0, key: pk }))
        .toSorted(byName),
    ).toEqual(
      columns
        .map((column) => ({
          name: column.name,
          type: column.getSQLType().toUpperCase(),
          mayBeNull: !column.notNull && !column.primary && !keys.includes(column.name),
          key: keys.indexOf(column.name) + 1,
        }))
        .toSorted(byName),
    );
    expect(keys.length).toBeGreaterThan(0);
  });

  it('has the same indexes', () => {
    expect(there.indexes.get(name)).toEqual(
      indexes
        .map(({ config }) => ({
          name: config.name,
          unique: config.unique,
          partial: config.where !== undefined,
          columns: config.columns.map((column) => (column as SQLiteColumn).name),
        }))
        .toSorted(byName),
    );
  });

  it('keeps personal data in sealed columns alone', () => {
    const known =
      /^(id|.*_id|.*_index|.*_ms|.*_fen|.*_bps|.*_ppm|.*_hash|.*_ref|.*_version|.*_seq|.*_months|.*_days|.*_tries|.*_at|data_key|.*sealed|phone_verified|step_.*)$/;
    const told = columns.map((column) => column.name).filter((column) => !known.test(column));
    for (const column of told) expect(column).not.toMatch(/phone|person|number|address|birth|income|card|device|photo/);
    for (const { name: column, dataType } of columns) if (/sealed|data_key/.test(column)) expect(dataType).toBe('buffer');
  });
});

function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name < b.name ? -1 : 1;
}
