/** Keys, ciphers and blind indexes. The only way personal data becomes storable. */

/** Blind-index purposes; each has a key of its own, so equal values of two purposes cannot be linked. */
export type IndexPurpose =
  | 'phone'
  | 'id_number'
  | 'device'
  | 'ip'
  | 'phone_tombstone'
  | 'id_tombstone'
  | 'blacklist_phone'
  | 'blacklist_id_number'
  | 'blacklist_device'
  /** Operators: e-mail addresses, and the network addresses they sign in from. */
  | 'operator';

/** A borrower's data key, opened. Lives in process memory alone. */
export interface DataKey {
  /** Seals with AES-256-GCM. `aad` binds the bytes to their place: `table/row/field`. */
  seal(aad: string, plaintext: string | Uint8Array): Uint8Array;
  /** Throws `SealBrokenError` when the bytes or their place are not what was sealed. */
  open(aad: string, sealed: Uint8Array): Uint8Array;
}

export class SealBrokenError extends Error {
  override name = 'SealBrokenError';
}

export interface Vault {
  /** Keyed HMAC-SHA256 of a normalised value, as 22 characters of base64url (128 bits). */
  blindIndex(purpose: IndexPurpose, value: string): string;
  /** A fresh data key and its wrapping under the current master key. */
  newDataKey(aad: string): { readonly key: DataKey; readonly wrapped: Uint8Array };
  /** Opens a wrapped data key; the version of the master key is inside the wrapping. */
  openDataKey(aad: string, wrapped: Uint8Array): DataKey;
  /** For what belongs to no borrower: funder secrets, stored replies, raw callbacks of unknown origin. */
  readonly serviceKey: DataKey;
  /** Keyed tag for tokens of our own (client tokens, click links), as base64url. */
  tag(
    purpose: 'client_token' | 'click' | 'cursor' | 'audit' | 'sandbox_key' | 'step_link' | 'page_key' | 'visit' | 'first_run',
    text: string,
  ): string;
  /** Compares in constant time. */
  equal(left: string, right: string): boolean;
  /** Hex SHA-256; for key look-up, body fingerprints, text hashes. */
  sha256Hex(data: string | Uint8Array): string;
  /** Standard Webhooks symmetric signature, base64. */
  hmacSha256(key: Uint8Array, data: string | Uint8Array): Uint8Array;
  /** Ed25519: a fresh pair as raw 32-byte values, and a signature under the seed. */
  ed25519Pair(): { readonly seed: Uint8Array; readonly publicKey: Uint8Array };
  ed25519Sign(seed: Uint8Array, data: string | Uint8Array): Uint8Array;
}
