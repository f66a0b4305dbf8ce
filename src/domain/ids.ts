/**
 * Public ids: `<prefix>_<time><cell><random>` in Crockford base32, lower case.
 * Nine characters of time (45 bits of milliseconds) come first, so ids sort by age and index pages fill in order;
 * three characters name the cell, so a callback finds its cell without a look-up; ten characters are random (50 bits).
 */
import { invariant } from './failures.ts';

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const TIME_CHARS = 9;
const CELL_CHARS = 3;
const RANDOM_CHARS = 10;
const BODY = /^[0-9a-hjkmnp-tv-z]{22}$/;
/** Each character's code, for making text of several at once. */
const CODES = Uint8Array.from(ALPHABET, (char) => char.charCodeAt(0));

/** Every kind of id and what it names. */
export const ID_PREFIXES = {
  app: 'application',
  att: 'attempt',
  bor: 'borrower',
  cns: 'consent',
  rcp: 'receipt',
  pln: 'plan',
  off: 'offer',
  loan: 'loan',
  doc: 'document',
  pv: 'phone verification',
  dlv: 'webhook delivery',
  cbk: 'callback',
  imp: 'partner offer impression',
  clk: 'partner offer click',
  ers: 'erasure',
  chg: 'proposed change',
  pdr: 'policy draft',
  ep: 'webhook endpoint',
  key: 'key',
  stp: 'borrower step',
  rep: 'repayment',
  sim: 'simulation',
  opr: 'operator',
} as const;

export type IdPrefix = keyof typeof ID_PREFIXES;
export const MAX_CELL = 32 ** CELL_CHARS - 1;

/** Makes an id. `random` must hold at least 10 bytes; only five bits of each are used. */
export function mintId(prefix: IdPrefix, cell: number, nowMs: number, random: Uint8Array): string {
  invariant(cell >= 0 && cell <= MAX_CELL, 'cell number out of range');
  invariant(random.length >= RANDOM_CHARS, 'not enough random bytes for an id');
  return `${prefix}_${placeOf(nowMs, cell)}${String.fromCharCode(
    CODES[random[0]! & 31]!,
    CODES[random[1]! & 31]!,
    CODES[random[2]! & 31]!,
    CODES[random[3]! & 31]!,
    CODES[random[4]! & 31]!,
    CODES[random[5]! & 31]!,
    CODES[random[6]! & 31]!,
    CODES[random[7]! & 31]!,
    CODES[random[8]! & 31]!,
    CODES[random[9]! & 31]!,
  )}`;
}

/** The least text an id of this kind made at or after `ms` can have: ids sort by age, so it divides them. */
export function idFloor(prefix: IdPrefix, ms: number): string {
  return `${prefix}_${encode(Math.max(0, Math.min(LAST_MS, ms)), TIME_CHARS)}`;
}
const LAST_MS = 32 ** TIME_CHARS - 1;

/** The time in an id, milliseconds since the epoch; null when it is not an id of ours. */
export function idTimeMs(id: string): number | null {
  const body = id.slice(id.indexOf('_') + 1);
  if (!BODY.test(body)) return null;
  let ms = 0;
  for (const char of body.slice(0, TIME_CHARS)) ms = ms * 32 + ALPHABET.indexOf(char);
  return ms;
}

let last = { nowMs: -1, cell: -1, text: '' };

/** Time and cell. Many ids are made in one millisecond. */
function placeOf(nowMs: number, cell: number): string {
  if (last.nowMs !== nowMs || last.cell !== cell) last = { nowMs, cell, text: encode(nowMs, TIME_CHARS) + encode(cell, CELL_CHARS) };
  return last.text;
}

/** True when `text` has the shape of an id with this prefix. Says nothing about whether it exists. */
export function isId(prefix: IdPrefix, text: string): boolean {
  return text.startsWith(`${prefix}_`) && BODY.test(text.slice(prefix.length + 1));
}

/** The cell an id belongs to, or null when it is not an id of ours. */
export function cellOf(id: string): number | null {
  const body = id.slice(id.indexOf('_') + 1);
  if (!BODY.test(body)) return null;
  let cell = 0;
  for (const char of body.slice(TIME_CHARS, TIME_CHARS + CELL_CHARS)) cell = cell * 32 + ALPHABET.indexOf(char);
  return cell;
}

function encode(value: number, chars: number): string {
  let rest = value;
  let text = '';
  for (let index = 0; index < chars; index += 1) {
    text = ALPHABET[rest % 32]! + text;
    rest = Math.floor(rest / 32);
  }
  return text;
}
