/** Budgets of a dispatch: the least time that is worth a call, and retries that are left of the traffic. */
import { invariant } from '../domain/failures.ts';

/** Below this a call is not worth starting: it would be cut off before an answer could come. */
export const MIN_CALL_MS = 50;

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
