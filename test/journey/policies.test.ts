/** The whole life of a policy over real sockets, with two operators and a clock of the test's own. */
import { serve } from '@hono/node-server';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeWorld, type JsonValue, type World } from '../world.ts';

const HOUR_MS = 3_600_000;
type Answer = { readonly status: number; readonly json: JsonValue };

let world: World;
let url: string;
let stop: () => Promise<void>;
beforeAll(async () => {
  world = await makeWorld();
  const server = await new Promise<ReturnType<typeof serve>>((resolve) => {
    const made = serve({ fetch: world.app.fetch, port: 0, hostname: '127.0.0.1' }, () => resolve(made));
  });
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  stop = () => new Promise((resolve) => void server.close(() => resolve()));
});
afterAll(async () => {
  await stop();
  await world.close();
});

async function ask(who: 'operator' | 'approver' | 'viewer', method: string, path: string, json?: unknown): Promise<Answer> {
  const response = await fetch(`${url}/v1/desk${path}`, {
    method,
    headers: { authorization: `Bearer ${world.roleKeys[who]}`, ...(json === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(json === undefined ? {} : { body: JSON.stringify(json) }),
  });
  const text = await response.text();
  return { status: response.status, json: (text === '' ? null : JSON.parse(text)) as JsonValue };
}
const firstPlan = (id: JsonValue) => world.service.deps.store.applications.plansOf(id as unknown as string)[0]!;
const replayed = async (id: JsonValue): Promise<unknown> => (await ask('viewer', 'POST', `/applications/${id}/replay`)).json['equal'];
const trail = async (): Promise<string[]> => {
  const page = await ask('approver', 'GET', '/audit?limit=200');
  return (page.json['data'] as unknown as { action: string }[]).map(({ action }) => action).toReversed();
};

it('is drafted faulty, mended, proposed, approved by another, published at its time, followed, and rolled back', async () => {
  // Draft: anything goes, and every fault is named.
  const begun = await ask('operator', 'POST', '/policies', { from: 'pol_default' });
  expect([begun.status, begun.json]).toMatchObject([201, { kind: 'draft', policy: 'pol_default', revision: 1, base_version: 1, stale: false }]);
  const draft = begun.json['id'];
  const body = begun.json['body'] as unknown as Record<string, unknown>;
  const faulty = { ...body, max_attempts: 0, weights: { fnd_nobody: 2 }, prescreen: { min_age: 60, max_age: 30 } };
  expect((await ask('operator', 'PUT', `/policies/${draft}`, { revision: 1, body: faulty })).json['revision']).toBe(2);
  expect((await ask('operator', 'PUT', `/policies/${draft}`, { revision: 1, body })).json['code']).toBe('stale');
  const shape = await ask('viewer', 'POST', `/policies/${draft}/validate`);
  expect(shape.json).toMatchObject({
    valid: false,
    faults: [{ pointer: '/max_attempts', code: 'too_small', message: { zh: '不能小于 1', en: 'must be at least 1' } }],
  });
  await ask('operator', 'PUT', `/policies/${draft}`, { revision: 2, body: { ...faulty, max_attempts: 1 } });
  const sense = await ask('viewer', 'POST', `/policies/${draft}/validate`);
  const pointers = (answer: Answer, list: string): string[] => (answer.json[list] as unknown as { pointer: string }[]).map(({ pointer }) => pointer);
  expect(pointers(sense, 'faults')).toEqual(['/weights/fnd_nobody', '/prescreen/min_age']);
  const refused = await ask('operator', 'POST', `/policies/${draft}/propose`, { note: 'try' });
  expect([refused.status, pointers(refused, 'errors')]).toEqual([422, ['/weights/fnd_nobody', '/prescreen/min_age']]);

  // Mended: one attempt, the dearest funder first.
  const mended = { ...body, name: 'One attempt', max_attempts: 1, weights: { fnd_ember: 100 }, tier_order: 'index' };
  const saved = await ask('operator', 'PUT', `/policies/${draft}`, { revision: 3, body: mended });
  // What it would change stands with it, against the policy in force.
  expect(saved.json['diff']).toContainEqual({ pointer: '/max_attempts', change: 'changed', from: 6, to: 1 });
  expect((saved.json['diff'] as unknown as { pointer: string }[]).map(({ pointer }) => pointer)).toContain('/weights/fnd_ember');
  expect((await ask('viewer', 'POST', `/policies/${draft}/validate`)).json).toMatchObject({ valid: true, faults: [] });
  const at = new Date(world.clock.nowMs() + HOUR_MS).toISOString();
  const change = await ask('operator', 'POST', `/policies/${draft}/propose`, { note: 'fewer attempts', publish_at: at });
  expect(change.json).toMatchObject({ state: 'proposed', publish_at: at, kind: 'policy', record_id: 'pol_default' });
  const approve = (who: 'operator' | 'approver') => ask(who, 'POST', `/changes/${change.json['id']}/approve`, { hash: change.json['hash'] });
  expect((await approve('operator')).status).toBe(403);
  expect((await approve('approver')).json).toMatchObject({ state: 'scheduled', decided_by: 'key_approver' });
  const listed = await ask('viewer', 'GET', '/policies');
  expect(listed.json).toMatchObject({
    policies: [
      {
        id: 'pol_default',
        version: 1,
        general: true,
        segments: [{ segment: 'all', arm: 'champion' }],
        changes: [{ state: 'scheduled', publish_at: at }],
      },
    ],
    drafts: [{ id: draft, proposal: { state: 'scheduled' } }],
  });

  // Until its time the old one decides, then the new one.
  const early = await world.apply({ phone: '13800000003' });
  expect(firstPlan(early.json['id'])).toMatchObject({ policyId: 'pol_default', policyVersion: 1 });
  await world.settle(HOUR_MS);
  expect((await ask('viewer', 'GET', `/changes/${change.json['id']}`)).json['state']).toBe('approved');
  const late = await world.apply({ phone: '13800000003' });
  const plan = firstPlan(late.json['id']);
  expect([plan.policyVersion, (JSON.parse(plan.result) as { steps: { funderId: string }[] }).steps.map(({ funderId }) => funderId)]).toEqual([
    2,
    ['fnd_ember'],
  ]);
  expect([await replayed(early.json['id']), await replayed(late.json['id'])]).toEqual([true, true]);

  // Back, by one approver alone.
  expect((await ask('operator', 'POST', '/policies/pol_default/roll-back', { to_version: 1, note: 'no' })).status).toBe(403);
  const back = await ask('approver', 'POST', '/policies/pol_default/roll-back', { to_version: 1, note: 'too few approvals' });
  expect([back.status, back.json]).toMatchObject([
    200,
    { state: 'approved', author: 'key_approver', decided_by: 'key_approver', note: 'too few approvals' },
  ]);
  const again = await world.apply({ phone: '13800000003' });
  const [was, is] = [firstPlan(early.json['id']), firstPlan(again.json['id'])];
  const order = (row: typeof was): string[] => (JSON.parse(row.result) as { steps: { funderId: string }[] }).steps.map(({ funderId }) => funderId);
  expect([is.policyVersion, order(is)]).toEqual([3, order(was)]);
  for (const each of [early, late, again]) expect(await replayed(each.json['id'])).toBe(true);
  const versions = await ask('viewer', 'GET', '/policies/pol_default/versions');
  expect(versions.json['data']).toMatchObject([
    { version: 3, author: 'key_approver', diff: expect.arrayContaining([expect.objectContaining({ pointer: '/max_attempts', from: 1, to: 6 })]) },
    { version: 2, author: 'key_operator', approver: 'key_approver' },
    { version: 1, author: 'sandbox', diff: [] },
  ]);
  expect((await ask('approver', 'POST', '/policies/pol_default/roll-back', { to_version: 1, note: 'again' })).json['errors']).toMatchObject([
    { pointer: '/to_version', code: 'no_change' },
  ]);

  expect((await ask('operator', 'DELETE', `/policies/${draft}`)).status).toBe(204);
  expect(await trail()).toEqual([
    'policy_draft.created',
    'policy_draft.changed',
    'policy_draft.changed',
    'policy_draft.changed',
    'change.proposed',
    'change.scheduled',
    'change.published',
    'policy.rolled_back',
    'policy_draft.deleted',
  ]);
  expect((await ask('approver', 'GET', '/audit/verify')).json['ok']).toBe(true);
});

describe('a draft begun from a version that is no longer in force', () => {
  it('is not proposed until its writer has seen the new one', async () => {
    const begun = await ask('operator', 'POST', '/policies', { from: 'pol_default' });
    const draft = begun.json['id'];
    const body = begun.json['body'] as unknown as object;
    const other = await ask('operator', 'POST', '/policies', { body: { ...body, name: 'Other' } });
    const change = await ask('operator', 'POST', `/policies/${other.json['id']}/propose`, { note: 'x' });
    await ask('approver', 'POST', `/changes/${change.json['id']}/approve`, { hash: change.json['hash'] });
    const mine = { ...body, name: 'Mine' };
    expect((await ask('operator', 'PUT', `/policies/${draft}`, { revision: 1, body: mine })).json['stale']).toBe(true);
    expect((await ask('operator', 'POST', `/policies/${draft}/propose`, { note: 'x' })).json['code']).toBe('stale');
    expect((await ask('operator', 'PUT', `/policies/${draft}`, { revision: 2, body: mine, base_version: 9 })).json['code']).toBe('stale');
    expect((await ask('operator', 'PUT', `/policies/${draft}`, { revision: 2, body: mine, base_version: 4 })).json['stale']).toBe(false);
    expect((await ask('operator', 'POST', `/policies/${draft}/propose`, { note: 'x' })).status).toBe(201);
  });
});
