import { afterEach, beforeEach, describe, expect, test, vi, type MockInstance } from 'vitest';
import { createRetryAllowance } from '../../src/dispatch/budget.ts';
import { retrySafely, type RetryOptions } from '../../src/dispatch/retry.ts';
import { createManualClock, type ManualClock } from './manual-clock.ts';

type Answer = { readonly kind: 'ok' } | { readonly kind: 'unavailable'; readonly attempt: number; readonly afterMs: number | null };

let clock: ManualClock;
let timer: MockInstance;
let random: MockInstance;
beforeEach(() => {
  clock = createManualClock(1_000_000);
  timer = vi.spyOn(globalThis, 'setTimeout');
  random = vi.spyOn(Math, 'random');
});
afterEach(() => {
  timer.mockRestore();
  random.mockRestore();
});

const options = (more: Partial<RetryOptions<Answer>> = {}): RetryOptions<Answer> => ({
  call: 'query',
  retries: 3,
  baseMs: 100,
  maxMs: 1_000,
  deadlineMs: Infinity,
  clock,
  uniform: () => 0.999_999,
  again: (answer) => (answer.kind === 'ok' ? null : { afterMs: answer.afterMs }),
  ...more,
});
const failing =
  (times: number, afterMs: number | null = null) =>
  (attempt: number): Promise<Answer> =>
    Promise.resolve(attempt <= times ? { kind: 'unavailable', attempt, afterMs } : { kind: 'ok' });

/** Runs to the end on the manual clock; nothing may have touched a real timer or real randomness on the way. */
async function finish<T>(promise: Promise<T>): Promise<T> {
  let settled = false;
  const noted = promise.finally(() => (settled = true));
  noted.catch(() => {});
  for (let turn = 0; turn < 50 && !settled; turn += 1) await clock.advance(1_000);
  expect(timer).not.toHaveBeenCalled();
  expect(random).not.toHaveBeenCalled();
  return noted;
}

describe('repeating what is safe', () => {
  test('a standing answer is given at once, without a sleep', async () => {
    expect(await finish(retrySafely(failing(0), options()))).toEqual({ kind: 'ok' });
    expect(clock.sleeps).toEqual([]);
  });

  test('backs off on the clock port, doubling up to the most', async () => {
    expect(await finish(retrySafely(failing(5), options({ retries: 5 })))).toEqual({ kind: 'ok' });
    expect(clock.sleeps).toEqual([100, 200, 400, 800, 1_000]);
  });

  test('does nothing until the clock has moved', async () => {
    const ask = vi.fn(failing(1));
    const result = retrySafely(ask, options());
    await clock.advance(99);
    expect(ask).toHaveBeenCalledTimes(1);
    await clock.advance(1);
    expect(ask).toHaveBeenCalledTimes(2);
    expect(await result).toEqual({ kind: 'ok' });
  });

  test('the wait is uniform in its upper half', async () => {
    await finish(retrySafely(failing(2), options({ uniform: () => 0 })));
    expect(clock.sleeps).toEqual([50, 100]);
  });

  test('gives the last answer when retries are spent, without sleeping for nothing', async () => {
    expect(await finish(retrySafely(failing(99), options({ retries: 2 })))).toEqual({ kind: 'unavailable', attempt: 3, afterMs: null });
    expect(clock.sleeps).toEqual([100, 200]);
  });

  test('waits as long as it was told to', async () => {
    await finish(retrySafely(failing(1, 7_000), options()));
    expect(clock.sleeps).toEqual([7_000]);
  });

  test('starts nothing that the deadline would cut off', async () => {
    const ask = vi.fn(failing(99));
    expect(await finish(retrySafely(ask, options({ deadlineMs: clock.nowMs() + 349 })))).toEqual({ kind: 'unavailable', attempt: 2, afterMs: null });
    expect(clock.sleeps).toEqual([100]);
  });

  test('stops when the allowance is spent', async () => {
    const allowance = createRetryAllowance({ share: 0, burst: 2 });
    expect(await finish(retrySafely(failing(99), options({ allowance })))).toMatchObject({ attempt: 3 });
    expect(await finish(retrySafely(failing(99), options({ allowance })))).toMatchObject({ attempt: 1 });
  });

  test('an abort ends the back-off and gives the last answer', async () => {
    const aborter = new AbortController();
    const result = retrySafely(failing(99), options({ signal: aborter.signal }));
    await clock.advance(50);
    aborter.abort();
    expect(await result).toEqual({ kind: 'unavailable', attempt: 1, afterMs: null });
  });

  test.each([new Error('a bug'), new TypeError('fetch failed'), new TypeError('x is not a function')])(
    'what is thrown is thrown on at once: %s',
    async (error) => {
      const ask = vi.fn(() => Promise.reject(error));
      await expect(finish(retrySafely<Answer>(ask, options()))).rejects.toBe(error);
      expect(ask).toHaveBeenCalledTimes(1);
    },
  );

  test('two runs of one seed are the same', async () => {
    const run = async (): Promise<readonly number[]> => {
      clock = createManualClock();
      let state = 11;
      await finish(
        retrySafely(failing(4), options({ clock, retries: 6, uniform: () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647 })),
      );
      return clock.sleeps;
    };
    expect(await run()).toEqual(await run());
  });
});
