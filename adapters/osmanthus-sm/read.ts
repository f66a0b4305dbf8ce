/** How osmanthus-sm's replies and callbacks are read. Every function here is total: any bytes give an answer. */
import { headerOf } from '../kit/context.ts';
import { believed, byMember, within } from '../kit/envelopes.ts';
import { orderCallback } from '../kit/order-callback.ts';
import { orderCalls } from '../kit/order-calls.ts';
import { orderReader } from '../kit/order-scheme.ts';
import type { Reasons } from '../kit/order-states.ts';
import { reasonOf } from '../kit/order-states.ts';
import { verdictReader } from '../kit/prechecks.ts';
import { at, readJson } from '../kit/read-json.ts';
import { readSeconds } from '../kit/times.ts';
import { readRateBps, readYuan } from '../kit/units.ts';
import { openMessage, unseal } from './wire.ts';

/** Unsealed, of a gateway that did not get to the message; and sealed, of the business behind it. */
const OUTER = { ok: '0000', busy: ['S429', 'S503'], ours: ['S400', 'S401', 'S403'] };
const INNER = { ok: '0000', notFound: ['O404'], busy: ['B503'], ours: ['B400', 'B403'] };
const WHO: Reasons = { R03: 'age', R04: 'region', R05: 'existing_customer', R07: 'blacklist', R08: 'identity' };
const REASONS: Reasons = { ...WHO, R01: 'credit', R02: 'income', R06: 'recent_rejection' };
const CREDIT = { 10: 'reviewing', 11: 'reviewing', 20: 'approved', 30: 'declined', 40: 'cancelled' } as const;
const LOAN = { 50: 'disbursing', 51: 'disbursed', 52: 'failed', 60: 'repaying', 61: 'overdue', 70: 'settled', 79: 'written_off' } as const;

/** An order as replies and callbacks carry it. */
const readOrder = orderReader({
  state: 'orderState',
  funderRef: 'guiNo',
  eventAt: 'stateTime',
  offer: { amount: 'approvedAmount', term: 'approvedTerm', rate: 'dayRate', expires: 'validUntil' },
  plan: { list: 'plan', month: 'termNo', principal: 'principal', interest: 'interest', fee: 'fee' },
  fees: { list: 'charges', item: 'item', payee: 'payee', amount: 'amount', when: 'mode', words: { 1: 'upfront', 2: 'monthly' } },
  loan: { amount: 'paidAmount', failCode: 'failCode', overdueDays: 'overdueDays' },
  rejectCode: 'rejectCode',
  reasons: REASONS,
  money: readYuan,
  time: readSeconds,
  rate: (value) => readRateBps(value, { in: 'permyriad', per: 'day', daysInYear: 360 }),
  states: { ...CREDIT, ...LOAN },
});

const message = believed(OUTER, (ctx, envelope, { headers }) => openMessage(ctx, 'reply', envelope, headers['x-sign'] ?? ''));
const open = within(message, byMember(INNER, 'result'));

export const read = orderCalls(open, readOrder);
export const readPrecheck = verdictReader(
  open,
  'passed',
  '1',
  (word, data) => (word === '0' ? reasonOf(at(data, 'rejectCode'), REASONS) : null),
  'precheck',
);

/** The same envelope, the service named in what is signed. Message and order have a `transactionId` each. */
export const callback = orderCallback({
  believe: (ctx, inbound) => openMessage(ctx, 'order.notify', readJson(inbound.body), headerOf(inbound, 'x-sign')),
  open: (ctx, inbound) => unseal(ctx, readJson(inbound.body)),
  ids: { ref: ['data', 'transactionId'], funderRef: ['data', 'guiNo'], messageId: ['transactionId'] },
  order: 'data',
  read: readOrder,
  stored: '{"code":"0000"}',
  refused: '{"code":"S401"}',
});
