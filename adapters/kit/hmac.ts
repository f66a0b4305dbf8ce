/**
 * HMAC-SHA256 (RFC 2104) as what it is: two hashes, each by one call. An `Hmac` object costs twice that, and its native half has to be collected
 * after it. Equal to `createHmac` for every key and message, which a test holds it to.
 */
import { hash } from 'node:crypto';

/** The key in both pads, made once per secret. */
export interface MacKey {
  readonly inner: Uint8Array;
  /** Room for the inner digest behind the pad. */
  readonly outer: Buffer;
}

const BLOCK_BYTES = 64;
const DIGEST_BYTES = 32;
/** Messages up to here are laid behind the pad in bytes that are used again and again; longer ones in bytes of their own. */
const ROOM_BYTES = 4_096;
const room = Buffer.alloc(BLOCK_BYTES + ROOM_BYTES);

/** Any length of key; one longer than a block is hashed first, as the standard says. */
export function macKey(key: Uint8Array): MacKey {
  const short = key.length > BLOCK_BYTES ? hash('sha256', key, 'buffer') : key;
  const inner = new Uint8Array(BLOCK_BYTES).fill(0x36);
  const outer = Buffer.alloc(BLOCK_BYTES + DIGEST_BYTES, 0x5c);
  for (let at = 0; at < short.length; at += 1) {
    inner[at]! ^= short[at]!;
    outer[at]! ^= short[at]!;
  }
  return { inner, outer };
}

/** Text as UTF-8. */
export function hmacSha256(key: MacKey, data: string | Uint8Array, encoding: 'hex' | 'base64' | 'base64url'): string {
  outerOf(key, data);
  return hash('sha256', key.outer, encoding);
}

/** The same as 32 bytes. */
export function hmacSha256Bytes(key: MacKey, data: string | Uint8Array): Uint8Array {
  outerOf(key, data);
  return hash('sha256', key.outer, 'buffer');
}

function outerOf({ inner, outer }: MacKey, data: string | Uint8Array): void {
  outer.write(innerDigest(inner, data), BLOCK_BYTES, 'binary');
}

function innerDigest(inner: Uint8Array, data: string | Uint8Array): string {
  // A UTF-16 unit is at most three bytes of UTF-8.
  const most = typeof data === 'string' ? data.length * 3 : data.length;
  if (most > ROOM_BYTES) return hash('sha256', Buffer.concat([inner, typeof data === 'string' ? Buffer.from(data) : data]), 'binary');
  room.set(inner, 0);
  if (typeof data !== 'string') room.set(data, BLOCK_BYTES);
  const end = BLOCK_BYTES + (typeof data === 'string' ? room.write(data, BLOCK_BYTES) : data.length);
  const digest = hash('sha256', room.subarray(0, end), 'binary');
  // Neither key nor message stays behind.
  room.fill(0, 0, end);
  return digest;
}
