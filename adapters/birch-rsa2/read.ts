/** How birch-rsa2's replies and notices are read: nothing of one, not even its code, before its signature. Total: any bytes give an answer. */
import type { AdapterContext, OutboundResponse } from '../contract.ts';
import { httpFailure, unreadable } from '../kit/answers.ts';
import { readForm } from '../kit/form.ts';
import { linkStep } from '../kit/links.ts';
import { orderCallback } from '../kit/order-callback.ts';
import type { OpenedReply } from '../kit/order-calls.ts';
import { byCode, orderCalls } from '../kit/order-calls.ts';
import { orderReader } from '../kit/order-scheme.ts';
import type { Reasons } from '../kit/order-states.ts';
import { waitingFor } from '../kit/order-states.ts';
import { at, parseJson, readJson } from '../kit/read-json.ts';
import { isFresh, readLocalTime } from '../kit/times.ts';
import { readPercentBps, readYuan } from '../kit/units.ts';
import { distrust } from './wire.ts';

/** `20000` is "unknown error": it may have had its effect, and so is in no list. */
const CODES = { ok: '10000', notFound: ['ORDER_NOT_EXIST'], busy: ['40005'], ours: ['40001', '40002', '40003', '40006'] };
const BUSINESS_FAILED = '40004';
const REPEATED_FOR_MS = 25 * 3_600_000;

const WHO: Reasons = { AGE_LIMIT: 'age', REGION_LIMIT: 'region', OLD_USER: 'existing_customer', BLACK_LIST: 'blacklist', IDENTITY_FAIL: 'identity' };
const WHAT: Reasons = { CREDIT_LOW: 'credit', INCOME_LOW: 'income', RECENT_REJECT: 'recent_rejection' };
const LOAN = {
  LENDING: 'disbursing',
  LENT: 'disbursed',
  LEND_FAIL: 'failed',
  REPAYING: 'repaying',
  OVERDUE: 'overdue',
  FINISHED: 'settled',
} as const;

/** An order as replies and notices carry it. */
const readOrder = orderReader({
  state: 'status',
  funderRef: 'order_no',
  eventAt: 'status_time',
  offer: { amount: 'credit_amount', term: 'credit_term', rate: 'year_rate', expires: 'credit_expire_time' },
  plan: { list: 'repay_plan', month: 'period_no', principal: 'principal', interest: 'interest', fee: 'service_fee' },
  fees: {
    list: 'fee_list',
    item: 'fee_name',
    payee: 'payee',
    amount: 'fee_amount',
    when: 'charge_mode',
    words: { ONCE: 'upfront', PERIOD: 'monthly' },
  },
  loan: { amount: 'loan_amount', failCode: 'fail_code', overdueDays: 'overdue_days' },
  rejectCode: 'reject_code',
  reasons: { ...WHO, ...WHAT },
  money: readYuan,
  time: readLocalTime,
  rate: readPercentBps,
  states: {
    WAIT_USER: waitingFor((order, ctx) => linkStep(ctx, at(order, 'url'), readLocalTime(at(order, 'url_expire_time')))),
    AUDITING: 'reviewing',
    PASS: 'approved',
    REJECT: 'declined',
    CLOSED: 'cancelled',
    ...LOAN,
  },
});

export const read = orderCalls(open, readOrder);

function open(ctx: AdapterContext, response: OutboundResponse): OpenedReply {
  const failure = httpFailure(ctx.nowMs, response);
  if (failure !== null) return failure;
  const body = readJson(response.body);
  const why = distrust(ctx, body);
  if (why !== null) return unreadable(why);
  const code = at(body, 'code');
  const content = at(body, 'biz_content');
  return byCode(CODES, code === BUSINESS_FAILED ? at(body, 'sub_code') : code, typeof content === 'string' ? parseJson(content) : undefined);
}

/**
 * Notices (异步通知), signed forms. An unacknowledged one comes again for a day, in the same words under the same signature, so one of yesterday
 * is still believed; `notify_id` and the time of the state keep it from doing harm.
 */
export const callback = orderCallback({
  secret: 'funder_public_key',
  distrust(ctx, inbound) {
    const form = readForm(inbound.body);
    const why = distrust(ctx, form ?? undefined);
    if (why !== null) return why;
    // One key signs for all of the funder's partners.
    if (form?.['app_id'] !== ctx.params['app_id']) return 'for another app';
    return isFresh(readLocalTime(form?.['notify_time']), ctx.nowMs, REPEATED_FOR_MS) ? null : 'stale';
  },
  open: (_ctx, inbound) => readForm(inbound.body) ?? undefined,
  ids: { ref: 'out_order_no', funderRef: 'order_no', messageId: 'notify_id' },
  read: readOrder,
  stored: 'success',
  refused: 'failure',
  type: 'text/plain',
});
