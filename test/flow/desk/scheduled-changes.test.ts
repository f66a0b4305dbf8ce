/** Changes that wait for their time: what happens to them when it comes, and before. */
import { sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { makeWorld, type Reply, type World } from '../../world.ts';

const HOUR_MS = 3_600_000;

async function propose(world: World, change: object): Promise<Reply> {
  return world.call('POST', '/v1/desk/changes', { key: world.roleKeys.operator, json: { note: 'because', ...change } });
}
async function bodyOf(world: World, kind: string, id: string): Promise<Record<string, unknown>> {
  const { json } = await world.call('GET', `/v1/desk/records/${kind}/${id}`, { key: world.roleKeys.viewer });
  return json['body'] as unknown as Record<string, unknown>;
}
const approve = (world: World, { json }: Reply) =>
  world.call('POST', `/v1/desk/changes/${json['id']}/approve`, { key: world.roleKeys.approver, json: { hash: json['hash'] } });
const changeOf = async (world: World, { json }: Reply) =>
  (await world.call('GET', `/v1/desk/changes/${json['id']}`, { key: world.roleKeys.viewer })).json;
const inAnHour = (world: World): string => new Date(world.clock.nowMs() + HOUR_MS).toISOString();
const paused = async (world: World, id: string): Promise<object> => ({
  kind: 'funder',
  id,
  body: { ...(await bodyOf(world, 'funder', id)), status: 'paused' },
  publish_at: inAnHour(world),
});
const statusOf = (world: World, id: string) => world.service.desk.snapshot().funders.get(id)?.status;

describe('a scheduled change', () => {
  it('of any kind comes into force at its time, also when nobody was there at that time', async () => {
    const world = await makeWorld();
    const [one, retire] = [
      await propose(world, await paused(world, 'fnd_summit')),
      await propose(world, { kind: 'partner_offer', id: 'pof_card', retire: true, publish_at: inAnHour(world) }),
    ];
    for (const each of [one, retire]) expect((await approve(world, each)).json['state']).toBe('scheduled');
    await world.settle(HOUR_MS - 1);
    expect(statusOf(world, 'fnd_summit')).toBe('live');
    await world.leap(5 * HOUR_MS);
    expect([statusOf(world, 'fnd_summit'), world.service.desk.snapshot().partnerOffers.has('pof_card')]).toEqual(['paused', false]);
    const { json } = await world.call('GET', '/v1/desk/records/funder/fnd_summit', { key: world.roleKeys.viewer });
    expect(json).toMatchObject({ version: 2, author: 'key_operator', approver: 'key_approver' });
    await world.close();
  });

  it('approved after its time comes into force at once', async () => {
    const world = await makeWorld();
    const late = await propose(world, await paused(world, 'fnd_summit'));
    await world.settle(2 * HOUR_MS);
    expect([(await approve(world, late)).json['state'], statusOf(world, 'fnd_summit')]).toEqual(['approved', 'paused']);
    await world.close();
  });

  it('is withdrawn by its author and rejected by an approver, and then nothing comes of it', async () => {
    const world = await makeWorld();
    const [one, other] = [await propose(world, await paused(world, 'fnd_summit')), await propose(world, await paused(world, 'fnd_river'))];
    for (const each of [one, other]) await approve(world, each);
    const withdraw = (key: string) => world.call('POST', `/v1/desk/changes/${one.json['id']}/withdraw`, { key });
    expect((await withdraw(world.roleKeys.risk)).status).toBe(403);
    expect((await withdraw(world.roleKeys.operator)).json['state']).toBe('withdrawn');
    expect((await world.call('POST', `/v1/desk/changes/${other.json['id']}/reject`, { key: world.roleKeys.approver })).json['state']).toBe(
      'rejected',
    );
    await world.settle(2 * HOUR_MS);
    expect([statusOf(world, 'fnd_summit'), statusOf(world, 'fnd_river')]).toEqual(['live', 'live']);
    await world.close();
  });

  it('that no longer fits fails with its reasons, raises an alarm, and leaves what is in force; the next one clears it', async () => {
    const world = await makeWorld();
    const policy = await bodyOf(world, 'policy', 'pol_default');
    const weigh = await propose(world, {
      kind: 'policy',
      id: 'pol_default',
      body: { ...policy, weights: { fnd_ember: 2 } },
      publish_at: inAnHour(world),
    });
    await approve(world, weigh);
    await approve(world, await propose(world, { kind: 'funder', id: 'fnd_ember', retire: true }));
    await world.settle(HOUR_MS);
    expect(await changeOf(world, weigh)).toMatchObject({ state: 'failed', faults: [{ pointer: '/body/weights/fnd_ember', code: 'unknown_funder' }] });
    expect(world.service.desk.snapshot()).toMatchObject({ policyVersion: 1, policy: { weights: policy['weights'] } });
    const alarms = async () => (await world.call('GET', '/v1/desk/alarms', { key: world.roleKeys.viewer })).json['data'];
    expect(await alarms()).toMatchObject([{ subject: 'policy/pol_default', kind: 'publish_failed' }]);

    const moved = await propose(world, { kind: 'policy', id: 'pol_default', body: { ...policy, name: 'Later' }, publish_at: inAnHour(world) });
    await approve(world, moved);
    await approve(world, await propose(world, { kind: 'policy', id: 'pol_default', body: { ...policy, name: 'Now' } }));
    expect(await alarms()).toEqual([]);
    await world.settle(HOUR_MS);
    expect(await changeOf(world, moved)).toMatchObject({ state: 'failed', faults: [{ pointer: '', code: 'stale' }] });
    expect(world.service.desk.snapshot().policy.name).toBe('Now');
    const actions = (await world.call('GET', '/v1/desk/audit', { key: world.roleKeys.approver })).json['data'] as unknown as {
      action: string;
      actor: string;
    }[];
    expect(actions.filter(({ action }) => action === 'change.failed').map(({ actor }) => actor)).toEqual(['schedule', 'schedule']);
    await world.close();
  });

  it('is bound to its time: one that was moved in the store is not published', async () => {
    const world = await makeWorld();
    const change = await propose(world, await paused(world, 'fnd_summit'));
    await approve(world, change);
    world.db.run(sql`UPDATE desk_changes SET publish_at_ms = publish_at_ms - 1000`);
    await world.settle(HOUR_MS);
    expect(await changeOf(world, change)).toMatchObject({ state: 'failed', faults: [{ code: 'stale' }] });
    expect(statusOf(world, 'fnd_summit')).toBe('live');
    await world.close();
  });

  it('lies in the future, and not too far', async () => {
    const world = await makeWorld();
    for (const [at, code] of [
      ['2026-01-01T00:00:00Z', 'past'],
      ['2036-01-01T00:00:00+08:00', 'too_far'],
    ] as const) {
      const refused = await propose(world, { ...(await paused(world, 'fnd_summit')), publish_at: at });
      expect([refused.status, refused.json['errors']]).toMatchObject([422, [{ pointer: '/publish_at', code }]]);
    }
    await world.close();
  });
});

describe('two approvals in one turn', () => {
  it('do not together make what neither would alone: a segment with a policy that is being retired', async () => {
    const world = await makeWorld();
    const spare = { ...(await bodyOf(world, 'policy', 'pol_default')), id: 'pol_spare' };
    await approve(world, await propose(world, { kind: 'policy', id: 'pol_spare', body: spare }));
    world.service.desk.reload();
    const segment = { id: 'young', name: 'Young', rule: { '<': [{ var: 'age' }, 30] }, order: 1, champion: 'pol_spare' };
    const [retire, use] = [
      await propose(world, { kind: 'policy', id: 'pol_spare', retire: true }),
      await propose(world, { kind: 'segment', id: 'young', body: segment }),
    ];
    expect([retire.status, use.status]).toEqual([201, 201]);
    const outcomes = await Promise.all([approve(world, retire), approve(world, use)]);
    expect(outcomes.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 422]);
    await world.close();
  });
});
