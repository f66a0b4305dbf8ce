/** Readers of money, rates and counts as funders write them. Each returns null for what is not exactly such a value. */
import type { AmountMinor } from '../../src/domain/money.ts';
import { parseMajor } from '../../src/domain/money.ts';
import type { Json } from './read-json.ts';
import { listOf } from './read-json.ts';

/** No single loan is larger; a larger figure is a mistake of unit. */
const MAX_FEN = 1_000_000_000_00;
const WHOLE = /^\d{1,15}$/;

/** A whole number from 0 to `max`, plain or quoted. Null for fractions, signs, exponents and blanks. */
export function readWhole(value: Json | undefined, max = Number.MAX_SAFE_INTEGER): number | null {
  const number = typeof value === 'string' && WHOLE.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) && number >= 0 && number <= max ? number : null;
}

/** Fen, plain or quoted. */
export function readFen(value: Json | undefined): AmountMinor | null {
  return readWhole(value, MAX_FEN) as AmountMinor | null;
}

/** Yuan as a decimal string ("10000.00"), read digit by digit; a bare JSON number is read by its shortest decimal form. */
export function readYuan(value: Json | undefined): AmountMinor | null {
  const text = typeof value === 'number' ? String(value) : value;
  const amount = typeof text === 'string' ? parseMajor(text) : null;
  return amount !== null && amount >= 0 && amount <= MAX_FEN ? amount : null;
}

/** A yearly rate in percent ("18.50") as basis points (1850). */
export function readPercentBps(value: Json | undefined): number | null {
  const bps = readYuan(value);
  return bps !== null && bps <= 100_000 ? Number(bps) : null;
}

/** Months, 1 to 360. */
export function readMonths(value: Json | undefined): number | null {
  const months = readWhole(value, 360);
  return months === null || months === 0 ? null : months;
}

/** A list of months, also when written as the string "[3,6,12]". */
export function readMonthsList(value: Json | undefined): readonly number[] | null {
  const months = listOf(value)?.map(readMonths) ?? null;
  return months !== null && months.length > 0 && months.every((month) => month !== null) ? months : null;
}
