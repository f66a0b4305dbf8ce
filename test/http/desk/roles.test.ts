/** Every route of the desk against every kind of caller: P7. A route that is not in the table fails the test. */
import { beforeAll, describe, expect, it } from 'vitest';
import { ROLES, type Role } from '../../../src/domain/desk.ts';
import { makeWorld, type World } from '../../world.ts';

const ALL: readonly Role[] = ['viewer', 'operator', 'risk', 'approver', 'finance'];
const TABLE: Readonly<Record<string, readonly Role[]>> = {
  'GET /v1/desk/records/:kind': ALL,
  'GET /v1/desk/records/:kind/:id': ALL,
  'POST /v1/desk/changes': ['operator', 'risk', 'approver'],
  'GET /v1/desk/changes': ALL,
  'GET /v1/desk/changes/:id': ALL,
  'POST /v1/desk/changes/:id/approve': ['approver'],
  'POST /v1/desk/changes/:id/reject': ['approver'],
  'POST /v1/desk/changes/:id/withdraw': ['operator', 'risk', 'approver'],
  'GET /v1/desk/policies': ALL,
  'POST /v1/desk/policies': ['operator', 'risk', 'approver'],
  'GET /v1/desk/policies/:id': ALL,
  'PUT /v1/desk/policies/:id': ['operator', 'risk', 'approver'],
  'DELETE /v1/desk/policies/:id': ['operator', 'risk', 'approver'],
  'POST /v1/desk/policies/:id/validate': ALL,
  'POST /v1/desk/policies/:id/propose': ['operator', 'risk', 'approver'],
  'GET /v1/desk/policies/:id/versions': ALL,
  'POST /v1/desk/policies/:id/roll-back': ['approver'],
  'GET /v1/desk/segments/:id/verdict': ALL,
  'GET /v1/desk/audit': ['risk', 'approver', 'finance'],
  'GET /v1/desk/audit/verify': ['risk', 'approver', 'finance'],
  'POST /v1/desk/blacklist': ['operator', 'risk'],
  'GET /v1/desk/blacklist': ['operator', 'risk', 'approver'],
  'DELETE /v1/desk/blacklist': ['operator', 'risk'],
  'GET /v1/desk/applications': ALL,
  'GET /v1/desk/applications/:id': ALL,
  'POST /v1/desk/applications/:id/replay': ALL,
  'GET /v1/desk/applications/:id/explanation': ALL,
  'POST /v1/desk/applications/:id/release': ['operator', 'risk'],
  'POST /v1/desk/applications/:id/refuse': ['operator', 'risk'],
  'POST /v1/desk/applications/:id/unmask': ['operator', 'risk'],
  'POST /v1/desk/application-searches': ['operator', 'risk'],
  'POST /v1/webhook-endpoints': ['operator'],
  'GET /v1/webhook-endpoints': ALL,
  'GET /v1/webhook-endpoints/:id': ALL,
  'PATCH /v1/webhook-endpoints/:id': ['operator'],
  'POST /v1/webhook-endpoints/:id/rotate': ['operator'],
  'GET /v1/webhook-endpoints/:id/deliveries': ALL,
  'POST /v1/webhook-endpoints/:id/replay': ['operator'],
  'POST /v1/deliveries/:id/resend': ['operator'],
  'GET /v1/desk/funders': ALL,
  'GET /v1/desk/funders/:id/status': ALL,
  'GET /v1/desk/funders/:id/plans': ALL,
  'GET /v1/desk/funders/:id/callbacks': ALL,
  'GET /v1/desk/funders/:id/reliability': ALL,
  'POST /v1/desk/funders/:id/check': ['operator', 'risk'],
  'GET /v1/desk/alarms': ALL,
  'POST /v1/desk/decide': ALL,
  'POST /v1/desk/policies/:id/simulate': ['operator', 'risk', 'approver'],
  'GET /v1/desk/simulations/:id': ALL,
  'GET /v1/desk/summary': ALL,
  'GET /v1/desk/funnel': ALL,
  'GET /v1/desk/flows': ALL,
  'GET /v1/desk/today': ALL,
  'GET /v1/desk/caps': ALL,
  'GET /v1/desk/approvals': ALL,
  'GET /v1/desk/channels': ALL,
  'GET /v1/desk/spend': ALL,
  'PUT /v1/desk/channels/:id/spend/:day': ['operator', 'finance'],
  'GET /v1/desk/figures': ALL,
  'GET /v1/desk/funders/:id/series': ALL,
  'GET /v1/desk/keys': [],
  'POST /v1/desk/keys': [],
  'DELETE /v1/desk/keys/:id': [],
  'PUT /v1/desk/secrets/:owner/:slot': [],
  'GET /v1/desk/team': [],
  'POST /v1/desk/team': [],
  'PATCH /v1/desk/team/:id': [],
  'POST /v1/desk/team/:id/reset': [],
  'DELETE /v1/desk/team/:id/sessions': [],
};
const DESK_PATH = /^\/v1\/(desk|webhook-endpoints|deliveries)(\/|$)/;

let world: World;
beforeAll(async () => {
  world = await makeWorld();
});

/** A call of the route on things that are not there, with a body that fits nothing. */
function attempt(route: string, key: string | undefined) {
  const [method, path] = route.split(' ') as [string, string];
  const filled = path.replace(':kind', 'funder').replace(':id', 'none');
  return world.call(method, filled, { ...(key === undefined ? {} : { key }), ...(method === 'GET' ? {} : { json: { nothing: true } }) });
}

it('names every route of the desk', () => {
  const routes = new Set(
    world.app.routes.filter(({ method, path }) => method !== 'ALL' && DESK_PATH.test(path)).map(({ method, path }) => `${method} ${path}`),
  );
  expect([...routes].toSorted()).toEqual(Object.keys(TABLE).toSorted());
});

describe.each(Object.entries(TABLE))('%s', (route, allowed) => {
  it.each(ROLES)('by a key of role %s', async (role) => {
    const reply = await attempt(route, world.roleKeys[role]);
    if (role === 'admin' || allowed.includes(role)) expect([200, 404, 422]).toContain(reply.status);
    else expect([reply.status, reply.json['code']]).toEqual([403, 'forbidden']);
  });

  it('by no key, an unknown key, and the keys of channels', async () => {
    expect((await attempt(route, undefined)).status).toBe(401);
    expect((await attempt(route, 'ok_test_nobody_at_all')).status).toBe(401);
    expect((await attempt(route, world.keys.secret)).status).toBe(403);
    expect((await attempt(route, world.keys.publishable)).status).toBe(403);
  });
});

it('nothing came of any of it', () => {
  const { store } = world.service.deps;
  expect([store.desk.auditHead(), store.desk.changes(undefined, 10), world.service.desk.snapshot().endpoints]).toEqual([undefined, [], []]);
});

it('a key without a role may do nothing', async () => {
  const { deps } = world.service;
  await deps.commit((tx) =>
    tx.desk.insertKey({
      id: 'key_roleless',
      hash: deps.vault.sha256Hex('ok_test_world_roleless'),
      kind: 'operator',
      channelId: null,
      role: null,
      name: 'x',
      createdAtMs: 0,
      revokedAtMs: null,
    }),
  );
  world.service.desk.reload();
  for (const route of Object.keys(TABLE)) expect((await attempt(route, 'ok_test_world_roleless')).status).toBe(403);
});
