/** How plum-login's replies and callbacks are read. Every function here is total: any bytes give an answer. */
import type { RedirectAnswer } from '../contract.ts';
import { unreadable } from '../kit/answers.ts';
import { contentReader } from '../kit/envelopes.ts';
import { readLink } from '../kit/links.ts';
import { orderCallback } from '../kit/order-callback.ts';
import { coded, orderCalls } from '../kit/order-calls.ts';
import { orderReader } from '../kit/order-scheme.ts';
import type { Reasons } from '../kit/order-states.ts';
import { needsBorrower, waitingFor } from '../kit/order-states.ts';
import { at, readJson } from '../kit/read-json.ts';
import { readMillis } from '../kit/times.ts';
import { readFen, readPercentBps, readWhole } from '../kit/units.ts';
import { distrust, openContent } from './wire.ts';

const open = coded({ ok: '0', notFound: ['204'], busy: ['429', '503'], ours: ['100', '101', '102'] }, (ctx, body) => openContent(ctx, body, 'reply'));
const REASONS: Reasons = { P01: 'credit', P02: 'income', P03: 'age', P04: 'region', P05: 'existing_customer', P06: 'blacklist', P07: 'identity' };
const LOAN = { PAYING: 'disbursing', PAID: 'disbursed', PAY_FAILED: 'failed', REPAYING: 'repaying', OVERDUE: 'overdue', CLEARED: 'settled' } as const;
/** A login token is good for a minute, and for one use. */
const TOKEN_S = 60;

/** An order as replies and callbacks carry it. */
const readOrder = orderReader({
  state: 'state',
  funderRef: 'plumNo',
  eventAt: 'stateAt',
  offer: { amount: 'limit', term: 'periods', rate: 'yearRate', expires: 'limitUntil' },
  plan: { list: 'schedule', month: 'no', principal: 'principal', interest: 'interest', fee: 'fee' },
  fees: { list: 'charges', item: 'item', payee: 'payee', amount: 'amount', when: 'when', words: { ONCE: 'upfront', MONTHLY: 'monthly' } },
  loan: { amount: 'paidAmount', failCode: 'failCode', overdueDays: 'overdueDays' },
  rejectCode: 'refuseCode',
  reasons: REASONS,
  money: readFen,
  time: readMillis,
  rate: readPercentBps,
  states: {
    REGISTERED: waitingFor(() => ({ kind: 'redirect', destination: 'credit' })),
    REVIEWING: 'reviewing',
    GRANTED: 'approved',
    REFUSED: 'declined',
    CLOSED: 'cancelled',
    LOAN_CONFIRM: needsBorrower(() => ({ kind: 'redirect', destination: 'loan' })),
    ...LOAN,
  },
});

export const read = orderCalls(open, readOrder);

/** The page with its one-time token; a token told to live longer is still thrown away after a minute. */
export const readRedirect = contentReader<RedirectAnswer>(open, { kind: 'not_found' }, (data, ctx) => {
  const url = readLink(ctx, at(data, 'loginUrl'));
  const seconds = Math.min(readWhole(at(data, 'validSeconds'), TOKEN_S) ?? TOKEN_S, TOKEN_S);
  return url === null ? unreadable('no link in the reply') : { kind: 'url', url, expiresAtMs: ctx.nowMs + seconds * 1_000 };
});

/** News of the credit decision and of the loan, in one form. */
export const callback = orderCallback({
  secret: 'aes_key',
  distrust,
  open: (ctx, inbound) => openContent(ctx, readJson(inbound.body), 'notify'),
  ids: { ref: 'outNo', funderRef: 'plumNo', messageId: 'messageId' },
  read: readOrder,
  stored: '{"code":"0","message":"ok"}',
  refused: '{"code":"101","message":"refused"}',
});
