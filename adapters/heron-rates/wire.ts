/**
 * How heron-rates signs: one header `t=…,v1=…`, the time in seconds and HMAC-SHA256 in hex. Requests sign `t.METHOD /path.body`, webhooks
 * `t.body` with a secret of their own; during a rotation a webhook carries a `v1` for each secret, and one that fits is enough.
 */
import type { AdapterContext, InboundCallback, OutboundRequest } from '../contract.ts';
import { headerOf, paramOf, secretOf } from '../kit/context.ts';
import { equalText, hmacSha256Hex } from '../kit/digest.ts';
import { signedJson } from '../kit/exchange.ts';
import { isFresh, readSeconds } from '../kit/times.ts';

/** One signed request. Throws only when the adapter's secret or a parameter is not configured. */
export function signedRequest(ctx: AdapterContext, method: 'GET' | 'POST' | 'DELETE', path: string, content: object | null): OutboundRequest {
  const [key, secret, seconds] = [paramOf(ctx, 'key_id'), secretOf(ctx, 'api_secret'), Math.floor(ctx.nowMs / 1_000)];
  return signedJson(ctx, method, path, content, (target, body) => ({
    'heron-key': key,
    'heron-signature': `t=${seconds},v1=${hmacSha256Hex(secret, `${seconds}.${method} ${target}.${body}`)}`,
  }));
}

/** Why a webhook is not believed, or null. */
export function distrust(ctx: AdapterContext, inbound: InboundCallback, secret: string): string | null {
  const parts = headerOf(inbound, 'heron-signature').split(',').slice(0, 8);
  const seconds = parts.find((part) => part.startsWith('t='))?.slice(2) ?? '';
  const expected = `v1=${hmacSha256Hex(secret, Buffer.concat([Buffer.from(`${seconds}.`), inbound.body]))}`;
  if (!parts.some((part) => equalText(part, expected))) return 'wrong signature';
  return isFresh(readSeconds(seconds), ctx.nowMs) ? null : 'stale';
}
