/** How osmanthus-sm's replies are read. Every function here is total: any bytes give an answer. */
import type { AdapterContext, OutboundResponse, PrecheckAnswer } from '../contract.ts';
import { httpFailure, safeCode, unreadable } from '../kit/answers.ts';
import { discreet } from '../kit/discreet.ts';
import type { OpenedReply } from '../kit/order-calls.ts';
import { byCode, orderCalls } from '../kit/order-calls.ts';
import { orderReader } from '../kit/order-scheme.ts';
import type { Reasons } from '../kit/order-states.ts';
import { codeText, reasonOf } from '../kit/order-states.ts';
import { at, readJson } from '../kit/read-json.ts';
import { readSeconds } from '../kit/times.ts';
import { readRateBps, readYuan } from '../kit/units.ts';
import { openMessage } from './wire.ts';

/** Unsealed, of a gateway that did not get to the message; and sealed, of the business behind it. */
const OUTER = { ok: '0000', busy: ['S429', 'S503'], ours: ['S400', 'S401', 'S403'] };
const INNER = { ok: '0000', notFound: ['O404'], busy: ['B503'], ours: ['B400', 'B403'] };
const REASONS: Reasons = {
  R01: 'credit',
  R02: 'income',
  R03: 'age',
  R04: 'region',
  R05: 'existing_customer',
  R06: 'recent_rejection',
  R07: 'blacklist',
  R08: 'identity',
};

/** An order as replies and callbacks carry it. */
export const readOrder = orderReader({
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
  states: {
    10: 'reviewing',
    11: 'reviewing',
    20: 'approved',
    30: 'declined',
    40: 'cancelled',
    50: 'disbursing',
    51: 'disbursed',
    52: 'failed',
    60: 'repaying',
    61: 'overdue',
    70: 'settled',
    79: 'written_off',
  },
});

export const read = orderCalls(open, readOrder);

export const readPrecheck = discreet((ctx: AdapterContext, response: OutboundResponse): PrecheckAnswer => {
  const opened = open(ctx, response);
  if (opened.kind === 'not_found') return unreadable('precheck said no such order');
  if (opened.kind !== 'data') return opened;
  const passed = codeText(at(opened.data, 'passed'));
  if (passed === '1') return { kind: 'eligible' };
  return passed === '0'
    ? { kind: 'ineligible', reason: reasonOf(at(opened.data, 'rejectCode'), REASONS) }
    : unreadable(`precheck ${safeCode(at(opened.data, 'passed'))}`);
});

function open(ctx: AdapterContext, response: OutboundResponse): OpenedReply {
  const body = readJson(response.body);
  const failure = httpFailure(ctx.nowMs, response, at(body, 'code'));
  if (failure !== null) return failure;
  const outer = byCode(OUTER, at(body, 'code'), body);
  if (outer.kind !== 'data') return outer;
  const sign = Object.hasOwn(response.headers, 'x-sign') ? response.headers['x-sign'] : undefined;
  const opened = openMessage(ctx, 'reply', outer.data, sign ?? '');
  return opened.ok ? byCode(INNER, at(opened.message, 'result'), at(opened.message, 'data')) : unreadable(opened.why);
}
