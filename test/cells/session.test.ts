/** Operators of a service of many cells: they sign in at the desk, and every cell admits them for as long as the desk does. */
import { afterEach, expect, it } from 'vitest';
import { firstRunToken } from '../../src/flow/operators/first-run.ts';
import { DESK_CELL } from '../../src/runtime/cells/generations.ts';
import { accept, asking, cookieOf, PASSWORD, type Signed } from '../http/console/people.ts';
import { idNumberOf, makeCells, phoneOf, type Cells } from './world.ts';

const MINUTE_MS = 60_000;
let world: Cells;
afterEach(() => world.close());

async function firstAdmin(): Promise<Signed> {
  const { deps } = await world.service(DESK_CELL);
  return accept(world, world.clock.nowMs(), firstRunToken(deps, world.clock.nowMs()), { name: 'First', email: 'first@millrace.test' });
}

it('a session opens what lies in cells at once, and a key’s shape or a cookie’s is needed to wake one', async () => {
  world = await makeCells();
  await world.call('GET', '/v1/desk/summary', { key: world.keys.operator });
  const admin = await firstAdmin();
  // No time has gone by since the desk said so.
  expect((await admin.ask('GET', '/v1/desk/summary')).status).toBe(200);
  const made = await world.apply({ phone: phoneOf(1), id_number: idNumberOf(1) });
  expect((await admin.ask('GET', `/v1/desk/applications/${made.json['id']}`)).status).toBe(200);
  // What changes something in a cell needs the header there as well.
  const bare = { headers: { cookie: admin.cookie }, json: {} };
  expect((await world.call('POST', `/v1/desk/applications/${made.json['id']}/release`, bare)).status).toBe(403);
  expect([409, 422]).toContain((await admin.ask('POST', `/v1/desk/applications/${made.json['id']}/release`)).status);
  const before = world.asked.length;
  for (const cookie of ['', '__Host-millrace_console=short', 'other=1'])
    expect((await world.call('GET', '/v1/desk/summary', { headers: { cookie } })).status).toBe(401);
  expect((await world.call('GET', '/v1/consent-texts', { headers: { cookie: admin.cookie } })).status).toBe(401);
  expect(world.asked.length).toBe(before);
  expect((await asking(world, `__Host-millrace_console=${'A'.repeat(43)}`)('GET', '/v1/desk/summary')).status).toBe(401);
});

it('what a cell has of an operator is role and standing; what proves them stays at the desk', async () => {
  world = await makeCells({ cells: '2' });
  const admin = await firstAdmin();
  await admin.ask('GET', '/v1/desk/summary');
  for (const cell of [0, 1]) {
    const { db } = world.databases.get(cell)!;
    expect(db.all('SELECT id, role, status FROM operators')).toContainEqual({ id: admin.id, role: 'admin', status: 'active' });
    for (const table of ['operator_accounts', 'operator_invitations', 'sign_in_tries']) expect(db.all(`SELECT * FROM ${table}`)).toEqual([]);
    const rows = db.all<Record<string, unknown>>('SELECT * FROM operator_sessions');
    expect([rows.length, JSON.stringify(rows).includes(admin.cookie.split('=')[1]!)]).toEqual([1, false]);
  }
});

it('who is disabled, demoted or signed out is so in every cell at the next request', async () => {
  world = await makeCells({ cells: '2' });
  const admin = await firstAdmin();
  const made = await admin.ask('POST', '/v1/desk/team', { email: 'v@millrace.test', name: 'V', role: 'viewer' });
  const link = made.json['link'] as unknown as string;
  const viewer = await accept(world, world.clock.nowMs(), link.split('#')[1]!, { name: 'V' });
  expect((await viewer.ask('GET', '/v1/desk/summary')).status).toBe(200);
  await admin.ask('PATCH', `/v1/desk/team/${viewer.id}`, { status: 'disabled' });
  expect((await viewer.ask('GET', '/v1/desk/summary')).status).toBe(401);
  await admin.ask('DELETE', '/v1/session');
  expect((await admin.ask('GET', '/v1/desk/summary')).status).toBe(401);
});

it('one that is used in cells alone does not fall asleep at the desk', async () => {
  world = await makeCells({ cells: '1' });
  const admin = await firstAdmin();
  for (let n = 0; n < 3; n += 1) {
    await world.settle(25 * MINUTE_MS);
    expect((await admin.ask('GET', '/v1/desk/summary')).status).toBe(200);
    await world.settle(1_000);
  }
  expect((await admin.ask('GET', '/v1/session')).status).toBe(200);
});

it('nobody signs in while the desk is away; who is in stays so', async () => {
  world = await makeCells({ cells: '1' });
  const admin = await firstAdmin();
  await admin.ask('GET', '/v1/desk/summary');
  world.cut.add(DESK_CELL);
  const json = { email: 'first@millrace.test', password: PASSWORD, code: '000000' };
  expect((await world.call('POST', '/v1/session', { json })).status).toBe(503);
  expect((await admin.ask('GET', '/v1/desk/summary')).status).toBe(200);
  expect(cookieOf(await admin.ask('GET', '/v1/desk/summary'))).toBeNull();
});
