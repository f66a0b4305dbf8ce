/**
 * birch-rsa2's notices (异步通知): a signed form, acknowledged by the bare word `success`. An unacknowledged notice comes again for a day, in the
 * same words under the same signature, so one of yesterday is still believed; `notify_id` and the time of the state keep it from doing harm.
 */
import type { CallbackCapability } from '../contract.ts';
import { callbackNews } from '../kit/callbacks.ts';
import { acknowledging } from '../kit/exchange.ts';
import { readForm } from '../kit/form.ts';
import { isFresh, readLocalTime } from '../kit/times.ts';
import { readOrder } from './read.ts';
import { distrust } from './wire.ts';

const REPEATED_FOR_MS = 25 * 3_600_000;

export const callback: CallbackCapability = {
  verify(ctx, inbound) {
    const form = readForm(inbound.body);
    const why = distrust(ctx, form ?? undefined);
    if (why !== null) return { ok: false, why };
    // One key signs for all of the funder's partners.
    if (form?.['app_id'] !== ctx.params['app_id']) return { ok: false, why: 'for another app' };
    return isFresh(readLocalTime(form?.['notify_time']), ctx.nowMs, REPEATED_FOR_MS) ? { ok: true } : { ok: false, why: 'stale' };
  },
  read(ctx, inbound) {
    const form = readForm(inbound.body) ?? {};
    const ids = { ref: form['out_order_no'], funderRef: form['order_no'], messageId: form['notify_id'] };
    return callbackNews(ctx, ids, readOrder(ctx, form));
  },
  acknowledge: acknowledging('success', 'failure', 'text/plain'),
};
