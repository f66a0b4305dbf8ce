/** How maple-full's replies of the credit stage are read, and the order as every stage carries it. Total: any bytes give an answer. */
import type { AdapterContext, FunderOffer, OutboundResponse, PrecheckAnswer, Unavailable, Unreadable } from '../contract.ts';
import { approved, httpFailure, safeCode, unreadable } from '../kit/answers.ts';
import { discreet } from '../kit/discreet.ts';
import { linkStep } from '../kit/links.ts';
import { completeOffer } from '../kit/offers.ts';
import type { OpenedReply } from '../kit/order-calls.ts';
import { byCode, orderCalls } from '../kit/order-calls.ts';
import { orderParts, orderReader } from '../kit/order-scheme.ts';
import { loanNews, reasonOf } from '../kit/order-states.ts';
import type { Json } from '../kit/read-json.ts';
import { at, readJson } from '../kit/read-json.ts';
import { feeReader } from '../kit/row-readers.ts';
import { readMillis } from '../kit/times.ts';
import { readFen, readMonths, readMonthsList, readPercentBps, readYuan } from '../kit/units.ts';
import { distrust, openContent } from './wire.ts';

const OUTER = { ok: '200', busy: ['429', '503'], ours: ['400', '401', '403'] };
const INNER = { ok: '200', notFound: ['404'], busy: ['429', '503'], ours: ['400', '403'] };

/** Plans, fees and whatever is of the loan stage are in yuan. */
const SCHEME = {
  state: 'status',
  funderRef: 'orderNo',
  eventAt: 'eventTime',
  offer: { amount: 'creditAmount', term: 'term', rate: 'yearRate', expires: 'expireTime' },
  plan: { list: 'repayPlan', month: 'period', principal: 'principal', interest: 'interest', fee: 'serviceFee' },
  fees: { list: 'fees', item: 'name', payee: 'payee', amount: 'amount', when: 'type', words: { UPFRONT: 'upfront', MONTHLY: 'monthly' } },
  loan: { amount: 'loanAmount', failCode: 'failCode', overdueDays: 'overdueDay' },
  rejectCode: 'rejectCode',
  reasons: {
    C001: 'credit',
    C002: 'age',
    C003: 'recent_rejection',
    C004: 'existing_customer',
    C005: 'duplicate',
    C006: 'blacklist',
    C007: 'region',
    C008: 'identity',
    C009: 'income',
  },
  money: readYuan,
  time: readMillis,
  rate: readPercentBps,
} as const;

export const { plan: planOf } = orderParts(SCHEME);
export const readFeeList = feeReader(SCHEME.fees, SCHEME.fees.words, readYuan);

/** An order as replies and callbacks carry it. */
export const readOrder = orderReader({
  ...SCHEME,
  states: {
    AUDITING: 'reviewing',
    AUDIT_PASS: (order, place) => approved(place, offerOf(order)),
    AUDIT_REJECT: 'declined',
    CANCELLED: 'cancelled',
    TO_SIGN: loanNews((order, ctx) => {
      const step = linkStep(ctx, at(order, 'signUrl'), readMillis(at(order, 'signExpireTime')));
      return step === null ? null : { status: 'needs_borrower', step };
    }),
    CREATED: 'disbursing',
    LOAN_FAILED: 'failed',
    LOAN_SUCCESS: 'disbursed',
    REPAYING: 'repaying',
    OVERDUE: 'overdue',
    CLOSED: 'settled',
    BAD_DEBT: 'written_off',
  },
});

export const read = orderCalls(open, readOrder);

/** 准入: nothing is told of the person but two hashes. */
export const readAccess = inside<PrecheckAnswer>(unreadable('access said no such order'), (_ctx, data) => {
  const access = at(data, 'access');
  if (access === 'PASS') return { kind: 'eligible' };
  return access === 'REJECT'
    ? { kind: 'ineligible', reason: reasonOf(at(data, 'rejectCode'), SCHEME.reasons) }
    : unreadable(`access ${safeCode(access)}`);
});

/** A reader of the data within; `missing`: what it means for this call that the funder knows no such order. */
export function inside<A extends object>(
  missing: A,
  readData: (ctx: AdapterContext, data: Json) => A,
): (ctx: AdapterContext, response: OutboundResponse) => A | Unavailable | Unreadable {
  return discreet((ctx, response): A | Unavailable | Unreadable => {
    const opened = open(ctx, response);
    if (opened.kind === 'data') return readData(ctx, opened.data);
    return opened.kind === 'not_found' ? missing : opened;
  });
}

/** The outer code first, then signature and seal, then the status inside: 200 without may be 400 within. */
function open(ctx: AdapterContext, response: OutboundResponse): OpenedReply {
  const body = readJson(response.body);
  const failure = httpFailure(ctx.nowMs, response, at(body, 'code'));
  if (failure !== null) return failure;
  const outer = byCode(OUTER, at(body, 'code'), body);
  if (outer.kind !== 'data') return outer;
  const why = distrust(ctx, outer.data, 'reply');
  if (why !== null) return unreadable(why);
  const inner = openContent(ctx, outer.data);
  return inner === undefined ? unreadable('unreadable content') : byCode(INNER, at(inner, 'status'), at(inner, 'data'));
}

/** Of the credit stage, and so in fen; its plan is not. */
function offerOf(order: Json | undefined): FunderOffer | null {
  const term = readMonths(at(order, 'term'));
  const listed = readMonthsList(at(order, 'terms'));
  return completeOffer({
    amount: readFen(at(order, 'creditAmount')),
    // A term that the funder does not list is one of its two statements wrong: not an offer to show.
    termMonths: term !== null && listed?.includes(term) === true ? term : null,
    quotedAprBps: readPercentBps(at(order, 'yearRate')),
    plan: planOf(order),
    fees: readFeeList(at(order, 'fees')),
    expiresAtMs: readMillis(at(order, 'expireTime')),
  });
}
