/**
 * RSA keys in any of the writings that are seen: PEM or bare base64; PKCS#8 or PKCS#1 private keys; SPKI or PKCS#1 public keys and X.509
 * certificates. Made once per text. Nothing here says why a key is bad: the parser's own words could quote it.
 */
import { createPrivateKey, createPublicKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { keyDerOf } from './key-text.ts';
import { madeOnce } from './key-cache.ts';

const MIN_BITS = 1_024;
const MAX_BITS = 8_192;

/** The private key in that text, or null when there is none of RSA with 1,024 to 8,192 bits. An encrypted key is none. */
export const rsaPrivateKey: (text: string) => KeyObject | null = madeOnce((text) => {
  const found = keyDerOf(text);
  if (found === null) return null;
  const { der } = found;
  return rsaKey(
    () => createPrivateKey({ key: Buffer.from(der), format: 'der', type: 'pkcs8' }),
    () => createPrivateKey({ key: Buffer.from(der), format: 'der', type: 'pkcs1' }),
  );
});

/** The public key in that text, or null. A private key is none: whoever configured it there has mistaken one secret for another. */
export const rsaPublicKey: (text: string) => KeyObject | null = madeOnce((text) => {
  const found = keyDerOf(text);
  // Both hosts would take the public half out of a private key's DER.
  if (found === null || rsaPrivateKey(text) !== null) return null;
  const { label, der } = found;
  if (label === 'CERTIFICATE') {
    const pem = `-----BEGIN CERTIFICATE-----\n${Buffer.from(der).toString('base64').replaceAll(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`;
    return rsaKey(() => createPublicKey({ key: pem, format: 'pem' }));
  }
  return rsaKey(
    () => createPublicKey({ key: Buffer.from(der), format: 'der', type: 'spki' }),
    () => createPublicKey({ key: Buffer.from(der), format: 'der', type: 'pkcs1' }),
  );
});

/** The key's size in bytes, which is that of a signature and of a sealed block. */
export function rsaBytes(key: KeyObject): number {
  return Math.ceil((key.asymmetricKeyDetails?.modulusLength ?? 0) / 8);
}

function rsaKey(...attempts: readonly (() => KeyObject)[]): KeyObject | null {
  for (const attempt of attempts) {
    try {
      const key = attempt();
      const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
      if (key.asymmetricKeyType === 'rsa' && bits >= MIN_BITS && bits <= MAX_BITS) return key;
    } catch {
      continue;
    }
  }
  return null;
}
