/**
 * Repeats what is safe to repeat: whatever only asks, and a cancel. A submit is never repeated here: its type has no name in `SafeCall`.
 *
 * p-retry keeps count and decides; the waiting is ours. With `minTimeout: 0` it sets no timer, with `randomize` off it draws no
 * number, and with `maxRetryTime` unset its reading of `performance.now` decides nothing; the back-off is awaited on the clock port
 * inside `onFailedAttempt`. cockatiel would bring breaker and bulkhead along, but sleeps and measures on ambient time, which the
 * deterministic simulation cannot move.
 */
import pRetry, { AbortError } from 'p-retry';
import { invariant } from '../domain/failures.ts';
import type { Clock } from '../ports/clock.ts';
import { MIN_CALL_MS, type RetryAllowance } from './budget.ts';

/** What leaves nothing behind at the funder, or the same however often it is said. */
const SAFE_CALLS = ['precheck', 'query', 'cancel', 'list_cards', 'trial', 'plan', 'redirect', 'query_repayment'] as const;
export type SafeCall = (typeof SAFE_CALLS)[number];
/** What is said once: the answer to a lost one is asked for, and it is not said again. */
export type OnceCall = 'submit' | 'draw' | 'bind_card' | 'verify_card' | 'repay';

export function isSafe(call: SafeCall | OnceCall): call is SafeCall {
  return (SAFE_CALLS as readonly string[]).includes(call);
}

export interface RetryOptions<A> {
  readonly call: SafeCall;
  /** Null: the answer stands. Else it may be asked again, not before `afterMs` (null: by back-off alone). */
  readonly again: (answer: A) => { readonly afterMs: number | null } | null;
  /** Further attempts after the first. */
  readonly retries: number;
  /** First back-off, doubled each time up to `maxMs`; the wait is uniform in its upper half. */
  readonly baseMs: number;
  readonly maxMs: number;
  /** No attempt is started that would begin within `MIN_CALL_MS` of it. */
  readonly deadlineMs: number;
  readonly clock: Pick<Clock, 'nowMs' | 'sleep'>;
  readonly uniform: () => number;
  readonly allowance?: RetryAllowance;
  /** Aborted: the back-off ends and the last answer is given. */
  readonly signal?: AbortSignal;
}

/** Carries an answer worth asking again through p-retry, which knows only exceptions. */
class AskAgain extends Error {
  override name = 'AskAgain';
  readonly answer: unknown;
  readonly afterMs: number | null;
  constructor(answer: unknown, afterMs: number | null) {
    super('answer may be asked again');
    this.answer = answer;
    this.afterMs = afterMs;
  }
}

/**
 * Calls `ask` until its answer stands, or retries, allowance or time are spent; the last answer is given whatever it is.
 * What `ask` throws is a bug and is thrown on at once.
 */
export async function retrySafely<A>(ask: (attempt: number) => Promise<A>, options: RetryOptions<A>): Promise<A> {
  invariant(options.retries >= 0 && options.baseMs >= 0 && options.maxMs >= options.baseMs, 'retry options');
  options.allowance?.onCall();
  let mayRepeat = true;
  try {
    return await pRetry(
      async (attempt) => {
        const answer = await askOnce(ask, attempt);
        const again = options.again(answer);
        if (again !== null) throw new AskAgain(answer, again.afterMs);
        return answer;
      },
      {
        retries: options.retries,
        minTimeout: 0,
        randomize: false,
        async onFailedAttempt({ error, retriesConsumed, retriesLeft }) {
          if (!(error instanceof AskAgain) || retriesLeft === 0) return;
          mayRepeat = await backOff(options, error.afterMs, retriesConsumed);
        },
        shouldRetry: ({ error }) => error instanceof AskAgain && mayRepeat,
      },
    );
  } catch (error) {
    if (error instanceof AskAgain) return error.answer as A;
    throw error;
  }
}

/** p-retry retries whatever looks like a network error; here nothing thrown is ever tried again. */
async function askOnce<A>(ask: (attempt: number) => Promise<A>, attempt: number): Promise<A> {
  try {
    return await ask(attempt);
  } catch (error) {
    throw new AbortError(error instanceof Error ? error : new Error('non-error thrown'));
  }
}

/** Waits before the next attempt; false when there is to be none. */
async function backOff<A>(options: RetryOptions<A>, afterMs: number | null, retriesConsumed: number): Promise<boolean> {
  const ceilingMs = Math.min(options.maxMs, options.baseMs * 2 ** retriesConsumed);
  const waitMs = Math.max(afterMs ?? 0, Math.round(ceilingMs * (0.5 + options.uniform() / 2)));
  if (options.clock.nowMs() + waitMs > options.deadlineMs - MIN_CALL_MS) return false;
  if (isAborted(options.signal)) return false;
  if (options.allowance !== undefined && !options.allowance.takeRetry()) return false;
  await options.clock.sleep(waitMs, options.signal);
  return !isAborted(options.signal);
}

function isAborted(signal: AbortSignal | undefined): boolean {
  return signal?.aborted ?? false;
}
