/** What a block cipher works on, once the writing of keys and texts is behind. */
export interface RawCipher {
  readonly mode: 'ecb' | 'cbc' | 'gcm';
  /** 16 bytes for CBC, 12 for GCM, none for ECB. */
  readonly iv: Uint8Array;
  /** What GCM proves without sealing it. */
  readonly aad: Uint8Array;
}

export const BLOCK_BYTES = 16;
/** GCM's tag, behind the ciphertext. */
export const TAG_BYTES = 16;
