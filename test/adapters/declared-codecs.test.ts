/** Each codec that a manifest can name, against node:crypto and sm-crypto-v2 themselves: what goes out verifies, what comes in is believed only when rightly signed. */
import {
  createCipheriv,
  createHash,
  createHmac,
  createPublicKey,
  createSign,
  createVerify,
  generateKeyPairSync,
  createDecipheriv,
} from 'node:crypto';
import { sm2 } from 'sm-crypto-v2';
import { describe, expect, it } from 'vitest';
import type { FunderAdapter, InboundCallback } from '../../adapters/contract.ts';
import { loadManifests } from '../../adapters/declared/load.ts';
import quailJson from '../../adapters/manifests/quail-json.json' with { type: 'json' };
import { ATTEMPT, contextOf, granted, NOW_MS } from './world.ts';
import { inbound, response } from './funder-side.ts';

type Members = Record<string, string>;
const AES = '0123456789abcdef0123456789abcdef';
const rsa = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});
const sm = sm2.generateKeyPairHex();

function declared(changes: object, secrets: Members): { adapter: FunderAdapter; ctx: ReturnType<typeof contextOf> } {
  const json = { ...quailJson, ...changes, secrets: Object.keys(secrets) };
  return { adapter: loadManifests([{ file: 'x', json }]).adapters.get('quail-json')!, ctx: { ...contextOf('quail-json'), secrets } };
}

/** What a signature covers: everything but itself that has a value, sorted. */
function pairs(members: Members, withBlanks = false): string {
  const names = Object.keys(members).filter((name) => name !== 'sign' && (withBlanks || members[name] !== ''));
  return names
    .toSorted()
    .map((name) => `${name}=${members[name]}`)
    .join('&');
}

const news: Members = {
  notifyId: 'N-1',
  orderNo: ATTEMPT.ref,
  applyNo: 'A-1',
  status: 'REVIEWING',
  eventTime: String(NOW_MS / 1_000),
  timestamp: String(NOW_MS / 1_000),
  note: '',
};
const md5 = (text: string): string => createHash('md5').update(text).digest('hex');
const sortedJson = (members: Members): string => JSON.stringify(Object.fromEntries(Object.entries(members).toSorted(([a], [b]) => (a < b ? -1 : 1))));

interface Kind {
  readonly name: string;
  readonly sign: object;
  readonly secrets: Members;
  /** The signature as the other side makes it; for asymmetric ones its check of ours. */
  readonly made?: (members: Members) => string;
  readonly checks?: (members: Members, signature: string) => boolean;
}
const KINDS: readonly Kind[] = [
  {
    name: 'md5_sorted',
    sign: { secret: 'k', letters: 'upper' },
    secrets: { k: 'canary-md5' },
    made: (m) => md5(`${pairs(m)}&key=canary-md5`).toUpperCase(),
  },
  {
    name: 'md5_sorted',
    sign: { secret: 'k', key_name: null, blanks: 'no_null' },
    secrets: { k: 'canary-md5' },
    made: (m) => md5(`${pairs(m, true)}canary-md5`),
  },
  { name: 'md5_salted_json', sign: { secret: 'k' }, secrets: { k: 'salt' }, made: ({ sign: _sign, ...m }) => md5(`salt${sortedJson(m)}salt`) },
  {
    name: 'hmac_sha256_sorted',
    sign: { secret: 'k' },
    secrets: { k: 'canary-mac' },
    made: (m) => createHmac('sha256', 'canary-mac').update(pairs(m)).digest('hex'),
  },
  {
    name: 'rsa2_sorted',
    sign: { private_key: 'own', public_key: 'theirs' },
    secrets: { own: rsa.privateKey, theirs: rsa.publicKey },
    made: (m) => createSign('sha256').update(pairs(m, true)).sign(rsa.privateKey, 'base64'),
    checks: (m, signature) => createVerify('sha256').update(pairs(m, true)).verify(createPublicKey(rsa.publicKey), signature, 'base64'),
  },
  {
    name: 'sm2_sorted',
    sign: { private_key: 'own', public_key: 'theirs' },
    secrets: { own: sm.privateKey, theirs: sm.publicKey },
    made: (m) => Buffer.from(sm2.doSignature(Buffer.from(pairs(m, true)), sm.privateKey, { der: true, hash: true }), 'hex').toString('base64'),
    checks: (m, signature) =>
      sm2.doVerifySignature(Buffer.from(pairs(m, true)), Buffer.from(signature, 'base64').toString('hex'), sm.publicKey, { der: true, hash: true }),
  },
];

describe.each(KINDS)('$name', ({ name, sign, secrets, made, checks }) => {
  const { adapter, ctx } = declared({ sign: { codec: name, in: { body: 'sign' }, ...sign } }, secrets);
  const heard = (members: Members): InboundCallback => inbound(JSON.stringify(members));

  it('signs what goes out as the other side does', () => {
    const members = JSON.parse(adapter.submit.build(ctx, ATTEMPT, granted(adapter.submit.needs)).body as string) as Members;
    expect(checks === undefined ? members['sign'] === made!(members) : checks(members, members['sign']!)).toBe(true);
  });
  it('believes what the other side signed, and nothing that was changed, cut or is old', () => {
    const signature = made!(news);
    const verify = (message: InboundCallback, nowMs = NOW_MS) => adapter.callback!.verify({ ...ctx, nowMs }, message);
    expect(verify(heard({ ...news, sign: signature }))).toEqual({ ok: true });
    expect(adapter.callback!.read(ctx, heard({ ...news, sign: signature }))).toMatchObject({ messageId: 'N-1', answer: { kind: 'pending' } });
    for (const forged of [
      { ...news, status: 'PAID', sign: signature },
      { ...news, sign: '' },
      news,
      { ...news, sign: `${signature}A` },
      { ...news, extra: '1', sign: signature },
    ])
      expect(verify(heard(forged))).toEqual({ ok: false, why: 'wrong signature' });
    expect(verify(heard({ ...news, sign: signature }), NOW_MS + 16 * 60_000)).toEqual({ ok: false, why: 'stale' });
    expect(verify(inbound('[1]'))).toEqual({ ok: false, why: 'unreadable' });
    expect(adapter.callback!.verify({ ...ctx, secrets: {} }, heard({ ...news, sign: signature })).ok).toBe(false);
  });
  it('puts the signature into a header where the protocol has it there', () => {
    const other = declared({ sign: { codec: name, in: { header: 'X-Sign' }, ...sign } }, secrets);
    const { headers, body } = other.adapter.query!.build(other.ctx, ATTEMPT);
    const members = JSON.parse(body as string) as Members;
    expect(members).not.toHaveProperty('sign');
    expect(checks === undefined ? headers['x-sign'] === made!(members) : checks(members, headers['x-sign']!)).toBe(true);
    expect(other.adapter.callback!.verify(other.ctx, inbound(JSON.stringify(news), { 'X-Sign': made!(news) }))).toEqual({ ok: true });
  });
});

describe('hmac_sha256_canonical', () => {
  const names = { time: 'X-Time', nonce: 'X-Nonce', signature: 'X-Signature' };
  const { callback, ...others } = quailJson;
  const { signed_at: _signedAt, ...rest } = callback;
  const { adapter, ctx } = declared(
    { ...others, callback: rest, sign: { codec: 'hmac_sha256_canonical', secret: 'k', headers: names } },
    { k: 'canary-mac' },
  );
  const signed = (method: string, path: string, body: string, time: string, nonce: string): string =>
    createHmac('sha256', 'canary-mac')
      .update(
        [
          method,
          'application/json',
          createHash('md5').update(body).digest('base64'),
          'application/json',
          `x-nonce:${nonce}`,
          `x-time:${time}`,
          path,
        ].join('\n'),
      )
      .digest('base64');

  it('covers method, types, digest, time, nonce and path', () => {
    const { headers, body } = adapter.query!.build(ctx, ATTEMPT);
    expect(headers['x-signature']).toBe(signed('POST', '/base/credit/query', body as string, String(NOW_MS), ctx.nonce));
  });
  it('is asked of callbacks, under a path of their own', () => {
    const body = JSON.stringify(news);
    const message = (time: number, nonce: string, sign = signed('POST', '/callback', body, String(time), nonce)): InboundCallback =>
      inbound(body, {
        accept: 'application/json',
        'content-type': 'application/json',
        'x-time': String(time),
        'x-nonce': nonce,
        'x-signature': sign,
      });
    const verify = (one: InboundCallback) => adapter.callback!.verify(ctx, one);
    expect(verify(message(NOW_MS, 'nonce-0001'))).toEqual({ ok: true });
    expect(verify(message(NOW_MS - 3_600_000, 'nonce-0001'))).toEqual({ ok: false, why: 'stale' });
    expect(verify(message(NOW_MS, ''))).toEqual({ ok: false, why: 'no_nonce' });
    expect(verify(message(NOW_MS, 'nonce-0001', 'AAAA'))).toEqual({ ok: false, why: 'wrong signature' });
  });
});

describe('seals', () => {
  const sealed = (codec: string) =>
    declared(
      {
        sign: { codec: 'md5_sorted', secret: 'k', in: { body: 'sign' } },
        seal: { codec, secret: 'aes', in: 'bizContent' },
        envelope: { ...quailJson.envelope, sealed: true },
      },
      { k: 'canary-md5', aes: AES },
    );

  it('AES-CBC: what is not common goes out sealed, under the signature', () => {
    const { adapter, ctx } = sealed('aes_128_cbc');
    const members = JSON.parse(adapter.submit.build(ctx, ATTEMPT, granted(adapter.submit.needs)).body as string) as Members;
    expect(Object.keys(members).toSorted()).toEqual(['appId', 'bizContent', 'nonce', 'orderNo', 'sign', 'timestamp']);
    const bytes = Buffer.from(members['bizContent']!, 'base64');
    const cipher = createDecipheriv('aes-128-cbc', Buffer.from(AES, 'hex'), bytes.subarray(0, 16));
    expect(JSON.parse(Buffer.concat([cipher.update(bytes.subarray(16)), cipher.final()]).toString())).toMatchObject({
      mobile: '13912345678',
      applyTerm: '3',
    });
    expect(members['sign']).toBe(md5(`${pairs(members)}&key=canary-md5`));
  });
  it('AES-GCM: replies and callbacks are opened, and what was changed is not', () => {
    const { adapter, ctx } = sealed('aes_128_gcm');
    const seal = (value: object): string => {
      const iv = Buffer.alloc(12, 7);
      const cipher = createCipheriv('aes-128-gcm', Buffer.from(AES, 'hex'), iv);
      return Buffer.concat([iv, cipher.update(JSON.stringify(value)), cipher.final(), cipher.getAuthTag()]).toString('base64');
    };
    const reply = (data: string) => adapter.query!.read(ctx, response(200, { code: '0000', data }));
    expect(reply(seal(news))).toMatchObject({ kind: 'pending', funderRef: 'A-1' });
    expect(reply(seal(news).replace(/^./, 'A')).kind).toBe('unknown');
    expect(reply('').kind).toBe('unknown');
    const outer = { timestamp: news['timestamp']!, bizContent: seal(news) };
    const message = inbound(JSON.stringify({ ...outer, sign: md5(`${pairs(outer)}&key=canary-md5`) }));
    expect(adapter.callback!.verify(ctx, message)).toEqual({ ok: true });
    expect(adapter.callback!.read(ctx, message)).toMatchObject({ attempt: { by: 'ref', value: ATTEMPT.ref }, messageId: 'N-1' });
  });
  it('believe a reply only when it is signed, where the protocol signs replies', () => {
    const { adapter, ctx } = declared({ envelope: { ...quailJson.envelope, signed: true } }, { sign_key: 'canary-mac' });
    const members = { code: '0000', data: { status: 'REVIEWING', applyNo: 'A-1' } };
    const toSign = 'code=0000&data={"applyNo":"A-1","status":"REVIEWING"}';
    const sign = createHmac('sha256', 'canary-mac').update(toSign).digest('hex');
    expect(adapter.query!.read(ctx, response(200, { ...members, sign })).kind).toBe('pending');
    expect(adapter.query!.read(ctx, response(200, members))).toEqual({ kind: 'unknown', detail: 'wrong signature' });
  });
  it.each(['sm4_cbc', 'sm4_gcm', 'aes_256_cbc', 'aes_256_gcm'])('%s opens what it sealed', (codec) => {
    const key = codec.startsWith('aes') ? AES + AES : AES;
    const { adapter, ctx } = declared(
      {
        sign: { codec: 'md5_sorted', secret: 'k', in: { body: 'sign' } },
        seal: { codec, secret: 'aes', in: 'data' },
        envelope: { ...quailJson.envelope, sealed: true },
        query: { path: '/q', body: { status: 'REVIEWING', applyNo: 'A-1' } },
      },
      { k: 'canary-md5', aes: key },
    );
    const { data } = JSON.parse(adapter.query!.build(ctx, ATTEMPT).body as string) as Members;
    expect(adapter.query!.read(ctx, response(200, { code: '0000', data }))).toMatchObject({ kind: 'pending', funderRef: 'A-1' });
  });
  it('are refused where padding would be told to anybody', () => {
    const json = {
      ...quailJson,
      callback: undefined,
      secrets: ['aes'],
      sign: { codec: 'none' },
      seal: { codec: 'aes_128_cbc', secret: 'aes', in: 'x' },
    };
    expect(() => loadManifests([{ file: 'x.json', json }])).toThrow('x.json: /seal/codec: CBC needs a signature beside it');
  });
});
