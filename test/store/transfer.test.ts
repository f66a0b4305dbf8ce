/** A row as a line and back: every table, any values a STRICT table can hold; and what is no row is told with its place and without its content. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LineFault, lineOf, rowOf } from '../../src/store/transfer/lines.ts';
import { misfit, type ExportManifest } from '../../src/store/transfer/manifest.ts';
import { readRows } from '../../src/store/transfer/read-rows.ts';
import { REFERENCES } from '../../src/store/transfer/references.ts';
import { TRANSFER_TABLES, type RawRow, type RawValue, type TransferTable } from '../../src/store/transfer/tables.ts';
import { rowWriter } from '../../src/store/transfer/write-rows.ts';
import { withStore } from './host.ts';
import { TABLES } from './tables.ts';

const VALUES = {
  // U+2028 ends a line for some readers of text, and so does a carriage return.
  text: fc.oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom('', 'null', '张\u2028三', 'a\r\nb', "'; DROP TABLE events; --")),
  integer: fc.oneof(fc.maxSafeInteger(), fc.constantFrom(0, -1, Number.MAX_SAFE_INTEGER)),
  blob: fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
} as const;
const rowsOf = (table: TransferTable): fc.Arbitrary<RawRow> =>
  fc.record(
    Object.fromEntries(
      table.columns.map(({ name, type }) => [name, fc.option<RawValue>(VALUES[type] as fc.Arbitrary<RawValue>, { nil: null })]),
    ) as Record<string, fc.Arbitrary<RawValue>>,
  );

it('there is a way for every table of the schema', () => {
  // All but the one that triggers fill.
  expect(TRANSFER_TABLES).toHaveLength(TABLES.length - 1);
  const known = new Set(TRANSFER_TABLES.flatMap(({ name, columns }) => columns.map((column) => `${name}.${column.name}`)));
  expect(REFERENCES.flat().filter((column) => !known.has(column))).toEqual([]);
  // A reference by id that nobody looks after would be lost unseen: these name records, channels and funders, or nothing of ours.
  const looked = new Set(REFERENCES.map(([from]) => from));
  const named = [...known].filter((column) => /\.(?:application|attempt|borrower|loan|impression|click)_id$/.test(column) && !looked.has(column));
  expect(named).toEqual([]);
});

describe.each(TRANSFER_TABLES.map((table): [string, TransferTable] => [table.name, table]))('%s', (_, table) => {
  it('is the same after the way there and back, on one line', () => {
    fc.assert(
      fc.property(rowsOf(table), (row) => {
        const line = lineOf(table, row);
        expect(line).not.toMatch(/[\r\n]/);
        expect(rowOf(table, line, 1)).toEqual(row);
      }),
      { numRuns: 30 },
    );
  });

  it('takes no other line', () => {
    for (const line of ['', '{}', '[]', '[1', 'null', `[${'{},'.repeat(table.columns.length - 1)}{}]`]) {
      expect(() => rowOf(table, line, 7)).toThrow(LineFault);
      expect(() => rowOf(table, line, 7)).toThrow(`${table.name}, row 7`);
    }
  });
});

it('a value of another type is refused, and not repeated', () => {
  const table = TRANSFER_TABLES.find(({ name }) => name === 'borrowers')!;
  const good = ['bor_1', 'AAAA', null, 1, null];
  expect(rowOf(table, JSON.stringify(good), 1)['id']).toBe('bor_1');
  for (const [at, bad] of [
    [0, 1],
    [1, 'not base64!'],
    [1, 'AAA'],
    [3, 1.5],
    [3, 2 ** 53],
    [3, '13800000001'],
    [3, true],
  ] as const) {
    const error = ((): unknown => {
      try {
        return rowOf(table, JSON.stringify(good.with(at, bad as never)), 3);
      } catch (thrown) {
        return thrown;
      }
    })();
    expect(error).toBeInstanceOf(LineFault);
    expect((error as Error).message).toMatch(/^borrowers, row 3: \w+ is not (?:text|integer|blob)$/);
  }
});

it('rows come in the order they were written, page by page, without one twice or left out', () =>
  withStore((open) => {
    const { db } = open();
    const table = TRANSFER_TABLES.find(({ name }) => name === 'idempotency')!;
    const rows = Array.from({ length: 25 }, (_, n) => ({
      id: Buffer.from([255 - n]),
      fingerprint: 'f',
      status: n,
      body_sealed: Buffer.alloc(0),
      created_at_ms: 1,
    }));
    rowWriter(db, table)(rows);
    for (const pageRows of [1, 5, 24, 25, 26]) {
      const read = [...readRows(db, table, pageRows)].flat().map((row) => row['status']);
      expect(read).toEqual(rows.map(({ status }) => status));
    }
    // Without row numbers the key is the order, of several columns if need be.
    const records = TRANSFER_TABLES.find(({ name }) => name === 'timers')!;
    rowWriter(db, records)(['b', 'a'].flatMap((kind) => ['2', '1', '3'].map((ref) => ({ kind, ref, due_at_ms: 1, tries: 0 }))));
    expect([...readRows(db, records, 2)].flat().map((row) => `${row['kind']}${row['ref']}`)).toEqual(['a1', 'a2', 'a3', 'b1', 'b2', 'b3']);
  }));

it('an export of other tables or columns does not fit', () => {
  const tables = TRANSFER_TABLES.map(({ name, columns }) => ({ name, columns: columns.map((column) => column.name), rows: 0 }));
  const head = { migrations: ['0001_a'], tables } as unknown as ExportManifest;
  expect(misfit(head, ['0001_a'])).toBeNull();
  expect(misfit({ ...head, tables: tables.slice(1) }, ['0001_a'])).toMatch('borrowers');
  expect(misfit({ ...head, tables: [...tables, { name: 'more', columns: [], rows: 0 }] }, ['0001_a'])).toMatch('does not know');
  expect(misfit(head, ['0001_a', '0002_b'])).toMatch('0002_b');
  expect(misfit(head, [])).toMatch('0001_a');
});
