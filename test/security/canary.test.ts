/**
 * Personal data in plain text only in memory and on the wire to the funder it was granted to: promise P6. A unique value for each field of
 * each person goes through every path, errors included; then everything that was left behind is searched for it in every form.
 */
import { createHmac } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SANDBOX_SECRETS } from '../../fixtures/funders.ts';
import { renderSampleCard } from '../../fixtures/id-photos/render.ts';
import { makeIdNumber } from '../../src/domain/id-number.ts';
import { SANDBOX_PARTNER, sandboxPartnerSecret } from '../../src/runtime/sandbox-seed.ts';
import type { OrderView } from '../../src/sandbox/orders.ts';
import { double as cedar } from '../../adapters/cedar-sealed/double.ts';
import { double as harbor } from '../../adapters/harbor-json/double.ts';
import { double as lotus } from '../../adapters/lotus-md5/double.ts';
import { agreedTo, FUNDERS, until, type RealService } from '../journey/world.ts';
import type { Reply } from '../world.ts';
import { metricsOf, openCanaryWorld, type CanaryWorld, type Mood } from './canary-world.ts';
import { needlesFor, search, type Needle } from './needles.ts';

const person = (n: number) => ({
  name: `魑魅${'魍魉魃魈魁魆魋魌'[n]!}鬿`,
  phone: `1987650432${n}`,
  id_number: makeIdNumber({ region: '330106', birthDate: `1991-07-1${n}`, sequence: 377, sex: 'm' }),
  device_id: `device-qzx-${n}-7f3c`,
  ip: `198.51.100.10${n}`,
  user_agent: `CanaryBrowser/${n}.77 (qzx)`,
  click_id: `click-qzx-${n}-91d2`,
  utm: `utm-qzx-${n}-55ab`,
});
type Person = ReturnType<typeof person>;
const people = Array.from({ length: 8 }, (_, n) => person(n)) as [Person, Person, Person, Person, Person, Person, Person, Person];
const BROWSER_IP = '127.77.31.9';
const BROWSER_AGENT = 'CanaryBrowser/99.31 (publishable)';
const PHOTO_NOTE = 'photo-note-qzx-8841';

let world: CanaryWorld;
let service: RealService;
let needles: readonly Needle[];
const applications: Record<string, string> = {};
let serial = 0;

const secretCall = (method: string, path: string, json?: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Reply> =>
  service.call(method, path, {
    key: service.keys.secret,
    ...(json === undefined ? {} : { json }),
    headers: { 'idempotency-key': `canary-${(serial += 1)}`, ...headers },
  });
const browserCall = (method: string, path: string, json: unknown, headers: Readonly<Record<string, string>> = {}) =>
  world.from(
    BROWSER_IP,
    method,
    path,
    {
      authorization: `Bearer ${service.keys.publishable}`,
      'content-type': 'application/json',
      'user-agent': BROWSER_AGENT,
      'idempotency-key': `canary-${(serial += 1)}`,
      ...headers,
    },
    typeof json === 'string' ? json : JSON.stringify(json),
  );

async function verified({ phone }: Person): Promise<string> {
  const begun = await secretCall('POST', '/v1/phone-verifications', { phone });
  expect(begun.status).toBe(201);
  expect(
    (
      await secretCall('POST', `/v1/phone-verifications/${begun.json['id']}/confirm`, {
        code: world.codes.get(phone) === '000001' ? '000002' : '000001',
      })
    ).status,
  ).toBe(422);
  expect((await secretCall('POST', `/v1/phone-verifications/${begun.json['id']}/confirm`, { code: world.codes.get(phone) })).status).toBe(200);
  return begun.json['id'];
}

async function photos(who: Person): Promise<string[]> {
  return Promise.all(
    (['id_front', 'id_back'] as const).map(async (kind, side) => {
      const card = Buffer.from(await renderSampleCard(kind, Number(who.phone.at(-1)) * 2 + side));
      const note = Buffer.from(`${PHOTO_NOTE} ${who.name}`);
      // A comment in the picture, as cameras and scanners leave them.
      const comment = Buffer.concat([Buffer.from([0xff, 0xfe, 0, note.length + 2]), note]);
      const form = new FormData();
      form.set('kind', kind);
      form.set(
        'file',
        new Blob([Buffer.concat([card.subarray(0, 2), comment, card.subarray(2)])], { type: 'image/jpeg' }),
        `${who.name}-${who.phone}.jpg`,
      );
      const uploaded = await service.call('POST', '/v1/documents', { key: service.keys.secret, form });
      expect([uploaded.status, uploaded.json['quality']]).toEqual([201, { ok: true, problems: [] }]);
      return uploaded.json['id'] as string;
    }),
  );
}

async function bodyFor(who: Person, recipients: readonly string[]): Promise<Record<string, unknown>> {
  return {
    applicant: {
      name: who.name,
      id_number: who.id_number,
      phone: who.phone,
      phone_verification_id: await verified(who),
      monthly_income_fen: 1_500_000,
      employment: 'salaried',
      assets: { housing_fund: '2y_plus', zhima_band: '750_plus' },
    },
    request: { amount_fen: 1_200_000, term_months: 12, purpose: 'consumption' },
    documents: await photos(who),
    consents: agreedTo(['platform', ...recipients]),
    visit: {
      device_id: who.device_id,
      ip: who.ip,
      user_agent: who.user_agent,
      click_id: who.click_id,
      utm: { source: who.utm },
      landing_page: `https://h5.example/?p=${who.phone}`,
    },
  };
}

/** Applies under a mood of the funders and waits until it moves no more on its own. */
async function applyAs(name: string, who: Person, recipients: readonly string[], mood: Mood | null, ...states: readonly string[]): Promise<Reply> {
  world.mood = mood;
  const made = await secretCall('POST', '/v1/applications', await bodyFor(who, recipients));
  expect([name, made.status, made.text]).toEqual([name, 201, made.text]);
  applications[name] = made.json['id'];
  const view = await until(service, made.json['id'], ...states);
  world.mood = null;
  expect([name, view.json['status'], view.text]).toEqual([name, expect.toSatisfy((state: string) => states.includes(state)), view.text]);
  return view;
}

const answer = (status: number, body: string | Uint8Array): ReturnType<Mood> =>
  Promise.resolve({
    kind: 'response',
    response: { status, headers: { 'content-type': 'application/json', 'x-echo': 'yes' }, body: Buffer.from(body) },
  });
const said = (request: { readonly body: string | Uint8Array | null }): string => Buffer.from(request.body ?? '').toString();

/** A funder that repeats its applicant in every free text of an otherwise good approval. */
const poisoned =
  (who: Person): Mood =>
  async (_request, genuine) => {
    const outcome = await genuine();
    if (outcome.kind !== 'response') return outcome;
    const reply = JSON.parse(Buffer.from(outcome.response.body).toString()) as { id: string; offer?: { fees: object[] } };
    reply.id = `R-${who.phone}`;
    reply.offer?.fees.push({ item: `服务费（${who.name} ${who.phone}）`, payee: `代 ${who.id_number}`, amount_fen: 100, when: 'upfront' });
    return { ...outcome, response: { ...outcome.response, body: Buffer.from(JSON.stringify(reply)) } };
  };

beforeAll(async () => {
  world = await openCanaryWorld();
  ({ service } = world);
  const endpoint = await service.call('POST', '/v1/webhook-endpoints', { key: service.keys.operator, json: { url: world.hookUrl, types: ['*'] } });
  expect(endpoint.status).toBe(201);
}, 60_000);
afterAll(async () => {
  await world.close();
});

describe('every path', () => {
  it('requests that are refused, with the values where they do not belong', { timeout: 30_000 }, async () => {
    const who = people[7];
    const all = JSON.stringify(who);
    const odd = [
      all.slice(0, -1),
      `[${all}]`,
      JSON.stringify({ [who.phone]: who, [who.name]: 1 }),
      JSON.stringify({ applicant: { ...who, name: who.phone, phone: who.name, id_number: `${who.id_number}9` } }),
      JSON.stringify({
        applicant: { name: [who.name], id_number: { n: who.id_number } },
        documents: [who.phone],
        consents: [{ recipient: who.phone, purpose: who.name, text_version: who.id_number, agreed_at: who.phone }],
      }),
      JSON.stringify({ phone: `${who.phone}0` }),
      JSON.stringify({ code: who.phone }),
      JSON.stringify({ __proto__: null, constructor: who }),
      `\u0000${all}`,
    ];
    const paths = [
      '/v1/applications',
      '/v1/phone-verifications',
      `/v1/phone-verifications/${who.phone}/confirm`,
      `/v1/applications/${who.id_number}`,
      '/v1/erasures',
      `/v1/nowhere/${who.phone}`,
    ];
    const headers = {
      'idempotency-key': `${who.phone}-${who.id_number}`,
      prefer: `wait=${who.phone}`,
      'last-event-id': who.phone,
      'client-token': who.phone,
      'x-request-id': who.phone,
      'x-forwarded-for': who.ip,
      traceparent: `00-${who.phone}`,
      referer: `https://h5.example/${who.phone}`,
      cookie: `id=${who.id_number}`,
      'accept-language': who.phone,
    };
    for (const path of paths) {
      for (const body of odd) {
        for (const method of ['POST', 'PATCH']) {
          const reply = await browserCall(method, path, body, headers);
          expect([method, path, reply.status >= 400 && reply.status < 500]).toEqual([method, path, true]);
        }
      }
      await browserCall('GET', `${path}?phone=${who.phone}&name=${encodeURIComponent(who.name)}`, '', headers);
      await browserCall('POST', path, all, { ...headers, 'content-type': `text/plain; name=${who.phone}` });
      await browserCall('POST', path, all, { ...headers, authorization: `Bearer sk_test_${who.phone}` });
    }
    for (const path of [
      `/r/${who.phone}`,
      `/v1/desk/applications/${who.phone}`,
      `/v1/desk/applications?cursor=${who.phone}`,
      `/v1/desk/audit?${who.phone}=1`,
      `/v1/webhook-endpoints/${who.phone}`,
    ]) {
      await service.call('GET', path, { key: service.keys.operator });
    }
    const form = new FormData();
    form.set('kind', who.phone);
    form.set('file', new Blob([all]), `${who.name}.jpg`);
    expect((await service.call('POST', '/v1/documents', { key: service.keys.secret, form })).status).toBe(422);
    const poor = new FormData();
    poor.set('kind', 'id_front');
    poor.set('file', new Blob([all]), `${who.name}.jpg`);
    expect((await service.call('POST', '/v1/documents', { key: service.keys.secret, form: poor })).json['quality']).toMatchObject({ ok: false });
  });

  it('parts of our own that fail with the values in their words', async () => {
    const who = people[7];
    world.breakage = `failed for ${JSON.stringify(who)}`;
    const form = new FormData();
    form.set('kind', 'id_front');
    form.set('file', new Blob([JSON.stringify(who)]), 'a.jpg');
    const upload = await service.call('POST', '/v1/documents', { key: service.keys.secret, form });
    const code = await secretCall('POST', '/v1/phone-verifications', { phone: who.phone });
    world.breakage = null;
    // Here alone a 5xx is right: it was ours that broke. It says nothing of why.
    for (const reply of [upload, code])
      expect([reply.status, reply.json['code'], search(needlesFor({ ...who }), new Map([['reply', reply.text]]))]).toEqual([500, 'internal', []]);
    expect(world.printed.join('')).toContain('http.failed');
  });

  it('a draft from a browser, step by step, to an offer and its disclosure', { timeout: 30_000 }, async () => {
    const who = people[0];
    const { applicant, request, documents, consents } = (await bodyFor(who, ['fnd_summit'])) as Record<string, Record<string, unknown>>;
    const draft = await browserCall('POST', '/v1/applications', {
      draft: true,
      applicant: { phone: who.phone, phone_verification_id: applicant!['phone_verification_id'] },
      visit: { device_id: who.device_id, click_id: who.click_id, utm: { source: who.utm } },
    });
    expect([draft.status, draft.text]).toEqual([201, draft.text]);
    const { id, client_token: token } = JSON.parse(draft.text) as { id: string; client_token: string };
    applications['draft'] = id;
    const own = { 'client-token': token };
    const { phone_verification_id: _, ...rest } = applicant!;
    expect((await browserCall('PATCH', `/v1/applications/${id}`, { applicant: { ...rest, name: who.name } }, own)).status).toBe(200);
    expect((await browserCall('PATCH', `/v1/applications/${id}`, { applicant: { name: who.phone } }, own)).status).toBe(422);
    expect((await browserCall('PATCH', `/v1/applications/${id}`, { request, documents }, own)).status).toBe(200);
    const submitted = await browserCall('POST', `/v1/applications/${id}/submit`, { consents }, own);
    expect([submitted.status, submitted.text]).toEqual([200, submitted.text]);
    for (const refused of [who.phone, who.name]) {
      expect((await browserCall('POST', `/v1/applications/${id}/consents`, { refused: [refused] }, own)).status).toBe(422);
      expect((await browserCall('DELETE', `/v1/applications/${id}/consents/${encodeURIComponent(refused)}`, '', own)).status).toBe(404);
    }
    const view = await until(service, id, 'offered', 'declined');
    expect(view.json['status']).toBe('offered');
    const [offer] = view.json['offers'] as unknown as { id: string }[];
    expect((await browserCall('POST', `/v1/applications/${id}/offers/${offer!.id}/disclosure`, '', own)).status).toBe(200);
    expect((await browserCall('POST', `/v1/applications/${id}/offers/${who.phone}/accept`, { disclosure_hash: who.phone }, own)).status).toBe(422);
  });

  it('funders that echo what they were told', { timeout: 60_000 }, async () => {
    const garbage: Mood = (request) => answer(200, `<html>${said(request)}\u0000`);
    await applyAs('garbage', people[1], ['fnd_summit'], garbage, 'pending');
    const refusal: Mood = (request) => answer(400, JSON.stringify({ error: { code: people[2].phone, message: said(request) } }));
    await applyAs('refusal', people[2], ['fnd_river', 'fnd_summit'], refusal, 'declined', 'needs_consent');
    await applyAs('poison', people[3], ['fnd_summit'], poisoned(people[3]), 'offered');
    const decline: Mood = (request) =>
      answer(
        200,
        JSON.stringify({
          id: people[4].phone,
          ref: (JSON.parse(said(request)) as { ref: string }).ref,
          status: 'declined',
          decline: { code: `${people[4].name}${people[4].phone}` },
          updated_at: new Date().toISOString(),
        }),
      );
    await applyAs('decline', people[4], ['fnd_summit'], decline, 'declined', 'needs_consent');
    const status: Mood = (request) => answer(200, JSON.stringify({ id: 'x', status: said(request).slice(0, 200), updated_at: people[5].phone }));
    await applyAs('status', people[5], ['fnd_river'], status, 'pending');
    const broken: Mood = (request) => Promise.reject(new Error(`no route for ${said(request)}`));
    await applyAs('broken', people[6], ['fnd_lotus', 'fnd_cedar', 'fnd_jade', 'fnd_ember'], broken, 'routing', 'pending');
  });

  it('callbacks, forged and genuine, that name people', async () => {
    const who = people[3];
    const deskView = await service.call('GET', `/v1/desk/applications/${applications['poison']}`, { key: service.keys.operator });
    const [attempt] = deskView.json['attempts'] as unknown as { id: string }[];
    const protocols = { fnd_river: harbor, fnd_summit: harbor, fnd_lotus: lotus, fnd_jade: lotus, fnd_cedar: cedar, fnd_ember: cedar };
    for (const funder of FUNDERS) {
      const forged = await service.call('POST', `/v1/callbacks/${funder}/${who.phone}?phone=${who.phone}`, {
        body: JSON.stringify(who),
        headers: { 'content-type': 'application/json', 'x-name': encodeURIComponent(who.name) },
      });
      expect([funder, forged.status]).toEqual([funder, 401]);
      const views: OrderView[] = [attempt!.id, 'att_none', who.phone].map((ref, nth) => ({
        ref,
        funderRef: `F${who.phone}${nth}`,
        status: 'declined',
        why: 'credit',
        offer: null,
        loan: null,
        eventAtMs: Date.now() - 60_000,
      }));
      for (const view of views) {
        const message = protocols[funder].callback(view, `m-${who.phone}-${view.ref}`, SANDBOX_SECRETS[funder]!, Date.now());
        const taken = await service.call('POST', `/v1/callbacks/${funder}`, { body: message.body, headers: message.headers });
        const again = await service.call('POST', `/v1/callbacks/${funder}`, { body: message.body, headers: message.headers });
        expect([funder, taken.status, again.status]).toEqual([funder, 200, 200]);
      }
    }
    expect((await service.call('POST', `/v1/callbacks/${who.phone}`, { body: who.phone })).status).toBe(404);
    // A message that comes twice is one, whatever its id looked like.
    expect(service.server.service.deps.store.dispatch.callbacksOf(attempt!.id).filter(({ funderId }) => funderId === 'fnd_summit')).toHaveLength(1);
  });

  it('partners, webhook receivers and operators that name people', async () => {
    const who = people[2];
    const secret = sandboxPartnerSecret(service.server.service.deps.vault);
    const id = applications['refusal']!;
    const view = await service.call('GET', `/v1/applications/${id}`, { key: service.keys.secret });
    if (view.json['status'] === 'needs_consent') {
      const asked = (view.json['needs'] as unknown as { recipients: { recipient: string }[] }[])[0]!.recipients.map(({ recipient }) => recipient);
      await secretCall('POST', `/v1/applications/${id}/consents`, { refused: asked });
      await secretCall('POST', `/v1/applications/${id}/consents`, { refused: [...FUNDERS] });
    }
    const partners = await secretCall('GET', `/v1/applications/${id}/partner-offers`);
    const [offer] = (partners.json['groups'] as unknown as { offers: { link: string }[] }[]).flatMap(({ offers }) => offers);
    const click = await service.call('GET', new URL(offer!.link).pathname);
    const clickId = new URL(click.headers.get('location')!).searchParams.get('click');
    const post = (body: string, key: string, partner: string): Promise<Reply> => {
      const timestamp = String(Math.floor(Date.now() / 1_000));
      const signature = createHmac('sha256', key).update(`${timestamp}.${body}`).digest('hex');
      return service.call('POST', `/v1/postbacks/${partner}`, {
        body,
        headers: { 'content-type': 'application/json', 'x-timestamp': timestamp, 'x-signature': signature },
      });
    };
    const lead = JSON.stringify({
      event_id: who.phone,
      click_id: clickId,
      kind: 'lead',
      at: new Date().toISOString(),
      name: who.name,
      phone: who.phone,
    });
    expect([(await post(lead, secret, SANDBOX_PARTNER)).json['status'], (await post(lead, secret, SANDBOX_PARTNER)).json['status']]).toEqual([
      'recorded',
      'duplicate',
    ]);
    expect([
      (await post(lead, 'wrong', SANDBOX_PARTNER)).status,
      (await post(lead, secret, `ptn_${who.phone}`)).status,
      (await post(lead.slice(1), secret, SANDBOX_PARTNER)).status,
    ]).toEqual([401, 401, 422]);

    const deskCall = (method: string, path: string, json: unknown): Promise<Reply> =>
      service.call(method, path, { key: service.keys.operator, json });
    const listed = people[6];
    const entries = [
      { kind: 'phone', value: listed.phone, reason: 'fraud' },
      { kind: 'id_number', value: listed.id_number, reason: 'fraud' },
      { kind: 'device', value: listed.device_id, reason: 'fraud' },
    ];
    expect((await deskCall('POST', '/v1/desk/blacklist', { entries })).status).toBe(201);
    expect(
      (await deskCall('POST', '/v1/desk/blacklist', { entries: [{ kind: 'phone', value: listed.phone, reason: `is ${listed.phone}` }] })).status,
    ).toBe(422);
    expect(
      (await deskCall('POST', '/v1/desk/changes', { kind: 'channel', id: listed.phone, note: listed.name, body: { id: listed.name } })).status,
    ).toBe(422);
    const refused = await secretCall('POST', '/v1/applications', await bodyFor(listed, ['fnd_summit']));
    expect([refused.status, refused.json['status']]).toEqual([201, 'refused']);
    applications['listed'] = refused.json['id'];
    expect(
      (await service.call('DELETE', '/v1/desk/blacklist', { key: service.keys.operator, json: { kind: 'phone', value: listed.phone } })).status,
    ).toBe(204);

    world.hookReply = { status: 500, body: JSON.stringify(people) };
    const withdrawn = await secretCall('POST', `/v1/applications/${applications['garbage']}/withdraw`, {});
    expect(withdrawn.json['status']).toBe('withdrawn');
    await expect.poll(() => world.hooks.some((hook) => hook.includes('application.withdrawn')), { timeout: 10_000 }).toBe(true);
    world.hookReply = { status: 204, body: '' };
  });
});

describe('what is left behind', () => {
  beforeAll(() => {
    const slices = Object.fromEntries(
      world.pictures.flatMap((jpeg, index) =>
        [0.3, 0.6].map((part) => {
          const at = Math.floor(jpeg.length * part);
          return [`photo ${index} at ${part}`, jpeg.subarray(at, at + 24)] as const;
        }),
      ),
    );
    const codes = Object.fromEntries([...world.codes].map(([, code], index) => [`SMS code ${index}`, code]));
    const fields = Object.fromEntries(people.flatMap((who, n) => Object.entries(who).map(([field, value]) => [`${field} of ${n}`, value] as const)));
    needles = needlesFor({ ...fields, ...slices, 'browser address': BROWSER_IP, 'browser agent': BROWSER_AGENT, 'photo note': PHOTO_NOTE, ...codes });
  });

  it('at rest, printed and delivered: nothing', () => {
    const traces = world.traces();
    expect(traces.size).toBeGreaterThan(30);
    expect([...traces.keys()]).toEqual(
      expect.arrayContaining(['millrace.db', 'millrace.db-wal', 'millrace.db-shm', 'rows of applications', 'printed', 'webhooks']),
    );
    expect([...traces.keys()].filter((name) => name.startsWith('objects/')).length).toBeGreaterThanOrEqual(14);
    expect([world.hooks.length > 20, String(traces.get('printed')).length > 200, world.pictures.length, world.codes.size]).toEqual([
      true,
      true,
      16,
      7,
    ]);
    expect(search(needles, traces)).toEqual([]);
  });

  it('shown at the desk, in metrics and to the borrower: nothing', async () => {
    const shown = new Map<string, string>([['metrics', await metricsOf(world)]]);
    expect(shown.get('metrics')).toContain('millrace_applications');
    const paths = [
      '/v1/desk/applications',
      '/v1/desk/audit',
      '/v1/desk/changes',
      '/v1/desk/summary',
      '/v1/desk/funnel?by=variant',
      '/v1/desk/funnel?by=funder',
      '/v1/desk/flows',
      '/v1/desk/today',
      '/v1/desk/channels',
      '/v1/desk/approvals',
      '/v1/desk/blacklist',
      '/v1/webhook-endpoints',
      '/v1/desk/records/policy',
      ...FUNDERS.map((funder) => `/v1/desk/funders/${funder}/status`),
      ...Object.values(applications).map((id) => `/v1/desk/applications/${id}`),
    ];
    for (const path of paths) {
      const key = path === '/v1/desk/audit' ? service.keys.approver : service.keys.operator;
      const reply = await service.call('GET', path, { key });
      expect([path, reply.status]).toEqual([path, 200]);
      shown.set(path, reply.text);
    }
    const [endpoint] = (await service.call('GET', '/v1/webhook-endpoints', { key: service.keys.operator })).json['data'] as unknown as {
      id: string;
    }[];
    shown.set('deliveries', (await service.call('GET', `/v1/webhook-endpoints/${endpoint!.id}/deliveries`, { key: service.keys.operator })).text);
    for (const [name, id] of Object.entries(applications)) {
      shown.set(`view of ${name}`, (await secretCall('GET', `/v1/applications/${id}`)).text);
      shown.set(`replay of ${name}`, (await service.call('POST', `/v1/desk/applications/${id}/replay`, { key: service.keys.operator })).text);
    }
    expect(search(needles, shown)).toEqual([]);
    // Masked, not missing: the desk does show that somebody is there.
    expect(shown.get(`/v1/desk/applications/${applications['draft']}`)).toContain('198****4320');
  });

  it('and the search would have found it, in every form and every place', () => {
    for (const { name, form, bytes } of needles) {
      const around = Buffer.concat([Buffer.from([0, 1]), bytes, Buffer.from([2, 3])]);
      expect(search(needles, new Map([['here', around]]))).toContain(`${name} as ${form} in here`);
    }
    for (const offset of [0, 1, 2]) {
      const inside = Buffer.concat([Buffer.alloc(offset, 9), Buffer.from(`{"name":"${people[0].name}"}`)]).toString('base64');
      expect(search(needles, new Map([['base64', inside]])).some((hit) => hit.startsWith('name of 0 as base64'))).toBe(true);
    }
    const file = join(service.dataDir, 'millrace.db');
    const client = new BetterSqlite3(file);
    client.prepare('UPDATE applications SET variant = ? WHERE id = ?').run(people[1].phone, applications['garbage']);
    client.close();
    expect(search(needles, world.traces())).toEqual(
      expect.arrayContaining(['phone of 1 as raw in millrace.db-wal', 'phone of 1 as raw in rows of applications']),
    );
    const back = new BetterSqlite3(file);
    back.prepare('UPDATE applications SET variant = NULL WHERE id = ?').run(applications['garbage']);
    back.pragma('wal_checkpoint(TRUNCATE)');
    back.close();
    writeFileSync(join(service.dataDir, 'objects', 'planted'), JSON.stringify({ device: people[2].device_id }));
    process.stderr.write(`${Buffer.from(people[3].id_number).toString('hex')}\n`);
    expect(search(needles, world.traces())).toEqual(
      expect.arrayContaining(['device_id of 2 as raw in objects/planted', 'id_number of 3 as hex in printed']),
    );
  });
});

describe('after an erasure', () => {
  const idOf = (): string => applications['draft']!;

  it('nothing that was sealed for the person is left, not even unreadable, and no key to it', async () => {
    const { store, keys } = service.server.service.deps;
    const row = store.applications.byId(idOf())!;
    const borrower = store.applications.borrowerById(row.borrowerId)!;
    const [attempt] = store.dispatch.ofApplication(idOf());
    const documents = store.intake.documentsOf(idOf());
    const sealed: Record<string, Uint8Array | null> = {
      body: row.bodySealed,
      'data key': borrower.dataKey,
      plan: store.applications.plansOf(idOf())[0]!.inputsSealed,
      exchange: store.dispatch.receiptsOf(attempt!.id)[0]!.exchangeSealed,
      ...Object.fromEntries(documents.map((document) => [`key of ${document.kind}`, document.dataKey])),
    };
    // The last 24 bytes of each: enough to know it by.
    const tails = Object.fromEntries(Object.entries(sealed).map(([name, bytes]) => [name, Buffer.from(bytes!).subarray(-24)]));
    const before = search(needlesFor(tails), world.traces());
    for (const name of Object.keys(sealed)) expect(before.some((hit) => hit.startsWith(`${name} as raw`))).toBe(true);
    const erased = await secretCall('POST', '/v1/erasures', { application_id: idOf() });
    expect([erased.status, erased.json['applications']]).toEqual([201, 1]);

    expect(search(needlesFor(tails), world.traces())).toEqual([]);
    const after = store.applications.byId(idOf())!;
    expect([after.state, after.bodySealed, after.phoneIndex, after.idIndex, after.deviceIndex, after.ipIndex]).toEqual([
      'erased',
      null,
      null,
      null,
      null,
      null,
    ]);
    expect(store.applications.borrowerById(row.borrowerId)).toMatchObject({ dataKey: null, phoneIndex: null });
    expect(keys.of(store.applications.borrowerById(row.borrowerId)!)).toBeNull();
    expect(keys.cached(row.borrowerId)).toBeUndefined();
    expect(store.applications.plansOf(idOf()).every(({ inputsSealed }) => inputsSealed === null)).toBe(true);
    expect(store.dispatch.receiptsOf(attempt!.id).every(({ exchangeSealed }) => exchangeSealed === null)).toBe(true);
    expect(store.dispatch.callbacksOf(attempt!.id).every(({ rawSealed }) => rawSealed === null)).toBe(true);
    expect(store.intake.documentsOf(idOf()).map(({ dataKey }) => dataKey)).toEqual([null, null]);
    expect([...world.traces().keys()].filter((name) => documents.some(({ id }) => name.includes(id)))).toEqual([]);
    const seen = await service.call('GET', `/v1/desk/applications/${idOf()}`, { key: service.keys.operator });
    expect(seen.json).toMatchObject({ state: 'erased', applicant: null, facts: null });
  });

  it('the person is known again by the tombstone alone, by phone or by ID number', { timeout: 30_000 }, async () => {
    const who = people[0];
    const again = async (alias: Person): Promise<Reply> => secretCall('POST', '/v1/applications', await bodyFor(alias, ['fnd_summit']));
    for (const alias of [who, { ...who, phone: '19876504329' }]) {
      const refused = await again(alias);
      expect([refused.status, refused.json['status'], refused.json['reasons']]).toMatchObject([201, 'refused', [{ code: 'duplicate' }]]);
    }
    const own = needlesFor({ phone: who.phone, name: who.name, id: who.id_number });
    expect(search(own, world.traces())).toEqual([]);
  });

  it('and once the service has stopped the files still hold nothing', async () => {
    await service.server.close();
    const traces = world.traces();
    for (const place of ['printed', 'objects/planted']) traces.delete(place);
    expect(search(needles, traces)).toEqual([]);
  });
});
