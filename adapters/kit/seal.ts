/**
 * AES-256-CBC with PKCS#7 padding, IV in front. The cipher alone proves nothing about who sealed: a protocol that uses it must check
 * its MAC *before* opening (encrypt, then MAC), or the padding becomes an oracle.
 */
import { createCipheriv, createDecipheriv } from 'node:crypto';
import { invariant } from '../../src/domain/failures.ts';
import { secretKey } from './digest.ts';

const IV_BYTES = 16;
const BLOCK_BYTES = 16;
const HEX_KEY = /^[0-9a-f]{64}$/i;
const HEX_IV = /^[0-9a-f]{32}$/i;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** Seals text: base64 of IV and ciphertext. `ivHex` (32 hex characters) must be fresh and unpredictable for each call. */
export function sealCbc(keyHex: string, ivHex: string, plaintext: string): string {
  invariant(HEX_KEY.test(keyHex), 'AES key must be 64 hex characters');
  invariant(HEX_IV.test(ivHex), 'IV must be 32 hex characters');
  const iv = Buffer.from(ivHex, 'hex');
  const cipher = createCipheriv('aes-256-cbc', secretKey(keyHex, 'hex'), iv);
  return Buffer.concat([iv, cipher.update(plaintext, 'utf8'), cipher.final()]).toString('base64');
}

/** Opens what `sealCbc` made; null when it is not that. Never throws. */
export function openCbc(keyHex: string, sealed: string): Uint8Array | null {
  if (!HEX_KEY.test(keyHex) || !BASE64.test(sealed)) return null;
  const bytes = Buffer.from(sealed, 'base64');
  if (bytes.length < IV_BYTES + BLOCK_BYTES || bytes.length % BLOCK_BYTES !== 0) return null;
  try {
    const cipher = createDecipheriv('aes-256-cbc', secretKey(keyHex, 'hex'), bytes.subarray(0, IV_BYTES));
    return Buffer.concat([cipher.update(bytes.subarray(IV_BYTES)), cipher.final()]);
  } catch {
    return null;
  }
}
