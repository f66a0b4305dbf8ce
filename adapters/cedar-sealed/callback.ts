/** cedar-sealed's callbacks: the same envelope, sent once and never again; acknowledged with `{code, msg}`. */
import type { CallbackCapability } from '../contract.ts';
import { callbackNews } from '../kit/callbacks.ts';
import { at, readJson } from '../kit/read-json.ts';
import { isFresh } from '../kit/times.ts';
import { readOrder } from './read.ts';
import { openEnvelope } from './wire.ts';

const encoder = new TextEncoder();

export const callback: CallbackCapability = {
  verify(ctx, inbound) {
    const opened = openEnvelope(ctx, 'notify', readJson(inbound.body));
    if (!opened.ok) return { ok: false, why: opened.why };
    return isFresh(opened.signedAtMs, ctx.nowMs) ? { ok: true } : { ok: false, why: 'stale' };
  },
  read(ctx, inbound) {
    const opened = openEnvelope(ctx, 'notify', readJson(inbound.body));
    if (!opened.ok) return null;
    const order = opened.content;
    return callbackNews(ctx, { ref: at(order, 'outOrderId'), funderRef: at(order, 'orderId'), messageId: at(order, 'notifyId') }, readOrder(order));
  },
  acknowledge: (_ctx, result) => ({
    status: result === 'stored' ? 200 : 401,
    headers: { 'content-type': 'application/json' },
    body: encoder.encode(JSON.stringify(result === 'stored' ? { code: 200, msg: 'ok' } : { code: 401, msg: 'refused' })),
  }),
};
