/** Keyed hashes as columns: text to the code, bytes to the store, where their indexes are a good part of what each application writes. */
import { customType } from 'drizzle-orm/sqlite-core';

/** A blind index: 22 characters of base64url as the vault makes them, 16 bytes as stored. */
export const mark = customType<{ data: string; driverData: Buffer }>({
  dataType: () => 'blob',
  toDriver: markBytes,
  fromDriver: (stored) => Buffer.from(stored).toString('base64url'),
});

/** A blind index as it is stored; what was not told stays null. */
export function markBytes(text: string): Buffer;
export function markBytes(text: string | null): Buffer | null;
export function markBytes(text: string | null): Buffer | null {
  return text === null ? null : Buffer.from(text, 'base64url');
}

/** 128 bits: that any two of 10^9 ids are equal has a chance of about 10^-21. */
const DIGEST_BYTES = 16;

/** The id of a recorded reply: SHA-256 in hex, of which the first 16 bytes are stored and read back. */
export const digest = customType<{ data: string; driverData: Buffer }>({
  dataType: () => 'blob',
  toDriver: digestBytes,
  fromDriver: (stored) => Buffer.from(stored).toString('hex'),
});

export function digestBytes(hex: string): Buffer {
  return Buffer.from(hex.slice(0, DIGEST_BYTES * 2), 'hex');
}
