/** lotus-md5's callbacks: a flat JSON object of strings with its `sign`; the acknowledgement is the bare word `success` or `fail`. */
import type { CallbackCapability } from '../contract.ts';
import { callbackNews } from '../kit/callbacks.ts';
import { secretOrNull } from '../kit/context.ts';
import { equalText } from '../kit/digest.ts';
import type { Json } from '../kit/read-json.ts';
import { at, isRecord, readJson, textAt } from '../kit/read-json.ts';
import { isFresh, readSeconds } from '../kit/times.ts';
import { readOrder } from './read.ts';
import { sign } from './wire.ts';

const encoder = new TextEncoder();

export const callback: CallbackCapability = {
  verify(ctx, inbound) {
    const secret = secretOrNull(ctx, 'sign_key');
    if (secret === null) return { ok: false, why: 'secret not configured' };
    const body = readJson(inbound.body);
    const params = flatTexts(body);
    if (params === null) return { ok: false, why: 'unreadable' };
    if (!equalText(textAt(body, 'sign') ?? '', sign(secret, params))) return { ok: false, why: 'wrong signature' };
    return isFresh(readSeconds(params['notifyTime']), ctx.nowMs) ? { ok: true } : { ok: false, why: 'stale' };
  },
  read(ctx, inbound) {
    const body = readJson(inbound.body);
    return callbackNews(ctx, { ref: at(body, 'orderNo'), funderRef: at(body, 'lotusNo'), messageId: at(body, 'notifyId') }, readOrder(body));
  },
  acknowledge: (_ctx, result) => ({
    status: result === 'stored' ? 200 : 401,
    headers: { 'content-type': 'text/plain' },
    body: encoder.encode(result === 'stored' ? 'success' : 'fail'),
  }),
};

/** The object when every value is text, as the scheme demands; a nested value would be outside the signature. */
function flatTexts(body: Json | undefined): Readonly<Record<string, string>> | null {
  if (!isRecord(body) || Object.values(body).some((value) => typeof value !== 'string')) return null;
  return body as Readonly<Record<string, string>>;
}
