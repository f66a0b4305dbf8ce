/** HMAC-SHA256 by two hashes: equal to Node's own for any key and message, by RFC 4231, and without a trace of the message before. */
import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hmacSha256, hmacSha256Bytes, macKey } from '../../adapters/kit/hmac.ts';

const theirs = (key: Uint8Array, data: string | Uint8Array): Buffer => createHmac('sha256', key).update(data).digest();
const bytes = (most: number): fc.Arbitrary<Uint8Array> => fc.uint8Array({ maxLength: most });

describe('HMAC-SHA256', () => {
  it.each([
    ['Jefe', 'what do ya want for nothing?', '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843'],
    ['\u000b'.repeat(20), 'Hi There', 'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7'],
  ])('agrees with RFC 4231 (%#)', (key, data, hex) => {
    expect(hmacSha256(macKey(Buffer.from(key)), data, 'hex')).toBe(hex);
  });

  it('is what Node says, for keys and messages of any bytes and any text', () => {
    fc.assert(
      fc.property(bytes(200), fc.oneof(bytes(300), fc.string({ unit: 'binary', maxLength: 300 })), (key, data) => {
        const made = macKey(key);
        const expected = theirs(key, data);
        expect(Buffer.from(hmacSha256Bytes(made, data))).toEqual(expected);
        for (const encoding of ['hex', 'base64', 'base64url'] as const) expect(hmacSha256(made, data, encoding)).toBe(expected.toString(encoding));
      }),
      { numRuns: 200 },
    );
  });

  it.each([0, 1, 31, 32, 63, 64, 65, 131])('at the edges of a block: a key of %i bytes', (keyBytes) => {
    const key = Buffer.alloc(keyBytes, 0xaa);
    const made = macKey(key);
    // Around the blocks of the hash, and around what is laid into bytes that are used again.
    for (const length of [0, 1, 55, 56, 63, 64, 65, 1_365, 1_366, 4_096, 4_097, 20_000]) {
      for (const data of [Buffer.alloc(length, 7), 'x'.repeat(length), '身'.repeat(length)]) {
        expect(hmacSha256(made, data, 'hex'), `${length}`).toBe(theirs(key, data).toString('hex'));
      }
    }
  });

  it('keeps nothing of one message for the next, nor of one key for another', () => {
    const [one, other] = [macKey(Buffer.from('one')), macKey(Buffer.from('other'))];
    const before = hmacSha256(one, 'short', 'hex');
    hmacSha256(other, 'a much longer message'.repeat(50), 'hex');
    expect(hmacSha256(one, 'short', 'hex')).toBe(before);
    expect(hmacSha256(other, 'short', 'hex')).not.toBe(before);
  });

  it('takes the key as it was: bytes overwritten afterwards change nothing', () => {
    const key = Buffer.from('0123456789abcdef0123456789abcdef');
    const made = macKey(key);
    const before = hmacSha256(made, 'text', 'hex');
    key.fill(0);
    expect(hmacSha256(made, 'text', 'hex')).toBe(before);
  });
});
