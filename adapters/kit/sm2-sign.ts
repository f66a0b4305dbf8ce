/**
 * SM3withSM2 (GM/T 0003.2): the digest covers the signer's id and public key as well as the data. Signing is deterministic
 * (one-time-number.ts). The library verifies without looking whether r and s lie in the group, so that is done here, before.
 */
import { sm2 } from 'sm-crypto-v2';
import { invariant } from '../../src/domain/failures.ts';
import { derSequence, derUnsigned } from './der.ts';
import type { TextForm } from './encoding.ts';
import { bytesOf, dataOf, textOf } from './encoding.ts';
import { oneTimeNumber } from './one-time-number.ts';
import { SM2_ORDER, sm2PrivateKey, sm2PublicKey } from './sm2-keys.ts';

export interface Sm2SignScheme {
  /** DER (as Java and OpenSSL write it), or r and s of 32 bytes each. */
  readonly form: 'der' | 'raw';
  readonly text: TextForm;
  /** The signer's id; default: the one every standard example uses. */
  readonly userId?: string;
}

/** The id that nearly all implementations sign under. */
const SM2_USER_ID = '1234567812345678';
const SCALAR_BYTES = 32;

/** The signature over text (as UTF-8) or bytes. Throws InvariantError, quoting nothing, when the private key cannot be read. */
export function signSm2(privateKey: string, data: string | Uint8Array, scheme: Sm2SignScheme): string {
  const key = sm2PrivateKey(privateKey);
  invariant(key !== null, 'SM2 private key cannot be read');
  const digest = Buffer.from(sm2.getHash(dataOf(data), key.publicHex, scheme.userId ?? SM2_USER_ID), 'hex');
  const k = oneTimeNumber(Buffer.from(key.hex, 'hex'), digest, SM2_ORDER);
  const point = sm2.getPublicKeyFromPrivateKey(k.toString(16).padStart(64, '0'));
  const x1 = BigInt(`0x${point.slice(2, 66)}`);
  return textOf(Buffer.from(sm2.doSignature(digest, key.hex, { pointPool: [{ k, x1 }], der: scheme.form === 'der' }), 'hex'), scheme.text);
}

/** True when the signature is the key's over the data under that id. False for anything else, a bad key included; never throws. */
export function verifySm2(publicKey: string, data: string | Uint8Array, signature: string, scheme: Sm2SignScheme): boolean {
  const key = sm2PublicKey(publicKey);
  const bytes = bytesOf(signature, scheme.text);
  const raw = key === null || bytes === null ? null : scheme.form === 'der' ? rawOf(bytes) : bytes;
  if (key === null || raw?.length !== 2 * SCALAR_BYTES) return false;
  if (!inGroup(raw.subarray(0, SCALAR_BYTES)) || !inGroup(raw.subarray(SCALAR_BYTES))) return false;
  try {
    const digest = Buffer.from(sm2.getHash(dataOf(data), key.hex, scheme.userId ?? SM2_USER_ID), 'hex');
    return sm2.doVerifySignature(digest, textOf(raw, 'hex'), key.point);
  } catch {
    return false;
  }
}

function rawOf(der: Uint8Array): Uint8Array | null {
  const [r, s, ...rest] = derSequence(der) ?? [];
  const parts = [derUnsigned(r, SCALAR_BYTES), derUnsigned(s, SCALAR_BYTES)];
  return rest.length === 0 && parts.every((part) => part !== null) ? Buffer.concat(parts) : null;
}

function inGroup(scalar: Uint8Array): boolean {
  const number = BigInt(`0x${textOf(scalar, 'hex')}`);
  return number >= 1n && number < SM2_ORDER;
}
