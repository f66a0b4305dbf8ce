/**
 * The rule of randomness in codecs, for all of the kit. An adapter has no randomness but `ctx.nonce`, and that travels in clear.
 * - Signatures and session keys are functions of their input: RSA PKCS#1 v1.5 signs so by nature, SM2 draws its number by RFC 6979, a
 *   session key is derived below from a secret and the nonce. A case compares them byte for byte, and the simulation repeats them.
 * - IVs are the nonce itself: fresh, public, and as unpredictable as the nonce is.
 * - What RSA encryption pads with and SM2 encryption's one-time key come from the host's own generator. Such a text differs at every call:
 *   a case opens it and compares what was inside.
 */
import { createHmac } from 'node:crypto';
import { secretKey } from './digest.ts';

const NOT_ALPHANUMERIC = /[^A-Za-z0-9]/g;

/**
 * A key of `bytes` bytes for this call alone: HMAC-SHA256 of label, nonce and a counter under a secret that only we and, at most, the
 * funder hold (our private key's text, the sign key). `label` keeps a key and an IV made in one call apart.
 */
export function sessionKey(secret: string, nonce: string, label: string, bytes: number): Uint8Array {
  const blocks = Array.from({ length: Math.ceil(bytes / 32) }, (_, index) => block(secret, nonce, label, index));
  return Buffer.concat(blocks).subarray(0, bytes);
}

/** The same as letters and digits, for protocols whose AES key is a text of 16 or 32 characters (about 95 or 190 bits). */
export function sessionKeyText(secret: string, nonce: string, label: string, chars: number): string {
  let text = '';
  for (let index = 0; text.length < chars; index += 1) {
    text += block(secret, nonce, label, index).toString('base64').replace(NOT_ALPHANUMERIC, '');
  }
  return text.slice(0, chars);
}

function block(secret: string, nonce: string, label: string, index: number): Buffer {
  return createHmac('sha256', secretKey(secret, 'utf8')).update(`${label}\n${nonce}\n${index}`).digest();
}
