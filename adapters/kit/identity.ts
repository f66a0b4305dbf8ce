/**
 * Hashes of phones and ID numbers, as prechecks (撞库) send them. A hash of a phone can be searched for in minutes, and beside eight digits of it
 * at once: it is a disclosure of the field, which must be granted, and never a pseudonym of our own.
 */
import { md5Hex, sha256Hex } from './digest.ts';
import { sm3Hex } from './sm3.ts';

/** Which digest, and in which letters its hex is written. */
export interface IdentityHash {
  readonly digest: 'md5' | 'sha256' | 'sm3';
  readonly letters: 'lower' | 'upper';
}

const DIGESTS = { md5: md5Hex, sha256: sha256Hex, sm3: sm3Hex } as const;

/** The hash of a phone of 11 digits. */
export function hashPhone(phone: string, how: IdentityHash): string {
  return hashed(phone, how);
}

/** The hash of an ID number, its check letter a capital X. */
export function hashIdNumber(idNumber: string, how: IdentityHash): string {
  return hashed(idNumber.toUpperCase(), how);
}

/** The hash of phone and ID number as one text, in that order. */
export function hashPhoneAndId(phone: string, idNumber: string, how: IdentityHash): string {
  return hashed(phone + idNumber.toUpperCase(), how);
}

function hashed(text: string, { digest, letters }: IdentityHash): string {
  const hex = DIGESTS[digest](text);
  return letters === 'upper' ? hex.toUpperCase() : hex;
}
