/** How lotus-md5's replies and callbacks are read. Every function here is total: any bytes give an answer. */
import { httpFailure } from '../kit/answers.ts';
import { orderCallback } from '../kit/order-callback.ts';
import type { OpenReply } from '../kit/order-calls.ts';
import { byCode, orderCalls } from '../kit/order-calls.ts';
import { orderReader } from '../kit/order-scheme.ts';
import type { Reasons } from '../kit/order-states.ts';
import { codeText } from '../kit/order-states.ts';
import { verdictReader } from '../kit/prechecks.ts';
import { at, readJson } from '../kit/read-json.ts';
import { readSeconds } from '../kit/times.ts';
import { readPercentBps, readYuan } from '../kit/units.ts';
import { distrust } from './wire.ts';

const CODES = { ok: '0000', notFound: ['4004'], busy: ['1002', '1003'], ours: ['1001', '2001', '2002'] };
/** 撞库: why a borrower is not wanted. "0" is eligible. */
const PRECHECK: Reasons = { 1: 'existing_customer', 2: 'duplicate', 3: 'recent_rejection', 4: 'age', 5: 'blacklist', 6: 'credit' };
const WHO: Reasons = { R03: 'age', R04: 'region', R05: 'existing_customer', R07: 'blacklist', R08: 'identity' };
const WHAT: Reasons = { R01: 'credit', R02: 'income', R06: 'recent_rejection', R09: 'amount', R10: 'duplicate' };
const CREDIT = { 0: 'reviewing', 1: 'reviewing', 2: 'approved', 3: 'declined', 4: 'cancelled' } as const;
const LOAN = { 5: 'disbursing', 6: 'disbursed', 7: 'failed', 8: 'overdue', 9: 'settled', 10: 'repaying' } as const;

/** An order as replies and callbacks carry it. */
const readOrder = orderReader({
  state: 'state',
  funderRef: 'lotusNo',
  eventAt: 'eventTime',
  offer: { amount: 'creditAmount', term: 'creditTerm', rate: 'yearRate', expires: 'expireTime' },
  plan: { list: 'planList', month: 'period', principal: 'principal', interest: 'interest', fee: 'serviceFee' },
  fees: { list: 'feeList', item: 'feeName', payee: 'payee', amount: 'feeAmount', when: 'feeMode', words: { 1: 'upfront', 2: 'monthly' } },
  loan: { amount: 'loanAmount', failCode: 'failCode', overdueDays: 'overdueDays' },
  rejectCode: 'rejectCode',
  reasons: { ...WHO, ...WHAT },
  money: readYuan,
  time: readSeconds,
  rate: readPercentBps,
  states: { ...CREDIT, ...LOAN },
});

/** The code may come as a number, its leading zeros lost. */
const open: OpenReply = (ctx, response) => {
  const body = readJson(response.body);
  const code = at(body, 'code');
  return httpFailure(ctx.nowMs, response, code) ?? byCode(CODES, codeText(code)?.padStart(4, '0'), at(body, 'data'));
};

export const read = orderCalls(open, readOrder);
export const readPrecheck = verdictReader(open, 'result', '0', PRECHECK);

export const callback = orderCallback({
  secret: 'sign_key',
  distrust,
  ids: { ref: 'orderNo', funderRef: 'lotusNo', messageId: 'notifyId' },
  read: readOrder,
  stored: 'success',
  refused: 'fail',
  type: 'text/plain',
});
