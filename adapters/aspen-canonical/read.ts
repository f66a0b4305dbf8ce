/** How aspen-canonical's replies, callbacks and numeric states are read. Every function here is total: any bytes give an answer. */
import { orderCallback } from '../kit/order-callback.ts';
import { coded, orderCalls } from '../kit/order-calls.ts';
import { orderReader } from '../kit/order-scheme.ts';
import type { Reasons } from '../kit/order-states.ts';
import { codeText } from '../kit/order-states.ts';
import { precheckReader } from '../kit/prechecks.ts';
import type { Json } from '../kit/read-json.ts';
import { at, listOf, readJson } from '../kit/read-json.ts';
import { readMillis } from '../kit/times.ts';
import { readFen, readRateBps } from '../kit/units.ts';
import { distrust, openData } from './wire.ts';

const open = coded({ ok: '200', notFound: ['404'], busy: ['429', '503'], ours: ['400', '1001', '1002'] }, openData);
/** Precheck codes other than 200. 401: a loan is still open; 402: a bad history. */
const PRECHECK: Reasons = { 301: 'age', 401: 'existing_customer', 402: 'credit', 403: 'blacklist', 505: 'other' };
const REASONS: Reasons = { 1: 'credit', 2: 'income', 3: 'age', 4: 'region', 5: 'existing_customer', 6: 'recent_rejection', 7: 'blacklist' };
const CREDIT = { 0: 'reviewing', 100: 'reviewing', 110: 'approved', 161: 'declined', 169: 'cancelled' } as const;
const LOAN = { 170: 'disbursing', 180: 'failed', 200: 'disbursed' } as const;
const REPAYING = { '210:-1': 'overdue', '210:0': 'repaying', '210:1': 'repaying', '210:2': 'settled' } as const;

/** An order as replies and callbacks carry it; what the numbers mean is in the adapter's head comment. */
const readOrder = orderReader({
  state: stateOf,
  funderRef: 'orderId',
  eventAt: 'stateTime',
  offer: { amount: 'creditAmount', term: 'term', rate: 'dayRate', expires: 'validTime' },
  plan: { list: 'repayPlan', month: 'period', principal: 'principal', interest: 'interest', fee: 'serviceFee' },
  fees: { list: 'fees', item: 'name', payee: 'payee', amount: 'amount', when: 'payType', words: { 0: 'upfront', 1: 'monthly' } },
  loan: { amount: 'loanAmount', failCode: 'failCode', overdueDays: 'overdueDay' },
  rejectCode: 'rejectCode',
  reasons: REASONS,
  money: readFen,
  time: readMillis,
  rate: (value) => readRateBps(value, { in: 'permyriad', per: 'day', daysInYear: 360 }),
  states: { ...CREDIT, ...LOAN, ...REPAYING },
});

/** The state with what else decides it: the bill's status in repayment; and a plan, which is made when the money is out. */
function stateOf(order: Json | undefined): Json | undefined {
  const state = codeText(at(order, 'state'));
  if (state === '210') return `210:${codeText(at(order, 'billStatus')) ?? ''}`;
  return state === '170' && (listOf(at(order, 'repayPlan')) ?? []).length > 0 ? '200' : at(order, 'state');
}

export const read = orderCalls(open, readOrder);
export const readPrecheck = precheckReader(open, PRECHECK, () => ({ kind: 'eligible' }));

export const callback = orderCallback({
  secret: 'app_secret',
  distrust,
  open: (ctx, inbound) => openData(ctx, readJson(inbound.body)),
  ids: { ref: 'outOrderId', funderRef: 'orderId', messageId: 'notifyId' },
  read: readOrder,
  stored: '{"code":200,"msg":"ok"}',
  refused: '{"code":1001,"msg":"refused"}',
});
