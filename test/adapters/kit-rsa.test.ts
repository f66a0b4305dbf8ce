/** RSA, by what the openssl command line signed and sealed, in every writing of a key, and by everything that must be refused. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rsaBytes, rsaPrivateKey, rsaPublicKey } from '../../adapters/kit/rsa-keys.ts';
import { openRsa, sealRsa, unwrapKeyRsa, wrapKeyRsa } from '../../adapters/kit/rsa-seal.ts';
import { signRsa, verifyRsa } from '../../adapters/kit/rsa-sign.ts';
import { InvariantError } from '../../src/domain/failures.ts';
import { OPENSSL_SEALED, OPENSSL_SIGNED, RSA_1024, RSA_2048, SEALED_TEXT, SIGNED_TEXT, SM2_KEY } from './kit-keys.ts';

const PRIVATE = { pkcs8Pem: RSA_1024.pkcs8Pem, pkcs1Pem: RSA_1024.pkcs1Pem, pkcs8: RSA_1024.pkcs8, pkcs1: RSA_1024.pkcs1 };
const PUBLIC = {
  spkiPem: RSA_1024.spkiPem,
  pkcs1PublicPem: RSA_1024.pkcs1PublicPem,
  spki: RSA_1024.spki,
  pkcs1Public: RSA_1024.pkcs1Public,
  certificate: RSA_1024.certificate,
};
const DIGESTS = ['md5', 'sha1', 'sha256'] as const;
const PADDINGS = ['pkcs1', 'oaep-sha1', 'oaep-sha256'] as const;
const utf8 = (bytes: Uint8Array | null): string | null => (bytes === null ? null : Buffer.from(bytes).toString('utf8'));

describe('keys', () => {
  it.each(Object.entries(PRIVATE))('a private key is read from %s, once', (_name, text) => {
    expect(signRsa(text, SIGNED_TEXT, 'sha256')).toBe(OPENSSL_SIGNED.sha256);
    expect(rsaPrivateKey(text)).toBe(rsaPrivateKey(text));
  });
  it.each(Object.entries(PUBLIC))('a public key is read from %s, once', (_name, text) => {
    expect(verifyRsa(text, SIGNED_TEXT, OPENSSL_SIGNED.sha256, 'sha256')).toBe(true);
    expect(rsaPublicKey(text)).toBe(rsaPublicKey(text));
  });
  it('are read with blanks around, line breaks as \\n, and other blocks beside', () => {
    const wrapped = RSA_1024.pkcs8.replaceAll(/.{64}/g, '$&\r\n');
    for (const text of [
      ` ${RSA_1024.pkcs8}\n`,
      wrapped,
      RSA_1024.pkcs8Pem.replaceAll('\n', String.raw`\n`),
      `${RSA_1024.spkiPem.replaceAll('PUBLIC KEY', 'X')}${RSA_1024.pkcs8Pem}`,
    ]) {
      expect(rsaPrivateKey(text)).not.toBeNull();
    }
    expect([rsaBytes(rsaPrivateKey(RSA_1024.pkcs8)!), rsaBytes(rsaPublicKey(RSA_2048.spki)!)]).toEqual([128, 256]);
  });
  it('are refused when they are none, of another kind, or the wrong half', () => {
    const cut = RSA_1024.pkcs8.slice(0, -40);
    for (const bad of [
      '',
      'secret',
      'AAAA',
      cut,
      `${cut}====`,
      SM2_KEY.pkcs8Pem,
      RSA_1024.spkiPem,
      RSA_1024.spki,
      '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----',
      'x'.repeat(40_000),
    ]) {
      expect(rsaPrivateKey(bad)).toBeNull();
      expect(() => signRsa(bad, 'x', 'sha256')).toThrow(new InvariantError('RSA private key cannot be read'));
      expect(openRsa(bad, OPENSSL_SEALED.pkcs1, 'pkcs1')).toBeNull();
    }
    for (const bad of ['', 'secret', 'AAAA', RSA_1024.spki.slice(0, -8), SM2_KEY.spkiPem, RSA_1024.pkcs8Pem, RSA_1024.pkcs8, RSA_1024.pkcs1]) {
      expect(rsaPublicKey(bad)).toBeNull();
      expect(() => sealRsa(bad, 'x', 'pkcs1')).toThrow(new InvariantError('RSA public key cannot be read'));
      expect(verifyRsa(bad, SIGNED_TEXT, OPENSSL_SIGNED.sha256, 'sha256')).toBe(false);
    }
  });
  it('of 512 bits are refused', () => {
    expect([rsaPublicKey(RSA_512_SPKI), rsaPrivateKey(RSA_512_PKCS8)]).toEqual([null, null]);
  });
});

describe('signatures', () => {
  it.each(DIGESTS)('%s agrees with openssl, byte for byte', (digest) => {
    expect(signRsa(RSA_1024.pkcs8, SIGNED_TEXT, digest)).toBe(OPENSSL_SIGNED[digest]);
    expect(signRsa(RSA_1024.pkcs8, new TextEncoder().encode(SIGNED_TEXT), digest, 'hex')).toBe(
      Buffer.from(OPENSSL_SIGNED[digest], 'base64').toString('hex'),
    );
    expect(verifyRsa(RSA_1024.spki, SIGNED_TEXT, OPENSSL_SIGNED[digest], digest)).toBe(true);
  });
  it('are refused over another text, by another digest or key, and with any bit changed', () => {
    const signature = OPENSSL_SIGNED.sha256;
    expect(verifyRsa(RSA_1024.spki, `${SIGNED_TEXT} `, signature, 'sha256')).toBe(false);
    expect(verifyRsa(RSA_1024.spki, SIGNED_TEXT, signature, 'sha1')).toBe(false);
    expect(verifyRsa(RSA_2048.spki, SIGNED_TEXT, signature, 'sha256')).toBe(false);
    fc.assert(
      fc.property(fc.nat(1_023), (bit) => {
        const changed = Buffer.from(signature, 'base64');
        changed[bit >> 3]! ^= 1 << (bit & 7);
        expect(verifyRsa(RSA_1024.spki, SIGNED_TEXT, changed.toString('base64'), 'sha256')).toBe(false);
      }),
    );
  });
  it('are refused when empty, cut off, lengthened, zero, not below the modulus or oddly written', () => {
    const raw = Buffer.from(OPENSSL_SIGNED.sha256, 'base64');
    const odd = [
      Buffer.alloc(0),
      raw.subarray(1),
      raw.subarray(0, -1),
      Buffer.concat([raw, Buffer.alloc(1)]),
      Buffer.concat([Buffer.alloc(1), raw]),
      Buffer.alloc(128),
      Buffer.alloc(128, 0xff),
      Buffer.concat([Buffer.alloc(127), Buffer.of(1)]),
    ];
    for (const bytes of odd) expect(verifyRsa(RSA_1024.spki, SIGNED_TEXT, bytes.toString('base64'), 'sha256')).toBe(false);
    for (const text of [OPENSSL_SIGNED.sha256.replace(/=+$/, ''), `${OPENSSL_SIGNED.sha256}A`, raw.toString('hex'), '签名'])
      expect(verifyRsa(RSA_1024.spki, SIGNED_TEXT, text, 'sha256')).toBe(false);
  });
});

describe('sealing', () => {
  it('opens what openssl sealed', () => {
    expect(utf8(openRsa(RSA_1024.pkcs1, OPENSSL_SEALED.pkcs1, 'pkcs1'))).toBe(SEALED_TEXT);
    expect(utf8(openRsa(RSA_2048.pkcs8, OPENSSL_SEALED.oaepSha256, 'oaep-sha256'))).toBe(SEALED_TEXT);
  });
  it.each(PADDINGS)('%s opens what it sealed, in as many blocks as it took', (padding) => {
    const most = { pkcs1: 117, 'oaep-sha1': 86, 'oaep-sha256': 62 }[padding];
    for (const length of [0, 1, most, most + 1, 3 * most, 500]) {
      const data = Buffer.alloc(length, 7);
      const sealed = sealRsa(RSA_1024.spki, data, padding);
      expect(Buffer.from(sealed, 'base64')).toHaveLength(Math.max(1, Math.ceil(length / most)) * 128);
      expect(openRsa(RSA_1024.pkcs8, sealed, padding)).toEqual(data);
    }
    expect(sealRsa(RSA_1024.spki, 'x', padding)).not.toBe(sealRsa(RSA_1024.spki, 'x', padding));
    expect(() => sealRsa(RSA_1024.spki, 'x', padding, 'base64', most + 1)).toThrow(InvariantError);
  });
  it('takes 117 bytes a block under 2,048 bits where the funder wants it so, and parts a character where it falls', () => {
    const text = '授信'.repeat(60);
    const sealed = sealRsa(RSA_2048.spki, text, 'pkcs1', 'hex', 117);
    expect([sealed.length, utf8(openRsa(RSA_2048.pkcs8, sealed, 'pkcs1', 'hex'))]).toEqual([2 * 256 * Math.ceil(360 / 117), text]);
  });
  it.each(PADDINGS)('%s never gives the text back from a changed one, and never throws', (padding) => {
    const sealed = Buffer.from(sealRsa(RSA_1024.spki, 'a text to keep', padding), 'base64');
    fc.assert(
      fc.property(fc.nat(1_023), (bit) => {
        const changed = Buffer.from(sealed);
        changed[bit >> 3]! ^= 1 << (bit & 7);
        const opened = openRsa(RSA_1024.pkcs8, changed.toString('base64'), padding);
        // PKCS#1 v1.5 may answer with rubbish (implicit rejection); OAEP knows.
        expect(padding === 'pkcs1' ? utf8(opened) : opened).not.toBe('a text to keep');
        if (padding !== 'pkcs1') expect(opened).toBeNull();
      }),
      { numRuns: 60 },
    );
  });
  it('opens nothing of another length, and no more than 64 blocks', () => {
    const block = sealRsa(RSA_1024.spki, 'x', 'oaep-sha1', 'hex');
    for (const odd of ['', block.slice(2), block.slice(0, -2), `${block}00`, '00'.repeat(128), 'ff'.repeat(128), 'zz']) {
      expect(openRsa(RSA_1024.pkcs8, odd, 'oaep-sha1', 'hex')).toBeNull();
    }
    expect(utf8(openRsa(RSA_1024.pkcs8, block.repeat(64), 'oaep-sha1', 'hex'))).toBe('x'.repeat(64));
    expect(openRsa(RSA_1024.pkcs8, block.repeat(65), 'oaep-sha1', 'hex')).toBeNull();
  });
  it('never throws on any bytes of the right length', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 128, maxLength: 128 }), fc.constantFrom(...PADDINGS), (bytes, padding) => {
        const opened = openRsa(RSA_1024.pkcs8, Buffer.from(bytes).toString('hex'), padding, 'hex');
        expect(opened === null || opened.length <= 117).toBe(true);
      }),
      { numRuns: 40 },
    );
  });
});

describe('wrapped keys', () => {
  const key = Buffer.from('0123456789abcdef');

  it.each(['raw', 'hex', 'base64', 'utf8'] as const)('come back, written as %s', (as) => {
    const wrapped = wrapKeyRsa(RSA_1024.spki, key, 'pkcs1', as);
    expect(utf8(unwrapKeyRsa(RSA_1024.pkcs8, wrapped, 'pkcs1', 16, as))).toBe('0123456789abcdef');
    expect(unwrapKeyRsa(RSA_1024.pkcs8, wrapped, 'pkcs1', 32, as)).toBeNull();
  });
  it('are null when what was inside is no key in that writing', () => {
    for (const as of ['hex', 'base64'] as const)
      expect(unwrapKeyRsa(RSA_1024.pkcs8, sealRsa(RSA_1024.spki, 'not!a key', 'oaep-sha1'), 'oaep-sha1', 16, as)).toBeNull();
    expect(unwrapKeyRsa(RSA_1024.pkcs8, sealRsa(RSA_1024.spki, new Uint8Array(16).fill(0xff), 'oaep-sha1'), 'oaep-sha1', 16, 'utf8')).toBeNull();
    expect(unwrapKeyRsa(RSA_1024.pkcs8, '', 'oaep-sha1', 16)).toBeNull();
  });
});

const RSA_512_PKCS8 =
  'MIIBVAIBADANBgkqhkiG9w0BAQEFAASCAT4wggE6AgEAAkEA0LPTlpEYroPjTcgH9WQxd/ei28HVyIKSpZTVrukGMXLtDVVNo6Aav7N88LdRDI3hzS1RnRTOmIucKieJzhftbwIDAQABAkBHD+QM0Yzw5zF/a4viL2J0sdo/L4oGgwdB4CK+MtQMA7Mwq5vKtWERbb5lO7XFxsBRvYqCh8Y27ll7pJKc4l7pAiEA9I/qhdPYKNnik9Kr/njTeeBuYOwd0l9pcSpvDFUkrQsCIQDadpIRMe80e+hiclQc7Yx4dkCJpeQVB3y5WEjgBikXrQIhALE2i8lXvZ20bNOS5+Coqwz4jOMclWt4ic5f4kH8fGwLAiB1PKBSffuirMQe4L/m7kwt8TfdJptp9aSnSouBPY0b2QIgd1SDmpCGW4bV6weu/0xAR1OGUfPezTS38HFjdC70NO0=';
const RSA_512_SPKI =
  'MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBANCz05aRGK6D403IB/VkMXf3otvB1ciCkqWU1a7pBjFy7Q1VTaOgGr+zfPC3UQyN4c0tUZ0UzpiLnConic4X7W8CAwEAAQ==';
