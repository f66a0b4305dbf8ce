/**
 * How lotus-md5 signs: upper-case MD5 over `k=v&…&key=SECRET`, keys sorted, empty values and `sign` left out. Callbacks are signed alike; a
 * value that is not text would be outside the signature, and so one in a callback is enough to refuse it.
 */
import type { AdapterContext, InboundCallback, OutboundRequest } from '../contract.ts';
import { joinSorted } from '../kit/canonical.ts';
import { paramOf, secretOf } from '../kit/context.ts';
import { equalText, md5Hex } from '../kit/digest.ts';
import { posted } from '../kit/exchange.ts';
import { isRecord, readJson } from '../kit/read-json.ts';
import { isFresh, readSeconds } from '../kit/times.ts';

type Texts = Readonly<Record<string, string>>;

/** One signed request. Throws only when the adapter's secret or parameter is not configured. */
export function signedRequest(ctx: AdapterContext, path: string, business: Texts): OutboundRequest {
  const timestamp = String(Math.floor(ctx.nowMs / 1_000));
  const params = { merchantNo: paramOf(ctx, 'merchant_no'), timestamp, nonceStr: ctx.nonce, ...business };
  return posted(ctx, path, JSON.stringify({ ...params, sign: sign(secretOf(ctx, 'sign_key'), params) }));
}

/** Why a callback is not believed, or null. */
export function distrust(ctx: AdapterContext, inbound: InboundCallback, secret: string): string | null {
  const body = readJson(inbound.body);
  if (!isRecord(body) || Object.values(body).some((value) => typeof value !== 'string')) return 'unreadable';
  const params = body as Texts;
  if (!equalText(params['sign'] ?? '', sign(secret, params))) return 'wrong signature';
  return isFresh(readSeconds(params['notifyTime']), ctx.nowMs) ? null : 'stale';
}

function sign(secret: string, params: Texts): string {
  return md5Hex(`${joinSorted(params)}&key=${secret}`).toUpperCase();
}
