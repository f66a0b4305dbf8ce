/** Texts to sign: their order, what is left out, how they are escaped; and the families of signatures over them. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CanonicalOptions } from '../../adapters/kit/canonical.ts';
import { canonicalJson, canonicalPairs, joinLines, joinSorted, joinUrl } from '../../adapters/kit/canonical.ts';
import { md5Hex } from '../../adapters/kit/digest.ts';
import { formEncode, formEscape, percentEscape, readForm } from '../../adapters/kit/form.ts';
import { canonicalRequest, checkWindow, contentMd5, signRequest, verifyRequest } from '../../adapters/kit/hmac-request.ts';
import { md5Between, md5Keyed, md5OfParts, md5SaltedJson } from '../../adapters/kit/md5-signs.ts';
import type { Json } from '../../adapters/kit/read-json.ts';
import { sessionKey, sessionKeyText } from '../../adapters/kit/session-key.ts';
import { NOW_MS } from './world.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const keep: CanonicalOptions = { blanks: 'keep' };
const json = fc.jsonValue({ maxDepth: 4 }) as fc.Arbitrary<Json>;

describe('plain texts', () => {
  it('are sorted by key, without empty values and the sign', () => {
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

describe('canonical JSON', () => {
  const value: Json = { b: null, a: '', n: 1.5, t: true, z: { y: null, x: '', w: [null, '', { q: null, p: 0 }] }, 10: 'ten', 9: 'nine', sign: 's' };

  it.each([
    [keep, '{"10":"ten","9":"nine","a":"","b":null,"n":1.5,"sign":"s","t":true,"z":{"w":[null,"",{"p":0,"q":null}],"x":"","y":null}}'],
    [{ blanks: 'no_null' }, '{"10":"ten","9":"nine","a":"","n":1.5,"sign":"s","t":true,"z":{"w":[null,"",{"p":0}],"x":""}}'],
    [{ blanks: 'no_blank', omit: ['sign', 'p'] }, '{"10":"ten","9":"nine","n":1.5,"t":true,"z":{"w":[null,"",{"p":0}]}}'],
    [{ blanks: 'no_blank', stringed: true }, '{"10":"ten","9":"nine","n":"1.5","sign":"s","t":"true","z":{"w":[null,"",{"p":"0"}]}}'],
  ] as const)('under %j', (options, text) => {
    expect(canonicalJson(value, options)).toBe(text);
  });
  it('says what the value says, and is the same whatever order its keys came in', () => {
    fc.assert(
      fc.property(json, (given) => {
        const text = canonicalJson(given, keep);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(given)));
        expect(canonicalJson(turned(given), keep)).toBe(text);
      }),
    );
  });
  it('takes a key of any name, also those that objects have by nature', () => {
    expect(canonicalJson(JSON.parse('{"constructor":1,"__proto__":{"a":2}}') as Json, keep)).toBe('{"__proto__":{"a":2},"constructor":1}');
  });
  it('writes pairs, nested values as JSON, escaped as asked', () => {
    const params: Json = { b: 'x y&z', a: { d: 1, c: '~*' }, n: null, e: '', i: 7 };
    expect(canonicalPairs(params, keep)).toBe('a={"c":"~*","d":1}&b=x y&z&e=&i=7&n=null');
    expect(canonicalPairs(params, { blanks: 'no_null', escape: 'form' })).toBe('a=%7B%22c%22%3A%22%7E*%22%2C%22d%22%3A1%7D&b=x+y%26z&e=&i=7');
    expect(canonicalPairs(params, { blanks: 'no_blank', escape: 'percent', omit: ['a'] })).toBe('b=x%20y%26z&i=7');
    expect(canonicalPairs({ t: true }, { blanks: 'keep', stringed: true })).toBe('t="true"');
  });
});

describe('forms', () => {
  it('come back as they were written', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ minLength: 1 }), fc.string({ unit: 'grapheme' }), { minKeys: 1, noNullPrototype: true }), (params) => {
        const encoded = formEncode(params);
        expect(readForm(bytes(encoded))).toEqual(params);
        expect([...new URLSearchParams(encoded)]).toEqual(Object.entries(params));
      }),
    );
    expect([formEscape("a b'(~*é"), percentEscape("a b'(~*é"), formEncode({})]).toEqual(['a+b%27%28%7E*%C3%A9', 'a%20b%27%28~%2A%C3%A9', '']);
  });
  it('are refused when a name is repeated, an escape is broken, or there is no pair', () => {
    for (const odd of ['', 'a', 'a=1&a=2', 'a=1&%61=2', '=1', 'a=%', 'a=%4', 'a=%zz', 'a=%ff', 'a=1&', '&a=1', `a=${'x'.repeat(262_144)}`]) {
      expect(readForm(bytes(odd))).toBeNull();
    }
    expect(readForm(new Uint8Array([0x61, 0x3d, 0xff]))).toBeNull();
    expect(readForm(bytes(Array.from({ length: 1_001 }, (_, index) => `k${index}=`).join('&')))).toBeNull();
  });
  it('make no member but their own', () => {
    const form = readForm(bytes('__proto__=1&constructor=2'))!;
    expect([Object.keys(form), Object.getPrototypeOf(form) === Object.prototype]).toEqual([['__proto__', 'constructor'], true]);
  });
});

describe('MD5 signatures', () => {
  it('are those of the texts written out', () => {
    expect(md5OfParts('key', 'secret', 'ab'.repeat(16), '1772416800')).toBe(md5Hex(`keysecret${'ab'.repeat(16)}1772416800`));
    expect(md5Between('k', 'args')).toBe(md5Hex('kargsk'));
    expect(md5Keyed({ b: 2, a: 'x', sign: 'old', empty: '', none: null }, 'S')).toBe(md5Hex('a=x&b=2&key=S'));
    expect(md5Keyed({ b: '2', empty: '' }, 'S', { blanks: 'keep', keyName: 'appSecret' })).toBe(md5Hex('b=2&empty=&appSecret=S'));
    expect([md5Keyed({ b: '2' }, 'S', { keyName: null }), md5Keyed({}, 'S')]).toEqual([md5Hex('b=2S'), md5Hex('key=S')]);
    expect(md5SaltedJson('salt', { b: null, a: 1, sign: 'x' })).toBe(md5Hex('salt{"a":1,"b":null}salt'));
    expect(md5SaltedJson('salt', { b: null, a: 1 }, { blanks: 'no_null', stringed: true })).toBe(md5Hex('salt{"a":"1"}salt'));
  });
});

describe('HMAC over a request', () => {
  const parts = {
    method: 'post',
    accept: 'application/json',
    contentMd5: contentMd5('{}'),
    contentType: 'application/json; charset=utf-8',
    date: null,
    headers: { 'X-Ca-Nonce': 'n-1', 'x-ca-key': ' k ' },
    path: '/v1/apply',
    query: { b: '2', a: '', c: 'x' },
  };

  it('signs the parts in their order', () => {
    const text = 'POST\napplication/json\nmZFLkyvTelC5g8XnyQrpOw==\napplication/json; charset=utf-8\nx-ca-key:k\nx-ca-nonce:n-1\n/v1/apply?a&b=2&c=x';
    expect(canonicalRequest(parts)).toBe(text);
    expect(
      canonicalRequest({ ...parts, date: 'D', query: {} })
        .split('\n')
        .slice(4),
    ).toEqual(['D', 'x-ca-key:k', 'x-ca-nonce:n-1', '/v1/apply']);
    // printf TEXT | openssl dgst -sha256 -hmac secret -binary | base64
    expect(signRequest('secret', text)).toBe('fq6VaYYIxc984BU+bbDSexXRJSYlCntgrGGQwAdt49Y=');
    expect(contentMd5('')).toBe('');
  });
  it('is refused when any part is another', () => {
    const signature = signRequest('secret', canonicalRequest(parts));
    expect(verifyRequest('secret', canonicalRequest(parts), signature)).toBe(true);
    for (const other of [{ method: 'PUT' }, { accept: '' }, { contentMd5: '' }, { date: '' }, { headers: {} }, { path: '/v1' }, { query: {} }]) {
      expect(verifyRequest('secret', canonicalRequest({ ...parts, ...other }), signature)).toBe(false);
    }
    for (const bad of ['', 'é', signature.slice(1), `${signature}=`]) expect(verifyRequest('secret', canonicalRequest(parts), bad)).toBe(false);
    expect(verifyRequest('other', canonicalRequest(parts), signature)).toBe(false);
  });
  it('lets no part be two', () => {
    expect(canonicalRequest({ ...parts, accept: 'a\nb', headers: { h: 'x\ny:z' } }).split('\n')).toHaveLength(6);
  });
  it('is taken within its window and with a nonce', () => {
    const at = (agoMs: number, nonce = 'abcdefgh', windowMs?: number): string => checkWindow({ signedAtMs: NOW_MS - agoMs, nonce }, NOW_MS, windowMs);
    expect([at(0), at(900_000), at(-900_000), at(900_001), at(-900_001), at(61_000, 'abcdefgh', 60_000)]).toEqual([
      'ok',
      'ok',
      'ok',
      'stale',
      'stale',
      'stale',
    ]);
    expect([at(0, ''), at(0, 'short'), at(0, 'with a blank'), at(0, 'x'.repeat(65))]).toEqual(Array(4).fill('no_nonce'));
    expect(checkWindow({ signedAtMs: null, nonce: 'abcdefgh' }, NOW_MS)).toBe('stale');
  });
});

describe('session keys', () => {
  it('depend on secret, nonce, label and on nothing else', () => {
    const hex = (...given: Parameters<typeof sessionKey>): string => Buffer.from(sessionKey(...given)).toString('hex');
    // printf 'aes\nn\n0' | openssl dgst -sha256 -hmac s
    expect(hex('s', 'n', 'aes', 16)).toBe('1bec0523301f8765121e5d2668a2071e');
    expect(new Set([hex('s', 'n', 'aes', 16), hex('t', 'n', 'aes', 16), hex('s', 'm', 'aes', 16), hex('s', 'n', 'iv', 16)]).size).toBe(4);
    expect([sessionKey('s', 'n', 'l', 48).length, hex('s', 'n', 'l', 48).startsWith(hex('s', 'n', 'l', 32))]).toEqual([48, true]);
  });
  it('are letters and digits where a protocol wants a text', () => {
    for (let index = 0; index < 50; index += 1) expect(sessionKeyText('s', String(index), 'aes', 32)).toMatch(/^[A-Za-z0-9]{32}$/);
    expect(sessionKeyText('s', 'n', 'l', 100)).toHaveLength(100);
    expect(sessionKeyText('s', 'n', 'l', 16)).not.toBe(sessionKeyText('s', 'o', 'l', 16));
  });
});

/** The same value with the members of every object in the opposite order. */
function turned(value: Json): Json {
  if (Array.isArray(value)) return value.map(turned);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([key, inner]) => [key, turned(inner as Json)]),
  );
}
