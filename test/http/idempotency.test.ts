/** One effect per key holder, route and Idempotency-Key, and the same bytes for a repeat: promise P2. */
import { sql } from 'drizzle-orm';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SANDBOX_SECRETS, sandboxFunders } from '../../fixtures/funders.ts';
import { startSandbox } from '../../src/sandbox/start.ts';
import { applicationFor, startService } from '../journey/world.ts';
import { applicationBody, makeWorld, type Reply, type World } from '../world.ts';

const FUNDERS = ['fnd_river', 'fnd_summit', 'fnd_lotus', 'fnd_jade', 'fnd_cedar', 'fnd_ember'];
const body = (world: World, phone = '13800000001'): object => applicationBody(world.clock.nowMs(), FUNDERS, { phone });
const create = (world: World, json: object, key?: string, more: { readonly prefer?: string; readonly as?: string } = {}): Promise<Reply> =>
  world.call('POST', '/v1/applications', {
    key: more.as ?? world.keys.secret,
    json,
    headers: { ...(key === undefined ? {} : { 'idempotency-key': key }), ...(more.prefer === undefined ? {} : { prefer: more.prefer }) },
  });
const count = (world: World, table: string): number => world.db.get<{ n: number }>(sql.raw(`SELECT count(*) AS n FROM ${table}`)).n;
const isReplay = (reply: Reply): boolean => reply.headers.get('idempotent-replayed') === 'true';

describe('without a usable key', () => {
  it.each([
    ['missing', undefined],
    ['empty', ''],
    ['too long', 'k'.repeat(256)],
    ['with a space', 'a b'],
    ['not ASCII', 'cl\u00e9'],
  ])('%s: 400, and nothing happens', async (_, key) => {
    const world = await makeWorld();
    const refused = await create(world, body(world), key);
    expect([refused.status, refused.json['code']]).toEqual([400, 'idempotency_key_missing']);
    expect([count(world, 'applications'), count(world, 'idempotency')]).toEqual([0, 0]);
  });

  it('calls that do not need one work, each for itself', async () => {
    const world = await makeWorld();
    const made = await world.call('POST', '/v1/applications', {
      key: world.keys.secret,
      json: { draft: true, applicant: { phone: '13900000001', phone_verification_id: 'pv_sandbox' } },
      headers: { 'idempotency-key': 'd' },
    });
    for (const amount of [1_000_000, 2_000_000]) {
      const patched = await world.call('PATCH', `/v1/applications/${made.json['id']}`, {
        key: world.keys.secret,
        json: { request: { amount_fen: amount } },
      });
      expect([patched.status, isReplay(patched)]).toEqual([200, false]);
    }
  });
});

describe('a repeat', () => {
  it('gets the same bytes and no second effect, whatever language or state it meets', async () => {
    const world = await makeWorld();
    const json = body(world);
    const first = await create(world, json, 'k-1');
    await world.settle(1_000);
    const again = await world.call('POST', '/v1/applications', {
      key: world.keys.secret,
      json,
      headers: { 'idempotency-key': 'k-1', 'accept-language': 'zh' },
    });
    expect([first.status, again.status, again.text, isReplay(first), isReplay(again)]).toEqual([201, 201, first.text, false, true]);
    expect((await world.call('GET', `/v1/applications/${first.json['id']}`, { key: world.keys.secret })).json['status']).toBe('offered');
    expect([count(world, 'applications'), count(world, 'idempotency')]).toEqual([1, 1]);
  });

  it('of one that waited gets the reply it waited for', async () => {
    const world = await makeWorld();
    const json = body(world, '13800000003');
    const waiting = create(world, json, 'k-wait', { prefer: 'wait=20' });
    await world.settle(15_000);
    const first = await waiting;
    expect([first.status, first.json['status']]).toEqual([201, 'declined']);
    for (const prefer of ['wait=20', 'wait=1', undefined]) {
      const again = await create(world, json, 'k-wait', prefer === undefined ? {} : { prefer });
      expect([again.status, again.text, isReplay(again)]).toEqual([201, first.text, true]);
    }
  });

  it('with another body is 422, and the first stays as it was', async () => {
    const world = await makeWorld();
    const first = await create(world, body(world), 'k-2');
    const other = await create(world, { ...body(world), documents: [] }, 'k-2');
    expect([other.status, other.json['code']]).toEqual([422, 'idempotency_mismatch']);
    expect((await create(world, body(world), 'k-2')).text).toBe(first.text);
    expect(count(world, 'applications')).toBe(1);
  });

  it('of one that was refused is a new try: only an effect is remembered', async () => {
    const world = await makeWorld();
    const refused = await create(
      world,
      {
        ...body(world),
        consents: [{ recipient: 'fnd_nobody', purpose: 'credit_decision', text_version: '2026-11-01', agreed_at: '2026-11-20T02:00:00Z' }],
      },
      'k-3',
    );
    expect([refused.status, count(world, 'idempotency')]).toEqual([422, 0]);
    expect((await create(world, body(world), 'k-3')).status).toBe(201);
  });

  it('on another route or by another key holder is another call', async () => {
    const world = await makeWorld();
    const first = await create(world, body(world, '13800000001'), 'same');
    const other = await create(world, body(world, '13800000002'), 'same', { as: world.keys.publishable });
    expect([first.status, other.status, count(world, 'applications')]).toEqual([201, 201, 2]);
    const endpoint = await world.call('POST', '/v1/webhook-endpoints', {
      key: world.roleKeys.operator,
      json: { url: 'https://hooks.example/', types: ['*'] },
      headers: { 'idempotency-key': 'same' },
    });
    expect(endpoint.status).toBe(201);
  });

  it('of a change of the desk, a consent or an acceptance is one effect too', async () => {
    const world = await makeWorld();
    const again = async (path: string, key: string, json: object): Promise<void> => {
      const headers = { 'idempotency-key': 'again' };
      const first = await world.call('POST', path, { key, json, headers });
      const second = await world.call('POST', path, { key, json, headers });
      expect([second.status, second.text, isReplay(second)]).toEqual([first.status, first.text, true]);
      expect(first.status).toBeLessThan(300);
    };
    const channel = { id: 'shop', name: 'Shop', status: 'live', allowed_origins: [] };
    await again('/v1/desk/changes', world.roleKeys.operator, { kind: 'channel', id: 'shop', note: 'x', body: channel });
    expect(count(world, 'desk_changes')).toBe(1);
    const made = await world.apply(
      {},
      {},
      {
        consents: [
          { recipient: 'platform', purpose: 'application', text_version: '2026-11-01', agreed_at: new Date(world.clock.nowMs()).toISOString() },
        ],
      },
    );
    const path = `/v1/applications/${made.json['id']}`;
    await again(`${path}/consents`, world.keys.secret, {
      consents: [
        { recipient: 'fnd_summit', purpose: 'credit_decision', text_version: '2026-11-01', agreed_at: new Date(world.clock.nowMs()).toISOString() },
      ],
    });
    expect(count(world, 'consents')).toBe(2);
    await world.settle();
    const [offer] = (await world.call('GET', path, { key: world.keys.secret })).json['offers'] as unknown as { id: string }[];
    await world.call('POST', `${path}/offers/${offer!.id}/disclosure`, { key: world.keys.secret });
    await world.settle(3_000);
    await again(`${path}/offers/${offer!.id}/accept`, world.keys.secret, {});
    expect(count(world, 'loans')).toBe(1);
  });

  it('is known for seven days', async () => {
    const world = await makeWorld();
    const first = await create(world, body(world), 'k-7');
    await world.leap(6 * 86_400_000);
    await world.settle(700_000);
    expect((await create(world, body(world), 'k-7')).status).toBe(422);
    expect(count(world, 'idempotency')).toBe(1);
    await world.leap(86_400_000 + 700_000);
    await world.settle(700_000);
    expect(count(world, 'idempotency')).toBe(0);
    const later = await create(world, body(world), 'k-7');
    expect([later.status, later.json['id'] === first.json['id']]).toEqual([201, false]);
  });
});

describe('at the same time', () => {
  it('while the first is in work a repeat is told so', async () => {
    const world = await makeWorld();
    const json = body(world, '13800000003');
    const waiting = create(world, json, 'k-4', { prefer: 'wait=30' });
    await world.settle(50);
    const early = await create(world, json, 'k-4');
    expect([early.status, early.json['code'], early.headers.get('retry-after')]).toEqual([409, 'idempotency_in_flight', '1']);
    await world.settle(30_000);
    expect((await create(world, json, 'k-4')).text).toBe((await waiting).text);
  });

  it('fifty repeats make one application, and everybody ends with the same reply', async () => {
    const world = await makeWorld();
    const json = body(world);
    const storm = await Promise.all(Array.from({ length: 50 }, () => create(world, json, 'storm')));
    const made = storm.filter(({ status }) => status === 201);
    expect(made.length).toBeGreaterThanOrEqual(1);
    expect(
      storm.filter(({ status }) => status !== 201).every(({ status, json: told }) => status === 409 && told['code'] === 'idempotency_in_flight'),
    ).toBe(true);
    await world.settle();
    const after = await Promise.all(Array.from({ length: 50 }, () => create(world, json, 'storm')));
    expect(new Set([...made, ...after].map(({ text }) => text)).size).toBe(1);
    const submitted = world.db.get<{ n: number }>(sql`SELECT count(*) AS n FROM events WHERE type = 'application.submitted'`).n;
    expect([count(world, 'applications'), count(world, 'borrowers'), count(world, 'idempotency'), submitted]).toEqual([1, 1, 1, 1]);
  });
});

it('survives a restart: real server, real file, a storm before and after', { timeout: 30_000 }, async () => {
  const sandbox = await startSandbox({ secrets: SANDBOX_SECRETS, latencyScale: 0.1 });
  const funders = { funders: sandboxFunders(Object.fromEntries(sandbox.funders.map(({ id, url }) => [id, url]))), secrets: SANDBOX_SECRETS };
  const dataDir = mkdtempSync(join(tmpdir(), 'millrace-idempotency-'));
  const json = applicationFor('13800000001');
  const storm = async (): Promise<{ readonly statuses: Set<number>; readonly bodies: Set<string>; readonly applications: number }> => {
    const service = await startService({ MILLRACE_DATA_DIR: dataDir }, { sandbox: funders });
    const replies = await Promise.all(
      Array.from({ length: 50 }, () =>
        service.call('POST', '/v1/applications', { key: service.keys.secret, json, headers: { 'idempotency-key': 'once', prefer: 'wait=5' } }),
      ),
    );
    const last = await service.call('POST', '/v1/applications', { key: service.keys.secret, json, headers: { 'idempotency-key': 'once' } });
    const applications = service.server.service.deps.store.applications.page({ limit: 100 }).length;
    await service.close();
    return {
      applications,
      statuses: new Set([...replies, last].map(({ status }) => status)),
      bodies: new Set([...replies, last].filter(({ status }) => status === 201).map(({ text }) => text)),
    };
  };
  try {
    const before = await storm();
    expect([...before.statuses].every((status) => status === 201 || status === 409)).toBe(true);
    expect([before.bodies.size, before.applications]).toEqual([1, 1]);
    expect((JSON.parse([...before.bodies][0]!) as { status: string }).status).toBe('offered');
    expect(await storm()).toEqual({ ...before, statuses: new Set([201]) });
  } finally {
    await sandbox.close();
    rmSync(dataDir, { recursive: true, force: true });
  }
});
