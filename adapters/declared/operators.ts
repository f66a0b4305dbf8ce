/**
 * The closed set of words that templates and mappings may use beside JsonLogic's own. Each takes what it says and gives null for null; anything
 * else is a mistake of the manifest, which the dry run at load finds. There is no arithmetic: money is never a float.
 */
import type { AmountMinor } from '../../src/domain/money.ts';
import { invariant } from '../../src/domain/failures.ts';
import { md5Hex, sha256Hex } from '../kit/digest.ts';
import { cutIdNumber, cutName, cutPhone, maskIdMiddle, maskIdNumber, maskName, maskPhone, maskSurname, phoneHead } from '../kit/masks.ts';
import { sm3Hex } from '../kit/sm3.ts';
import { compactTime, rfc3339Time, spacedTime } from '../kit/times.ts';
import { wanText, yuanNumber, yuanText } from '../kit/units.ts';

/** JsonLogic's own that are kept: choice, comparison, texts. */
export const STANDARD = ['if', '?:', '==', '===', '!=', '!==', '!', '!!', 'and', 'or', '??', '>', '>=', '<', '<=', 'in', 'cat', 'substr'] as const;

const ofText = (run: (text: string) => string) => (value: unknown) => {
  invariant(typeof value === 'string', 'takes a text');
  return run(value);
};
const ofFen = (run: (amount: AmountMinor) => string | number) => (value: unknown) => {
  invariant(Number.isSafeInteger(value) && (value as number) >= 0, 'takes an amount in whole fen');
  return run(value as AmountMinor);
};
const ofMs = (run: (ms: number) => string | number) => (value: unknown) => {
  invariant(Number.isSafeInteger(value), 'takes a time in milliseconds');
  return run(value as number);
};

/** Of one argument each. */
export const OPERATORS: Readonly<Record<string, (value: unknown) => unknown>> = {
  md5: ofText(md5Hex),
  sha256: ofText(sha256Hex),
  sm3: ofText(sm3Hex),
  lower: ofText((text) => text.toLowerCase()),
  upper: ofText((text) => text.toUpperCase()),
  mask_name: ofText(maskName),
  mask_surname: ofText(maskSurname),
  cut_name: ofText(cutName),
  mask_phone: ofText(maskPhone),
  cut_phone: ofText(cutPhone),
  phone_head: ofText(phoneHead),
  mask_id: ofText(maskIdNumber),
  mask_id_middle: ofText(maskIdMiddle),
  cut_id: ofText(cutIdNumber),
  yuan: ofFen(yuanText),
  yuan_number: ofFen(yuanNumber),
  wan: ofFen(wanText),
  seconds: ofMs((ms) => Math.floor(ms / 1_000)),
  iso_time: ofMs(rfc3339Time),
  local_time: ofMs(spacedTime),
  compact_time: ofMs(compactTime),
  text: (value) => {
    invariant(typeof value !== 'object', 'takes a text, a number or a yes or no');
    return String(value);
  },
  number: (value) => {
    invariant(typeof value === 'number' || (typeof value === 'string' && /^\d{1,15}$/.test(value)), 'takes a whole number');
    return Number(value);
  },
  json: (value) => JSON.stringify(value),
};
