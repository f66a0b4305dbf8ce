/**
 * How harbor-json signs: HMAC-SHA256 over method, path with query, time, nonce and the body's SHA-256, one to a line, in
 * `x-harbor-signature: v1=<hex>`. Callbacks are signed alike, with the word CALLBACK for method and no path, because proxies rewrite ours.
 */
import type { AdapterContext, OutboundRequest } from '../contract.ts';
import { joinLines, joinUrl } from '../kit/canonical.ts';
import { paramOf, secretOf } from '../kit/context.ts';
import { hmacSha256Hex, sha256Hex } from '../kit/digest.ts';

/** One signed request; `body` null sends none. Throws only when the adapter's secret or parameter is not configured. */
export function signedRequest(
  ctx: AdapterContext,
  method: 'GET' | 'POST',
  path: string,
  body: object | null,
  extra: Readonly<Record<string, string>> = {},
): OutboundRequest {
  const url = joinUrl(ctx.baseUrl, path);
  const text = body === null ? null : JSON.stringify(body);
  const timestamp = new Date(ctx.nowMs).toISOString();
  const target = new URL(url);
  return {
    method,
    url,
    headers: {
      accept: 'application/json',
      ...(text === null ? {} : { 'content-type': 'application/json' }),
      'x-harbor-key': paramOf(ctx, 'key_id'),
      'x-harbor-timestamp': timestamp,
      'x-harbor-nonce': ctx.nonce,
      'x-harbor-signature': signature(secretOf(ctx, 'api_secret'), method, target.pathname + target.search, timestamp, ctx.nonce, text ?? ''),
      ...extra,
    },
    body: text,
  };
}

/** The value of the signature header over these parts. */
export function signature(secret: string, method: string, target: string, timestamp: string, nonce: string, body: string | Uint8Array): string {
  return `v1=${hmacSha256Hex(secret, joinLines(method, target, timestamp, nonce, sha256Hex(body)))}`;
}
