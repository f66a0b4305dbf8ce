/**
 * RSA encryption: long texts in blocks, as Chinese gateways do (117 bytes under 1,024 bits, 245 under 2,048), and wrapped session keys.
 *
 * PKCS#1 v1.5 has no proof of what it opens. Under Node a wrong ciphertext opens to *random bytes* (implicit rejection, so that nobody can learn
 * the plaintext by asking which ciphertexts fail), under workerd it fails; `openRsa` therefore gives null or rubbish, and its caller must
 * have checked a signature and must treat what does not parse as unreadable, in the same words as any other failure.
 */
import { constants, privateDecrypt, publicEncrypt } from 'node:crypto';
import { invariant } from '../../src/domain/failures.ts';
import type { TextForm } from './encoding.ts';
import { bytesOf, dataOf, textOf, utf8Of } from './encoding.ts';
import { rsaBytes, rsaPrivateKey, rsaPublicKey } from './rsa-keys.ts';

export type RsaPadding = 'pkcs1' | 'oaep-sha1' | 'oaep-sha256';
/** What of a key is wrapped: its bytes, its hex or base64 writing, or (`utf8`) the characters that are the key. */
export type WrappedForm = 'raw' | 'hex' | 'base64' | 'utf8';

/** A private-key operation costs up to milliseconds, so no stranger may ask for more of them than this in one message. */
const MAX_BLOCKS = 64;
const OVERHEAD: Readonly<Record<RsaPadding, number>> = { pkcs1: 11, 'oaep-sha1': 42, 'oaep-sha256': 66 };
const PADDINGS = {
  pkcs1: { padding: constants.RSA_PKCS1_PADDING },
  'oaep-sha1': { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha1' },
  'oaep-sha256': { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' },
} as const;

/**
 * Text (as UTF-8) or bytes, sealed in blocks of `segmentBytes` (default: as many as the key takes). The padding is the host's own
 * randomness: see session-key.ts. Throws InvariantError, quoting nothing, for a bad key or segment.
 */
export function sealRsa(
  publicKey: string,
  plaintext: string | Uint8Array,
  padding: RsaPadding,
  form: TextForm = 'base64',
  segmentBytes?: number,
): string {
  const key = rsaPublicKey(publicKey);
  invariant(key !== null, 'RSA public key cannot be read');
  const most = rsaBytes(key) - OVERHEAD[padding];
  const segment = segmentBytes ?? most;
  invariant(Number.isSafeInteger(segment) && segment > 0 && segment <= most, 'RSA segment does not fit the key');
  const data = dataOf(plaintext);
  const blocks = Array.from({ length: Math.max(1, Math.ceil(data.length / segment)) }, (_, index) =>
    publicEncrypt({ key, ...PADDINGS[padding] }, Buffer.from(data.subarray(index * segment, (index + 1) * segment))),
  );
  return textOf(Buffer.concat(blocks), form);
}

/** What was sealed, of at most 64 blocks; null when it is not that. Never throws. Under `pkcs1` a wrong text may give rubbish: see above. */
export function openRsa(privateKey: string, sealed: string, padding: RsaPadding, form: TextForm = 'base64'): Uint8Array | null {
  const key = rsaPrivateKey(privateKey);
  const bytes = bytesOf(sealed, form);
  if (key === null || bytes === null) return null;
  const size = rsaBytes(key);
  const count = bytes.length / size;
  if (!Number.isInteger(count) || count < 1 || count > MAX_BLOCKS) return null;
  try {
    return Buffer.concat(
      Array.from({ length: count }, (_, index) =>
        privateDecrypt({ key, ...PADDINGS[padding] }, Buffer.from(bytes.subarray(index * size, (index + 1) * size))),
      ),
    );
  } catch {
    return null;
  }
}

/** A session key for the funder's eyes alone. `as` says in what writing it goes in. */
export function wrapKeyRsa(publicKey: string, key: Uint8Array, padding: RsaPadding, as: WrappedForm = 'raw', form: TextForm = 'base64'): string {
  return sealRsa(publicKey, as === 'raw' || as === 'utf8' ? key : textOf(key, as), padding, form);
}

/** The wrapped key, when it has that many bytes; else null (which, under `pkcs1`, most of the rubbish is too). Never throws. */
export function unwrapKeyRsa(
  privateKey: string,
  wrapped: string,
  padding: RsaPadding,
  bytes: number,
  as: WrappedForm = 'raw',
  form: TextForm = 'base64',
): Uint8Array | null {
  const opened = openRsa(privateKey, wrapped, padding, form);
  if (opened === null) return null;
  const text = as === 'raw' ? null : utf8Of(opened);
  const key = as === 'raw' ? opened : text === null ? null : as === 'utf8' ? opened : bytesOf(text, as);
  return key !== null && key.length === bytes ? key : null;
}
