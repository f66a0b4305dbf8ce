/** What-if over the API: asked, followed, read; one at a time; a bad policy is named; what is lost says so. */
import { describe, expect, it } from 'vitest';
import { mintId } from '../../../src/domain/ids.ts';
import { makeWorld, type Reply, type World } from '../../world.ts';

const POLICY = { id: 'pol_default', name: 'Try', strategy: 'waterfall' } as const;

/** Three approved at once, two by the least strict only, one by nobody: as their phones ask for. */
async function traffic(): Promise<World> {
  const world = await makeWorld();
  for (const phone of ['13800000001', '13800000003', '13800000002', '13800000001', '13800000002', '13800000001']) {
    await world.apply({ phone });
    await world.settle(10_000);
  }
  return world;
}
const policyId = (world: World): string => world.service.desk.snapshot().policy.id;
const simulate = (world: World, json: unknown, id = policyId(world)): Promise<Reply> =>
  world.call('POST', `/v1/desk/policies/${id}/simulate`, { key: world.roleKeys.risk, json });
const look = (world: World, id: unknown): Promise<Reply> => world.call('GET', `/v1/desk/simulations/${String(id)}`, { key: world.roleKeys.viewer });
const pointers = (reply: Reply): string[] => (reply.json['errors'] as unknown as { pointer: string }[]).map(({ pointer }) => pointer);

describe('a simulation', () => {
  it('starts with 202 and a place to look, refuses a second, and ends with the figures', async () => {
    const world = await traffic();
    const [started, second] = await Promise.all([simulate(world, { replicates: 20 }), simulate(world, {})]);
    expect([started.status, started.headers.get('location')]).toEqual([202, `/v1/desk/simulations/${String(started.json['id'])}`]);
    expect(started.json).toMatchObject({ status: 'running', result: null, ended_at: null });
    expect([second.status, second.json['code'], second.headers.get('retry-after')]).toEqual([429, 'rate_limited', '15']);
    await world.settle();
    const { status, json } = await look(world, started.json['id']);
    expect([status, json['status'], json['reason']]).toEqual([200, 'done', null]);
    expect(json['progress']).toEqual({ done: 6, total: 6 });
    // The policy in force against itself: what it would do is what it did.
    const { applications, actual, active, difference, unusable } = json['result']!;
    expect([applications, unusable, actual!['approvals']]).toEqual([6, { erased: 0, open: 0 }, 5 / 6]);
    expect(difference!['approvals']).toEqual({ value: 0, low: 0, high: 0 });
    expect(active!['observed']).toMatchObject({ asked: 1 });
    expect(active!['approvals']!['value']).toBeCloseTo(Number(actual!['approvals']), 9);
    expect(active!['attempts']!['value']).toBeCloseTo(Number(actual!['attempts']), 9);
    expect(Number(actual!['attempts'])).toBeGreaterThan(1);
    await world.close();
  });

  it('of a policy that nobody has gone by yet has nothing of its own, and can be asked of everybody', async () => {
    const world = await traffic();
    const change = await world.call('POST', '/v1/desk/changes', {
      key: world.roleKeys.risk,
      json: { kind: 'policy', id: 'pol_other', note: 'try', body: { ...POLICY, id: 'pol_other', max_attempts: 1 } },
    });
    const approval = { key: world.roleKeys.approver, json: { hash: change.json['hash'] } };
    expect((await world.call('POST', `/v1/desk/changes/${String(change.json['id'])}/approve`, approval)).status).toBe(200);
    const ended = async (applications: string): Promise<Reply> => {
      const started = await simulate(world, { applications, replicates: 20 }, 'pol_other');
      await world.settle();
      return look(world, started.json['id']);
    };
    expect((await ended('own')).json).toMatchObject({ status: 'failed', reason: 'nothing_to_simulate' });
    const { json } = await ended('all');
    expect([json['status'], json['result']!['applications']]).toEqual(['done', 6]);
    expect(Number(json['result']!['candidate']!['attempts']!['value'])).toBeLessThanOrEqual(1);
    expect(pointers(await simulate(world, { applications: 'some' }, 'pol_other'))).toEqual(['/applications']);
    await world.close();
  });

  it('takes a policy along, or a proposed change, and says what it cannot tell', async () => {
    const world = await traffic();
    const id = policyId(world);
    const given = await simulate(world, { policy: { ...POLICY, id, max_attempts: 1, consent_batch: 5 }, replicates: 20 });
    await world.settle();
    const one = (await look(world, given.json['id'])).json['result']!;
    expect(one['candidate']!['attempts']!['value']).toBeLessThanOrEqual(1);
    expect(one['not_simulated']).toContain('consent_batch');
    const change = await world.call('POST', '/v1/desk/changes', {
      key: world.roleKeys.risk,
      json: { kind: 'policy', id, note: 'try', body: { ...POLICY, id, max_attempts: 1 } },
    });
    const proposed = await simulate(world, { replicates: 20 }, String(change.json['id']));
    expect(proposed.status).toBe(202);
    await world.settle();
    expect((await look(world, proposed.json['id'])).json['result']!['candidate']).toEqual(one['candidate']);
    await world.close();
  });

  it('takes a draft, names its faults, and replays the traffic of the policy it would replace', async () => {
    const world = await traffic();
    const { risk, approver } = world.roleKeys;
    const draft = (body: object): Promise<Reply> => world.call('POST', '/v1/desk/policies', { key: risk, json: { body } });
    const faulty = await draft({ ...POLICY, id: policyId(world), patience: 7 });
    const refused = await simulate(world, {}, String(faulty.json['id']));
    expect([refused.status, pointers(refused)]).toEqual([422, ['/patience']]);
    const sound = await draft({ ...POLICY, id: policyId(world), max_attempts: 1 });
    const started = await simulate(world, { replicates: 20 }, String(sound.json['id']));
    expect(started.status).toBe(202);
    await world.settle();
    expect((await look(world, started.json['id'])).json['progress']).toEqual({ done: 6, total: 6 });
    // A second policy takes over what comes; its own traffic is not that of the first.
    const put = async (kind: string, id: string, body: object): Promise<void> => {
      const change = await world.call('POST', '/v1/desk/changes', { key: risk, json: { kind, id, note: 'try', body } });
      const { status } = await world.call('POST', `/v1/desk/changes/${String(change.json['id'])}/approve`, {
        key: approver,
        json: { hash: change.json['hash'] },
      });
      expect(status).toBe(200);
    };
    const first = policyId(world);
    await put('policy', 'pol_second', { ...POLICY, id: 'pol_second' });
    await put('segment', 'all', { id: 'all', name: 'All', rule: true, order: 1, champion: 'pol_second', challenger: null });
    await world.apply({ phone: '13800000001' });
    await world.settle(10_000);
    for (const [id, total] of [
      [first, 6],
      ['pol_second', 1],
    ] as const) {
      const again = await simulate(world, { replicates: 20 }, id);
      await world.settle();
      expect((await look(world, again.json['id'])).json['progress']).toEqual({ done: total, total });
    }
    await world.close();
  });

  it('leaves out the erased, and says when nothing is left', async () => {
    const world = await traffic();
    const page = await world.call('GET', '/v1/desk/applications', { key: world.roleKeys.viewer });
    const ids = (page.json['data'] as unknown as { id: string }[]).map(({ id }) => id);
    await world.call('POST', '/v1/erasures', { key: world.keys.secret, json: { application_id: ids[0] } });
    await world.settle();
    const some = await simulate(world, { replicates: 20 });
    await world.settle();
    const result = (await look(world, some.json['id'])).json['result']!;
    expect(Number(result['applications']) + Number(result['unusable']!['erased'])).toBe(6);
    expect(Number(result['unusable']!['erased'])).toBeGreaterThan(0);
    const none = await simulate(world, { to: '2020-01-01T00:00:00Z' });
    await world.settle();
    expect((await look(world, none.json['id'])).json).toMatchObject({ status: 'failed', reason: 'nothing_to_simulate', result: null });
    await world.close();
  });

  it('names what is wrong with a policy by its path, and knows what there is not', async () => {
    const world = await makeWorld();
    const id = policyId(world);
    const wrong = await simulate(world, { policy: { ...POLICY, id, patience: 2, weights: { fnd_nobody: 3 } } });
    expect([wrong.status, pointers(wrong)]).toEqual([422, ['/policy/patience']]);
    const unknown = await simulate(world, { policy: { ...POLICY, id: 'pol_other', weights: { fnd_nobody: 3 } } });
    expect([unknown.status, pointers(unknown)]).toEqual([422, ['/policy/id', '/policy/weights/fnd_nobody']]);
    const order = await simulate(world, { from: '2026-02-01T00:00:00Z', to: '2026-01-01T00:00:00Z' });
    expect([order.status, pointers(order)]).toEqual([422, ['/to']]);
    expect((await simulate(world, {}, 'pol_none')).status).toBe(404);
    expect((await look(world, 'sim_none')).status).toBe(404);
    await world.close();
  });

  it('that a restart has lost says so', async () => {
    const world = await makeWorld();
    const before = mintId('sim', 0, world.clock.nowMs() - 1_000, new Uint8Array(10));
    const lost = await look(world, before);
    expect([lost.status, lost.json['code']]).toEqual([410, 'gone']);
    expect(String(lost.json['detail'])).toContain('restart');
    await world.close();
  });
});
