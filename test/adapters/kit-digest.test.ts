/** Digests, MACs and the writing of bytes, by the vectors of their standards and by what must be refused. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { equalText, hmacSha256Base64, hmacSha256Hex, md5Base64, md5Hex, secretKey, sha256Hex } from '../../adapters/kit/digest.ts';
import type { TextForm } from '../../adapters/kit/encoding.ts';
import { bytesOf, textOf, utf8Of } from '../../adapters/kit/encoding.ts';
import { sm3Hex } from '../../adapters/kit/sm3.ts';

const digits = '1234567890'.repeat(8);

describe('digests', () => {
  it.each([
    ['', 'd41d8cd98f00b204e9800998ecf8427e'],
    ['a', '0cc175b9c0f1b6a831c399e269772661'],
    ['abc', '900150983cd24fb0d6963f7d28e17f72'],
    ['message digest', 'f96b697d7cb7938d525a2f31aaf161d0'],
    ['abcdefghijklmnopqrstuvwxyz', 'c3fcd3d76192e4007dfb496cca67e13b'],
    ['ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789', 'd174ab98d277d9f5a5611c2c9f419d9f'],
    [digits, '57edf4a22be3c955ac49da2e2107b67a'],
  ])('MD5 of %j agrees with RFC 1321', (text, hex) => {
    expect(md5Hex(text)).toBe(hex);
    expect(Buffer.from(md5Base64(text), 'base64').toString('hex')).toBe(hex);
  });
  it('SHA agrees with FIPS 180-4', () => {
    expect(sha256Hex('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
    expect(sha256Hex('')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  });
  it('SM3 agrees with GM/T 0004', () => {
    expect(sm3Hex('abc')).toBe('66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0');
    expect(sm3Hex('abcd'.repeat(16))).toBe('debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732');
  });
  it('SM3 takes any text as its UTF-8 bytes, also beyond U+FFFF', () => {
    for (const text of ['张三丰', '𠮷田😀', '']) expect(sm3Hex(text)).toBe(sm3Hex(new TextEncoder().encode(text)));
    expect(sm3Hex('𠮷')).not.toBe(sm3Hex('田'));
  });
  it.each([
    ['0b'.repeat(20), Buffer.from('Hi There'), 'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7'],
    [
      Buffer.from('Jefe').toString('hex'),
      Buffer.from('what do ya want for nothing?'),
      '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
    ],
  ])('HMAC-SHA256 agrees with RFC 4231 (%#)', (keyHex, data, hex) => {
    const secret = Buffer.from(keyHex, 'hex').toString('utf8');
    expect(hmacSha256Hex(secret, data)).toBe(hex);
    expect(Buffer.from(hmacSha256Base64(secret, data), 'base64').toString('hex')).toBe(hex);
  });
});

describe('secrets', () => {
  it('make one key each, and a bounded number of them is kept', () => {
    expect(secretKey('s', 'utf8')).toBe(secretKey('s', 'utf8'));
    expect(secretKey('aa', 'utf8')).not.toBe(secretKey('aa', 'hex'));
    const first = secretKey('bounded', 'utf8');
    for (let index = 0; index < 600; index += 1) secretKey(`bounded ${index}`, 'utf8');
    expect(secretKey('bounded', 'utf8')).not.toBe(first);
    expect(secretKey('bounded', 'utf8').export().equals(first.export())).toBe(true);
  });
  it('are compared whatever their lengths', () => {
    expect([equalText('ab', 'ab'), equalText('ab', 'ac'), equalText('ab', 'abc'), equalText('', ''), equalText('é', 'e')]).toEqual([
      true,
      false,
      false,
      true,
      false,
    ]);
  });
});

describe('bytes as text', () => {
  const forms: readonly TextForm[] = ['base64', 'base64url', 'hex'];

  it('come back from every form', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 70 }), fc.constantFrom(...forms), (bytes, form) => {
        expect([...bytesOf(textOf(bytes, form), form)!]).toEqual([...bytes]);
      }),
    );
  });
  it('have one spelling: nothing is read that is not written so', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'AQgwBZ09+/-_=af'), maxLength: 9 }), fc.constantFrom(...forms), (text, form) => {
        const bytes = bytesOf(text, form);
        if (bytes !== null) expect(textOf(bytes, form)).toBe(form === 'hex' ? text.toLowerCase() : text);
      }),
      { numRuns: 2_000 },
    );
  });
  it('are refused when cut off, not canonical or in another form', () => {
    for (const odd of ['A', 'AA', 'AAA', 'AAAAA', 'AA=', 'AB==', 'AAB=', 'AA==AA==', '====', 'AA-_', ' AAAA', 'ＡAAA'])
      expect(bytesOf(odd, 'base64')).toBeNull();
    for (const odd of ['A', 'AAAAA', 'AB', 'AAB', 'AA==', 'AA+/', 'AA\nAA']) expect(bytesOf(odd, 'base64url')).toBeNull();
    for (const odd of ['a', 'abc', '0x', 'zz', 'ab ', '١١']) expect(bytesOf(odd, 'hex')).toBeNull();
  });
  it('may have line breaks in base64, as old Java encoders set them', () => {
    const bytes = new Uint8Array(100).map((_, index) => index);
    expect([...bytesOf(Buffer.from(bytes).toString('base64').replaceAll(/.{76}/g, '$&\r\n'), 'base64')!]).toEqual([...bytes]);
  });
  it('are a view of a buffer, not the whole of it', () => {
    expect(textOf(new Uint8Array([1, 2, 3, 4]).subarray(1, 3), 'hex')).toBe('0203');
  });
  it('are UTF-8 or nothing', () => {
    expect([utf8Of(Buffer.from('授信')), utf8Of(new Uint8Array([0xff])), utf8Of(new Uint8Array([0xc0, 0x80])), utf8Of(new Uint8Array())]).toEqual([
      '授信',
      null,
      null,
      '',
    ]);
  });
});
