/**
 * Hostile requests to every route that takes a body, and hostile paths to all of them: promise P8. Never a 5xx; always a problem, with pointers
 * where fields are at fault; and what is refused leaves not one written row behind.
 */
import { sql } from 'drizzle-orm';
import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PROBLEM_STATUS } from '../../src/domain/failures.ts';
import { SANDBOX_PARTNER, sandboxPartnerSecret } from '../../src/runtime/sandbox-seed.ts';
import { applicationBody, makeWorld, START_MS, type Reply, type World } from '../world.ts';
import { expectProblem, hostile, NAUGHTY, pathsOf, pointsAt, RAW, replaced, write, type Path } from './torture.ts';

/** A route with a body: whose key, a path to a thing that is there, a body that is good. */
interface Target {
  readonly key: (world: World) => string;
  readonly path: (made: Made) => string;
  readonly body: object;
  /** Most bytes it takes. */
  readonly most: number;
  /** A refusal that is recorded: a wrong code is counted. */
  readonly counts?: true;
  /** An empty body stands for `{}`. */
  readonly mayBeEmpty?: true;
  /** Where a fault may be told instead of at a place: the other of two that must agree. */
  readonly elsewhere?: Readonly<Record<string, string>>;
}
interface Made {
  readonly application: string;
  readonly draft: string;
  readonly offer: string;
  readonly verification: string;
  readonly endpoint: string;
  readonly change: string;
  readonly policyDraft: string;
  readonly goodDraft: string;
}

const KIB = 1_024;
const channel = (world: World): string => world.keys.secret;
const admin = (world: World): string => world.roleKeys.admin;
const agreed = { recipient: 'fnd_summit', purpose: 'credit_decision', text_version: '2026-11-01', agreed_at: new Date(START_MS).toISOString() };
const whole = applicationBody(
  START_MS,
  ['fnd_summit'],
  { employer_type: 'private', years_employed: 4, education: 'bachelor' },
  {},
  {
    draft: true,
    visit: {
      channel: 'h5-demo',
      variant: 'a',
      utm: { source: 'x' },
      click_id: 'c',
      device_id: 'd',
      landing_page: 'l',
      ip: '198.51.100.7',
      user_agent: 'u',
    },
  },
);
const { phone_verification_id: _, ...applicant } = (whole as { applicant: Record<string, unknown> }).applicant;
const part = { ...whole, applicant };

const TARGETS: Readonly<Record<string, Target>> = {
  'POST /v1/applications': { key: channel, path: () => '/v1/applications', body: whole, most: 64 * KIB },
  'PATCH /v1/applications/:id': { key: channel, path: ({ draft }) => `/v1/applications/${draft}`, body: part, most: 64 * KIB, mayBeEmpty: true },
  'POST /v1/applications/:id/submit': {
    key: channel,
    path: ({ application }) => `/v1/applications/${application}/submit`,
    body: part,
    most: 64 * KIB,
    mayBeEmpty: true,
  },
  'POST /v1/applications/:id/consents': {
    key: channel,
    path: ({ application }) => `/v1/applications/${application}/consents`,
    body: { consents: [agreed], refused: ['fnd_river'] },
    most: 64 * KIB,
  },
  'POST /v1/applications/:id/offers/:offer/accept': {
    key: channel,
    path: ({ application, offer }) => `/v1/applications/${application}/offers/${offer}/accept`,
    body: { disclosure_hash: 'f'.repeat(64) },
    most: 64 * KIB,
    mayBeEmpty: true,
  },
  'POST /v1/applications/:id/steps/:step': {
    key: channel,
    path: ({ application }) => `/v1/applications/${application}/steps/stp_0000000000000000000000`,
    body: { card_number: '6222020200112233440', bank_phone: '13900000001' },
    most: 64 * KIB,
  },
  'POST /v1/applications/:id/repayments': {
    key: channel,
    path: ({ application }) => `/v1/applications/${application}/repayments`,
    body: { amount_fen: 100, up_to_month: 1 },
    most: 64 * KIB,
  },
  'POST /v1/erasures': { key: channel, path: () => '/v1/erasures', body: { application_id: 'app_0000000000000000000000' }, most: 64 * KIB },
  'POST /v1/visits': { key: channel, path: () => '/v1/visits', body: { visitor: 'v'.repeat(20), variant: 'a' }, most: 64 * KIB },
  'POST /v1/resumptions': {
    key: channel,
    path: () => '/v1/resumptions',
    body: { phone: '13900000001', phone_verification_id: 'pv_0000000000000000000000' },
    most: 64 * KIB,
  },
  'POST /v1/phone-verifications': { key: channel, path: () => '/v1/phone-verifications', body: { phone: '13900000001' }, most: 64 * KIB },
  'POST /v1/phone-verifications/:id/confirm': {
    key: channel,
    path: ({ verification }) => `/v1/phone-verifications/${verification}/confirm`,
    body: { code: '123456', variant: 'a' },
    most: 64 * KIB,
    counts: true,
  },
  'POST /v1/desk/decide': {
    key: admin,
    path: () => '/v1/desk/decide',
    most: 64 * KIB,
    body: {
      facts: { age: 30, region: '110105', monthly_income_fen: 900_000, employment: 'salaried', amount_fen: 2_000_000, term_months: 12 },
    },
  },
  'POST /v1/desk/policies/:id/simulate': {
    key: admin,
    path: () => '/v1/desk/policies/pol_nobody/simulate',
    most: 256 * KIB,
    elsewhere: { '/policy': '/policy/id' },
    body: { sample: 100, replicates: 20, seed: 1, channel: 'shop', policy: { id: 'pol_nobody', name: 'n', strategy: 'waterfall' } },
  },
  'POST /v1/desk/changes': {
    key: admin,
    path: () => '/v1/desk/changes',
    most: 256 * KIB,
    elsewhere: { '/id': '/body/id' },
    body: {
      kind: 'channel',
      id: 'shop',
      note: 'n',
      retire: false,
      body: { id: 'shop', name: 'Shop', status: 'live', allowed_origins: ['https://shop.example'] },
    },
  },
  'POST /v1/desk/changes/:id/approve': {
    key: (world) => world.roleKeys.approver,
    path: ({ change }) => `/v1/desk/changes/${change}/approve`,
    body: { hash: '0'.repeat(64) },
    most: 64 * KIB,
  },
  'POST /v1/desk/policies': { key: admin, path: () => '/v1/desk/policies', body: { from: 'pol_default' }, most: 256 * KIB },
  'PUT /v1/desk/policies/:id': {
    key: admin,
    path: ({ policyDraft }) => `/v1/desk/policies/${policyDraft}`,
    body: { revision: 1, body: { id: 'pol_default' }, base_version: 1 },
    most: 256 * KIB,
  },
  'POST /v1/desk/policies/:id/propose': {
    key: admin,
    path: ({ goodDraft }) => `/v1/desk/policies/${goodDraft}/propose`,
    body: { note: 'n', publish_at: '2026-12-01T00:00:00Z' },
    most: 64 * KIB,
  },
  'POST /v1/desk/policies/:id/roll-back': {
    key: admin,
    path: () => '/v1/desk/policies/pol_none/roll-back',
    body: { to_version: 1, note: 'n' },
    most: 64 * KIB,
  },
  'POST /v1/desk/blacklist': {
    key: admin,
    path: () => '/v1/desk/blacklist',
    body: { entries: [{ kind: 'phone', value: '13911112222', reason: 'fraud' }] },
    most: 4 * KIB * KIB,
  },
  'DELETE /v1/desk/blacklist': { key: admin, path: () => '/v1/desk/blacklist', body: { kind: 'phone', value: '13911113333' }, most: 64 * KIB },
  'POST /v1/desk/applications/:id/refuse': {
    key: admin,
    path: ({ application }) => `/v1/desk/applications/${application}/refuse`,
    body: { note: 'n' },
    most: 64 * KIB,
  },
  'POST /v1/desk/applications/:id/unmask': {
    key: admin,
    path: ({ application }) => `/v1/desk/applications/${application}/unmask`,
    body: { field: 'name', reason: 'asked for by the borrower' },
    most: 64 * KIB,
  },
  'POST /v1/desk/application-searches': {
    key: admin,
    path: () => '/v1/desk/application-searches',
    body: { phone: '13800000001' },
    most: 64 * KIB,
  },
  'POST /v1/webhook-endpoints': {
    key: admin,
    path: () => '/v1/webhook-endpoints',
    body: { url: 'https://hooks.example/', types: ['application.*'], channel_id: 'h5-demo' },
    most: 64 * KIB,
  },
  'PATCH /v1/webhook-endpoints/:id': {
    key: admin,
    path: ({ endpoint }) => `/v1/webhook-endpoints/${endpoint}`,
    body: { url: 'https://hooks.example/2', types: ['*'], status: 'enabled' },
    most: 64 * KIB,
  },
  'POST /v1/webhook-endpoints/:id/replay': {
    key: admin,
    path: ({ endpoint }) => `/v1/webhook-endpoints/${endpoint}/replay`,
    body: { since: '2026-11-20T01:00:00Z', dead_only: true },
    most: 64 * KIB,
  },
  'POST /v1/desk/keys': { key: admin, path: () => '/v1/desk/keys', body: { kind: 'secret', name: 'n', channel_id: 'h5-demo' }, most: 64 * KIB },
  'PUT /v1/desk/channels/:id/spend/:day': {
    key: admin,
    path: () => '/v1/desk/channels/h5-demo/spend/2026-11-19',
    body: { spend_fen: 120_000 },
    most: 64 * KIB,
  },
  'POST /v1/desk/team': {
    key: admin,
    path: () => '/v1/desk/team',
    // Once it was taken, the address is known.
    elsewhere: { '/name': '/email', '/role': '/email' },
    body: { email: 'somebody@millrace.test', name: 'n', role: 'viewer' },
    most: 64 * KIB,
  },
  'PATCH /v1/desk/team/:id': {
    key: admin,
    path: () => '/v1/desk/team/opr_sandbox_operator',
    body: { role: 'viewer', status: 'active' },
    most: 64 * KIB,
  },
  'POST /v1/session': {
    key: admin,
    path: () => '/v1/session',
    body: { email: 'somebody@millrace.test', password: 'a mill at the weir', code: '123456' },
    most: 64 * KIB,
    counts: true,
  },
  'POST /v1/invitations/open': { key: admin, path: () => '/v1/invitations/open', body: { token: 'x'.repeat(43) }, most: 64 * KIB },
  'POST /v1/invitations/accept': {
    key: admin,
    path: () => '/v1/invitations/accept',
    body: { token: 'x'.repeat(43), name: 'n', email: 'somebody@millrace.test', password: 'a mill at the weir', code: '123456' },
    most: 64 * KIB,
  },
  'PUT /v1/desk/secrets/:owner/:slot': {
    key: admin,
    path: () => '/v1/desk/secrets/fnd_summit/api_secret',
    body: { secret: 'a-secret-of-some-length' },
    most: 64 * KIB,
  },
};
/** Routes that change something and read no JSON: photos and counterparties have their own cases below, the rest takes no body at all. */
const WITHOUT_JSON = [
  'DELETE /v1/applications/:id/consents/:recipient',
  'DELETE /v1/desk/keys/:id',
  'DELETE /v1/desk/team/:id/sessions',
  'DELETE /v1/session',
  'POST /v1/desk/team/:id/reset',
  'POST /v1/applications/:id/offers/:offer/disclosure',
  'POST /v1/applications/:id/withdraw',
  'POST /v1/callbacks/:funder',
  'POST /v1/callbacks/:funder/*',
  'POST /v1/deliveries/:id/resend',
  'POST /v1/desk/applications/:id/release',
  'POST /v1/desk/applications/:id/replay',
  'POST /v1/desk/changes/:id/reject',
  'POST /v1/desk/changes/:id/withdraw',
  'DELETE /v1/desk/policies/:id',
  'POST /v1/desk/funders/:id/check',
  'POST /v1/desk/policies/:id/validate',
  'POST /v1/documents',
  'POST /v1/postbacks/:partner',
  'POST /v1/webhook-endpoints/:id/rotate',
];

let world: World;
let made: Made;
let serial = 0;

beforeAll(async () => {
  world = await makeWorld();
  const application = await world.apply();
  const draft = await world.call('POST', '/v1/applications', { key: world.keys.secret, json: whole, headers: { 'idempotency-key': 'draft' } });
  const verification = await world.call('POST', '/v1/phone-verifications', { key: world.keys.secret, json: { phone: '13900000009' } });
  const endpoint = await world.call('POST', '/v1/webhook-endpoints', {
    key: world.roleKeys.admin,
    json: { url: 'https://hooks.example/0', types: ['*'] },
  });
  const change = await world.call('POST', '/v1/desk/changes', { key: world.roleKeys.operator, json: TARGETS['POST /v1/desk/changes']!.body });
  const policyDraft = await world.call('POST', '/v1/desk/policies', { key: world.roleKeys.operator, json: { from: 'pol_default' } });
  const other = { ...(policyDraft.json['body'] as unknown as object), name: 'Other' };
  const goodDraft = await world.call('POST', '/v1/desk/policies', { key: world.roleKeys.operator, json: { body: other } });
  const idOf = ({ json }: Reply): string => json['id'];
  const [offer] = application.json['offers'] as unknown as { id: string }[];
  made = {
    application: idOf(application),
    draft: idOf(draft),
    offer: offer!.id,
    verification: idOf(verification),
    endpoint: idOf(endpoint),
    change: idOf(change),
    policyDraft: idOf(policyDraft),
    goodDraft: idOf(goodDraft),
  };
  await world.settle();
});
afterAll(() => {
  expect(world.logged.filter(({ level }) => level === 'error')).toEqual([]);
  expect(({} as Record<string, unknown>)['admin']).toBeUndefined();
  expect(Object.keys(Object.prototype)).toEqual([]);
});

const written = (): number => world.db.get<{ n: number }>(sql`SELECT total_changes() AS n`).n;

interface Sent {
  readonly body?: string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
  readonly path?: string;
}
/** Sends it, and holds the answer to what all answers are held to. */
async function send(route: string, { body, headers = {}, path }: Sent): Promise<Reply> {
  const target = TARGETS[route]!;
  const before = written();
  serial += 1;
  const reply = await world.call(route.split(' ')[0]!, path ?? target.path(made), {
    key: target.key(world),
    ...(body === undefined ? {} : { body }),
    headers: { 'content-type': 'application/json', 'idempotency-key': `hostile-${serial}`, ...headers },
  });
  expect(reply.status).toBeLessThan(500);
  if (reply.status < 400) {
    await world.settle();
    return reply;
  }
  expectProblem(reply);
  if (target.counts === undefined) expect(written()).toBe(before);
  return reply;
}

it('every route that changes something has its case', () => {
  const routes = new Set(
    world.app.routes.filter(({ method }) => !['ALL', 'OPTIONS', 'GET'].includes(method)).map(({ method, path }) => `${method} ${path}`),
  );
  expect([...routes].toSorted()).toEqual([...Object.keys(TARGETS), ...WITHOUT_JSON].toSorted());
});

it('what is good is written: the count of writes does count', async () => {
  const before = written();
  expect((await send('POST /v1/applications', { body: JSON.stringify(whole) })).status).toBe(201);
  expect(written()).toBeGreaterThan(before);
});

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const deep = (levels: number): string => `{"a":${'['.repeat(levels)}${']'.repeat(levels)}}`;
/** Bodies that are JSON for nobody, with the one problem each may get. */
const NOT_JSON: readonly (readonly [string, string | Uint8Array, keyof typeof PROBLEM_STATUS])[] = [
  ['half an object', '{"applicant":{', 'malformed_json'],
  ['two values', '{} {}', 'malformed_json'],
  ['a comment', '{/**/}', 'malformed_json'],
  ['NaN', '{"a":NaN}', 'malformed_json'],
  ['single quotes', "{'a':1}", 'malformed_json'],
  ['a control character', '{"a":"\u0001"}', 'malformed_json'],
  ['NUL bytes', new Uint8Array(40), 'malformed_json'],
  ['bytes that are not UTF-8', Uint8Array.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]), 'malformed_json'],
  ['UTF-8 cut inside a character', utf8('{"name":"张').slice(0, -1), 'malformed_json'],
  ['an overlong slash', Uint8Array.from([...utf8('{"a":"'), 0xc0, 0xaf, ...utf8('"}')]), 'malformed_json'],
  ['a surrogate in UTF-8', Uint8Array.from([...utf8('{"a":"'), 0xed, 0xa0, 0x80, ...utf8('"}')]), 'malformed_json'],
  ['UTF-16', new Uint8Array(Buffer.from('{"a":1}', 'utf16le')), 'malformed_json'],
  ['33 levels', deep(32), 'malformed_json'],
  ['20,000 levels', deep(20_000), 'malformed_json'],
  ['__proto__', '{"__proto__":{"admin":true}}', 'malformed_json'],
  ['__proto__ by escapes', '{"\\u005f_proto__":{"admin":true}}', 'malformed_json'],
  ['__proto__ deep inside', '{"a":[{"b":{"__proto__":1}}]}', 'malformed_json'],
  ['constructor', '{"constructor":{"prototype":{"admin":true}}}', 'malformed_json'],
];
const NOT_AN_OBJECT = ['null', '[]', '[{}]', '"text"', '123', 'true', '1e999', '-0'];
const WRONG_TYPES = [
  'text/plain',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'application/jsonx',
  'text/json',
  'application/octet-stream',
  'application/json,text/plain',
  'json',
  '*/*',
  ' ',
];

describe.each(Object.entries(TARGETS))('%s', (route, target) => {
  it('what is no JSON is told so', async () => {
    for (const [name, body, code] of NOT_JSON) expect([name, (await send(route, { body })).json['code']]).toEqual([name, code]);
    for (const body of NOT_AN_OBJECT) expect([body, (await send(route, { body })).status]).toEqual([body, 422]);
    const empty = await send(route, { body: '' });
    if (target.mayBeEmpty === undefined) expect(empty.json['code']).toBe('malformed_json');
  });

  it('another content type is 415, whatever the bytes', async () => {
    for (const type of WRONG_TYPES) {
      for (const body of [JSON.stringify(target.body), 'a=b', '{'])
        expect([type, (await send(route, { body, headers: { 'content-type': type } })).status]).toEqual([type, 415]);
    }
    for (const type of ['APPLICATION/JSON', 'application/json ; charset=utf-8', 'application/vnd.millrace+json']) {
      expect([type, (await send(route, { body: '[]', headers: { 'content-type': type } })).status]).toEqual([type, 422]);
    }
  });

  it('too much is 413, also when it comes in pieces without a length', async () => {
    const big = JSON.stringify({ ...target.body, pad: 'x'.repeat(target.most) });
    expect((await send(route, { body: big })).status).toBe(413);
    expect((await send(route, { body: '{}', headers: { 'content-length': String(target.most + 1) } })).status).toBe(413);
    let pulled = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        pulled += 1;
        controller.enqueue(new Uint8Array(16 * KIB).fill(0x20));
      },
    });
    const reply = await world.app.request(target.path(made), {
      method: route.split(' ')[0]!,
      body: endless,
      duplex: 'half',
      headers: { authorization: `Bearer ${target.key(world)}`, 'content-type': 'application/json', 'idempotency-key': 'endless' },
    } as RequestInit);
    expect(reply.status).toBe(413);
    // It stopped reading as soon as it knew.
    expect(pulled * 16 * KIB).toBeLessThan(target.most + 100 * KIB);
  });

  it('names that are not the body’s are faults with their pointers', async () => {
    for (const name of ['admin', 'a/b~c', '', 'toString', '张', '\ud800', 'x'.repeat(500)]) {
      const reply = await send(route, { body: JSON.stringify({ ...target.body, [name]: 1 }) });
      expect([name, reply.status, reply.json['code']]).toEqual([name, 422, 'invalid_request']);
    }
  });

  it('any part may be anything', { timeout: 60_000 }, async () => {
    const places = pathsOf(target.body).filter((path) => path.length > 0);
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...places), hostile, async (path: Path, value) => {
        const reply = await send(route, { body: write(replaced(target.body, path, value)) });
        if (reply.json?.['code'] === 'invalid_request') expect(pointsAt(reply, path, target.elsewhere)).toBe(true);
      }),
      { numRuns: 120 },
    );
    for (const path of places) {
      const left = await send(route, { body: JSON.stringify(replaced(target.body, path, undefined)) });
      if (left.json?.['code'] === 'invalid_request') expect([path, pointsAt(left, path, target.elsewhere)]).toEqual([path, true]);
    }
  });

  it('several parts at once, names twice, and any JSON at all', { timeout: 60_000 }, async () => {
    const places = pathsOf(target.body).filter((path) => path.length > 0);
    const changes = fc.array(fc.tuple(fc.nat(places.length - 1), hostile), { minLength: 2, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(changes, async (list) => {
        // Deeper places first: what lies above may be gone afterwards.
        const ordered = list.toSorted(([left], [right]) => places[right]!.length - places[left]!.length);
        await send(route, { body: write(ordered.reduce((body, [at, value]) => replaced(body, places[at]!, value), target.body as unknown)) });
      }),
      { numRuns: 40 },
    );
    await fc.assert(
      fc.asyncProperty(fc.json({ maxDepth: 6 }), async (body) => void (await send(route, { body }))),
      { numRuns: 40 },
    );
    const good = JSON.stringify(target.body);
    for (const raw of RAW) {
      const [name] = Object.keys(target.body);
      await send(route, { body: `{${JSON.stringify(name)}:${raw},${good.slice(1)}` });
      await send(route, { body: `${good.slice(0, -1)},${JSON.stringify(name)}:${raw}}` });
    }
  });
});

describe('headers', () => {
  const draft = JSON.stringify({ draft: true, applicant: { phone: '13900000005', phone_verification_id: 'pv_sandbox' } });
  const ODD = [
    ...NAUGHTY,
    'wait',
    'wait=',
    'wait=-1',
    'wait=1e9',
    'wait=99999',
    'wait=0',
    'wait=1, wait=2',
    'respond-async, wait=',
    'zh;q=0',
    'en;q=9',
    '*',
    ';;;',
    ',,,,',
    'x'.repeat(8_000),
    '-1',
    '9007199254740993',
    'Infinity',
    '0x7',
    '1 2',
  ];
  /** What may be on the wire: Latin-1 without line ends. */
  const sendable = ODD.map((text) => Buffer.from(text.replace(/[\r\n\0]/g, ' '), 'utf8').toString('latin1'));

  it.each([
    'prefer',
    'accept-language',
    'last-event-id',
    'x-request-id',
    'client-token',
    'origin',
    'traceparent',
    'accept',
    'if-none-match',
    'range',
    'x-http-method-override',
    'content-encoding',
    'user-agent',
    'x-forwarded-for',
  ])('%s may hold anything', async (name) => {
    for (const value of sendable) {
      // Nothing that would have to be waited for: a draft stands still.
      const reply = await send('POST /v1/applications', { body: draft, headers: { [name]: value } });
      expect([name, value.slice(0, 40), reply.status]).toEqual([name, value.slice(0, 40), 201]);
      const read = await world.call('GET', `/v1/applications/${made.draft}`, { key: world.keys.secret, headers: { [name]: value } });
      expect([name, value.slice(0, 40), read.status]).toEqual([name, value.slice(0, 40), 200]);
      expect(read.headers.get('x-request-id')).toMatch(/^[A-Za-z0-9_-]{8,64}$/);
    }
  });

  it('idempotency-key: usable or 400', async () => {
    for (const value of sendable) {
      const reply = await send('POST /v1/applications', { body: draft, headers: { 'idempotency-key': `${value}` } });
      const usable = /^[\x21-\x7e]{1,255}$/.test(value.trim());
      expect([value.slice(0, 40), reply.status]).toEqual([value.slice(0, 40), usable ? 201 : 400]);
    }
  });

  it('authorization: 401, however it is written', async () => {
    for (const value of [
      ...sendable,
      'Bearer',
      'Bearer ',
      `bearer ${world.keys.secret}`,
      `Bearer  ${world.keys.secret}`,
      `Bearer ${world.keys.secret},${world.keys.secret}`,
      `Bearer ${world.keys.secret.slice(0, -1)}`,
    ]) {
      const reply = await world.call('POST', '/v1/applications', {
        body: draft,
        headers: { authorization: value, 'content-type': 'application/json', 'idempotency-key': 'a' },
      });
      expect([value.slice(0, 40), reply.status]).toEqual([value.slice(0, 40), 401]);
    }
  });

  it('last-event-id of a stream: anything begins it somewhere', async () => {
    const ended = await world.apply();
    await world.call('POST', `/v1/applications/${ended.json['id']}/withdraw`, { key: world.keys.secret });
    for (const value of sendable) {
      const reply = await world.call('GET', `/v1/applications/${ended.json['id']}/events`, {
        key: world.keys.secret,
        headers: { 'last-event-id': value },
      });
      expect([value.slice(0, 40), reply.status, reply.headers.get('content-type')]).toEqual([value.slice(0, 40), 200, 'text/event-stream']);
    }
  });
});

describe('paths and queries', () => {
  const IDS = [
    '%00',
    '%ff',
    '%',
    '%zz',
    '%2e%2e',
    '..%2f..%2fetc',
    '__proto__',
    'constructor',
    "'%20OR%201=1",
    'app_',
    'app_0000000000000000000000',
    'app_ZZZZZZZZZZZZZZZZZZZZZZ',
    'app_000000000000000000000l',
    '%E5%BC%A0',
    '%F0%9F%92%A5',
    '%ED%A0%80',
    'a'.repeat(4_000),
    '*',
    ':id',
    '0',
    '-1',
    'null',
    'undefined',
    '[object%20Object]',
    '%0d%0aset-cookie:x',
    'a%3Fb',
    'a%23b',
    '~',
    '.',
    '%20',
  ];

  it('ids of the wrong shape are not there', { timeout: 60_000 }, async () => {
    const patterns = [
      ...new Set(
        world.app.routes
          .filter(({ method, path }) => !['ALL', 'OPTIONS'].includes(method) && path.includes(':'))
          .map(({ method, path }) => `${method} ${path}`),
      ),
    ];
    expect(patterns.length).toBeGreaterThan(30);
    for (const pattern of patterns) {
      const [method, path] = pattern.split(' ') as [string, string];
      const key = /desk|webhook|deliveries/.test(path) ? world.roleKeys.admin : world.keys.secret;
      const body = TARGETS[pattern]?.body;
      for (const id of IDS) {
        const before = written();
        const reply = await world.call(
          method,
          path.replace('/*', `/${id}`).replaceAll(/:[a-z]+/g, () => id),
          { key, ...(method === 'GET' ? {} : { json: body ?? {} }), headers: { 'idempotency-key': 'id' } },
        );
        expect([pattern, id.slice(0, 40), reply.status >= 400 && reply.status < 500]).toEqual([pattern, id.slice(0, 40), true]);
        expectProblem(reply);
        expect([pattern, id.slice(0, 40), written()]).toEqual([pattern, id.slice(0, 40), before]);
      }
    }
  });

  it('queries may hold anything', async () => {
    const odd = [
      'limit=-1',
      'limit=1e9',
      'limit=99999',
      'limit=',
      'limit=1&limit=2',
      'cursor=%00',
      'cursor=%ff',
      `cursor=${'x'.repeat(4_000)}`,
      '__proto__=1',
      '__proto__[a]=1',
      'constructor=1',
      'state[]=x',
      'state=__proto__',
      '=',
      '&&&',
      '%',
      'a=%zz',
      'q=%F0%9F%92%A5',
      '?',
      'channel=%27%20OR%201=1',
    ];
    const gets = [...new Set(world.app.routes.filter(({ method, path }) => method === 'GET' && !path.includes('/events')).map(({ path }) => path))];
    for (const path of gets) {
      const key = /desk|webhook|deliveries/.test(path) ? world.roleKeys.admin : world.keys.secret;
      const filled = path
        .replace(':kind', 'funder')
        .replace('records/funder/:id', 'records/funder/fnd_river')
        .replace('funders/:id', 'funders/fnd_river')
        .replace('webhook-endpoints/:id', `webhook-endpoints/${made.endpoint}`)
        .replace(':id', made.application)
        .replace(':token', 'x');
      for (const query of odd) {
        const reply = await world.call('GET', `${filled}?${query}`, { key });
        expect([path, query.slice(0, 40), reply.status < 500]).toEqual([path, query.slice(0, 40), true]);
        if (reply.status >= 400) expectProblem(reply);
      }
    }
  });
});

describe('photos', () => {
  const upload = async (body: string | Uint8Array, type: string): Promise<Reply> => {
    const before = written();
    const reply = await world.call('POST', '/v1/documents', { key: world.keys.secret, body, headers: { 'content-type': type } });
    expect(reply.status).toBeLessThan(500);
    if (reply.status < 400) return reply;
    expectProblem(reply);
    expect(written()).toBe(before);
    return reply;
  };
  const field = (head: string, body: string): string => `--x\r\n${head}\r\n\r\n${body}\r\n`;
  const kind = field('Content-Disposition: form-data; name="kind"', 'id_front');
  const file = field('Content-Disposition: form-data; name="file"; filename="a.jpg"\r\nContent-Type: image/jpeg', 'bytes');
  const FORM = 'multipart/form-data; boundary=x';

  it.each([
    ['no boundary', 'multipart/form-data', `${kind}${file}--x--`, 415],
    ['an empty boundary', 'multipart/form-data; boundary=', `${kind}${file}--x--`, 422],
    ['another boundary', 'multipart/form-data; boundary=y', `${kind}${file}--x--`, 422],
    ['JSON', 'application/json', '{}', 415],
    ['nothing', FORM, '', 422],
    ['no end', FORM, `${kind}${file}`, 422],
    ['only a kind', FORM, `${kind}--x--`, 422],
    ['only a file', FORM, `${file}--x--`, 422],
    ['a kind that is none', FORM, `${kind.replace('id_front', '__proto__')}${file}--x--`, 422],
    ['a kind that is a file', FORM, `${kind.replace('name="kind"', 'name="kind"; filename="k"')}${file}--x--`, 422],
    ['a file that is a text', FORM, `${kind}${file.replace('; filename="a.jpg"', '')}--x--`, 422],
    ['an empty file', FORM, `${kind}${file.replace('bytes', '')}--x--`, 422],
    ['a part without a name', FORM, `${kind}${field('Content-Disposition: form-data', 'x')}--x--`, 422],
    ['a part without headers', FORM, `--x\r\n\r\nx\r\n--x--`, 422],
    ['a header without end', FORM, `--x\r\nContent-Disposition: ${'a'.repeat(60_000)}`, 422],
    ['a form inside a form', FORM, field('Content-Type: multipart/mixed; boundary=z', '--z--'), 422],
    ['bytes', FORM, '\u0000\u0001\u0002', 422],
  ])('%s', async (_, type, body, status) => {
    const reply = await upload(body, type);
    expect(reply.status).toBe(status);
  });

  it('more than ten megabytes, or ten thousand parts', async () => {
    expect((await upload(`${kind}${file.replace('bytes', 'b'.repeat(11 * KIB * KIB))}--x--`, FORM)).status).toBe(413);
    expect((await upload(`${kind}${file.replace('bytes', 'b'.repeat(10 * KIB * KIB + 1))}--x--`, FORM)).status).toBe(413);
    const many = await upload(`${field('Content-Disposition: form-data; name="a"', '1').repeat(10_000)}${kind}${file}--x--`, FORM);
    expect([201, 422]).toContain(many.status);
  });

  it('any bytes at all', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), fc.constantFrom(kind, file, '--x\r\n', ''), async (bytes, head) => {
        await upload(Buffer.concat([Buffer.from(head), Buffer.from(bytes), Buffer.from('\r\n--x--')]), FORM);
      }),
      { numRuns: 100 },
    );
  });
});

describe('counterparties', () => {
  it('callbacks of any bytes are refused or taken, never more', { timeout: 30_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...world.service.desk.snapshot().funders.keys()),
        fc.oneof(fc.uint8Array({ maxLength: 200 }), fc.json().map(utf8)),
        async (funder, body) => {
          const reply = await world.call('POST', `/v1/callbacks/${funder}`, { body });
          expect([funder, reply.status]).toEqual([funder, 401]);
        },
      ),
      { numRuns: 150 },
    );
    for (const body of NOT_JSON.map(([, bytes]) => bytes)) expect((await world.call('POST', '/v1/callbacks/fnd_lotus', { body })).status).toBe(401);
    expect((await world.call('POST', '/v1/callbacks/fnd_cedar', { body: 'x'.repeat(300 * KIB) })).status).toBe(413);
  });

  it('postbacks that are signed and still hostile are faults with pointers', async () => {
    const secret = sandboxPartnerSecret(world.service.deps.vault);
    const good = { event_id: 'e', click_id: 'clk_0000000000000000000000', kind: 'lead', at: new Date(START_MS).toISOString(), amount_fen: 1 };
    const signed = async (body: string | Uint8Array): Promise<Reply> => {
      const timestamp = String(Math.floor(world.clock.nowMs() / 1_000));
      const signature = createHmac('sha256', secret).update(`${timestamp}.`).update(body).digest('hex');
      const before = written();
      const reply = await world.call('POST', `/v1/postbacks/${SANDBOX_PARTNER}`, {
        body,
        headers: { 'x-timestamp': timestamp, 'x-signature': signature },
      });
      expect(reply.status).toBeLessThan(500);
      expectProblem(reply);
      expect(written()).toBe(before);
      return reply;
    };
    const places = pathsOf(good).filter((path) => path.length > 0);
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...places), hostile, async (path, value) => {
        const reply = await signed(write(replaced(good, path, value)));
        if (reply.status === 422) expect(pointsAt(reply, path)).toBe(true);
      }),
      { numRuns: 100 },
    );
    for (const [, body] of NOT_JSON) await signed(body);
    expect((await signed('x'.repeat(17_000))).status).toBe(413);
  });
});
