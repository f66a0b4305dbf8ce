/** Codes of an authenticator app (TOTP, RFC 6238), by otpauth. */
import { Secret, TOTP } from 'otpauth';
import type { Random } from '../../ports/random.ts';

const ISSUER = 'Millrace';
const STEP_S = 30;
const DIGITS = 6;
/** A code of the step before or after counts: clocks of telephones are not exact, and typing takes time. */
const WINDOW = 1;
/** 160 bits, as RFC 4226 recommends. */
const SECRET_BYTES = 20;

/** In base32, as people type it where the picture cannot be read. */
export function newTotpSecret(random: Random): string {
  return base32Of(random.bytes(SECRET_BYTES));
}

export function base32Of(bytes: Uint8Array): string {
  return new Secret({ buffer: bytes.slice().buffer }).base32;
}

/** What the app reads from a QR code. */
export function totpUri(secret: string, label: string): string {
  return totp(secret, label).toString();
}

/** The time step whose code this is; null when it is none of now. */
export function stepOf(secret: string, code: string, nowMs: number): number | null {
  const delta = totp(secret, '').validate({ token: code, timestamp: nowMs, window: WINDOW });
  return delta === null ? null : Math.floor(nowMs / 1_000 / STEP_S) + delta;
}

function totp(secret: string, label: string): TOTP {
  return new TOTP({ issuer: ISSUER, label, algorithm: 'SHA1', digits: DIGITS, period: STEP_S, secret: Secret.fromBase32(secret) });
}
