/**
 * Digests, MACs and comparison for funder protocols. MD5 and SHA-1 are here for compatibility alone and are never a scheme of our own.
 * node:crypto runs on both hosts (on workerd under nodejs_compat); keys are made once per secret.
 */
import { createSecretKey, hash, timingSafeEqual } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { hmacSha256, macKey } from './hmac.ts';
import { madeOnce } from './key-cache.ts';

const cachedKeys = {
  utf8: madeOnce((secret) => createSecretKey(Buffer.from(secret, 'utf8'))),
  hex: madeOnce((secret) => createSecretKey(Buffer.from(secret, 'hex'))),
  base64: madeOnce((secret) => createSecretKey(Buffer.from(secret, 'base64'))),
};

const macKeyOf = madeOnce((secret) => macKey(Buffer.from(secret, 'utf8')));

/** Lower-case hex MD5; text as UTF-8. Compatibility only. */
export function md5Hex(data: string | Uint8Array): string {
  return hash('md5', data, 'hex');
}

/** Base64 MD5, as the Content-MD5 header has it. Compatibility only. */
export function md5Base64(data: string | Uint8Array): string {
  return hash('md5', data, 'base64');
}

/** Lower-case hex SHA-256. */
export function sha256Hex(data: string | Uint8Array): string {
  return hash('sha256', data, 'hex');
}

/** Lower-case hex HMAC-SHA256 under a secret given as UTF-8 text. */
export function hmacSha256Hex(secret: string, data: string | Uint8Array): string {
  return hmacSha256(macKeyOf(secret), data, 'hex');
}

/** Base64 HMAC-SHA256 under a secret given as UTF-8 text. */
export function hmacSha256Base64(secret: string, data: string | Uint8Array): string {
  return hmacSha256(macKeyOf(secret), data, 'base64');
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
