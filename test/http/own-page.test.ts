/** The borrower's page behind its routes: what it is told, its key, its variants, the way back by the phone, and what is counted before a submission. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeWorld, type Reply, type World } from '../world.ts';

let world: World;
beforeAll(async () => {
  world = await makeWorld();
});
afterAll(() => world.close());

const VISITOR = 'visitor-0000000000000001';
const page = (visitor = VISITOR, channel = 'h5-demo'): Promise<Reply> => world.call('GET', `/v1/pages/${channel}?visitor=${visitor}`);
const key = async (): Promise<string> => (await page()).json['key'];
let serial = 0;

/** Proposed by one, approved by another. */
async function put(kind: string, body: { readonly id: string }): Promise<Reply> {
  const proposed = await world.call('POST', '/v1/desk/changes', { key: world.keys.operator, json: { kind, id: body.id, body, note: 'n' } });
  if (proposed.status !== 201) return proposed;
  return world.call('POST', `/v1/desk/changes/${proposed.json['id']}/approve`, {
    key: world.keys.approver,
    json: { hash: proposed.json['hash'] },
  });
}
const variant = (id: string, more: object = {}) => ({ id, name: id, channel: 'h5-demo', status: 'live', ...more });

async function verified(phone: string, more: object = {}, theirs?: string): Promise<string> {
  const by = theirs ?? (await key());
  const begun = await world.call('POST', '/v1/phone-verifications', { key: by, json: { phone } });
  const id = begun.json['id'] as string;
  await world.call('POST', `/v1/phone-verifications/${id}/confirm`, { key: by, json: { code: '000000', ...more } });
  return id;
}

/** A draft, as the page begins it. */
async function draft(phone: string, visit: object = {}): Promise<{ readonly id: string; readonly token: string }> {
  const made = await world.call('POST', '/v1/applications', {
    key: await key(),
    headers: { 'idempotency-key': `draft-${(serial += 1)}` },
    json: {
      draft: true,
      applicant: { phone, phone_verification_id: await verified(phone) },
      request: { amount_fen: 2_000_000, term_months: 12 },
      visit,
    },
  });
  expect(made.status).toBe(201);
  return { id: made.json['id'], token: made.json['client_token'] };
}
const change = async (of: { readonly id: string; readonly token: string }, json: object): Promise<Reply> =>
  world.call('PATCH', `/v1/applications/${of.id}`, { key: await key(), headers: { 'client-token': of.token }, json });

describe('what the page is told', () => {
  it('is what live funders lend, and what each product costs by the service’s own reckoning', async () => {
    const { json, headers } = await page();
    expect(headers.get('cache-control')).toBe('public, max-age=60');
    expect(json).toMatchObject({
      mode: 'sandbox',
      variant: null,
      steps: ['identity', 'work', 'assets', 'purpose', 'photos'],
      amount: { min_fen: 100_000, max_fen: 20_000_000, preset_fen: 2_000_000 },
      terms: { months: [3, 6, 12, 24, 36], preset: 12 },
      example: { amount_fen: 2_000_000, months: 12, products: 6, low: { apr_bps: 1_080 }, high: { apr_bps: 2_350 } },
    });
    const example = json['example'] as unknown as { low: { monthly_fen: number; repaid_fen: number } };
    // An annuity of 20,000 over 12 months at 0.9% a month.
    expect(example.low).toEqual({ apr_bps: 1_080, monthly_fen: 176_577, repaid_fen: expect.closeTo(176_577 * 12, -2) as number });
    const costs = json['costs'] as unknown as { months: number; apr_bps: number; max_fen: number }[];
    // What is taken at disbursement counts: half a percent of the amount is most over the shortest term.
    const lotus = costs.filter(({ apr_bps, max_fen }) => max_fen === 5_000_000 && apr_bps < 1_980);
    expect(lotus.map(({ months, apr_bps }) => [months, apr_bps])).toEqual([
      [3, 1_927],
      [6, 1_796],
      [12, 1_716],
    ]);
  });

  it('leaves out what a cap forbids and who is paused, and is not there for a channel that is', async () => {
    const other = await makeWorld({ funders: (all) => all.map((one) => (one.id === 'fnd_river' ? { ...one, status: 'paused' } : { ...one })) });
    const { deps } = other.service;
    await deps.commit((tx) => {
      const cap = { id: 'low', funder_type: 'micro_lender', valid_from: '2026-01-01', max_apr_bps: 2_000, source: 's' };
      const paused = { id: 'h5-off', name: 'off', status: 'paused', allowed_origins: [] };
      for (const [kind, body] of [['cost_cap', cap] as const, ['channel', paused] as const])
        tx.desk.insertRecord({
          kind,
          id: body.id,
          version: 1,
          body: JSON.stringify(body),
          retired: false,
          createdAtMs: 0,
          author: 't',
          approver: null,
        });
    });
    other.service.desk.reload();
    const told = await other.call('GET', '/v1/pages/h5-demo');
    expect(told.json['example']).toMatchObject({ products: 4, low: { apr_bps: 1_440 } });
    expect(told.json['terms']['months']).toEqual([3, 6, 12, 24]);
    for (const id of ['h5-off', 'nobody', '__proto__', '%00']) expect([id, (await other.call('GET', `/v1/pages/${id}`)).status]).toEqual([id, 404]);
    await other.close();
  });
});

describe('its key', () => {
  it('opens what a publishable key opens, from our origin, and nothing when a letter of it is another', async () => {
    const own = await key();
    expect(own).toMatch(/^pk_test_page_[\w-]{22}_h5-demo$/);
    const texts = (text: string, origin?: string): Promise<Reply> =>
      world.call('GET', '/v1/consent-texts', { key: text, ...(origin === undefined ? {} : { headers: { origin } }) });
    expect((await texts(own, 'http://millrace.test')).status).toBe(200);
    expect((await texts(own.replace('h5-demo', 'shop'))).status).toBe(401);
    expect((await texts(own.replace(/page_./, (text) => `page_${text.endsWith('A') ? 'B' : 'A'}`))).status).toBe(401);
    expect((await world.call('GET', '/v1/desk/summary', { key: own })).status).toBe(403);
  });

  it('ends with its channel, and is of no use from elsewhere', async () => {
    const { json } = await world.call('GET', '/v1/desk/records/channel/h5-demo', { key: world.keys.operator });
    const own = await key();
    await put('channel', { ...(json['body'] as { id: string }), id: 'h5-demo', allowed_origins: ['https://h5.example'] } as { id: string });
    const from = (origin: string): Promise<Reply> => world.call('GET', '/v1/consent-texts', { key: own, headers: { origin } });
    expect([(await from('https://evil.example')).status, (await from('https://h5.example')).status]).toEqual([403, 200]);
    await put('channel', { ...(json['body'] as { id: string }), id: 'h5-demo', status: 'paused' } as { id: string });
    expect([(await from('https://h5.example')).status, (await page()).status]).toEqual([403, 404]);
    await put('channel', { ...(json['body'] as { id: string }), id: 'h5-demo' });
    expect((await page()).status).toBe(200);
  });
});

describe('variants', () => {
  it('are shown to each visitor by weight, always the same, and one more moves nobody but to itself', async () => {
    expect((await put('page_variant', variant('calm', { weight: 100, texts: { zh: { headline: '慢慢看' } } }))).status).toBe(200);
    expect((await put('page_variant', variant('brisk', { weight: 300, steps: ['work', 'identity', 'purpose'] }))).status).toBe(200);
    const visitors = Array.from({ length: 400 }, (_, n) => `visitor-${String(n).padStart(12, '0')}`);
    const shown = async (): Promise<string[]> => Promise.all(visitors.map(async (one) => (await page(one)).json['variant']));
    const before = await shown();
    expect(await shown()).toEqual(before);
    const share = (all: readonly string[], id: string): number => all.filter((each) => each === id).length / all.length;
    expect(share(before, 'brisk')).toBeCloseTo(0.75, 1);
    await put('page_variant', variant('third', { weight: 100 }));
    const after = await shown();
    expect(share(after, 'third')).toBeCloseTo(0.2, 1);
    expect(after.filter((each, at) => each !== before[at] && each !== 'third')).toEqual([]);
    const calm = await page(visitors[after.indexOf('calm')]);
    expect(calm.json['texts']).toEqual({ zh: { headline: '慢慢看' }, en: {} });
    expect((await page(visitors[after.indexOf('brisk')])).json['steps']).toEqual(['work', 'identity', 'purpose']);
  });

  it('can be looked at by whoever names one that is live, also one that nobody is shown yet', async () => {
    await put('page_variant', variant('quiet', { weight: 0, texts: { zh: { headline: '还没有人看到' } } }));
    await put('page_variant', variant('over', { status: 'paused' }));
    await put('channel', { id: 'next-door', name: 'next door', status: 'live', allowed_origins: [] } as { id: string });
    const preview = (id: string, channel = 'h5-demo'): Promise<Reply> => world.call('GET', `/v1/pages/${channel}?visitor=${VISITOR}&preview=${id}`);
    expect((await preview('quiet')).json).toMatchObject({ variant: 'quiet', texts: { zh: { headline: '还没有人看到' } } });
    for (const [id, channel, status] of [
      ['over', 'h5-demo', 404],
      ['nobody', 'h5-demo', 404],
      ['quiet', 'next-door', 404],
      ['a/b', 'h5-demo', 422],
    ] as const)
      expect([id, channel, (await preview(encodeURIComponent(id), channel)).status]).toEqual([id, channel, status]);
  });

  it('that could not be submitted, or promise what nobody can, are refused with every fault', async () => {
    const wrong = variant('wrong', {
      channel: 'nowhere',
      steps: ['identity', 'identity', 'photos'],
      texts: { zh: { promise: '百分百通过' }, en: {} },
      amount: { min_fen: 500_000, max_fen: 200_000, preset_fen: 100_000 },
      terms: { months: [6], preset: 12 },
    });
    const { status, json } = await put('page_variant', wrong);
    expect(status).toBe(422);
    expect((json['errors'] as unknown as { pointer: string; code: string }[]).map(({ pointer, code }) => `${pointer} ${code}`)).toEqual([
      '/body/channel unknown_channel',
      '/body/steps missing_step',
      '/body/steps/1 twice',
      '/body/amount/min_fen order',
      '/body/amount/preset_fen out_of_range',
      '/body/terms/preset not_one_of',
      '/body/texts/zh/promise claims_approval',
    ]);
  });

  it('narrow what may be asked for, within what funders lend', async () => {
    await put('channel', { id: 'narrow', name: 'narrow', status: 'live', allowed_origins: [] } as { id: string });
    const amount = { min_fen: 300_000, max_fen: 900_000_000, preset_fen: 1_000_000 };
    await put('page_variant', { ...variant('narrow-a'), channel: 'narrow', amount, terms: { months: [6, 12, 60], preset: 6 } } as { id: string });
    expect((await page(VISITOR, 'narrow')).json).toMatchObject({
      amount: { min_fen: 300_000, max_fen: 20_000_000, preset_fen: 1_000_000 },
      terms: { months: [6, 12], preset: 6 },
    });
  });
});

describe('the way back by the phone', () => {
  const resume = async (phone: string, verification: string, by?: string): Promise<Reply> =>
    world.call('POST', '/v1/resumptions', { key: by ?? (await key()), json: { phone, phone_verification_id: verification } });

  it('leads to the newest open application of the channel, with its token', async () => {
    await draft('13911110001');
    await world.settle(1_000);
    const newer = await draft('13911110001');
    const found = await resume('13911110001', await verified('13911110001'));
    expect([found.status, found.json['id'], found.json['client_token'], found.json['status']]).toEqual([200, newer.id, newer.token, 'draft']);
    expect((await change(newer, { request: { purpose: 'travel' } })).status).toBe(200);
  });

  it('is not opened by a verification that another channel has seen', async () => {
    const { id } = await draft('13911110004');
    await put('channel', { id: 'elsewhere', name: 'elsewhere', status: 'live', allowed_origins: [] } as { id: string });
    const theirs: string = (await page(VISITOR, 'elsewhere')).json['key'];
    const seen = await verified('13911110004', {}, theirs);
    const refused = await resume('13911110004', seen);
    expect([refused.status, refused.json['code']]).toEqual([422, 'phone_not_verified']);
    // Nor when it is confirmed once more where the application is.
    await world.call('POST', `/v1/phone-verifications/${seen}/confirm`, { key: await key(), json: { code: '000000' } });
    expect((await resume('13911110004', seen)).status).toBe(422);
    expect((await resume('13911110004', await verified('13911110004'))).json['id']).toBe(id);
  });

  it('is for whoever has the phone now, and for nobody else', async () => {
    const { id } = await draft('13911110002');
    const other = await verified('13911110003');
    for (const [phone, verification, status] of [
      ['13911110002', other, 422],
      ['13911110002', 'pv_sandbox', 422],
      ['13911110002', 'pv_0000000000000000000000', 422],
      ['13911110003', other, 404],
    ] as const)
      expect([phone, verification, (await resume(phone, verification)).status]).toEqual([phone, verification, status]);
    const begun = await world.call('POST', '/v1/phone-verifications', { key: world.keys.secret, json: { phone: '13911110002' } });
    expect((await resume('13911110002', begun.json['id'])).status).toBe(422);
    const mine = await verified('13911110002');
    await world.settle(16 * 60_000);
    expect((await resume('13911110002', mine)).json['code']).toBe('phone_not_verified');
    const fresh = await verified('13911110002');
    expect((await resume('13911110002', fresh)).json['id']).toBe(id);
    // Withdrawn is what its borrower wanted over.
    await world.call('POST', `/v1/applications/${id}/withdraw`, { key: world.keys.secret });
    expect((await resume('13911110002', fresh)).status).toBe(404);
  });
});

describe('what is counted before a submission', () => {
  it('is each visitor once a day, each phone, each step once, by channel and variant', async () => {
    const own = await makeWorld();
    const told = await own.call('GET', '/v1/pages/h5-demo');
    const by = told.json['key'] as string;
    const visit = (visitor: string): Promise<Reply> => own.call('POST', '/v1/visits', { key: by, json: { visitor, variant: 'a' } });
    for (const visitor of ['v'.repeat(20), 'w'.repeat(20), 'v'.repeat(20)]) expect((await visit(visitor)).status).toBe(204);
    const begun = await own.call('POST', '/v1/phone-verifications', { key: by, json: { phone: '13911110009' } });
    const verification = begun.json['id'] as string;
    for (let twice = 0; twice < 2; twice += 1)
      await own.call('POST', `/v1/phone-verifications/${verification}/confirm`, { key: by, json: { code: '000000', variant: 'a' } });
    const made = await own.call('POST', '/v1/applications', {
      key: by,
      headers: { 'idempotency-key': 'd' },
      json: { draft: true, applicant: { phone: '13911110009', phone_verification_id: verification }, visit: { variant: 'a' } },
    });
    const send = (json: object): Promise<Reply> =>
      own.call('PATCH', `/v1/applications/${made.json['id']}`, { key: by, headers: { 'client-token': made.json['client_token'] }, json });
    await send({ applicant: { name: '张三' } });
    for (let twice = 0; twice < 2; twice += 1) await send({ applicant: { id_number: '110105199003072338' } });
    for (let twice = 0; twice < 2; twice += 1) await send({ applicant: { assets: {} } });
    await own.leap(25 * 3_600_000);
    await visit('v'.repeat(20));
    await own.settle(60_000);
    const funnel = await own.call('GET', '/v1/desk/funnel?from=2026-11-19T00:00:00Z&to=2026-11-23T00:00:00Z&by=variant', { key: own.keys.operator });
    const groups = funnel.json['groups'] as unknown as { key: string; stages: { stage: string; count: number }[] }[];
    const counts = Object.fromEntries(groups.find((group) => group.key === 'a')!.stages.map(({ stage, count }) => [stage, count]));
    expect(counts).toMatchObject({
      visited: 3,
      phone_verified: 1,
      started: 1,
      step_identity: 1,
      step_work: 0,
      step_assets: 1,
      step_purpose: 0,
      step_photos: 0,
      submitted: 0,
    });
    await own.close();
  });

  it('does not come in floods from one address', async () => {
    const own = await makeWorld();
    const { deps } = own.service;
    const { recordVisit, VISITS_PER_HOUR } = await import('../../src/flow/record-visit.ts');
    const live = { ...deps, mode: 'live' as const };
    const come = (n: number) =>
      recordVisit(live, { channelId: 'h5-demo', visitor: `v${String(n).padStart(20, '0')}`, variant: null, ip: '198.51.100.1' });
    const outcomes = await Promise.all(Array.from({ length: VISITS_PER_HOUR + 5 }, (_, n) => come(n)));
    expect(outcomes.filter((outcome) => outcome !== null)).toHaveLength(5);
    expect(await come(0)).toBeNull();
    await own.settle(3_600_001);
    expect(await come(700)).toBeNull();
    await own.close();
  });
});

it('lists what was agreed to, and what was taken back', async () => {
  const made = await world.apply();
  const path = `/v1/applications/${made.json['id']}/consents`;
  await world.call('DELETE', `${path}/fnd_river`, { key: world.keys.secret });
  const { data } = (await world.call('GET', path, { key: world.keys.secret })).json as unknown as {
    data: { recipient: string; withdrawn_at: string | null }[];
  };
  expect(data).toHaveLength(7);
  expect(data.filter(({ withdrawn_at: at }) => at !== null).map(({ recipient }) => recipient)).toEqual(['fnd_river']);
});

it('a no says when the same funder would look again', async () => {
  const made = await world.apply({ phone: '13800000003' });
  await world.settle(60_000);
  const view = await world.call('GET', `/v1/applications/${made.json['id']}`, { key: world.keys.secret });
  const attempts = view.json['attempts'] as unknown as { status: string; at: string; again_at?: string }[];
  const declined = attempts.filter(({ status }) => status === 'declined');
  expect(declined.length).toBeGreaterThan(0);
  for (const { at, again_at: again } of declined) expect(Date.parse(again!) - Date.parse(at)).toBeGreaterThanOrEqual(86_400_000);
  expect(attempts.filter(({ status }) => status !== 'declined').every(({ again_at: again }) => again === undefined)).toBe(true);
});
