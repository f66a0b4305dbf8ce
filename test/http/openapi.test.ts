/** The API description against the running service: every route is in it, and what the service answers fits it. */
// First, as in the server: schemas made before the OpenAPI library is loaded must be described as well.
import { makeWorld, type Reply, type World } from '../world.ts';
import type { z } from 'zod';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DESK_RECORDS, ROLES } from '../../src/domain/desk.ts';
import { EVENT_TYPES } from '../../src/domain/events.ts';
import { PROBLEM_STATUS } from '../../src/domain/failures.ts';
import type { DisclosureReply } from '../../src/flow/take-offer.ts';
import type { PartnerOffersReply } from '../../src/flow/show-partner-offers.ts';
import type { ApplicationView } from '../../src/flow/view-application.ts';
import { apiDocument, OPERATIONS } from '../../src/http/openapi/document.ts';
import { openApiPath } from '../../src/http/openapi/operation.ts';
import { Postback as DescribedPostback } from '../../src/http/openapi/counterparty.ts';
import { Application, Disclosure, PartnerOffers } from '../../src/http/openapi/replies.ts';
import type { Schema } from '../../src/http/openapi/schema-tree.ts';
import { WEBHOOK_TYPES, WebhookData } from '../../src/http/openapi/webhooks.ts';
import { Postback } from '../../src/offers/postback.ts';
import { DATA_KEYS } from '../../src/outbox/body.ts';
import { misfits, type Components } from './json-schema.ts';

interface Described {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly summary: string;
  readonly 'x-summary-zh': string;
  readonly security: readonly Readonly<Record<string, unknown>>[];
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
  readonly responses: Readonly<
    Record<
      string,
      { readonly description: string; readonly headers?: object; readonly content?: Readonly<Record<string, { readonly schema: Schema }>> }
    >
  >;
}
const document = apiDocument();
const components = document.components?.schemas as Components;
const paths = document.paths as unknown as Readonly<Record<string, Readonly<Record<string, Described>>>>;

let world: World;
beforeEach(async () => {
  world = await makeWorld();
});
afterEach(() => world.close());

/** Fails unless this reply is one that the description has for the route, header and body alike. */
function expectDescribed(method: string, route: string, reply: Reply): void {
  const operation = paths[route]?.[method.toLowerCase()];
  const described = operation?.responses[String(reply.status)];
  expect(described, `${method} ${route} ${reply.status} ${reply.text.slice(0, 200)}`).toBeDefined();
  expect(reply.headers.get('x-request-id')).toMatch(/^req_/);
  const type = reply.headers.get('content-type')?.split(';')[0];
  if (described?.content === undefined) return;
  const schema = described.content[type ?? '']?.schema;
  expect(schema, `${method} ${route} ${reply.status} ${type}`).toBeDefined();
  expect(misfits(schema!, type?.includes('json') === true ? reply.json : reply.text, components)).toEqual([]);
}

describe('the routes', () => {
  it('are all described, and no other is', () => {
    const served = new Set(
      world.app.routes.filter(({ method }) => method !== 'ALL' && method !== 'OPTIONS').map(({ method, path }) => `${method.toLowerCase()} ${path}`),
    );
    const described = OPERATIONS.map(({ method, path }) => `${method} ${path}`);
    expect(new Set(described).size).toBe(described.length);
    expect([...served].toSorted()).toEqual(described.toSorted());
    expect(served.size).toBeGreaterThanOrEqual(50);
    const inDocument = Object.entries(paths).flatMap(([path, item]) => Object.keys(item).map((method) => `${method} ${path}`));
    expect(inDocument.toSorted()).toEqual(OPERATIONS.map(({ method, path }) => `${method} ${openApiPath(path)}`).toSorted());
  });

  it('each say in both languages what they are for, under a name of their own', () => {
    const operations = Object.values(paths).flatMap((item) => Object.values(item));
    expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length);
    const tags = new Set(document.tags?.map(({ name }) => name));
    for (const operation of operations) {
      expect(operation.summary).toMatch(/[a-z]/i);
      expect(operation['x-summary-zh']).toMatch(/[\u4e00-\u9fff]/);
      expect(tags).toContain(operation.tags[0]);
    }
  });

  it('ask for a key exactly where the service does', async () => {
    for (const { method, path, access } of OPERATIONS) {
      const reply = await world.call(method.toUpperCase(), path.replaceAll(/:\w+|\*/g, 'nothing'));
      const keyed = access === 'session' || access === 'channel' || access === 'own' || access === 'operator';
      expect(reply.status === 401 && reply.json['code'] === 'unauthenticated', `${method} ${path}: ${reply.status}`).toBe(keyed);
      if (keyed) expect(reply.headers.get('www-authenticate')).toBe('Bearer');
      if (reply.status >= 400) expectDescribed(method, openApiPath(path), reply);
    }
  });

  it('have every parameter of their path, and point nowhere that is not there', () => {
    for (const [path, item] of Object.entries(paths)) {
      const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      for (const operation of Object.values(item)) {
        expect((operation.parameters ?? []).filter((one) => one.in === 'path').map(({ name }) => name)).toEqual(names);
      }
    }
    const refs = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name!);
    expect(refs.length).toBeGreaterThan(50);
    expect(refs.filter((name) => !(name in components))).toEqual([]);
    const schemes = Object.keys(document.components?.securitySchemes ?? {});
    const used = Object.values(paths).flatMap((item) => Object.values(item).flatMap(({ security }) => security.flatMap((way) => Object.keys(way))));
    expect([...new Set(used)].toSorted()).toEqual(schemes.toSorted());
  });
});

describe('what a borrower’s application answers', () => {
  it('from creation over offer and disclosure to acceptance, withdrawal of consent and erasure', async () => {
    const key = world.keys.secret;
    const created = await world.apply();
    expect(created.json['status']).toBe('offered');
    const id = String(created.json['id']);
    const own = `/v1/applications/${id}`;
    const offer = String(viewOf(created).offers[0]!.id);
    expectDescribed('GET', '/v1/applications/{id}', { ...created, status: 200 });

    const early = await world.call('POST', `${own}/offers/${offer}/accept`, { key });
    expect(early.json['code']).toBe('disclosure_required');
    expectDescribed('POST', '/v1/applications/{id}/offers/{offer}/accept', early);
    const shown = await world.call('POST', `${own}/offers/${offer}/disclosure`, { key });
    expect(shown.status).toBe(200);
    expectDescribed('POST', '/v1/applications/{id}/offers/{offer}/disclosure', shown);
    const reading = await world.call('POST', `${own}/offers/${offer}/accept`, { key, json: { disclosure_hash: shown.json['hash'] } });
    expect(reading.json['code']).toBe('reading_time');
    expect(reading.headers.get('retry-after')).toMatch(/^\d+$/);
    expectDescribed('POST', '/v1/applications/{id}/offers/{offer}/accept', reading);

    await world.settle(5_000);
    const accepted = await world.call('POST', `${own}/offers/${offer}/accept`, { key, json: { disclosure_hash: shown.json['hash'] } });
    expect(accepted.json['status']).toBe('accepted');
    expectDescribed('POST', '/v1/applications/{id}/offers/{offer}/accept', accepted);
    await world.settle(5_000);
    const paid = await world.call('GET', own, { key });
    expect(paid.json['loan']['status']).toBe('active');
    expectDescribed('GET', '/v1/applications/{id}', paid);
    const refused = await world.call('POST', '/v1/erasures', { key, json: { application_id: id } });
    expect(refused.status).toBe(409);
    expectDescribed('POST', '/v1/erasures', refused);
  });

  it('as a draft that needs fields, photos and consent, and later funders’ consents', async () => {
    const key = world.keys.publishable;
    const applicant = { phone: '13800000001', phone_verification_id: 'pv_sandbox' };
    const draft = await world.call('POST', '/v1/applications', { key, json: { draft: true, applicant }, headers: { 'idempotency-key': 'a' } });
    expect(draft.status).toBe(201);
    expectDescribed('POST', '/v1/applications', draft);
    expect(
      viewOf(draft)
        .needs.map(({ kind }) => kind)
        .toSorted(),
    ).toEqual(['consents', 'documents', 'fields']);
    const own = `/v1/applications/${draft.json['id']}`;
    const headers = { 'client-token': String(draft.json['client_token']) };
    expect((await world.call('GET', own, { key })).status).toBe(404);

    const rest = {
      applicant: { name: '张三', id_number: '110105199003072338', monthly_income_fen: 1_200_000, employment: 'salaried' },
      request: { amount_fen: 2_000_000, term_months: 12, purpose: 'consumption' },
      documents: ['doc_sandbox_front', 'doc_sandbox_back'],
    };
    const patched = await world.call('PATCH', own, { key, headers, json: rest });
    expect(patched.status).toBe(200);
    expectDescribed('PATCH', '/v1/applications/{id}', patched);
    const texts = await world.call('GET', '/v1/consent-texts?recipients=platform,fnd_river', { key });
    expect(texts.json['data']).toHaveLength(2);
    expectDescribed('GET', '/v1/consent-texts', texts);
    const agreed = {
      recipient: 'platform',
      purpose: 'application',
      text_version: texts.json['data'][0]!['text_version'],
      agreed_at: new Date(world.clock.nowMs()).toISOString(),
    };
    const submitted = await world.call('POST', `${own}/submit`, { key, headers, json: { consents: [agreed] } });
    expect(submitted.status).toBe(200);
    expectDescribed('POST', '/v1/applications/{id}/submit', submitted);
    await world.settle();
    const waiting = await world.call('GET', own, { key, headers: { ...headers, prefer: 'wait=8' } });
    expect(waiting.json['status']).toBe('needs_consent');
    expect(waiting.headers.get('preference-applied')).toBe('wait=8');
    expectDescribed('GET', '/v1/applications/{id}', waiting);

    const asked = viewOf(waiting)
      .needs.flatMap((need) => (need.kind === 'consents' ? need.recipients : []))
      .map(({ recipient, purpose, text_version }) => ({ recipient, purpose, text_version, agreed_at: agreed.agreed_at }));
    expect(asked.length).toBeGreaterThan(1);
    const answered = await world.call('POST', `${own}/consents`, {
      key,
      headers,
      json: { consents: asked.slice(0, 1), refused: asked.slice(1).map(({ recipient }) => recipient) },
    });
    expect(answered.status).toBe(200);
    expectDescribed('POST', '/v1/applications/{id}/consents', answered);
    expectDescribed(
      'DELETE',
      '/v1/applications/{id}/consents/{recipient}',
      await world.call('DELETE', `${own}/consents/${asked[0]!.recipient}`, { key, headers }),
    );
    const withdrawn = await world.call('POST', `${own}/withdraw`, { key, headers });
    expect(withdrawn.json['status']).toBe('withdrawn');
    expectDescribed('POST', '/v1/applications/{id}/withdraw', withdrawn);
    const erased = await world.call('POST', '/v1/erasures', { key, headers, json: { application_id: draft.json['id'] } });
    expect(erased.status).toBe(201);
    expectDescribed('POST', '/v1/erasures', erased);
    expectDescribed('GET', '/v1/applications/{id}', await world.call('GET', own, { key, headers }));
  });

  it('declined by all, with the reasons and partner offers to follow', async () => {
    const applied = await world.apply({ phone: '13800000003' });
    await world.settle(60_000);
    const declined = await world.call('GET', `/v1/applications/${applied.json['id']}`, { key: world.keys.secret });
    expect(declined.json['status']).toBe('declined');
    expectDescribed('GET', '/v1/applications/{id}', declined);
    const { attempts } = viewOf(declined);
    expect(attempts.length).toBeGreaterThan(0);
    expect(attempts.every(({ reason }) => reason?.code.startsWith('funder_') === true)).toBe(true);
    const offers = await world.call('GET', `/v1/applications/${declined.json['id']}/partner-offers`, { key: world.keys.secret });
    const { groups } = offers.json as unknown as PartnerOffersReply;
    expect(groups.length).toBeGreaterThan(0);
    expectDescribed('GET', '/v1/applications/{id}/partner-offers', offers);
    const followed = await world.call('GET', new URL(groups[0]!.offers[0]!.link).pathname);
    expect(followed.status).toBe(302);
    expectDescribed('GET', '/r/{token}', followed);
  });

  it('when it is at fault itself', async () => {
    const key = world.keys.secret;
    const bad = await world.call('POST', '/v1/applications', {
      key,
      headers: { 'idempotency-key': 'b' },
      json: { applicant: { phone: '12', name: '张三' }, request: { amount_fen: 1.5 }, extra: 1 },
    });
    expect(bad.status).toBe(422);
    expect((bad.json['errors'] as unknown as { pointer: string }[]).map(({ pointer }) => pointer)).toEqual(
      expect.arrayContaining(['/applicant/phone', '/request/amount_fen', '/extra']),
    );
    expectDescribed('POST', '/v1/applications', bad);
    for (const [body, headers] of [
      ['{', { 'content-type': 'application/json' }],
      ['{}', { 'content-type': 'text/plain' }],
      [`"${'x'.repeat(70_000)}"`, { 'content-type': 'application/json' }],
    ] as const) {
      expectDescribed('POST', '/v1/applications', await world.call('POST', '/v1/applications', { key, body, headers }));
    }
    expectDescribed('POST', '/v1/applications', await world.call('POST', '/v1/applications', { key, json: { draft: true } }));
  });

  it('before an application', async () => {
    const key = world.keys.publishable;
    const sent = await world.call('POST', '/v1/phone-verifications', { key, json: { phone: '138 0000 0001' } });
    expect(sent.status).toBe(201);
    expectDescribed('POST', '/v1/phone-verifications', sent);
    const confirm = `/v1/phone-verifications/${sent.json['id']}/confirm`;
    const wrong = await world.call('POST', confirm, { key, json: { code: '000001' } });
    expect(wrong.json['code']).toBe('code_wrong');
    expectDescribed('POST', '/v1/phone-verifications/{id}/confirm', wrong);
    const right = await world.call('POST', confirm, { key, json: { code: '000000' } });
    expect(right.status).toBe(200);
    expectDescribed('POST', '/v1/phone-verifications/{id}/confirm', right);
    const form = new Request('http://millrace.test', { method: 'POST', body: formOf('id_front') });
    const photo = await world.call('POST', '/v1/documents', {
      key,
      body: new Uint8Array(await form.clone().arrayBuffer()),
      headers: { 'content-type': form.headers.get('content-type')! },
    });
    expect(photo.status).toBe(201);
    expectDescribed('POST', '/v1/documents', photo);
  });

  it('of the service itself', async () => {
    for (const path of [
      '/healthz',
      '/readyz',
      '/metrics',
      '/v1/sandbox/keys',
      '/openapi.json',
      '/docs',
      '/docs/problems',
      '/docs/events',
      '/docs/style.css',
    ]) {
      const reply = await world.call('GET', path);
      expect(reply.status, path).toBe(path === '/metrics' ? 404 : 200);
      if (path !== '/openapi.json') expectDescribed('GET', path, reply);
    }
  });
});

describe('what the desk answers', () => {
  it('admits exactly the roles that are described', async () => {
    for (const { method, path, access, roles } of OPERATIONS) {
      if (access !== 'operator') continue;
      const target = path.replaceAll(/:\w+/g, 'nothing');
      for (const role of ROLES) {
        const reply = await world.call(method.toUpperCase(), target, { key: world.roleKeys[role] });
        expect(reply.status !== 403, `${role}: ${method} ${path}`).toBe(role === 'admin' || roles?.includes(role) === true);
        if (reply.status >= 400) expectDescribed(method, openApiPath(path), reply);
      }
      expect((await world.call(method.toUpperCase(), target, { key: world.keys.secret })).status).toBe(403);
    }
  });

  it('about records, their changes and the trail of them', async () => {
    const { operator, approver } = world.roleKeys;
    for (const kind of Object.keys(DESK_RECORDS))
      expectDescribed('GET', '/v1/desk/records/{kind}', await world.call('GET', `/v1/desk/records/${kind}`, { key: operator }));
    const record = await world.call('GET', '/v1/desk/records/funder/fnd_river', { key: operator });
    expectDescribed('GET', '/v1/desk/records/{kind}/{id}', record);
    const body = { ...(record.json['body'] as unknown as object), name: '长河银行（新）' };
    const proposed = await world.call('POST', '/v1/desk/changes', {
      key: operator,
      json: { kind: 'funder', id: 'fnd_river', body, note: 'another name' },
    });
    expect(proposed.status).toBe(201);
    expectDescribed('POST', '/v1/desk/changes', proposed);
    const change = `/v1/desk/changes/${proposed.json['id']}`;
    expectDescribed('GET', '/v1/desk/changes/{id}', await world.call('GET', change, { key: operator }));
    const stale = await world.call('POST', `${change}/approve`, { key: approver, json: { hash: '0'.repeat(64) } });
    expect(stale.json['code']).toBe('stale');
    expectDescribed('POST', '/v1/desk/changes/{id}/approve', stale);
    const approved = await world.call('POST', `${change}/approve`, { key: approver, json: { hash: proposed.json['hash'] } });
    expect(approved.status).toBe(200);
    expectDescribed('POST', '/v1/desk/changes/{id}/approve', approved);
    expectDescribed('POST', '/v1/desk/changes/{id}/reject', await world.call('POST', `${change}/reject`, { key: approver }));
    expectDescribed('POST', '/v1/desk/changes/{id}/withdraw', await world.call('POST', `${change}/withdraw`, { key: operator }));
    expectDescribed('GET', '/v1/desk/changes', await world.call('GET', '/v1/desk/changes?limit=1', { key: operator }));
    expectDescribed(
      'POST',
      '/v1/desk/changes',
      await world.call('POST', '/v1/desk/changes', { key: operator, json: { kind: 'funder', id: 'fnd_river', body: { name: 1 }, note: 'x' } }),
    );
    expectDescribed('GET', '/v1/desk/audit', await world.call('GET', '/v1/desk/audit', { key: approver }));
    expectDescribed('GET', '/v1/desk/audit/verify', await world.call('GET', '/v1/desk/audit/verify', { key: approver }));
    expectDescribed('GET', '/v1/desk/audit', await world.call('GET', '/v1/desk/audit?page=2', { key: approver }));
  });

  it('about policies: drafts, proposals on a schedule, versions, the way back, the verdict', async () => {
    const { operator, approver } = world.roleKeys;
    const call = async (path: string, method: string, actual: string, key: string, json?: unknown): Promise<Reply> => {
      const reply = await world.call(method, actual, { key, ...(json === undefined ? {} : { json }) });
      expectDescribed(method, path, reply);
      return reply;
    };
    const policies = '/v1/desk/policies';
    const begun = await call(policies, 'POST', policies, operator, { from: 'pol_default' });
    const draft = `${policies}/${begun.json['id']}`;
    const body = { ...(begun.json['body'] as unknown as object), name: 'Described' };
    await call(`${policies}/{id}`, 'PUT', draft, operator, { revision: 1, body });
    await call(`${policies}/{id}`, 'PUT', draft, operator, { revision: 1, body });
    await call(`${policies}/{id}`, 'GET', draft, operator);
    await call(`${policies}/{id}/validate`, 'POST', draft + '/validate', operator);
    const later = new Date(world.clock.nowMs() + 60_000).toISOString();
    await call(`${policies}/{id}/propose`, 'POST', draft + '/propose', operator, { note: 'x', publish_at: later });
    const now = await call(`${policies}/{id}/propose`, 'POST', draft + '/propose', operator, { note: 'x' });
    const approved = await world.call('POST', `/v1/desk/changes/${now.json['id']}/approve`, { key: approver, json: { hash: now.json['hash'] } });
    expect(approved.status).toBe(200);
    expect((await call(policies, 'GET', policies, operator)).status).toBe(200);
    expect((await call(`${policies}/{id}`, 'GET', `${policies}/pol_default`, operator)).status).toBe(200);
    expect((await call(`${policies}/{id}/versions`, 'GET', `${policies}/pol_default/versions`, operator)).status).toBe(200);
    const back = await call(`${policies}/{id}/roll-back`, 'POST', `${policies}/pol_default/roll-back`, approver, { to_version: 1, note: 'x' });
    expect(back.status).toBe(200);
    expect((await call('/v1/desk/segments/{id}/verdict', 'GET', '/v1/desk/segments/all/verdict', operator)).status).toBe(200);
    expect((await call(`${policies}/{id}`, 'DELETE', draft, operator)).status).toBe(204);
  });

  it('about applications: accepted, declined, set aside and erased', async () => {
    const { operator: key } = world.roleKeys;
    const taken = await world.apply();
    await world.apply({ phone: '13800000003' });
    await world.settle(60_000);
    const quarantined = await world.apply({ phone: '13800000002' });
    await world.service.deps.commit((tx) => {
      const row = tx.applications.byId(String(quarantined.json['id']))!;
      tx.applications.save({ ...row, state: 'screening', quarantined: true, reasons: [{ code: 'operator_rule', detail: 'planted' }] }, row.state);
    });
    const list = await world.call('GET', '/v1/desk/applications', { key });
    expect(list.json['data']).toHaveLength(3);
    expectDescribed('GET', '/v1/desk/applications', list);
    for (const { id } of list.json['data'] as unknown as { id: string }[]) {
      expectDescribed('GET', '/v1/desk/applications/{id}', await world.call('GET', `/v1/desk/applications/${id}`, { key }));
      expectDescribed('POST', '/v1/desk/applications/{id}/replay', await world.call('POST', `/v1/desk/applications/${id}/replay`, { key }));
    }
    const set = `/v1/desk/applications/${quarantined.json['id']}`;
    const refused = await world.call('POST', `${set}/refuse`, { key, json: { note: 'not this one' } });
    expect(refused.json['state']).toBe('refused');
    expectDescribed('POST', '/v1/desk/applications/{id}/refuse', refused);
    expectDescribed('POST', '/v1/desk/applications/{id}/release', await world.call('POST', `${set}/release`, { key }));
    await world.call('POST', '/v1/erasures', { key: world.keys.secret, json: { application_id: taken.json['id'] } });
    expectDescribed('GET', '/v1/desk/applications/{id}', await world.call('GET', `/v1/desk/applications/${taken.json['id']}`, { key }));
    expectDescribed('GET', '/v1/desk/summary', await world.call('GET', '/v1/desk/summary', { key }));
    for (const query of ['', '?by=channel', '?by=funder', '?by=hour&basis=activity'])
      expectDescribed('GET', '/v1/desk/funnel', await world.call('GET', `/v1/desk/funnel${query}`, { key }));
    expectDescribed('GET', '/v1/desk/flows', await world.call('GET', '/v1/desk/flows', { key }));
    const spend = await world.call('PUT', '/v1/desk/channels/h5-demo/spend/2026-11-20', { key: world.roleKeys.finance, json: { spend_fen: 1 } });
    expectDescribed('PUT', '/v1/desk/channels/{id}/spend/{day}', spend);
    for (const path of ['today', 'caps', 'approvals', 'channels', 'spend'].map((noun) => `/v1/desk/${noun}`))
      expectDescribed('GET', path, await world.call('GET', path, { key }));
    expectDescribed('GET', '/v1/desk/figures', await world.call('GET', '/v1/desk/figures', { key }));
    expectDescribed('GET', '/v1/desk/funders/{id}/series', await world.call('GET', '/v1/desk/funders/fnd_river/series', { key }));
    expectDescribed('GET', '/v1/desk/funders', await world.call('GET', '/v1/desk/funders', { key }));
    for (const part of ['plans', 'callbacks', 'reliability'])
      expectDescribed('GET', `/v1/desk/funders/{id}/${part}`, await world.call('GET', `/v1/desk/funders/fnd_river/${part}`, { key }));
    for (const id of ['fnd_river', 'fnd_lotus', 'fnd_cedar'])
      expectDescribed('GET', '/v1/desk/funders/{id}/status', await world.call('GET', `/v1/desk/funders/${id}/status`, { key }));
  });

  it('about the blacklist and webhook endpoints', async () => {
    const { operator: key } = world.roleKeys;
    const csv = await world.call('POST', '/v1/desk/blacklist', { key, body: 'phone,13900000009,planted\n', headers: { 'content-type': 'text/csv' } });
    expect(csv.status).toBe(201);
    expectDescribed('POST', '/v1/desk/blacklist', csv);
    expectDescribed('GET', '/v1/desk/blacklist', await world.call('GET', '/v1/desk/blacklist', { key }));
    const removed = await world.call('DELETE', '/v1/desk/blacklist', { key, json: { kind: 'phone', value: '13900000009' } });
    expect(removed.status).toBe(204);
    expectDescribed('DELETE', '/v1/desk/blacklist', removed);

    const created = await world.call('POST', '/v1/webhook-endpoints', { key, json: { url: 'https://receiver.test/hook', types: ['application.*'] } });
    expect(created.status).toBe(201);
    expectDescribed('POST', '/v1/webhook-endpoints', created);
    const own = `/v1/webhook-endpoints/${created.json['id']}`;
    await world.apply();
    const deliveries = await world.call('GET', `${own}/deliveries`, { key });
    const { data } = deliveries.json as unknown as { data: { id: string }[] };
    expect(data.length).toBeGreaterThan(2);
    expectDescribed('GET', '/v1/webhook-endpoints/{id}/deliveries', deliveries);
    expectDescribed('POST', '/v1/deliveries/{id}/resend', await world.call('POST', `/v1/deliveries/${data[0]!.id}/resend`, { key }));
    expectDescribed(
      'POST',
      '/v1/webhook-endpoints/{id}/replay',
      await world.call('POST', `${own}/replay`, { key, json: { since: '2026-11-01T00:00:00Z' } }),
    );
    expectDescribed('POST', '/v1/webhook-endpoints/{id}/rotate', await world.call('POST', `${own}/rotate`, { key }));
    expectDescribed('PATCH', '/v1/webhook-endpoints/{id}', await world.call('PATCH', own, { key, json: { status: 'disabled' } }));
    expectDescribed('GET', '/v1/webhook-endpoints/{id}', await world.call('GET', own, { key }));
    expectDescribed('GET', '/v1/webhook-endpoints', await world.call('GET', '/v1/webhook-endpoints', { key }));
    expectDescribed(
      'POST',
      '/v1/webhook-endpoints/{id}/replay',
      await world.call('POST', `${own}/replay`, { key, json: { since: '2026-11-01T00:00:00Z' } }),
    );
  });
});

describe('the schemas', () => {
  it('have the members of the types they describe', () => {
    // A wrong member is a compile error here; that it compiles is the test.
    const same: [
      SameShape<ApplicationView, z.infer<typeof Application>>,
      SameShape<DisclosureReply, z.infer<typeof Disclosure>>,
      SameShape<PartnerOffersReply, z.infer<typeof PartnerOffers>>,
    ] = [true, true, true];
    expect(same).toEqual([true, true, true]);
  });

  it('of a postback and of webhook data are those of the rooms that read and write them', () => {
    expect(Object.keys(DescribedPostback.shape)).toEqual(Object.keys(Postback.shape));
    const good = { event_id: 'e-1', click_id: 'clk_0000000000000000000000', kind: 'lead', at: '2026-11-20T10:00:00+08:00' };
    for (const change of [
      {},
      { amount_fen: 5 },
      { kind: 'gift' },
      { at: 'today' },
      { event_id: 'a b' },
      { amount_fen: -1 },
      { amount_fen: 1.5 },
      { event_id: undefined },
    ]) {
      const sample = { ...good, ...change };
      expect(DescribedPostback.safeParse(sample).success, JSON.stringify(change)).toBe(Postback.safeParse(sample).success);
    }
    expect(Object.keys(WebhookData.shape)).toEqual(['application_id', 'sequence', ...DATA_KEYS]);
  });

  it('show bounds and words of what a transform hides', () => {
    const request = components['ApplicationRequest']!.properties!;
    expect(request['request']!.properties!['amount_fen']).toMatchObject({ type: 'number', minimum: 10_000, maximum: 1_000_000_000 });
    expect(request['applicant']!.properties!['phone']).toMatchObject({ type: 'string', description: expect.stringContaining('mobile') });
    expect(request['consents']!.items!.properties!['text_version']!.description).toContain('in force');
    expect(components['ApplicationRequest']!.additionalProperties).toBe(false);
    expect(JSON.stringify(components)).not.toContain('"format":"ip"');
  });

  it('are told from misfits by the test itself', () => {
    const application = components['Application']!;
    expect(misfits(application, { id: 1 }, components).length).toBeGreaterThan(5);
    expect(misfits(components['Health']!, { status: 'ok', more: 1 }, components)).toEqual(['/more: is not described']);
    expect(misfits(components['Need']!, { kind: 'documents', kinds: ['passport'] }, components)).toHaveLength(1);
  });
});

describe('webhooks', () => {
  it('are described for every type that is sent, and fit what is sent', async () => {
    const described = document.webhooks as unknown as Readonly<Record<string, { readonly post: Described }>>;
    expect(Object.keys(described)).toEqual(WEBHOOK_TYPES);
    expect(Object.keys(EVENT_TYPES).filter((type) => !(type in described))).toEqual(['page.visited', 'page.phone_verified', 'endpoint.disabled']);
    const { deps } = world.service;
    await deps.commit((tx) => {
      const endpoint = { id: 'ep_all', url: 'https://receiver.test/hook', types: ['*'], channel_id: null, status: 'enabled', disabled_reason: null };
      tx.desk.insertRecord({
        kind: 'webhook_endpoint',
        id: 'ep_all',
        version: 1,
        body: JSON.stringify(endpoint),
        retired: false,
        createdAtMs: 0,
        author: 'test',
        approver: null,
      });
      const sealed = deps.vault.serviceKey.seal('desk_secrets/ep_all/whsec', `whsec_${btoa('0123456789abcdef01234567')}`) as Buffer;
      tx.desk.setSecret({ owner: 'ep_all', slot: 'whsec', sealed, createdAtMs: 0, expiresAtMs: null });
    });
    world.service.desk.reload();
    await world.apply({ phone: '13800000002' });
    await world.settle(1_000);
    const sent = world.sent.filter(({ url }) => url.startsWith('https://receiver.test/'));
    expect(sent.length).toBeGreaterThan(4);
    for (const { body, headers } of sent) {
      const event = JSON.parse(String(body)) as { readonly type: string };
      const schema = described[event.type]!.post.requestBody!.content['application/json']!.schema;
      expect(misfits(schema, event, components), event.type).toEqual([]);
      const names = described[event.type]!.post.parameters!.map(({ name }) => name);
      expect(Object.keys(headers)).toEqual(expect.arrayContaining(names));
    }
  });
});

describe('the pages', () => {
  it.each(['zh', 'en'] as const)('in %s show every route, problem and event', async (lang) => {
    const pages = await Promise.all(
      ['/docs', '/docs/problems', '/docs/events'].map((path) => world.call('GET', path, { headers: { 'accept-language': lang } })),
    );
    const [reference, problems, events] = pages.map(({ text }) => text);
    for (const path of Object.keys(paths)) expect(reference).toContain(`<code>${path}</code>`);
    for (const code of Object.keys(PROBLEM_STATUS)) expect(problems).toContain(`id="${code}"`);
    for (const type of Object.keys(EVENT_TYPES)) expect(events).toContain(`id="${type}"`);
    expect(reference).toContain(lang === 'zh' ? '创建申请' : 'Create an application');
    expect(reference).toContain(`<html lang="${lang === 'zh' ? 'zh-CN' : 'en'}">`);
  });

  it('link only to what is on them, and take nothing from elsewhere', async () => {
    for (const path of ['/docs', '/docs/problems', '/docs/events']) {
      const { text, headers } = await world.call('GET', `${path}?lang=zh`);
      const policy = headers.get('content-security-policy');
      expect(policy).toContain("default-src 'none'");
      expect(policy).not.toContain('unsafe-inline');
      expect(text).not.toMatch(/<script|<style|\sstyle=|\son\w+=|https?:\/\/|<img|@import/);
      const ids = new Set([...text.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id));
      for (const [, target] of text.matchAll(/href="#([^"]+)"/g)) expect(ids).toContain(target);
      expect(text).toContain('name="viewport"');
      expect(text).toContain('lang="zh-CN"');
      expect(text).not.toMatch(/undefined|\[object Object|NaN/);
    }
  });

  it('answer a problem’s type', async () => {
    const missing = await world.call('GET', '/v1/nothing');
    const { pathname, hash } = new URL(String(missing.json['type']), 'http://millrace.test');
    expect((await world.call('GET', pathname)).text).toContain(`id="${hash.slice(1)}"`);
  });
});

function viewOf(reply: Reply): ApplicationView {
  return reply.json as unknown as ApplicationView;
}

function formOf(kind: string): FormData {
  const form = new FormData();
  form.set('kind', kind);
  form.set('file', new Blob([new Uint8Array(100)], { type: 'image/jpeg' }), 'front.jpg');
  return form;
}

/** Names and kinds of members on all levels; whether one may be left out, and which words an enumeration has, is left to the replies above. */
type Loose<T> = T extends string
  ? string
  : T extends number
    ? number
    : T extends readonly (infer U)[]
      ? Loose<U>[]
      : T extends object
        ? { [K in keyof T]-?: Loose<Exclude<T[K], undefined>> }
        : T extends boolean
          ? boolean
          : T;
type SameShape<A, B> = [Loose<A>] extends [Loose<B>] ? ([Loose<B>] extends [Loose<A>] ? true : never) : never;
