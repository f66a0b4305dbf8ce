/** How lotus-md5's replies are read. Every function here is total: any bytes give an answer. */
import type {
  AdapterContext,
  CancelAnswer,
  DecisionAnswer,
  DrawAnswer,
  Fee,
  FunderReason,
  LoanNews,
  NotFound,
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
import { at, isRecord, lookUp, readJson, textAt } from '../kit/read-json.ts';
import { readSeconds } from '../kit/times.ts';
import { readMonths, readPercentBps, readWhole, readYuan } from '../kit/units.ts';

/** Precheck results (撞库) other than "0", which is eligible. */
const PRECHECK: Readonly<Record<string, FunderReason['code']>> = {
  1: 'existing_customer',
  2: 'duplicate',
  3: 'recent_rejection',
  4: 'age',
  5: 'blacklist',
  6: 'credit',
};
/** Decline codes. */
const REASONS: Readonly<Record<string, FunderReason['code']>> = {
  R01: 'credit',
  R02: 'income',
  R03: 'age',
  R04: 'region',
  R05: 'existing_customer',
  R06: 'recent_rejection',
  R07: 'blacklist',
  R08: 'identity',
  R09: 'amount',
  R10: 'duplicate',
};
const OUTER_OK = '0000';

export function readPrecheck(ctx: AdapterContext, response: OutboundResponse): PrecheckAnswer {
  const opened = openEnvelope(ctx, response);
  if (opened.kind === 'not_found') return unreadable('precheck said no such order');
  if (opened.kind !== 'data') return opened;
  const result = numberCode(at(opened.data, 'result'));
  if (result === '0') return { kind: 'eligible' };
  const code = result === null ? null : lookUp(PRECHECK, result);
  return code === null
    ? unreadable(`precheck result ${safeCode(result ?? at(opened.data, 'result'))}`)
    : { kind: 'ineligible', reason: { code, detail: `result ${result}` } };
}

export function readSubmit(ctx: AdapterContext, response: OutboundResponse): SubmitAnswer {
  const opened = openEnvelope(ctx, response);
  if (opened.kind === 'not_found') return unreadable('submit said no such order');
  return opened.kind === 'data' ? readOrder(opened.data) : opened;
}

export function readQuery(ctx: AdapterContext, response: OutboundResponse): QueryAnswer {
  const opened = openEnvelope(ctx, response);
  return opened.kind === 'data' ? readOrder(opened.data) : opened;
}

export function readCancel(ctx: AdapterContext, response: OutboundResponse): CancelAnswer {
  const opened = openEnvelope(ctx, response);
  if (opened.kind !== 'data') return opened;
  const state = numberCode(at(opened.data, 'state'));
  if (state === '4') return { kind: 'cancelled' };
  return state !== null && lookUp(STATES, state) !== null && !['0', '1'].includes(state)
    ? { kind: 'too_late' }
    : unreadable(`cancel state ${safeCode(state ?? at(opened.data, 'state'))}`);
}

export function readDraw(ctx: AdapterContext, response: OutboundResponse): DrawAnswer {
  const opened = openEnvelope(ctx, response);
  if (opened.kind === 'not_found') return faultOurs('draw of an unknown order');
  if (opened.kind !== 'data') return opened;
  const answer = readOrder(opened.data);
  return answer.kind === 'loan' ? { kind: 'loan', news: answer.news } : unreadable(`draw state ${safeCode(at(opened.data, 'state'))}`);
}

type Place = { readonly funderRef: string | null; readonly eventAtMs: number | null };

/** Every numeric state of an order and what it says. */
const STATES: Readonly<Record<string, (order: Json | undefined, place: Place) => DecisionAnswer>> = {
  0: (_order, place) => pending(place, null),
  1: (_order, place) => pending(place, null),
  2: (order, place) => approved(place, readOffer(order)),
  3: (order, place) => {
    const code = textAt(order, 'rejectCode') ?? '';
    return { kind: 'declined', reason: { code: lookUp(REASONS, code) ?? 'other', detail: safeCode(code) }, ...place };
  },
  // The order ended without a decision of credit; nothing is owed on it any more.
  4: (_order, place) => ({ kind: 'cancelled', ...place }),
  5: (_order, place) => loan({ status: 'disbursing' }, place),
  6: (order, place) => {
    const amount = readYuan(at(order, 'loanAmount'));
    return amount === null
      ? pending(place, 'disbursed_without_amount')
      : loan({ status: 'disbursed', amount, plan: readPlan(at(order, 'planList'), readInstalment) }, place);
  },
  7: (order, place) => loan({ status: 'failed', detail: safeCode(at(order, 'failCode')) }, place),
  8: (order, place) => loan({ status: 'overdue', overdueDays: readWhole(at(order, 'overdueDays'), 36_500) ?? 0 }, place),
  9: (_order, place) => loan({ status: 'settled' }, place),
  10: (order, place) => {
    const plan = readPlan(at(order, 'planList'), readInstalment);
    return loan(plan === null ? { status: 'caught_up' } : { status: 'plan', plan }, place);
  },
};

/** An order as replies and callbacks carry it. */
export function readOrder(order: Json | undefined): DecisionAnswer | Unreadable {
  const raw = at(order, 'state');
  const state = numberCode(raw);
  const place: Place = { funderRef: safeRef(at(order, 'lotusNo')), eventAtMs: readSeconds(at(order, 'eventTime')) };
  const read = state === null ? null : lookUp(STATES, state);
  if (read !== null) return read(order, place);
  return raw === undefined || raw === null || raw === '' ? unreadable('no state in the reply') : pending(place, `state ${safeCode(state ?? raw)}`);
}

function readOffer(order: Json | undefined): ReturnType<typeof completeOffer> {
  return completeOffer({
    amount: readYuan(at(order, 'creditAmount')),
    termMonths: readMonths(at(order, 'creditTerm')),
    quotedAprBps: readPercentBps(at(order, 'yearRate')),
    plan: readPlan(at(order, 'planList'), readInstalment),
    fees: readFees(at(order, 'feeList'), readFee),
    expiresAtMs: readSeconds(at(order, 'expireTime')),
  });
}

function readInstalment(row: Json): InstalmentRead {
  return {
    dueInMonths: readMonths(at(row, 'period')),
    principal: readYuan(at(row, 'principal')),
    interest: readYuan(at(row, 'interest')),
    fee: readYuan(at(row, 'serviceFee')),
  };
}

function readFee(row: Json): Fee | null {
  const item = textAt(row, 'feeName');
  const payee = textAt(row, 'payee');
  const amount = readYuan(at(row, 'feeAmount'));
  const mode = numberCode(at(row, 'feeMode'));
  if (item === null || payee === null || amount === null || (mode !== '1' && mode !== '2')) return null;
  return { item: item.slice(0, 60), payee: payee.slice(0, 120), amount, when: mode === '1' ? 'upfront' : 'monthly' };
}

function loan(news: LoanNews, place: Place): DecisionAnswer {
  return { kind: 'loan', news, ...place };
}

/** The outer `{code, msg, data}`. The code may come as a number, its leading zeros lost. */
function openEnvelope(
  ctx: AdapterContext,
  response: OutboundResponse,
): { readonly kind: 'data'; readonly data: Json } | NotFound | Unavailable | Unreadable {
  const body = readJson(response.body);
  const failure = httpFailure(ctx.nowMs, response, at(body, 'code'));
  if (failure !== null) return failure;
  const code = numberCode(at(body, 'code'))?.padStart(4, '0') ?? null;
  if (code === null) return unreadable(`no code in the reply`);
  const data = at(body, 'data');
  if (code === OUTER_OK) return isRecord(data) ? { kind: 'data', data } : unreadable('no data in the reply');
  if (code === '4004') return { kind: 'not_found' };
  if (code === '1002' || code === '1003') return faultFunder(`code ${code}`);
  if (code === '1001' || code === '2001' || code === '2002') return faultOurs(`code ${code}`);
  return unreadable(`code ${safeCode(code)}`);
}

function numberCode(value: Json | undefined): string | null {
  if (typeof value === 'string' && /^\d{1,6}$/.test(value)) return value;
  const whole = typeof value === 'number' ? readWhole(value, 999_999) : null;
  return whole === null ? null : String(whole);
}
