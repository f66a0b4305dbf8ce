/** What a person is told beside each field: the right pointer, a stable code, a sentence in Chinese and in English. */
import { sql } from 'drizzle-orm';
import { beforeAll, describe, expect, it } from 'vitest';
import { NAME_FAULTS, PHONE_FAULTS } from '../../src/domain/facts.ts';
import { ID_NUMBER_FAULTS } from '../../src/domain/id-number.ts';
import { applicationBody, makeWorld, type Reply, type World } from '../world.ts';

interface Fault {
  readonly pointer: string;
  readonly code: string;
  readonly message: string;
}
let world: World;
beforeAll(async () => {
  world = await makeWorld();
});

const FUNDERS = ['fnd_summit'];
let serial = 0;
async function inBoth(path: string, json: unknown): Promise<{ readonly zh: Reply; readonly en: Reply }> {
  const ask = (lang: string): Promise<Reply> => {
    serial += 1;
    return world.call('POST', path, { key: world.keys.secret, json, headers: { 'accept-language': lang, 'idempotency-key': `fault-${serial}` } });
  };
  return { zh: await ask('zh-CN,zh;q=0.9'), en: await ask('en-GB,en;q=0.9') };
}
const faultsOf = (reply: Reply): Fault[] => reply.json['errors'] as unknown as Fault[];
const HAN = /\p{Script=Han}/u;

/** Both languages, the same one fault, each in its own tongue; nothing quoted, nothing stored. */
function expectFault({ zh, en }: { readonly zh: Reply; readonly en: Reply }, pointer: string, code: string, sent?: unknown): void {
  for (const [reply, lang] of [
    [zh, 'zh'],
    [en, 'en'],
  ] as const) {
    expect([reply.status, reply.headers.get('content-type'), reply.headers.get('content-language')]).toEqual([
      422,
      'application/problem+json; charset=utf-8',
      lang,
    ]);
    expect(reply.json).toMatchObject({
      status: 422,
      code: 'invalid_request',
      type: '/docs/problems#invalid_request',
      request_id: expect.any(String) as unknown,
    });
    expect(HAN.test(reply.json['title'])).toBe(lang === 'zh');
    expect(HAN.test(reply.json['detail'])).toBe(lang === 'zh');
    expect(faultsOf(reply).map((each) => [each.pointer, each.code])).toEqual([[pointer, code]]);
    const [{ message }] = faultsOf(reply) as [Fault];
    expect(HAN.test(message)).toBe(lang === 'zh');
    expect(message.length).toBeGreaterThanOrEqual(2);
    if (typeof sent === 'string' && sent.length > 3) expect(reply.text).not.toContain(sent);
  }
}

const applicant = (change: object) => applicationBody(world.clock.nowMs(), FUNDERS, change);
const request = (change: object) => applicationBody(world.clock.nowMs(), FUNDERS, {}, change);

/** Field, what was sent, the fault's code. */
const APPLICANT: readonly (readonly [string, unknown, string])[] = [
  ['name', '   ', 'name_empty'],
  ['name', '张', 'name_too_short'],
  ['name', '张'.repeat(31), 'name_too_long'],
  ['name', '张三2', 'name_not_letters'],
  ['name', '张san', 'name_mixed_script'],
  ['name', '阿卜杜拉··买买提', 'name_misplaced_mark'],
  ['name', 7, 'type'],
  ['name', null, 'type'],
  ['id_number', '11010519900307233', 'id_number_shape'],
  ['id_number', '990105199003072338', 'id_number_region'],
  ['id_number', '110105199002302338', 'id_number_date'],
  ['id_number', '110105199003072339', 'id_number_checksum'],
  ['id_number', 110105199003072, 'type'],
  ['phone', '', 'phone_empty'],
  ['phone', '1380000000a', 'phone_not_digits'],
  ['phone', '1380000000', 'phone_too_short'],
  ['phone', '138000000011', 'phone_too_long'],
  ['phone', '+1 4155550123', 'phone_foreign'],
  ['phone', '12800000001', 'phone_not_mobile'],
  ['phone', ['13800000001'], 'type'],
  ['phone_verification_id', 'pv_00000000000000000000000', 'not_confirmed'],
  ['phone_verification_id', 'x', 'not_confirmed'],
  ['monthly_income_fen', -1, 'too_small'],
  ['monthly_income_fen', 1.5, 'type'],
  ['monthly_income_fen', 1_000_000_001, 'too_big'],
  ['employment', 'astronaut', 'not_one_of'],
  ['years_employed', 71, 'too_big'],
  ['education', 'phd', 'not_one_of'],
  ['employer_type', '', 'not_one_of'],
];
const REQUEST: readonly (readonly [string, unknown, string])[] = [
  ['amount_fen', 9_999, 'amount_too_small'],
  ['amount_fen', -0, 'amount_too_small'],
  ['amount_fen', 1_000_000_001, 'amount_too_large'],
  ['amount_fen', 2_000_000.5, 'amount_not_whole'],
  ['amount_fen', 2 ** 53, 'amount_not_whole'],
  ['amount_fen', '2000000', 'type'],
  ['term_months', 0, 'term_out_of_range'],
  ['term_months', 121, 'term_out_of_range'],
  ['term_months', 1.5, 'term_out_of_range'],
  ['term_months', '12', 'type'],
  ['purpose', 'gambling', 'not_one_of'],
];

describe('a field of an application', () => {
  it.each(APPLICANT)('/applicant/%s %j: %s', async (field, sent, code) => {
    expectFault(await inBoth('/v1/applications', applicant({ [field]: sent })), `/applicant/${field}`, code, sent);
  });

  it.each(REQUEST)('/request/%s %j: %s', async (field, sent, code) => {
    expectFault(await inBoth('/v1/applications', request({ [field]: sent })), `/request/${field}`, code, sent);
  });

  it.each([
    ['name', 'applicant'],
    ['id_number', 'applicant'],
    ['phone', 'applicant'],
    ['phone_verification_id', 'applicant'],
    ['monthly_income_fen', 'applicant'],
    ['employment', 'applicant'],
    ['amount_fen', 'request'],
    ['term_months', 'request'],
    ['purpose', 'request'],
  ])('%s of %s left out: required', async (field, part) => {
    const body = structuredClone(applicant({})) as Record<string, Record<string, unknown>>;
    delete body[part]![field];
    expectFault(await inBoth('/v1/applications', body), `/${part}/${field}`, 'required');
  });

  it.each([
    [{ documents: ['doc_nobody'] }, '/documents/0', 'unknown_document'],
    [
      { consents: [{ recipient: 'fnd_nobody', purpose: 'credit_decision', text_version: '2026-11-01', agreed_at: '2026-11-20T02:00:00Z' }] },
      '/consents/0/recipient',
      'unknown_recipient',
    ],
    [
      { consents: [{ recipient: 'platform', purpose: 'application', text_version: '2020-01-01', agreed_at: '2026-11-20T02:00:00Z' }] },
      '/consents/0/text_version',
      'text_version',
    ],
    [
      { consents: [{ recipient: 'platform', purpose: 'application', text_version: '2026-11-01', agreed_at: '2036-11-20T02:00:00Z' }] },
      '/consents/0/agreed_at',
      'in_future',
    ],
    [
      { consents: [{ recipient: 'platform', purpose: 'application', text_version: '2026-11-01', agreed_at: '2016-11-20T02:00:00Z' }] },
      '/consents/0/agreed_at',
      'too_old',
    ],
    [
      { consents: [{ recipient: 'platform', purpose: 'application', text_version: '2026-11-01', agreed_at: 'yesterday' }] },
      '/consents/0/agreed_at',
      'format',
    ],
    [{ visit: { ip: '999.1.1.1' } }, '/visit/ip', 'invalid_union'],
    [{ 'a/b~c': 1 }, '/a~1b~0c', 'unknown_field'],
  ])('%j: %s %s', async (more, pointer, code) => {
    expectFault(await inBoth('/v1/applications', applicationBody(world.clock.nowMs(), FUNDERS, {}, {}, more)), pointer, code);
  });

  it('every fault at once, not the first alone', async () => {
    const { en } = await inBoth(
      '/v1/applications',
      applicationBody(world.clock.nowMs(), FUNDERS, { name: '张', id_number: '1', phone: '1' }, { amount_fen: 1, term_months: 0 }),
    );
    expect(
      faultsOf(en)
        .map(({ pointer }) => pointer)
        .toSorted(),
    ).toEqual(['/applicant/id_number', '/applicant/name', '/applicant/phone', '/request/amount_fen', '/request/term_months']);
  });

  it('no fault of the domain is without its case above', () => {
    const named = new Set(APPLICANT.map(([, , code]) => code));
    for (const fault of Object.keys(NAME_FAULTS)) expect(named).toContain(`name_${fault}`);
    for (const fault of Object.keys(PHONE_FAULTS)) expect(named).toContain(`phone_${fault}`);
    for (const fault of Object.keys(ID_NUMBER_FAULTS)) expect(named).toContain(`id_number_${fault}`);
  });
});

describe('the SMS code', () => {
  it.each(APPLICANT.filter(([field, , code]) => field === 'phone' && code !== 'type'))('is not sent for %s %j: %s', async (_, sent, code) => {
    expectFault(await inBoth('/v1/phone-verifications', { phone: sent }), '/phone', code, sent);
  });

  it.each([
    ['12345', 'format'],
    ['1234567', 'format'],
    ['12345a', 'format'],
    ['', 'format'],
    [123_456, 'type'],
    [undefined, 'required'],
  ])('%j: %s', async (sent, code) => {
    const begun = await world.call('POST', '/v1/phone-verifications', { key: world.keys.secret, json: { phone: '13900000007' } });
    expectFault(await inBoth(`/v1/phone-verifications/${begun.json['id']}/confirm`, { code: sent }), '/code', code, sent);
  });

  it('that is wrong says how many tries are left, in both languages', async () => {
    const begun = await world.call('POST', '/v1/phone-verifications', { key: world.keys.secret, json: { phone: '13900000007' } });
    const { zh, en } = await inBoth(`/v1/phone-verifications/${begun.json['id']}/confirm`, { code: '654321' });
    expect([zh.status, zh.json['code'], en.json['code']]).toEqual([422, 'code_wrong', 'code_wrong']);
    for (const reply of [zh, en]) expect(faultsOf(reply)).toMatchObject([{ pointer: '/code', code: 'code_wrong' }]);
    expect(zh.json['detail']).toMatch(/还可以试 4 次/);
    expect(en.json['detail']).toMatch(/3 tries/);
  });
});

it('nothing of all this was stored', () => {
  for (const table of ['applications', 'borrowers', 'consents', 'idempotency', 'events']) {
    expect([table, world.db.get<{ n: number }>(sql.raw(`SELECT count(*) AS n FROM ${table}`)).n]).toEqual([table, 0]);
  }
});
