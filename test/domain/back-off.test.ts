import { expect, it } from 'vitest';
import { backOffMs } from '../../src/domain/back-off.ts';

it('doubles from the first to the most, and stays there however often it was tried', () => {
  expect([0, 1, 2, 3, 4, 5, 2_000].map((tries) => backOffMs(tries, 1_500, 20_000))).toEqual([1_500, 3_000, 6_000, 12_000, 20_000, 20_000, 20_000]);
});
