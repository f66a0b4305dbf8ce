/** The team over HTTP: who may change whom, what a role opens with a session, and that two people are two people. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ROLES, type Role } from '../../../src/domain/desk.ts';
import { makeWorld, type Reply, type World } from '../../world.ts';
import { accept, firstAdmin, invite, signIn, type Signed } from './people.ts';

let world: World;
let admin: Signed;
beforeEach(async () => {
  world = await makeWorld();
  admin = await firstAdmin(world);
});
afterEach(() => world.close());

const told = ({ status, json }: Reply): [number, string] => [status, json?.['code'] as unknown as string];
const text = (value: unknown): string => value as string;

it('each role opens with a session what it opens with a key', async () => {
  const ROUTES: readonly (readonly [string, string, readonly Role[]])[] = [
    ['GET', '/v1/desk/summary', ['viewer', 'operator', 'risk', 'approver', 'finance']],
    ['GET', '/v1/desk/audit', ['risk', 'approver', 'finance']],
    ['POST', '/v1/desk/changes', ['operator', 'risk', 'approver']],
    ['POST', '/v1/desk/changes/none/approve', ['approver']],
    ['POST', '/v1/webhook-endpoints', ['operator']],
    ['POST', '/v1/deliveries/none/resend', ['operator']],
    ['GET', '/v1/desk/team', []],
    ['PATCH', '/v1/desk/team/none', []],
    ['POST', '/v1/desk/keys', []],
  ];
  for (const role of ROLES) {
    const member = await invite(world, admin, role);
    for (const [method, path, allowed] of ROUTES) {
      const reply = await member.ask(method, path, method === 'GET' ? undefined : { nothing: true });
      const admitted = role === 'admin' || allowed.includes(role);
      if (admitted) expect([role, path, [200, 404, 422].includes(reply.status)]).toEqual([role, path, true]);
      else expect([role, path, ...told(reply)]).toEqual([role, path, 403, 'forbidden']);
    }
  }
});

it('lists everybody with their standing and when they were last seen, and nothing they prove themselves by', async () => {
  const viewer = await invite(world, admin, 'viewer');
  const { json } = await admin.ask('GET', '/v1/desk/team');
  const found = (json['data'] as unknown as { id: string }[]).find(({ id }) => id === viewer.id);
  expect(found).toEqual({
    id: viewer.id,
    email: 'viewer@millrace.test',
    name: 'viewer',
    role: 'viewer',
    status: 'active',
    created_at: expect.any(String),
    last_seen_at: expect.any(String),
    open_sessions: 1,
  });
});

it('changes a role at once, disables at once, and lets back in', async () => {
  const viewer = await invite(world, admin, 'viewer');
  expect(told(await viewer.ask('GET', '/v1/desk/audit'))).toEqual([403, 'forbidden']);
  expect((await admin.ask('PATCH', `/v1/desk/team/${viewer.id}`, { role: 'risk' })).json).toMatchObject({ role: 'risk', status: 'active' });
  expect((await viewer.ask('GET', '/v1/desk/audit')).status).toBe(200);
  await admin.ask('PATCH', `/v1/desk/team/${viewer.id}`, { status: 'disabled' });
  expect((await viewer.ask('GET', '/v1/desk/summary')).status).toBe(401);
  expect(told(await admin.ask('POST', `/v1/desk/team/${viewer.id}/reset`))).toEqual([409, 'illegal_transition']);
  await admin.ask('PATCH', `/v1/desk/team/${viewer.id}`, { status: 'active' });
  // The sessions of before stay over.
  expect((await viewer.ask('GET', '/v1/desk/summary')).status).toBe(401);
  await world.clock.advance(60_000);
  expect((await signIn(world, 'viewer@millrace.test', viewer.secret)).status).toBe(200);
  const { json } = await admin.ask('GET', '/v1/desk/audit');
  const deeds = (json['data'] as unknown as { action: string; actor: string; subject: string }[]).filter(({ subject }) => subject === viewer.id);
  expect(deeds.filter(({ actor }) => actor === admin.id).map(({ action }) => action)).toEqual([
    'operator.changed',
    'operator.changed',
    'operator.changed',
    'operator.invited',
  ]);
});

it('a reset ends password, app and sessions, and begins with a new link', async () => {
  const viewer = await invite(world, admin, 'viewer');
  await world.clock.advance(60_000);
  const reset = await admin.ask('POST', `/v1/desk/team/${viewer.id}/reset`);
  expect(reset.json['operator']).toMatchObject({ status: 'invited', open_sessions: 0 });
  expect((await viewer.ask('GET', '/v1/session')).status).toBe(401);
  expect((await signIn(world, 'viewer@millrace.test', viewer.secret)).status).toBe(401);
  const link = text(reset.json['link']);
  const again = await accept(world, world.clock.nowMs(), link.slice(link.indexOf('#') + 1), { name: 'V' });
  expect([again.id, again.secret === viewer.secret]).toEqual([viewer.id, false]);
  expect((await again.ask('GET', '/v1/desk/summary')).status).toBe(200);
});

describe('nobody', () => {
  it('changes their own standing, by session or by a key of theirs', async () => {
    const other = await invite(world, admin, 'admin');
    expect(told(await admin.ask('PATCH', `/v1/desk/team/${admin.id}`, { role: 'viewer' }))).toEqual([403, 'same_person']);
    const made = await other.ask('POST', '/v1/desk/keys', { kind: 'operator', name: 'own', role: 'admin' });
    const own = { key: text(made.json['key']), json: { status: 'disabled' } };
    expect(told(await world.call('PATCH', `/v1/desk/team/${other.id}`, own))).toEqual([403, 'same_person']);
  });

  it('takes the last administrator away, two of them at once neither', async () => {
    const key = world.roleKeys.admin;
    for (const json of [{ role: 'viewer' }, { status: 'disabled' }])
      expect(told(await world.call('PATCH', `/v1/desk/team/${admin.id}`, { key, json }))).toEqual([409, 'illegal_transition']);
    expect(told(await world.call('POST', `/v1/desk/team/${admin.id}/reset`, { key }))).toEqual([409, 'illegal_transition']);
    const other = await invite(world, admin, 'admin');
    const both = await Promise.all([
      admin.ask('PATCH', `/v1/desk/team/${other.id}`, { role: 'viewer' }),
      other.ask('PATCH', `/v1/desk/team/${admin.id}`, { role: 'viewer' }),
    ]);
    const admins = world.db.all("SELECT id FROM operators WHERE role = 'admin' AND status = 'active'");
    expect([both.filter(({ status }) => status === 200).length, admins.length]).toEqual([1, 1]);
  });

  it('is invited twice by one address', async () => {
    const twice = await admin.ask('POST', '/v1/desk/team', { email: ' FIRST@millrace.test', name: 'x', role: 'viewer' });
    expect([twice.status, twice.text]).toEqual([422, expect.stringContaining('/email')]);
  });
});

describe('two people', () => {
  const change = { kind: 'channel', id: 'shop', note: 'n', body: { id: 'shop', name: 'Shop', status: 'live', allowed_origins: [] } };
  const decide = (ask: Signed['ask'], proposed: Reply, deed = 'approve'): Promise<Reply> =>
    ask('POST', `/v1/desk/changes/${text(proposed.json['id'])}/${deed}`, { hash: proposed.json['hash'] });
  const byKey =
    (key: string): Signed['ask'] =>
    (method, path, json) =>
      world.call(method, path, { key, ...(json === undefined ? {} : { json }) });
  const keyOf = async (by: Signed['ask'], role: Role): Promise<string> =>
    text((await by('POST', '/v1/desk/keys', { kind: 'operator', name: role, role })).json['key']);

  it('are not one with a session and a key, two keys, or two sessions', async () => {
    const [first, second] = [await keyOf(admin.ask, 'operator'), await keyOf(admin.ask, 'approver')];
    // A key that a key of theirs made is theirs as well.
    const third = await keyOf(byKey(await keyOf(admin.ask, 'admin')), 'approver');
    await world.clock.advance(60_000);
    const again = await signIn(world, 'first@millrace.test', admin.secret);
    const session: Signed['ask'] = (method, path, json) =>
      world.call(method, path, { json, headers: { 'x-millrace-console': '1', cookie: again.headers.getSetCookie()[0]!.split(';')[0]! } });
    const bySession = await admin.ask('POST', '/v1/desk/changes', change);
    for (const ask of [admin.ask, byKey(second), byKey(third), session]) expect(told(await decide(ask, bySession))).toEqual([403, 'same_person']);
    const byOne = await byKey(first)('POST', '/v1/desk/changes', change);
    for (const ask of [byKey(second), byKey(third), admin.ask, session]) expect(told(await decide(ask, byOne))).toEqual([403, 'same_person']);
    // Their own they may take back by any of them.
    expect((await decide(byKey(second), bySession, 'withdraw')).status).toBe(200);
    const approver = await invite(world, admin, 'approver');
    expect((await decide(approver.ask, byOne)).json).toMatchObject({ state: 'approved', decided_by: approver.id });
    expect(world.service.deps.desk.snapshot().channels.has('shop')).toBe(true);
  });

  it('are a person and a key of nobody in particular, as before', async () => {
    const proposed = await admin.ask('POST', '/v1/desk/changes', change);
    expect((await decide(byKey(world.roleKeys.approver), proposed)).status).toBe(200);
  });

  it('a key stays with its maker though revoked, and opens nothing once they may not', async () => {
    const other = await invite(world, admin, 'admin');
    const made = await other.ask('POST', '/v1/desk/keys', { kind: 'operator', name: 'k', role: 'operator' });
    const ask = byKey(text(made.json['key']));
    const proposed = await ask('POST', '/v1/desk/changes', change);
    expect(proposed.status).toBe(201);
    await other.ask('DELETE', `/v1/desk/keys/${text(made.json['id'])}`);
    expect(told(await decide(other.ask, proposed))).toEqual([403, 'same_person']);
    const kept = byKey(await keyOf(other.ask, 'operator'));
    const same = byKey(await keyOf(other.ask, 'viewer'));
    await admin.ask('PATCH', `/v1/desk/team/${other.id}`, { role: 'viewer' });
    expect([(await kept('GET', '/v1/desk/summary')).status, (await same('GET', '/v1/desk/summary')).status]).toEqual([401, 200]);
    await admin.ask('PATCH', `/v1/desk/team/${other.id}`, { status: 'disabled' });
    expect((await same('GET', '/v1/desk/summary')).status).toBe(401);
  });
});
