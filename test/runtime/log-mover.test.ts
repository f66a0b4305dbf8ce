/** The thread that moves the write-ahead log: the log stays short, nothing is lost, and whatever becomes of the thread, somebody looks after the log. */
import BetterSqlite3 from 'better-sqlite3';
import { sql } from 'drizzle-orm';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { startLogMover, type LogMoverOptions } from '../../src/runtime/node/log-mover.ts';
import { openDatabase, readMigrations, type OpenDatabase } from '../../src/runtime/node/sqlite.ts';

const MIGRATIONS = readMigrations(new URL('../../migrations/', import.meta.url).pathname);
const SEND_AT = 60;
const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const each of undo.splice(0).toReversed()) await each();
});

function opened(): { readonly path: string; readonly data: OpenDatabase } {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-log-'));
  const path = join(folder, 'millrace.db');
  const data = openDatabase(path, MIGRATIONS, 1);
  undo.push(
    () => rmSync(folder, { recursive: true, force: true }),
    () => data.close(),
  );
  return { path, data };
}

function moved(path: string, data: OpenDatabase, options: LogMoverOptions = {}): ReturnType<typeof startLogMover> {
  const mover = startLogMover(path, data.log, { sendAt: SEND_AT, finishAt: 20, ...options });
  undo.push(() => mover.stop());
  return mover;
}

/** A few pages a commit, none of them twice. */
function write(data: OpenDatabase, n: number): void {
  const mark = `${n}-${'x'.repeat(20_000)}`;
  data.transact(() => void data.db.run(sql`INSERT INTO tombstones (mark, erased_at_ms) VALUES (${mark}, ${n})`));
}
const count = (data: OpenDatabase): number => data.db.get<{ n: number }>(sql`SELECT count(*) AS n FROM tombstones`)!.n;
const moveAt = (data: OpenDatabase): number => data.db.get<{ wal_autocheckpoint: number }>(sql`PRAGMA wal_autocheckpoint`)!.wal_autocheckpoint;
const logPages = (data: OpenDatabase): number => data.db.get<{ log: number }>(sql`PRAGMA wal_checkpoint(NOOP)`)!.log;

async function until(holds: () => boolean, each: () => void = () => undefined): Promise<void> {
  const end = performance.now() + 10_000;
  while (!holds()) {
    if (performance.now() > end) throw new Error('did not come to hold');
    each();
    await turn();
  }
}

describe('the log mover', () => {
  it('keeps the log short while commits go on, and loses none of them', async () => {
    const { path, data } = opened();
    const mover = moved(path, data);
    let [written, before, startedOver] = [0, 0, 0];
    await until(
      () => startedOver === 5,
      () => {
        write(data, (written += 1));
        const pages = logPages(data);
        if (pages < before) startedOver += 1;
        before = pages;
      },
    );
    expect([moveAt(data), count(data)]).toEqual([0, written]);
    await mover.stop();
    data.close();
    const again = openDatabase(path, MIGRATIONS, 1);
    expect(count(again)).toBe(written);
    again.close();
  });

  it('leaves a short log alone', async () => {
    const { path, data } = opened();
    moved(path, data, { sendAt: 1_000_000 });
    await until(
      () => data.log.behind() > 200,
      () => write(data, Math.trunc(performance.now() * 1_000)),
    );
    for (let turns = 0; turns < 50; turns += 1) await turn();
    expect(data.log.behind()).toBeGreaterThan(200);
  });

  it('does not keep scrubbing from emptying the log, whatever it is doing', async () => {
    const { path, data } = opened();
    moved(path, data);
    let written = 0;
    for (let cycle = 0; cycle < 8; cycle += 1) {
      for (let each = 0; each < 30; each += 1) write(data, (written += 1));
      await turn();
      data.scrub();
      expect(statSync(`${path}-wal`).size).toBe(0);
    }
    expect(count(data)).toBe(written);
  });

  it('never starts the log over under somebody who replicates it, and does so once they have taken what they need', async () => {
    const { path, data } = opened();
    moved(path, data);
    write(data, 0);
    // A replicator holds a read open so that no page of the log is overwritten before it was copied; then it moves the log itself.
    const replicator = new BetterSqlite3(path);
    const hold = (): void => {
      replicator.exec('BEGIN');
      replicator.prepare('SELECT count(*) FROM tombstones').get();
    };
    // Changes whenever the log begins anew.
    const salt = (): string => readFileSync(`${path}-wal`).toString('hex', 16, 24);
    let written = 1;
    for (let round = 0; round < 3; round += 1) {
      hold();
      const before = salt();
      await until(
        () => data.log.behind() > SEND_AT * 3,
        () => write(data, (written += 1)),
      );
      for (let each = 0; each < 40; each += 1) {
        write(data, (written += 1));
        await turn();
      }
      expect(salt()).toBe(before);
      replicator.exec('COMMIT');
      await until(
        () => data.log.behind() === 0,
        () => void replicator.pragma('wal_checkpoint(PASSIVE)'),
      );
      write(data, (written += 1));
      expect(salt()).not.toBe(before);
    }
    replicator.close();
    expect(count(data)).toBe(written);
  });

  it('gives the log back when it stops', async () => {
    const { path, data } = opened();
    const mover = moved(path, data);
    expect(moveAt(data)).toBe(0);
    await mover.stop();
    expect(moveAt(data)).toBe(4_000);
    const before = data.log.behind();
    for (let n = 0; n < 40; n += 1) write(data, n);
    await turn();
    expect(data.log.behind()).toBeGreaterThan(before + SEND_AT);
    await mover.stop();
  });

  it('gives the log back when its thread fails, and says so', async () => {
    const { path, data } = opened();
    const failures: string[] = [];
    const mover = moved(`${path}.nowhere`, data, { onFailure: (error) => failures.push(error) });
    await until(() => failures.length > 0);
    expect([failures, moveAt(data)]).toEqual([['SqliteError'], 4_000]);
    write(data, 1);
    await mover.stop();
  });
});
