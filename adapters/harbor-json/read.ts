/** How harbor-json's replies are read. Every function here is total: any bytes give an answer. */
import type {
  AdapterContext,
  CancelAnswer,
  DecisionAnswer,
  DrawAnswer,
  Fee,
  FunderReason,
  LoanNews,
  OutboundResponse,
  QueryAnswer,
  SubmitAnswer,
  Unreadable,
} from '../contract.ts';
import { approved, httpFailure, pending, safeCode, safeRef, unreadable } from '../kit/answers.ts';
import type { InstalmentRead } from '../kit/offers.ts';
import { completeOffer, readFees, readPlan } from '../kit/offers.ts';
import type { Json } from '../kit/read-json.ts';
import { at, lookUp, readJson, textAt } from '../kit/read-json.ts';
import { readRfc3339 } from '../kit/times.ts';
import { readFen, readMonths, readWhole } from '../kit/units.ts';

/** The funder's decline codes in our words. */
const REASONS: Readonly<Record<string, FunderReason['code']>> = {
  credit_score: 'credit',
  income_low: 'income',
  age: 'age',
  region: 'region',
  existing_customer: 'existing_customer',
  recent_decline: 'recent_rejection',
  blacklisted: 'blacklist',
  identity_mismatch: 'identity',
  amount: 'amount',
  duplicate: 'duplicate',
};

export function readSubmit(ctx: AdapterContext, response: OutboundResponse): SubmitAnswer {
  const body = readJson(response.body);
  return httpFailure(ctx.nowMs, response, at(body, 'error', 'code')) ?? readApplication(body);
}

export function readQuery(ctx: AdapterContext, response: OutboundResponse): QueryAnswer {
  const body = readJson(response.body);
  if (isUnknownOrder(response, body)) return { kind: 'not_found' };
  return httpFailure(ctx.nowMs, response, at(body, 'error', 'code')) ?? readApplication(body);
}

export function readCancel(ctx: AdapterContext, response: OutboundResponse): CancelAnswer {
  const body = readJson(response.body);
  if (isUnknownOrder(response, body)) return { kind: 'not_found' };
  if (response.status === 409 && errorCode(body) === 'too_late') return { kind: 'too_late' };
  const failure = httpFailure(ctx.nowMs, response, at(body, 'error', 'code'));
  if (failure !== null) return failure;
  return textAt(body, 'status') === 'cancelled' ? { kind: 'cancelled' } : unreadable(`cancel status ${safeCode(at(body, 'status'))}`);
}

export function readDraw(ctx: AdapterContext, response: OutboundResponse): DrawAnswer {
  const body = readJson(response.body);
  const code = errorCode(body);
  if (response.status === 409 && code !== null) return { kind: 'loan', news: { status: 'failed', detail: safeCode(code) } };
  const failure = httpFailure(ctx.nowMs, response, at(body, 'error', 'code'));
  if (failure !== null) return failure;
  const news = readLoan(at(body, 'loan'));
  return news === null ? unreadable(`loan status ${safeCode(at(body, 'loan', 'status'))}`) : { kind: 'loan', news };
}

/** An application as replies and callbacks carry it: the decision, or the loan that came of it. */
export function readApplication(view: Json | undefined, eventAt: Json | undefined = at(view, 'updated_at')): DecisionAnswer | Unreadable {
  const status = textAt(view, 'status');
  if (status === null) return unreadable('no status in the reply');
  const place = { funderRef: safeRef(at(view, 'id')), eventAtMs: readRfc3339(eventAt) };
  if (at(view, 'loan') !== undefined && at(view, 'loan') !== null) {
    const news = readLoan(at(view, 'loan'));
    return news === null ? pending(place, `loan ${safeCode(at(view, 'loan', 'status'))}`) : { kind: 'loan', news, ...place };
  }
  switch (status) {
    case 'received':
    case 'reviewing':
      return pending(place, null);
    case 'approved':
      return approved(place, readOffer(at(view, 'offer')));
    case 'declined': {
      const code = textAt(view, 'decline', 'code') ?? '';
      return { kind: 'declined', reason: { code: lookUp(REASONS, code) ?? 'other', detail: safeCode(code) }, ...place };
    }
    // The order ended without a decision of credit; nothing is owed on it any more.
    case 'cancelled':
      return { kind: 'cancelled', ...place };
    default:
      return pending(place, safeCode(status));
  }
}

function readOffer(offer: Json | undefined): ReturnType<typeof completeOffer> {
  const expires = at(offer, 'expires_at');
  return completeOffer({
    amount: readFen(at(offer, 'amount_fen')),
    termMonths: readMonths(at(offer, 'term_months')),
    quotedAprBps: readWhole(at(offer, 'quoted_apr_bps'), 100_000),
    plan: readPlan(at(offer, 'instalments'), readInstalment),
    fees: readFees(at(offer, 'fees'), readFee),
    expiresAtMs: readRfc3339(expires),
  });
}

function readLoan(loan: Json | undefined): LoanNews | null {
  switch (textAt(loan, 'status') ?? '') {
    case 'disbursing':
      return { status: 'disbursing' };
    case 'disbursed': {
      const amount = readFen(at(loan, 'amount_fen'));
      return amount === null ? null : { status: 'disbursed', amount, plan: readPlan(at(loan, 'instalments'), readInstalment) };
    }
    case 'failed':
      return { status: 'failed', detail: safeCode(at(loan, 'failure_code')) };
    case 'overdue':
      return { status: 'overdue', overdueDays: readWhole(at(loan, 'overdue_days'), 36_500) ?? 0 };
    case 'current': {
      const plan = readPlan(at(loan, 'instalments'), readInstalment);
      return plan === null ? { status: 'caught_up' } : { status: 'plan', plan };
    }
    case 'settled':
      return { status: 'settled' };
    case 'written_off':
      return { status: 'written_off' };
    default:
      return null;
  }
}

function readInstalment(row: Json): InstalmentRead {
  return {
    dueInMonths: readMonths(at(row, 'due_in_months')),
    principal: readFen(at(row, 'principal_fen')),
    interest: readFen(at(row, 'interest_fen')),
    fee: readFen(at(row, 'fee_fen')),
  };
}

function readFee(row: Json): Fee | null {
  const item = textAt(row, 'item');
  const payee = textAt(row, 'payee');
  const amount = readFen(at(row, 'amount_fen'));
  const when = textAt(row, 'when');
  if (item === null || payee === null || amount === null || (when !== 'upfront' && when !== 'monthly')) return null;
  return { item: item.slice(0, 60), payee: payee.slice(0, 120), amount, when };
}

function isUnknownOrder(response: OutboundResponse, body: Json | undefined): boolean {
  return response.status === 404 && errorCode(body) === 'application_not_found';
}

function errorCode(body: Json | undefined): string | null {
  return textAt(body, 'error', 'code');
}
