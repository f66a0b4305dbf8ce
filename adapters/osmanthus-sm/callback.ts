/** osmanthus-sm's callbacks: the same envelope, the service named in what is signed; acknowledged with `{code}`. */
import type { CallbackCapability } from '../contract.ts';
import { callbackNews } from '../kit/callbacks.ts';
import { headerOf } from '../kit/context.ts';
import { acknowledging } from '../kit/exchange.ts';
import { at, readJson } from '../kit/read-json.ts';
import { isFresh, readSeconds } from '../kit/times.ts';
import { readOrder } from './read.ts';
import { openMessage, unseal } from './wire.ts';

export const callback: CallbackCapability = {
  verify(ctx, inbound) {
    const opened = openMessage(ctx, 'order.notify', readJson(inbound.body), headerOf(inbound, 'x-sign'));
    if (!opened.ok) return opened;
    return isFresh(readSeconds(at(opened.message, 'timestamp')), ctx.nowMs) ? { ok: true } : { ok: false, why: 'stale' };
  },
  read(ctx, inbound) {
    const plain = unseal(ctx, readJson(inbound.body));
    const message = plain === null ? undefined : readJson(plain);
    const order = at(message, 'data');
    const ids = { ref: at(order, 'transactionId'), funderRef: at(order, 'guiNo'), messageId: at(message, 'transactionId') };
    return callbackNews(ctx, ids, readOrder(ctx, order));
  },
  acknowledge: acknowledging('{"code":"0000"}', '{"code":"S401"}'),
};
