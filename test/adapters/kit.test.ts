/** The kit: each reader by its edges, each codec by vectors made elsewhere. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { approved, httpFailure, retryAfterMs, safeCode, safeRef } from '../../adapters/kit/answers.ts';
import { joinLines, joinSorted, joinUrl } from '../../adapters/kit/canonical.ts';
import { equalText, hmacSha256Hex, md5Hex, secretKey, sha256Hex } from '../../adapters/kit/digest.ts';
import { maskIdNumber, maskName, maskPhone } from '../../adapters/kit/masks.ts';
import { completeOffer, readFees, readPlan } from '../../adapters/kit/offers.ts';
import { at, listOf, lookUp, parseJson, readJson, textAt } from '../../adapters/kit/read-json.ts';
import { openCbc, sealCbc } from '../../adapters/kit/seal.ts';
import { InvariantError } from '../../src/domain/failures.ts';
import { amountMinor } from '../../src/domain/money.ts';
import { NOW_MS } from './world.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('digests', () => {
  it('agree with RFC 1321, FIPS 180-4 and RFC 4231', () => {
    expect(md5Hex('abc')).toBe('900150983cd24fb0d6963f7d28e17f72');
    expect(sha256Hex('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
    expect(hmacSha256Hex('Jefe', 'what do ya want for nothing?')).toBe('5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843');
  });

  it('make one key per secret, and keep a bounded number of them', () => {
    expect(secretKey('s', 'utf8')).toBe(secretKey('s', 'utf8'));
    expect(secretKey('aa', 'utf8')).not.toBe(secretKey('aa', 'hex'));
    const first = secretKey('bounded', 'utf8');
    for (let index = 0; index < 600; index += 1) secretKey(`bounded ${index}`, 'utf8');
    expect(secretKey('bounded', 'utf8')).not.toBe(first);
    expect(secretKey('bounded', 'utf8').equals(first)).toBe(true);
  });

  it('compare texts of any length', () => {
    expect([equalText('ab', 'ab'), equalText('ab', 'ac'), equalText('ab', 'abc'), equalText('', ''), equalText('é', 'e')]).toEqual([
      true,
      false,
      false,
      true,
      false,
    ]);
  });
});

describe('AES-256-CBC', () => {
  const key = '603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4';
  const iv = '000102030405060708090a0b0c0d0e0f';

  it('agrees with the openssl command line', () => {
    // { printf IV; printf '授信 approved' | openssl enc -aes-256-cbc -K KEY -iv IV; } | base64
    const sealed = 'AAECAwQFBgcICQoLDA0ODwrQNVRy0SQuh0/KZ3HuMBY=';
    expect(sealCbc(key, iv, '授信 approved')).toBe(sealed);
    expect(Buffer.from(openCbc(key, sealed)!).toString()).toBe('授信 approved');
  });

  it('opens what it sealed and nothing else', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (text) => {
        expect(Buffer.from(openCbc(key, sealCbc(key, iv, text))!).toString('utf8')).toBe(text);
      }),
    );
    const sealed = sealCbc(key, iv, 'text');
    for (const broken of ['', 'AAAA', `${sealed}AAAA`, sealed.slice(0, -4), '!!!!', sealed.replace(/.$/, '')])
      expect(openCbc(key, broken)).toBeNull();
    expect(openCbc('short', sealed)).toBeNull();
    expect(() => sealCbc('short', iv, 'x')).toThrow(InvariantError);
    expect(() => sealCbc(key, 'short', 'x')).toThrow(InvariantError);
  });
});

describe('canonical texts', () => {
  it('sort by key and leave out empty values and the sign', () => {
    expect(joinSorted({ b: '2', a: '1', C: '3', empty: '', sign: 'x' })).toBe('C=3&a=1&b=2');
    expect(joinSorted({ a: '1', hash: 'x' }, ['hash'])).toBe('a=1');
  });
  it('keep a line a line, and a path a path', () => {
    expect(joinLines('a\nb', 'c')).toBe('a b\nc');
    expect([joinUrl('https://x/', '/p'), joinUrl('https://x/base//', '/p'), joinUrl('https://x', '/p')]).toEqual([
      'https://x/p',
      'https://x/base/p',
      'https://x/p',
    ]);
  });
});

describe('reading JSON', () => {
  it('takes objects of others, and nothing that is too deep, too long or not UTF-8', () => {
    expect(readJson(bytes('{"a":[1,"é"]}'))).toEqual({ a: [1, 'é'] });
    expect(readJson(bytes(`${'['.repeat(32)}${']'.repeat(32)}`))).toBeDefined();
    expect(readJson(bytes(`${'['.repeat(33)}${']'.repeat(33)}`))).toBeUndefined();
    expect(readJson(bytes(`"${'['.repeat(100)}\\"[["`))).toBe(`${'['.repeat(100)}"[[`);
    expect(readJson(bytes(`"${'x'.repeat(262_144)}"`))).toBeUndefined();
    expect(readJson(new Uint8Array([0x22, 0xff, 0x22]))).toBeUndefined();
    expect([readJson(bytes('')), readJson(bytes('{')), readJson(bytes('undefined')), parseJson('NaN')]).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });
  it('follows own properties alone', () => {
    const value = readJson(bytes('{"a":{"b":1},"__proto__":{"polluted":1}}'));
    expect([
      at(value, 'a', 'b'),
      at(value, 'constructor'),
      at(value, 'a', 'toString'),
      at(value, 'polluted'),
      at(undefined, 'a'),
      at([1], '0'),
    ]).toEqual([1, undefined, undefined, undefined, undefined, undefined]);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    expect(textAt(value, 'a', 'b')).toBeNull();
    expect([lookUp({ a: 1 }, 'a'), lookUp({ a: 1 }, 'constructor'), lookUp({ a: 1 }, '__proto__')]).toEqual([1, null, null]);
  });
  it('takes a list written into a string', () => {
    expect([listOf('[3,6]'), listOf([3]), listOf('{}'), listOf(null), listOf('[')]).toEqual([[3, 6], [3], null, null, null]);
  });
});

describe('answers', () => {
  const reply = (status: number, headers: Record<string, string> = {}) => ({ status, headers, body: new Uint8Array() });

  it('read HTTP failures as whose fault they are', () => {
    expect([200, 202, 204].map((status) => httpFailure(NOW_MS, reply(status)))).toEqual([null, null, null]);
    for (const status of [400, 401, 403, 404, 405, 413, 415, 422])
      expect(httpFailure(NOW_MS, reply(status))).toMatchObject({ kind: 'unavailable', fault: 'ours', retryable: false });
    for (const status of [429, 503])
      expect(httpFailure(NOW_MS, reply(status, { 'retry-after': '3' }))).toMatchObject({
        kind: 'unavailable',
        fault: 'funder',
        retryable: true,
        retryAfterMs: 3_000,
      });
    for (const status of [302, 408, 409, 500, 502, 504, 599])
      expect(httpFailure(NOW_MS, reply(status))).toEqual({ kind: 'unknown', detail: `http ${status}` });
  });
  it('read Retry-After as seconds or date, at most a day', () => {
    const read = (header: string | undefined): number | null => retryAfterMs(header, NOW_MS);
    expect([read('5'), read('0'), read(undefined), read('-1'), read('soon'), read('9999999999')]).toEqual([5_000, 0, null, null, null, 86_400_000]);
    expect([read('Mon, 02 Mar 2026 02:01:00 GMT'), read('Mon, 02 Mar 2020 02:01:00 GMT'), read('Mon, 02 Mar 2099 02:01:00 GMT')]).toEqual([
      60_000, 0, 86_400_000,
    ]);
  });
  it('show codes, and neither sentences nor long numbers', () => {
    expect([
      safeCode('C003'),
      safeCode(301),
      safeCode(undefined),
      safeCode(''),
      safeCode('13800000001'),
      safeCode('张三'),
      safeCode('a b'),
      safeCode({}),
      safeCode('x'.repeat(25)),
    ]).toEqual(['C003', '301', 'none', 'none', 'unreadable', 'unreadable', 'unreadable', 'unreadable', 'unreadable']);
    expect([safeRef('att_1'), safeRef(77), safeRef('a b'), safeRef('x'.repeat(65)), safeRef(1.5), safeRef(null)]).toEqual([
      'att_1',
      '77',
      null,
      null,
      null,
      null,
    ]);
  });
  it('approve only with an offer that can be shown', () => {
    const place = { funderRef: null, eventAtMs: null };
    expect(approved(place, null)).toEqual({ kind: 'pending', ...place, unrecognised: 'approved_without_readable_offer' });
  });
});

describe('offers', () => {
  const row = (dueInMonths: number, principal: number) => ({
    dueInMonths,
    principal: amountMinor(principal),
    interest: amountMinor(1),
    fee: amountMinor(0),
  });
  const parts = { amount: amountMinor(300), termMonths: 2, quotedAprBps: 1_000, plan: [row(1, 100), row(2, 200)], fees: [], expiresAtMs: null };
  const read = (value: unknown) => readPlan(value as never, (given) => row(Number(at(given, 'm')), 1));

  it('are whole or nothing', () => {
    expect(completeOffer(parts)).toEqual(parts);
    for (const fault of [
      { amount: null },
      { amount: amountMinor(0) },
      { amount: amountMinor(299) },
      { termMonths: 3 },
      { termMonths: null },
      { quotedAprBps: null },
      { plan: null },
      { plan: [] },
      { fees: null },
    ]) {
      expect(completeOffer({ ...parts, ...fault })).toBeNull();
    }
  });
  it('have instalments in rising order, one to 120', () => {
    expect(read([{ m: 1 }, { m: 3 }])?.length).toBe(2);
    for (const odd of [[], [{ m: 2 }, { m: 2 }], [{ m: 2 }, { m: 1 }], Array.from({ length: 121 }, (_, m) => ({ m: m + 1 })), null, 'x', {}])
      expect(read(odd)).toBeNull();
    expect(readPlan([{}], () => ({ ...row(1, 1), interest: null }))).toBeNull();
  });
  it('have every fee or none at all', () => {
    const fee = { item: 'x', payee: 'y', amount: amountMinor(1), when: 'upfront' as const };
    expect([
      readFees(undefined, () => fee),
      readFees('', () => fee),
      readFees([1], () => fee),
      readFees([1], () => null),
      readFees(7, () => fee),
      readFees(Array(21).fill(1), () => fee),
    ]).toEqual([[], [], [fee], null, null, null]);
  });
});

describe('masks', () => {
  it('hide what the protocol says, whatever the writing', () => {
    expect([maskName('张三丰'), maskName('张'), maskName('𠮷田'), maskPhone('13812345678'), maskIdNumber('110105199003072338')]).toEqual([
      '张**',
      '张*',
      '𠮷*',
      '138****5678',
      '11010519900307****',
    ]);
  });
});
