/** How sparrow-ping's replies and callbacks are read. Every function here is total: any bytes give an answer. */
import type { PrecheckAnswer } from '../contract.ts';
import { safeCode, safeRef, unreadable } from '../kit/answers.ts';
import { contentReader } from '../kit/envelopes.ts';
import { linkStep } from '../kit/links.ts';
import { orderCallback } from '../kit/order-callback.ts';
import { orderCalls } from '../kit/order-calls.ts';
import { orderReader } from '../kit/order-scheme.ts';
import type { OrderReader, Reasons } from '../kit/order-states.ts';
import { reasonOf, waitingFor } from '../kit/order-states.ts';
import { at } from '../kit/read-json.ts';
import { readRfc3339 } from '../kit/times.ts';
import { readPercentBps, readYuan } from '../kit/units.ts';
import { readXml } from '../kit/xml.ts';
import { contentOf, distrust, openReply } from './wire.ts';

const CRITERIA: Reasons = { CREDIT: 'credit', INCOME: 'income', AGE: 'age', REGION: 'region', AMOUNT: 'amount', IDENTITY: 'identity' };
const KNOWN: Reasons = { EXISTING: 'existing_customer', RECENT: 'recent_rejection', BLACKLIST: 'blacklist', DUPLICATE: 'duplicate' };
const REASONS: Reasons = { ...CRITERIA, ...KNOWN };

const duplicate: OrderReader = (_lead, place) => ({ kind: 'declined', reason: { code: 'duplicate', detail: 'DUPLICATE' }, ...place });
// RETURNED: given back after it was accepted.
const ENDED = { REJECTED: 'declined', RETURNED: 'declined', DUPLICATE: duplicate, EXPIRED: 'cancelled' } as const;

/** A lead as replies and callbacks carry it. Accepted means either an offer, or a page on which the borrower goes on. */
const readLead = orderReader({
  state: (lead) => (at(lead, 'status') === 'ACCEPTED' && at(lead, 'approvedAmount') !== undefined ? 'OFFERED' : at(lead, 'status')),
  funderRef: 'orderId',
  eventAt: 'at',
  offer: { amount: 'approvedAmount', term: 'term', rate: 'apr', expires: 'offerUntil' },
  plan: { list: ['plan', 'instalment'], month: 'month', principal: 'principal', interest: 'interest', fee: 'fee' },
  fees: { list: ['fees', 'fee'], item: 'item', payee: 'payee', amount: 'amount', when: 'when', words: { upfront: 'upfront', monthly: 'monthly' } },
  loan: { amount: 'fundedAmount', failCode: 'reason', overdueDays: 'overdueDays' },
  rejectCode: 'reason',
  reasons: REASONS,
  money: readYuan,
  time: readRfc3339,
  rate: readPercentBps,
  states: {
    OFFERED: 'approved',
    ACCEPTED: waitingFor((lead, ctx) => linkStep(ctx, at(lead, 'redirectUrl'), readRfc3339(at(lead, 'redirectUntil')))),
    PENDING: 'reviewing',
    ...ENDED,
    FUNDED: 'disbursed',
    REPAID: 'settled',
  },
});

export const read = orderCalls(openReply, readLead);

/** The bid, whose id goes with the post; a bid without id, price or end is none that could be taken. */
export const readPing = contentReader<PrecheckAnswer>(openReply, unreadable('ping said no such lead'), (data) => {
  if (at(data, 'status') === 'NO_BID') return { kind: 'ineligible', reason: reasonOf(at(data, 'reason'), REASONS) };
  if (at(data, 'status') !== 'BID') return unreadable(`ping status ${safeCode(at(data, 'status'))}`);
  const [price, funderRef, validUntilMs] = [readYuan(at(data, 'price')), safeRef(at(data, 'bidId')), readRfc3339(at(data, 'validUntil'))];
  if (price === null || funderRef === null || validUntilMs === null) return unreadable('bid not whole');
  return { kind: 'eligible', price, funderRef, validUntilMs };
});

export const callback = orderCallback({
  secret: 'hmac_key',
  distrust,
  open: (_ctx, inbound) => contentOf(readXml(inbound.body)),
  ids: { ref: 'leadId', funderRef: 'orderId', messageId: 'eventId' },
  read: readLead,
  stored: '<?xml version="1.0" encoding="UTF-8"?><ack><status>OK</status></ack>',
  refused: '<?xml version="1.0" encoding="UTF-8"?><ack><status>REFUSED</status></ack>',
  type: 'application/xml',
});
