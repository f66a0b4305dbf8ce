/** Money, months and times as funders write them, by their edges. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isFresh, readMillis, readRfc3339, readSeconds } from '../../adapters/kit/times.ts';
import { readFen, readMonths, readMonthsList, readPercentBps, readWhole, readYuan } from '../../adapters/kit/units.ts';
import { NOW_MS } from './world.ts';

describe('units', () => {
  it.each([
    [readFen, 100, 100],
    [readFen, '100', 100],
    [readFen, 0, 0],
    [readFen, '1.5', null],
    [readFen, 1.5, null],
    [readFen, -1, null],
    [readFen, '-1', null],
    [readFen, '', null],
    [readFen, ' 1', null],
    [readFen, '1e3', null],
    [readFen, '１', null],
    [readFen, 1e300, null],
    [readFen, '100000000000001', null],
    [readFen, null, null],
    [readFen, [100], null],
    [readFen, true, null],
    [readYuan, '10000.00', 1_000_000],
    [readYuan, '0.5', 50],
    [readYuan, 100.1, 10_010],
    [readYuan, '1.005', null],
    [readYuan, '-1.00', null],
    [readYuan, 1e21, null],
    [readYuan, '1,000.00', null],
    [readYuan, undefined, null],
    [readPercentBps, '18.50', 1_850],
    [readPercentBps, 18, 1_800],
    [readPercentBps, '1001.00', null],
    [readMonths, 12, 12],
    [readMonths, '3', 3],
    [readMonths, 0, null],
    [readMonths, 361, null],
    [readWhole, Number.MAX_SAFE_INTEGER + 1, null],
  ] as const)('%o reads %j as %j', (read, value, expected) => {
    expect((read as (value: unknown) => unknown)(value)).toBe(expected);
  });
  it('reads lists of months, whole or not at all', () => {
    expect([readMonthsList('[3,6,12]'), readMonthsList(['3', 6]), readMonthsList('[3,0]'), readMonthsList('[]'), readMonthsList(3)]).toEqual([
      [3, 6, 12],
      [3, 6],
      null,
      null,
      null,
    ]);
  });
  it('reads every amount it can be given in fen, as fen and as yuan', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10_000_000_000 }), (fen) => {
        const yuan = `${Math.floor(fen / 100)}.${String(fen % 100).padStart(2, '0')}`;
        expect([readFen(fen), readFen(String(fen)), readYuan(yuan)]).toEqual([fen, fen, fen]);
      }),
    );
  });
});

describe('times', () => {
  it('tell seconds from milliseconds by what they could mean', () => {
    const s = NOW_MS / 1_000;
    expect([readSeconds(s), readSeconds(String(s)), readSeconds(NOW_MS), readMillis(NOW_MS), readMillis(s), readMillis('x')]).toEqual([
      NOW_MS,
      NOW_MS,
      null,
      NOW_MS,
      null,
      null,
    ]);
  });
  it('read RFC 3339 with its offset and no other spelling', () => {
    expect(readRfc3339('2026-03-02T10:00:00+08:00')).toBe(NOW_MS);
    expect(readRfc3339('2026-03-02T02:00:00.000Z')).toBe(NOW_MS);
    for (const other of ['2026-03-02', '2026-03-02T10:00:00', 'March 2, 2026', '2026-13-02T10:00:00Z', NOW_MS, null])
      expect(readRfc3339(other)).toBeNull();
  });
  it('are fresh within fifteen minutes on either side', () => {
    const minutes = 60_000;
    expect([0, 15, -15].map((m) => isFresh(NOW_MS - m * minutes, NOW_MS))).toEqual([true, true, true]);
    expect([isFresh(NOW_MS - 15 * minutes - 1, NOW_MS), isFresh(NOW_MS + 15 * minutes + 1, NOW_MS), isFresh(null, NOW_MS)]).toEqual([
      false,
      false,
      false,
    ]);
  });
});
