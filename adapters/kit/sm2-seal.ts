/**
 * SM2 encryption (GM/T 0003.4): a point C1, the ciphertext C2 and the digest C3, in the order of the standard (C1C3C2), in that of its draft
 * (C1C2C3), or as DER. The digest proves that the text was not changed, not who sealed it. Each sealing draws a one-time key from the
 * host's generator: see session-key.ts.
 */
import { sm2 } from 'sm-crypto-v2';
import { invariant } from '../../src/domain/failures.ts';
import { DER, derSequence, derUnsigned } from './der.ts';
import type { TextForm } from './encoding.ts';
import { bytesOf, dataOf, textOf } from './encoding.ts';
import { sm2PrivateKey, sm2PublicKey } from './sm2-keys.ts';

export interface Sm2SealScheme {
  readonly order: 'C1C3C2' | 'C1C2C3' | 'der';
  /** Whether C1 is written with the 04 that marks an uncompressed point; opening takes either. */
  readonly prefix04: boolean;
  readonly text: TextForm;
}

const C1_BYTES = 64;
const C3_BYTES = 32;
const COORDINATE_BYTES = 32;
const MODE = { C1C2C3: 0, C1C3C2: 1, der: 1 } as const;

/** Text (as UTF-8) or bytes, sealed. Throws InvariantError, quoting nothing, when the public key cannot be read or there is nothing to seal. */
export function sealSm2(publicKey: string, plaintext: string | Uint8Array, scheme: Sm2SealScheme): string {
  const key = sm2PublicKey(publicKey);
  invariant(key !== null, 'SM2 public key cannot be read');
  const data = dataOf(plaintext);
  invariant(data.length > 0, 'SM2 seals no empty text');
  for (;;) {
    const sealed = Buffer.from(sm2.doEncrypt(data, key.point, MODE[scheme.order], { asn1: scheme.order === 'der' }), 'hex');
    // The standard draws again when the key stream is all zero, which for one or two bytes does happen; the library does not.
    if (scheme.order !== 'der' && !same(data, c2Of(sealed, scheme.order))) {
      return textOf(scheme.prefix04 ? Buffer.concat([Uint8Array.of(4), sealed]) : sealed, scheme.text);
    }
    if (scheme.order === 'der' && !same(data, derSequence(sealed)?.[3]?.body ?? data)) return textOf(sealed, scheme.text);
  }
}

/** What was sealed; null when it is not that, whatever is wrong. Never throws. */
export function openSm2(privateKey: string, sealed: string, scheme: Sm2SealScheme): Uint8Array | null {
  const key = sm2PrivateKey(privateKey);
  const bytes = bytesOf(sealed, scheme.text);
  if (key === null || bytes === null) return null;
  for (const raw of scheme.order === 'der' ? [rawOf(bytes)] : rawsOf(bytes)) {
    const opened = raw === null ? null : open(key.hex, raw, MODE[scheme.order]);
    if (opened !== null) return opened;
  }
  return null;
}

function open(keyHex: string, raw: Uint8Array, mode: 0 | 1): Uint8Array | null {
  if (raw.length <= C1_BYTES + C3_BYTES) return null;
  try {
    // Throws when C1 is no point of the curve; gives an empty list when C3 does not match.
    const opened = sm2.doDecrypt(textOf(raw, 'hex'), keyHex, mode, { output: 'array' });
    return opened.length === 0 ? null : opened;
  } catch {
    return null;
  }
}

// A first byte of 04 is the mark, or by chance that of a coordinate written without one.
function rawsOf(bytes: Uint8Array): readonly Uint8Array[] {
  return bytes[0] === 4 ? [bytes.subarray(1), bytes] : [bytes];
}

function rawOf(der: Uint8Array): Uint8Array | null {
  const [x, y, c3, c2, ...rest] = derSequence(der) ?? [];
  const point = [derUnsigned(x, COORDINATE_BYTES), derUnsigned(y, COORDINATE_BYTES)];
  if (c3?.tag !== DER.octetString || c2?.tag !== DER.octetString || rest.length > 0 || c3.body.length !== C3_BYTES) return null;
  return point.every((part) => part !== null) ? Buffer.concat([...point, c3.body, c2.body]) : null;
}

function c2Of(raw: Uint8Array, order: 'C1C3C2' | 'C1C2C3'): Uint8Array {
  return order === 'C1C3C2' ? raw.subarray(C1_BYTES + C3_BYTES) : raw.subarray(C1_BYTES, -C3_BYTES);
}

function same(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && left.every((byte, index) => byte === right[index]);
}
