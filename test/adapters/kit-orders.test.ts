/** Orders, offers and prechecks read by a protocol's own names, by their edges. */
import { describe, expect, it } from 'vitest';
import type { DecisionAnswer, OutboundResponse, QueryAnswer } from '../../adapters/contract.ts';
import { offersAt } from '../../adapters/kit/offer-lists.ts';
import { byCode, coded, orderCalls } from '../../adapters/kit/order-calls.ts';
import type { OrderScheme } from '../../adapters/kit/order-scheme.ts';
import { orderParts, orderReader } from '../../adapters/kit/order-scheme.ts';
import { codeText, needsBorrower, overdue, reasonOf, repaying, waitingFor } from '../../adapters/kit/order-states.ts';
import { lowestPrice, precheckReader } from '../../adapters/kit/prechecks.ts';
import type { Json } from '../../adapters/kit/read-json.ts';
import { at } from '../../adapters/kit/read-json.ts';
import { elements } from '../../adapters/kit/row-readers.ts';
import { readMillis } from '../../adapters/kit/times.ts';
import { readFen, readPercentBps, readYuan } from '../../adapters/kit/units.ts';
import { contextOf, NOW_MS } from './world.ts';

const ctx = contextOf('lotus-md5');
const CODES = { ok: '0', notFound: ['404'], busy: ['503'], ours: ['400'] };
const reply = (value: unknown, status = 200): OutboundResponse => ({ status, headers: {}, body: new TextEncoder().encode(JSON.stringify(value)) });

const SCHEME: OrderScheme = {
  state: 's',
  funderRef: 'no',
  eventAt: 't',
  offer: { amount: 'a', term: 'n', rate: 'r', expires: 'e' },
  plan: { list: 'p', month: 'm', principal: 'c', interest: 'i', fee: 'f' },
  fees: { list: 'fs', item: 'name', payee: 'to', amount: 'a', when: 'w', words: { 0: 'upfront' } },
  loan: { amount: 'l', failCode: 'why', overdueDays: 'd' },
  rejectCode: 'x',
  reasons: { 7: 'credit' },
  money: readFen,
  time: readMillis,
  rate: readPercentBps,
  states: {
    new: 'reviewing',
    yes: 'approved',
    no: 'declined',
    gone: 'cancelled',
    paying: 'disbursing',
    paid: 'disbursed',
    broke: 'failed',
    runs: 'repaying',
    late: 'overdue',
    done: 'settled',
    lost: 'written_off',
    5: 'reviewing',
  },
};
const PLAN = [{ m: 1, c: 100, i: 2, f: 0 }];
const OFFER = { a: 100, n: 1, r: '12.00', p: PLAN, fs: [{ name: '费', to: '某', a: 1, w: 0 }], e: NOW_MS };
const readOrder = orderReader(SCHEME);
const read = (order: Json | undefined): DecisionAnswer | { kind: 'unknown' } => readOrder(ctx, order);
const plan = [{ dueInMonths: 1, principal: 100, interest: 2, fee: 0 }];

describe('an order', () => {
  it('says what its state means', () => {
    const place = { funderRef: 'f-1', eventAtMs: NOW_MS };
    const said = (s: Json, more: object = {}) => read({ s, no: 'f-1', t: NOW_MS, ...more });
    const offer = {
      amount: 100,
      termMonths: 1,
      quotedAprBps: 1_200,
      plan,
      fees: [{ item: '费', payee: '某', amount: 1, when: 'upfront' }],
      expiresAtMs: NOW_MS,
    };
    expect(said('new')).toEqual({ kind: 'pending', ...place, unrecognised: null });
    expect(said(5)).toEqual({ kind: 'pending', ...place, unrecognised: null });
    expect(said('yes', OFFER)).toEqual({ kind: 'approved', offer, ...place });
    expect(said('no', { x: 7 })).toEqual({ kind: 'declined', reason: { code: 'credit', detail: '7' }, ...place });
    expect(said('gone')).toEqual({ kind: 'cancelled', ...place });
    const news = (s: Json, more: object = {}): unknown => at(said(s, more) as unknown as Json, 'news');
    expect(news('paying')).toEqual({ status: 'disbursing' });
    expect(news('paid', { l: 100, p: PLAN })).toEqual({ status: 'disbursed', amount: 100, plan });
    expect(news('paid', { l: 100, p: 'soon' })).toEqual({ status: 'disbursed', amount: 100, plan: null });
    expect(news('broke', { why: 'bank says 13912345678' })).toEqual({ status: 'failed', detail: 'unreadable' });
    expect([news('runs'), news('runs', { p: PLAN })]).toEqual([{ status: 'caught_up' }, { status: 'plan', plan }]);
    expect([news('late', { d: 3 }), news('late', { d: 'many' })]).toEqual([
      { status: 'overdue', overdueDays: 3 },
      { status: 'overdue', overdueDays: 0 },
    ]);
    expect([news('done'), news('lost')]).toEqual([{ status: 'settled' }, { status: 'written_off' }]);
  });

  it('is pending and loud where it is not understood, and unreadable where it says nothing', () => {
    const loud = (order: Json): unknown => (read(order) as { unrecognised?: unknown }).unrecognised;
    expect([loud({ s: 'odd' }), loud({ s: '13912345678' }), loud({ s: {} }), loud({ s: 'constructor' }), loud({ s: '__proto__' })]).toEqual([
      'state odd',
      'state unreadable',
      'state unreadable',
      'state constructor',
      'state __proto__',
    ]);
    expect([loud({ s: 'yes' }), loud({ s: 'paid' })]).toEqual(['approved_without_readable_offer', 'loan_news_unreadable']);
    for (const nothing of [undefined, null, [], 'new', {}, { s: '' }, { s: null }] as const) expect(read(nothing).kind).toBe('unknown');
  });

  it('may tell its state in several members, and its rows as XML does', () => {
    const twofold = orderReader({
      ...SCHEME,
      plan: { ...SCHEME.plan, list: ['rows', 'row'] },
      state: (order) => (at(order, 'rows') === undefined ? at(order, 's') : 'runs'),
    });
    expect(twofold(ctx, { s: 'new' })).toMatchObject({ kind: 'pending', unrecognised: null });
    expect(twofold(ctx, { s: 'new', rows: { row: PLAN[0]! } })).toMatchObject({ kind: 'loan', news: { status: 'plan', plan } });
    expect(twofold(ctx, { s: 'new', rows: '' })).toMatchObject({ kind: 'loan', news: { status: 'caught_up' } });
    expect([elements(undefined), elements({ a: 1 }), elements([1, 2]), elements('')]).toEqual([[], [{ a: 1 }], [1, 2], ['']]);
  });

  it('has a term that is among the listed ones, where there is a list', () => {
    const listed = orderReader({ ...SCHEME, offer: { ...SCHEME.offer, terms: 'ns' } });
    const kinds = [[1, 3], '[1,3]', [3], 'x', undefined].map((ns) => listed(ctx, { s: 'yes', ...OFFER, ...(ns === undefined ? {} : { ns }) }).kind);
    expect(kinds).toEqual(['approved', 'approved', 'pending', 'pending', 'pending']);
  });

  it('waits for the borrower only with a step that could be read', () => {
    const step = { kind: 'redirect', destination: 'loan' } as const;
    const place = { funderRef: null, eventAtMs: null };
    expect(waitingFor(() => step)({}, place, ctx)).toEqual({ kind: 'pending', ...place, unrecognised: null, step });
    expect(waitingFor(() => null)({}, place, ctx)).toEqual({ kind: 'pending', ...place, unrecognised: 'waits_for_borrower_without_step' });
    expect(needsBorrower(() => step)({}, place, ctx)).toEqual({ kind: 'loan', news: { status: 'needs_borrower', step }, ...place });
    expect(needsBorrower(() => null)({}, place, ctx)).toMatchObject({ kind: 'pending', unrecognised: 'loan_news_unreadable' });
  });

  it('has codes that are words or small whole numbers', () => {
    expect(['C003', 7, '-1', -1, 0].map(codeText)).toEqual(['C003', '7', '-1', '-1', '0']);
    expect([1.5, 1e9, Number.NaN, true, null, undefined, [], {}, 'a b', 'x'.repeat(25)].map((value) => codeText(value as Json))).toEqual(
      Array.from({ length: 10 }, () => null),
    );
    expect(reasonOf('toString', { a: 'age' })).toEqual({ code: 'other', detail: 'toString' });
    expect([overdue(null), repaying(null)]).toEqual([{ status: 'overdue', overdueDays: 0 }, { status: 'caught_up' }]);
  });
});

describe('calls about an order', () => {
  const calls = orderCalls(coded(CODES), readOrder);
  const ok = (data: unknown): OutboundResponse => reply({ code: 0, data });

  it('open the envelope before they believe it', () => {
    expect(calls.query(ctx, ok({ s: 'new' })).kind).toBe('pending');
    expect(calls.query(ctx, reply({ code: '404' }))).toEqual({ kind: 'not_found' });
    expect(calls.query(ctx, reply({ code: 503 }))).toMatchObject({ kind: 'unavailable', fault: 'funder', retryable: true });
    expect(calls.query(ctx, reply({ code: 400 }))).toMatchObject({ kind: 'unavailable', fault: 'ours', retryable: false });
    expect(calls.query(ctx, reply({ code: 0 }, 401))).toEqual({
      kind: 'unavailable',
      fault: 'ours',
      retryable: false,
      retryAfterMs: null,
      detail: 'http 401 0',
    });
    for (const odd of [{ code: 9 }, { code: 0 }, { code: 0, data: 'x' }, {}, [], 7]) expect(calls.query(ctx, reply(odd)).kind).toBe('unknown');
    expect(byCode(CODES, '0', [])).toEqual({ kind: 'unknown', detail: 'no data in the reply' });
  });

  it('open sealed data only when the code says there is some', () => {
    const opened: Json[] = [];
    const open = coded(CODES, (_ctx, body) => {
      opened.push(at(body, 'code') ?? null);
      return { s: 'new' };
    });
    expect([open(ctx, reply({ code: 0 })).kind, open(ctx, reply({ code: 404 })).kind, open(ctx, reply({ code: 0 }, 500)).kind]).toEqual([
      'data',
      'not_found',
      'unknown',
    ]);
    expect(opened).toEqual([0]);
  });

  it('make of the same order what each of them asked', () => {
    const kinds = (name: keyof typeof calls): readonly string[] =>
      [{ s: 'gone' }, { s: 'yes', ...OFFER }, { s: 'no', x: 7 }, { s: 'paying' }, { s: 'new' }].map((order) => calls[name](ctx, ok(order)).kind);
    expect(kinds('cancel')).toEqual(['cancelled', 'too_late', 'too_late', 'too_late', 'unknown']);
    expect(kinds('draw')).toEqual(['unknown', 'unknown', 'unknown', 'loan', 'unknown']);
    expect(kinds('submit')).toEqual(['cancelled', 'approved', 'declined', 'loan', 'pending']);
    const missing = reply({ code: 404 });
    expect([calls.submit(ctx, missing).kind, calls.cancel(ctx, missing).kind]).toEqual(['unknown', 'not_found']);
    expect(calls.draw(ctx, missing)).toMatchObject({ kind: 'unavailable', fault: 'ours' });
  });
});

describe('a list of offers', () => {
  const { offer } = orderParts(SCHEME);
  const said = (list: Json | undefined, complete: boolean): QueryAnswer =>
    offersAt('list', 'id', offer, complete)(list === undefined ? {} : { list }, { funderRef: null, eventAtMs: null }, ctx);

  it('leaves out what cannot be read or told apart, and takes an empty one for a no only when it is complete', () => {
    const rows = [{ id: 'o1', ...OFFER }, { id: 'o2', ...OFFER, r: 'low' }, { id: 'o1', ...OFFER, a: 5 }, { ...OFFER }];
    expect(said(rows, false)).toMatchObject({ kind: 'offers', complete: false, offers: [{ ref: 'o1', amount: 100 }] });
    expect(said([], false)).toMatchObject({ kind: 'pending', unrecognised: null });
    expect(said([], true)).toMatchObject({ kind: 'offers', complete: true, offers: [] });
  });
  it('is loud when it holds nothing that can be read', () => {
    for (const odd of [undefined, null, {}, 'x', [{ id: 'o1' }], Array.from({ length: 51 }, (_, index) => ({ id: `o${index}`, ...OFFER }))]) {
      expect(said(odd as Json | undefined, true)).toMatchObject({ kind: 'pending', unrecognised: 'offers_unreadable' });
    }
  });
});

describe('a precheck', () => {
  const precheck = precheckReader(coded(CODES), { C003: 'recent_rejection', 402: 'credit' }, (_ctx, data) => ({
    kind: 'eligible',
    funderRef: String(at(data, 'n')),
  }));
  it('is refused by code, and otherwise opened as any reply', () => {
    expect(precheck(ctx, reply({ code: 'C003' }))).toEqual({ kind: 'ineligible', reason: { code: 'recent_rejection', detail: 'C003' } });
    expect(precheck(ctx, reply({ code: 402, data: {} }))).toMatchObject({ kind: 'ineligible', reason: { code: 'credit' } });
    expect(precheck(ctx, reply({ code: 0, data: { n: 1 } }))).toEqual({ kind: 'eligible', funderRef: '1' });
    expect(precheck(ctx, reply({ code: 'C003' }, 503))).toMatchObject({ kind: 'unavailable', fault: 'funder' });
    for (const odd of [{ code: 404 }, { code: 'constructor' }, {}]) expect(precheck(ctx, reply(odd)).kind).toBe('unknown');
  });
  it('pays the lowest price that was told', () => {
    expect(lowestPrice(['60.00', '45.50'], readYuan)).toBe(4_550);
    expect([lowestPrice(['60.00', ''], readYuan), lowestPrice([null, undefined], readYuan), lowestPrice(['60.00', 'free'], readYuan)]).toEqual([
      6_000,
      undefined,
      null,
    ]);
  });
});
