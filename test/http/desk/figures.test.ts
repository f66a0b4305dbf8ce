/** The funnel, a funder over time and the definitions as the desk answers them. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FunnelGroup, FunnelShown } from '../../../src/flow/desk/show-funnel.ts';
import type { FunderSeries } from '../../../src/flow/desk/show-funder-series.ts';
import { LEVEL, levelFor, Stream } from '../../../bench/eval/monitor-stream.ts';
import { approves, DAY, declines, funder, HOUR, person, scripted, type ScriptedWorld } from '../../flow/scripted.ts';

let world: ScriptedWorld;
let openId: string;

/** From 2026-11-20 10:00 in China: two in the first hour, one of them refused; one in the next, whose offer waits. */
beforeAll(async () => {
  world = await scripted([funder('0', 1), funder('1', 2)], { fnd_0: declines, fnd_1: declines });
  const visit = (variant: string) => ({ visit: { channel: 'h5-demo', variant } });
  await world.apply(person(1), {}, visit('a'));
  await world.apply({ ...person(2), employment: 'student' }, {}, visit('b'));
  await world.settle(HOUR);
  world.scripts['fnd_1'] = (ask) => approves(ask);
  openId = (await world.apply(person(3), {}, visit('a'))).json['id'];
  await world.settle(10_000);
});
afterAll(() => world.close());

async function ask<T>(path: string, role: 'viewer' | 'finance' = 'viewer'): Promise<T> {
  const reply = await world.call('GET', path, { key: world.roleKeys[role] });
  expect([path, reply.status]).toEqual([path, 200]);
  return reply.json as unknown as T;
}
const count = ({ stages }: FunnelGroup, stage: string): number => stages.find((each) => each.stage === stage)!.count;

describe('the funnel', () => {
  it('is all in one, by variant, by hour and by funder', async () => {
    const all = await ask<FunnelShown>('/v1/desk/funnel');
    expect(['started', 'submitted', 'refused', 'passed', 'sent', 'approved', 'declined'].map((stage) => count(all.total, stage))).toEqual([
      3, 3, 1, 2, 2, 1, 1,
    ]);
    expect(all).toMatchObject({
      from: '2026-11-13T16:00:00.000Z',
      to: '2026-11-20T04:00:00.000Z',
      behind: 0,
      counts: 'application',
      groups: [],
      refused_by: { student: 1 },
    });
    const { groups: variants } = await ask<FunnelShown>('/v1/desk/funnel?by=variant');
    expect(variants.map((group) => [group.key, count(group, 'submitted')])).toEqual([
      ['a', 2],
      ['b', 1],
    ]);
    const { groups: hours } = await ask<FunnelShown>('/v1/desk/funnel?by=hour&channel=h5-demo');
    expect(hours.map((group) => [group.key, count(group, 'submitted'), group.undecided, group.mature])).toEqual([
      ['2026-11-20T02:00:00.000Z', 2, 0, true],
      // An offer waits for its borrower, and the hour is not over.
      ['2026-11-20T03:00:00.000Z', 1, 1, false],
    ]);
    const { groups: funders, counts } = await ask<FunnelShown>('/v1/desk/funnel?by=funder');
    expect([counts, funders.map((group) => [group.key, count(group, 'sent'), count(group, 'approved'), count(group, 'declined')])]).toEqual([
      'attempt',
      [
        ['fnd_0', 2, 0, 2],
        ['fnd_1', 2, 1, 1],
      ],
    ]);
    const { total } = await ask<FunnelShown>('/v1/desk/funnel?by=channel&funder=fnd_1&variant=b');
    expect(count(total, 'attempts')).toBe(0);
    expect((await ask<FunnelShown>('/v1/desk/funnel?by=day&channel=nobody')).groups).toEqual([]);
  });

  it('takes a window of hours, and adds up whole days of China to the same', async () => {
    const from = '2026-11-20T11:30:00%2B08:00';
    const later = await ask<FunnelShown>(`/v1/desk/funnel?from=${from}`);
    expect([later.from, count(later.total, 'submitted')]).toEqual(['2026-11-20T03:00:00.000Z', 1]);
    const days = await ask<FunnelShown>('/v1/desk/funnel?from=2026-11-10T00:00:00Z&to=2026-11-25T00:00:00Z&by=day');
    expect(days.groups.map((group) => [group.key, count(group, 'submitted')])).toEqual([['2026-11-19T16:00:00.000Z', 3]]);
    const parts = ['from=2026-11-10T00:00:00Z&to=2026-11-20T03:00:00Z', 'from=2026-11-20T03:00:00Z&to=2026-11-25T00:00:00Z'];
    const [before, after] = await Promise.all(parts.map((window) => ask<FunnelShown>(`/v1/desk/funnel?${window}`)));
    expect([count(before!.total, 'submitted'), count(after!.total, 'submitted')]).toEqual([2, 1]);
  });

  it('grows old: the offer that nobody took expires, and the cohort of the hour is mature', async () => {
    await world.leap(8 * DAY);
    await world.settle(10 * 60_000);
    const { groups } = await ask<FunnelShown>('/v1/desk/funnel?from=2026-11-20T03:00:00Z&to=2026-11-20T04:00:00Z&by=hour', 'finance');
    expect(world.service.deps.store.applications.byId(openId)!.state).not.toBe('offered');
    expect(groups.map((group) => [count(group, 'offered'), group.undecided, group.mature])).toEqual([[1, 0, true]]);
  });

  it.each([
    ['by=nobody', '?by'],
    ['from=yesterday', '?from'],
    ['from=2026-11-20T00:00:00Z&to=2026-11-20T00:00:00Z', '?from'],
    ['by=hour&from=2026-01-01T00:00:00Z', '?from'],
    ['from=0001-01-01T00:00:00Z', '?from'],
    [`channel=${'x'.repeat(81)}`, '?channel'],
    ['chanel=x', '?chanel'],
    ["segment=';DROP%20TABLE%20funnel_rollups&by=zone", '?by'],
  ])('refuses %s', async (query, pointer) => {
    const reply = await world.call('GET', `/v1/desk/funnel?${query}`, { key: world.roleKeys.viewer });
    expect([reply.status, reply.json['code'], reply.json['errors'][0]!['pointer']]).toEqual([422, 'invalid_request', pointer]);
  });

  it('takes a filter for a value and nothing else', async () => {
    for (const name of ['channel', 'variant', 'policy', 'segment', 'funder']) {
      const { total } = await ask<FunnelShown>(`/v1/desk/funnel?${name}=${encodeURIComponent("' OR 1=1 --")}`);
      expect(total.stages[0]!.count).toBe(0);
    }
  });
});

describe('a funder over time', () => {
  it('has a point for every hour and day, and marks what changed', async () => {
    const hours = await ask<FunderSeries>('/v1/desk/funders/fnd_1/series?step=hour&from=2026-11-20T02:00:00Z&to=2026-11-20T05:00:00Z');
    expect(hours.points.map((point) => [point.at.slice(11, 13), point.sent, point.approval_rate])).toEqual([
      ['02', 1, 0],
      ['03', 1, 1],
      ['04', 0, null],
    ]);
    expect(hours.points[1]).toMatchObject({ asked_fen: 2_000_000, granted_fen: 2_000_000, granted_share: 1 });
    expect(hours.points[1]!.median_ms).toBeGreaterThan(0);
    const days = await ask<FunderSeries>('/v1/desk/funders/fnd_1/series?from=2026-11-20T02:00:00Z&to=2026-11-20T05:00:00Z');
    expect(days.points.map((point) => [point.at, point.sent])).toEqual([['2026-11-19T16:00:00.000Z', 2]]);
    expect((await world.call('GET', '/v1/desk/funders/fnd_nobody/series', { key: world.roleKeys.viewer })).status).toBe(404);

    const stream = new Stream(11);
    const { deps } = world.service;
    const feed = async (applications: number): Promise<void> => {
      await deps.commit((tx) => {
        for (let at = 0; at < applications; at += 1)
          for (const { events } of stream.next()) for (const event of events) tx.feed.append({ ...event, applicationId: null, applicationSeq: null });
      });
      await world.settle(120_000);
    };
    await feed(5_000);
    stream.turn({ funder: levelFor(0.05) - LEVEL });
    await feed(500);
    const { changes } = await ask<FunderSeries>('/v1/desk/funders/fnd_0/series?from=2020-01-01T00:00:00Z&to=2020-02-01T00:00:00Z');
    expect(changes).toEqual([]);
    const of = deps.store.feed.eventsSince(deps.store.feed.lastSeq() - 100, 100).findLast(({ type }) => type.startsWith('attempt.'))!;
    const since = new Date(of.atMs);
    const window = `from=${new Date(since.getTime() - 30 * DAY).toISOString()}&to=${new Date(since.getTime() + DAY).toISOString()}`;
    const marked = await ask<FunderSeries>(`/v1/desk/funders/fnd_0/series?${window}`);
    expect(marked.changes).toMatchObject([
      { figure: 'approval', direction: 'down', part: null, cause: 'funder', words: { zh: expect.stringContaining('资金方') as string } },
    ]);
  });
});

it('says what every figure means', async () => {
  const { data } = await ask<{ data: { id: string; meaning: { zh: string } }[] }>('/v1/desk/figures');
  const { total } = await ask<FunnelShown>('/v1/desk/funnel');
  for (const name of [...total.stages.map(({ stage }) => stage), ...Object.keys(total.sums)]) expect(data.map(({ id }) => id)).toContain(name);
});
