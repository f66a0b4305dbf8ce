import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { callTimeoutMs, createRetryAllowance, earliestDeadline, MIN_CALL_MS, remainingMs } from '../../src/dispatch/budget.ts';

describe('deadlines', () => {
  test('what is left is never negative', () => {
    expect(remainingMs(1_000, 400)).toBe(600);
    expect(remainingMs(1_000, 1_001)).toBe(0);
  });

  test('the earliest that binds', () => {
    expect(earliestDeadline(null, 500, 300, null)).toBe(300);
    expect(earliestDeadline(null)).toBe(Infinity);
  });

  test.each([
    [{ ownMs: 2_000, deadlineMs: 10_000, nowMs: 0 }, 2_000],
    [{ ownMs: 2_000, deadlineMs: 1_500, nowMs: 0 }, 1_500],
    [{ ownMs: 2_000, deadlineMs: 1_500, nowMs: 0, reserveMs: 500 }, 1_000],
    [{ ownMs: 2_000, deadlineMs: Infinity, nowMs: 0 }, 2_000],
    [{ ownMs: 2_000, deadlineMs: MIN_CALL_MS, nowMs: 0 }, MIN_CALL_MS],
    [{ ownMs: 2_000, deadlineMs: MIN_CALL_MS - 1, nowMs: 0 }, null],
    [{ ownMs: 2_000, deadlineMs: 0, nowMs: 5 }, null],
  ])('%j gives %s', (input, expected) => expect(callTimeoutMs(input)).toBe(expected));

  test('a call never outlives its deadline', () => {
    const ms = fc.nat({ max: 100_000 });
    fc.assert(
      fc.property(ms, ms, ms, ms, (ownMs, deadlineMs, nowMs, reserveMs) => {
        const timeoutMs = callTimeoutMs({ ownMs, deadlineMs, nowMs, reserveMs });
        if (timeoutMs !== null) expect(nowMs + timeoutMs + reserveMs).toBeLessThanOrEqual(deadlineMs);
      }),
    );
  });
});

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
