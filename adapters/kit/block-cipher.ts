/**
 * AES and SM4 as funders use them, named by data so that a manifest can name them too. In go a key in the form the protocol hands it out
 * and a text; out comes the sealed text. The ciphers prove nothing about who sealed (GCM alone proves it was whoever has the key):
 * a protocol must check its signature *before* opening, or CBC's padding becomes an oracle. ECB and a zero IV are compatibility alone.
 */
import { createCipheriv, createDecipheriv, createSecretKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { invariant } from '../../src/domain/failures.ts';
import type { TextForm } from './encoding.ts';
import { bytesOf, dataOf, textOf } from './encoding.ts';
import { madeOnce } from './key-cache.ts';
import type { RawCipher } from './raw-cipher.ts';
import { BLOCK_BYTES, TAG_BYTES } from './raw-cipher.ts';
import { openSm4, sealSm4 } from './sm4.ts';

/**
 * A cipher with all its habits. `key`: how the key's text is written (`utf8`: 16 or 32 characters are the key). `iv`: `front` of the
 * ciphertext, all `zero`, or `apart` (told elsewhere). GCM has 12 bytes of IV and its tag of 16 behind the ciphertext, as Java does.
 */
export type BlockScheme = {
  readonly cipher: 'aes-128' | 'aes-256' | 'sm4';
  readonly key: 'hex' | 'base64' | 'utf8';
  readonly text: TextForm;
} & (
  | { readonly mode: 'ecb' }
  | { readonly mode: 'cbc'; readonly iv: 'front' | 'zero' | 'apart' }
  | { readonly mode: 'gcm'; readonly iv: 'front' | 'apart' }
);

const IV_BYTES = { ecb: 0, cbc: 16, gcm: 12 } as const;

/**
 * Seals text (as UTF-8) or bytes. `ivHex` is needed when the IV is in front or apart, must be fresh for each call, and may be longer than
 * it need be (`ctx.nonce` will do). `aad` is what GCM proves beside the text. Throws InvariantError, naming no key, when key or IV do not fit.
 */
export function sealBlock(
  scheme: BlockScheme,
  key: string | Uint8Array,
  plaintext: string | Uint8Array,
  ivHex = '',
  aad: string | Uint8Array = '',
): string {
  const raw = keyBytes(scheme, key);
  const iv = ivOf(scheme, ivHex);
  invariant(raw !== null, `the key does not fit ${scheme.cipher} in ${scheme.key}`);
  invariant(iv !== null, `the IV does not fit ${scheme.mode}`);
  const data = dataOf(plaintext);
  const cipher: RawCipher = { mode: scheme.mode, iv, aad: dataOf(aad) };
  const sealed = scheme.cipher === 'sm4' ? sealSm4(raw, cipher, data) : sealAes(scheme.cipher, keyObject(scheme, key, raw), cipher, data);
  return textOf(inFront(scheme) ? Buffer.concat([iv, sealed]) : sealed, scheme.text);
}

/** Opens what `sealBlock` made; null when it is not that, whatever is wrong. Never throws. */
export function openBlock(
  scheme: BlockScheme,
  key: string | Uint8Array,
  sealed: string,
  ivHex = '',
  aad: string | Uint8Array = '',
): Uint8Array | null {
  const bytes = bytesOf(sealed, scheme.text);
  const raw = keyBytes(scheme, key);
  if (bytes === null || raw === null) return null;
  const front = inFront(scheme) ? IV_BYTES[scheme.mode] : 0;
  const iv = inFront(scheme) ? bytes.subarray(0, front) : ivOf(scheme, ivHex);
  const data = bytes.subarray(front);
  if (iv === null || iv.length !== IV_BYTES[scheme.mode]) return null;
  if (scheme.mode === 'gcm' ? data.length < TAG_BYTES : data.length === 0 || data.length % BLOCK_BYTES !== 0) return null;
  const cipher: RawCipher = { mode: scheme.mode, iv, aad: dataOf(aad) };
  return scheme.cipher === 'sm4' ? openSm4(raw, cipher, data) : openAes(scheme.cipher, keyObject(scheme, key, raw), cipher, data);
}

function sealAes(cipher: 'aes-128' | 'aes-256', key: KeyObject, { mode, iv, aad }: RawCipher, data: Uint8Array): Uint8Array {
  if (mode === 'gcm') {
    const gcm = createCipheriv(`${cipher}-gcm`, key, iv);
    gcm.setAAD(aad);
    return Buffer.concat([gcm.update(data), gcm.final(), gcm.getAuthTag()]);
  }
  const block = createCipheriv(`${cipher}-${mode}`, key, mode === 'ecb' ? null : iv);
  return Buffer.concat([block.update(data), block.final()]);
}

function openAes(cipher: 'aes-128' | 'aes-256', key: KeyObject, { mode, iv, aad }: RawCipher, data: Uint8Array): Uint8Array | null {
  try {
    if (mode === 'gcm') {
      const gcm = createDecipheriv(`${cipher}-gcm`, key, iv, { authTagLength: TAG_BYTES });
      gcm.setAAD(aad);
      gcm.setAuthTag(data.subarray(-TAG_BYTES));
      return Buffer.concat([gcm.update(data.subarray(0, -TAG_BYTES)), gcm.final()]);
    }
    const block = createDecipheriv(`${cipher}-${mode}`, key, mode === 'ecb' ? null : iv);
    return Buffer.concat([block.update(data), block.final()]);
  } catch {
    return null;
  }
}

const written = {
  hex: madeOnce((text) => bytesOf(text, 'hex')),
  base64: madeOnce((text) => bytesOf(text, 'base64')),
  utf8: madeOnce((text) => dataOf(text)),
};
const keyObjects = {
  hex: madeOnce((text) => createSecretKey(written.hex(text)!)),
  base64: madeOnce((text) => createSecretKey(written.base64(text)!)),
  utf8: madeOnce((text) => createSecretKey(written.utf8(text)!)),
};

function keyBytes(scheme: BlockScheme, key: string | Uint8Array): Uint8Array | null {
  const raw = typeof key === 'string' ? written[scheme.key](key) : key;
  return raw !== null && raw.length === (scheme.cipher === 'aes-256' ? 32 : 16) ? raw : null;
}

/** A configured key is made once; a session key, given as bytes, is used once. */
function keyObject(scheme: BlockScheme, key: string | Uint8Array, raw: Uint8Array): KeyObject {
  return typeof key === 'string' ? keyObjects[scheme.key](key) : createSecretKey(raw);
}

function inFront(scheme: BlockScheme): boolean {
  return scheme.mode !== 'ecb' && scheme.iv === 'front';
}

function ivOf(scheme: BlockScheme, ivHex: string): Uint8Array | null {
  const length = IV_BYTES[scheme.mode];
  if (scheme.mode === 'ecb' || scheme.iv === 'zero') return new Uint8Array(length);
  const iv = bytesOf(ivHex, 'hex');
  return iv !== null && iv.length >= length ? iv.subarray(0, length) : null;
}
