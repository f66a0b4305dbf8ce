/** How maple-full's replies of the loan stage are read: cards, trial, plan, repayment. Total: any bytes give an answer. */
import type { CardAnswer, CardsAnswer, DrawAnswer, RepayAnswer, TrialAnswer } from '../contract.ts';
import { faultOurs, safeCode, safeRef, unreadable } from '../kit/answers.ts';
import { readCard } from '../kit/cards.ts';
import { contentReader } from '../kit/envelopes.ts';
import { codeText } from '../kit/order-states.ts';
import type { Json } from '../kit/read-json.ts';
import { at, listOf, lookUp } from '../kit/read-json.ts';
import { readMillis } from '../kit/times.ts';
import { readPercentBps } from '../kit/units.ts';
import { open, planOf, readFeeList, readOrder } from './read.ts';

type Refusal = Extract<CardAnswer, { kind: 'refused' }>['why'];
const REFUSALS: Readonly<Record<string, Refusal>> = { 401: 'card', 402: 'phone', 403: 'person', 404: 'bank', 405: 'code', 505: 'other' };
const LOCKED_MS = 24 * 3_600_000;
const MAX_CARDS = 50;
const NO_ORDER = faultOurs('no such order');
const CARD = { bank: 'bankName', tail: 'cardTail' };

export const readCards = contentReader<CardsAnswer>(open, { kind: 'not_found' }, (data) => {
  const rows = listOf(at(data, 'cards'));
  const cards = rows?.slice(0, MAX_CARDS).map((row) => readCard(at(row, 'cardId'), row, CARD)) ?? null;
  return cards !== null && cards.every((card) => card !== null) ? { kind: 'cards', cards } : unreadable('cards unreadable');
});

/** The same results for a binding begun and for the code that ends it. */
export const readBind = contentReader<CardAnswer>(open, NO_ORDER, (data, ctx) => {
  const result = codeText(at(data, 'result'));
  if (result === '100') {
    const bindRef = safeRef(at(data, 'bindNo'));
    return bindRef === null ? unreadable('code sent for a binding without number') : { kind: 'code_sent', bindRef };
  }
  if (result === '200') {
    const card = readCard(at(data, 'cardId'), data, CARD);
    return card === null ? unreadable('bound card unreadable') : { kind: 'bound', card };
  }
  if (result === '501') return { kind: 'locked', untilMs: readMillis(at(data, 'unlockTime')) ?? ctx.nowMs + LOCKED_MS };
  const why = lookUp(REFUSALS, result ?? '');
  return why === null ? unreadable(`card result ${safeCode(at(data, 'result'))}`) : { kind: 'refused', why, detail: `result ${result}` };
});

export const readTrial = contentReader<TrialAnswer>(open, NO_ORDER, (data) => {
  const plan = planOf(data);
  const fees = readFeeList(at(data, 'fees'));
  if (plan === null || fees === null) return unreadable('trial unreadable');
  return { kind: 'trial', plan, fees, quotedAprBps: readPercentBps(at(data, 'yearRate')) };
});

/** A plan, where there is one, says more than the state beside it: receiving it means that the loan was paid out. */
export const readPlanReply = contentReader<DrawAnswer>(open, NO_ORDER, (data, ctx) => {
  const plan = planOf(data);
  if (plan !== null) return { kind: 'loan', news: { status: 'plan', plan } };
  const order = readOrder(ctx, data);
  return order.kind === 'loan' ? { kind: 'loan', news: order.news } : unreadable(`no plan, state ${safeCode(at(data, 'status'))}`);
});

export const readRepay = contentReader<RepayAnswer>(open, { kind: 'not_found' }, (data) => repaymentOf(data));

/** What became of a repayment, in a reply or a callback. 3 is the funder's own "unknown", and must not read as a failure. */
export function repaymentOf(data: Json | undefined): RepayAnswer {
  const status = codeText(at(data, 'repayStatus'));
  if (status === '0') return { kind: 'processing' };
  if (status === '1') return { kind: 'repaid', eventAtMs: readMillis(at(data, 'repayTime')) };
  return status === '2'
    ? { kind: 'failed', detail: safeCode(at(data, 'failCode')) }
    : unreadable(`repay status ${safeCode(at(data, 'repayStatus'))}`);
}
