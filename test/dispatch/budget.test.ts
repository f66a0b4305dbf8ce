import { describe, expect, test } from 'vitest';
import { createRetryAllowance } from '../../src/dispatch/budget.ts';

describe('the retry allowance', () => {
  test('gives its burst, then a tenth of the traffic', () => {
    const allowance = createRetryAllowance({ share: 0.1, burst: 5 });
    const take = (count: number): number => Array.from({ length: count }, () => allowance.takeRetry()).filter(Boolean).length;
    expect(take(10)).toBe(5);
    let taken = 0;
    for (let call = 0; call < 10_000; call += 1) {
      allowance.onCall();
      taken += take(3);
    }
    expect(taken).toBe(1_000);
  });

  test('saves no more than its burst', () => {
    const allowance = createRetryAllowance({ share: 0.5, burst: 2 });
    for (let call = 0; call < 1_000; call += 1) allowance.onCall();
    expect([allowance.takeRetry(), allowance.takeRetry(), allowance.takeRetry()]).toEqual([true, true, false]);
  });
});
