/** Backup and restore of an instance that is being written to: whole, as of one moment, refused by name when damaged, and forgetful where it must be. */
import BetterSqlite3 from 'better-sqlite3';
import { sql } from 'drizzle-orm';
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openDataDir } from '../../../src/runtime/node/data-dir.ts';
import { fileObjects } from '../../../src/runtime/node/host.ts';
import { backUp, type BackupDone } from '../../../src/runtime/node/keep/backup.ts';
import { erasuresSince } from '../../../src/runtime/node/keep/replay-erasures.ts';
import { restore } from '../../../src/runtime/node/keep/restore.ts';
import { openSnapshot } from '../../../src/runtime/node/keep/snapshot.ts';
import { createStore } from '../../../src/store/index.ts';
import { applied, configFor, folder, livedInstance, photosOf, removeFolders, tablesOf, type LivedInstance } from './instance.ts';

let lived: LivedInstance;
let home: string;
let made: BackupDone;
const backup = (): string => join(home, 'backup');

beforeAll(async () => {
  lived = await livedInstance(12);
  home = folder();
  made = await backUp({ dataDir: lived.dataDir, target: backup(), nowMs: lived.world.clock.nowMs() });
});
afterAll(async () => {
  await lived.world.close();
  removeFolders();
});

const into = (dataDir: string, source = backup(), erasures: string | null = null) =>
  restore({ config: configFor(dataDir), source, erasures, nowMs: lived.world.clock.nowMs() });

describe('a backup', () => {
  it('has rows in every table, every photo, and no key', () => {
    expect(Object.entries(made.manifest.rows).filter(([, rows]) => rows === 0)).toEqual([]);
    expect([made.count, made.lost, made.goneMeanwhile]).toEqual([Object.keys(photosOf(lived.dataDir)).length, [], 0]);
    expect(readdirSync(backup()).toSorted()).toEqual(['SHA256SUMS', 'manifest.json', 'millrace.db', 'objects']);
  });

  it('is restored row for row and photo for photo, and opens with its keys', async () => {
    const dataDir = join(folder(), 'restored');
    const done = await into(dataDir);
    expect([done.audit, done.replayed.borrowers, done.manifestsDir]).toEqual(['sound', 0, null]);
    expect(tablesOf(dataDir)).toEqual(tablesOf(lived.dataDir));
    expect(photosOf(dataDir)).toEqual(photosOf(lived.dataDir));
    expect(
      readdirSync(dataDir)
        .filter((name) => !/-(?:wal|shm)$/.test(name))
        .toSorted(),
    ).toEqual(['millrace.db', 'objects']);
    const { vault, data } = openDataDir(configFor(dataDir), 0);
    const [row] = data.db.all<{ id: string; wrapped: Uint8Array }>(
      sql`SELECT id, data_key AS wrapped FROM borrowers WHERE data_key IS NOT NULL LIMIT 1`,
    );
    expect(vault.openDataKey(`borrowers/${row!.id}/data_key`, row!.wrapped)).toBeDefined();
    data.close();
  });

  it('brings the manifests along that the instance cannot start without', async () => {
    const manifestsDir = folder();
    writeFileSync(join(manifestsDir, 'heron 1.json'), '{"kind":"protocol"}');
    const source = join(folder(), 'with-manifests');
    await backUp({ dataDir: lived.dataDir, target: source, nowMs: 0, manifestsDir });
    const dataDir = join(folder(), 'restored');
    const done = await into(dataDir, source);
    expect(readFileSync(join(done.manifestsDir!, 'heron 1.json'), 'utf8')).toBe('{"kind":"protocol"}');
  });

  it('does not overwrite, and leaves nothing when it fails', async () => {
    await expect(backUp({ dataDir: lived.dataDir, target: backup(), nowMs: 0 })).rejects.toThrow('is there already');
    const target = join(folder(), 'of-nothing');
    await expect(backUp({ dataDir: folder(), target, nowMs: 0 })).rejects.toThrow('there is no millrace.db');
    expect([existsSync(target), existsSync(`${target}.part`)]).toEqual([false, false]);
  });
});

describe('while the server writes', () => {
  it('a backup is as of one moment, however much is written between its steps, and comes to an end', async () => {
    const dataDir = folder();
    const data = openDataDir(configFor(dataDir), 0).data;
    // The pair is one transaction: a copy that has one without the other is of no moment at all.
    const add = (n: number): void => {
      data.db.run(sql`INSERT INTO tombstones (mark, erased_at_ms) VALUES (${`${n}/${'x'.repeat(3_000)}`}, ${n})`);
      data.db.run(sql`INSERT INTO alarms (subject, kind, detail, since_ms, seen_at_ms) VALUES (${`s${n}`}, 'stuck', '', ${n}, ${n})`);
    };
    let n = 0;
    data.transact(() => {
      while (n < 6_000) add((n += 1));
    });
    const target = join(folder(), 'busy');
    let steps = 0;
    await backUp({
      dataDir,
      target,
      nowMs: 0,
      onStep() {
        steps += 1;
        // A commit with a move of the log: pages are overwritten that the copy has and has not had.
        for (let more = 0; more < 5; more += 1) data.transact(() => add((n += 1)));
        data.log.move();
      },
    });
    data.close();
    const copy = new BetterSqlite3(join(target, 'millrace.db'), { readonly: true });
    const [tombstones, alarms] = ['tombstones', 'alarms'].map((name) => copy.prepare(`SELECT count(*) FROM ${name}`).pluck().get());
    copy.close();
    expect(steps).toBeGreaterThan(2);
    expect([tombstones, alarms]).toEqual([6_000, 6_000]);
    expect(n).toBeGreaterThan(6_000);
  });

  it('a photo erased after the database was copied is missing rightly, one that vanished is reported', async () => {
    const { world, dataDir, erasable } = await livedInstance(3);
    const photos = world.db.all<{ id: string; applicationId: string | null }>(
      sql`SELECT id, application_id AS "applicationId" FROM documents WHERE data_key IS NOT NULL AND ok = 1`,
    );
    const unclaimed = photos.find(({ applicationId }) => applicationId === null)!.id;
    await fileObjects(join(dataDir, 'objects')).delete(unclaimed);
    const target = join(folder(), 'erased-meanwhile');
    const claimed = photos.filter(({ applicationId }) => applicationId === erasable[0]).map(({ id }) => id);
    const done = await backUp({
      dataDir,
      target,
      nowMs: 0,
      // What an erasure leaves: the keys go with its commit, then the photos.
      onStep() {
        for (const id of claimed) {
          world.db.run(sql`UPDATE documents SET data_key = NULL WHERE id = ${id}`);
          rmSync(join(dataDir, 'objects', id.slice(-2), id), { force: true });
        }
      },
    });
    expect([done.lost, done.goneMeanwhile, done.count]).toEqual([[unclaimed], 2, 0]);
    await into(join(folder(), 'restored'), target);
    await world.close();
  });
});

describe('a restore refuses', () => {
  let copy: string;
  let target: string;
  afterEach(() => {
    expect([existsSync(target), existsSync(join(target, 'millrace.db'))]).toEqual([false, false]);
  });
  const fresh = async (): Promise<void> => {
    copy = join(folder(), 'copy');
    target = join(folder(), 'target');
    await backUp({ dataDir: lived.dataDir, target: copy, nowMs: 0 });
  };
  const flip = (path: string): void => {
    const bytes = readFileSync(path);
    bytes[bytes.length >> 1]! ^= 1;
    writeFileSync(path, bytes);
  };
  const photo = (): string => Object.keys(photosOf(copy))[0]!;

  it.each<[string, () => void, RegExp]>([
    ['a flipped bit of the database', () => flip(join(copy, 'millrace.db')), /^millrace\.db is damaged/],
    ['a database cut short', () => truncateSync(join(copy, 'millrace.db'), 8_192), /^millrace\.db is damaged/],
    ['no database', () => rmSync(join(copy, 'millrace.db')), /^millrace\.db is damaged or missing/],
    ['a flipped bit of a photo', () => flip(join(copy, 'objects', photo())), /^objects\/.*doc_.* is damaged/],
    ['a photo that is gone', () => rmSync(join(copy, 'objects', photo())), /^objects\/.*doc_.* is damaged or missing/],
    ['a changed manifest', () => flip(join(copy, 'manifest.json')), /^manifest\.json is damaged/],
    ['no manifest', () => rmSync(join(copy, 'manifest.json')), /has no manifest\.json/],
    ['no sums', () => rmSync(join(copy, 'SHA256SUMS')), /^SHA256SUMS is damaged/],
    [
      'a list that was shortened',
      () => writeFileSync(join(copy, 'SHA256SUMS'), readFileSync(join(copy, 'SHA256SUMS'), 'utf8').replace(/.*doc_.*\n/, '')),
      /^SHA256SUMS is damaged/,
    ],
    [
      'a name that leads out of the folder',
      () => appendFileSync(join(copy, 'SHA256SUMS'), `${'0'.repeat(64)}  ../../evil\n`),
      /^SHA256SUMS is damaged/,
    ],
  ])('%s, by name, and leaves nothing', async (_, damage, message) => {
    await fresh();
    damage();
    await expect(into(target, copy)).rejects.toThrow(message);
  });

  it('other keys, none, and another cell, before anything is copied', async () => {
    await fresh();
    const other = Buffer.alloc(32, 9).toString('base64');
    const attempt = (env: Readonly<Record<string, string>>) => restore({ config: configFor(target, env), source: copy, nowMs: 0 });
    await expect(attempt({ MILLRACE_MASTER_KEY: other })).rejects.toThrow('the master keys are not those of this backup');
    await expect(attempt({ MILLRACE_MASTER_KEY: '' })).rejects.toThrow('MILLRACE_MASTER_KEY');
    await expect(attempt({ MILLRACE_CELL: '3' })).rejects.toThrow('is of cell 0');
  });
});

it('a restore refuses a folder that holds anything, and clears away only its own unfinished work', async () => {
  const dataDir = folder();
  writeFileSync(join(dataDir, 'note'), '');
  await expect(into(dataDir)).rejects.toThrow('is not empty');
  expect(readdirSync(dataDir)).toEqual(['note']);
  rmSync(join(dataDir, 'note'));
  mkdirSync(join(dataDir, 'restoring.part'));
  mkdirSync(join(dataDir, 'objects'));
  expect(() => openDataDir(configFor(dataDir), 0)).toThrow('restore into this data directory did not end');
  await into(dataDir);
  expect(tablesOf(dataDir)).toEqual(tablesOf(lived.dataDir));
});

it('a newer master key that is missing is found out though the oldest is right', async () => {
  const dataDir = folder();
  const [one, two] = [configFor(dataDir).masterKeys![0]!, { version: 2, key: Buffer.alloc(32, 3) }];
  const { vault, data } = openDataDir({ dataDir, masterKeys: [one, two] }, 0);
  data.transact(() =>
    createStore(data.db).applications.insertBorrower({
      id: 'bor_1',
      phoneIndex: null,
      dataKey: vault.newDataKey('borrowers/bor_1/data_key').wrapped as Buffer,
      createdAtMs: 0,
      erasedAtMs: null,
    }),
  );
  data.close();
  const source = join(folder(), 'two-keys');
  await backUp({ dataDir, target: source, nowMs: 0 });
  await expect(into(join(folder(), 'restored'), source)).rejects.toThrow('a master key is missing');
});

it('who was erased after the backup is in it, and is erased again by the list', async () => {
  const { world, dataDir, erasable } = await livedInstance(4);
  const source = join(folder(), 'before');
  const beforeMs = world.clock.nowMs();
  await backUp({ dataDir, target: source, nowMs: beforeMs });
  await world.settle(5_000);
  const erased = await world.call('POST', '/v1/erasures', { key: world.keys.secret, json: { application_id: erasable[0] } });
  expect(erased.status).toBe(201);
  const later = await applied(world, 77);
  await world.call('POST', '/v1/erasures', { key: world.keys.secret, json: { application_id: later } });
  const snapshot = openSnapshot(dataDir);
  const list = erasuresSince(snapshot.db, beforeMs);
  const tombstones = snapshot.db.all(sql`SELECT mark, erased_at_ms FROM tombstones ORDER BY mark`);
  snapshot.close();
  expect(list.map((one) => one.application_id)).toEqual([erasable[0], later]);
  const file = join(home, 'erasures');
  writeFileSync(file, list.map((one) => `${JSON.stringify(one)}\n`).join(''));

  const dataKeys = (dir: string): number => {
    const { db, close } = openSnapshot(dir);
    const [row] = db.all<{ n: number }>(sql`SELECT count(data_key) AS n FROM borrowers`);
    close();
    return row!.n;
  };
  const [remembering, forgetful] = [join(folder(), 'restored'), join(folder(), 'restored')];
  await into(remembering, source);
  const done = await into(forgetful, source, file);
  expect(done.replayed).toEqual({ borrowers: 1, nothingToDo: 1 });
  expect(dataKeys(forgetful)).toBe(dataKeys(remembering) - 1);
  expect(Object.keys(photosOf(remembering)).length - Object.keys(photosOf(forgetful)).length).toBe(2);
  const restored = openSnapshot(forgetful);
  const [row] = restored.db.all<{ state: string; body: unknown; at: number }>(
    sql`SELECT a.state AS state, a.body_sealed AS body, b.erased_at_ms AS at FROM applications a JOIN borrowers b ON b.id = a.borrower_id WHERE a.id = ${erasable[0]!}`,
  );
  expect(row).toEqual({ state: 'erased', body: null, at: Date.parse(list[0]!.erased_at) });
  // The marks by which a repeat is recognised are those of the first time; those of whom this copy never knew are not in it.
  const marks = restored.db.all(sql`SELECT mark, erased_at_ms FROM tombstones ORDER BY mark`);
  restored.close();
  expect(tombstones).toEqual(expect.arrayContaining(marks));
  const old = openSnapshot(remembering);
  const [{ wrapped }] = old.db.all<{ wrapped: Buffer }>(
    sql`SELECT data_key AS wrapped FROM borrowers WHERE id = (SELECT borrower_id FROM applications WHERE id = ${erasable[0]!})`,
  ) as [{ wrapped: Buffer }];
  old.close();
  const files = readdirSync(forgetful, { recursive: true, encoding: 'utf8' }).filter((name) => name.startsWith('millrace.db'));
  for (const name of files) expect(readFileSync(join(forgetful, name)).includes(wrapped)).toBe(false);
  expect(readFileSync(join(remembering, 'millrace.db')).includes(wrapped)).toBe(true);
  await expect(into(join(folder(), 'x'), source, join(source, 'manifest.json'))).rejects.toThrow('line 1 of the list of erasures');
  await world.close();
});
