/** Times as funders write them. Readers give milliseconds since the epoch, or null; a local time is that of Asia/Shanghai, which has no summer time. */
import type { Json } from './read-json.ts';
import { readWhole } from './units.ts';

/** 2000-01-01 to 2100-01-01: outside it, seconds were taken for milliseconds or the other way round. */
const EARLIEST_MS = 946_684_800_000;
const LATEST_MS = 4_102_444_800_000;
const RFC3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})$/;

const LOCAL_TIME = /^(?:(\d{4})-(\d{2})-(\d{2})[ T](\d{2}):(\d{2}):(\d{2})|(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2}))$/;
const SHANGHAI_MS = 8 * 3_600_000;

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
  if (typeof value !== 'string' || !RFC3339.test(value)) return null;
  // The engine takes 30 February for 2 March, and 24:00 for the next day.
  return partsToMs(value.slice(0, 19).split(/[-T:]/)) === null ? null : within(Date.parse(value));
}

/** A local time: "20260102030405" (also as a bare number), "2026-01-02 03:04:05" or with a T. */
export function readLocalTime(value: Json | undefined): number | null {
  return readLocal(value, LOCAL_TIME);
}

/** "20260102030405", local. */
export function compactTime(ms: number): string {
  return localIso(ms).replaceAll(/[-T:]/g, '');
}

/** "2026-01-02 03:04:05", local. */
export function spacedTime(ms: number): string {
  return localIso(ms).replace('T', ' ');
}

/** "2026-01-02T03:04:05+08:00". */
export function rfc3339Time(ms: number): string {
  return `${localIso(ms)}+08:00`;
}

/** True when a signed time lies within the window (15 minutes) of now, on either side. */
export function isFresh(signedAtMs: number | null, nowMs: number, windowMs = FRESH_MS): boolean {
  return signedAtMs !== null && Math.abs(nowMs - signedAtMs) <= windowMs;
}

function within(millis: number): number | null {
  return millis >= EARLIEST_MS && millis <= LATEST_MS ? millis : null;
}

function readLocal(value: Json | undefined, form: RegExp): number | null {
  const text = typeof value === 'number' ? String(value) : value;
  const match = typeof text === 'string' ? form.exec(text) : null;
  const local = match === null ? null : partsToMs(match.slice(1).filter((part) => part !== undefined));
  return local === null ? null : within(local - SHANGHAI_MS);
}

/** Year, month, day and perhaps hour, minute, second as a moment; null when the calendar has no such day or the clock no such time. */
function partsToMs(parts: readonly string[]): number | null {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts.map(Number);
  if (month < 1 || month > 12 || day < 1 || hour > 23 || minute > 59 || second > 59) return null;
  const ms = Date.UTC(year, month - 1, day, hour, minute, second);
  return new Date(ms).getUTCDate() === day ? ms : null;
}

function localIso(ms: number): string {
  return new Date(ms + SHANGHAI_MS).toISOString().slice(0, 19);
}
