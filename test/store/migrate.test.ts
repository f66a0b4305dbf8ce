/** Each migration once and whole; a failed one leaves the old state, and the program that mends it goes on from there. */
import { sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import type { Database } from '../../src/store/database.ts';
import { MIGRATIONS, withStore } from './host.ts';

const dump = (db: Database) => ({
  // What the platform keeps in an object's own storage is not ours.
  tables: db
    .all<{ sql: string }>(sql`SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE '\\_cf\\_%' ESCAPE '\\' ORDER BY name`)
    .map((row) => row.sql),
  applied: db
    .all<{ name: string; applied_at_ms: number }>(sql`SELECT name, applied_at_ms FROM migrations ORDER BY name`)
    .map((row) => [row.name, row.applied_at_ms]),
});
const one = { name: '0001_one', sql: 'CREATE TABLE one (x INTEGER) STRICT; INSERT INTO one VALUES (1);' };
const two = { name: '0002_two', sql: 'ALTER TABLE one ADD COLUMN y TEXT; UPDATE one SET x = x + 1;' };

describe('migrations', () => {
  it('are applied once each, in the order of their numbers, with the time', () =>
    withStore((open) => {
      const { db, migrate } = open([]);
      expect(migrate([two, one], 5)).toEqual(['0001_one', '0002_two']);
      expect(migrate([one, two], 9)).toEqual([]);
      expect([db.all(sql`SELECT * FROM one`), dump(db).applied]).toEqual([
        [{ x: 2, y: null }],
        [
          ['0001_one', 5],
          ['0002_two', 5],
        ],
      ]);
    }));

  it('one more is applied beside those that are there', () =>
    withStore((open) => {
      const { db, migrate } = open([one]);
      expect([migrate([one, two], 7), db.all(sql`SELECT x FROM one`)]).toEqual([['0002_two'], [{ x: 2 }]]);
    }));

  it.each([
    ['at its first statement', 'CREATE TABLE one (x INTEGER);'],
    ['after it has done much', 'CREATE TABLE three (x INTEGER); INSERT INTO one VALUES (7); DROP TABLE nothing;'],
    ['by its grammar', 'CREATE TABLE three (x INTEGER); NONSENSE;'],
  ])('one that fails %s leaves the old state, and can be mended', (_, text) =>
    withStore((open) => {
      const { db, migrate } = open([one]);
      const before = dump(db);
      expect(() => migrate([one, { name: '0002_bad', sql: text }], 6)).toThrow();
      expect([dump(db), db.all(sql`SELECT x FROM one`)]).toEqual([before, [{ x: 1 }]]);
      expect(migrate([one, two], 7)).toEqual(['0002_two']);
    }),
  );

  it('those before a failing one stay', () =>
    withStore((open) => {
      const { db, migrate } = open([]);
      expect(() => migrate([one, two, { name: '0003_bad', sql: 'NONSENSE' }], 1)).toThrow();
      expect(dump(db).applied.map(([name]) => name)).toEqual(['0001_one', '0002_two']);
    }));

  it('a database that is newer than the program is refused untouched, and by name', () =>
    withStore((open) => {
      const { db, migrate } = open([one, two]);
      const before = dump(db);
      expect(() => migrate([one, { name: '0001_other', sql: 'CREATE TABLE other (x INTEGER)' }], 1)).toThrow('0002_two');
      expect(dump(db)).toEqual(before);
    }));

  it('of this repository make the same database whether at once or one by one', () =>
    withStore((open) => {
      const atOnce = dump(open().db);
      const { db, migrate } = open([]);
      for (let count = 1; count <= MIGRATIONS.length; count += 1) migrate(MIGRATIONS.slice(0, count), 0);
      expect(dump(db)).toEqual(atOnce);
      for (const { name } of MIGRATIONS) expect(name).toMatch(/^\d{4}_[a-z_]+$/);
    }));
});
