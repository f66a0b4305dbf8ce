/** How heron-rates' replies and webhooks are read. Every function here is total: any bytes give an answer. */
import { plainReply } from '../kit/envelopes.ts';
import { linkStep } from '../kit/links.ts';
import { offersAt } from '../kit/offer-lists.ts';
import { orderCallback } from '../kit/order-callback.ts';
import { orderCalls } from '../kit/order-calls.ts';
import { orderParts, orderReader } from '../kit/order-scheme.ts';
import { needsBorrower } from '../kit/order-states.ts';
import { at } from '../kit/read-json.ts';
import { readRfc3339 } from '../kit/times.ts';
import { readRateBps, readYuan } from '../kit/units.ts';
import { distrust } from './wire.ts';

const FORM = {
  state: 'status',
  funderRef: 'lead_id',
  eventAt: 'updated_at',
  offer: { amount: 'amount', term: 'term_months', rate: 'apr', expires: 'expires_at' },
  plan: { list: 'schedule', month: 'month', principal: 'principal', interest: 'interest', fee: 'fee' },
  fees: { list: 'fees', item: 'name', payee: 'payee', amount: 'amount', when: 'charged', words: { origination: 'upfront', monthly: 'monthly' } },
  loan: { amount: 'funded_amount', failCode: 'failure_code', overdueDays: 'days_past_due' },
  rejectCode: 'decline_code',
  reasons: { credit: 'credit', income: 'income', age: 'age', region: 'region', duplicate: 'duplicate', identity: 'identity' },
  money: readYuan,
  time: readRfc3339,
  rate: (value) => readRateBps(value, { in: 'decimal', per: 'year' }),
} satisfies Parameters<typeof orderParts>[0];
const { offer } = orderParts(FORM);

const LOAN = { funding: 'disbursing', funded: 'disbursed', funding_failed: 'failed', selection_refused: 'failed' } as const;
const LATER = { current: 'repaying', past_due: 'overdue', paid_off: 'settled', charged_off: 'written_off' } as const;

/** A lead as replies and webhooks carry it, from the first offer to the last instalment. */
const readLead = orderReader({
  ...FORM,
  states: {
    collecting: offersAt('offers', 'offer_id', offer, false),
    complete: offersAt('offers', 'offer_id', offer, true),
    declined: 'declined',
    withdrawn: 'cancelled',
    expired: 'cancelled',
    contract_pending: needsBorrower((lead, ctx) => linkStep(ctx, at(lead, 'contract_url'), readRfc3339(at(lead, 'contract_expires_at')))),
    ...LOAN,
    ...LATER,
  },
});

export const read = orderCalls(plainReply({ missing: 'lead_not_found', nothing: 'no lead in the reply' }), readLead);

export const callback = orderCallback({
  secret: 'webhook_secret',
  distrust,
  ids: { ref: 'external_id', funderRef: 'lead_id', messageId: 'event_id' },
  order: 'lead',
  read: readLead,
  stored: '{"received":true}',
  refused: '{"received":false}',
});
