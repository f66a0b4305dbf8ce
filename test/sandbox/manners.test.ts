/** What the flow shapes ask of a simulated funder beside a decision, without HTTP: bids, pages, cards, contracts, several offers, repayments. */
import { describe, expect, it } from 'vitest';
import type { Announcement } from '../../src/sandbox/lender.ts';
import { Lender } from '../../src/sandbox/lender.ts';
import type { Command, OrderView, Result } from '../../src/sandbox/orders.ts';
import { PERSONALITIES } from '../../src/sandbox/personalities.ts';
import type { Manner } from '../../src/sandbox/protocols/wire.ts';

const DAY_MS = 86_400_000;
const NO_BODY = new Uint8Array(0);
const PRECHECK = { kind: 'precheck', phone: '13800000001', idMd5: 'aa', idMask: null, ref: 'att_1', callbackUrl: 'https://us.example/cb' } as const;
const DRAW = { kind: 'draw', ref: 'att_1', amountFen: 2_000_000, termMonths: 12, callbackUrl: '' } as const;

describe('bids', () => {
  it('are whole yuan, the same each time, and none for whoever is turned away', () => {
    const { lender } = house({ bids: true });
    const first = lender.handle(PRECHECK).result;
    expect(first).toMatchObject({ kind: 'precheck', verdict: 'ok', funderRef: expect.stringMatching(/^river-\w+/) as unknown });
    const { bidFen } = first as { bidFen: number };
    expect([bidFen % 100, bidFen >= 2_000 && bidFen <= 20_000]).toEqual([0, true]);
    expect(lender.handle(PRECHECK).result).toEqual(first);
    const young = lender.handle({ ...PRECHECK, phone: '13912345678', idMd5: null, idMask: '11010520200101****' }).result;
    expect(young).toEqual({ kind: 'precheck', verdict: 'age' });
  });
  it('are not made by a funder of another manner', () => {
    expect(house({}).lender.handle(PRECHECK).result).toEqual({ kind: 'precheck', verdict: 'ok' });
  });
});

describe('a page before the full application', () => {
  it('opens an order, takes the application only once the borrower agreed, and tells that he did', () => {
    const { lender, told, view } = house({ page: 'precheck' });
    const { link, funderRef } = lender.handle(PRECHECK).result as { link: string; funderRef: string };
    expect(link).toMatch(/^https:\/\/funder\.example\/h5\/[0-9a-f]{32}$/);
    expect(lender.handle(PRECHECK).result).toMatchObject({ link, funderRef });
    expect(viewOf(lender.handle(submit()).result)).toMatchObject({ status: 'opened', link });
    expect(page(lender, 'GET', link)).toMatchObject({ status: 200, contentType: 'text/html; charset=utf-8' });
    expect(page(lender, 'GET', link)!.body).toContain('授权查询并申请');
    page(lender, 'POST', link, 'agree=yes');
    expect(told.map((one) => one.view.status)).toEqual(['authorised']);
    expect(view()).toMatchObject({ status: 'authorised', link: null, funderRef });
    expect(viewOf(lender.handle(submit()).result).status).toBe('approved');
    expect(lender.counts).toMatchObject({ submits: 1, pages: 1 });
    expect(page(lender, 'GET', link)!.body).toContain('无需操作');
  });
  it('ends the order when the borrower refuses', () => {
    const { lender, told } = house({ page: 'precheck' });
    const { link } = lender.handle(PRECHECK).result as { link: string };
    page(lender, 'POST', link, 'agree=no');
    expect(told.map((one) => one.view.status)).toEqual(['cancelled']);
    expect(viewOf(lender.handle(submit()).result).status).toBe('cancelled');
    page(lender, 'POST', link, 'agree=yes');
    expect(told).toHaveLength(1);
  });
});

describe('a page after the application', () => {
  it('holds the review up until the borrower has agreed', () => {
    const { lender, told, view, pass } = house({ page: 'submit' });
    const { link } = viewOf(lender.handle(submit()).result);
    pass(DAY_MS);
    expect(view()).toMatchObject({ status: 'reviewing', link });
    page(lender, 'POST', link!);
    pass(1_000);
    expect(view()).toMatchObject({ status: 'approved', link: null });
    expect(told.map((one) => one.view.status)).toEqual(['approved']);
  });
  it('is led to by links that open once, within a minute, and press a form of their own', () => {
    const { lender, pass, view } = house({ page: 'submit' });
    lender.handle(submit());
    const ask = (): { url: string; expiresAtMs: number } => lender.handle({ kind: 'redirect', ref: 'att_1', destination: 'credit' }).result as never;
    const [late, good] = [ask(), ask()];
    expect(late.url).not.toBe(good.url);
    expect(page(lender, 'POST', good.url)!.status).toBe(405);
    const form = /action="([^"]+)"/.exec(page(lender, 'GET', good.url, '', 59_999)!.body)![1]!;
    expect(page(lender, 'GET', good.url)!.status).toBe(410);
    expect(page(lender, 'GET', late.url, '', 60_000)!.status).toBe(410);
    expect(page(lender, 'GET', 'https://funder.example/h5/unknown')!.status).toBe(410);
    expect(page(lender, 'GET', 'https://funder.example/v1/other')).toBeNull();
    expect(page(lender, 'POST', `https://funder.example${form}`)!.status).toBe(200);
    pass(1_000);
    expect(view().status).toBe('approved');
  });
  it('shows no personal data, in its address or in its text', () => {
    const { lender } = house({ page: 'submit' });
    const { link } = viewOf(lender.handle(submit()).result);
    expect(`${link} ${page(lender, 'GET', link!)!.body}`).not.toMatch(/13800000001|11010519900307233X|att_1/);
  });
});

describe('cards', () => {
  it('are wanted before the payout, and the one named must be bound', () => {
    const { lender } = house({ cards: true });
    lender.handle(submit());
    expect(lender.handle(DRAW).result).toEqual({ kind: 'draw_refused', why: 'card' });
    const card = bind(lender);
    expect(lender.handle({ ...DRAW, cardToken: 'card-other' }).result).toEqual({ kind: 'draw_refused', why: 'card' });
    expect(viewOf(lender.handle({ ...DRAW, cardToken: card }).result).loan?.status).toBe('disbursing');
  });
  it('are unlocked a day after they were locked', () => {
    const { lender, pass, nowMs } = house({ cards: true });
    lender.handle(submit());
    const locking = lender.handle({ ...BIND, cardNumber: '6222020200110501' }).result;
    expect(locking).toEqual({ kind: 'card', status: 'locked', untilMs: nowMs() + DAY_MS });
    pass(DAY_MS - 1);
    expect(lender.handle(BIND).result).toMatchObject({ status: 'locked' });
    pass(1);
    expect(lender.handle(BIND).result).toMatchObject({ status: 'code_sent' });
  });
  it('are refused by their form, their phone, and a code for another', () => {
    const { lender } = house({ cards: true });
    lender.handle(submit());
    const results = [
      { ...BIND, cardNumber: '62220202001122' + 'x' },
      { ...BIND, phone: '12' },
      { kind: 'verify_card', ref: 'att_1', bindId: 'bind-none', code: '000000' } as const,
    ].map((command) => lender.handle(command).result);
    expect(results).toMatchObject([{ why: 'card' }, { why: 'phone' }, { why: 'card' }]);
  });
  it('only the last code that was sent is good', () => {
    const { lender } = house({ cards: true });
    lender.handle(submit());
    const [first] = [lender.handle(BIND).result as { bindId: string }, lender.handle(BIND).result];
    expect(lender.handle({ kind: 'verify_card', ref: 'att_1', bindId: first.bindId, code: '000000' }).result).toMatchObject({ status: 'refused' });
  });
});

describe('a contract', () => {
  it('waits for the borrower between the draw and the money', () => {
    const { lender, told, view, pass } = house({ page: 'contract' });
    lender.handle(submit());
    const { link, loan } = viewOf(lender.handle({ ...DRAW, callbackUrl: 'https://us.example/loan' }).result);
    expect(loan?.status).toBe('signing');
    pass(DAY_MS);
    expect(view().loan?.status).toBe('signing');
    expect(page(lender, 'GET', link!)!.body).toContain('签署借款合同');
    page(lender, 'POST', link!);
    expect(view()).toMatchObject({ loan: { status: 'disbursing' }, link: null });
    pass(1_000);
    expect(told.map((one) => one.view.loan?.status)).toEqual(['disbursing', 'disbursed']);
    expect(new Set(told.map(({ messageId }) => messageId)).size).toBe(2);
    expect(told[0]!.url).toBe('https://us.example/loan');
  });
  it('that is refused ends the order without a loan', () => {
    const { lender, view } = house({ page: 'contract' });
    lender.handle(submit());
    const { link } = viewOf(lender.handle(DRAW).result);
    page(lender, 'POST', link!, 'agree=no');
    expect(view()).toMatchObject({ status: 'cancelled', loan: null, offer: null });
  });
});

describe('several offers', () => {
  it('come one after another, may be taken before the last, and are not told', () => {
    const { lender, told, view, pass } = house({ offers: 3 });
    expect(viewOf(lender.handle(submit()).result)).toMatchObject({ status: 'reviewing', offers: [], offersComplete: false });
    const seen = new Set<number>();
    for (let step = 0; step < 200; step += 1, pass(5)) seen.add(view().offers!.length);
    expect([...seen]).toEqual([0, 1, 2, 3]);
    expect(view()).toMatchObject({ status: 'approved', offersComplete: true });
    const { offers } = view();
    expect(offers!.map(({ id }) => id)).toEqual(['o1', 'o2', 'o3']);
    expect(told).toEqual([]);
    const { amountFen, termMonths } = offers![1]!;
    expect(lender.handle({ ...DRAW, offerId: 'o9' }).result).toEqual({ kind: 'draw_refused', why: 'not_approved' });
    const drawn = viewOf(lender.handle({ ...DRAW, offerId: 'o2', amountFen, termMonths }).result);
    expect(drawn.loan?.plan).toEqual(offers![1]!.plan);
  });
  it('are none for whoever is declined', () => {
    const { lender, view, pass } = house({ offers: 2 });
    lender.handle(submit('13800000003'));
    pass(1_000);
    expect(view()).toMatchObject({ status: 'declined', offers: [], offersComplete: true });
  });
  it('cannot be taken once the order was taken back', () => {
    const { lender, pass } = house({ offers: 2 });
    lender.handle(submit());
    pass(1_000);
    lender.handle({ kind: 'cancel', ref: 'att_1' });
    expect(lender.handle({ ...DRAW, offerId: 'o1' }).result).toEqual({ kind: 'draw_refused', why: 'not_approved' });
  });
});

describe('repayments', () => {
  const pay = (repaymentRef: string, amountFen: number, upToPeriod: number | null): Command => ({
    kind: 'repay',
    ref: 'att_1',
    repaymentRef,
    amountFen,
    upToPeriod,
  });

  it('fail without a loan, with too little, and with 2 fen at the end', () => {
    const { lender, pass, told, view } = house({});
    lender.handle(submit());
    expect(lender.handle(pay('r1', 100_000, 1)).result).toMatchObject({ status: 'failed', why: 'no_loan' });
    lender.handle(DRAW);
    pass(1_000);
    expect(lender.handle(pay('r2', 100_000, 1)).result).toMatchObject({ status: 'failed', why: 'amount' });
    expect(lender.handle(pay('r3', 200_002, 1)).result).toMatchObject({ status: 'failed', why: 'balance' });
    expect(view().loan?.paidPeriods ?? 0).toBe(0);
    expect(told.flatMap(({ view: { repayment } }) => (repayment ? [repayment.repaymentRef, repayment.status] : []))).toEqual([
      'r1',
      'failed',
      'r2',
      'failed',
      'r3',
      'failed',
    ]);
  });

  it('are done once under one reference, move the plan on and tell it anew, and settle with the last', () => {
    const { lender, pass, told, view } = house({});
    lender.handle(submit());
    lender.handle(DRAW);
    pass(1_000);
    told.length = 0;
    expect(lender.handle(pay('r1', 400_000, 2)).result).toMatchObject({ status: 'paid', why: null });
    expect(lender.handle(pay('r1', 400_000, 2)).result).toMatchObject({ status: 'paid' });
    expect(told.map(({ view: one }) => [one.repayment?.status ?? null, one.loan?.paidPeriods])).toEqual([
      ['paid', 2],
      [null, 2],
    ]);
    expect(lender.handle(pay('r2', 200_001, 3)).result).toMatchObject({ status: 'processing' });
    expect(lender.handle({ kind: 'repay_query', ref: 'att_1', repaymentRef: 'r2' }).result).toMatchObject({ status: 'processing' });
    pass(1_000);
    expect(lender.handle({ kind: 'repay_query', ref: 'att_1', repaymentRef: 'r2' }).result).toMatchObject({ status: 'paid' });
    expect(view().loan).toMatchObject({ status: 'disbursed', paidPeriods: 3 });
    lender.handle(pay('r3', 2_000_000, null));
    expect(view().loan).toMatchObject({ status: 'settled', paidPeriods: 12 });
    expect(lender.handle(pay('r4', 100_000, 12)).result).toMatchObject({ status: 'failed', why: 'no_loan' });
    expect(lender.handle({ kind: 'repay_query', ref: 'att_1', repaymentRef: 'r9' }).result).toEqual({ kind: 'unknown_order' });
  });
});

describe('a trial', () => {
  it('costs what the draw would, and is refused where the draw would be', () => {
    const { lender, view } = house({}, { upfrontFee: { bps: 50, item: '担保费', payee: '安澜融资担保有限公司' } });
    const ask = (amountFen: number, termMonths = 12, ref = 'att_1'): Result => lender.handle({ kind: 'trial', ref, amountFen, termMonths }).result;
    lender.handle(submit());
    lender.handle({ ...submit('13800000003'), ref: 'att_2' });
    expect(ask(100, 12, 'att_2')).toEqual({ kind: 'draw_refused', why: 'not_approved' });
    expect(ask(2_000_000)).toMatchObject({ kind: 'trial', plan: view().offer!.plan, fee: { amountFen: 10_000 } });
    expect(ask(1_000_000)).toMatchObject({ kind: 'trial', fee: { amountFen: 5_000 } });
    expect([ask(2_000_001), ask(0), ask(100_000, 6)]).toMatchObject([{ why: 'amount' }, { why: 'amount' }, { why: 'term' }]);
  });
});

it('an order is found by the funder’s own number too, until it is forgotten', () => {
  const { lender } = house({}, {}, 1);
  const { funderRef } = viewOf(lender.handle(submit()).result);
  expect(viewOf(lender.handle({ kind: 'query', ref: funderRef }).result).ref).toBe('att_1');
  lender.handle({ ...submit(), ref: 'att_2' });
  expect(lender.handle({ kind: 'query', ref: funderRef }).result).toEqual({ kind: 'unknown_order' });
});

const BIND = { kind: 'bind_card', ref: 'att_1', cardNumber: '6222020200112233445', phone: '13912345678' } as const;

function submit(phone = '13800000001') {
  const person = { idNumber: '11010519900307233X', phone, monthlyIncomeFen: 1_000_000, zhimaLevel: 3 };
  return { kind: 'submit', ref: 'att_1', person, amountFen: 2_000_000, termMonths: 12, callbackUrl: 'https://us.example/cb' } as const;
}

function bind(lender: Lender): string {
  const { bindId } = lender.handle(BIND).result as { bindId: string };
  const bound = lender.handle({ kind: 'verify_card', ref: 'att_1', bindId, code: '000000' }).result as { card: { token: string } };
  return bound.card.token;
}

let clockMs = 0;
function page(lender: Lender, method: string, url: string, form = '', laterMs = 0) {
  const { pathname } = new URL(url);
  return lender.pages.answer(method, pathname, form === '' ? NO_BODY : new TextEncoder().encode(form), clockMs + laterMs);
}

function viewOf(result: Result): OrderView {
  if (result.kind !== 'order') throw new Error(`expected an order, got ${result.kind}`);
  return result.view;
}

/** The strictest of the six in another manner, with a clock that moves by hand. */
function house(manner: Manner, personality: object = {}, maxOrders = 100) {
  clockMs = Date.UTC(2026, 2, 2, 2);
  const waiting: { atMs: number; run: () => void }[] = [];
  const told: Announcement[] = [];
  const lender = new Lender(
    { ...PERSONALITIES[0]!, ...personality },
    {
      seed: 1,
      latencyScale: 1,
      callbackDelayMs: 500,
      maxOrders,
      nowMs: () => clockMs,
      after: (ms, run) => void waiting.push({ atMs: clockMs + ms, run }),
      announce: (announcement) => void told.push(announcement),
      firstCome: (_person, funderId) => funderId,
      manner,
      baseUrl: () => 'https://funder.example',
    },
  );
  const pass = (ms: number): void => {
    const untilMs = clockMs + ms;
    for (;;) {
      const next = waiting.toSorted((a, b) => a.atMs - b.atMs)[0];
      if (next === undefined || next.atMs > untilMs) break;
      waiting.splice(waiting.indexOf(next), 1);
      clockMs = next.atMs;
      next.run();
    }
    clockMs = untilMs;
  };
  return { lender, told, pass, nowMs: () => clockMs, view: () => viewOf(lender.handle({ kind: 'query', ref: 'att_1' }).result) };
}
