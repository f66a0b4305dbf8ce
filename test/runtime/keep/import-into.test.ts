/** From one instance to many cells: which row goes where, whatever is lost on the way, who is refused, and that the parts then go on where the whole stood. */
import { sql } from 'drizzle-orm';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cellOf } from '../../../src/domain/ids.ts';
import { createImporter, type Importer } from '../../../src/runtime/cells/importer.ts';
import { createFront } from '../../../src/runtime/cells/front.ts';
import { cellOfMark, DESK_CELL, readGenerations } from '../../../src/runtime/cells/generations.ts';
import { goesTo, MOVED_PARTS, placeOfTable, type MovedPart } from '../../../src/runtime/cells/moved-rows.ts';
import { exportInstance } from '../../../src/runtime/node/keep/export.ts';
import { importInto } from '../../../src/runtime/node/keep/import-into.ts';
import { nodeClock, nodeRandom } from '../../../src/runtime/node/host.ts';
import { openDatabase, readMigrations } from '../../../src/runtime/node/sqlite.ts';
import { createVault } from '../../../src/runtime/vault.ts';
import { holdIndexRoot } from '../../../src/runtime/index-root.ts';
import { rebuildLearnt } from '../../../src/flow/learn-from-feed.ts';
import { learntToJson } from '../../../src/flow/learnt.ts';
import { TRANSFER_TABLES } from '../../../src/store/transfer/tables.ts';
import { idNumber } from '../../../bench/application.ts';
import { makeCells } from '../../cells/world.ts';
import { folder, livedInstance, photosOf, removeFolders, tablesIn, tablesOf, type LivedInstance } from './instance.ts';

const MIGRATIONS = readMigrations(new URL('../../../migrations/', import.meta.url).pathname);
const SECRET = 'once-and-no-more-0123456789abcdef';
let lived: LivedInstance;
let source: string;

beforeAll(async () => {
  lived = await livedInstance(60);
  source = join(folder(), 'export');
  await exportInstance({ dataDir: lived.dataDir, target: source, nowMs: lived.world.clock.nowMs() });
});
afterAll(async () => {
  await lived.world.close();
  removeFolders();
});

interface Target {
  readonly databases: ReadonlyMap<number, ReturnType<typeof openDatabase>>;
  readonly objects: Map<string, Uint8Array>;
  readonly parts: Readonly<Record<MovedPart, Importer>>;
  readonly started: string[];
  readonly front: (request: Request) => Promise<Response>;
}

/** Desk and first cell of a service that waits, without what they serve. */
function target({ secret = SECRET as string | null, cells = '1,4', key = 7 } = {}): Target {
  const vault = createVault({ masterKeys: [{ version: 1, key: new Uint8Array(32).fill(key) }], current: 1 }, (count) => nodeRandom().bytes(count));
  const generations = readGenerations(cells)!;
  const objects = new Map<string, Uint8Array>();
  const started: string[] = [];
  const databases = new Map([0, DESK_CELL].map((cell) => [cell, openDatabase(':memory:', MIGRATIONS, 0)]));
  const parts = Object.fromEntries(
    MOVED_PARTS.map((part) => {
      const { db, transact } = databases.get(part === 'desk' ? DESK_CELL : 0)!;
      holdIndexRoot(db, transact, vault);
      const importer = createImporter({
        part,
        open: secret !== null,
        generations,
        migrations: MIGRATIONS.map(({ name }) => name),
        db,
        transact,
        vault,
        objects: {
          put: async (id, bytes) => void objects.set(id, bytes),
          get: async (id) => objects.get(id) ?? null,
          delete: async (id) => void objects.delete(id),
        },
        clock: nodeClock,
        onEnd: async () => void started.push(part),
      });
      return [part, importer];
    }),
  ) as unknown as Target['parts'];
  const front = createFront({
    generations,
    desk: (request) => parts.desk.answer(request),
    cellAt: () => (request) => parts.cell.answer(request),
    vault,
    random: nodeRandom(),
    clock: nodeClock,
    pages: { read: async () => null },
    importSecret: secret,
  });
  return { databases, objects, parts, started, front };
}

const into = (at: Target, { secret = SECRET, from = source, send = at.front }: { secret?: string; from?: string; send?: Target['front'] } = {}) =>
  importInto({
    source: from,
    url: 'http://millrace.test',
    secret,
    fetch: ((...args) => send(new Request(...args))) as typeof fetch,
    sleep: async () => undefined,
  });

/** What a part should have, of the exported instance itself and not by way of the export. */
function expected(part: MovedPart) {
  return tablesIn(lived.world.db, (table, row) => {
    const which = goesTo(part, table);
    return which === 'all' || (which !== 'none' && which(row));
  });
}
const ADDED = new Set(['consumers', 'cap_loans', 'instance_facts']);
function differences(at: Target, part: MovedPart): string[] {
  const [here, there] = [expected(part), tablesIn(at.databases.get(part === 'desk' ? DESK_CELL : 0)!.db)];
  return Object.keys(here).filter((name) => !ADDED.has(name) && JSON.stringify(here[name]) !== JSON.stringify(there[name]));
}

it('every table is somebody’s, and every row is in one part at least', () => {
  expect(TRANSFER_TABLES.map(({ name }) => name).filter((name) => placeOfTable(name) === 'neither')).toEqual(['instance_facts']);
  expect(() => placeOfTable('something_new')).toThrow('was never decided');
  const [all, desk, cell] = [tablesOf(lived.dataDir), expected('desk'), expected('cell')];
  for (const name of Object.keys(all))
    if (name !== 'instance_facts') expect(desk[name]!.rows + cell[name]!.rows, name).toBeGreaterThanOrEqual(all[name]!.rows);
});

it('all of it goes over, row for row, and only then anything starts', async () => {
  const at = target();
  expect(MOVED_PARTS.map((part) => at.parts[part].waits())).toEqual([true, true]);
  const done = await into(at);
  expect([done.resumed, done.audit, at.started]).toEqual([false, 'sound', ['desk', 'cell']]);
  expect(MOVED_PARTS.map((part) => [part, ...differences(at, part)])).toEqual([['desk'], ['cell']]);
  expect([...at.objects.keys()].toSorted()).toEqual(
    Object.keys(photosOf(lived.dataDir))
      .map((name) => name.slice(name.lastIndexOf('/') + 1))
      .toSorted(),
  );
  expect(MOVED_PARTS.map((part) => at.parts[part].waits())).toEqual([false, false]);
  // Again is no harm: it says what is there.
  expect(await into(at)).toMatchObject({ resumed: true, rows: done.rows });
  const other = join(folder(), 'other');
  await exportInstance({ dataDir: lived.dataDir, target: other, nowMs: 1 });
  await expect(into(at, { from: other })).rejects.toThrow('the desk is not empty');
});

it('whatever is lost, repeated or cut off on the way, what arrives is the same', async () => {
  const at = target();
  let n = 0;
  const dies = new Set([3, 12, 30, 70]);
  // Every third reply is lost, every fifth request comes twice, and from time to time the command dies.
  const bad = async (request: Request): Promise<Response> => {
    n += 1;
    if (dies.has(n)) return new Response(null, { status: 404 });
    const twice = n % 5 === 0 ? request.clone() : null;
    const reply = await at.front(request);
    if (twice !== null) await at.front(twice);
    return n % 3 === 0 ? new Response('gateway', { status: 502 }) : reply;
  };
  for (const _ of dies) {
    await expect(into(at, { send: bad })).rejects.toThrow('no MILLRACE_IMPORT_SECRET');
    expect([MOVED_PARTS.some((part) => at.parts[part].waits()), at.started]).toEqual([true, []]);
  }
  expect((await into(at, { send: bad })).resumed).toBe(true);
  expect(MOVED_PARTS.map((part) => [part, ...differences(at, part)])).toEqual([['desk'], ['cell']]);
});

describe('refused', () => {
  it('is who does not know the secret, and without one there is nothing there', async () => {
    const at = target();
    await expect(into(at, { secret: `${SECRET.slice(0, -1)}x` })).rejects.toThrow('the secret is not the one');
    const none = target({ secret: null });
    await expect(into(none)).rejects.toThrow('no MILLRACE_IMPORT_SECRET');
    expect(none.parts.desk.waits()).toBe(false);
    for (const path of ['/internal/import/desk/begin', '/internal/import/other/begin', '/internal/quota', '/internal/traffic']) {
      const reply = await at.front(
        new Request(`http://millrace.test${path}`, { method: 'POST', body: '{}', headers: { authorization: 'Bearer x' } }),
      );
      expect([path, reply.status]).toEqual([path, path.includes('desk') ? 401 : 404]);
    }
  });

  it('is any step that there is not, whoever asks', async () => {
    const at = target();
    const headers = { authorization: `Bearer ${SECRET}` };
    for (const step of ['constructor', '__proto__', 'rows/x', ''])
      expect((await at.front(new Request(`http://millrace.test/internal/import/desk/${step}`, { method: 'POST', body: '{}', headers }))).status).toBe(
        404,
      );
    expect((await at.front(new Request('http://millrace.test/internal/import/desk/finish', { headers }))).status).toBe(404);
    const early = await at.front(new Request('http://millrace.test/internal/import/desk/finish', { method: 'POST', headers }));
    expect([early.status, at.started]).toEqual([409, []]);
  });

  it.each([
    ['other master keys', { key: 8 }, /master keys configured here are not those/],
    ['another first generation', { cells: '4,16' }, /MILLRACE_CELLS=1,….*MILLRACE_CELLS=4,16/],
  ])('are %s', async (_, options, message) => {
    const at = target(options);
    await expect(into(at)).rejects.toThrow(message);
    expect(at.started).toEqual([]);
  });

  it('is a part that has anything of its own', async () => {
    const at = target();
    at.databases.get(0)!.db.run(sql`INSERT INTO tombstones VALUES ('x', 1)`);
    expect(at.parts.cell.waits()).toBe(false);
    await expect(into(at)).rejects.toThrow('the cell is not empty');
  });

  it('is what does not come back as it was sent, by the table’s name', async () => {
    const at = target();
    at.databases.get(0)!.db.run(sql`CREATE TRIGGER spoil AFTER INSERT ON loans BEGIN UPDATE loans SET overdue_days = 9 WHERE id = NEW.id; END`);
    await expect(into(at)).rejects.toThrow('cell: loans is not what was sent');
    expect([at.started, at.parts.cell.waits()]).toEqual([[], true]);
  });
});

it('the parts go on where the whole stood: nothing is counted, shipped or lent twice, and everybody is known', async () => {
  const at = target();
  await into(at);
  const { world } = lived;
  const world2 = await makeCells({ cells: '1,4', databases: at.databases, startMs: world.clock.nowMs() });
  const see = (where: Pick<typeof world, 'call'>, path: string, key: string) => where.call('GET', path, { key });
  for (const id of lived.erasable.slice(0, 20)) {
    const [here, there] = [
      await see(world, `/v1/applications/${id}`, world.keys.secret),
      await see(world2, `/v1/applications/${id}`, world2.keys.secret),
    ];
    expect([there.status, there.json]).toEqual([200, here.json]);
  }
  const desk = await world2.service(DESK_CELL);
  const cell = await world2.service(0);
  const lastSeq = cell.deps.store.feed.lastSeq();
  await world2.settle(20_000);
  await world.settle(20_000);
  // The desk's feed is the cell's, and grows by what is new alone.
  const grown = cell.deps.store.feed.eventsSince(lastSeq, 1_000).filter(({ type }) => !type.startsWith('desk.'));
  expect(desk.deps.store.feed.consumer('cell/0')!.cursor).toBe(cell.deps.store.feed.lastSeq());
  expect(desk.deps.store.feed.eventsSince(lastSeq, 1_000).length).toBeGreaterThanOrEqual(grown.length);
  const { learner, store } = desk.deps;
  expect(learntToJson(learner.now)).toBe(learntToJson(rebuildLearnt(store, learner.now.cursor)));
  const day = (days: number): string => new Date(world.clock.nowMs() + days * 86_400_000).toISOString();
  const span = `from=${day(-2)}&to=${day(1)}`;
  const funnel = (where: Pick<typeof world, 'call'>, key: string) => see(where, `/v1/desk/funnel?${span}`, key);
  const [before, after] = [await funnel(world, world.keys.operator), await funnel(world2, world2.keys.operator)];
  expect([before.status, after.status]).toEqual([200, 200]);
  expect(after.json).toEqual(before.json);

  // What the cell holds of a cap window is what the desk has lent it.
  for (const lease of at.databases.get(0)!.db.all<{ key: string; leased: number }>(sql`SELECT key, leased FROM cap_leases`)) {
    const lent = desk.deps.store.desk.lent(lease.key);
    expect(lent).toBeGreaterThanOrEqual(lease.leased);
    const heard = desk.deps.store.cells.loan(0, lease.key);
    expect(heard?.lent).toBeLessThanOrEqual(lent);
  }
  const quotas = (): Map<string, number> =>
    new Map(
      at.databases
        .get(DESK_CELL)!
        .db.all<{ key: string; leased: number }>(sql`SELECT key, leased FROM cap_quotas`)
        .map(({ key, leased }) => [key, leased]),
    );
  const lentBefore = quotas();
  expect(lentBefore.size).toBeGreaterThan(0);
  await world2.settle(120_000);
  // What lay idle was given back, and no statement of the cell was heard as a new loan.
  for (const [key, leased] of quotas()) expect(leased, key).toBeLessThanOrEqual(lentBefore.get(key) ?? Infinity);

  // Known people stay, new ones go everywhere; an ID number used there is known elsewhere, and so is one of somebody erased.
  const homes: Record<number, string> = {};
  for (let n = 0; n < 12; n += 1) {
    const phone = `1370000${String(1_000 + n)}`;
    homes[cellOf((await world2.apply({ phone, id_number: idNumber(900_000 + n) })).json['id'])!] = phone;
  }
  expect(Object.keys(homes).length).toBeGreaterThan(2);
  const elsewhere = Array.from({ length: 40 }, (_, n) => `1370001${String(1_000 + n)}`).filter(
    (phone) => cellOfMark(world2.vault.blindIndex('phone', phone), 4) !== 0,
  );
  for (const [place, n] of [5, 1].entries()) {
    const again = await world2.apply({ phone: elsewhere[place]!, id_number: idNumber(n * 1_000) });
    expect([cellOf(again.json['id']) !== 0, again.json['status']], `person ${n}`).toEqual([true, 'refused']);
  }
  const known = await world2.apply({ phone: '13910000007', id_number: idNumber(7_000) });
  expect([cellOf(known.json['id']), known.json['status']]).toEqual([0, 'refused']);
  await world2.close();
});
