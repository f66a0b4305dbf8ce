import type { MasterKey } from './vault.ts';

/** One thing that is wrong: which variable, and why. Never its value. */
export interface Fault {
  readonly variable: string;
  readonly reason: string;
}

const KEY_BYTES = 32;

/** Keys that have been printed somewhere (documentation, tests) and so protect nothing. */
const PUBLISHED_KEYS = [
  'BwwRFhsgJSovNDk+Q0hNUldcYWZrcHV6f4SJjpOYnaI=',
  'bWlsbHJhY2UtZXhhbXBsZS1rZXktMzItYnl0ZXMtISE=',
  'q80SNFZ4kKvN7wEjRWeJq83vASNFZ4mrze8BI0VniaM=',
];

/**
 * Keys are `[version:]base64`. Without a version they are numbered by age: previous keys, oldest first, from 1; then the current one.
 * Whoever drops the oldest must from then on write the versions out, for a version is never used again for another key.
 */
export function readMasterKeys(
  current: string | undefined,
  previous: string | undefined,
  live: boolean,
): { keys: MasterKey[] | null; faults: Fault[] } {
  const older = (previous ?? '').split(',').filter((text) => text.trim() !== '');
  if (current === undefined) {
    const needed = live || older.length > 0;
    const reason = live ? 'is required in live mode (openssl rand -base64 32)' : 'is required beside MILLRACE_MASTER_KEY_PREVIOUS';
    return { keys: null, faults: needed ? [{ variable: 'MILLRACE_MASTER_KEY', reason }] : [] };
  }
  const keys: MasterKey[] = [];
  const faults: Fault[] = [];
  for (const [index, text] of [...older, current].entries()) {
    const variable = index < older.length ? 'MILLRACE_MASTER_KEY_PREVIOUS' : 'MILLRACE_MASTER_KEY';
    const where = index < older.length ? `(entry ${index + 1}) ` : '';
    const key = readKey(text.trim(), index + 1);
    const reason = typeof key === 'string' ? key : live ? weakness(key.key) : null;
    if (reason !== null) faults.push({ variable, reason: `${where}${reason}` });
    if (typeof key === 'string') continue;
    if (keys.some((one) => Buffer.from(one.key).equals(key.key))) faults.push({ variable, reason: `${where}repeats another of the keys` });
    if (keys.some((one) => one.version >= key.version))
      faults.push({ variable, reason: `${where}must have a higher version than the keys before it` });
    keys.push(key);
  }
  return { keys, faults };
}

function readKey(text: string, fallbackVersion: number): { version: number; key: Buffer } | string {
  const [, version, body = ''] = /^(?:(\d{1,9}):)?([A-Za-z0-9+/_-]+={0,2})$/.exec(text) ?? [];
  const key = Buffer.from(body, 'base64');
  if (key.length !== KEY_BYTES) return 'must be 32 bytes in base64 (openssl rand -base64 32)';
  if (version !== undefined && Number(version) < 1) return 'must have a version of 1 or more';
  return { version: version === undefined ? fallbackVersion : Number(version), key };
}

/**
 * Why a key is no secret, or null. 32 random bytes have fewer than 20 different values, or differences, once in 10^9 keys or less,
 * and are all printable once in 10^13.
 */
function weakness(key: Uint8Array): string | null {
  if (PUBLISHED_KEYS.includes(Buffer.from(key).toString('base64'))) return 'is a published example; make one of your own (openssl rand -base64 32)';
  if (key.every((byte) => byte === 0)) return 'is all zero';
  if (key.every((byte) => byte >= 0x20 && byte < 0x7f)) return 'is text, not random bytes (openssl rand -base64 32)';
  const steps = [...key].map((byte, index) => (byte - key[(index + 1) % key.length]! + 256) % 256);
  const fewest = Math.min(new Set(key).size, new Set(steps).size);
  return fewest < 20 ? 'has too little entropy (openssl rand -base64 32)' : null;
}
