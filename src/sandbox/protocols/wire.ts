/**
 * What a simulated funder's protocol must do: check and open a request, write a result, write a callback. Written apart from the adapters and
 * without their kit, so that a mistake in one side's signing is not made again on the other.
 */
import type { Command, OrderView, Result } from '../orders.ts';

export type Secrets = Readonly<Record<string, string>>;

export interface WireRequest {
  readonly method: string;
  /** Path with query, as on the request line. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Uint8Array;
}
export interface WireReply {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
  /** Besides the content type: a signature of the reply, for one. */
  readonly headers?: Readonly<Record<string, string>>;
}
export interface WireCallback {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}
export type Opened =
  | { readonly ok: true; readonly command: Command }
  | { readonly ok: false; readonly badSignature: boolean; readonly reply: WireReply };

/**
 * A protocol from the funder's side. Each adapter has one beside it, `adapters/<id>/double.ts`, exported as `double`. `open` verifies the
 * signature and on a bad one answers with its string-to-sign, the key left out. The last three serve the adapter's cases: they
 * sign and seal any content as this funder would, and open what it was sent.
 */
export interface Protocol {
  open(request: WireRequest, secrets: Secrets, nowMs: number): Opened;
  write(command: Command, result: Result, secrets: Secrets, nowMs: number): WireReply;
  callback(view: OrderView, messageId: string, secrets: Secrets, nowMs: number): WireCallback;
  /** True when the answer to a callback says it was taken. */
  acknowledged(status: number, body: string): boolean;
  /** A reply with this content, signed or sealed as replies of this protocol are. */
  reply(content: unknown, secrets: Secrets, nowMs: number): WireReply;
  /** A callback with this content, signed at `nowMs`. */
  tell(content: unknown, secrets: Secrets, nowMs: number): WireCallback;
  /** What a request's sealed content opens to; the body as data where nothing is sealed. Null when it cannot be opened or its signature is wrong. */
  content(request: WireRequest, secrets: Secrets, nowMs: number): unknown;
}

/** How a simulated funder does business beside how strict it is: what its flow shape asks for. */
export interface Manner {
  /** Bids for an applicant at the precheck, fen. */
  readonly bids?: boolean;
  /** The borrower must agree on the funder's page: before the full application, after it, or to sign the contract before the payout. */
  readonly page?: 'precheck' | 'submit' | 'contract' | null;
  /** A card must be bound, by a code, before the payout. */
  readonly cards?: boolean;
  /** Offers made one after another for one submit. */
  readonly offers?: number;
  /** `sync` for a protocol whose reply is the decision; otherwise the decision follows the reply. */
  readonly decides?: 'sync' | 'async';
}

export const FRESH_MS = 15 * 60_000;

export function jsonReply(status: number, value: unknown): WireReply {
  return { status, contentType: 'application/json', body: JSON.stringify(value) };
}

/** The empty text when there is no such header, or several. */
export function headerOf(request: Pick<WireRequest, 'headers'>, name: string): string {
  const value = request.headers[name];
  return typeof value === 'string' ? value : '';
}

/** A JSON object, or null. */
export function objectOf(body: Uint8Array | string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(typeof body === 'string' ? body : new TextDecoder().decode(body));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

/** A property as text; the empty text when it is missing or of another kind. */
export function text(object: unknown, key: string): string {
  const value = typeof object === 'object' && object !== null ? (object as Record<string, unknown>)[key] : undefined;
  return typeof value === 'string' ? value : '';
}

/** A property as a whole number of at least 0, plain or quoted; null when it is anything else. */
export function whole(object: unknown, key: string): number | null {
  const value = typeof object === 'object' && object !== null ? (object as Record<string, unknown>)[key] : undefined;
  const number = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) && number >= 0 ? number : null;
}

/** Yuan with two decimals as fen; null when it is written any other way. */
export function fenOf(decimal: string): number | null {
  const match = /^(\d{1,12})\.(\d{2})$/.exec(decimal);
  return match === null ? null : Number(match[1]) * 100 + Number(match[2]);
}

/** Fen as yuan with two decimals; a rate in basis points as a percentage. */
export function yuan(fen: number): string {
  const digits = String(fen).padStart(3, '0');
  return `${digits.slice(0, -2)}.${digits.slice(-2)}`;
}
