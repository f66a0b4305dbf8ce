/**
 * How aspen-canonical seals and signs: the content is AES-128-CBC with a zero IV, then an HMAC-SHA256 covers method, Accept, Content-MD5,
 * Content-Type, the x-aspen headers and the path with its query; the time must lie within 15 minutes and a nonce must be there. Callbacks are
 * signed alike, under the path `/notify` whatever our address is. Replies are sealed only. The zero IV is the funder's, for compatibility.
 */
import type { AdapterContext, InboundCallback, OutboundRequest } from '../contract.ts';
import type { BlockScheme } from '../kit/block-cipher.ts';
import { sealBlock } from '../kit/block-cipher.ts';
import { joinUrl } from '../kit/canonical.ts';
import { headerOf, paramOf, secretOf } from '../kit/context.ts';
import { canonicalRequest, checkWindow, contentMd5, signRequest, verifyRequest } from '../kit/hmac-request.ts';
import type { Json } from '../kit/read-json.ts';
import { at } from '../kit/read-json.ts';
import { openJson } from '../kit/sealed-json.ts';
import { readMillis } from '../kit/times.ts';

const SCHEME: BlockScheme = { cipher: 'aes-128', mode: 'cbc', iv: 'zero', key: 'hex', text: 'base64' };
const accept = 'application/json';

/** Asks by GET; nothing of it is sealed. Throws only when a secret or parameter of the adapter is not configured. */
export function signedQuery(ctx: AdapterContext, path: string, query: Readonly<Record<string, string>>): OutboundRequest {
  const url = joinUrl(ctx.baseUrl, path);
  const headers = signedHeaders(ctx, { method: 'GET', contentMd5: '', contentType: '', path: new URL(url).pathname, query });
  return { method: 'GET', url: `${url}?${new URLSearchParams(query).toString()}`, headers, body: null };
}

/** Hands over sealed content by POST. Throws only when a secret or parameter of the adapter is not configured. */
export function sealedRequest(ctx: AdapterContext, path: string, content: object): OutboundRequest {
  const url = joinUrl(ctx.baseUrl, path);
  const body = JSON.stringify({ data: sealBlock(SCHEME, secretOf(ctx, 'aes_key'), JSON.stringify(content)) });
  const md5 = contentMd5(body);
  const headers = signedHeaders(ctx, { method: 'POST', contentMd5: md5, contentType: accept, path: new URL(url).pathname });
  return { method: 'POST', url, headers: { ...headers, 'content-type': accept, 'content-md5': md5 }, body };
}

type Parts = Omit<Parameters<typeof canonicalRequest>[0], 'accept' | 'date' | 'headers'>;

function signedHeaders(ctx: AdapterContext, parts: Parts): Readonly<Record<string, string>> {
  const headers = { 'x-aspen-key': paramOf(ctx, 'app_key'), 'x-aspen-nonce': ctx.nonce, 'x-aspen-timestamp': String(ctx.nowMs) };
  const canonical = canonicalRequest({ ...parts, accept, date: null, headers });
  return { accept, ...headers, 'x-aspen-signature': signRequest(secretOf(ctx, 'app_secret'), canonical) };
}

/** What the sealed member of a body held; undefined when it cannot be opened. Never throws. */
export function openData(ctx: AdapterContext, body: Json | undefined): Json | undefined {
  return openJson(ctx, SCHEME, 'aes_key', at(body, 'data'));
}

/** Why a callback is not believed, or null. */
export function distrust(ctx: AdapterContext, inbound: InboundCallback, secret: string): string | null {
  const headers = Object.fromEntries(['x-aspen-key', 'x-aspen-nonce', 'x-aspen-timestamp'].map((name) => [name, headerOf(inbound, name)]));
  const parts = { accept: headerOf(inbound, 'accept'), contentMd5: contentMd5(inbound.body), contentType: headerOf(inbound, 'content-type') };
  const canonical = canonicalRequest({ ...parts, method: 'POST', date: null, headers, path: '/notify' });
  if (!verifyRequest(secret, canonical, headerOf(inbound, 'x-aspen-signature'))) return 'wrong signature';
  const signedAtMs = readMillis(headers['x-aspen-timestamp']);
  const window = checkWindow({ signedAtMs, nonce: headers['x-aspen-nonce'] ?? '' }, ctx.nowMs);
  return window === 'ok' ? null : window;
}
