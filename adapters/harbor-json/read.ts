/** How harbor-json's replies and callbacks are read. Every function here is total: any bytes give an answer. */
import { plainReply } from '../kit/envelopes.ts';
import { orderCallback } from '../kit/order-callback.ts';
import { orderCalls } from '../kit/order-calls.ts';
import { orderReader } from '../kit/order-scheme.ts';
import type { Reasons } from '../kit/order-states.ts';
import { codeText } from '../kit/order-states.ts';
import type { Json } from '../kit/read-json.ts';
import { at, isRecord } from '../kit/read-json.ts';
import { readRfc3339 } from '../kit/times.ts';
import { readBps, readFen } from '../kit/units.ts';
import { distrust } from './wire.ts';

const WHO: Reasons = {
  age: 'age',
  region: 'region',
  existing_customer: 'existing_customer',
  blacklisted: 'blacklist',
  identity_mismatch: 'identity',
};
const WHAT: Reasons = { credit_score: 'credit', income_low: 'income', recent_decline: 'recent_rejection', amount: 'amount', duplicate: 'duplicate' };
const CREDIT = { received: 'reviewing', reviewing: 'reviewing', approved: 'approved', declined: 'declined', cancelled: 'cancelled' } as const;
const LOAN = { 'loan:disbursing': 'disbursing', 'loan:disbursed': 'disbursed', 'loan:failed': 'failed', 'loan:current': 'repaying' } as const;
const LATER = { 'loan:overdue': 'overdue', 'loan:settled': 'settled', 'loan:written_off': 'written_off' } as const;

/** An application as it is `spoken`. */
const readOrder = orderReader({
  state: 'status',
  funderRef: 'id',
  eventAt: 'event_at',
  offer: { amount: 'amount_fen', term: 'term_months', rate: 'quoted_apr_bps', expires: 'expires_at' },
  plan: { list: 'instalments', month: 'due_in_months', principal: 'principal_fen', interest: 'interest_fen', fee: 'fee_fen' },
  fees: { list: 'fees', item: 'item', payee: 'payee', amount: 'amount_fen', when: 'when', words: { upfront: 'upfront', monthly: 'monthly' } },
  loan: { amount: 'amount_fen', failCode: 'failure_code', overdueDays: 'overdue_days' },
  rejectCode: 'code',
  reasons: { ...WHO, ...WHAT },
  money: readFen,
  time: readRfc3339,
  rate: readBps,
  states: { ...CREDIT, ...LOAN, ...LATER },
  unrecognised: (code) => code,
});

/** An application as replies and callbacks carry it, beside the members of the part that speaks: the loan once there is one, whatever the status. */
function spoken(application: Json | undefined, eventAt = at(application, 'updated_at')): Json | undefined {
  const loan = at(application, 'loan') ?? null;
  const part = loan ?? at(application, at(application, 'status') === 'declined' ? 'decline' : 'offer');
  const status = loan === null ? at(application, 'status') : `loan:${codeText(at(loan, 'status')) ?? ''}`;
  const members = isRecord(part) ? part : {};
  return isRecord(application) ? { ...members, ...application, status: status ?? null, event_at: eventAt ?? null } : undefined;
}

const calls = (late: (code: string) => boolean): ReturnType<typeof orderCalls> =>
  orderCalls(plainReply({ missing: 'application_not_found', nothing: 'no status in the reply', late }), (ctx, body) => readOrder(ctx, spoken(body)));

export const read = { ...calls((code) => code === 'too_late'), draw: calls(() => true).draw };

/** The time is the event's own, not that of the application's last change. */
export const callback = orderCallback({
  secret: 'api_secret',
  distrust,
  ids: { ref: 'ref', funderRef: 'id', messageId: 'message_id' },
  order: 'application',
  read: (ctx, application, message) => readOrder(ctx, spoken(application, at(message, 'occurred_at'))),
  stored: '{"received":true}',
  refused: '{"received":false}',
});
