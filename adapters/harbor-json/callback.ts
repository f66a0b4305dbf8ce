/** harbor-json's callbacks: signed headers over the raw body, fresh within 15 minutes, acknowledged with a small JSON object. */
import type { CallbackCapability } from '../contract.ts';
import { callbackNews } from '../kit/callbacks.ts';
import { headerOf, secretOrNull } from '../kit/context.ts';
import { equalText } from '../kit/digest.ts';
import { at, readJson } from '../kit/read-json.ts';
import { isFresh, readRfc3339 } from '../kit/times.ts';
import { readApplication } from './read.ts';
import { signature } from './wire.ts';

const encoder = new TextEncoder();

export const callback: CallbackCapability = {
  verify(ctx, inbound) {
    const secret = secretOrNull(ctx, 'api_secret');
    if (secret === null) return { ok: false, why: 'secret not configured' };
    const timestamp = headerOf(inbound, 'x-harbor-timestamp');
    const expected = signature(secret, 'CALLBACK', '', timestamp, headerOf(inbound, 'x-harbor-nonce'), inbound.body);
    if (!equalText(headerOf(inbound, 'x-harbor-signature'), expected)) return { ok: false, why: 'wrong signature' };
    return isFresh(readRfc3339(timestamp), ctx.nowMs) ? { ok: true } : { ok: false, why: 'stale' };
  },
  read(ctx, inbound) {
    const body = readJson(inbound.body);
    const order = at(body, 'application');
    return callbackNews(
      ctx,
      { ref: at(order, 'ref'), funderRef: at(order, 'id'), messageId: at(body, 'message_id') },
      readApplication(order, at(body, 'occurred_at')),
    );
  },
  acknowledge: (_ctx, result) => ({
    status: result === 'stored' ? 200 : 401,
    headers: { 'content-type': 'application/json' },
    body: encoder.encode(JSON.stringify({ received: result === 'stored' })),
  }),
};
