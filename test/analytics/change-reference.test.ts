/** What a funder's past leads to expect of anybody who comes. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addCells, countIn, isIn, keyOf, levelsOf, referenceOf, sizeOf, type Cells } from '../../src/analytics/change-reference.ts';

/** Bands approve 40 and 10 in a hundred, the channel `weak` half of that; most of its people are in the lower band. */
const CELLS: Cells = {
  'good|own|0': [4_000, 1_600],
  'low|own|0': [1_000, 100],
  'good|weak|0': [500, 100],
  'low|weak|0': [2_000, 100],
};

describe('the reference', () => {
  it('has the raw rates of the whole and of each part', () => {
    const reference = referenceOf(CELLS);
    expect([reference.n, reference.rate]).toEqual([7_500, 1_900 / 7_500]);
    expect(reference.of('')).toEqual({ n: 7_500, rate: reference.rate });
    expect(reference.of('band/good').rate).toBeCloseTo(1_700 / 4_500, 9);
    expect(reference.of('channel/weak')).toEqual({ n: 2_500, rate: expect.closeTo(0.08, 9) as number });
    expect(reference.of('channel/new')).toEqual({ n: 0, rate: reference.rate });
  });

  it('expects in a well-known cell what was seen there, and of all together what was seen of all', () => {
    const reference = referenceOf(CELLS);
    for (const [key, [n, x]] of Object.entries(CELLS)) expect(reference.expect(key), key).toBeCloseTo(x / n, 1.6);
    expect(reference.expected).toBeCloseTo(reference.rate, 2);
    expect(reference.highest).toBe(reference.expect('good|own|0'));
  });

  it('does not count a weak band against its channel as well', () => {
    // Ten of a third channel: what is expected of them is their band's, in a channel of no merit or fault of its own.
    const reference = referenceOf({ ...CELLS, 'good|new|0': [10, 4] });
    expect(reference.expect('good|new|0')).toBeGreaterThan(0.34);
    expect(reference.expect('low|new|0')).toBeGreaterThan(0.07);
    expect(reference.expect('low|new|0')).toBeLessThan(0.14);
    expect(reference.expect('good|never seen|1')).toBeGreaterThan(0.3);
  });

  it('is always a rate to bet on, also of nothing and of what never or always happens', () => {
    const cell = fc
      .tuple(fc.integer({ min: 0, max: 5_000 }), fc.double({ min: 0, max: 1, noNaN: true }))
      .map(([n, share]): [number, number] => [n, n * share]);
    const keys = fc.tuple(fc.constantFrom('good', 'low', ''), fc.constantFrom('a', 'b'), fc.constantFrom('0', '1')).map((levels) => keyOf(levels));
    fc.assert(
      fc.property(fc.dictionary(keys, cell), keys, (cells, key) => {
        const { expect: expected, highest, expected: mean } = referenceOf(cells);
        for (const rate of [expected(key), highest, mean]) expect(rate > 0 && rate < 1, `${rate}`).toBe(true);
      }),
    );
  });
});

it('cells are named by three levels, added and measured', () => {
  const cells: Cells = {};
  countIn(cells, keyOf(['low', 'ads', '0']), 2, 1);
  addCells(cells, { 'low|ads|0': [3, 1], 'good|own|1': [1, 0] });
  expect(cells).toEqual({ 'low|ads|0': [5, 2], 'good|own|1': [1, 0] });
  expect([sizeOf(cells), levelsOf('low|ads|0'), levelsOf('')]).toEqual([6, ['low', 'ads', '0'], ['', '', '']]);
  expect(['', 'band/low', 'channel/ads', 'band/ads', 'channel/own'].map((segment) => isIn(segment, 'low|ads|0'))).toEqual([
    true,
    true,
    true,
    false,
    false,
  ]);
});
