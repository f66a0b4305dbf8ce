/** A funder that falls silent, sits on orders, or takes people's data for nothing is noticed; and that it is over is noticed too. */
import { describe, expect, it } from 'vitest';
import { REPLY_MARK } from '../../src/store/index.ts';
import { attempts, DAY, HOUR, MINUTE, person } from './scripted.ts';
import { APPROVED, DECLINED, PENDING, shaped, type ShapedWorld } from './shapes.ts';

const PATIENT = { policy: { deadlines: { application_s: 2 * 86_400 } } };
const alarms = (world: ShapedWorld): [string, string, string][] =>
  world.service.deps.store.watch.alarms().map(({ subject, kind, detail }) => [subject, kind, detail]);
const told = (world: ShapedWorld): string[] =>
  world.service.deps.store.feed
    .eventsSince(0, 10_000)
    .filter(({ type }) => type.startsWith('alarm.'))
    .map(({ type, data }) => `${type} ${String(data['kind'])}`);
/** Replies that nobody could read: more than are looked at of its callbacks, and none of them one. */
const mumble = (world: ShapedWorld, count: number): Promise<void> =>
  world.service.deps.commit((tx) => {
    for (let n = 0; n < count; n += 1) {
      const dedupeKey = `fnd_one${REPLY_MARK}att_x#${n}`;
      const reply = { state: 'ignored', detail: '', attemptId: null, receivedAtMs: world.clock.nowMs(), rawSealed: null } as const;
      tx.dispatch.insertCallback({ id: `cbk_z${String(n).padStart(3, '0')}`, funderId: 'fnd_one', dedupeKey, ...reply });
    }
  });

describe('a funder that waits to be heard of', () => {
  it('is missed when its callbacks stop, longer than its own rhythm; and once only', async () => {
    const world = await shaped({ one: { has: [], changes: { timeouts: { decision_ms: DAY } } } }, { one: () => PENDING }, PATIENT);
    for (let n = 1; n <= 5; n += 1) {
      const made = await world.apply(person(n));
      await world.settle(MINUTE);
      await world.tell('one', world.service.deps.store.dispatch.ofApplication(made.json['id'] as string)[0]!.id, APPROVED);
    }
    const last = await world.apply(person(9));
    await mumble(world, 25);
    await world.settle(10 * MINUTE);
    expect(alarms(world)).toEqual([]);
    await world.settle(20 * MINUTE);
    expect(alarms(world)).toEqual([['funder/fnd_one', 'callback_gap', expect.stringMatching(/^1 wait, no callback for \d+ min$/)]]);
    const status = await world.call('GET', '/v1/desk/funders/fnd_one/status', { key: world.roleKeys.viewer });
    expect(status.json['callbacks']).toHaveLength(5);
    expect(status.json).toMatchObject({ waiting: [{ state: 'pending', count: 1 }], alarms: [{ kind: 'callback_gap' }] });
    expect((await world.call('GET', '/v1/desk/alarms', { key: world.roleKeys.viewer })).json['data']).toHaveLength(1);
    await world.tell('one', world.service.deps.store.dispatch.ofApplication(last.json['id'] as string)[0]!.id, DECLINED);
    await world.settle(6 * MINUTE);
    expect([alarms(world), told(world)]).toEqual([[], ['alarm.raised callback_gap', 'alarm.cleared callback_gap']]);
    await world.close();
  });

  it('is called stuck when what it has grows too old for its state', async () => {
    const world = await shaped(
      { one: { has: ['query', 'cancel'], changes: { timeouts: { decision_ms: 30 * MINUTE } } } },
      { one: ({ capability }) => (capability === 'cancel' ? { kind: 'unknown', detail: 'garbled' } : PENDING) },
      PATIENT,
    );
    const made = await world.apply(person(1));
    expect(attempts(world, made.json['id'])).toEqual([['one', 'pending']]);
    await world.settle(HOUR + 10 * MINUTE);
    expect(alarms(world).filter(([, kind]) => kind === 'stuck')).toEqual([
      ['funder/fnd_one', 'stuck', expect.stringMatching(/^pending: 1, oldest /)],
    ]);
    await world.close();
  });
});
