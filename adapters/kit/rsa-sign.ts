/** RSA signatures, PKCS#1 v1.5: MD5withRSA, SHA1withRSA (`RSA` of old gateways) and SHA256withRSA (RSA2). The same input always gives the same bytes. */
import { sign, verify } from 'node:crypto';
import { invariant } from '../../src/domain/failures.ts';
import type { TextForm } from './encoding.ts';
import { bytesOf, dataOf, textOf } from './encoding.ts';
import { rsaBytes, rsaPrivateKey, rsaPublicKey } from './rsa-keys.ts';

export type RsaDigest = 'md5' | 'sha1' | 'sha256';

/** The signature over text (as UTF-8) or bytes. Throws InvariantError, quoting nothing, when the private key cannot be read. */
export function signRsa(privateKey: string, data: string | Uint8Array, digest: RsaDigest, form: TextForm = 'base64'): string {
  const key = rsaPrivateKey(privateKey);
  invariant(key !== null, 'RSA private key cannot be read');
  return textOf(sign(digest, dataOf(data), key), form);
}

/** True when the signature is the key's over the data. False for anything else, a bad key included; never throws. */
export function verifyRsa(publicKey: string, data: string | Uint8Array, signature: string, digest: RsaDigest, form: TextForm = 'base64'): boolean {
  const key = rsaPublicKey(publicKey);
  const bytes = bytesOf(signature, form);
  if (key === null || bytes === null || bytes.length !== rsaBytes(key)) return false;
  try {
    return verify(digest, dataOf(data), key, bytes);
  } catch {
    return false;
  }
}
