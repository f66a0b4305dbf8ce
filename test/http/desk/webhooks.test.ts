import { createHmac, createPublicKey, verify } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { OutboundRequest, SendOutcome } from '../../../src/ports/transport.ts';
import { makeWorld, type Reply, type World, type WorldOptions } from '../../world.ts';

const URL_OF = 'https://hooks.example/in';
const HOUR = 3_600_000;
const status = (code: number): SendOutcome => ({ kind: 'response', response: { status: code, headers: {}, body: new Uint8Array(0) } });
/** A receiver at `URL_OF` whose answer a test can change. */
function receiver(): { answers: number; readonly options: WorldOptions } {
  const made = { answers: 200, options: { answer: (request: OutboundRequest) => (request.url === URL_OF ? status(made.answers) : null) } };
  return made;
}
const create = (world: World, json: object = {}, key?: string): Promise<Reply> =>
  world.call('POST', '/v1/webhook-endpoints', {
    key: world.roleKeys.operator,
    json: { url: URL_OF, types: ['application.*'], ...json },
    ...(key === undefined ? {} : { headers: { 'idempotency-key': key } }),
  });
const received = (world: World): OutboundRequest[] => world.sent.filter(({ url }) => url === URL_OF);
const idsOf = (requests: readonly OutboundRequest[]): string[] => requests.map(({ headers }) => headers['webhook-id']!);
const deliveries = async (
  world: World,
  id: unknown,
  query = '',
): Promise<{ id: string; state: string; tries: number; last_error: string | null }[]> =>
  (await world.call('GET', `/v1/webhook-endpoints/${id as string}/deliveries${query}`, { key: world.roleKeys.viewer })).json['data'] as never;
const faultsOf = (reply: Reply): [string, string][] =>
  (reply.json['errors'] as unknown as { pointer: string; code: string }[]).map((each) => [each.pointer, each.code]);

/** The `v1` signatures of a request that this secret made. */
function signedBy(request: OutboundRequest, secret: string): boolean {
  const { 'webhook-id': id, 'webhook-timestamp': at, 'webhook-signature': signatures } = request.headers;
  const made = createHmac('sha256', Buffer.from(secret.slice('whsec_'.length), 'base64'))
    .update(`${id}.${at}.${request.body as string}`)
    .digest('base64');
  return signatures!.split(' ').includes(`v1,${made}`);
}

describe('a webhook endpoint', () => {
  it('gets signed events from the moment it was made, by both signatures, without personal data', async () => {
    const world = await makeWorld();
    const made = await create(world);
    expect(made.status).toBe(201);
    expect(made.json).toMatchObject({ url: URL_OF, types: ['application.*'], channel_id: null, status: 'enabled', health: { failing_since: null } });
    expect(made.json['secret']).toMatch(/^whsec_/);
    await world.apply();
    const requests = received(world);
    expect(requests.map(({ body }) => (JSON.parse(body as string) as { type: string }).type)).toEqual([
      'application.submitted',
      'application.routing',
      'application.offered',
    ]);
    const key = createPublicKey({
      key: { kty: 'OKP', crv: 'Ed25519', x: Buffer.from((made.json['public_key'] as string).slice('whpk_'.length), 'base64').toString('base64url') },
      format: 'jwk',
    });
    for (const request of requests) {
      expect(signedBy(request, made.json['secret'])).toBe(true);
      const { 'webhook-id': id, 'webhook-timestamp': at, 'webhook-signature': signatures } = request.headers;
      const asymmetric = signatures!
        .split(' ')
        .find((each) => each.startsWith('v1a,'))!
        .slice(4);
      expect(verify(null, Buffer.from(`${id}.${at}.${request.body as string}`), key, Buffer.from(asymmetric, 'base64'))).toBe(true);
      for (const secret of ['张三', '13800000001', '110105199003072338']) expect(request.body).not.toContain(secret);
    }
    expect((await deliveries(world, made.json['id'])).map(({ state }) => state)).toEqual(['delivered', 'delivered', 'delivered']);
  });

  it('tells its secrets once: no list, no audit, no record shows them again', async () => {
    const world = await makeWorld();
    const made = await create(world, {}, 'once');
    const again = await create(world, {}, 'once');
    expect(again.text).toBe(made.text);
    const secret = made.json['secret'] as unknown as string;
    const paths = [
      '/v1/webhook-endpoints',
      `/v1/webhook-endpoints/${made.json['id']}`,
      '/v1/desk/records/webhook_endpoint',
      `/v1/desk/records/webhook_endpoint/${made.json['id']}`,
      '/v1/desk/audit',
    ];
    for (const path of paths) {
      const reply = await world.call('GET', path, { key: world.roleKeys.admin });
      expect(reply.status).toBe(200);
      expect(reply.text).not.toContain(secret.slice(6, 30));
      expect(reply.text).not.toContain('whsk_');
    }
    expect((await world.call('GET', '/v1/webhook-endpoints', { key: world.roleKeys.viewer })).json['data']).toHaveLength(1);
  });

  it.each([
    ['an address inside', { url: 'http://10.0.0.1/x' }, [['/url', 'url_address']]],
    ['an address inside, written otherwise', { url: 'http://0x0a000001/' }, [['/url', 'url_address']]],
    ['credentials', { url: 'https://user:pass@hooks.example/' }, [['/url', 'url_credentials']]],
    ['another scheme', { url: 'ftp://hooks.example/' }, [['/url', 'url_scheme']]],
    ['a channel nobody knows', { channel_id: 'nobody' }, [['/channel_id', 'unknown_channel']]],
    ['no types', { types: [] }, [['/types', 'too_small']]],
    ['types that are none', { types: ['Application'] }, [['/types/0', 'format']]],
  ])('is not made with %s', async (_, json, faults) => {
    const world = await makeWorld();
    const refused = await create(world, json);
    expect([refused.status, faultsOf(refused)]).toEqual([422, faults]);
    expect(world.service.desk.snapshot().endpoints).toEqual([]);
    expect(world.service.deps.store.desk.auditHead()).toBeUndefined();
  });

  it('gets its channel’s and its types’ events and no others', async () => {
    const world = await makeWorld();
    await create(world, { types: ['attempt.approved'], channel_id: 'h5-demo' });
    await world.apply();
    expect(received(world).map(({ body }) => (JSON.parse(body as string) as { type: string }).type)).toEqual(['attempt.approved']);
  });

  it('is signed by both secrets for 24 hours after a rotation, then by the new one alone', async () => {
    const world = await makeWorld();
    const made = await create(world);
    const rotated = await world.call('POST', `/v1/webhook-endpoints/${made.json['id']}/rotate`, { key: world.roleKeys.operator });
    expect(rotated.json['old_valid_until']).toBe(new Date(world.clock.nowMs() + 24 * HOUR).toISOString());
    const [old, fresh] = [made.json['secret'] as string, rotated.json['secret'] as string];
    await world.apply();
    expect(received(world).every((request) => signedBy(request, old) && signedBy(request, fresh))).toBe(true);
    await world.leap(24 * HOUR);
    const before = received(world).length;
    await world.apply({ phone: '13900000001', id_number: '110105199003072338' });
    const late = received(world).slice(before);
    expect(late.length).toBeGreaterThan(0);
    expect(late.map((request) => [signedBy(request, old), signedBy(request, fresh)])).toEqual(late.map(() => [false, true]));
  });

  it('has a bound on secrets that are valid at once, and drops those that have run out', async () => {
    const world = await makeWorld();
    const made = await create(world);
    const rotate = () => world.call('POST', `/v1/webhook-endpoints/${made.json['id']}/rotate`, { key: world.roleKeys.operator });
    const codes = [];
    for (let turn = 0; turn < 5; turn += 1) codes.push((await rotate()).status);
    expect(codes).toEqual([200, 200, 200, 200, 429]);
    await world.leap(25 * HOUR);
    expect((await rotate()).status).toBe(200);
    expect(world.service.deps.store.desk.secretsOf(made.json['id']).filter(({ slot }) => slot.startsWith('whsec_'))).toHaveLength(2);
  });

  it('that answered 410 is disabled; enabling it gives it a clean sheet', async () => {
    const hooks = receiver();
    hooks.answers = 410;
    const world = await makeWorld(hooks.options);
    const made = await create(world, { types: ['application.submitted'] });
    await world.apply();
    const shown = () => world.call('GET', `/v1/webhook-endpoints/${made.json['id']}`, { key: world.roleKeys.viewer });
    expect((await shown()).json).toMatchObject({ status: 'disabled', disabled_reason: 'gone' });
    expect(await deliveries(world, made.json['id'], '?state=dead')).toMatchObject([{ state: 'dead' }]);
    const patched = await world.call('PATCH', `/v1/webhook-endpoints/${made.json['id']}`, {
      key: world.roleKeys.operator,
      json: { status: 'enabled' },
    });
    expect(patched.json).toMatchObject({ status: 'enabled', disabled_reason: null, health: { failing_since: null, disabled_at: null } });
    hooks.answers = 200;
    await world.apply({ phone: '13900000001', employment: 'student' });
    expect((await deliveries(world, made.json['id'])).map(({ state }) => state)).toEqual(['delivered', 'dead']);
  });

  it('can be changed and disabled by hand, each with a version and an audit row', async () => {
    const world = await makeWorld();
    const made = await create(world);
    const patch = (json: object) => world.call('PATCH', `/v1/webhook-endpoints/${made.json['id']}`, { key: world.roleKeys.operator, json });
    expect((await patch({ types: ['*'], status: 'disabled' })).json).toMatchObject({
      types: ['*'],
      status: 'disabled',
      disabled_reason: 'by an operator',
      version: 2,
    });
    await world.apply();
    expect(received(world)).toEqual([]);
    expect((await patch({ status: 'disabled' })).json['version']).toBe(2);
    expect(faultsOf(await patch({ url: 'http://169.254.169.254/latest' }))).toEqual([['/url', 'url_address']]);
    expect((await world.call('PATCH', '/v1/webhook-endpoints/ep_none', { key: world.roleKeys.operator, json: {} })).status).toBe(404);
    const audit = await world.call('GET', '/v1/desk/audit', { key: world.roleKeys.risk });
    expect((audit.json['data'] as unknown as { action: string }[]).map(({ action }) => action)).toEqual(['endpoint.changed', 'endpoint.created']);
  });
});

describe('sending again', () => {
  it('one by its id keeps its webhook-id, and starts its schedule anew', async () => {
    const hooks = receiver();
    const world = await makeWorld(hooks.options);
    const made = await create(world, { types: ['application.submitted'] });
    await world.apply();
    const [first] = await deliveries(world, made.json['id']);
    const resent = await world.call('POST', `/v1/deliveries/${first!.id}/resend`, { key: world.roleKeys.operator });
    expect([resent.status, resent.json['state'], resent.json['tries']]).toEqual([202, 'waiting', 0]);
    await world.settle(1_000);
    expect(idsOf(received(world))).toEqual([first!.id, first!.id]);
    expect(await deliveries(world, made.json['id'])).toMatchObject([{ state: 'delivered', tries: 1 }]);
    expect((await world.call('POST', '/v1/deliveries/dlv_none/resend', { key: world.roleKeys.operator })).status).toBe(404);
  });

  it('all since a time sends what was delivered, dead or never sent, each event under one id for good', async () => {
    const hooks = receiver();
    const world = await makeWorld(hooks.options);
    const made = await create(world);
    const id = made.json['id'] as unknown as string;
    const patch = (json: object) => world.call('PATCH', `/v1/webhook-endpoints/${id}`, { key: world.roleKeys.operator, json });
    const replay = (json: object) => world.call('POST', `/v1/webhook-endpoints/${id}/replay`, { key: world.roleKeys.operator, json });
    const since = new Date(world.clock.nowMs()).toISOString();
    await world.apply();
    const sentFirst = idsOf(received(world));
    await patch({ status: 'disabled' });
    await world.settle(1_000);
    const later = new Date(world.clock.nowMs()).toISOString();
    await world.apply({ phone: '13900000002', employment: 'student' });
    expect(received(world)).toHaveLength(sentFirst.length);

    expect((await replay({ since })).json['code']).toBe('illegal_transition');
    await patch({ status: 'enabled' });
    expect((await replay({ since: later })).json).toEqual({ queued: 2 });
    await world.settle(1_000);
    const sentSecond = idsOf(received(world)).slice(sentFirst.length);
    expect(sentSecond).toHaveLength(2);

    expect((await replay({ since })).json).toEqual({ queued: sentFirst.length + 2 });
    await world.settle(1_000);
    expect(
      idsOf(received(world))
        .slice(sentFirst.length + 2)
        .toSorted(),
    ).toEqual([...sentFirst, ...sentSecond].toSorted());
    expect(new Set(idsOf(received(world))).size).toBe(sentFirst.length + 2);
    expect((await replay({ since: new Date(world.clock.nowMs() + HOUR).toISOString() })).json).toEqual({ queued: 0 });
    expect((await replay({ since: 'yesterday' })).status).toBe(422);
  });

  it('dead letters alone, by range', async () => {
    const hooks = receiver();
    const world = await makeWorld(hooks.options);
    const made = await create(world, { types: ['application.submitted', 'application.offered'] });
    const since = new Date(world.clock.nowMs()).toISOString();
    await world.apply();
    hooks.answers = 410;
    await world.settle(1_000);
    await world.apply({ phone: '13900000002', employment: 'student' });
    const dead = await deliveries(world, made.json['id'], '?state=dead');
    expect(dead).toMatchObject([{ tries: 1 }]);
    hooks.answers = 200;
    await world.call('PATCH', `/v1/webhook-endpoints/${made.json['id']}`, { key: world.roleKeys.operator, json: { status: 'enabled' } });
    const before = received(world).length;
    const replayed = await world.call('POST', `/v1/webhook-endpoints/${made.json['id']}/replay`, {
      key: world.roleKeys.operator,
      json: { since, dead_only: true },
    });
    expect(replayed.json).toEqual({ queued: 1 });
    await world.settle(1_000);
    expect(idsOf(received(world).slice(before))).toEqual([dead[0]!.id]);
    expect(await deliveries(world, made.json['id'], '?state=dead')).toEqual([]);
  });

  it('spreads a large replay over time', async () => {
    const hooks = receiver();
    const world = await makeWorld(hooks.options);
    const { deps } = world.service;
    const made = await create(world);
    await deps.commit((tx) => {
      for (let index = 0; index < 1_200; index += 1) {
        tx.feed.append({
          type: 'application.expired',
          applicationId: `app_${index}`,
          applicationSeq: 1,
          channelId: 'h5-demo',
          atMs: deps.clock.nowMs(),
          data: {},
        });
      }
    });
    const replayed = await world.call('POST', `/v1/webhook-endpoints/${made.json['id']}/replay`, {
      key: world.roleKeys.operator,
      json: { since: new Date(world.clock.nowMs()).toISOString() },
    });
    expect(replayed.json).toEqual({ queued: 1_200 });
    await world.settle(2_000);
    const early = received(world).length;
    expect(early).toBeGreaterThan(0);
    expect(early).toBeLessThanOrEqual(400);
    await world.settle(20_000);
    expect(new Set(idsOf(received(world))).size).toBe(1_200);
  });
});
