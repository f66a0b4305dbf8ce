/** What the desk decides reaches every cell, what cells tell reaches the desk once, and a desk that is away stops no borrower. */
import { afterEach, expect, it } from 'vitest';
import { takeBatch } from '../../src/flow/cells/take-batch.ts';
import { rebuildLearnt } from '../../src/flow/learn-from-feed.ts';
import { learntToJson } from '../../src/flow/learnt.ts';
import { DESK_CELL } from '../../src/runtime/cells/generations.ts';
import { openDatabase, readMigrations } from '../../src/runtime/node/sqlite.ts';
import type { Reply } from '../world.ts';
import { idNumberOf, makeCells, phoneOf, type Cells } from './world.ts';

let world: Cells;
afterEach(() => world.close());

const summary = (): Promise<Reply> => world.call('GET', '/v1/desk/summary', { key: world.keys.operator });
async function change(kind: string, id: string, edit: (body: Record<string, unknown>) => object): Promise<void> {
  const current = await world.call('GET', `/v1/desk/records/${kind}/${id}`, { key: world.keys.operator });
  const body = edit(current.json['body'] as unknown as Record<string, unknown>);
  const proposed = await world.call('POST', '/v1/desk/changes', { key: world.keys.operator, json: { kind, id, note: 'for a test', body } });
  const done = await world.call('POST', `/v1/desk/changes/${proposed.json['id']}/approve`, {
    key: world.keys.approver,
    json: { hash: proposed.json['hash'] },
  });
  expect(done.status).toBe(200);
}
const tablesOf = (cell: number): unknown => {
  const { db } = world.databases.get(cell)!;
  return ['desk_records', 'api_keys', 'desk_secrets', 'blacklist'].map((table) => db.all(`SELECT * FROM ${table} ORDER BY 1, 2, 3`));
};

it('cells have the desk’s rows, history and sealed secrets included, and its changes at once', async () => {
  world = await makeCells();
  expect((await summary()).status).toBe(200);
  await change('funder', 'fnd_river', (body) => ({ ...body, status: 'paused' }));
  const entries = [{ kind: 'phone', value: phoneOf(1), reason: 'a test' }];
  expect((await world.call('POST', '/v1/desk/blacklist', { key: world.keys.operator, json: { entries } })).status).toBe(201);
  // Whoever comes next finds the cells told, with no time gone by.
  expect((await summary()).status).toBe(200);
  for (const cell of [0, 1, 2, 3]) {
    const { deps } = await world.service(cell);
    expect(deps.desk.snapshot().funders.get('fnd_river')!.status).toBe('paused');
    expect(deps.desk.hasBlacklist()).toBe(true);
    expect(tablesOf(cell)).toEqual(tablesOf(DESK_CELL));
  }
  const refused = await world.apply({ phone: phoneOf(1), id_number: idNumberOf(1) });
  expect(refused.json['status']).toBe('refused');
  expect(
    (await world.call('DELETE', '/v1/desk/blacklist', { key: world.keys.operator, json: entries.map(({ kind, value }) => ({ kind, value }))[0] }))
      .status,
  ).toBe(204);
  await summary();
  expect((await world.service(2)).deps.desk.hasBlacklist()).toBe(false);
  expect(tablesOf(2)).toEqual(tablesOf(DESK_CELL));
});

it('the desk is away: borrowers go on, a cell that never saw it waits, and afterwards all is told once', async () => {
  world = await makeCells();
  await summary();
  world.cut.add(DESK_CELL);
  const made: Reply[] = [];
  for (let n = 0; n < 8; n += 1) {
    const phone = phoneOf(n);
    const begun = await world.call('POST', '/v1/phone-verifications', { key: world.keys.secret, json: { phone } });
    expect(begun.status).toBe(201);
    made.push(await world.apply({ phone, id_number: idNumberOf(n), phone_verification_id: 'pv_sandbox' }));
    await world.settle(3_000);
  }
  expect(made.map(({ status }) => status)).toEqual(made.map(() => 201));
  await world.settle(60_000);
  const ended = await Promise.all(made.map(({ json }) => world.call('GET', `/v1/applications/${json['id']}`, { key: world.keys.secret })));
  // Funders with caps are left out when no quota is at hand; those without are asked.
  expect(ended.filter(({ json }) => ['offered', 'declined'].includes(json['status'])).length).toBe(8);
  const told = await world.call('GET', '/v1/desk/keys', { key: world.keys.operator });
  expect([told.status, told.headers.get('retry-after')]).toEqual([503, '1']);
  world.cut.clear();
  await world.settle(60_000);
  const desk = await world.service(DESK_CELL);
  const own = await Promise.all([0, 1, 2, 3].map(async (cell) => (await world.service(cell)).deps.store.feed.eventsSince(0, 10_000)));
  const shipped = desk.deps.store.feed.eventsSince(0, 10_000).filter(({ applicationId }) => applicationId !== null);
  const key = (event: { applicationId: string | null; applicationSeq: number | null; type: string }): string =>
    `${event.applicationId} ${event.applicationSeq} ${event.type}`;
  expect(shipped.map(key).toSorted()).toEqual(
    own
      .flat()
      .filter(({ applicationId }) => applicationId !== null)
      .map(key)
      .toSorted(),
  );
  expect(shipped.length).toBeGreaterThan(30);
});

it('a desk that says nothing holds one request up for a second, and then none', async () => {
  world = await makeCells({ cells: '1' });
  await summary();
  world.silent.add(DESK_CELL);
  await world.settle(11_000);
  const texts = (): Promise<Reply> => world.call('GET', '/v1/consent-texts', { key: world.keys.secret });
  let answered = false;
  const first = texts().finally(() => (answered = true));
  await world.clock.advance(900);
  expect(answered).toBe(false);
  await world.clock.advance(200);
  expect((await first).status).toBe(200);
  const fromMs = world.clock.nowMs();
  for (let n = 0; n < 5; n += 1) expect((await texts()).status).toBe(200);
  await world.settle(30_000);
  expect((await texts()).status).toBe(200);
  expect(world.clock.nowMs() - fromMs).toBe(30_000);
  world.silent.clear();
  await change('funder', 'fnd_river', (body) => ({ ...body, status: 'paused' }));
  // The look that was under way has to fail first, and two seconds to pass.
  await world.settle(5_000);
  await texts();
  await world.settle(0);
  expect((await world.service(0)).deps.desk.snapshot().funders.get('fnd_river')!.status).toBe('paused');
});

it('without ever having seen the desk a cell says 503, and is well as soon as it has', async () => {
  world = await makeCells({ cells: '1' });
  world.cut.add(DESK_CELL);
  const early = await world.call('GET', '/v1/consent-texts', { key: world.keys.secret });
  expect([early.status, early.headers.get('retry-after')]).toEqual([503, '1']);
  world.cut.clear();
  await world.settle(3_000);
  expect((await world.call('GET', '/v1/consent-texts', { key: world.keys.secret })).status).toBe(200);
});

it('a batch that comes twice, or does not follow, changes nothing', async () => {
  world = await makeCells({ cells: '2' });
  await summary();
  const { deps } = await world.service(DESK_CELL);
  const event = (seq: number) => ({
    seq,
    type: 'application.submitted',
    applicationId: 'app_x',
    applicationSeq: seq,
    channelId: 'h5-demo',
    atMs: 1,
    data: {},
  });
  const before = deps.store.feed.lastSeq();
  const batch = { cell: 9, after: 0, events: [event(1), event(4)] };
  expect(await takeBatch(deps, batch)).toEqual({ taken: true, cursor: 4 });
  expect(await takeBatch(deps, batch)).toEqual({ taken: false, cursor: 4 });
  expect(await takeBatch(deps, { cell: 9, after: 2, events: [event(3)] })).toEqual({ taken: false, cursor: 4 });
  expect(await takeBatch(deps, { cell: 9, after: 4, events: [event(6), event(5)] })).toEqual({ taken: false, cursor: 4 });
  expect(await takeBatch(deps, { cell: 9, after: 4, events: [event(5)] })).toEqual({ taken: true, cursor: 5 });
  // Another cell has a place of its own.
  expect(await takeBatch(deps, { cell: 8, after: 0, events: [event(1)] })).toEqual({ taken: true, cursor: 1 });
  expect(deps.store.feed.lastSeq() - before).toBe(4);
});

it('the desk learns from every cell’s decisions, and what it learnt is what the cells plan with', async () => {
  world = await makeCells();
  for (let n = 0; n < 12; n += 1) await world.apply({ phone: phoneOf(n), id_number: idNumberOf(n) });
  await world.settle(60_000);
  await summary();
  await world.settle(11_000);
  await summary();
  await world.settle(100);
  const desk = await world.service(DESK_CELL);
  const learnt = desk.deps.learner.now;
  expect(learnt.model.version).toBeGreaterThan(5);
  expect(learntToJson(learnt)).toBe(learntToJson(rebuildLearnt(desk.deps.store, learnt.cursor)));
  for (const cell of [0, 1, 2, 3]) {
    const { deps } = await world.service(cell);
    expect(learntToJson(deps.learner.now)).toBe(learntToJson(learnt));
    // Also for its next life.
    await world.kill(cell);
    expect(learntToJson((await world.service(cell)).deps.learner.now)).toBe(learntToJson(learnt));
  }
});

it('a desk put back from a backup is copied anew', async () => {
  world = await makeCells({ cells: '2' });
  await summary();
  await change('funder', 'fnd_river', (body) => ({ ...body, status: 'paused' }));
  await change('funder', 'fnd_river', (body) => ({ ...body, status: 'live' }));
  await summary();
  await world.kill(DESK_CELL);
  world.databases.get(DESK_CELL)!.close();
  world.databases.set(DESK_CELL, openDatabase(':memory:', readMigrations(new URL('../../migrations/', import.meta.url).pathname), 0));
  await world.settle(3_000);
  await summary();
  await world.settle(3_000);
  await summary();
  for (const cell of [0, 1]) expect(tablesOf(cell)).toEqual(tablesOf(DESK_CELL));
});

it('a receiver that one cell gives up is out of use in all, and in use again in all', async () => {
  world = await makeCells({ cells: '2' });
  const made = await world.call('POST', '/v1/webhook-endpoints', {
    key: world.keys.operator,
    json: { url: 'https://receiver.test/hook', types: ['*'] },
  });
  const endpointId = made.json['id'] as string;
  await summary();
  const [first, second, desk] = [await world.service(0), await world.service(1), await world.service(DESK_CELL)];
  const health = (): unknown[] => [first, second, desk].map(({ deps }) => deps.store.feed.health(endpointId)?.disabledAtMs ?? null);
  const atMs = world.clock.nowMs();
  await first.deps.commit((tx) => {
    tx.feed.setHealth({ endpointId, failingSinceMs: 1, disabledAtMs: atMs, disabledReason: 'failing' });
    tx.feed.append({
      type: 'endpoint.disabled',
      applicationId: null,
      applicationSeq: null,
      channelId: null,
      atMs,
      data: { endpoint_id: endpointId, why: 'failing' },
    });
  });
  await world.settle(6_000);
  await summary();
  await world.settle(3_000);
  await summary();
  expect(health()).toEqual([atMs, atMs, atMs]);
  expect((await world.call('PATCH', `/v1/webhook-endpoints/${endpointId}`, { key: world.keys.operator, json: { status: 'enabled' } })).status).toBe(
    200,
  );
  await summary();
  expect(health()).toEqual([null, null, null]);
});
