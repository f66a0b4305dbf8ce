/**
 * Digests, MACs and comparison for funder protocols. MD5 is here for compatibility alone and is never a scheme of our own.
 * node:crypto runs on both hosts (on workerd under nodejs_compat); keys are made once per secret, because an HMAC with a raw
 * key costs several times one with a `KeyObject`.
 */
import { createHash, createHmac, createSecretKey, timingSafeEqual } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

const MAX_CACHED_KEYS = 512;
const cachedKeys = new Map<string, KeyObject>();

/** Lower-case hex MD5 of UTF-8 text. Compatibility only. */
export function md5Hex(text: string): string {
  return createHash('md5').update(text, 'utf8').digest('hex');
}

/** Lower-case hex SHA-256. */
export function sha256Hex(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}

/** Lower-case hex HMAC-SHA256 under a secret given as UTF-8 text. */
export function hmacSha256Hex(secret: string, data: string | Uint8Array): string {
  return createHmac('sha256', secretKey(secret, 'utf8')).update(data).digest('hex');
}

/** The `KeyObject` of a secret, made once. Throws nothing: an odd hex secret yields a short key, which the cipher then refuses. */
export function secretKey(secret: string, encoding: 'utf8' | 'hex'): KeyObject {
  const name = `${encoding}:${secret}`;
  const cached = cachedKeys.get(name);
  if (cached !== undefined) return cached;
  const key = createSecretKey(Buffer.from(secret, encoding));
  // Secrets are few and rotate seldom: dropping all at the limit is rarer than keeping an order is dear.
  if (cachedKeys.size >= MAX_CACHED_KEYS) cachedKeys.clear();
  cachedKeys.set(name, key);
  return key;
}

/** Compares two texts in time that depends on their lengths alone. */
export function equalText(left: string, right: string): boolean {
  const a = Buffer.from(left, 'utf8');
  const b = Buffer.from(right, 'utf8');
  return a.length === b.length && timingSafeEqual(a, b);
}
