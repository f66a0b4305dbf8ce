/**
 * How willow-link signs: md5(appKey + appSecret + subject + seconds) in two headers. The subject is the phone's MD5 where a borrower is
 * named and the order number where one is not; in callbacks it is the MD5 of the raw body, and the key is the funder's own. A request's body is
 * thus not covered by its signature: it is the funder's scheme, spoken for compatibility, and TLS alone vouches for the rest.
 */
import type { AdapterContext, AttemptRef, InboundCallback, OutboundRequest } from '../contract.ts';
import { headerOf, paramOf, secretOf } from '../kit/context.ts';
import { equalText, md5Hex } from '../kit/digest.ts';
import { posted } from '../kit/exchange.ts';
import { md5OfParts } from '../kit/md5-signs.ts';
import { isFresh, readSeconds } from '../kit/times.ts';

/** One signed request about an order. Throws only when the adapter's secret or a parameter is not configured. */
export function signedRequest(
  ctx: AdapterContext,
  path: string,
  { ref }: AttemptRef,
  phoneMd5: string | null,
  business: object = {},
): OutboundRequest {
  const appKey = paramOf(ctx, 'app_key');
  const seconds = String(Math.floor(ctx.nowMs / 1_000));
  const signature = md5OfParts(appKey, secretOf(ctx, 'app_secret'), phoneMd5 ?? ref, seconds);
  const body = { appKey, channelCode: paramOf(ctx, 'channel_code'), orderNo: ref, notifyUrl: ctx.callbackUrl, ...business };
  return posted(ctx, path, JSON.stringify(body), { 'x-willow-time': seconds, 'x-willow-sign': signature });
}

/** Why a callback is not believed, or null. */
export function distrust(ctx: AdapterContext, inbound: InboundCallback, secret: string): string | null {
  const seconds = headerOf(inbound, 'x-willow-time');
  const expected = md5OfParts('willow', secret, md5Hex(inbound.body), seconds);
  if (!equalText(headerOf(inbound, 'x-willow-sign'), expected)) return 'wrong signature';
  return isFresh(readSeconds(seconds), ctx.nowMs) ? null : 'stale';
}
