/** What-if and verdicts at the desk of many cells: the same figures as of one store with the same applications in it; and none at all with a cell missing. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readTraffic, trafficHere } from '../../src/flow/desk/read-traffic.ts';
import { replayTraffic } from '../../src/flow/desk/replay-traffic.ts';
import { showVerdict } from '../../src/flow/desk/show-verdict.ts';
import { basisOf } from '../../src/flow/desk/simulate-policy.ts';
import { trafficOfCells } from '../../src/flow/cells/traffic-of-cells.ts';
import { createOpenKeys } from '../../src/flow/open-keys.ts';
import { DESK_CELL } from '../../src/runtime/cells/generations.ts';
import { fromWire, toWire } from '../../src/runtime/cells/wire.ts';
import { openDatabase, readMigrations } from '../../src/runtime/node/sqlite.ts';
import { createStore, type Store } from '../../src/store/index.ts';
import { readRows } from '../../src/store/transfer/read-rows.ts';
import { TRANSFER_TABLES } from '../../src/store/transfer/tables.ts';
import { rowWriter } from '../../src/store/transfer/write-rows.ts';
import { Policy } from '../../src/domain/policy.ts';
import type { Reply } from '../world.ts';
import { idNumberOf, makeCells, phoneOf, type Cells } from './world.ts';

const OF_CELLS = new Set(['borrowers', 'applications', 'attempts', 'consents', 'plans', 'offers', 'loans']);
const ALL = { id: 'all', name: 'Everybody', rule: true, order: 1_000, champion: 'pol_default' };
let world: Cells;
let ids: string[];

beforeAll(async () => {
  world = await makeCells();
  const bare = { ...(await policy()), id: 'pol_bare', max_attempts: 1 };
  const split = { ...ALL, challenger: { policy: 'pol_bare', share: 0.5 } };
  const experiment: readonly (readonly [string, { readonly id: string }])[] = [
    ['policy', bare],
    ['segment', split],
  ];
  for (const [kind, body] of experiment) expect((await change(kind, body)).status).toBe(200);
  ids = [];
  for (let n = 0; n < 40; n += 1) {
    const made = await world.apply({ phone: phoneOf(n), id_number: idNumberOf(n) });
    ids.push(made.json['id']);
    await world.settle(500);
  }
  await world.settle(60_000);
  for (const id of ids.slice(0, 6)) await world.call('POST', '/v1/erasures', { key: world.keys.secret, json: { application_id: id } });
});
afterAll(() => world.close());

async function policy(): Promise<object> {
  return (await world.call('GET', '/v1/desk/records/policy/pol_default', { key: world.keys.operator })).json['body'] as unknown as object;
}
async function change(kind: string, body: { readonly id: string }): Promise<Reply> {
  const json = { kind, id: body.id, note: 'try', body };
  const proposed = await world.call('POST', '/v1/desk/changes', { key: world.keys.operator, json });
  return world.call('POST', `/v1/desk/changes/${proposed.json['id']}/approve`, { key: world.keys.approver, json: { hash: proposed.json['hash'] } });
}

/** The rows of all cells, and the records of the desk, in one store. */
function allInOne(): Store {
  const one = openDatabase(':memory:', readMigrations(new URL('../../migrations/', import.meta.url).pathname), 0);
  for (const table of TRANSFER_TABLES) {
    for (const [cell, { db }] of world.databases) {
      if (cell === DESK_CELL ? table.name !== 'desk_records' : !OF_CELLS.has(table.name)) continue;
      const write = rowWriter(one.db, table);
      for (const rows of readRows(db, table)) one.transact(() => write(rows));
    }
  }
  return createStore(one.db);
}

const WISH = { fromMs: null, toMs: null, channelId: null, sample: 10_000, replicates: 30, seed: 3 };
async function simulate(json: object): Promise<Reply> {
  const started = await world.call('POST', '/v1/desk/policies/pol_default/simulate', { key: world.keys.operator, json });
  if (started.status !== 202) return started;
  await world.settle(20_000);
  return world.call('GET', `/v1/desk/simulations/${started.json['id']}`, { key: world.keys.operator });
}

it('both come to what one store with the same applications comes to', async () => {
  const one = allInOne();
  expect(new Set(ids.map((id) => id.slice(13, 16))).size).toBe(4);
  const { deps } = await world.service(DESK_CELL);
  const snapshot = deps.desk.snapshot();
  const candidate = Policy.parse({ ...(await policy()), max_attempts: 2 });
  const job = { wish: WISH, candidate, ...basisOf(snapshot, candidate), funders: [...snapshot.funders.values()] };
  const host = {
    store: one,
    traffic: trafficHere(one, 7),
    keys: createOpenKeys(world.vault),
    onProgress: () => undefined,
    pause: async () => undefined,
  };
  const expected = await replayTraffic(host, job);
  const there = await simulate({ policy: candidate, replicates: WISH.replicates, seed: WISH.seed });
  expect(there.json).toMatchObject({ status: 'done', reason: null });
  const result = there.json['result'] as unknown as typeof expected;
  expect(result).toEqual(JSON.parse(JSON.stringify(expected)));
  expect([result.applications > 10, result.unusable.erased > 0]).toEqual([true, true]);

  const verdict = await world.call('GET', '/v1/desk/segments/all/verdict', { key: world.keys.operator });
  expect(verdict.json).toEqual(await showVerdict({ ...deps, store: one, cells: null }, 'all', null));
  const arms = verdict.json as unknown as Record<'champion' | 'challenger', { readonly applications: number; readonly immature: number }>;
  const told = [arms.champion, arms.challenger].map(({ applications, immature }) => applications + immature);
  expect([told[0]! + told[1]!, Math.min(...told) > 5, arms.champion.applications > 5]).toEqual([40, true, true]);
});

it('pages of all cells come in the order of the ids, each application once, however small the pages are', async () => {
  const filter = { fromMs: null, toMs: null, channelId: null, policyId: null };
  const stores = await Promise.all([0, 1, 2, 3].map(async (cell) => (await world.service(cell)).deps.store));
  const traffic = trafficOfCells(
    {
      count: 4,
      trafficCount: async (cell) => stores[cell]!.traffic.count(filter),
      // Over the wire, and no more than three at a time.
      trafficPage: async (cell, { below, after }) =>
        fromWire(toWire(readTraffic(stores[cell]!, filter, below, after, 3))) as ReturnType<typeof readTraffic>,
      armCounts: async () => [],
    },
    world.clock,
  );
  const seen: string[] = [];
  let looked = 0;
  for await (const page of traffic.pages(filter, 2 ** 32)) {
    seen.push(...page.cases.map(({ id }) => id));
    looked += page.looked;
    expect(page.cases.length).toBeLessThanOrEqual(12);
  }
  expect([await traffic.count(filter), looked, seen]).toEqual([seen.length, seen.length, seen.toSorted()]);
  expect(new Set(seen).size).toBe(seen.length);
  const half: string[] = [];
  for await (const page of traffic.pages(filter, 2 ** 31)) half.push(...page.cases.map(({ id }) => id));
  expect([half.length > 5, half.length < seen.length - 5, half.every((id) => seen.includes(id))]).toEqual([true, true, true]);
});

it('with a cell that does not answer there is no result, and the reason says so', async () => {
  world.cut.add(2);
  const failed = await simulate({ replicates: 20 });
  expect(failed.json).toMatchObject({ status: 'failed', reason: 'cell_unreachable', result: null });
  expect((await world.call('GET', '/v1/desk/segments/all/verdict', { key: world.keys.operator })).status).toBe(503);
  // It was away for a moment only.
  const started = world.call('POST', '/v1/desk/policies/pol_default/simulate', { key: world.keys.operator, json: { replicates: 20 } });
  await world.settle(1_200);
  world.cut.delete(2);
  await world.settle(10_000);
  const id = (await started).json['id'];
  expect((await world.call('GET', `/v1/desk/simulations/${id}`, { key: world.keys.operator })).json['status']).toBe('done');
  const large = await simulate({ sample: 10_001 });
  expect([large.status, (large.json['errors'] as unknown as { pointer: string }[])[0]!.pointer]).toEqual([422, '/sample']);
});
