/** Every table of the schema, and rows of random values for any of them. */
import { getTableColumns, is, Table } from 'drizzle-orm';
import type { SQLiteColumn, SQLiteTable } from 'drizzle-orm/sqlite-core';
import fc from 'fast-check';
import * as schema from '../../src/store/schema/index.ts';

export const TABLES: readonly [string, SQLiteTable][] = Object.entries(schema).flatMap(([name, value]) =>
  is(value, Table) ? [[name, value as SQLiteTable] as [string, SQLiteTable]] : [],
);

export function columnsOf(table: SQLiteTable): [string, SQLiteColumn][] {
  return Object.entries(getTableColumns(table) as Record<string, SQLiteColumn>);
}

/** Rows as the code holds them: decoded JSON, booleans, buffers, null where a column may be null. */
export function rowsOf(table: SQLiteTable): fc.Arbitrary<Record<string, unknown>> {
  return fc.record(
    Object.fromEntries(
      columnsOf(table).map(([key, column]) => [key, column.notNull || column.primary ? valueOf(column) : fc.option(valueOf(column), { nil: null })]),
    ),
  );
}

const bytes = fc.uint8Array({ minLength: 16, maxLength: 16 }).map((value) => Buffer.from(value));

function valueOf(column: SQLiteColumn): fc.Arbitrary<unknown> {
  // The head of the audit chain is one row by its CHECK.
  if (column.name === 'one') return fc.constant(1);
  switch (column.columnType) {
    case 'SQLiteInteger':
      return column.primary
        ? fc.integer({ min: 1 })
        : fc.oneof(fc.integer(), fc.constantFrom(0, -1, Number.MAX_SAFE_INTEGER, Date.UTC(2026, 10, 20)));
    case 'SQLiteBoolean':
      return fc.boolean();
    case 'SQLiteText':
      return fc.oneof(fc.string(), fc.constantFrom('', 'null', '张三', '\u{1f600}', "'; DROP TABLE events; --"));
    case 'SQLiteTextJson':
      return fc
        .oneof(fc.array(fc.jsonValue(), { maxLength: 3 }), fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 3 }))
        .map((value) => JSON.parse(JSON.stringify(value)) as unknown);
    case 'SQLiteBlobBuffer':
      return fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes));
    case 'SQLiteCustomColumn':
      // Types of our own: a blind index, the id of a recorded reply, a repayment plan.
      if (column.name.endsWith('_index')) return bytes.map((value) => value.toString('base64url'));
      if (column.name === 'id') return bytes.map((value) => value.toString('hex'));
      return fc.array(fc.record({ dueInMonths: fc.nat(), principal: fc.nat(), interest: fc.nat(), fee: fc.nat() }), { maxLength: 3 });
    default:
      throw new Error(`no values for a ${column.columnType}`);
  }
}
