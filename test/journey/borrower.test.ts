/** A borrower's way from the first SMS to the money, and the ways out of it, from a browser with the publishable key. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderSampleCard, type PhotoFlaw } from '../../fixtures/id-photos/render.ts';
import { makeIdNumber } from '../../src/domain/id-number.ts';
import type { Reply } from '../world.ts';
import { agreedTo, apply, applicationFor, attemptsOf, FUNDERS, startHost, until, type HostedService } from './world.ts';

let service: HostedService;
beforeAll(async () => {
  service = await startHost();
});
afterAll(async () => {
  const failed = service.statuses.filter(({ status }) => status >= 500);
  await service.close();
  expect(failed).toEqual([]);
});

const idNumber = (sequence: number): string => makeIdNumber({ region: '330106', birthDate: '1992-03-08', sequence, sex: 'f' });
const codes = (reply: Reply, member: 'errors' | 'reasons'): string[] => (reply.json[member] as unknown as { code: string }[]).map(({ code }) => code);
/** As a page on the channel's site: publishable key, origin, and the application's own token once there is one. */
function browser() {
  let token: string | null = null;
  return {
    async call(method: string, path: string, json?: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Reply> {
      const reply = await service.call(method, path, {
        key: service.keys.publishable,
        ...(json === undefined ? {} : { json }),
        headers: { origin: 'https://h5.example', ...(token === null ? {} : { 'client-token': token }), ...headers },
      });
      const given = (reply.json as { client_token?: string } | null)?.client_token;
      if (given !== undefined) token = given;
      return reply;
    },
    get token(): string | null {
      return token;
    },
  };
}

async function upload(kind: 'id_front' | 'id_back', bytes: Uint8Array): Promise<Reply> {
  const form = new FormData();
  form.set('kind', kind);
  form.set('file', new Blob([bytes as BlobPart], { type: 'image/jpeg' }), 'photo.jpg');
  return service.call('POST', '/v1/documents', { key: service.keys.publishable, form });
}

async function verifiedPhone(phone: string): Promise<string> {
  const begun = await service.call('POST', '/v1/phone-verifications', { key: service.keys.publishable, json: { phone } });
  const confirmed = await service.call('POST', `/v1/phone-verifications/${begun.json['id']}/confirm`, {
    key: service.keys.publishable,
    json: { code: '000000' },
  });
  expect([begun.status, confirmed.status]).toEqual([201, 200]);
  return begun.json['id'];
}

describe.concurrent('before an application', () => {
  it('a phone is verified by its code: wrong ones are counted, the right one stays right', async () => {
    const begun = await service.call('POST', '/v1/phone-verifications', { key: service.keys.publishable, json: { phone: '139 0000 1001' } });
    expect(begun.status).toBe(201);
    expect(Date.parse(begun.json['expires_at'])).toBeGreaterThan(Date.now());
    const confirm = (code: string) =>
      service.call('POST', `/v1/phone-verifications/${begun.json['id']}/confirm`, { key: service.keys.publishable, json: { code } });
    const wrong = await confirm('123456');
    expect([wrong.status, wrong.json['code']]).toEqual([422, 'code_wrong']);
    expect((await confirm('000000')).json).toEqual({ id: begun.json['id'], confirmed: true });
    expect((await confirm('000000')).status).toBe(200);

    const other = await service.call('POST', '/v1/phone-verifications', { key: service.keys.publishable, json: { phone: '13900001002' } });
    const spent: string[] = [];
    for (let attempt = 0; attempt < 6; attempt += 1)
      spent.push(
        (
          await service.call('POST', `/v1/phone-verifications/${other.json['id']}/confirm`, {
            key: service.keys.publishable,
            json: { code: '999999' },
          })
        ).json['code'],
      );
    expect(spent).toEqual([...Array.from({ length: 5 }, () => 'code_wrong'), 'code_expired']);
    const dead = await apply(service, applicationFor('13900001002', { phone_verification_id: other.json['id'] }));
    expect([dead.status, codes(dead, 'errors')]).toEqual([422, ['not_confirmed']]);
    const swapped = await apply(service, applicationFor('13900001002', { phone_verification_id: begun.json['id'] }));
    expect([swapped.status, codes(swapped, 'errors')]).toEqual([422, ['other_phone']]);
  });

  it('an ID photo is judged at once, and a poor one says what is wrong with it', async () => {
    const good = await upload('id_front', await renderSampleCard('id_front', 1));
    expect([good.status, good.json['quality']]).toEqual([201, { ok: true, problems: [] }]);
    const flaws: readonly (readonly [PhotoFlaw, string])[] = [
      ['blurred', 'blurred'],
      ['dark', 'too_dark'],
      ['bright', 'too_bright'],
      ['small', 'too_small'],
    ];
    for (const [flaw, code] of flaws) {
      const poor = await upload('id_front', await renderSampleCard('id_front', 1, flaw));
      const quality = poor.json['quality'] as unknown as { ok: boolean; problems: { code: string; message: string }[] };
      expect([poor.status, quality.ok]).toEqual([201, false]);
      expect(quality.problems.map((problem) => problem.code)).toContain(code);
      expect(quality.problems.every(({ message }) => message.length > 10)).toBe(true);
    }
  });

  it('the texts to be agreed to are told, recipient by recipient', async () => {
    const texts = await service.call('GET', '/v1/consent-texts?recipients=platform,fnd_river,fnd_nobody', { key: service.keys.publishable });
    const data = texts.json['data'] as unknown as { recipient: string; legal_entity: string; text: string; fields: string[] }[];
    expect(data.map(({ recipient }) => recipient)).toEqual(['platform', 'fnd_river']);
    expect(data[1]!.text).toContain('长河银行');
    expect(data[1]!.fields).toContain('id_number');
  });
});

describe.concurrent('an application', () => {
  it('grows from a draft, step by step, to money paid out', { timeout: 30_000 }, async () => {
    const page = browser();
    const verification = await verifiedPhone('13800000001');
    const begun = await page.call(
      'POST',
      '/v1/applications',
      { draft: true, applicant: { phone: '13800000001', phone_verification_id: verification }, visit: { variant: 'a', utm: { source: 'x' } } },
      { 'idempotency-key': 'draft-1' },
    );
    expect([begun.status, begun.json['status']]).toEqual([201, 'draft']);
    const path = `/v1/applications/${begun.json['id']}`;
    const kindsOf = (reply: Reply): string[] => (reply.json['needs'] as unknown as { kind: string }[]).map(({ kind }) => kind);
    expect(kindsOf(begun)).toEqual(['fields', 'documents', 'consents']);

    const named = await page.call('PATCH', path, {
      applicant: {
        name: ' 张 三 ',
        id_number: '11010519900307233８',
        monthly_income_fen: 1_200_000,
        employment: 'salaried',
        assets: { housing_fund: '2y_plus' },
      },
    });
    expect([named.status, named.json['needs']]).toMatchObject([
      200,
      [{ kind: 'fields', fields: ['/request/amount_fen', '/request/term_months', '/request/purpose'] }, { kind: 'documents' }, { kind: 'consents' }],
    ]);
    const early = await page.call('POST', `${path}/submit`, {});
    expect([early.status, early.json['status']]).toEqual([200, 'draft']);
    await page.call('PATCH', path, {
      applicant: { assets: { zhima_band: '700_750' } },
      request: { amount_fen: 2_000_000, term_months: 12, purpose: 'consumption' },
    });

    const [front, back] = await Promise.all(
      (['id_front', 'id_back'] as const).map(async (kind) => (await upload(kind, await renderSampleCard(kind, 2))).json['id'] as string),
    );
    const pictured = await page.call('PATCH', path, { documents: [front, back] });
    expect(kindsOf(pictured)).toEqual(['consents']);
    const moved = await page.call('PATCH', path, { applicant: { phone: '13900001234' } });
    expect([moved.status, moved.json['errors']]).toMatchObject([422, [{ pointer: '/applicant/phone', code: 'fixed' }]]);

    const submitted = await page.call('POST', `${path}/submit`, { consents: agreedTo(['platform', ...FUNDERS]) });
    expect([submitted.status, submitted.json['status']]).toEqual([200, 'routing']);
    const late = await page.call('PATCH', path, { request: { amount_fen: 100_000 } });
    expect([late.status, late.json['code']]).toEqual([409, 'illegal_transition']);
    const offered = await page.call('GET', path, undefined, { prefer: 'wait=8' });
    expect([offered.json['status'], offered.headers.get('preference-applied')]).toEqual(['offered', 'wait=8']);
    await takeOffer(page, path, offered);
  });

  async function takeOffer(page: ReturnType<typeof browser>, path: string, offered: Reply): Promise<void> {
    const [offer] = offered.json['offers'] as unknown as { id: string }[];
    const accept = (json: object) => page.call('POST', `${path}/offers/${offer!.id}/accept`, json, { 'idempotency-key': 'take-it' });
    const unread = await accept({});
    expect([unread.status, unread.json['code']]).toEqual([409, 'disclosure_required']);
    const shown = await page.call('POST', `${path}/offers/${offer!.id}/disclosure`);
    expect(shown.json).toMatchObject({ offer: offer!.id, reading_time_s: 3, hash: expect.stringMatching(/^[0-9a-f]{64}$/) as unknown });
    expect(String(shown.json['text']).length).toBeGreaterThan(100);
    const hasty = await accept({ disclosure_hash: shown.json['hash'] });
    expect([hasty.status, hasty.json['code']]).toEqual([409, 'reading_time']);
    expect(Number(hasty.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    const again = await page.call('POST', `${path}/offers/${offer!.id}/disclosure`);
    // Looked at again, the time does not begin anew.
    expect(again.json['accept_after']).toBe(shown.json['accept_after']);
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, Date.parse(shown.json['accept_after']) - Date.now()) + 20));
    const other = await page.call('POST', `${path}/offers/${offer!.id}/accept`, { disclosure_hash: 'f'.repeat(64) });
    expect([other.status, other.json['code']]).toEqual([409, 'stale']);
    const accepted = await accept({ disclosure_hash: shown.json['hash'] });
    expect([accepted.status, accepted.json['status']]).toEqual([200, 'accepted']);
    expect((await accept({ disclosure_hash: shown.json['hash'] })).text).toBe(accepted.text);
    const paid = await page.call('GET', path, undefined, { prefer: 'wait=10' });
    expect(paid.json).toMatchObject({ status: 'disbursed', loan: { status: 'active', amount_fen: 2_000_000, overdue_days: 0 } });
    expect((paid.json['loan'] as unknown as { plan: unknown[] }).plan).toHaveLength(12);
    const erasure = await page.call('POST', '/v1/erasures', { application_id: paid.json['id'] });
    expect([erasure.status, erasure.json['code']]).toEqual([409, 'illegal_transition']);
  }

  it('asks for consent where the plan goes beyond it, and goes on with what was agreed', async () => {
    const made = await apply(service, applicationFor('13800000001', {}, { consents: agreedTo(['platform']) }), 5);
    expect([made.status, made.json['status']]).toEqual([201, 'needs_consent']);
    const [need] = made.json['needs'] as unknown as {
      kind: string;
      recipients: { recipient: string; legal_entity: string; text: string; fields: string[]; text_version: string }[];
    }[];
    expect(need!.kind).toBe('consents');
    expect(need!.recipients.length).toBeGreaterThan(0);
    expect(need!.recipients.length).toBeLessThanOrEqual(3);
    expect(need!.recipients.every(({ legal_entity: entity, text }) => text.includes(entity) || text.length > 20)).toBe(true);
    expect(made.json['attempts']).toEqual([]);
    const chosen = need!.recipients[1]!.recipient;
    const answered = await service.call('POST', `/v1/applications/${made.json['id']}/consents`, {
      key: service.keys.secret,
      json: { consents: agreedTo([chosen]) },
    });
    expect(answered.status).toBe(200);
    const view = await until(service, made.json['id'], 'offered', 'declined', 'expired');
    expect([view.json['status'], attemptsOf(view)]).toEqual(['offered', { [chosen]: 'approved' }]);
  });

  it('whose every consent is refused ends without a byte to anybody', async () => {
    const made = await apply(service, applicationFor('13800000001', {}, { consents: agreedTo(['platform']) }), 5);
    let view = made;
    const asked: string[] = [];
    while (view.json['status'] === 'needs_consent') {
      const [need] = view.json['needs'] as unknown as { recipients: { recipient: string }[] }[];
      const refused = need!.recipients.map(({ recipient }) => recipient);
      expect(refused.filter((recipient) => asked.includes(recipient))).toEqual([]);
      asked.push(...refused);
      view = await service.call('POST', `/v1/applications/${made.json['id']}/consents`, { key: service.keys.secret, json: { refused } });
      expect(view.status).toBe(200);
    }
    expect([view.json['status'], codes(view, 'reasons'), view.json['attempts']]).toEqual(['declined', ['no_funder_available'], []]);
    const seen = await service.call('GET', `/v1/desk/applications/${made.json['id']}`, { key: service.keys.operator });
    expect(seen.json['receipts']).toEqual([]);
  });

  it('tells its progress as events, and from where it was left', async () => {
    const page = browser();
    const made = await page.call('POST', '/v1/applications', applicationFor('13800000003'), { 'idempotency-key': 'events-1' });
    const headers = { authorization: `Bearer ${service.keys.publishable}`, 'client-token': page.token!, origin: 'https://h5.example' };
    const read = async (extra: Readonly<Record<string, string>> = {}): Promise<{ id: number; status: string }[]> => {
      const response = await fetch(`${service.url}/v1/applications/${made.json['id']}/events`, { headers: { ...headers, ...extra } });
      expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/event-stream']);
      expect(response.headers.get('access-control-allow-origin')).toBe('https://h5.example');
      const blocks = (await response.text()).split('\n\n').filter((block) => block.includes('event: status'));
      return blocks.map((block) => ({
        id: Number(/^id: (\d+)$/m.exec(block)![1]),
        status: (JSON.parse(/^data: (.*)$/m.exec(block)![1]!) as { status: string }).status,
      }));
    };
    // The stream ends by itself, for a declined application changes no more.
    const events = await read();
    expect(events.at(-1)!.status).toBe('declined');
    expect(events.length).toBeGreaterThan(1);
    expect(events.map(({ id }) => id)).toEqual(events.map(({ id }) => id).toSorted((a, b) => a - b));
    expect(await read({ 'last-event-id': String(events.at(-1)!.id) })).toEqual([]);
    expect(await read({ 'last-event-id': String(events.at(-1)!.id - 1) })).toEqual([events.at(-1)]);
  });

  it('can be stopped by its borrower, and then nobody more is asked', async () => {
    const made = await apply(service, applicationFor('13800000007'));
    const withdraw = () => service.call('POST', `/v1/applications/${made.json['id']}/withdraw`, { key: service.keys.secret });
    const stopped = await withdraw();
    expect([stopped.status, stopped.json['status'], codes(stopped, 'reasons')]).toEqual([200, 'withdrawn', ['withdrawn']]);
    expect((await withdraw()).status).toBe(200);
    const declined = await apply(service, applicationFor('13900002001', { id_number: idNumber(1), employment: 'student' }));
    expect([declined.json['status'], codes(declined, 'reasons')]).toEqual(['refused', ['student']]);
    const tooLate = await service.call('POST', `/v1/applications/${declined.json['id']}/withdraw`, { key: service.keys.secret });
    expect([tooLate.status, tooLate.json['code']]).toEqual([409, 'illegal_transition']);
  });

  it('is forgotten when its borrower says so, and who applies again at once is known', async () => {
    const person = { id_number: idNumber(2), name: '李四' };
    const made = await apply(service, applicationFor('13900002002', person), 5);
    const erased = await service.call('POST', '/v1/erasures', { key: service.keys.secret, json: { application_id: made.json['id'] } });
    expect([erased.status, erased.json]).toMatchObject([201, { applications: 1, id: expect.stringMatching(/^ers_/) as unknown }]);
    expect((await service.call('POST', '/v1/erasures', { key: service.keys.secret, json: { application_id: made.json['id'] } })).status).toBe(410);
    const view = await service.call('GET', `/v1/applications/${made.json['id']}`, { key: service.keys.secret });
    expect([view.status, view.json['status']]).toEqual([200, 'erased']);
    const again = await apply(service, applicationFor('13900002002', person));
    expect([again.json['status'], codes(again, 'reasons')]).toEqual(['refused', ['duplicate']]);
  });
});
