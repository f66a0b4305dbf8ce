/**
 * HMAC-SHA256 over a canonical request, as API gateways sign: method, Accept, Content-MD5, Content-Type, Date, chosen headers, path with
 * sorted query; one to a line. The same text is signed by whoever sends, so requests and callbacks share it.
 */
import { joinLines } from './canonical.ts';
import { equalText, hmacSha256Base64, md5Base64 } from './digest.ts';
import { FRESH_MS, isFresh } from './times.ts';

const NONCE = /^[A-Za-z0-9_.:-]{8,64}$/;

/** The parts that are signed. `date` null leaves its line out; `headers` are those signed, by any case of their name. */
export interface RequestParts {
  readonly method: string;
  readonly accept: string;
  readonly contentMd5: string;
  readonly contentType: string;
  readonly date: string | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
}

/** The Content-MD5 of a body; an empty body has none. */
export function contentMd5(body: string | Uint8Array): string {
  return body.length === 0 ? '' : md5Base64(body);
}

/** The text to sign. Total: a line break inside a part becomes a blank, so that no part can pretend to be two. */
export function canonicalRequest(parts: RequestParts): string {
  const { method, accept, contentType, date, path, query = {} } = parts;
  const headers = Object.entries(parts.headers)
    .map(([name, value]) => `${name.toLowerCase()}:${value.trim()}`)
    .sort();
  const pairs = Object.keys(query)
    .sort()
    .map((key) => (query[key] === '' ? key : `${key}=${query[key]}`));
  const target = pairs.length === 0 ? path : `${path}?${pairs.join('&')}`;
  return joinLines(method.toUpperCase(), accept, parts.contentMd5, contentType, ...(date === null ? [] : [date]), ...headers, target);
}

/** Base64 signature of a canonical text. */
export function signRequest(secret: string, canonical: string): string {
  return hmacSha256Base64(secret, canonical);
}

/** True when the signature is that of the canonical text. Never throws. */
export function verifyRequest(secret: string, canonical: string, signature: string): boolean {
  return equalText(signature, hmacSha256Base64(secret, canonical));
}

/**
 * Whether a signed message lies in the window (15 minutes on either side) and carries a nonce. That a nonce is new cannot be known
 * here: hand it on as the callback's message id, and equal ids are processed once.
 */
export function checkWindow(
  signed: { readonly signedAtMs: number | null; readonly nonce: string },
  nowMs: number,
  windowMs = FRESH_MS,
): 'ok' | 'stale' | 'no_nonce' {
  if (!isFresh(signed.signedAtMs, nowMs, windowMs)) return 'stale';
  return NONCE.test(signed.nonce) ? 'ok' : 'no_nonce';
}
