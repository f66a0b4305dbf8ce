/** How willow-link's replies and callbacks are read. Every function here is total: any bytes give an answer. */
import { safeRef, unreadable } from '../kit/answers.ts';
import { linkStep } from '../kit/links.ts';
import { orderCallback } from '../kit/order-callback.ts';
import { coded, orderCalls } from '../kit/order-calls.ts';
import { orderReader } from '../kit/order-scheme.ts';
import type { Reasons } from '../kit/order-states.ts';
import { waitingFor } from '../kit/order-states.ts';
import { lowestPrice, precheckReader } from '../kit/prechecks.ts';
import { at } from '../kit/read-json.ts';
import { readSeconds } from '../kit/times.ts';
import { readPercentBps, readYuan } from '../kit/units.ts';
import { distrust } from './wire.ts';

const open = coded({ ok: '0000', notFound: ['4040'], busy: ['4290', '5030'], ours: ['4000', '9001', '9002'] });
/** 撞库: why a borrower is not wanted. `C003`: rejected within 30 days; `C004`: registered already; `C005`: in process. */
const PRECHECK: Reasons = { C001: 'credit', C002: 'age', C003: 'recent_rejection', C004: 'existing_customer', C005: 'duplicate' };
const REASONS: Reasons = { J01: 'credit', J02: 'income', J03: 'age', J04: 'region', J05: 'recent_rejection', J06: 'blacklist', J07: 'identity' };
const LOAN = { PAYING: 'disbursing', PAID: 'disbursed', PAY_FAILED: 'failed', REPAYING: 'repaying', OVERDUE: 'overdue', CLEARED: 'settled' } as const;

/** An order as replies and callbacks carry it. */
const readOrder = orderReader({
  state: 'status',
  funderRef: 'applyNo',
  eventAt: 'eventTime',
  offer: { amount: 'creditAmount', term: 'creditTerm', rate: 'yearRate', expires: 'creditExpireTime' },
  plan: { list: 'planList', month: 'term', principal: 'principal', interest: 'interest', fee: 'serviceFee' },
  fees: { list: 'feeList', item: 'feeName', payee: 'payee', amount: 'feeAmount', when: 'payType', words: { 1: 'upfront', 2: 'monthly' } },
  loan: { amount: 'loanAmount', failCode: 'failCode', overdueDays: 'overdueDays' },
  rejectCode: 'rejectCode',
  reasons: REASONS,
  money: readYuan,
  time: readSeconds,
  rate: readPercentBps,
  states: {
    WAIT_AUTH: waitingFor((order, ctx) => linkStep(ctx, at(order, 'url'), readSeconds(at(order, 'urlExpireTime')))),
    AUTH_DONE: (_order, place) => ({ kind: 'authorised', ...place }),
    AUTH_REFUSED: 'cancelled',
    REVIEWING: 'reviewing',
    PASS: 'approved',
    REJECT: 'declined',
    INVALID: 'cancelled',
    ...LOAN,
  },
});

export const read = orderCalls(open, readOrder);

/** `auth-callback` when the borrower has agreed on the page, then the result and the loan: all in one form. */
export const callback = orderCallback({
  secret: 'app_secret',
  distrust,
  ids: { ref: 'orderNo', funderRef: 'applyNo', messageId: 'notifyId' },
  read: readOrder,
  stored: '{"code":"0000","msg":"success"}',
  refused: '{"code":"9001","msg":"refused"}',
});

/** Eligible with the page to agree on and what is paid for the approval, or a code that says why not. */
export const readPrecheck = precheckReader(open, PRECHECK, (ctx, data) => {
  const validUntilMs = readSeconds(at(data, 'urlExpireTime'));
  const step = linkStep(ctx, at(data, 'url'), validUntilMs);
  const price = lowestPrice([at(data, 'price'), at(data, 'discountPrice')], readYuan);
  if (step === null || price === null) return unreadable(step === null ? 'no link in the precheck' : 'price in the precheck');
  return { kind: 'eligible', ...(price === undefined ? {} : { price }), step, funderRef: safeRef(at(data, 'applyNo')), validUntilMs };
});
