/** Budgets of a dispatch: time that is left until a deadline, and retries that are left of the traffic. */
import { invariant } from '../domain/failures.ts';

/** Below this a call is not worth starting: it would be cut off before an answer could come. */
export const MIN_CALL_MS = 50;

/** Milliseconds left until the deadline; 0 when it has passed. */
export function remainingMs(deadlineMs: number, nowMs: number): number {
  return Math.max(0, deadlineMs - nowMs);
}

/** The earliest of the deadlines; null ones do not bind. Infinity when none does. */
export function earliestDeadline(...deadlinesMs: readonly (number | null)[]): number {
  return deadlinesMs.reduce<number>((earliest, deadline) => (deadline === null ? earliest : Math.min(earliest, deadline)), Infinity);
}

/**
 * The timeout of one call: the call's own, cut to what the deadline leaves after `reserveMs` for what must follow it.
 * Null when less than `MIN_CALL_MS` would be left: do not start it.
 */
export function callTimeoutMs(input: {
  readonly ownMs: number;
  readonly deadlineMs: number;
  readonly nowMs: number;
  readonly reserveMs?: number;
}): number | null {
  const leftMs = remainingMs(input.deadlineMs, input.nowMs) - (input.reserveMs ?? 0);
  const timeoutMs = Math.min(input.ownMs, leftMs);
  return timeoutMs >= MIN_CALL_MS ? timeoutMs : null;
}

/** Keeps retries to a share of the traffic (promise P5: at most a tenth), so that retries cannot make an outage worse. */
export interface RetryAllowance {
  /** A first call was made. */
  onCall(): void;
  /** Takes one retry; false when there is none left. */
  takeRetry(): boolean;
}

/** `share` of calls may be retried, saved up to `burst` retries; it starts with `burst`, so a quiet funder gets its few retries. */
export function createRetryAllowance(options: { readonly share: number; readonly burst: number } = { share: 0.1, burst: 5 }): RetryAllowance {
  invariant(options.share >= 0 && options.share <= 1 && options.burst >= 1, 'retry allowance options');
  // Counted in thousandths: a tenth added ten times is not one in binary fractions.
  const perCall = Math.round(options.share * 1_000);
  const most = Math.floor(options.burst) * 1_000;
  let tokens = most;
  return {
    onCall() {
      tokens = Math.min(most, tokens + perCall);
    },
    takeRetry() {
      if (tokens < 1_000) return false;
      tokens -= 1_000;
      return true;
    },
  };
}
