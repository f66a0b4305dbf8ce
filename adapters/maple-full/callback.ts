/**
 * maple-full's callbacks: the envelope, its content naming what it is: the credit result, the loan result, a repayment plan or the result of a
 * repayment. All are sent thrice, three minutes apart, each time signed anew.
 */
import type { AdapterContext, CallbackCapability, CallbackNews, DecisionAnswer, Unreadable } from '../contract.ts';
import { pending, safeCode, safeRef } from '../kit/answers.ts';
import { callbackNews } from '../kit/callbacks.ts';
import { tellsSecret } from '../kit/discreet.ts';
import { acknowledging } from '../kit/exchange.ts';
import { codeText } from '../kit/order-states.ts';
import type { Json } from '../kit/read-json.ts';
import { at, readJson } from '../kit/read-json.ts';
import { isFresh, readMillis } from '../kit/times.ts';
import { repaymentOf } from './read-loan.ts';
import { planOf, readOrder } from './read.ts';
import { distrust, openContent } from './wire.ts';

export const callback: CallbackCapability = {
  verify(ctx, inbound) {
    const envelope = readJson(inbound.body);
    const why = distrust(ctx, envelope, 'notify');
    if (why !== null) return { ok: false, why };
    return isFresh(readMillis(at(envelope, 'timestamp')), ctx.nowMs) ? { ok: true } : { ok: false, why: 'stale' };
  },
  read(ctx, inbound) {
    const told = openContent(ctx, readJson(inbound.body));
    const ids = { ref: at(told, 'outOrderNo'), funderRef: at(told, 'orderNo'), messageId: at(told, 'notifyId') };
    const news = callbackNews(ctx, ids, readNotice(ctx, told));
    const repayment = readRepayment(told);
    if (news === null || repayment === null) return news;
    return tellsSecret(ctx, repayment.answer) ? null : { ...news, repayment };
  },
  acknowledge: acknowledging('{"code":200,"msg":"success"}', '{"code":401,"msg":"refused"}'),
};

function readNotice(ctx: AdapterContext, told: Json | undefined): DecisionAnswer | Unreadable {
  const place = { funderRef: safeRef(at(told, 'orderNo')), eventAtMs: readMillis(at(told, 'eventTime')) };
  const type = at(told, 'notifyType');
  if (type === 'credit.result' || type === 'loan.result') return readOrder(ctx, told);
  if (type === 'repay.result') return at(told, 'status') === undefined ? pending(place, null) : readOrder(ctx, told);
  if (type !== 'repay.plan') return pending(place, `notice ${safeCode(type)}`);
  const plan = planOf(told);
  return plan === null ? pending(place, 'plan_unreadable') : { kind: 'loan', news: { status: 'plan', plan }, ...place };
}

/** Only a repayment that was made through us (trigger 1) has a number of ours; debits and extensions show in the loan alone. */
function readRepayment(told: Json | undefined): NonNullable<CallbackNews['repayment']> | null {
  if (at(told, 'notifyType') !== 'repay.result' || codeText(at(told, 'trigger')) !== '1') return null;
  const repaymentRef = safeRef(at(told, 'repayNo'));
  return repaymentRef === null ? null : { repaymentRef, answer: repaymentOf(told) };
}
