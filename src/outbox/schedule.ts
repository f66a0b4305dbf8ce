/** When a delivery is tried again. */
import { invariant } from '../domain/failures.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/**
 * Offsets of the ten attempts from the first, milliseconds: 0 s, 5 s, 5 min 5 s, 35 min 5 s, 2 h 35, 7 h 35, 17 h 35, 31 h 35, 51 h 35, 75 h.
 * The example schedule of the Standard Webhooks specification 1.0.0, its last step shortened so that the tenth falls on 75 h.
 */
export const ATTEMPT_OFFSETS_MS: readonly number[] = [
  0,
  5 * SECOND,
  5 * MINUTE + 5 * SECOND,
  35 * MINUTE + 5 * SECOND,
  2 * HOUR + 35 * MINUTE + 5 * SECOND,
  7 * HOUR + 35 * MINUTE + 5 * SECOND,
  17 * HOUR + 35 * MINUTE + 5 * SECOND,
  31 * HOUR + 35 * MINUTE + 5 * SECOND,
  51 * HOUR + 35 * MINUTE + 5 * SECOND,
  75 * HOUR,
];
/** Jitter is uniform within this share of the step, either way. It does not add up: offsets count from the first attempt. */
export const JITTER_SHARE = 0.1;
/** The longest a receiver may put us off with one Retry-After. */
export const MAX_RETRY_AFTER_MS = 24 * HOUR;

/**
 * The time of the next attempt in milliseconds since the epoch, or `dead` when all ten are spent.
 * `attempt` counts the attempts made (1: only the first). `retryAfterMs` can only postpone, and by at most `MAX_RETRY_AFTER_MS`.
 * After an outage of ours the schedule is behind; then at least half a step lies between two attempts, so they do not pile up.
 */
export function nextAttempt(input: {
  readonly attempt: number;
  readonly nowMs: number;
  readonly firstAtMs: number;
  readonly retryAfterMs: number | null;
  readonly uniform: () => number;
}): number | 'dead' {
  invariant(Number.isSafeInteger(input.attempt) && input.attempt >= 1, 'attempt must be a positive integer');
  const offset = ATTEMPT_OFFSETS_MS[input.attempt];
  if (offset === undefined) return 'dead';
  const step = offset - ATTEMPT_OFFSETS_MS[input.attempt - 1]!;
  const jitter = (2 * input.uniform() - 1) * JITTER_SHARE * step;
  const planned = Math.max(input.firstAtMs + offset, input.nowMs + step / 2) + jitter;
  const asked = input.retryAfterMs === null ? 0 : input.nowMs + Math.min(Math.max(input.retryAfterMs, 0), MAX_RETRY_AFTER_MS);
  return Math.ceil(Math.max(planned, asked, input.nowMs));
}

const HTTP_DATE = /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d{2}:\d{2}:\d{2} GMT$/;

/** Reads a Retry-After header, seconds or an HTTP-date (RFC 9110 10.2.3), as milliseconds from now; null when it is neither. */
export function parseRetryAfter(value: string | undefined, nowMs: number): number | null {
  const text = value?.trim() ?? '';
  if (/^\d{1,9}$/.test(text)) return Number(text) * SECOND;
  if (!HTTP_DATE.test(text)) return null;
  const atMs = Date.parse(text);
  return Number.isNaN(atMs) ? null : Math.max(0, atMs - nowMs);
}
