/** SQLite as Node opens it: durable on every commit, whole or not at all, and empty of what was overwritten. */
import BetterSqlite3 from 'better-sqlite3';
import { sql } from 'drizzle-orm';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { openDatabase, readMigrations } from '../../src/runtime/node/sqlite.ts';
import { createGroupCommit } from '../../src/store/group-commit.ts';
import { createStore } from '../../src/store/index.ts';

const MIGRATIONS = readMigrations(new URL('../../migrations/', import.meta.url).pathname);
const folders: string[] = [];
afterEach(() => folders.splice(0).forEach((folder) => rmSync(folder, { recursive: true, force: true })));

function file(): string {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-sqlite-'));
  folders.push(folder);
  return join(folder, 'millrace.db');
}
const open = (path: string): ReturnType<typeof openDatabase> => openDatabase(path, MIGRATIONS, 1);
const pragma = (db: ReturnType<typeof openDatabase>['db'], name: string): unknown =>
  Object.values(db.get<Record<string, unknown>>(sql.raw(`PRAGMA ${name}`))!)[0];
const mark = (db: ReturnType<typeof openDatabase>['db'], text: string): void =>
  void db.run(sql`INSERT INTO tombstones (mark, erased_at_ms) VALUES (${text}, 1)`);
const marks = (db: ReturnType<typeof openDatabase>['db']): string[] =>
  db.all<{ mark: string }>(sql`SELECT mark FROM tombstones ORDER BY mark`).map((row) => row.mark);

describe('a database file', () => {
  it('is at synchronous FULL after its first transaction too, at every opening', () => {
    const path = file();
    for (let opening = 0; opening < 2; opening += 1) {
      const { db, transact, close } = open(path);
      expect(pragma(db, 'synchronous')).toBe(2);
      transact(() => mark(db, `m${opening}`));
      expect([pragma(db, 'synchronous'), pragma(db, 'journal_mode'), pragma(db, 'secure_delete'), pragma(db, 'foreign_keys')]).toEqual([
        2,
        'wal',
        1,
        1,
      ]);
      db.all(sql`SELECT 1`);
      expect(pragma(db, 'synchronous')).toBe(2);
      close();
    }
  });

  it('keeps its data and its migrations over a restart', () => {
    const path = file();
    const first = open(path);
    expect(first.migrated).toEqual(MIGRATIONS.map(({ name }) => name));
    first.transact(() => mark(first.db, 'kept'));
    first.close();
    const second = open(path);
    expect([second.migrated, marks(second.db)]).toEqual([[], ['kept']]);
    second.close();
  });

  it('of a newer program is refused', () => {
    const path = file();
    open(path).close();
    const client = new BetterSqlite3(path);
    client.prepare("INSERT INTO migrations (name, applied_at_ms) VALUES ('9999_future', 1)").run();
    client.close();
    expect(() => open(path)).toThrow('9999_future');
  });

  it('that is damaged is refused', () => {
    const path = file();
    writeFileSync(path, 'This is not a database, but it is long enough to be looked at as one.'.repeat(20));
    expect(() => open(path)).toThrow();
  });
});

describe('a transaction', () => {
  it('is whole or not at all', () => {
    const { db, transact } = openDatabase(':memory:', MIGRATIONS, 1);
    expect(() =>
      transact(() => {
        mark(db, 'half');
        throw new Error('no');
      }),
    ).toThrow('no');
    transact(() => mark(db, 'whole'));
    expect(marks(db)).toEqual(['whole']);
  });

  it('survives one that SQLite rolled back by itself', () => {
    const { db, transact } = openDatabase(
      ':memory:',
      [
        ...MIGRATIONS,
        {
          name: '9999_strict',
          sql: "CREATE TRIGGER stop BEFORE INSERT ON tombstones WHEN NEW.mark = 'bad' BEGIN SELECT RAISE(ROLLBACK, 'rolled back'); END",
        },
      ],
      1,
    );
    expect(() => transact(() => mark(db, 'bad'))).toThrow();
    transact(() => mark(db, 'good'));
    expect(marks(db)).toEqual(['good']);
  });

  it('of another connection makes it wait or fail, never mix', () => {
    const path = file();
    const { db, transact, close } = open(path);
    const other = new BetterSqlite3(path, { timeout: 0 });
    transact(() => {
      mark(db, 'ours');
      expect(() => other.exec('BEGIN IMMEDIATE')).toThrow(/locked/);
      expect(other.prepare('SELECT count(*) AS n FROM tombstones').get()).toEqual({ n: 0 });
    });
    expect(other.prepare('SELECT count(*) AS n FROM tombstones').get()).toEqual({ n: 1 });
    other.close();
    close();
  });

  it('on a full disk is refused to everybody in its group, and the store stays shut', async () => {
    const { db, transact, close } = open(file());
    let failures = 0;
    const commit = createGroupCommit({ store: createStore(db), transact, defer: queueMicrotask, onDiskFailure: () => void (failures += 1) });
    await commit((tx) => tx.applications.insertTombstone({ mark: 'before', erasedAtMs: 1 }));
    db.run(sql.raw(`PRAGMA max_page_count = ${String(pragma(db, 'page_count'))}`));
    const big = 'x'.repeat(200_000);
    const outcomes = await Promise.allSettled([
      commit((tx) => tx.applications.insertTombstone({ mark: 'small', erasedAtMs: 1 })),
      commit((tx) => tx.applications.insertTombstone({ mark: big, erasedAtMs: 1 })),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await expect(commit((tx) => tx.applications.insertTombstone({ mark: 'after', erasedAtMs: 1 }))).rejects.toMatchObject({ code: 'SQLITE_FULL' });
    expect([failures, marks(db)]).toEqual([1, ['before']]);
    close();
  });
});

it('scrubbing leaves nothing of what was overwritten, in the file or in its log', () => {
  const path = file();
  const { db, transact, scrub, close } = open(path);
  const canary = `canary-${'5f3a'.repeat(40)}`;
  const onDisk = (): boolean => readdirSync(join(path, '..')).some((name) => readFileSync(join(path, '..', name)).includes(canary));
  transact(() => mark(db, canary));
  expect(onDisk()).toBe(true);
  transact(() => void db.run(sql`DELETE FROM tombstones`));
  scrub();
  expect(onDisk()).toBe(false);
  close();
});

it('scrubbing while somebody reads holds nobody up, and is made up for once they have gone', () => {
  const path = file();
  const { db, transact, scrub, close } = open(path);
  const canary = `canary-${'5f3a'.repeat(40)}`;
  const onDisk = (): boolean => readdirSync(join(path, '..')).some((name) => readFileSync(join(path, '..', name)).includes(canary));
  transact(() => mark(db, canary));
  // A backup, or a replicator, which never stops.
  const reader = new BetterSqlite3(path, { readonly: true });
  reader.exec('BEGIN');
  reader.prepare('SELECT count(*) FROM tombstones').get();
  transact(() => void db.run(sql`DELETE FROM tombstones`));
  const fromMs = performance.now();
  scrub();
  expect(performance.now() - fromMs).toBeLessThan(3_000);
  expect([onDisk(), pragma(db, 'busy_timeout')]).toEqual([true, 5_000]);
  for (let n = 0; n < 64; n += 1) transact(() => mark(db, `during ${n}`));
  expect(reader.prepare('SELECT count(*) FROM tombstones').pluck().get()).toBe(1);
  reader.close();
  for (let n = 0; n < 32; n += 1) transact(() => mark(db, `after ${n}`));
  expect(onDisk()).toBe(false);
  expect(marks(db)).toHaveLength(96);
  close();
});
