/** Funders at the desk: all at a glance, why one sees no traffic, and whether predictions came true. */
import { describe, expect, it } from 'vitest';
import { makeWorld, type JsonValue, type World } from '../../world.ts';

const read = async (world: World, path: string): Promise<JsonValue> => {
  const { status, json } = await world.call('GET', `/v1/desk/funders${path}`, { key: world.roleKeys.viewer });
  expect(status).toBe(200);
  return json;
};
type Row = Readonly<Record<string, JsonValue>>;
const byId = (list: JsonValue, id: string): Row => (list as unknown as Row[]).find((each) => (each['id'] as unknown) === id)!;

/** Two that the first funder takes, one that only the least strict does, one that nobody does; a day and a night are long enough for every answer. */
async function traffic(options: Parameters<typeof makeWorld>[0] = {}): Promise<World> {
  const world = await makeWorld(options);
  for (const phone of ['13800000001', '13800000001', '13800000002', '13800000003']) {
    await world.apply({ phone });
    await world.settle(25_000);
  }
  return world;
}

describe('funders at a glance', () => {
  it('are in the order of their tiers, each with how it stands and how it fared of late', async () => {
    const world = await traffic();
    await world.settle(120_000);
    const { data } = await read(world, '');
    const ids = (data as unknown as { id: string; tier: number }[]).map(({ id }) => id);
    expect(ids).toEqual(['fnd_river', 'fnd_summit', 'fnd_lotus', 'fnd_jade', 'fnd_cedar', 'fnd_ember']);
    const river = byId(data!, 'fnd_river');
    expect(river).toMatchObject({ status: 'live', breaker: { state: 'closed' }, caps: [{ id: 'daily', limit: 200, used: 2 }] });
    expect(river['recent']).toMatchObject({ sent: 4, approved: 2, declined: 2, approval_rate: 0.5 });
    expect(byId(data!, 'fnd_ember')['recent']).toMatchObject({ approved: 1 });
    // What the one says, the other says too.
    const { attempts: _attempts, callbacks: _callbacks, ...standing } = (await read(world, '/fnd_river/status')) as unknown as Row;
    expect(river).toMatchObject(standing);
    await world.close();
  });

  it('tells callbacks page by page, newest first', async () => {
    const world = await makeWorld();
    for (const body of ['one', 'two', 'three']) {
      expect((await world.call('POST', '/v1/callbacks/fnd_lotus', { body })).status).toBe(401);
      await world.settle(1_000);
    }
    const ids = (page: JsonValue): string[] => (page['data'] as unknown as { id: string }[]).map(({ id }) => id);
    const all = ids(await read(world, '/fnd_lotus/callbacks'));
    expect(all).toHaveLength(3);
    expect(all).toEqual(all.toSorted().toReversed());
    const first = await read(world, '/fnd_lotus/callbacks?limit=1');
    expect(ids(first)).toEqual(all.slice(0, 1));
    expect(ids(await read(world, `/fnd_lotus/callbacks?cursor=${String(first['next_cursor'])}`))).toEqual(all.slice(1));
    await world.close();
  });
});

describe('why a funder sees no traffic', () => {
  it('is what does not hold of it, all at once, whoever applies', async () => {
    const world = await makeWorld({
      funders: (all) =>
        all.map((funder) =>
          funder.id === 'fnd_river'
            ? { ...funder, status: 'paused', hours: [22, 24], whitelist: { ...funder.whitelist, valid_to: '2026-01-31' }, params: {} }
            : funder,
        ),
    });
    const checks = (await read(world, '/fnd_river/status'))['checks'] as unknown as { id: string; ok: boolean; detail: object }[];
    expect(checks.filter(({ ok }) => !ok).map(({ id }) => id)).toEqual(['status', 'whitelist', 'hours', 'configuration']);
    expect(checks.find(({ id }) => id === 'whitelist')!.detail).toMatchObject({ to: '2026-01-31', date: '2026-11-20' });
    expect(checks.find(({ id }) => id === 'hours')!.detail).toMatchObject({ opens: 22, closes: 24, hour: 10 });
    expect(checks.find(({ id }) => id === 'configuration')!.detail).toMatchObject({ missing: ['param key_id', 'param product'] });
    const summit = (await read(world, '/fnd_summit/status'))['checks'] as unknown as { ok: boolean }[];
    expect(summit.every(({ ok }) => ok)).toBe(true);
    await world.close();
  });

  it('is counted over the first plans of the last day, by reason', async () => {
    const world = await traffic({
      funders: (all) => all.map((funder) => (funder.id === 'fnd_summit' ? { ...funder, rule: { '==': [{ var: 'channel' }, 'elsewhere'] } } : funder)),
    });
    const river = (await read(world, '/fnd_river/plans')) as unknown as { planned: number; left_out: Record<string, number> };
    expect(river).toMatchObject({ applications: 4, unknown: 0 });
    expect(river.planned).toBeGreaterThan(0);
    expect(river.planned + Object.values(river.left_out).reduce((sum, n) => sum + n, 0)).toBe(4);
    expect(await read(world, '/fnd_summit/plans')).toMatchObject({ applications: 4, planned: 0, first: 0, left_out: { rule: 4 }, unknown: 0 });
    await world.leap(24 * 3_600_000);
    expect(await read(world, '/fnd_summit/plans')).toMatchObject({ applications: 0, planned: 0 });
    await world.close();
  });
});

describe('predicted against what came', () => {
  it('counts attempts that are old enough, by the likelihood they were planned with', async () => {
    const world = await traffic();
    const sums = async (): Promise<Record<string, number>> => {
      const bands = (await read(world, '/fnd_river/reliability'))['bands'] as unknown as Record<string, number>[];
      const sum = (name: string): number => bands.reduce((total, band) => total + Number(band[name]), 0);
      return { decided: sum('decided'), approved: sum('approved'), expected: sum('expected') };
    };
    // The last two are younger than the minute in which this funder decides.
    expect(await sums()).toMatchObject({ decided: 2, approved: 2 });
    await world.settle(120_000);
    const all = await sums();
    expect(all).toMatchObject({ decided: 4, approved: 2 });
    expect(all['expected']).toBeGreaterThan(0);
    expect(all['expected']).toBeLessThan(4);
    // Offers that nobody took were approvals all the same.
    await world.leap(3 * 86_400_000);
    expect(await sums()).toMatchObject({ decided: 4, approved: 2 });
    await world.close();
  });

  it('says what is not there, and what cannot be asked', async () => {
    const world = await makeWorld();
    const { viewer: key } = world.roleKeys;
    for (const part of ['plans', 'callbacks', 'reliability'])
      expect((await world.call('GET', `/v1/desk/funders/fnd_nobody/${part}`, { key })).json['code']).toBe('not_found');
    const later = await world.call('GET', '/v1/desk/funders/fnd_river/reliability?from=2027-01-01T00:00:00Z', { key });
    expect([later.status, later.json['errors']]).toMatchObject([422, [{ pointer: '?from' }]]);
    expect((await read(world, '/fnd_river/reliability'))['bands']).toEqual([]);
    await world.close();
  });
});
