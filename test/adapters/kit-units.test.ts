/** 万元, rates, flags, stringed lists and local times, by their edges. Fen, yuan and seconds are in units.test.ts. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compactTime, readLocalTime, readRfc3339, rfc3339Time, spacedTime } from '../../adapters/kit/times.ts';
import type { RateUnit } from '../../adapters/kit/units.ts';
import {
  readBps,
  readList,
  readMonths,
  readMonthsList,
  readRateBps,
  readWan,
  readYuan,
  wanText,
  yuanNumber,
  yuanText,
} from '../../adapters/kit/units.ts';
import { amountMinor } from '../../src/domain/money.ts';
import { NOW_MS } from './world.ts';

const fen = fc.integer({ min: 0, max: 100_000_000_000 }).map(amountMinor);

describe('money', () => {
  it.each([
    ['3', 3_000_000],
    [3.5, 3_500_000],
    ['0.0001', 100],
    ['0.000001', 1],
    ['0.0000010', 1],
    ['0.0000001', null],
    ['0', 0],
    ['100000', 100_000_000_000],
    ['100001000', null],
    ['-1', null],
    ['1e3', null],
    ['', null],
    [' 1', null],
    ['3万', null],
    [null, null],
    [[3], null],
  ])('%j 万元 is %j fen', (value, expected) => {
    expect(readWan(value)).toBe(expected);
  });
  it('comes back from every writing of ours', () => {
    fc.assert(
      fc.property(fen, (amount) => {
        expect([readYuan(yuanText(amount)), readYuan(yuanNumber(amount)), readWan(wanText(amount))]).toEqual([amount, amount, amount]);
      }),
    );
    expect([yuanText(amountMinor(1_000_000)), yuanNumber(amountMinor(1_000_050)), wanText(amountMinor(3_500_000)), wanText(amountMinor(1))]).toEqual([
      '10000.00',
      10_000.5,
      '3.5',
      '0.000001',
    ]);
  });
});

describe('rates', () => {
  it('in whole basis points are read as they are', () => {
    expect([1_800, '1800', 0, 100_000].map(readBps)).toEqual([1_800, 1_800, 0, 100_000]);
    expect([100_001, -1, 1.5, '18.00', '', null, undefined].map(readBps)).toEqual(Array.from({ length: 7 }, () => null));
  });
  const yearly = (unit: RateUnit['in']): RateUnit => ({ in: unit, per: 'year' });

  it.each([
    ['18.00', yearly('percent'), 1_800],
    ['18%', yearly('percent'), 1_800],
    [0.18, yearly('decimal'), 1_800],
    ['0.23999', yearly('decimal'), 2_400],
    ['0.239949', yearly('decimal'), 2_399],
    ['0.239950', yearly('decimal'), 2_400],
    [1800, yearly('bps'), 1_800],
    ['180', yearly('permille'), 1_800],
    ['1.5', { in: 'percent', per: 'month' }, 1_800],
    ['0.05', { in: 'percent', per: 'day' }, 1_800],
    ['0.05', { in: 'percent', per: 'day', daysInYear: 365 }, 1_825],
    ['0.0005', { in: 'decimal', per: 'day', daysInYear: 360 }, 1_800],
    ['5', { in: 'permyriad', per: 'day', daysInYear: 360 }, 1_800],
    ['4.5', { in: 'permyriad', per: 'day', daysInYear: 365 }, 1_643],
    [0, yearly('percent'), 0],
    ['1000', yearly('percent'), 100_000],
    ['1000.01', yearly('percent'), null],
    ['-1', yearly('percent'), null],
    ['18%%', yearly('percent'), null],
    ['0.18%', yearly('decimal'), null],
    ['1e1', yearly('percent'), null],
    [1e-7, yearly('decimal'), null],
    [Number.NaN, yearly('percent'), null],
    [undefined, yearly('percent'), null],
  ] as const)('%j as %j is %j a year in basis points', (value, unit, expected) => {
    expect(readRateBps(value, unit)).toBe(expected);
  });
});

describe('lists', () => {
  it('may be written into a string', () => {
    expect([readMonthsList('3,6, 12'), readMonthsList('[3,"6"]'), readMonthsList(['3', 6]), readMonthsList('12')]).toEqual([
      [3, 6, 12],
      [3, 6],
      [3, 6],
      [12],
    ]);
    for (const odd of ['3,,6', '3,x', '', '[3,6', '[]', [], [3, null], 12, null, undefined, '3;6']) expect(readMonthsList(odd)).toBeNull();
    expect(readList('a,b', (item) => item)).toEqual(['a', 'b']);
    expect(readList([1], readMonths)).toEqual([1]);
  });
});

describe('local times', () => {
  const text = '20260302100000';

  it('are those of Shanghai, in every writing', () => {
    for (const value of [text, Number(text), '2026-03-02 10:00:00', '2026-03-02T10:00:00']) expect(readLocalTime(value)).toBe(NOW_MS);
    expect([compactTime(NOW_MS), spacedTime(NOW_MS), rfc3339Time(NOW_MS)]).toEqual([text, '2026-03-02 10:00:00', '2026-03-02T10:00:00+08:00']);
    expect(compactTime(Date.UTC(2026, 2, 1, 16, 0, 0))).toBe('20260302000000');
  });
  it('are days of the calendar and times of the clock', () => {
    for (const odd of [
      '20260230100000',
      '20261301000000',
      '20260001000000',
      '20260100000000',
      '20260302240000',
      '20260302106000',
      '20260302100060',
      '20260302',
      '2026-03-02',
      '2026-03-02 10:00',
      '19991231235959',
      '21000102000000',
      ' 20260302100000',
      '２０260302100000',
      null,
      true,
    ]) {
      expect(readLocalTime(odd)).toBeNull();
    }
    expect([readLocalTime('20250229000000'), readLocalTime('20240229000000')]).toEqual([null, Date.UTC(2024, 1, 28, 16)]);
    for (const odd of ['2026-02-30T10:00:00Z', '2026-03-02T24:00:00Z', '2026-03-02T10:60:00+08:00', '2026-03-02T10:00:00+99:00'])
      expect(readRfc3339(odd)).toBeNull();
  });
  it('come back, to the second', () => {
    fc.assert(
      fc.property(fc.integer({ min: 946_684_800, max: 4_102_444_799 }), (seconds) => {
        const ms = seconds * 1_000;
        expect([readLocalTime(compactTime(ms)), readLocalTime(spacedTime(ms + 999)), readRfc3339(rfc3339Time(ms))]).toEqual([ms, ms, ms]);
      }),
    );
  });
});
