/**
 * The codecs that a library does for us, against OpenSSL on random input, both ways. On Node alone: workerd's node:crypto has none of these.
 * The one for SM2 signs under an empty id; the id that the field uses is in kit-sm2.test.ts, signed by the command line.
 */
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createPrivateKey,
  createPublicKey,
  createVerify,
  generateKeyPairSync,
  sign,
  verify,
} from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BlockScheme } from '../../adapters/kit/block-cipher.ts';
import { openBlock, sealBlock } from '../../adapters/kit/block-cipher.ts';
import { sm2PrivateKey, sm2PublicKey } from '../../adapters/kit/sm2-keys.ts';
import { signSm2, verifySm2 } from '../../adapters/kit/sm2-sign.ts';
import { sm3Hex } from '../../adapters/kit/sm3.ts';
import { signRsa } from '../../adapters/kit/rsa-sign.ts';
import { RSA_2048 } from './kit-keys.ts';

const data = fc.uint8Array({ maxLength: 300 });
const block = fc.uint8Array({ minLength: 16, maxLength: 16 });
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

describe('OpenSSL', () => {
  it('gives the same SM3', () => {
    fc.assert(
      fc.property(data, (bytes) => {
        expect(sm3Hex(bytes)).toBe(createHash('sm3').update(bytes).digest('hex'));
      }),
    );
  });
  it.each(['ecb', 'cbc'] as const)('gives the same SM4 %s, and opens ours', (mode) => {
    const scheme = { cipher: 'sm4', mode, iv: 'apart', key: 'hex', text: 'hex' } as BlockScheme;
    fc.assert(
      fc.property(data, block, block, (bytes, key, iv) => {
        const theirs = createCipheriv(`sm4-${mode}`, key, mode === 'ecb' ? null : iv);
        const sealed = Buffer.concat([theirs.update(bytes), theirs.final()]).toString('hex');
        expect(sealBlock(scheme, hex(key), bytes, hex(iv))).toBe(sealed);
        expect(hex(openBlock(scheme, hex(key), sealed, hex(iv))!)).toBe(hex(bytes));
      }),
    );
  });
  it.each(['ecb', 'cbc'] as const)('says of any bytes, as SM4 %s, what ours says', (mode) => {
    const scheme = { cipher: 'sm4', mode, iv: 'apart', key: 'hex', text: 'hex' } as BlockScheme;
    const key = Buffer.alloc(16, 5);
    const blocks = fc.array(block, { minLength: 1, maxLength: 3 }).map((list) => Buffer.concat(list));
    fc.assert(
      fc.property(blocks, (bytes) => {
        const ours = openBlock(scheme, key, hex(bytes), '00'.repeat(16));
        expect(ours === null ? null : hex(ours)).toBe(opened(`sm4-${mode}`, key, mode === 'ecb' ? null : Buffer.alloc(16), bytes));
      }),
      { numRuns: 500 },
    );
  });
  it('verifies our SM2 signatures under fresh keys, and we its', () => {
    for (let index = 0; index < 8; index += 1) {
      const pair = generateKeyPairSync('ec', { namedCurve: 'SM2' });
      const privatePem = pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
      const publicPem = pair.publicKey.export({ type: 'spki', format: 'pem' }).toString();
      expect(sm2PublicKey(publicPem)!.hex).toBe(sm2PrivateKey(privatePem)!.publicHex);
      const scheme = { form: 'der', text: 'hex', userId: '' } as const;
      fc.assert(
        fc.property(data, (bytes) => {
          const theirs = hex(sign('sm3', bytes, createPrivateKey(privatePem)));
          expect(verifySm2(publicPem, bytes, theirs, scheme)).toBe(true);
          expect(verify('sm3', bytes, createPublicKey(publicPem), Buffer.from(signSm2(privatePem, bytes, scheme), 'hex'))).toBe(true);
        }),
        { numRuns: 6 },
      );
    }
  });
  it('verifies our RSA2 signatures', () => {
    const key = createPublicKey({ key: Buffer.from(RSA_2048.spki, 'base64'), format: 'der', type: 'spki' });
    fc.assert(
      fc.property(data, (bytes) => {
        expect(
          createVerify('RSA-SHA256')
            .update(bytes)
            .verify(key, signRsa(RSA_2048.pkcs8, bytes, 'sha256'), 'base64'),
        ).toBe(true);
      }),
      { numRuns: 20 },
    );
  });
});

function opened(cipher: string, key: Buffer, iv: Buffer | null, bytes: Buffer): string | null {
  try {
    const theirs = createDecipheriv(cipher, key, iv);
    return Buffer.concat([theirs.update(bytes), theirs.final()]).toString('hex');
  } catch {
    return null;
  }
}
