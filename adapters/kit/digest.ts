/**
 * Digests, MACs and comparison for funder protocols. MD5 and SHA-1 are here for compatibility alone and are never a scheme of our own.
 * node:crypto runs on both hosts (on workerd under nodejs_compat); keys are made once per secret, because an HMAC with a raw
 * key costs several times one with a `KeyObject`.
 */
import { createHash, createHmac, createSecretKey, timingSafeEqual } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { madeOnce } from './key-cache.ts';

const cachedKeys = {
  utf8: madeOnce((secret) => createSecretKey(Buffer.from(secret, 'utf8'))),
  hex: madeOnce((secret) => createSecretKey(Buffer.from(secret, 'hex'))),
  base64: madeOnce((secret) => createSecretKey(Buffer.from(secret, 'base64'))),
};

/** Lower-case hex MD5; text as UTF-8. Compatibility only. */
export function md5Hex(data: string | Uint8Array): string {
  return createHash('md5').update(data).digest('hex');
}

/** Base64 MD5, as the Content-MD5 header has it. Compatibility only. */
export function md5Base64(data: string | Uint8Array): string {
  return createHash('md5').update(data).digest('base64');
}

/** Lower-case hex SHA-1. Compatibility only. */
export function sha1Hex(data: string | Uint8Array): string {
  return createHash('sha1').update(data).digest('hex');
}

/** Lower-case hex SHA-256. */
export function sha256Hex(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}

/** Lower-case hex HMAC-SHA256 under a secret given as UTF-8 text. */
export function hmacSha256Hex(secret: string, data: string | Uint8Array): string {
  return createHmac('sha256', secretKey(secret, 'utf8')).update(data).digest('hex');
}

/** Base64 HMAC-SHA256 under a secret given as UTF-8 text. */
export function hmacSha256Base64(secret: string, data: string | Uint8Array): string {
  return createHmac('sha256', secretKey(secret, 'utf8')).update(data).digest('base64');
}

/** The `KeyObject` of a secret, made once. Throws nothing: an odd hex secret yields a short key, which the cipher then refuses. */
export function secretKey(secret: string, encoding: 'utf8' | 'hex' | 'base64'): KeyObject {
  return cachedKeys[encoding](secret);
}

/** Compares two texts in time that depends on their lengths alone. */
export function equalText(left: string, right: string): boolean {
  const a = Buffer.from(left, 'utf8');
  const b = Buffer.from(right, 'utf8');
  return a.length === b.length && timingSafeEqual(a, b);
}
