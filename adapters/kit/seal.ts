/**
 * AES-256-CBC with PKCS#7 padding, IV in front. The cipher alone proves nothing about who sealed: a protocol that uses it must check
 * its MAC *before* opening (encrypt, then MAC), or the padding becomes an oracle.
 */
import type { BlockScheme } from './block-cipher.ts';
import { openBlock, sealBlock } from './block-cipher.ts';

const SCHEME: BlockScheme = { cipher: 'aes-256', mode: 'cbc', key: 'hex', iv: 'front', text: 'base64' };

/** Seals text: base64 of IV and ciphertext. `ivHex` (32 hex characters) must be fresh and unpredictable for each call. */
export function sealCbc(keyHex: string, ivHex: string, plaintext: string): string {
  return sealBlock(SCHEME, keyHex, plaintext, ivHex);
}

/** Opens what `sealCbc` made; null when it is not that. Never throws. */
export function openCbc(keyHex: string, sealed: string): Uint8Array | null {
  return openBlock(SCHEME, keyHex, sealed);
}
