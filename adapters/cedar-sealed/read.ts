/** How cedar-sealed's replies and callbacks are read. Every function here is total: any bytes give an answer. */
import { safeCode } from '../kit/answers.ts';
import { believed, byMember, within } from '../kit/envelopes.ts';
import { orderCallback } from '../kit/order-callback.ts';
import { orderCalls } from '../kit/order-calls.ts';
import { orderReader } from '../kit/order-scheme.ts';
import type { Reasons } from '../kit/order-states.ts';
import { codeText } from '../kit/order-states.ts';
import { verdictReader } from '../kit/prechecks.ts';
import { at, readJson } from '../kit/read-json.ts';
import { readMillis } from '../kit/times.ts';
import { readBps, readFen } from '../kit/units.ts';
import { openEnvelope } from './wire.ts';

const OUTER = { ok: '200', busy: ['429', '503'], ours: ['400', '401', '403'] };
const INNER = { ok: '200', notFound: ['404'], busy: ['429', '503'], ours: ['400', '403'] };
/** Precheck results other than 200, which is eligible. */
const PRECHECK: Reasons = { 301: 'age', 401: 'existing_customer', 402: 'credit', 403: 'blacklist', 505: 'other' };
const WHO: Reasons = { C004: 'existing_customer', C006: 'age', C007: 'blacklist', C008: 'identity', C010: 'region' };
const WHAT: Reasons = { C001: 'credit', C002: 'income', C003: 'recent_rejection', C005: 'duplicate', C009: 'amount' };
const CREDIT = { AUDITING: 'reviewing', AUDIT_PASS: 'approved', AUDIT_REJECT: 'declined', CANCELLED: 'cancelled' } as const;
const LOAN = { CREATED: 'disbursing', LOAN_SUCCESS: 'disbursed', LOAN_FAILED: 'failed' } as const;
const LATER = { REPAYING: 'repaying', OVERDUE: 'overdue', CLOSED: 'settled', BAD_DEBT: 'written_off' } as const;

/** An order as replies and callbacks carry it. */
const readOrder = orderReader({
  state: 'state',
  funderRef: 'orderId',
  eventAt: 'eventTime',
  offer: { amount: 'creditAmount', term: 'term', terms: 'terms', rate: 'yearRateBps', expires: 'expireTime' },
  plan: { list: 'repayPlan', month: 'period', principal: 'principal', interest: 'interest', fee: 'serviceFee' },
  fees: { list: 'fees', item: 'name', payee: 'payee', amount: 'amount', when: 'type', words: { UPFRONT: 'upfront', MONTHLY: 'monthly' } },
  loan: { amount: 'loanAmount', failCode: 'failCode', overdueDays: 'overdueDay' },
  rejectCode: 'rejectCode',
  reasons: { ...WHO, ...WHAT },
  money: readFen,
  time: readMillis,
  rate: readBps,
  states: { ...CREDIT, ...LOAN, ...LATER },
  unrecognised: (code) => code,
});

/** Outer status and code first, then the seal, then the status inside: 200 without may be 400 within. */
const content = believed(OUTER, (ctx, envelope) => openEnvelope(ctx, 'response', envelope));
const inner = byMember(INNER, 'status', 'inner');
const open = within(content, (told) =>
  codeText(at(told, 'status')) === '409' ? { kind: 'too_late' as const, detail: safeCode(at(told, 'data', 'failCode')) } : inner(told),
);

export const read = orderCalls(open, readOrder);
export const readPrecheck = verdictReader(within(content, inner), 'result', '200', PRECHECK);

/** The same envelope, sent once and never again. */
export const callback = orderCallback({
  believe: (ctx, inbound) => openEnvelope(ctx, 'notify', readJson(inbound.body)),
  ids: { ref: 'outOrderId', funderRef: 'orderId', messageId: 'notifyId' },
  read: readOrder,
  stored: '{"code":200,"msg":"ok"}',
  refused: '{"code":401,"msg":"refused"}',
});
