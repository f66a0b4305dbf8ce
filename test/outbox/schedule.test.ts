import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ATTEMPT_OFFSETS_MS, JITTER_SHARE, MAX_RETRY_AFTER_MS, nextAttempt, parseRetryAfter } from '../../src/outbox/schedule.ts';

const HOUR = 3_600_000;
const FIRST = Date.UTC(2026, 2, 1);
const noJitter = (): number => 0.5;

describe('the schedule', () => {
  test('makes ten attempts, the tenth 75 hours after the first', () => {
    const at = [FIRST];
    for (let attempt = 1; ; attempt += 1) {
      const due = nextAttempt({ attempt, nowMs: at.at(-1)!, firstAtMs: FIRST, retryAfterMs: null, uniform: noJitter });
      if (due === 'dead') break;
      at.push(due);
    }
    expect(at).toHaveLength(10);
    expect(at.at(-1)! - FIRST).toBe(75 * HOUR);
    expect(at.map((time) => time - FIRST)).toEqual(ATTEMPT_OFFSETS_MS);
  });

  test('every step is longer than the one before, save the last, cut to end on 75 h', () => {
    const steps = ATTEMPT_OFFSETS_MS.slice(1).map((offset, index) => offset - ATTEMPT_OFFSETS_MS[index]!);
    expect(steps).toEqual(steps.toSorted((left, right) => left - right));
    expect(steps).toHaveLength(9);
  });

  test('jitter stays within its share of the step and does not add up', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 0.999_999, noNaN: true }), { minLength: 9, maxLength: 9 }), (draws) => {
        let nowMs = FIRST;
        draws.forEach((draw, index) => {
          const due = nextAttempt({ attempt: index + 1, nowMs, firstAtMs: FIRST, retryAfterMs: null, uniform: () => draw });
          const step = ATTEMPT_OFFSETS_MS[index + 1]! - ATTEMPT_OFFSETS_MS[index]!;
          expect(due).not.toBe('dead');
          expect(Math.abs(Number(due) - FIRST - ATTEMPT_OFFSETS_MS[index + 1]!)).toBeLessThanOrEqual(JITTER_SHARE * step + 1);
          expect(Number(due)).toBeGreaterThan(nowMs);
          nowMs = Number(due);
        });
      }),
    );
  });

  test('draws at both ends of the jitter differ', () => {
    const due = (uniform: number): number | 'dead' =>
      nextAttempt({ attempt: 4, nowMs: FIRST, firstAtMs: FIRST, retryAfterMs: null, uniform: () => uniform });
    expect(Number(due(0.999_999)) - Number(due(0))).toBeGreaterThan(0.19 * 2 * HOUR);
  });

  test('Retry-After postpones but never hastens, and is capped', () => {
    const due = (attempt: number, retryAfterMs: number): number | 'dead' =>
      nextAttempt({ attempt, nowMs: FIRST, firstAtMs: FIRST, retryAfterMs, uniform: noJitter });
    expect(due(1, 60_000)).toBe(FIRST + 60_000);
    expect(due(1, 1_000)).toBe(FIRST + 5_000);
    expect(due(1, 90 * 24 * HOUR)).toBe(FIRST + MAX_RETRY_AFTER_MS);
    expect(due(1, -5)).toBe(FIRST + 5_000);
    expect(due(ATTEMPT_OFFSETS_MS.length, 60_000)).toBe('dead');
  });

  test('after an outage of ours the rest do not pile up', () => {
    const nowMs = FIRST + 60 * HOUR;
    expect(nextAttempt({ attempt: 3, nowMs, firstAtMs: FIRST, retryAfterMs: null, uniform: noJitter })).toBe(nowMs + 15 * 60_000);
  });

  test('an attempt number that cannot be is a bug', () => {
    expect(() => nextAttempt({ attempt: 0, nowMs: FIRST, firstAtMs: FIRST, retryAfterMs: null, uniform: noJitter })).toThrow('attempt');
  });
});

describe('Retry-After', () => {
  test.each([
    ['120', 120_000],
    [' 0 ', 0],
    [new Date(FIRST + 90_000).toUTCString(), 90_000],
    [new Date(FIRST - 90_000).toUTCString(), 0],
  ])('%s', (header, expected) => expect(parseRetryAfter(header, FIRST)).toBe(expected));

  test.each([undefined, '', '-1', '1.5', '1e9', 'soon', '2026-03-01T00:00:00Z', 'Sun, 99 Mar 2026 00:00:00 GMT', '99999999999'])(
    '%s is not one',
    (header) => expect(parseRetryAfter(header, FIRST)).toBeNull(),
  );
});
