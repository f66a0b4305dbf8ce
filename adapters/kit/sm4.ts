/**
 * SM4 (GM/T 0002) over bytes, by a library because workerd's node:crypto has no SM4. The padding is done here: the library takes
 * a last byte of 0 or above 16 for a padding, and opens GCM without a tag unchecked.
 */
import { sm4 } from 'sm-crypto-v2';
import type { RawCipher } from './raw-cipher.ts';
import { BLOCK_BYTES, TAG_BYTES } from './raw-cipher.ts';

/** Seals with PKCS#7 padding (ECB, CBC) or with the tag behind (GCM). The key has 16 bytes, the IV the mode's length. */
export function sealSm4(key: Uint8Array, { mode, iv, aad }: RawCipher, data: Uint8Array): Uint8Array {
  if (mode === 'gcm') {
    const { output, tag } = sm4.encrypt(data, key, { mode, iv, associatedData: aad, output: 'array', outputTag: true });
    return Buffer.concat([output, tag!]);
  }
  const padding = BLOCK_BYTES - (data.length % BLOCK_BYTES);
  return sm4.encrypt(Buffer.concat([data, Buffer.alloc(padding, padding)]), key, { mode, iv: ivOf(iv), padding: 'none', output: 'array' });
}

/** Opens what `sealSm4` made, or null. The caller has checked the lengths of key, IV and data. */
export function openSm4(key: Uint8Array, { mode, iv, aad }: RawCipher, data: Uint8Array): Uint8Array | null {
  try {
    if (mode === 'gcm') {
      return sm4.decrypt(data.subarray(0, -TAG_BYTES), key, { mode, iv, associatedData: aad, tag: data.subarray(-TAG_BYTES), output: 'array' });
    }
    return unpadded(sm4.decrypt(data, key, { mode, iv: ivOf(iv), padding: 'none', output: 'array' }));
  } catch {
    return null;
  }
}

// The library wants an IV of 16 bytes even where ECB has none.
function ivOf(iv: Uint8Array): Uint8Array {
  return iv.length === BLOCK_BYTES ? iv : new Uint8Array(BLOCK_BYTES);
}

function unpadded(bytes: Uint8Array): Uint8Array | null {
  const padding = bytes.at(-1) ?? 0;
  if (padding < 1 || padding > BLOCK_BYTES) return null;
  return bytes.subarray(-padding).every((byte) => byte === padding) ? bytes.subarray(0, -padding) : null;
}
