import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mintId } from '../../src/domain/ids.ts';
import { landingUrl } from '../../src/offers/landing.ts';
import { makeClickToken, readClickToken, type TokenTags } from '../../src/offers/token.ts';

const NOW = Date.UTC(2026, 2, 1);
const tagsOf = (key: string): TokenTags => ({
  tag: (text) => createHmac('sha256', key).update(text).digest('base64url'),
  equal: (left, right) => left === right,
});
const tags = tagsOf('key');
const impression = mintId(
  'imp',
  7,
  NOW,
  Uint8Array.from({ length: 10 }, (_, index) => index * 31),
);
const token = makeClickToken(impression, NOW + 3_600_000, tags.tag);

describe('the click token', () => {
  test('is read back', () =>
    expect(readClickToken(token, NOW, tags)).toEqual({ kind: 'valid', impressionId: impression, expiresAtMs: NOW + 3_600_000 }));
  test('needs no escaping in a path, and is short', () => {
    expect(encodeURIComponent(token)).toBe(token);
    expect(token.length).toBeLessThan(80);
  });
  test('expires, to the second', () => {
    expect(readClickToken(token, NOW + 3_599_999, tags).kind).toBe('valid');
    expect(readClickToken(token, NOW + 3_600_000, tags)).toEqual({ kind: 'expired', impressionId: impression });
  });
  test('under another key is forged', () => expect(readClickToken(token, NOW, tagsOf('other'))).toEqual({ kind: 'forged' }));
  test('with its expiry moved is forged', () => {
    const [id, , tag] = token.split('.');
    expect(readClickToken(`${id}.zzzzzz.${tag}`, NOW, tags)).toEqual({ kind: 'forged' });
  });
  test('with any character changed is forged', () => {
    fc.assert(
      fc.property(fc.nat({ max: token.length - 1 }), fc.constantFrom(...'abcXYZ019._-%\u0000张'), (at, char) => {
        fc.pre(token[at] !== char);
        expect(readClickToken(token.slice(0, at) + char + token.slice(at + 1), NOW, tags)).toEqual({ kind: 'forged' });
      }),
    );
  });
  test('of anything at all never throws', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => void expect(readClickToken(text, NOW, tags)).toEqual({ kind: 'forged' })),
    );
  });
  test('is made for impressions alone', () => expect(() => makeClickToken('app_1', NOW, tags.tag)).toThrow('impression'));
});

describe('the landing address', () => {
  test('has the click id put in, encoded, wherever it stands', () => {
    expect(landingUrl('https://p.example/go/{click_id}?c={click_id}#x', 'clk_1')).toEqual({ ok: true, url: 'https://p.example/go/clk_1?c=clk_1#x' });
    expect(landingUrl('https://p.example/?c={click_id}', 'a&b=c d')).toEqual({ ok: true, url: 'https://p.example/?c=a%26b%3Dc%20d' });
    expect(landingUrl('https://p.example/', 'clk_1')).toEqual({ ok: true, url: 'https://p.example/' });
  });
  test.each([
    ['http://p.example/?c={click_id}', 'not_https'],
    ['javascript:alert(1)//{click_id}', 'malformed'],
    ['javascript://p.example/%0aalert(1)', 'not_https'],
    ['data://p.example/x', 'not_https'],
    ['ftp://p.example/', 'not_https'],
    ['//p.example/', 'malformed'],
    ['', 'malformed'],
    ['https://user:pw@p.example/', 'credentials'],
    ['https://{click_id}.p.example/', 'placeholder_in_host'],
    ['https://p.example:{click_id}/', 'placeholder_in_host'],
  ])('%s is refused: %s', (template, why) => expect(landingUrl(template, 'clk_1')).toEqual({ ok: false, why }));
  test('http is for the sandbox', () => {
    expect(landingUrl('http://127.0.0.1:9/?c={click_id}', 'clk_1', { allowHttp: true })).toEqual({ ok: true, url: 'http://127.0.0.1:9/?c=clk_1' });
    expect(landingUrl('ftp://p.example/', 'clk_1', { allowHttp: true })).toEqual({ ok: false, why: 'not_https' });
  });
});
