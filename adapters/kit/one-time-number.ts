/** The secret number of a signature, drawn from key and message (RFC 6979, HMAC-SHA256) instead of a generator: it can never be used twice for two messages. */
import { createHmac } from 'node:crypto';

/**
 * The number for a 256-bit group of that order: `key` is the private scalar in 32 bytes, `digest` the 32 bytes that are signed. From 1
 * to order - 1.
 */
export function oneTimeNumber(key: Uint8Array, digest: Uint8Array, order: bigint): bigint {
  const reduced = bytes32(BigInt(`0x${Buffer.from(digest).toString('hex')}`) % order);
  let k: Uint8Array = Buffer.alloc(32, 0);
  let v: Uint8Array = Buffer.alloc(32, 1);
  for (const step of [0, 1]) {
    k = mac(k, v, Uint8Array.of(step), key, reduced);
    v = mac(k, v);
  }
  for (;;) {
    v = mac(k, v);
    const number = BigInt(`0x${Buffer.from(v).toString('hex')}`);
    if (number >= 1n && number < order) return number;
    k = mac(k, v, Uint8Array.of(0));
    v = mac(k, v);
  }
}

function mac(key: Uint8Array, ...parts: readonly Uint8Array[]): Uint8Array {
  return createHmac('sha256', key).update(Buffer.concat(parts)).digest();
}

function bytes32(number: bigint): Uint8Array {
  return Buffer.from(number.toString(16).padStart(64, '0'), 'hex');
}
