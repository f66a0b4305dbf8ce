/**
 * The answers that are the same in every protocol: how HTTP itself fails, and what may be said about it. What leaves here reaches
 * operators and logs, so it must carry codes only: no free text of a funder, which may quote a borrower or a key.
 */
import type { DecisionAnswer, FunderOffer, OutboundResponse, Unavailable, Unreadable } from '../contract.ts';
import type { Json } from './read-json.ts';
import { readWhole } from './units.ts';

const CODE = /^[A-Za-z0-9_.:-]{1,24}$/;
const REF = /^[A-Za-z0-9_.:-]{1,64}$/;
const LONG_NUMBER = /\d{7}/;
const MAX_RETRY_AFTER_MS = 24 * 3_600_000;

/** A funder's code fit to be shown: short, plain, and with no run of digits long enough to be a phone or an ID number. */
export function safeCode(value: Json | undefined): string {
  const text = typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : value;
  if (text === undefined || text === null || text === '') return 'none';
  return typeof text === 'string' && CODE.test(text) && !LONG_NUMBER.test(text) ? text : 'unreadable';
}

/** A funder's order number, or null when it is not a plain token. */
export function safeRef(value: Json | undefined): string | null {
  const text = typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : value;
  return typeof text === 'string' && REF.test(text) ? text : null;
}

/** The reply could not be read; the call may have had its effect. */
export function unreadable(detail: string): Unreadable {
  return { kind: 'unknown', detail };
}

/** Our request was refused as it stands: the same again would be refused again. */
export function faultOurs(detail: string): Unavailable {
  return { kind: 'unavailable', fault: 'ours', retryable: false, retryAfterMs: null, detail };
}

/** The funder took nothing just now; the same call may succeed later. */
export function faultFunder(detail: string, retryAfterMs: number | null = null): Unavailable {
  return { kind: 'unavailable', fault: 'funder', retryable: true, retryAfterMs, detail };
}

/** Not decided, or in a word we do not know (`unrecognised`, which is alarmed). */
export function pending(at: { readonly funderRef: string | null; readonly eventAtMs: number | null }, unrecognised: string | null): DecisionAnswer {
  return { kind: 'pending', funderRef: at.funderRef, eventAtMs: at.eventAtMs, unrecognised };
}

/** Approved, if the offer could be read whole; else pending and loud, for an approval nobody can price must not be offered. */
export function approved(at: { readonly funderRef: string | null; readonly eventAtMs: number | null }, offer: FunderOffer | null): DecisionAnswer {
  return offer === null
    ? pending(at, 'approved_without_readable_offer')
    : { kind: 'approved', offer, funderRef: at.funderRef, eventAtMs: at.eventAtMs };
}

/**
 * The standard reading of a status that is not 2xx; null for 2xx. 400, 401, 403, 404 and the like are ours and final; 429 and 503
 * are the funder's, with its Retry-After; anything else may have had its effect. A 404 is *not* "no such order": a wrong path
 * or a proxy says it too, and taking it so would release an order the funder may hold. Protocols read their own code for that.
 */
export function httpFailure(nowMs: number, response: OutboundResponse, code?: Json): Unavailable | Unreadable | null {
  const { status } = response;
  if (status >= 200 && status < 300) return null;
  const detail = code === undefined ? `http ${status}` : `http ${status} ${safeCode(code)}`;
  if (status === 429 || status === 503) return faultFunder(detail, retryAfterMs(response.headers['retry-after'], nowMs));
  if ([400, 401, 403, 404, 405, 410, 411, 413, 415, 422].includes(status)) return faultOurs(detail);
  return unreadable(detail);
}

/** Retry-After as seconds or HTTP date, at most a day; null when absent or unreadable. */
export function retryAfterMs(header: string | undefined, nowMs: number): number | null {
  if (header === undefined) return null;
  const seconds = readWhole(header.trim());
  if (seconds !== null) return Math.min(seconds * 1_000, MAX_RETRY_AFTER_MS);
  const dateMs = header.trim().endsWith('GMT') ? Date.parse(header) : Number.NaN;
  return Number.isNaN(dateMs) ? null : Math.min(Math.max(0, dateMs - nowMs), MAX_RETRY_AFTER_MS);
}
