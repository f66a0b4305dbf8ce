/**
 * birch-rsa2's signature: SHA256withRSA over the sorted `k=v&…` of everything but `sign`. Null is left out, the empty text is signed. Requests
 * and notices are forms, replies are JSON; all three are signed in this one way, and `biz_content` is JSON inside a text.
 */
import type { AdapterContext, OutboundRequest } from '../contract.ts';
import { canonicalJson, canonicalPairs } from '../kit/canonical.ts';
import { paramOf, secretOf, secretOrNull } from '../kit/context.ts';
import { posted } from '../kit/exchange.ts';
import { formEncode } from '../kit/form.ts';
import type { Json } from '../kit/read-json.ts';
import { at, isRecord } from '../kit/read-json.ts';
import { signRsa, verifyRsa } from '../kit/rsa-sign.ts';
import { spacedTime } from '../kit/times.ts';

const SIGNED = { blanks: 'no_null', omit: ['sign'] } as const;
const FORM = 'application/x-www-form-urlencoded;charset=utf-8';

/** One signed request to the gateway. Throws only when a secret or parameter of the adapter is not configured. */
export function signedRequest(ctx: AdapterContext, method: string, business: Readonly<Record<string, Json>>): OutboundRequest {
  const params = {
    app_id: paramOf(ctx, 'app_id'),
    method,
    charset: 'utf-8',
    sign_type: 'RSA2',
    timestamp: spacedTime(ctx.nowMs),
    version: '1.0',
    notify_url: ctx.callbackUrl,
    // The borrower comes back to the page that was never left: the funder's opens beside it.
    return_url: '',
    biz_content: canonicalJson(business, { blanks: 'no_null' }),
  };
  const sign = signRsa(secretOf(ctx, 'private_key'), canonicalPairs(params, SIGNED), 'sha256');
  return posted(ctx, '/gateway.do', formEncode({ ...params, sign }), { accept: 'application/json' }, FORM);
}

/** Null when the funder signed these parts; else why they are not believed. Never throws. */
export function distrust(ctx: AdapterContext, parts: Json | undefined): string | null {
  const key = secretOrNull(ctx, 'funder_public_key');
  if (key === null) return 'secret not configured';
  if (!isRecord(parts)) return 'unreadable';
  const sign = at(parts, 'sign');
  return typeof sign === 'string' && verifyRsa(key, canonicalPairs(parts, SIGNED), sign, 'sha256') ? null : 'wrong signature';
}
