import BetterSqlite3 from 'better-sqlite3';
import { sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/better-sqlite3';
import { describe, expect, it } from 'vitest';
import type { Database } from '../../src/store/database.ts';
import { migrate, type Migration } from '../../src/store/migrate.ts';
import { MIGRATIONS } from './tables.ts';

function make() {
  const client = new BetterSqlite3(':memory:');
  const db = drizzle(client) as unknown as Database;
  const run = (migrations: readonly Migration[], nowMs = 1) => migrate(db, (script) => void client.exec(script), migrations, nowMs);
  const dump = () => ({
    tables: db.all<{ sql: string }>(sql`SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name`).map((row) => row.sql),
    applied: db
      .all<{ name: string; applied_at_ms: number }>(sql`SELECT name, applied_at_ms FROM migrations ORDER BY name`)
      .map((row) => [row.name, row.applied_at_ms]),
  });
  return { db, run, dump };
}
const one = { name: '0001_one', sql: 'CREATE TABLE one (x INTEGER) STRICT; INSERT INTO one VALUES (1);' };
const two = { name: '0002_two', sql: 'ALTER TABLE one ADD COLUMN y TEXT; UPDATE one SET x = x + 1;' };

describe('migrations', () => {
  it('are applied once each, in the order of their numbers, with the time', () => {
    const { db, run, dump } = make();
    expect(run([two, one], 5)).toEqual(['0001_one', '0002_two']);
    expect(run([one, two], 9)).toEqual([]);
    expect([db.all(sql`SELECT * FROM one`), dump().applied]).toEqual([
      [{ x: 2, y: null }],
      [
        ['0001_one', 5],
        ['0002_two', 5],
      ],
    ]);
  });

  it('one more is applied beside those that are there', () => {
    const { db, run } = make();
    run([one]);
    expect([run([one, two], 7), db.all(sql`SELECT x FROM one`)]).toEqual([['0002_two'], [{ x: 2 }]]);
  });

  it.each([
    ['at its first statement', 'CREATE TABLE one (x INTEGER);'],
    ['after it has done much', 'CREATE TABLE three (x INTEGER); INSERT INTO one VALUES (7); DROP TABLE nothing;'],
    ['by its grammar', 'CREATE TABLE three (x INTEGER); NONSENSE;'],
  ])('one that fails %s leaves the old state, and can be mended', (_, text) => {
    const { db, run, dump } = make();
    run([one], 5);
    const before = dump();
    expect(() => run([one, { name: '0002_bad', sql: text }], 6)).toThrow();
    expect([dump(), db.all(sql`SELECT x FROM one`)]).toEqual([before, [{ x: 1 }]]);
    expect(run([one, two], 7)).toEqual(['0002_two']);
  });

  it('those before a failing one stay', () => {
    const { run, dump } = make();
    expect(() => run([one, two, { name: '0003_bad', sql: 'NONSENSE' }])).toThrow();
    expect(dump().applied.map(([name]) => name)).toEqual(['0001_one', '0002_two']);
  });

  it('a database that is newer than the program is refused untouched, and by name', () => {
    const { run, dump } = make();
    run([one, two]);
    const before = dump();
    expect(() => run([one, { name: '0001_other', sql: 'CREATE TABLE other (x INTEGER)' }])).toThrow('0002_two');
    expect(dump()).toEqual(before);
  });

  it('of this repository make the same database whether at once or one by one', () => {
    const [atOnce, oneByOne] = [make(), make()];
    atOnce.run(MIGRATIONS);
    for (let count = 1; count <= MIGRATIONS.length; count += 1) oneByOne.run(MIGRATIONS.slice(0, count));
    expect(oneByOne.dump()).toEqual(atOnce.dump());
    for (const { name } of MIGRATIONS) expect(name).toMatch(/^\d{4}_[a-z_]+$/);
  });
});
