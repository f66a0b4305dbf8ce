/** Readers of money, rates and counts as funders write them. Each returns null for what is not exactly such a value. */
import type { AmountMinor } from '../../src/domain/money.ts';
import { formatMajor, parseMajor } from '../../src/domain/money.ts';
import type { Json } from './read-json.ts';
import { listOf } from './read-json.ts';

/** How a rate is written, and over what time. `permyriad` is 万分之, which may have decimals; `daysInYear` matters to daily rates alone. */
export interface RateUnit {
  readonly in: 'percent' | 'decimal' | 'permille' | 'permyriad' | 'bps';
  readonly per: 'year' | 'month' | 'day';
  readonly daysInYear?: 360 | 365;
}

/** No single loan is larger; a larger figure is a mistake of unit. */
const MAX_FEN = 1_000_000_000_00;
const WHOLE = /^\d{1,15}$/;
const DECIMAL = /^(\d{1,12})(?:\.(\d{1,12}))?$/;
const MAX_BPS = 100_000;
const FEN_IN_WAN = 1_000_000n;
/** Basis points in one of each. */
const BPS_IN = { percent: 100n, decimal: 10_000n, permille: 10n, permyriad: 1n, bps: 1n } as const;

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

/** 万元 ("3", 3.5, "0.0001"): whole fen or null. */
export function readWan(value: Json | undefined): AmountMinor | null {
  const decimal = readDecimal(value);
  if (decimal === null || (decimal.digits * FEN_IN_WAN) % decimal.scale !== 0n) return null;
  const fen = Number((decimal.digits * FEN_IN_WAN) / decimal.scale);
  return fen <= MAX_FEN ? (fen as AmountMinor) : null;
}

/** A yearly rate in percent ("18.50") as basis points (1850). */
export function readPercentBps(value: Json | undefined): number | null {
  const bps = readYuan(value);
  return bps !== null && bps <= MAX_BPS ? Number(bps) : null;
}

/** A yearly rate in whole basis points, plain or quoted. */
export function readBps(value: Json | undefined): number | null {
  return readWhole(value, MAX_BPS);
}

/**
 * Any rate as yearly basis points, rounded half up once at the end: "0.05" percent a day over 360 days is 1,800. A percent sign behind
 * a percentage is taken. Simple, not compounded, as such rates are quoted; null above 1,000 % a year.
 */
export function readRateBps(value: Json | undefined, unit: RateUnit): number | null {
  const bare = unit.in === 'percent' && typeof value === 'string' ? value.replace(/%$/, '') : value;
  const decimal = readDecimal(bare);
  if (decimal === null) return null;
  const periods = unit.per === 'year' ? 1n : unit.per === 'month' ? 12n : BigInt(unit.daysInYear ?? 360);
  const product = decimal.digits * BPS_IN[unit.in] * periods;
  const bps = (product * 2n + decimal.scale) / (decimal.scale * 2n);
  return bps <= MAX_BPS ? Number(bps) : null;
}

/** Months, 1 to 360. */
export function readMonths(value: Json | undefined): number | null {
  const months = readWhole(value, 360);
  return months === null || months === 0 ? null : months;
}

/** A list of months, also when written as the string "[3,6,12]" or "3,6,12". */
export function readMonthsList(value: Json | undefined): readonly number[] | null {
  return readList(value, readMonths);
}

/** A list of 1 or more values that are all read, or null: a JSON list, one in a string ("[3,6,12]"), or items parted by commas ("3,6,12"). */
export function readList<T>(value: Json | undefined, readOne: (item: Json) => T | null): readonly T[] | null {
  const list =
    listOf(value) ?? (typeof value === 'string' && value !== '' && !value.startsWith('[') ? value.split(',').map((item) => item.trim()) : null);
  const items = list?.map(readOne) ?? null;
  return items !== null && items.length > 0 && items.every((item) => item !== null) ? items : null;
}

/** Fen as yuan with two decimals: "10000.00". */
export function yuanText(amount: AmountMinor): string {
  return formatMajor(amount);
}

/** Fen as yuan for a protocol that wants a JSON number: 10000.5. Its shortest decimal form is exact, for a safe integer over 100 is. */
export function yuanNumber(amount: AmountMinor): number {
  return Number(formatMajor(amount));
}

/** Fen as 万元 with as many decimals as there are, at most six: 3_500_000 is "3.5". */
export function wanText(amount: AmountMinor): string {
  const digits = String(amount).padStart(7, '0');
  const fraction = digits.slice(-6).replace(/0+$/, '');
  return digits.slice(0, -6) + (fraction === '' ? '' : `.${fraction}`);
}

/** A plain decimal, exactly: `digits / scale`. A bare number is read by its shortest decimal form. */
function readDecimal(value: Json | undefined): { readonly digits: bigint; readonly scale: bigint } | null {
  const text = typeof value === 'number' ? String(value) : value;
  const match = typeof text === 'string' ? DECIMAL.exec(text) : null;
  if (match === null) return null;
  const [, whole = '', fraction = ''] = match;
  return { digits: BigInt(whole + fraction), scale: 10n ** BigInt(fraction.length) };
}
