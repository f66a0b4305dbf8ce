/** Cap windows in the funder's own time zone, and the keys under which quota is lent and taken. Pure. */
import type { Cap, Funder } from '../domain/funder.ts';
import { invariant } from '../domain/failures.ts';

/** What one submit takes of one cap window. */
export interface CapNeed {
  readonly key: string;
  readonly capId: string;
  readonly limit: number;
  /** 1 for a count, the amount asked in fen for a sum. */
  readonly need: number;
}

/** What a submit of this amount would take of each of the funder's caps at this moment. */
export function capNeeds(funder: Pick<Funder, 'id' | 'caps' | 'time_zone'>, amountFen: number, nowMs: number): CapNeed[] {
  return funder.caps.map((cap) => ({
    key: `${funder.id}/${cap.id}/${windowOf(cap.window, funder.time_zone, nowMs)}`,
    capId: cap.id,
    limit: cap.limit,
    need: cap.unit === 'count' ? 1 : amountFen,
  }));
}

/** How much to borrow from the desk at once: enough for this need, and for a fiftieth of the limit so that the desk is asked seldom. */
export function leaseChunk(limit: number, need: number): number {
  return Math.max(need, Math.ceil(limit / 50));
}

/** A reservation as an attempt keeps it: `key#amount`. */
export function reservation(need: CapNeed): string {
  return `${need.key}#${need.need}`;
}
export function readReservation(text: string): { readonly key: string; readonly amount: number } {
  const at = text.lastIndexOf('#');
  invariant(at > 0, 'malformed cap reservation');
  return { key: text.slice(0, at), amount: Number(text.slice(at + 1)) };
}

/** The window a moment falls in, by the funder's calendar: `2026-11-21T13`, `2026-11-21` or `total`. */
export function windowOf(window: Cap['window'], timeZone: string, nowMs: number): string {
  if (window === 'total') return 'total';
  const local = localIso(timeZone, nowMs);
  return window === 'day' ? local.slice(0, 10) : local.slice(0, 13);
}

const formats = new Map<string, Intl.DateTimeFormat>();

function localIso(timeZone: string, nowMs: number): string {
  // China has one zone without daylight saving since 1991, and it is nearly every funder's: arithmetic instead of Intl.
  if (timeZone === 'Asia/Shanghai') return new Date(nowMs + 8 * 3_600_000).toISOString();
  let format = formats.get(timeZone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', hourCycle: 'h23' });
    formats.set(timeZone, format);
  }
  const parts = Object.fromEntries(format.formatToParts(nowMs).map((part) => [part.type, part.value]));
  return `${parts['year']}-${parts['month']}-${parts['day']}T${parts['hour']}`;
}
