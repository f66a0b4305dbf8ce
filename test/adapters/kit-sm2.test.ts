/** SM2, by the examples of GM/T 0003.5, by what the openssl command line made, and by everything that must be refused. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { derElements, derSequence, derUnsigned } from '../../adapters/kit/der.ts';
import { sha256Hex } from '../../adapters/kit/digest.ts';
import { oneTimeNumber } from '../../adapters/kit/one-time-number.ts';
import { SM2_ORDER, sm2PrivateKey, sm2PublicKey } from '../../adapters/kit/sm2-keys.ts';
import type { Sm2SealScheme } from '../../adapters/kit/sm2-seal.ts';
import { openSm2, sealSm2 } from '../../adapters/kit/sm2-seal.ts';
import type { Sm2SignScheme } from '../../adapters/kit/sm2-sign.ts';
import { signSm2, verifySm2 } from '../../adapters/kit/sm2-sign.ts';
import { InvariantError } from '../../src/domain/failures.ts';
import { OPENSSL_SEALED, OPENSSL_SIGNED, RSA_1024, SEALED_TEXT, SIGNED_TEXT, SM2_KEY } from './kit-keys.ts';

/** The key pair of the standard's examples on the recommended curve. */
const D = '3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8';
const P = '0409f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13';
const R = 'f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3';
const S = 'b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa';
const RAW: Sm2SignScheme = { form: 'raw', text: 'hex' };
const DER: Sm2SignScheme = { form: 'der', text: 'base64' };
const C1C3C2: Sm2SealScheme = { order: 'C1C3C2', prefix04: true, text: 'hex' };
const ORDERS = (['C1C3C2', 'C1C2C3', 'der'] as const).flatMap((order) =>
  [true, false].map((prefix04): Sm2SealScheme => ({ order, prefix04, text: 'hex' })),
);
const utf8 = (bytes: Uint8Array | null): string | null => (bytes === null ? null : Buffer.from(bytes).toString('utf8'));
const bare = (pem: string): string => pem.replaceAll(/-----[^-]+-----|\s/g, '');
const hexOf = (number: bigint): string => number.toString(16).padStart(64, '0');

describe('keys', () => {
  const privates = [SM2_KEY.pkcs8Pem, SM2_KEY.sec1Pem, bare(SM2_KEY.pkcs8Pem), bare(SM2_KEY.sec1Pem)];
  const hex = sm2PrivateKey(SM2_KEY.pkcs8Pem)!.hex;
  const point = sm2PublicKey(SM2_KEY.spkiPem)!.hex;

  it('are one key in whatever writing, made once', () => {
    for (const text of [...privates, hex, hex.toUpperCase(), ` ${hex}\n`]) {
      expect(sm2PrivateKey(text)).toEqual({ hex, publicHex: point });
      expect(sm2PrivateKey(text)).toBe(sm2PrivateKey(text));
    }
    const compressed = `${Number.parseInt(point.slice(-1), 16) % 2 === 0 ? '02' : '03'}${point.slice(2, 66)}`;
    for (const text of [
      SM2_KEY.spkiPem,
      bare(SM2_KEY.spkiPem),
      point,
      point.slice(2),
      point.toUpperCase(),
      compressed,
      Buffer.from(point, 'hex').toString('base64'),
    ]) {
      expect(sm2PublicKey(text)?.hex).toBe(point);
    }
    expect(sm2PublicKey(point)).toBe(sm2PublicKey(point));
  });
  it('are refused when they are none, out of range, off the curve, or of another curve', () => {
    const p256 =
      'MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgoCK2JmG2pTNzOUxd33Xypl/tZQhQ64bKGjvJl1RwEMOhRANCAATKj+jgG7eB9HRtSk0oG3ukMn/qqoLV77b7tG8IKEMqmNOq2Q2Z/Q5VNt3qbjx/kPqY8FUVgJxaozxBMBxHlnV3';
    for (const bad of [
      '',
      'secret',
      hexOf(0n),
      hexOf(SM2_ORDER),
      hexOf(SM2_ORDER - 1n),
      'ff'.repeat(32),
      hex.slice(2),
      RSA_1024.pkcs8,
      SM2_KEY.spkiPem,
      p256,
      bare(SM2_KEY.pkcs8Pem).slice(0, -4),
    ]) {
      expect(sm2PrivateKey(bad)).toBeNull();
      expect(() => signSm2(bad, 'x', RAW)).toThrow(new InvariantError('SM2 private key cannot be read'));
      expect(openSm2(bad, OPENSSL_SEALED.sm2, { order: 'der', prefix04: true, text: 'base64' })).toBeNull();
    }
    expect(sm2PrivateKey(hexOf(SM2_ORDER - 2n))).not.toBeNull();
    const off = `${point.slice(0, -1)}${point.endsWith('0') ? '1' : '0'}`;
    for (const bad of [
      '',
      'public',
      off,
      '00',
      `04${'00'.repeat(64)}`,
      `04${'ff'.repeat(64)}`,
      point.slice(0, -2),
      `05${point.slice(2)}`,
      RSA_1024.spki,
      SM2_KEY.pkcs8Pem,
    ]) {
      expect(sm2PublicKey(bad)).toBeNull();
      expect(() => sealSm2(bad, 'x', C1C3C2)).toThrow(new InvariantError('SM2 public key cannot be read'));
      expect(verifySm2(bad, 'x', R + S, RAW)).toBe(false);
    }
  });
});

describe('the one-time number', () => {
  it('agrees with RFC 6979, A.2.5', () => {
    const key = Buffer.from('c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721', 'hex');
    const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
    const of = (text: string): string => hexOf(oneTimeNumber(key, Buffer.from(sha256Hex(text), 'hex'), order));
    expect([of('sample'), of('test')]).toEqual([
      'a6e3c57dd01abe90086538398355dd4c3b17aa873382b0f24d6129493d8aad60',
      'd16b6ae827f17175e040871a1c7ec3500192c4c92677336ec2537acaee0008e0',
    ]);
  });
  it('draws again when the first does not fit', () => {
    // Below this order one draw in two is too large.
    const order = 2n ** 255n;
    for (let index = 0; index < 20; index += 1) {
      const number = oneTimeNumber(new Uint8Array(32).fill(1), new Uint8Array(32).fill(index), order);
      expect(number >= 1n && number < order).toBe(true);
    }
  });
});

describe('signatures', () => {
  it('verify the example of GM/T 0003.5', () => {
    expect(verifySm2(P, 'message digest', R + S, RAW)).toBe(true);
    expect(verifySm2(P, 'message digest', R + S, { ...RAW, userId: 'ALICE123@YAHOO.COM' })).toBe(false);
  });
  it('verify what openssl signed, in DER', () => {
    expect(verifySm2(SM2_KEY.spkiPem, SIGNED_TEXT, OPENSSL_SIGNED.sm3, DER)).toBe(true);
    expect(verifySm2(SM2_KEY.spkiPem, `${SIGNED_TEXT}.`, OPENSSL_SIGNED.sm3, DER)).toBe(false);
    expect(verifySm2(P, SIGNED_TEXT, OPENSSL_SIGNED.sm3, DER)).toBe(false);
  });
  it('are the same for the same input, in either form, and another for any other', () => {
    const raw = signSm2(D, 'text', RAW);
    expect([signSm2(D, 'text', RAW), raw.length]).toEqual([raw, 128]);
    expect(new Set([raw, signSm2(D, 'texts', RAW), signSm2(D, 'text', { ...RAW, userId: 'x' }), signSm2(SM2_KEY.sec1Pem, 'text', RAW)]).size).toBe(4);
    const parts = derSequence(Buffer.from(signSm2(D, 'text', DER), 'base64'))!;
    expect(parts.map((part) => Buffer.from(derUnsigned(part, 32)!).toString('hex')).join('')).toBe(raw);
  });
  it('verify whatever was signed', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }),
        fc.constantFrom(RAW, DER),
        fc.constantFrom(undefined, '', '张三', 'x'.repeat(500)),
        (text, scheme, userId) => {
          const given = userId === undefined ? scheme : { ...scheme, userId };
          expect(verifySm2(P, text, signSm2(D, text, given), given)).toBe(true);
        },
      ),
      { numRuns: 30 },
    );
  });
  it('are refused with any bit changed', () => {
    fc.assert(
      fc.property(fc.nat(511), (bit) => {
        const changed = Buffer.from(R + S, 'hex');
        changed[bit >> 3]! ^= 1 << (bit & 7);
        expect(verifySm2(P, 'message digest', changed.toString('hex'), RAW)).toBe(false);
      }),
      { numRuns: 40 },
    );
  });
  it('are refused when r or s is 0 or not below the order, though the sum be right', () => {
    const n = hexOf(SM2_ORDER);
    const zero = hexOf(0n);
    const above = hexOf(BigInt(`0x${S}`) + SM2_ORDER > 2n ** 256n ? SM2_ORDER : BigInt(`0x${S}`) + SM2_ORDER);
    for (const odd of [zero + S, R + zero, zero + zero, n + S, R + n, R + above, 'ff'.repeat(64), R + hexOf(SM2_ORDER - BigInt(`0x${R}`)), S + R]) {
      expect(verifySm2(P, 'message digest', odd, RAW)).toBe(false);
    }
  });
  it('are refused when cut off, lengthened or oddly written', () => {
    for (const odd of ['', R, R + S.slice(2), `${R}${S}00`, `00${R}${S}`, 'zz'.repeat(64)])
      expect(verifySm2(P, 'message digest', odd, RAW)).toBe(false);
    const der = Buffer.from(OPENSSL_SIGNED.sm3, 'base64');
    for (let length = 0; length < der.length; length += 1)
      expect(verifySm2(SM2_KEY.spkiPem, SIGNED_TEXT, der.subarray(0, length).toString('base64'), DER)).toBe(false);
    expect(verifySm2(SM2_KEY.spkiPem, SIGNED_TEXT, Buffer.concat([der, Buffer.of(0)]).toString('base64'), DER)).toBe(false);
  });
  it('have one DER: no long length, no needless zero, no negative, no third number', () => {
    const form: Sm2SignScheme = { form: 'der', text: 'hex' };
    const int = (hex: string): string => (Number.parseInt(hex.slice(0, 2), 16) > 0x7f ? `0221${`00${hex}`}` : `0220${hex}`);
    const seq = (body: string): string => `30${(body.length / 2).toString(16).padStart(2, '0')}${body}`;
    const take = (hex: string): boolean => verifySm2(P, 'message digest', hex, form);
    const body = int(R) + int(S);
    expect(take(seq(body))).toBe(true);
    for (const odd of [
      `3081${seq(body).slice(2)}`,
      seq(`022200${int(R).slice(4)}${int(S)}`),
      seq(`0220${R}0220${S}`),
      seq(`${body}020101`),
      seq(int(R)),
      `31${seq(body).slice(2)}`,
      `3080${body}0000`,
      seq(body.replace('0221', '0421')),
      seq(`0200${int(S)}`),
    ]) {
      expect(take(odd)).toBe(false);
    }
    expect([derElements(Buffer.from('30', 'hex')), derElements(Buffer.from('3084000000010a', 'hex')), derElements(new Uint8Array())]).toEqual([
      null,
      null,
      [],
    ]);
  });
});

describe('sealing', () => {
  it('opens the example of GM/T 0003.5, whose first coordinate happens to begin with the 04 that may be left out', () => {
    const c1 = '04ebfc718e8d1798620432268e77feb6415e2ede0e073c0f4f640ecd2e149a73e858f9d81e5430a57b36daab8f950a3c64e6ee6a63094d99283aff767e124df0';
    const c3 = '59983c18f809e262923c53aec295d30383b54e39d609d160afcb1908d0bd8766';
    const c2 = '21886ca989ca9c7d58087307ca93092d651efa';
    for (const mark of ['', '04']) expect(utf8(openSm2(D, mark + c1 + c3 + c2, C1C3C2))).toBe('encryption standard');
    expect(utf8(openSm2(D, c1 + c2 + c3, { ...C1C3C2, order: 'C1C2C3' }))).toBe('encryption standard');
    expect(openSm2(D, c1 + c2 + c3, C1C3C2)).toBeNull();
  });
  it('opens what openssl sealed', () => {
    const scheme: Sm2SealScheme = { order: 'der', prefix04: true, text: 'base64' };
    expect(utf8(openSm2(SM2_KEY.pkcs8Pem, OPENSSL_SEALED.sm2, scheme))).toBe(SEALED_TEXT);
    expect(openSm2(D, OPENSSL_SEALED.sm2, scheme)).toBeNull();
    const der = Buffer.from(OPENSSL_SEALED.sm2, 'base64');
    for (let length = 0; length < der.length; length += 3)
      expect(openSm2(SM2_KEY.pkcs8Pem, der.subarray(0, length).toString('base64'), scheme)).toBeNull();
  });
  it.each(ORDERS)('$order with prefix04 $prefix04 opens what it sealed, from one byte on', (scheme) => {
    for (const text of ['a', 'ab', '授信', 'x'.repeat(1_000)]) {
      const sealed = sealSm2(P, text, scheme);
      expect(utf8(openSm2(D, sealed, { ...scheme, prefix04: !scheme.prefix04 }))).toBe(text);
      if (scheme.order !== 'der') expect(sealed.length / 2).toBe((scheme.prefix04 ? 97 : 96) + Buffer.byteLength(text));
    }
    expect(sealSm2(P, 'a text', scheme)).not.toBe(sealSm2(P, 'a text', scheme));
    expect(() => sealSm2(P, '', scheme)).toThrow(InvariantError);
  });
  it('never seals a text as itself, though one byte in 256 would be', () => {
    for (let index = 0; index < 300; index += 1) expect(sealSm2(P, new Uint8Array([7]), { ...C1C3C2, prefix04: false }).slice(-2)).not.toBe('07');
  });
  it('opens nothing that was changed, cut off, off the curve or of random bytes', () => {
    const sealed = Buffer.from(sealSm2(P, 'a text', C1C3C2), 'hex');
    const at = (position: number): Buffer => {
      const changed = Buffer.from(sealed);
      changed[position]! ^= 1;
      return changed;
    };
    for (let position = 0; position < sealed.length; position += 7) expect(openSm2(D, at(position).toString('hex'), C1C3C2)).toBeNull();
    for (const length of [0, 1, 64, 65, 96, 97, sealed.length - 1]) expect(openSm2(D, sealed.subarray(0, length).toString('hex'), C1C3C2)).toBeNull();
    for (const odd of ['zz', `04${'00'.repeat(110)}`, `04${'ff'.repeat(110)}`]) expect(openSm2(D, odd, C1C3C2)).toBeNull();
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 150 }), fc.constantFrom(...ORDERS), (bytes, scheme) => {
        expect(openSm2(D, Buffer.from(bytes).toString('hex'), scheme)).toBeNull();
      }),
      { numRuns: 40 },
    );
  });
});
