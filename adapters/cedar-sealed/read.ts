/** How cedar-sealed's replies are read. Every function here is total: any bytes give an answer. */
import type {
  AdapterContext,
  CancelAnswer,
  DecisionAnswer,
  DrawAnswer,
  Fee,
  FunderReason,
  LoanNews,
  OutboundResponse,
  PrecheckAnswer,
  QueryAnswer,
  SubmitAnswer,
  Unavailable,
  Unreadable,
} from '../contract.ts';
import { approved, faultFunder, faultOurs, httpFailure, pending, safeCode, safeRef, unreadable } from '../kit/answers.ts';
import type { InstalmentRead } from '../kit/offers.ts';
import { completeOffer, readFees, readPlan } from '../kit/offers.ts';
import type { Json } from '../kit/read-json.ts';
import { at, lookUp, readJson, textAt } from '../kit/read-json.ts';
import { readMillis } from '../kit/times.ts';
import { readFen, readMonths, readMonthsList, readWhole } from '../kit/units.ts';
import { openEnvelope } from './wire.ts';

/** Precheck results other than 200, which is eligible. */
const PRECHECK: Readonly<Record<string, FunderReason['code']>> = {
  301: 'age',
  401: 'existing_customer',
  402: 'credit',
  403: 'blacklist',
  505: 'other',
};
/** Reject codes. */
const REASONS: Readonly<Record<string, FunderReason['code']>> = {
  C001: 'credit',
  C002: 'income',
  C003: 'recent_rejection',
  C004: 'existing_customer',
  C005: 'duplicate',
  C006: 'age',
  C007: 'blacklist',
  C008: 'identity',
  C009: 'amount',
  C010: 'region',
};

export function readPrecheck(ctx: AdapterContext, response: OutboundResponse): PrecheckAnswer {
  const opened = openReply(ctx, response);
  if (opened.kind !== 'inner') return opened;
  const failure = innerFailure(opened.status);
  if (failure !== null) return failure;
  const result = readWhole(at(opened.data, 'result'), 999);
  if (result === 200) return { kind: 'eligible' };
  const code = result === null ? null : lookUp(PRECHECK, String(result));
  return code === null
    ? unreadable(`precheck result ${safeCode(at(opened.data, 'result'))}`)
    : { kind: 'ineligible', reason: { code, detail: `result ${result}` } };
}

export function readSubmit(ctx: AdapterContext, response: OutboundResponse): SubmitAnswer {
  const opened = openReply(ctx, response);
  if (opened.kind !== 'inner') return opened;
  return innerFailure(opened.status) ?? readOrder(opened.data);
}

export function readQuery(ctx: AdapterContext, response: OutboundResponse): QueryAnswer {
  const opened = openReply(ctx, response);
  if (opened.kind !== 'inner') return opened;
  if (opened.status === 404) return { kind: 'not_found' };
  return innerFailure(opened.status) ?? readOrder(opened.data);
}

export function readCancel(ctx: AdapterContext, response: OutboundResponse): CancelAnswer {
  const opened = openReply(ctx, response);
  if (opened.kind !== 'inner') return opened;
  if (opened.status === 404) return { kind: 'not_found' };
  if (opened.status === 409) return { kind: 'too_late' };
  const failure = innerFailure(opened.status);
  if (failure !== null) return failure;
  return textAt(opened.data, 'state') === 'CANCELLED' ? { kind: 'cancelled' } : unreadable(`cancel state ${safeCode(at(opened.data, 'state'))}`);
}

export function readDraw(ctx: AdapterContext, response: OutboundResponse): DrawAnswer {
  const opened = openReply(ctx, response);
  if (opened.kind !== 'inner') return opened;
  if (opened.status === 404) return faultOurs('draw of an unknown order');
  if (opened.status === 409) return { kind: 'loan', news: { status: 'failed', detail: safeCode(at(opened.data, 'failCode')) } };
  const failure = innerFailure(opened.status);
  if (failure !== null) return failure;
  const answer = readOrder(opened.data);
  return answer.kind === 'loan' ? { kind: 'loan', news: answer.news } : unreadable(`draw state ${safeCode(at(opened.data, 'state'))}`);
}

/** An order as replies and callbacks carry it. */
export function readOrder(order: Json | undefined): DecisionAnswer | Unreadable {
  const state = textAt(order, 'state');
  if (state === null) return unreadable('no state in the reply');
  const place = { funderRef: safeRef(at(order, 'orderId')), eventAtMs: readMillis(at(order, 'eventTime')) };
  if (state === 'AUDITING') return pending(place, null);
  if (state === 'AUDIT_PASS') return approved(place, readOffer(order));
  if (state === 'AUDIT_REJECT') {
    const code = textAt(order, 'rejectCode') ?? '';
    return { kind: 'declined', reason: { code: lookUp(REASONS, code) ?? 'other', detail: safeCode(code) }, ...place };
  }
  // The order ended without a decision of credit; nothing is owed on it any more.
  if (state === 'CANCELLED') return { kind: 'cancelled', ...place };
  const news = readLoan(state, order);
  return news === null ? pending(place, safeCode(state)) : { kind: 'loan', news, ...place };
}

function readLoan(state: string, order: Json | undefined): LoanNews | null {
  switch (state) {
    case 'CREATED':
      return { status: 'disbursing' };
    case 'LOAN_SUCCESS': {
      const amount = readFen(at(order, 'loanAmount'));
      return amount === null ? null : { status: 'disbursed', amount, plan: readPlan(at(order, 'repayPlan'), readInstalment) };
    }
    case 'LOAN_FAILED':
      return { status: 'failed', detail: safeCode(at(order, 'failCode')) };
    case 'REPAYING': {
      const plan = readPlan(at(order, 'repayPlan'), readInstalment);
      return plan === null ? { status: 'caught_up' } : { status: 'plan', plan };
    }
    case 'OVERDUE':
      return { status: 'overdue', overdueDays: readWhole(at(order, 'overdueDay'), 36_500) ?? 0 };
    case 'CLOSED':
      return { status: 'settled' };
    case 'BAD_DEBT':
      return { status: 'written_off' };
    default:
      return null;
  }
}

function readOffer(order: Json | undefined): ReturnType<typeof completeOffer> {
  const term = readMonths(at(order, 'term'));
  const terms = readMonthsList(at(order, 'terms'));
  return completeOffer({
    amount: readFen(at(order, 'creditAmount')),
    // A term the funder does not list is one of its two statements wrong: not an offer to show.
    termMonths: term !== null && terms !== null && terms.includes(term) ? term : null,
    quotedAprBps: readWhole(at(order, 'yearRateBps'), 100_000),
    plan: readPlan(at(order, 'repayPlan'), readInstalment),
    fees: readFees(at(order, 'fees'), readFee),
    expiresAtMs: readMillis(at(order, 'expireTime')),
  });
}

function readInstalment(row: Json): InstalmentRead {
  return {
    dueInMonths: readMonths(at(row, 'period')),
    principal: readFen(at(row, 'principal')),
    interest: readFen(at(row, 'interest')),
    fee: readFen(at(row, 'serviceFee')),
  };
}

function readFee(row: Json): Fee | null {
  const item = textAt(row, 'name');
  const payee = textAt(row, 'payee');
  const amount = readFen(at(row, 'amount'));
  const type = textAt(row, 'type');
  if (item === null || payee === null || amount === null || (type !== 'UPFRONT' && type !== 'MONTHLY')) return null;
  return { item: item.slice(0, 60), payee: payee.slice(0, 120), amount, when: type === 'UPFRONT' ? 'upfront' : 'monthly' };
}

/** Outer status and code first, then the seal, then the status inside. */
function openReply(
  ctx: AdapterContext,
  response: OutboundResponse,
): { readonly kind: 'inner'; readonly status: number; readonly data: Json | undefined } | Unavailable | Unreadable {
  const body = readJson(response.body);
  const failure = httpFailure(ctx.nowMs, response, at(body, 'code'));
  if (failure !== null) return failure;
  const code = readWhole(at(body, 'code'), 999);
  if (code === 429 || code === 503) return faultFunder(`code ${code}`);
  if (code === 400 || code === 401 || code === 403) return faultOurs(`code ${code}`);
  if (code !== 200) return unreadable(code === null ? 'no code in the reply' : `code ${code}`);
  const opened = openEnvelope(ctx, 'response', body);
  if (!opened.ok) return unreadable(opened.why);
  const status = readWhole(at(opened.content, 'status'), 999);
  return status === null ? unreadable('no inner status') : { kind: 'inner', status, data: at(opened.content, 'data') };
}

function innerFailure(status: number): Unavailable | Unreadable | null {
  if (status === 200) return null;
  if (status === 429 || status === 503) return faultFunder(`inner ${status}`);
  return status === 400 || status === 403 ? faultOurs(`inner ${status}`) : unreadable(`inner ${status}`);
}
