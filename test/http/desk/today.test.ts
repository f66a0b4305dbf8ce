/** Today against the usual, caps, approvals and what channels cost, as the desk answers them. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HOUR_MS } from '../../../src/domain/rollups.ts';
import { FunnelFold } from '../../../src/analytics/funnel-fold.ts';
import type { ApprovalsShown } from '../../../src/flow/desk/show-approvals.ts';
import type { ChannelsShown } from '../../../src/flow/desk/show-channels.ts';
import type { TodayShown } from '../../../src/flow/desk/show-today.ts';
import { approves, DAY, declines, funder, person, scripted, type ScriptedWorld } from '../../flow/scripted.ts';

let world: ScriptedWorld;
const START = Date.parse('2026-11-20T02:00:00Z');

beforeAll(async () => {
  const capped = { ...funder('0', 1), caps: [{ id: 'day', unit: 'count' as const, window: 'day' as const, limit: 4 }] };
  world = await scripted([capped, funder('1', 2)], { fnd_0: declines, fnd_1: approves });
  await past();
  await world.apply(person(1));
  await world.apply({ ...person(2), employment: 'student' });
  await world.settle(10_000);
});
afterAll(() => world.close());

/** Fridays before: so many submitted at so many hours of China, as the fold leaves them. */
async function past(): Promise<void> {
  const fold = new FunnelFold(() => undefined);
  let serial = 0;
  const submitted = (weeks: number, hourOfChina: number, n: number): void => {
    for (let each = 0; each < n; each += 1)
      fold.take({
        type: 'application.submitted',
        applicationId: `app_past${(serial += 1)}`,
        applicationSeq: 1,
        channelId: 'h5-demo',
        atMs: START - 2 * HOUR_MS - 8 * HOUR_MS - weeks * 7 * DAY + hourOfChina * HOUR_MS,
        data: {},
      });
  };
  submitted(1, 3, 4);
  submitted(2, 3, 8);
  // The hour that is running now, and one that is still to come.
  submitted(2, 10, 60);
  submitted(1, 22, 100);
  await world.service.deps.commit((tx) => fold.sheet.rows().funnel.forEach((row) => tx.rollups.addFunnel(row)));
}

async function ask<T>(path: string): Promise<T> {
  const reply = await world.call('GET', path, { key: world.roleKeys.viewer });
  expect([path, reply.status]).toEqual([path, 200]);
  return reply.json as unknown as T;
}

describe('today', () => {
  it('is held against the same hours of the same weekday, of the weeks there were', async () => {
    const today = await ask<TodayShown>('/v1/desk/today');
    expect([today.from, today.weeks, today.behind]).toEqual(['2026-11-19T16:00:00.000Z', 2, 0]);
    const gone = (Date.parse(today.at) - START) / HOUR_MS;
    expect(gone).toBeGreaterThan(0);
    expect(gone).toBeLessThan(1);
    const running = 60 * gone;
    const of = (stage: string) => today.stages.find((each) => each.stage === stage)!;
    expect(of('submitted').today).toBe(2);
    expect(of('submitted').usual).toBeCloseTo((4 + 8 + running) / 2, 0);
    expect([of('submitted').low, of('submitted').high]).toEqual([4, Math.round((8 + running) * 10) / 10]);
    expect(of('refused')).toMatchObject({ today: 1, usual: 0 });
    const hour = (n: number) => today.hours[n]!.counts['submitted'];
    expect([hour(3), hour(10), hour(22)]).toEqual([
      { today: 0, usual: 6 },
      { today: 2, usual: 30 },
      { today: null, usual: 50 },
    ]);
  });

  it('has no usual where there was nothing before', async () => {
    const young = await scripted([funder('0', 1)], { fnd_0: declines });
    const { json } = await young.call('GET', '/v1/desk/today', { key: young.roleKeys.viewer });
    expect([json['weeks'], json['stages'][0]]).toEqual([0, { stage: 'visited', today: 0, usual: null, low: null, high: null }]);
    await young.close();
  });
});

it('caps say how much is taken of them', async () => {
  const { data } = await ask<{ data: unknown[] }>('/v1/desk/caps');
  expect(data).toEqual([expect.objectContaining({ funder: 'fnd_0', cap: 'day', unit: 'count', limit: 4, lent: 1, share: 0.25 })]);
});

it('approvals of all funders stand beside each other, a point for each day', async () => {
  const { funders } = await ask<ApprovalsShown>('/v1/desk/approvals?from=2026-11-18T16:00:00Z&to=2026-11-20T16:00:00Z');
  expect(
    funders.map(({ id, points }) => [id, ...points.map(({ approved, declined, approval_rate }) => [approved, declined, approval_rate])]),
  ).toEqual([
    ['fnd_0', [0, 0, null], [0, 1, 0]],
    ['fnd_1', [0, 0, null], [1, 0, 1]],
  ]);
});

describe('what was spent on a channel', () => {
  const path = (channel: string, day: string): string => `/v1/desk/channels/${channel}/spend/${day}`;
  const enter = (fen: unknown, channel = 'h5-demo', day = '2026-11-20') =>
    world.call('PUT', path(channel, day), { key: world.roleKeys.finance, json: { spend_fen: fen } });

  it('is nothing known until somebody enters it', async () => {
    const { channels, total } = await ask<ChannelsShown>('/v1/desk/channels');
    expect(channels).toEqual([expect.objectContaining({ channel: 'h5-demo', spend_fen: null, roi: null, cost_per_loan_fen: null, spend_days: 0 })]);
    expect(total.spend_fen).toBeNull();
  });

  it('is held against what came of those days, and may be corrected', async () => {
    expect((await enter(10_000)).json).toMatchObject({ channel: 'h5-demo', day: '2026-11-20', spend_fen: 10_000 });
    expect((await enter(30_000, 'h5-demo', '2026-11-19')).status).toBe(200);
    expect((await enter(20_000)).status).toBe(200);
    expect((await enter(20_000)).status).toBe(200);
    const day = await ask<ChannelsShown>('/v1/desk/channels?from=2026-11-19T16:00:00Z');
    expect(day.channels[0]).toMatchObject({
      submitted: 2,
      spend_fen: 20_000,
      cost_per_submitted_fen: 10_000,
      earned_fen: 0,
      profit_fen: -20_000,
      roi: -1,
    });
    expect((await ask<ChannelsShown>('/v1/desk/channels')).total).toMatchObject({ spend_fen: 50_000 });
    const { data } = await ask<{ data: { day: string; spend_fen: number }[] }>('/v1/desk/spend');
    expect(data.map(({ day: on, spend_fen: fen }) => [on, fen])).toEqual([
      ['2026-11-19', 30_000],
      ['2026-11-20', 20_000],
    ]);
    const { json } = await world.call('GET', '/v1/desk/audit', { key: world.roleKeys.finance });
    const deeds = json['data'] as unknown as { action: string; detail: unknown }[];
    expect(deeds.map(({ action, detail }) => [action, detail])).toEqual([
      ['spend.entered', { day: '2026-11-20', spend_fen: 20_000, before_fen: 10_000 }],
      ['spend.entered', { day: '2026-11-19', spend_fen: 30_000, before_fen: null }],
      ['spend.entered', { day: '2026-11-20', spend_fen: 10_000, before_fen: null }],
    ]);
  });

  it('is found in the audit by who, what, whom and when, with the name of who it was', async () => {
    const audit = async (query: string): Promise<unknown[]> => {
      const { status, json } = await world.call('GET', `/v1/desk/audit?${query}`, { key: world.roleKeys.finance });
      expect([query, status]).toEqual([query, 200]);
      return (json['data'] as unknown as { actor: string; actor_name: string | null; detail: { day: string } }[]).map((row) => row.detail.day);
    };
    const { json } = await world.call('GET', '/v1/desk/audit?limit=1', { key: world.roleKeys.finance });
    const [last] = json['data'] as unknown as { actor: string; actor_name: string | null }[];
    expect(last!.actor_name).toBe('finance');
    expect(await audit('action=spend.entered&subject=h5-demo')).toEqual(['2026-11-20', '2026-11-19', '2026-11-20']);
    expect(await audit('action=spend&limit=2')).toEqual(['2026-11-20', '2026-11-19']);
    expect(await audit(`actor=${last!.actor}&from=2026-11-20T00:00:00Z&to=2026-11-21T00:00:00Z`)).toHaveLength(3);
    for (const query of ['action=spe', 'action=change', 'subject=h5', 'actor=nobody', 'to=2026-11-20T00:00:00Z', 'from=2026-11-21T00:00:00Z'])
      expect([query, await audit(query)]).toEqual([query, []]);
    const odd = await world.call('GET', "/v1/desk/audit?action=spend.'%20OR%201=1", { key: world.roleKeys.finance });
    expect(odd.status).toBe(422);
  });

  it.each([
    ['a channel there is not', 404, () => enter(1, 'nobody')],
    ['a day there is not', 404, () => enter(1, 'h5-demo', '2026-02-30')],
    ['a day to come', 422, () => enter(1, 'h5-demo', '2026-11-21')],
    ['less than nothing', 422, () => enter(-1)],
    ['a part of a fen', 422, () => enter(0.5)],
  ])('refuses %s', async (_, status, call) => {
    expect((await call()).status).toBe(status);
  });
});

it('figures of days begin at midnight in China, whatever is asked for', async () => {
  const { from, to, total } = await ask<ChannelsShown>('/v1/desk/channels?from=2026-11-19T20:00:00Z&to=2026-11-20T03:00:00Z');
  expect([from, to, total.submitted]).toEqual(['2026-11-19T16:00:00.000Z', '2026-11-20T16:00:00.000Z', 2]);
});
