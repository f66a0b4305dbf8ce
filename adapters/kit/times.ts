/** Readers of times as funders write them; all give milliseconds since the epoch, or null. */
import type { Json } from './read-json.ts';
import { readWhole } from './units.ts';

/** 2000-01-01 to 2100-01-01: outside it, seconds were taken for milliseconds or the other way round. */
const EARLIEST_MS = 946_684_800_000;
const LATEST_MS = 4_102_444_800_000;
const RFC3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})$/;

/** How old or how far ahead a signed message may be. */
export const FRESH_MS = 15 * 60_000;

/** Seconds since the epoch, plain or quoted. */
export function readSeconds(value: Json | undefined): number | null {
  const seconds = readWhole(value, LATEST_MS / 1_000);
  return seconds === null ? null : within(seconds * 1_000);
}

/** Milliseconds since the epoch, plain or quoted. */
export function readMillis(value: Json | undefined): number | null {
  const millis = readWhole(value, LATEST_MS);
  return millis === null ? null : within(millis);
}

/** RFC 3339 with an offset. */
export function readRfc3339(value: Json | undefined): number | null {
  return typeof value === 'string' && RFC3339.test(value) ? within(Date.parse(value)) : null;
}

/** True when a signed time lies within 15 minutes of now, on either side. */
export function isFresh(signedAtMs: number | null, nowMs: number): boolean {
  return signedAtMs !== null && Math.abs(nowMs - signedAtMs) <= FRESH_MS;
}

function within(millis: number): number | null {
  return millis >= EARLIEST_MS && millis <= LATEST_MS ? millis : null;
}
