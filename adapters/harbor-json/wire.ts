/**
 * How harbor-json signs: HMAC-SHA256 over method, path with query, time, nonce and the body's SHA-256, one to a line, in
 * `x-harbor-signature: v1=<hex>`. Callbacks are signed alike, with the word CALLBACK for method and no path, because proxies rewrite ours.
 */
import type { AdapterContext, InboundCallback, OutboundRequest } from '../contract.ts';
import { joinLines } from '../kit/canonical.ts';
import { headerOf, paramOf, secretOf } from '../kit/context.ts';
import { equalText, hmacSha256Hex, sha256Hex } from '../kit/digest.ts';
import { signedJson } from '../kit/exchange.ts';
import { isFresh, readRfc3339 } from '../kit/times.ts';

/** One signed request, without a body where there is no `content`; `once` is its idempotency key. Throws only when not configured. */
export function signedRequest(ctx: AdapterContext, method: 'GET' | 'POST', path: string, content: object | null, once?: string): OutboundRequest {
  const [key, secret, timestamp] = [paramOf(ctx, 'key_id'), secretOf(ctx, 'api_secret'), new Date(ctx.nowMs).toISOString()];
  return signedJson(ctx, method, path, content, (target, body) => ({
    'x-harbor-key': key,
    'x-harbor-timestamp': timestamp,
    'x-harbor-nonce': ctx.nonce,
    'x-harbor-signature': signature(secret, method, target, timestamp, ctx.nonce, body),
    ...(once === undefined ? {} : { 'idempotency-key': once }),
  }));
}

/** Why a callback is not believed, or null. */
export function distrust(ctx: AdapterContext, inbound: InboundCallback, secret: string): string | null {
  const timestamp = headerOf(inbound, 'x-harbor-timestamp');
  const expected = signature(secret, 'CALLBACK', '', timestamp, headerOf(inbound, 'x-harbor-nonce'), inbound.body);
  if (!equalText(headerOf(inbound, 'x-harbor-signature'), expected)) return 'wrong signature';
  return isFresh(readRfc3339(timestamp), ctx.nowMs) ? null : 'stale';
}

function signature(secret: string, method: string, target: string, timestamp: string, nonce: string, body: string | Uint8Array): string {
  return `v1=${hmacSha256Hex(secret, joinLines(method, target, timestamp, nonce, sha256Hex(body)))}`;
}
