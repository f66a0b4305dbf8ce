/** How maple-full's replies of the credit stage are read, and the order as every stage carries it. Total: any bytes give an answer. */
import type { FunderOffer, PrecheckAnswer } from '../contract.ts';
import { approved, safeCode, unreadable } from '../kit/answers.ts';
import { believed, byMember, contentReader, within } from '../kit/envelopes.ts';
import { linkStep } from '../kit/links.ts';
import { completeOffer } from '../kit/offers.ts';
import { orderCalls } from '../kit/order-calls.ts';
import { orderParts, orderReader } from '../kit/order-scheme.ts';
import { needsBorrower, reasonOf } from '../kit/order-states.ts';
import type { Json } from '../kit/read-json.ts';
import { at } from '../kit/read-json.ts';
import { feeReader } from '../kit/row-readers.ts';
import { readMillis } from '../kit/times.ts';
import { readFen, readMonths, readMonthsList, readPercentBps, readYuan } from '../kit/units.ts';
import { openReply } from './wire.ts';

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
    TO_SIGN: needsBorrower((order, ctx) => linkStep(ctx, at(order, 'signUrl'), readMillis(at(order, 'signExpireTime')))),
    CREATED: 'disbursing',
    LOAN_FAILED: 'failed',
    LOAN_SUCCESS: 'disbursed',
    REPAYING: 'repaying',
    OVERDUE: 'overdue',
    CLOSED: 'settled',
    BAD_DEBT: 'written_off',
  },
});

/** The outer code first, then signature and seal, then the status inside: 200 without may be 400 within. */
export const open = within(believed(OUTER, openReply), byMember(INNER, 'status'));

export const read = orderCalls(open, readOrder);

/** 准入: nothing is told of the person but two hashes. */
export const readAccess = contentReader<PrecheckAnswer>(open, unreadable('access said no such order'), (data) => {
  const access = at(data, 'access');
  if (access === 'PASS') return { kind: 'eligible' };
  return access === 'REJECT'
    ? { kind: 'ineligible', reason: reasonOf(at(data, 'rejectCode'), SCHEME.reasons) }
    : unreadable(`access ${safeCode(access)}`);
});

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
