/** Declared protocols: what a manifest may say and what is told of one that is wrong, what its expressions see, and that reading is total. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FunderAdapter } from '../../adapters/contract.ts';
import { loadManifests, ManifestError } from '../../adapters/declared/load.ts';
import quailJson from '../../adapters/manifests/quail-json.json' with { type: 'json' };
import { ATTEMPT, contextOf, FIELDS, granted, NOW_MS } from './world.ts';
import { response } from './funder-side.ts';

type Tree = Record<string, unknown>;
const ctx = contextOf('quail-json');

/** The shipped manifest with members replaced by their paths; undefined takes one away. */
function changed(changes: Readonly<Record<string, unknown>>): Tree {
  const tree = structuredClone(quailJson) as unknown as Tree;
  for (const [path, value] of Object.entries(changes)) {
    const keys = path.split('/').slice(1);
    const parent = keys.slice(0, -1).reduce<Tree>((at, key) => (at[key] ??= {}) as Tree, tree);
    if (value === undefined) delete parent[keys.at(-1)!];
    else parent[keys.at(-1)!] = value;
  }
  return tree;
}

function faultsOf(json: unknown): string[] {
  try {
    loadManifests([{ file: 'x.json', json }]);
    return [];
  } catch (error) {
    if (error instanceof ManifestError) return error.message.split('\n');
    throw error;
  }
}

function made(changes: Readonly<Record<string, unknown>>): FunderAdapter {
  return loadManifests([{ file: 'x.json', json: changed(changes) }]).adapters.get('quail-json')!;
}

const withField = (name: string, expression: unknown): Tree => changed({ [`/submit/body/${name}`]: expression });

describe('a manifest', () => {
  it('is an adapter when nothing is wrong with it', () => {
    expect(faultsOf(quailJson)).toEqual([]);
  });

  it.each<[string, unknown, string]>([
    ['an unknown operator', withField('mobile', { md6: { field: 'phone' } }), 'x.json: /submit/body/mobile/md6: there is no operator md6'],
    ['arithmetic', withField('mobile', { '+': [1, 2] }), 'x.json: /submit/body/mobile/+: there is no operator +'],
    ['walking the engine', withField('mobile', { var: '' }), 'x.json: /submit/body/mobile/var: there is no operator var'],
    ['an inherited name', withField('mobile', { constructor: 1 }), 'x.json: /submit/body/mobile/constructor: there is no operator constructor'],
    ['a secret in a template', withField('mobile', { secret: 'sign_key' }), 'x.json: /submit/body/mobile/secret: a secret is for codecs alone'],
    ['a field that needs does not name', withField('x', { field: 'region' }), 'x.json: /submit/body/x/field: needs does not name region'],
    [
      'a field where there is no borrower',
      changed({ '/query/body': { x: { field: 'phone' } } }),
      'x.json: /query/body/x/field: no field of the borrower is handed over here',
    ],
    [
      'a field that nothing uses',
      changed({ '/submit/body/name': undefined }),
      'x.json: /submit/needs/0: name is not used, so it must not be handed over',
    ],
    ['a parameter that is not named', withField('x', { param: 'shop' }), 'x.json: /submit/body/x/param: params does not name shop'],
    ['a parameter that nothing uses', changed({ '/params': ['app_id', 'shop'] }), 'x.json: /params/1: nothing uses it'],
    ['terms outside a draw', withField('x', { terms: 'amount' }), 'x.json: /submit/body/x/terms: there are no terms here'],
    [
      'a name that is computed',
      withField('x', { param: { cat: ['app', '_id'] } }),
      'x.json: /submit/body/x/param: param takes a name as a plain text',
    ],
    [
      'two operators at once',
      withField('x', { md5: 'a', sha256: 'b' }),
      'x.json: /submit/body/x: an expression has exactly one operator; write nested members as {"object": {…}}',
    ],
    ['two values for one', withField('x', { md5: ['a', 'b'] }), 'x.json: /submit/body/x/md5: md5 takes one value'],
    [
      'a wrong kind of value',
      withField('monthIncome', { yuan: { field: 'name' } }),
      'x.json: /submit/body/monthIncome: yuan takes an amount in whole fen',
    ],
    [
      'an unfinished table',
      withField('job', { word: [{ field: 'employment' }, { salaried: '1' }] }),
      'x.json: /submit/body/job/word/1: has nothing for self_employed, business_owner, civil_servant, freelance, unemployed, retired, student; "*" is for any other',
    ],
    [
      'a whole group of assets',
      changed({ '/submit/needs': [...quailJson.submit.needs, 'assets'], '/submit/body/x': { field: 'assets' } }),
      'x.json: /submit/body/x/field: name one member of assets: housing_fund, social_security, house, car, policy, credit_card, zhima_band',
    ],
    [
      'a meaning that is none',
      changed({ '/order/states/APPROVED': 'yes' }),
      'x.json: /order/states/APPROVED: Invalid option: expected one of "reviewing"|"approved"|"declined"|"cancelled"|"authorised"|"open_link"|"disbursing"|"disbursed"|"failed"|"repaying"|"overdue"|"settled"|"written_off"',
    ],
    ['no word for a decline', changed({ '/order/states/DECLINED': undefined }), 'x.json: /order/states: no word means declined'],
    ['a draw that is never paid', changed({ '/order/states/PAID': undefined }), 'x.json: /order/states: no word means disbursed'],
    ['a path through a prototype', changed({ '/order/state': 'a.__proto__.b' }), 'x.json: /order/state: is not the path of a member'],
    [
      'an operator in a source',
      changed({ '/order/state': { field: 'phone' } }),
      'x.json: /order/state/field: no field of the borrower is handed over here',
    ],
    ['a path that is missing', changed({ '/submit/path': undefined }), 'x.json: /submit/path: is missing'],
    [
      'a path that is an address',
      changed({ '/submit/path': 'https://evil.example' }),
      'x.json: /submit/path: must be a path that begins with /; {ref} and {funder_ref} stand for the order',
    ],
    ['a member nobody knows', changed({ '/submit/pth': '/x' }), 'x.json: /submit/pth: is not known here'],
    [
      'a codec nobody knows',
      changed({ '/sign/codec': 'rot13' }),
      "x.json: /sign/codec: Invalid discriminator value. Expected 'none' | 'md5_sorted' | 'md5_salted_json' | 'hmac_sha256_sorted' | 'hmac_sha256_canonical' | 'rsa2_sorted' | 'sm2_sorted'",
    ],
    ['a secret that is not named', changed({ '/secrets': [] }), 'x.json: /secrets: a codec needs sign_key, which is not named'],
    ['a secret that nothing uses', changed({ '/secrets': ['sign_key', 'spare'] }), 'x.json: /secrets/1: no codec uses it'],
    [
      'callbacks nobody signs',
      changed({ '/sign': { codec: 'none' }, '/secrets': [] }),
      'x.json: /sign/codec: callbacks need a signature: nobody else vouches for them',
    ],
    [
      'callbacks without a time',
      changed({ '/callback/signed_at': undefined }),
      'x.json: /callback/signed_at: is missing: an old callback could be sent again',
    ],
    [
      'no way to hear of a decision',
      changed({ '/query': undefined, '/callback': undefined }),
      'x.json: needs query or callback: nothing else tells a decision that comes later',
    ],
    [
      'a shape that needs code',
      changed({ '/shape': 'full' }),
      'x.json: /shape: must be one of direct, half_precheck_link, half_submit_link, ping_post; the other shapes need code',
    ],
    ['a bid without a price', changed({ '/shape': 'ping_post' }), 'x.json: /precheck/read/price: is missing: ping_post needs it'],
    ['a page without a link', changed({ '/order/states/WAIT': 'open_link' }), 'x.json: /order/link: is missing: open_link needs it'],
    ['a seal that is not there', changed({ '/envelope/sealed': true }), 'x.json: /envelope/sealed: there is no seal'],
    ['no kind', { id: 'x' }, 'x.json: /kind: must be "protocol" or "funder"'],
    ['nothing', null, 'x.json: /kind: must be "protocol" or "funder"'],
  ])('is refused for %s, by file, path and rule', (_what, json, told) => {
    expect(faultsOf(json)).toContain(told);
  });

  it('is told of all its faults at once, and of a common one only once', () => {
    const json = changed({ '/common/appId': { param: 'shop' }, '/submit/body/x': { md6: 1 }, '/order/state': '..' });
    expect(faultsOf(json)).toEqual([
      'x.json: /common/appId/param: params does not name shop',
      'x.json: /submit/body/x/md6: there is no operator md6',
      'x.json: /order/state: is not the path of a member',
      'x.json: /params/0: nothing uses it',
    ]);
  });

  it('is refused or taken, never a crash, whatever stands in it', () => {
    const paths = pathsOf(quailJson);
    const strange = fc.oneof(
      fc.jsonValue({ maxDepth: 3 }),
      fc.constantFrom({ __proto__: 1 }, { constructor: ['a'] }, { if: [] }, { in: [1, 'a'] }, { word: [] }, { object: 3 }),
    );
    fc.assert(
      fc.property(fc.constantFrom(...paths), strange, (path, value) => void faultsOf(changed({ [path]: value }))),
      { numRuns: 400 },
    );
  });
});

describe('templates', () => {
  it('write fields by every operator', () => {
    const needs = [...quailJson.submit.needs, 'assets', 'education', 'employer_type'];
    const adapter = made({
      '/submit/needs': needs,
      '/submit/body/idHash': { upper: { sha256: { field: 'id_number' } } },
      '/submit/body/phoneSm3': { sm3: { field: 'phone' } },
      '/submit/body/masks': {
        object: { n: { mask_name: { field: 'name' } }, p: { mask_phone: { field: 'phone' } }, i: { mask_id: { field: 'id_number' } } },
      },
      '/submit/body/cuts': {
        cat: [{ cut_phone: { field: 'phone' } }, '/', { cut_id: { field: 'id_number' } }, '/', { cut_name: { field: 'name' } }],
      },
      '/submit/body/wan': { wan: { field: 'amount_fen' } },
      '/submit/body/number': { yuan_number: { field: 'amount_fen' } },
      '/submit/body/job': { word: [{ field: 'employment' }, { salaried: 7, '*': 9 }] },
      '/submit/body/school': { word: [{ field: 'education' }, { bachelor: 'B', '*': 'Z' }] },
      '/submit/body/zhima': { '??': [{ field: 'assets.zhima_band' }, 'none'] },
      '/submit/body/house': { field: 'assets.house' },
      '/submit/body/big': { if: [{ '>=': [{ field: 'amount_fen' }, 1_000_000] }, 'Y', 'N'] },
      '/submit/body/times': {
        object: { iso: { iso_time: { call: 'now_ms' } }, local: { local_time: { call: 'now_ms' } }, compact: { compact_time: { call: 'now_ms' } } },
      },
      '/submit/body/packed': { json: { object: { term: { number: { text: { field: 'term_months' } } } } } },
      '/submit/body/employer': { lower: { field: 'employer_type' } },
    });
    const body = JSON.parse(adapter.submit.build(ctx, ATTEMPT, granted(adapter.submit.needs)).body as string) as Tree;
    expect(body).toMatchObject({
      idHash: expect.stringMatching(/^[0-9A-F]{64}$/) as unknown,
      phoneSm3: expect.stringMatching(/^[0-9a-f]{64}$/) as unknown,
      masks: { n: '张**', p: '139****5678', i: '11010519900307****' },
      cuts: '13912345/11010519900307/张三',
      wan: '2',
      number: 20_000,
      job: 7,
      school: 'B',
      zhima: '700_750',
      big: 'Y',
      times: { iso: '2026-03-02T10:00:00+08:00', local: '2026-03-02 10:00:00', compact: '20260302100000' },
      packed: '{"term":3}',
      employer: 'private',
    });
    expect(body).not.toHaveProperty('house');
  });

  it('leave out what was not told, or keep it, as the protocol has it', () => {
    const education = {
      '/submit/needs': [...quailJson.submit.needs, 'education'],
      '/submit/body/education': { field: 'education' },
      '/submit/body/empty': '',
    };
    const bodyOf = (blanks: string): Tree => {
      const adapter = made({ ...education, '/blanks': blanks });
      return JSON.parse(adapter.submit.build(ctx, ATTEMPT, granted(adapter.submit.needs, { ...FIELDS, education: null })).body as string) as Tree;
    };
    expect(bodyOf('keep')).toMatchObject({ education: null, empty: '' });
    expect(Object.keys(bodyOf('no_null')).filter((name) => ['education', 'empty'].includes(name))).toEqual(['empty']);
    expect(Object.keys(bodyOf('no_blank')).filter((name) => ['education', 'empty'].includes(name))).toEqual([]);
  });

  it('put the order into a path, and ask by GET', () => {
    const { url, method, body } = made({ '/query': { path: '/orders/{ref}', method: 'GET' } }).query!.build(ctx, ATTEMPT);
    const query = new URL(url).searchParams;
    expect([method, body, new URL(url).pathname, query.get('orderNo')]).toEqual(['GET', null, `/base/orders/${ATTEMPT.ref}`, ATTEMPT.ref]);
    expect(query.get('sign')).toMatch(/^[0-9a-f]{64}$/);
  });

  it('add headers, in lower case', () => {
    const { headers } = made({ '/headers': { 'X-App': { param: 'app_id' } } }).submit.build(ctx, ATTEMPT, granted(made({}).submit.needs));
    expect(headers).toMatchObject({ 'x-app': 'millrace-test', 'content-type': 'application/json' });
  });
});

describe('mappings', () => {
  const order = { orderNo: ATTEMPT.ref, applyNo: 'A-1', status: 'APPROVED', eventTime: '1772416800' };
  const reply = (data: object) => response(200, { code: '0000', data });

  it('find what stands deep, under another name, or in one of two places', () => {
    const adapter = made({ '/order/state': { '??': [{ reply: 'inner.state' }, { reply: 'status' }] }, '/order/funder_ref': 'inner.no' });
    const read = (data: object) => adapter.query!.read(ctx, reply(data));
    expect(read({ inner: { state: 'REVIEWING', no: 'B-1' }, status: 'DECLINED' })).toMatchObject({ kind: 'pending', funderRef: 'B-1' });
    expect(read({ status: 'REVIEWING' })).toMatchObject({ kind: 'pending', funderRef: null, unrecognised: null });
  });

  it('read units as they are declared, and one part in another', () => {
    const adapter = made({
      '/units': { money: 'fen', time: 'ms', rate: { in: 'permyriad', per: 'day', days_in_year: 360 } },
      '/order/offer/money': 'wan',
      '/order/offer/fees': undefined,
    });
    const plan = [{ period: 1, principal: 1_000_000, interest: 5_000, serviceFee: 0 }];
    const data = { ...order, eventTime: NOW_MS, creditAmount: '1', creditTerm: 1, yearRate: '5', expireTime: NOW_MS, planList: JSON.stringify(plan) };
    expect(adapter.query!.read(ctx, reply(data))).toMatchObject({
      kind: 'approved',
      eventAtMs: NOW_MS,
      offer: { amount: 1_000_000, quotedAprBps: 1_800, expiresAtMs: NOW_MS, fees: [] },
    });
    expect(adapter.manifest.units).toEqual({ money: 'mixed', time: 'ms' });
  });

  it('answer anything with something, even through expressions', () => {
    const adapter = made({
      '/order/state': { upper: { reply: 'status' } },
      '/envelope/code': { if: [{ '>': [{ reply: 'n' }, 3] }, { reply: 'code' }, { cat: [{ reply: 'code' }] }] },
      '/precheck/read/result': { substr: [{ reply: 'result' }, 0, 2] },
    });
    const kinds = new Set<string>();
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), fc.constantFrom('0000', 0, null, [], {}), (data, n, code) => {
        for (const read of [adapter.precheck!.read, adapter.submit.read, adapter.query!.read, adapter.cancel!.read, adapter.draw!.read]) {
          for (const body of [{ code, n, data }, { code: '0000', data: { status: data, result: data } }, data])
            kinds.add(read(ctx, response(200, body)).kind);
        }
      }),
      { numRuns: 300 },
    );
    expect(kinds).toContain('unknown');
    expect(adapter.query!.read(ctx, reply({ ...order, status: 'declined' }))).toMatchObject({ kind: 'declined' });
  });

  it('carry a half flow: the page, the agreement, the price', () => {
    const adapter = made({
      '/shape': 'half_precheck_link',
      '/precheck/read/link': { url: 'url' },
      '/precheck/read/price': 'price',
      '/order/link': { url: 'url' },
      '/order/states/WAIT': 'open_link',
      '/order/states/AGREED': 'authorised',
    });
    const url = 'https://h5.funder.example/1';
    const step = { kind: 'open_link', url, expiresAtMs: null };
    expect(adapter.precheck!.read(ctx, reply({ result: 'OK', url, price: '12.50' }))).toEqual({ kind: 'eligible', price: 1_250, step });
    expect(adapter.precheck!.read(ctx, reply({ result: 'OK', url: 'http://plain.example', price: '1' })).kind).toBe('unknown');
    expect(adapter.precheck!.read(ctx, reply({ result: 'OK', url, price: 'free' })).kind).toBe('unknown');
    expect(adapter.query!.read(ctx, reply({ ...order, status: 'WAIT', url }))).toMatchObject({ kind: 'pending', step });
    expect(adapter.query!.read(ctx, reply({ ...order, status: 'AGREED' })).kind).toBe('authorised');
  });

  it('take the body itself where there is no envelope', () => {
    const adapter = made({ '/envelope': undefined });
    expect(adapter.query!.read(ctx, response(200, { ...order, status: 'REVIEWING' })).kind).toBe('pending');
    expect(adapter.query!.read(ctx, response(200, [1])).kind).toBe('unknown');
  });
});

function pathsOf(value: unknown, here = ''): string[] {
  if (typeof value !== 'object' || value === null) return [here];
  return [...(here === '' ? [] : [here]), ...Object.entries(value).flatMap(([key, child]) => pathsOf(child, `${here}/${key}`))];
}
