/** Changes of funders as a consumer of the feed: alarms at the desk and at webhooks, taken back, and rebuilt from the first event to equal bytes. */
import { describe, expect, it } from 'vitest';
import { LEVEL, levelFor, Stream, type Turn } from '../../bench/eval/monitor-stream.ts';
import { rebuildChanges, savedChanges } from '../../src/flow/watch-changes.ts';
import { funder, HOUR, MINUTE, reply, scripted, type ScriptedWorld } from './scripted.ts';

const HOOK = 'https://hooks.example/in';
const FUNDERS = ['0', '1', '2'].map((name, at) => funder(name, at + 1));

async function hooked(types: readonly string[]): Promise<{ readonly world: ScriptedWorld; readonly got: Record<string, unknown>[] }> {
  const got: Record<string, unknown>[] = [];
  const world = await scripted(
    FUNDERS,
    {},
    {
      receive: ({ body }) => {
        got.push(JSON.parse(String(body)) as Record<string, unknown>);
        return reply(204, '');
      },
    },
  );
  await world.call('POST', '/v1/webhook-endpoints', { key: world.roleKeys.operator, json: { url: HOOK, types } });
  return { world, got };
}

/** Puts the attempts of the next applications into the feed, and lets the watch read it to the end. */
async function feed(world: ScriptedWorld, stream: Stream, applications: number): Promise<void> {
  const { deps } = world.service;
  await deps.commit((tx) => {
    for (let at = 0; at < applications; at += 1) {
      for (const { events } of stream.next()) {
        for (const event of events) tx.feed.append({ ...event, applicationId: null, applicationSeq: null });
      }
    }
  });
  await world.settle(2 * MINUTE);
}
const alarms = async (world: ScriptedWorld): Promise<Record<string, unknown>[]> =>
  (await world.call('GET', '/v1/desk/alarms', { key: world.roleKeys.viewer })).json['data'] as Record<string, unknown>[];

describe('a funder that approves half of what it did', () => {
  it('stands at the desk and reaches who asked for alarms; it is over when the rate is back, and all of it can be rebuilt', async () => {
    const { world, got } = await hooked(['alarm.*']);
    const stream = new Stream(11);
    await feed(world, stream, 5_000);
    expect([await alarms(world), got]).toEqual([[], []]);

    const turn: Turn = { funder: levelFor(0.05) - LEVEL };
    stream.turn(turn);
    await feed(world, stream, 500);
    const raised = {
      subject: 'funder/fnd_0',
      kind: 'approval_down',
      detail: expect.stringMatching(/^Approval rate went from .* funder.*资金方变了。$/) as string,
    };
    expect(await alarms(world)).toMatchObject([raised]);
    expect(got).toMatchObject([{ type: 'alarm.raised', data: raised }]);
    expect(Object.keys(got[0]!['data'] as object)).toEqual(['subject', 'kind', 'detail']);
    const status = await world.call('GET', '/v1/desk/funders/fnd_0/status', { key: world.roleKeys.viewer });
    expect(status.json['alarms']).toMatchObject([{ kind: 'approval_down' }]);

    stream.turn({});
    await feed(world, stream, 1_000);
    expect(await alarms(world)).toEqual([]);
    expect(got.slice(1)).toMatchObject([
      { type: 'alarm.cleared', data: { subject: 'funder/fnd_0', kind: 'approval_down', since: expect.any(String) as string } },
    ]);

    const { store } = world.service.deps;
    const { state, cursor } = savedChanges(store);
    expect(cursor).toBeGreaterThan(14_000);
    expect(JSON.stringify(rebuildChanges(store, cursor)) === JSON.stringify(state)).toBe(true);
    expect(JSON.stringify(rebuildChanges(store, cursor - 50)) === JSON.stringify(state)).toBe(false);
    await world.close();
  });

  it('is told once, is not told to who asked for everything of applications, and other watches leave it alone', async () => {
    const { world, got } = await hooked(['*']);
    const stream = new Stream(12);
    await feed(world, stream, 5_000);
    stream.turn({ funder: levelFor(0.02) - LEVEL });
    await feed(world, stream, 400);
    const [first] = await alarms(world);
    await world.settle(HOUR);
    const [again, ...more] = await alarms(world);
    expect([again!['since'], more]).toEqual([first!['since'], []]);
    expect(got).toEqual([]);
    const told = world.service.deps.store.feed.eventsSince(0, 100_000).filter(({ type }) => type.startsWith('alarm.'));
    expect(told.map(({ type, data }) => [type, data['kind']])).toEqual([['alarm.raised', 'approval_down']]);
    await world.close();
  });
});
