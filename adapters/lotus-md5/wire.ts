/** How lotus-md5 signs: upper-case MD5 over `k=v&…&key=SECRET`, keys sorted, empty values and `sign` left out. */
import type { AdapterContext, OutboundRequest } from '../contract.ts';
import { joinSorted, joinUrl } from '../kit/canonical.ts';
import { paramOf, secretOf } from '../kit/context.ts';
import { md5Hex } from '../kit/digest.ts';

/** One signed request. Throws only when the adapter's secret or parameter is not configured. */
export function signedRequest(ctx: AdapterContext, path: string, business: Readonly<Record<string, string>>): OutboundRequest {
  const params = {
    merchantNo: paramOf(ctx, 'merchant_no'),
    timestamp: String(Math.floor(ctx.nowMs / 1_000)),
    nonceStr: ctx.nonce,
    ...business,
  };
  return {
    method: 'POST',
    url: joinUrl(ctx.baseUrl, path),
    headers: { accept: 'application/json', 'content-type': 'application/json' },
    body: JSON.stringify({ ...params, sign: sign(secretOf(ctx, 'sign_key'), params) }),
  };
}

/** The `sign` of a flat set of parameters. */
export function sign(secret: string, params: Readonly<Record<string, string>>): string {
  return md5Hex(`${joinSorted(params)}&key=${secret}`).toUpperCase();
}
