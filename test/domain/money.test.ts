import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { amountMinor, formatMajor, parseMajor, shareHalfUp, splitEvenly } from '../../src/domain/money.ts';

const amount = fc.maxSafeInteger().map(amountMinor);
const positive = fc.maxSafeNat().map(amountMinor);

describe('an amount in minor units', () => {
  it('is a safe integer and nothing else', () => {
    for (const value of [0, -5, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER]) expect(amountMinor(value)).toBe(value);
    for (const value of [0.5, Number.NaN, Infinity, Number.MAX_SAFE_INTEGER + 1]) expect(() => amountMinor(value)).toThrow('safe integer');
  });
});

describe('decimal text', () => {
  it.each([
    ['10000.00', 1_000_000],
    ['0.5', 50],
    ['0.05', 5],
    ['-3.10', -310],
    ['7', 700],
    [' 7.1 ', 710],
    ['007.10', 710],
    ['1.2300000', 123],
    ['-0.00', 0],
    ['90071992547409.91', Number.MAX_SAFE_INTEGER],
  ])('%j is %i', (text, minor) => {
    expect(parseMajor(text)).toBe(minor);
    expect(Object.is(parseMajor(text), -0)).toBe(false);
  });

  it.each([
    '',
    '.',
    '.5',
    '5.',
    '1.234',
    '1.001',
    '1e3',
    '1,000.00',
    '0x10',
    '+1',
    '--1',
    '１２',
    '1 2',
    'NaN',
    'Infinity',
    '90071992547409.92',
    '9999999999999999',
    '1.0000000001',
    '1\n2',
  ])('%j is none', (text) => {
    expect(parseMajor(text)).toBeNull();
  });

  it('is written with two decimals and read back the same, over the whole range', () => {
    expect([1_050, -5, 0, 99, -100].map((minor) => formatMajor(amountMinor(minor)))).toEqual(['10.50', '-0.05', '0.00', '0.99', '-1.00']);
    fc.assert(
      fc.property(amount, (minor) => {
        expect(formatMajor(minor)).toMatch(/^-?\d+\.\d{2}$/);
        expect(parseMajor(formatMajor(minor))).toBe(minor);
      }),
    );
  });
});

describe('a share', () => {
  it('rounds half up, exactly, where floats would not', () => {
    expect([
      shareHalfUp(amountMinor(1), 5_000),
      shareHalfUp(amountMinor(1), 4_999),
      shareHalfUp(amountMinor(3), 5_000),
      shareHalfUp(amountMinor(2_000_000), 250),
      shareHalfUp(amountMinor(0), 999),
    ]).toEqual([1, 0, 2, 50_000, 0]);
    expect(shareHalfUp(amountMinor(Number.MAX_SAFE_INTEGER), 10_000)).toBe(Number.MAX_SAFE_INTEGER);
  });

  it('is within half a fen of the product, never falls as the rate grows, and overflows loudly', () => {
    fc.assert(
      fc.property(positive, fc.integer({ min: 0, max: 10_000 }), (total, bps) => {
        const twice = 2n * BigInt(shareHalfUp(total, bps)) * 10_000n;
        const exact = 2n * BigInt(total) * BigInt(bps);
        expect(twice - exact <= 10_000n && exact - twice < 10_000n).toBe(true);
        expect(shareHalfUp(total, bps)).toBeLessThanOrEqual(shareHalfUp(total, Math.min(10_000, bps + 1)));
      }),
    );
    expect(() => shareHalfUp(amountMinor(Number.MAX_SAFE_INTEGER), 20_000)).toThrow('safe integer');
  });
});

describe('a split', () => {
  it('conserves the total, differs by at most one, the larger first', () => {
    expect(splitEvenly(amountMinor(100), 3)).toEqual([34, 33, 33]);
    fc.assert(
      fc.property(positive, fc.integer({ min: 1, max: 400 }), (total, parts) => {
        const split = splitEvenly(total, parts);
        expect(split).toHaveLength(parts);
        expect(split.reduce((sum, part) => sum + BigInt(part), 0n)).toBe(BigInt(total));
        expect(split[0]! - split.at(-1)!).toBeLessThanOrEqual(1);
        expect(split).toEqual(split.toSorted((a, b) => b - a));
      }),
    );
  });

  it('into nothing, into parts of a part, or of a debt is a bug', () => {
    for (const [total, parts] of [
      [10, 0],
      [10, 1.5],
      [10, -1],
      [-10, 2],
    ] as const)
      expect(() => splitEvenly(amountMinor(total), parts)).toThrow('split needs');
  });
});
