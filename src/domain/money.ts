/**
 * Money is a safe integer in minor units (fen for CNY). Nothing in Millrace holds an amount as a float:
 * decimal strings are parsed digit by digit, splits conserve the total, and rounding is named.
 */
import { invariant } from './failures.ts';

/** An amount in minor units of its currency (CNY: fen). Always a safe integer. */
export type AmountMinor = number & { readonly __brand: 'AmountMinor' };

/** Asserts that `value` is a safe integer and brands it. Throws on a bug, never on user input. */
export function amountMinor(value: number): AmountMinor {
  invariant(Number.isSafeInteger(value), 'amount is not a safe integer');
  return value as AmountMinor;
}

/**
 * Parses a decimal string in major units ("10000.00", "0.5") to minor units, without floats.
 * Returns null when the text is not such a number, has more than two decimals that are not zero,
 * or does not fit a safe integer.
 */
export function parseMajor(text: string): AmountMinor | null {
  const match = /^(-?)(\d{1,15})(?:\.(\d{1,8}))?$/.exec(text.trim());
  if (match === null) return null;
  const [, sign, whole = '0', fraction = ''] = match;
  if (!/^0*$/.test(fraction.slice(2))) return null;
  const minor = Number(whole) * 100 + Number(fraction.slice(0, 2).padEnd(2, '0'));
  if (!Number.isSafeInteger(minor)) return null;
  return (sign === '-' && minor !== 0 ? -minor : minor) as AmountMinor;
}

/** Formats minor units as a decimal string in major units with two decimals: 1050 -> "10.50". */
export function formatMajor(amount: AmountMinor): string {
  const digits = Math.abs(amount).toString().padStart(3, '0');
  return `${amount < 0 ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

/** `amount x bps / 10000`, rounded half up. The one rounding used for commissions and fees. */
export function shareHalfUp(amount: AmountMinor, bps: number): AmountMinor {
  const product = BigInt(amount) * BigInt(bps);
  const rounded = (product * 2n + 10_000n) / 20_000n;
  return amountMinor(Number(rounded));
}

/**
 * Splits a non-negative total into `parts` amounts that differ by at most one minor unit and sum to the total;
 * the larger parts come first.
 */
export function splitEvenly(total: AmountMinor, parts: number): AmountMinor[] {
  invariant(parts > 0 && Number.isSafeInteger(parts) && total >= 0, 'split needs a non-negative total and parts > 0');
  const base = Math.floor(total / parts);
  const larger = total - base * parts;
  return Array.from({ length: parts }, (_, index) => amountMinor(base + (index < larger ? 1 : 0)));
}
