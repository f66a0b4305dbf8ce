/**
 * Every route against every kind of caller: promise P7. The routes come from the application itself; one without a line in the table fails.
 * A foreign object is answered like one that does not exist, and no caller at all can get a 5xx.
 */
import { sql } from 'drizzle-orm';
import { beforeAll, describe, expect, it } from 'vitest';
import { ROLES, type Role } from '../../src/domain/desk.ts';
import { clientToken } from '../../src/flow/view-application.ts';
import { makeWorld, type Reply, type World } from '../world.ts';

const EVERYBODY: readonly Role[] = ['viewer', 'operator', 'risk', 'approver', 'finance'];
const ORIGIN = 'https://h5.example';
const SHOP_ORIGIN = 'https://shop.example';
const STRANGE_ORIGIN = 'https://evil.example';

/** Who may, and what the rightful caller of this bare call is answered. */
type Access =
  | { readonly who: 'anyone'; readonly status: number }
  /** Its own proof: a metrics token, a funder's or partner's signature, a password. Our keys count for nothing. `elsewhere`: to pages of other origins. */
  | { readonly who: 'proof'; readonly status: number; readonly elsewhere?: number }
  /** Keys of a channel, publishable from an allowed origin or secret. */
  | { readonly who: 'channel'; readonly status: number }
  /** As `channel`, and the application must be its own: the secret key's channel, or the publishable key with the application's token. */
  | { readonly who: 'owner'; readonly status: number; readonly state?: 'withdrawn' }
  | { readonly who: 'desk'; readonly roles: readonly Role[] };

const desk = (...roles: readonly Role[]): Access => ({ who: 'desk', roles });
const TABLE: Readonly<Record<string, Access>> = {
  'GET /healthz': { who: 'anyone', status: 200 },
  'GET /readyz': { who: 'anyone', status: 200 },
  'GET /metrics': { who: 'proof', status: 404 },
  'GET /openapi.json': { who: 'anyone', status: 200 },
  'GET /docs': { who: 'anyone', status: 200 },
  'GET /docs/problems': { who: 'anyone', status: 200 },
  'GET /docs/events': { who: 'anyone', status: 200 },
  'GET /docs/style.css': { who: 'anyone', status: 200 },
  'GET /v1/sandbox/keys': { who: 'anyone', status: 200 },
  'GET /v1/session/methods': { who: 'anyone', status: 200 },
  'GET /v1/session': { who: 'proof', status: 401 },
  'POST /v1/session': { who: 'proof', status: 422, elsewhere: 403 },
  'DELETE /v1/session': { who: 'anyone', status: 204 },
  'POST /v1/invitations/open': { who: 'proof', status: 422, elsewhere: 403 },
  'POST /v1/invitations/accept': { who: 'proof', status: 422, elsewhere: 403 },
  'GET /console/sso/start': { who: 'anyone', status: 404 },
  'GET /console/sso/callback': { who: 'proof', status: 404 },
  'GET /r/:token': { who: 'proof', status: 404 },
  'POST /v1/callbacks/:funder': { who: 'proof', status: 401 },
  'POST /v1/callbacks/:funder/*': { who: 'proof', status: 401 },
  'POST /v1/postbacks/:partner': { who: 'proof', status: 401 },

  'GET /v1/pages/:channel': { who: 'anyone', status: 200 },
  'POST /v1/visits': { who: 'channel', status: 422 },
  'POST /v1/resumptions': { who: 'channel', status: 422 },
  'POST /v1/applications': { who: 'channel', status: 422 },
  'POST /v1/phone-verifications': { who: 'channel', status: 422 },
  'POST /v1/phone-verifications/:id/confirm': { who: 'channel', status: 422 },
  'POST /v1/documents': { who: 'channel', status: 415 },
  'GET /v1/consent-texts': { who: 'channel', status: 200 },
  'GET /v1/applications/:id': { who: 'owner', status: 200 },
  'PATCH /v1/applications/:id': { who: 'owner', status: 409 },
  'POST /v1/applications/:id/submit': { who: 'owner', status: 409 },
  'GET /v1/applications/:id/events': { who: 'owner', status: 200, state: 'withdrawn' },
  'GET /v1/applications/:id/consents': { who: 'owner', status: 200 },
  'POST /v1/applications/:id/consents': { who: 'owner', status: 200 },
  'DELETE /v1/applications/:id/consents/:recipient': { who: 'owner', status: 200 },
  'POST /v1/applications/:id/withdraw': { who: 'owner', status: 200 },
  'POST /v1/applications/:id/offers/:offer/disclosure': { who: 'owner', status: 200 },
  'POST /v1/applications/:id/offers/:offer/accept': { who: 'owner', status: 409 },
  'GET /v1/applications/:id/partner-offers': { who: 'owner', status: 200 },
  'POST /v1/applications/:id/steps/:step': { who: 'owner', status: 404 },
  'POST /v1/applications/:id/repayments': { who: 'owner', status: 409 },
  'GET /l/:token': { who: 'anyone', status: 404 },
  'POST /v1/erasures': { who: 'owner', status: 201 },

  'GET /v1/desk/records/:kind': desk(...EVERYBODY),
  'GET /v1/desk/records/:kind/:id': desk(...EVERYBODY),
  'POST /v1/desk/changes': desk('operator', 'risk', 'approver'),
  'GET /v1/desk/changes': desk(...EVERYBODY),
  'GET /v1/desk/changes/:id': desk(...EVERYBODY),
  'POST /v1/desk/changes/:id/approve': desk('approver'),
  'POST /v1/desk/changes/:id/reject': desk('approver'),
  'POST /v1/desk/changes/:id/withdraw': desk('operator', 'risk', 'approver'),
  'GET /v1/desk/policies': desk(...EVERYBODY),
  'POST /v1/desk/policies': desk('operator', 'risk', 'approver'),
  'GET /v1/desk/policies/:id': desk(...EVERYBODY),
  'PUT /v1/desk/policies/:id': desk('operator', 'risk', 'approver'),
  'DELETE /v1/desk/policies/:id': desk('operator', 'risk', 'approver'),
  'POST /v1/desk/policies/:id/validate': desk(...EVERYBODY),
  'POST /v1/desk/policies/:id/propose': desk('operator', 'risk', 'approver'),
  'GET /v1/desk/policies/:id/versions': desk(...EVERYBODY),
  'POST /v1/desk/policies/:id/roll-back': desk('approver'),
  'GET /v1/desk/segments/:id/verdict': desk(...EVERYBODY),
  'GET /v1/desk/audit': desk('risk', 'approver', 'finance'),
  'GET /v1/desk/audit/verify': desk('risk', 'approver', 'finance'),
  'POST /v1/desk/blacklist': desk('operator', 'risk'),
  'GET /v1/desk/blacklist': desk('operator', 'risk', 'approver'),
  'DELETE /v1/desk/blacklist': desk('operator', 'risk'),
  'GET /v1/desk/applications': desk(...EVERYBODY),
  'GET /v1/desk/applications/:id': desk(...EVERYBODY),
  'POST /v1/desk/applications/:id/replay': desk(...EVERYBODY),
  'GET /v1/desk/applications/:id/explanation': desk(...EVERYBODY),
  'POST /v1/desk/applications/:id/release': desk('operator', 'risk'),
  'POST /v1/desk/applications/:id/unmask': desk('operator', 'risk'),
  'POST /v1/desk/application-searches': desk('operator', 'risk'),
  'POST /v1/desk/applications/:id/refuse': desk('operator', 'risk'),
  'POST /v1/webhook-endpoints': desk('operator'),
  'GET /v1/webhook-endpoints': desk(...EVERYBODY),
  'GET /v1/webhook-endpoints/:id': desk(...EVERYBODY),
  'PATCH /v1/webhook-endpoints/:id': desk('operator'),
  'POST /v1/webhook-endpoints/:id/rotate': desk('operator'),
  'GET /v1/webhook-endpoints/:id/deliveries': desk(...EVERYBODY),
  'POST /v1/webhook-endpoints/:id/replay': desk('operator'),
  'POST /v1/deliveries/:id/resend': desk('operator'),
  'GET /v1/desk/funders': desk(...EVERYBODY),
  'GET /v1/desk/funders/:id/status': desk(...EVERYBODY),
  'GET /v1/desk/funders/:id/plans': desk(...EVERYBODY),
  'GET /v1/desk/funders/:id/callbacks': desk(...EVERYBODY),
  'GET /v1/desk/funders/:id/reliability': desk(...EVERYBODY),
  'POST /v1/desk/funders/:id/check': desk('operator', 'risk'),
  'GET /v1/desk/alarms': desk(...EVERYBODY),
  'POST /v1/desk/decide': desk(...EVERYBODY),
  'POST /v1/desk/policies/:id/simulate': desk('operator', 'risk', 'approver'),
  'GET /v1/desk/simulations/:id': desk(...EVERYBODY),
  'GET /v1/desk/summary': desk(...EVERYBODY),
  'GET /v1/desk/funnel': desk(...EVERYBODY),
  'GET /v1/desk/flows': desk(...EVERYBODY),
  'GET /v1/desk/today': desk(...EVERYBODY),
  'GET /v1/desk/caps': desk(...EVERYBODY),
  'GET /v1/desk/approvals': desk(...EVERYBODY),
  'GET /v1/desk/channels': desk(...EVERYBODY),
  'GET /v1/desk/spend': desk(...EVERYBODY),
  'PUT /v1/desk/channels/:id/spend/:day': desk('operator', 'finance'),
  'GET /v1/desk/figures': desk(...EVERYBODY),
  'GET /v1/desk/funders/:id/series': desk(...EVERYBODY),
  // Nobody but `admin`.
  'GET /v1/desk/keys': desk(),
  'POST /v1/desk/keys': desk(),
  'DELETE /v1/desk/keys/:id': desk(),
  'PUT /v1/desk/secrets/:owner/:slot': desk(),
  'GET /v1/desk/team': desk(),
  'POST /v1/desk/team': desk(),
  'PATCH /v1/desk/team/:id': desk(),
  'POST /v1/desk/team/:id/reset': desk(),
  'DELETE /v1/desk/team/:id/sessions': desk(),
};

let world: World;
const KEYS = {
  shopPublishable: 'pk_test_matrix_shop',
  shopSecret: 'sk_test_matrix_shop',
  pausedSecret: 'sk_test_matrix_paused',
  roleless: 'ok_test_matrix_roleless',
  revoked: 'sk_test_matrix_revoked',
};

/** Three channels: ours with one origin, another, and a paused one. */
async function furnish(): Promise<void> {
  const { deps } = world.service;
  await deps.commit((tx) => {
    const channel = (id: string, status: 'live' | 'paused', origins: readonly string[]): void =>
      void tx.desk.insertRecord({
        kind: 'channel',
        id,
        version: (tx.desk.record('channel', id)?.version ?? 0) + 1,
        body: JSON.stringify({ id, name: id, status, allowed_origins: origins }),
        retired: false,
        createdAtMs: 0,
        author: 'test',
        approver: null,
      });
    const key = (text: string, kind: 'publishable' | 'secret' | 'operator', channelId: string | null, revokedAtMs: number | null = null): void =>
      void tx.desk.insertKey({
        id: `key_${text.slice(8)}_${kind}`,
        hash: deps.vault.sha256Hex(text),
        kind,
        channelId,
        role: null,
        name: text,
        createdAtMs: 0,
        revokedAtMs,
      });
    channel('h5-demo', 'live', [ORIGIN]);
    channel('shop', 'live', [SHOP_ORIGIN]);
    channel('closed', 'paused', [ORIGIN]);
    key(KEYS.shopPublishable, 'publishable', 'shop');
    key(KEYS.shopSecret, 'secret', 'shop');
    key(KEYS.pausedSecret, 'secret', 'closed');
    key(KEYS.roleless, 'operator', null);
    key(KEYS.revoked, 'secret', 'h5-demo', 1);
  });
  world.service.desk.reload();
}
beforeAll(async () => {
  world = await makeWorld();
  await furnish();
});

interface Target {
  readonly id: string;
  readonly token: string;
  readonly offer: string;
}
/** An application of ours with an open offer, or one that was withdrawn. */
async function target(state?: 'withdrawn'): Promise<Target> {
  const made = await world.apply();
  const id = made.json['id'] as unknown as string;
  const [offer] = made.json['offers'] as unknown as { id: string }[];
  if (state === 'withdrawn') await world.call('POST', `/v1/applications/${id}/withdraw`, { key: world.keys.secret });
  return { id, token: clientToken(world.service, id), offer: offer!.id };
}

interface Caller {
  readonly key?: string;
  readonly origin?: string;
  readonly token?: string;
  readonly authorization?: string;
}
async function ask(route: string, on: Target, caller: Caller): Promise<Reply> {
  const [method, pattern] = route.split(' ') as [string, string];
  const path = pattern
    .replace(':kind', 'policy')
    .replace(':channel', 'h5-demo')
    .replace(':funder', 'fnd_summit')
    .replace(':partner', 'ptn_sandbox')
    .replace(':recipient', 'fnd_summit')
    .replace(':offer', on.offer)
    .replace(':token', 'no-token')
    .replace('/*', '/deeper')
    .replace(':id', pattern.startsWith('/v1/applications/') ? on.id : 'none');
  const json = method === 'GET' ? undefined : route === 'POST /v1/erasures' ? { application_id: on.id } : (BODIES[route] ?? { nothing: true });
  return world.call(method, path, {
    ...(caller.key === undefined ? {} : { key: caller.key }),
    ...(json === undefined ? {} : { json }),
    headers: {
      'idempotency-key': 'matrix',
      ...(caller.origin === undefined ? {} : { origin: caller.origin }),
      ...(caller.token === undefined ? {} : { 'client-token': caller.token }),
      ...(caller.authorization === undefined ? {} : { authorization: caller.authorization }),
    },
  });
}
/** What fits the routes whose rightful caller is to get past the reading of the body. */
const BODIES: Readonly<Record<string, object>> = {
  'PATCH /v1/applications/:id': {},
  'POST /v1/applications/:id/submit': {},
  'POST /v1/applications/:id/consents': { refused: [] },
  'POST /v1/applications/:id/offers/:offer/accept': {},
  'POST /v1/applications/:id/steps/:step': { skip: true },
  'POST /v1/applications/:id/repayments': { amount_fen: 100, up_to_month: null },
};

/** `status` or `status code`, and what is wrong with the form of the reply. */
function told(reply: Reply): string {
  const code = (reply.json as { code?: string } | null)?.code;
  const isProblem = reply.headers.get('content-type') === 'application/problem+json; charset=utf-8';
  if (reply.status >= 400 && !isProblem && reply.status !== 401) return `${reply.status} not a problem`;
  return isProblem ? `${reply.status} ${code}` : String(reply.status);
}

it('every route has its line, and every line its route', () => {
  const routes = new Set(
    world.app.routes.filter(({ method }) => method !== 'ALL' && method !== 'OPTIONS').map(({ method, path }) => `${method} ${path}`),
  );
  expect([...routes].toSorted()).toEqual(Object.keys(TABLE).toSorted());
});

const of = <W extends Access['who']>(...who: readonly W[]) =>
  Object.entries(TABLE).filter(([, access]) => (who as readonly string[]).includes(access.who)) as [string, Extract<Access, { who: W }>][];

/** Callers that are nobody, with what they are told wherever a key is needed. */
const NOBODIES: readonly (readonly [string, Caller, string])[] = [
  ['no key', {}, '401 unauthenticated'],
  ['a made-up secret key', { key: 'sk_test_nobody_at_all' }, '401 unauthenticated'],
  ['a made-up operator key', { key: 'ok_test_nobody_at_all' }, '401 unauthenticated'],
  ['garbage', { key: "' OR 1=1 --" }, '401 unauthenticated'],
  ['another scheme', { authorization: 'Basic c2s6c2s=' }, '401 unauthenticated'],
  ['two schemes', { authorization: 'Bearer Bearer sk_test_nobody_at_all' }, '401 unauthenticated'],
  ['a revoked key', { key: KEYS.revoked }, '401 unauthenticated'],
];

describe.each(of('anyone', 'proof'))('%s', (route, access) => {
  it('answers everybody alike, whatever key is shown', async () => {
    const on = await target();
    const callers: readonly (readonly [string, Caller, string?])[] = [
      ...NOBODIES,
      ['secret', { key: world.keys.secret }],
      ['publishable elsewhere', { key: world.keys.publishable, origin: STRANGE_ORIGIN }],
      ['admin', { key: world.roleKeys.admin }],
    ];
    const elsewhere = ('elsewhere' in access ? access.elsewhere : undefined) ?? access.status;
    for (const [name, caller] of callers)
      expect([name, (await ask(route, on, caller)).status]).toEqual([name, caller.origin === undefined ? access.status : elsewhere]);
  });
});

describe.each(of('channel', 'owner'))('%s', (route, access) => {
  const state = 'state' in access ? access.state : undefined;

  it('admits the keys of its channel', async () => {
    const secret = await target(state);
    expect((await ask(route, secret, { key: world.keys.secret })).status).toBe(access.status);
    // A server may show any origin or none: it has proved more than that.
    const elsewhere = await target(state);
    expect((await ask(route, elsewhere, { key: world.keys.secret, origin: STRANGE_ORIGIN })).status).toBe(access.status);
    for (const origin of [ORIGIN, undefined]) {
      const own = await target(state);
      const reply = await ask(route, own, { key: world.keys.publishable, token: own.token, ...(origin === undefined ? {} : { origin }) });
      expect([origin, reply.status]).toEqual([origin, access.status]);
      expect(reply.headers.get('access-control-allow-origin')).toBe(origin ?? null);
    }
  });

  it('admits nobody else, and nothing comes of it', async () => {
    const on = await target(state);
    const before = world.db.get(sql`SELECT state, event_seq, updated_at_ms, refused_recipients FROM applications WHERE id = ${on.id}`);
    const callers: readonly (readonly [string, Caller, string])[] = [
      ...NOBODIES,
      ['the key of a paused channel', { key: KEYS.pausedSecret }, '403 forbidden'],
      ['publishable from another origin', { key: world.keys.publishable, token: on.token, origin: STRANGE_ORIGIN }, '403 origin_not_allowed'],
      ['publishable from another channel’s origin', { key: world.keys.publishable, token: on.token, origin: SHOP_ORIGIN }, '403 origin_not_allowed'],
      ['publishable from a sandboxed frame', { key: world.keys.publishable, token: on.token, origin: 'null' }, '403 origin_not_allowed'],
      [
        'publishable from an origin that begins alike',
        { key: world.keys.publishable, token: on.token, origin: `${ORIGIN}.evil.example` },
        '403 origin_not_allowed',
      ],
      ...ROLES.map((role) => [`operator ${role}`, { key: world.roleKeys[role] }, '403 forbidden'] as const),
      ['an operator without a role', { key: KEYS.roleless }, '403 forbidden'],
    ];
    for (const [name, caller, expected] of callers) expect([name, told(await ask(route, on, caller))]).toEqual([name, expected]);
    expect(world.db.get(sql`SELECT state, event_seq, updated_at_ms, refused_recipients FROM applications WHERE id = ${on.id}`)).toEqual(before);
  });
});

describe.each(of('owner'))('%s', (route, access) => {
  it('knows a foreign application no better than one that does not exist', async () => {
    const on = await target(access.state);
    const other = await target(access.state);
    const before = world.db.get(sql`SELECT state, event_seq, updated_at_ms, refused_recipients FROM applications WHERE id = ${on.id}`);
    const strangers: readonly (readonly [string, Caller])[] = [
      ['another channel’s secret', { key: KEYS.shopSecret }],
      ['another channel’s publishable with the right token', { key: KEYS.shopPublishable, token: on.token, origin: SHOP_ORIGIN }],
      ['publishable without a token', { key: world.keys.publishable, origin: ORIGIN }],
      ['publishable with an empty token', { key: world.keys.publishable, origin: ORIGIN, token: '' }],
      ['publishable with another application’s token', { key: world.keys.publishable, origin: ORIGIN, token: other.token }],
      ['publishable with its token cut short', { key: world.keys.publishable, origin: ORIGIN, token: on.token.slice(0, -1) }],
      ['publishable with a token of the same length', { key: world.keys.publishable, origin: ORIGIN, token: 'x'.repeat(on.token.length) }],
    ];
    const plain = ({ status, json }: Reply): unknown => ({ ...(json as object), status, request_id: '' });
    const missing = plain(await ask(route, { ...on, id: 'app_0000000000000000000000' }, { key: world.keys.secret }));
    expect(missing).toMatchObject({ status: 404, code: 'not_found' });
    for (const [name, caller] of strangers) expect([name, plain(await ask(route, on, caller))]).toEqual([name, missing]);
    for (const id of ['app_short', on.id.toUpperCase(), `${on.id}x`, on.offer, '%00', '..%2f..%2fetc', '💥']) {
      expect([id, plain(await ask(route, { ...on, id }, { key: world.keys.secret }))]).toEqual([id, missing]);
    }
    expect(world.db.get(sql`SELECT state, event_seq, updated_at_ms, refused_recipients FROM applications WHERE id = ${on.id}`)).toEqual(before);
  });
});

describe.each(of('desk'))('%s', (route, access) => {
  it('admits its roles and nobody else', async () => {
    const on = await target();
    for (const role of ROLES) {
      const reply = await ask(route, on, { key: world.roleKeys[role] });
      if (role === 'admin' || access.roles.includes(role))
        expect([role, [200, 404, 422].includes(reply.status), reply.status]).toEqual([role, true, reply.status]);
      else expect([role, told(reply)]).toEqual([role, '403 forbidden']);
    }
    const callers: readonly (readonly [string, Caller, string])[] = [
      ...NOBODIES,
      ['secret', { key: world.keys.secret }, '403 forbidden'],
      ['another secret', { key: KEYS.shopSecret }, '403 forbidden'],
      ['publishable', { key: world.keys.publishable, origin: ORIGIN, token: on.token }, '403 forbidden'],
      ['an operator without a role', { key: KEYS.roleless }, '403 forbidden'],
    ];
    for (const [name, caller, expected] of callers) expect([name, told(await ask(route, on, caller))]).toEqual([name, expected]);
  });
});

describe('parts of an application', () => {
  it('an offer of another application is not there', async () => {
    const [on, other] = [await target(), await target()];
    for (const step of ['disclosure', 'accept']) {
      const reply = await world.call('POST', `/v1/applications/${on.id}/offers/${other.offer}/${step}`, { key: world.keys.secret, json: {} });
      expect([step, told(reply)]).toEqual([step, '404 not_found']);
    }
    expect(world.db.get(sql`SELECT disclosed_at_ms AS at FROM offers WHERE id = ${other.offer}`)).toEqual({ at: null });
  });

  it('a photo of another channel, or one already used, cannot be put into an application', async () => {
    const form = new FormData();
    form.set('kind', 'id_front');
    form.set('file', new Blob([new Uint8Array(64)]), 'a.jpg');
    const uploaded = await world.app.request('/v1/documents', {
      method: 'POST',
      body: form,
      headers: { authorization: `Bearer ${world.keys.secret}` },
    });
    const { id } = (await uploaded.json()) as { id: string };
    const draft = (key: string, serial: string) =>
      world.call('POST', '/v1/applications', {
        key,
        headers: { 'idempotency-key': serial },
        json: { draft: true, applicant: { phone: '13900000001', phone_verification_id: 'pv_sandbox' }, documents: [id] },
      });
    expect((await draft(KEYS.shopSecret, 'shop')).json['errors']).toMatchObject([{ pointer: '/documents/0', code: 'unknown_document' }]);
    expect((await draft(world.keys.secret, 'ours')).status).toBe(201);
    expect((await draft(world.keys.secret, 'again')).json['errors']).toMatchObject([{ pointer: '/documents/0', code: 'document_used' }]);
  });
});

describe('the same path by another method', () => {
  it.each([...new Set(Object.keys(TABLE).map((route) => route.split(' ')[1]!))])('%s', async (pattern) => {
    const known = Object.keys(TABLE)
      .filter((route) => route.endsWith(` ${pattern}`))
      .map((route) => route.split(' ')[0]!);
    const on = await target();
    for (const method of ['GET', 'POST', 'PATCH', 'DELETE', 'PUT'].filter((each) => !known.includes(each))) {
      const reply = await ask(`${method} ${pattern}`, on, { key: world.roleKeys.admin });
      expect([method, told(reply)]).toEqual([method, pattern.endsWith('*') ? '404 not_found' : '405 method_not_allowed']);
    }
  });
});

describe('CORS', () => {
  const preflight = (path: string, origin?: string): Promise<Reply> =>
    world.call('OPTIONS', path, {
      headers: {
        ...(origin === undefined ? {} : { origin }),
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization, idempotency-key',
      },
    });

  it.each(['/v1/applications', '/v1/documents', '/v1/applications/app_0000000000000000000000/consents'])('preflight of %s', async (path) => {
    for (const origin of [ORIGIN, SHOP_ORIGIN]) {
      const allowed = await preflight(path, origin);
      expect([allowed.status, allowed.headers.get('access-control-allow-origin'), allowed.headers.get('vary')]).toEqual([
        204,
        origin,
        expect.stringContaining('Origin'),
      ]);
      expect(allowed.headers.get('access-control-allow-methods')).toContain('PATCH');
      for (const header of ['authorization', 'content-type', 'idempotency-key', 'client-token', 'prefer', 'last-event-id'])
        expect(allowed.headers.get('access-control-allow-headers')).toContain(header);
      expect(allowed.headers.get('access-control-allow-credentials')).toBeNull();
    }
    for (const origin of [STRANGE_ORIGIN, 'null', `${ORIGIN}:8443`, 'http://h5.example', ORIGIN.toUpperCase(), `${ORIGIN}/`, undefined]) {
      const refused = await preflight(path, origin);
      expect([origin, refused.status, refused.headers.get('access-control-allow-origin')]).toEqual([origin, 403, null]);
    }
  });

  it('a page may read what it is told, refusals too, from its own origin alone', async () => {
    for (const [origin, allowed] of [
      [ORIGIN, ORIGIN],
      [STRANGE_ORIGIN, null],
    ] as const) {
      const refused = await world.call('GET', '/v1/applications/app_0000000000000000000000', { key: world.keys.secret, headers: { origin } });
      expect([refused.status, refused.headers.get('access-control-allow-origin'), refused.headers.get('access-control-allow-credentials')]).toEqual([
        404,
        allowed,
        null,
      ]);
    }
    const told401 = await world.call('POST', '/v1/applications', { json: {}, headers: { origin: ORIGIN } });
    expect([told401.status, told401.headers.get('access-control-allow-origin'), told401.headers.get('access-control-expose-headers')]).toEqual([
      401,
      ORIGIN,
      expect.stringContaining('retry-after'),
    ]);
  });

  it('`*` opens a sandbox and nothing else', async () => {
    const open = await makeWorld();
    expect(
      (
        await open.call('POST', '/v1/phone-verifications', {
          key: open.keys.publishable,
          json: { phone: '13900000001' },
          headers: { origin: STRANGE_ORIGIN },
        })
      ).status,
    ).toBe(201);
    (open.service.deps as { mode: string }).mode = 'live';
    const refused = await open.call('POST', '/v1/phone-verifications', {
      key: open.keys.publishable,
      json: { phone: '13900000001' },
      headers: { origin: STRANGE_ORIGIN },
    });
    expect([refused.status, refused.json['code']]).toEqual([403, 'origin_not_allowed']);
  });
});

it('nothing failed on our side in all this', () => {
  expect(world.logged.filter(({ level }) => level === 'error')).toEqual([]);
});
