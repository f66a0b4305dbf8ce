/** P4 in bulk: many events, a third of the attempts failing somehow, a few receivers' doors shut for good; nothing may be left or lost. */
import { createHash } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { expect, it } from 'vitest';
import { perform } from '../../src/flow/work.ts';
import { seededRandom } from '../world.ts';
import { funder, lost, person, reply, scripted, type Said } from './scripted.ts';

const EVENTS = Number(process.env['MILLRACE_TEST_EVENTS'] ?? 5_000);
const SEED = Number(process.env['MILLRACE_TEST_SEED'] ?? 4_711);
const PER_COMMIT = 250;

it(`${EVENTS} events at 30% faults are all delivered or dead-lettered (seed ${SEED})`, { timeout: 600_000 }, async () => {
  const luck = seededRandom(SEED);
  const taken = new Map<string, number>();
  let attempts = 0;
  const shut = (id: string): boolean => createHash('sha256').update(id).digest()[0]! === 0;
  const faults: readonly Said[] = [
    reply(500, ''),
    reply(429, '', { 'retry-after': '60' }),
    reply(302, ''),
    lost,
    { kind: 'refused', why: 'connect' },
  ];
  const world = await scripted(
    [funder('one', 1)],
    {},
    {
      seed: SEED,
      receive: ({ headers }) => {
        attempts += 1;
        const id = headers['webhook-id']!;
        if (shut(id) || luck.uniform() < 0.3) return faults[Math.floor(luck.uniform() * faults.length)]!;
        taken.set(id, (taken.get(id) ?? 0) + 1);
        return reply(204, '');
      },
    },
  );
  const made = await world.apply(person(1));
  const endpoint = await world.call('POST', '/v1/webhook-endpoints', {
    key: world.roleKeys.operator,
    json: { url: 'https://hooks.example/', types: ['attempt.alarm'] },
  });
  const { deps } = world.service;
  for (let sent = 0; sent < EVENTS; sent += PER_COMMIT) {
    await perform(deps, (work) => {
      const application = work.application(made.json['id'])!;
      for (let n = sent; n < Math.min(EVENTS, sent + PER_COMMIT); n += 1) work.emit('attempt.alarm', application, { funder_id: 'fnd_one' });
    });
    await world.settle();
  }
  const lastDueMs = (): number | null =>
    world.db.get<{ due: number | null }>(sql`SELECT max(due_at_ms) AS due FROM timers WHERE kind = 'delivery'`)!.due;
  for (let due = lastDueMs(), round = 0; due !== null; due = lastDueMs(), round += 1) {
    expect(round).toBeLessThan(40);
    await world.leap(Math.max(1, due - world.clock.nowMs()));
    for (let turn = 0; turn < 20; turn += 1) await world.settle(1);
  }

  const rows = world.db.all<{ id: string; state: string; tries: number }>(
    sql`SELECT id, state, tries FROM deliveries WHERE endpoint_id = ${endpoint.json['id']}`,
  );
  expect(rows).toHaveLength(EVENTS);
  for (const { id, state, tries } of rows) {
    if (state === 'delivered') expect(taken.has(id)).toBe(true);
    else expect([id, state, tries, taken.has(id)]).toEqual([id, 'dead', 10, false]);
  }
  const dead = rows.filter(({ state }) => state === 'dead');
  expect(dead.filter(({ id }) => shut(id))).toHaveLength(rows.filter(({ id }) => shut(id)).length);
  expect(dead.length).toBeGreaterThan(EVENTS / 1_000);
  expect(dead.length).toBeLessThan(EVENTS / 100);
  // At least once, and hardly ever more: a receiver that took it is not called again.
  expect([...taken.values()].filter((times) => times > 1)).toEqual([]);
  expect(attempts).toBeGreaterThan(EVENTS * 1.3);
  expect(attempts).toBe(rows.reduce((sum, { tries }) => sum + tries, 0));
  await world.close();
});
