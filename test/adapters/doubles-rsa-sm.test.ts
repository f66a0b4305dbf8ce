/**
 * The doubles of maple-full, birch-rsa2 and osmanthus-sm against their adapters: every call is opened to the command it was meant for, every
 * result and callback they write is read as what it says, and what is not rightly signed is turned away with its string to sign.
 */
import { describe, expect, it } from 'vitest';
import type { InboundCallback, OutboundRequest, OutboundResponse } from '../../adapters/contract.ts';
import { adapterFor } from '../../adapters/registry.ts';
import { equalInstalments } from '../../src/sandbox/instalments.ts';
import type { Command, OrderView, Result } from '../../src/sandbox/orders.ts';
import type { WireReply, WireRequest } from '../../src/sandbox/protocols/wire.ts';
import { FRESH_MS } from '../../src/sandbox/protocols/wire.ts';
import type { CallName } from './cases.ts';
import { callOf, callsOf } from './cases.ts';
import { doubleOf, inbound } from './funder-side.ts';
import { ATTEMPT, contextOf, FIELDS, granted, NOW_MS, worldOf } from './world.ts';

const IDS = ['maple-full', 'birch-rsa2', 'osmanthus-sm'] as const;
const { ref } = ATTEMPT;
const plan = equalInstalments(1_800_000, 3, 1_200);
const TERMS = { amount: 1_800_000, termMonths: 3, cardRef: 'crd-1' };
const GIVEN: Readonly<Partial<Record<CallName, unknown>>> = {
  trial: TERMS,
  draw: TERMS,
  'cards.verify': { bindRef: 'bnd-1', code: '246810' },
  'repay.pay': { repaymentRef: 'rpy_1', amount: 612_000, upToMonth: 1, cardRef: null },
  'repay.query': { repaymentRef: 'rpy_1' },
};
const VIEW: OrderView = { ref, funderRef: 'f-1', status: 'reviewing', why: null, offer: null, loan: null, eventAtMs: NOW_MS };
const APPROVED: OrderView = {
  ...VIEW,
  status: 'approved',
  offer: {
    amountFen: 1_800_000,
    termMonths: 3,
    aprBps: 1_200,
    plan,
    fee: { item: '担保费', payee: '安澜融资担保有限公司', amountFen: 9_000 },
    termsMonths: [3, 6],
    expiresAtMs: NOW_MS + 86_400_000,
  },
};
const lent = (status: 'signing' | 'disbursing' | 'disbursed' | 'settled', more: object = {}): OrderView => ({
  ...APPROVED,
  loan: { status, amountFen: 1_800_000, plan, ...more },
});

function secretsOf(id: string) {
  const { secrets, funderSecrets } = worldOf(id);
  return { ...secrets, ...funderSecrets };
}

function build(id: string, name: CallName): OutboundRequest {
  const call = callOf(adapterFor(id)!, name)!;
  return call.build(contextOf(id), ATTEMPT, call.needs === undefined ? GIVEN[name] : granted(call.needs));
}

function wireOf({ method, url, headers, body }: OutboundRequest): WireRequest {
  return { method, target: new URL(url).pathname, headers, body: Buffer.from(body ?? '') };
}

function read(id: string, name: CallName, { status, headers, body }: WireReply) {
  const response: OutboundResponse = { status, headers: headers ?? {}, body: Buffer.from(body) };
  return callOf(adapterFor(id)!, name)!.read(contextOf(id), response);
}

/** What the adapter reads of the result that the double writes to that call. */
function answered(id: string, name: CallName, result: Result) {
  const opened = doubleOf(id).open(wireOf(build(id, name)), secretsOf(id), NOW_MS);
  if (!opened.ok) throw new Error(`${name} was not opened`);
  return read(id, name, doubleOf(id).write(opened.command, result, secretsOf(id), NOW_MS));
}

function told(id: string, view: OrderView): InboundCallback {
  const { headers, body } = doubleOf(id).callback(view, 'm-1', secretsOf(id), NOW_MS);
  return inbound(body, headers);
}

const submit: Omit<Extract<Command, { kind: 'submit' }>, 'callbackUrl'> = {
  kind: 'submit',
  ref,
  person: { idNumber: FIELDS.id_number, phone: FIELDS.phone, monthlyIncomeFen: 1_200_000, zhimaLevel: null },
  amountFen: 2_000_000,
  termMonths: 3,
};
const draw = { kind: 'draw', ref, amountFen: 1_800_000, termMonths: 3 };
const { callbackUrl } = contextOf('maple-full');
const COMMANDS: Readonly<Record<string, Readonly<Partial<Record<CallName, unknown>>>>> = {
  'maple-full': {
    precheck: { kind: 'precheck', phone: '535381ec9d5ab7a390db0a30860600f2', idMd5: 'c450cacbfaaea5b8a84841d94268c306', idMask: null },
    submit: { ...submit, callbackUrl },
    query: { kind: 'query', ref },
    cancel: { kind: 'cancel', ref },
    trial: { kind: 'trial', ref, amountFen: 1_800_000, termMonths: 3 },
    draw: { ...draw, callbackUrl, cardToken: 'crd-1' },
    plan: { kind: 'plan', ref },
    'cards.list': { kind: 'cards', ref },
    'cards.bind': { kind: 'bind_card', ref, cardNumber: FIELDS.bank_card.number, phone: FIELDS.bank_card.phone },
    'cards.verify': { kind: 'verify_card', ref, bindId: 'bnd-1', code: '246810' },
    'repay.pay': { kind: 'repay', ref, repaymentRef: 'rpy_1', amountFen: 612_000, upToPeriod: 1 },
    'repay.query': { kind: 'repay_query', ref, repaymentRef: 'rpy_1' },
  },
  'birch-rsa2': { submit: { ...submit, callbackUrl }, query: { kind: 'query', ref }, draw: { ...draw, callbackUrl } },
  'osmanthus-sm': {
    precheck: { kind: 'precheck', phone: '139****5678', idMd5: null, idMask: '11010519900307****' },
    submit: { ...submit, person: { ...submit.person, zhimaLevel: 4 }, callbackUrl },
    query: { kind: 'query', ref },
    cancel: { kind: 'cancel', ref },
    draw: { ...draw, callbackUrl },
  },
};

describe.each(IDS)('%s', (id) => {
  const double = doubleOf(id);
  const adapter = adapterFor(id)!;

  it('is understood in every call', () => {
    expect(callsOf(adapter).toSorted()).toEqual(Object.keys(COMMANDS[id]!).toSorted());
    for (const name of callsOf(adapter)) {
      expect(double.open(wireOf(build(id, name)), secretsOf(id), NOW_MS), name).toEqual({ ok: true, command: COMMANDS[id]![name] });
    }
  });

  it('is turned away with its string to sign, and no key, when another key signed or the time is past', () => {
    const honest = wireOf(build(id, 'submit'));
    const others = { 'maple-full': { salt: 'another' }, 'birch-rsa2': 'other key', 'osmanthus-sm': 'other key' }[id];
    const partner = typeof others === 'string' ? { our_public_key: secretsOf(id)['funder_public_key']! } : others;
    for (const opened of [
      double.open(honest, { ...secretsOf(id), ...partner }, NOW_MS),
      double.open(honest, secretsOf(id), NOW_MS + FRESH_MS + 1_000),
    ]) {
      expect(opened).toMatchObject({ ok: false, badSignature: true });
      const body = opened.ok ? '' : opened.reply.body;
      expect(body).toMatch(/string_?to_?sign/i);
      for (const secret of Object.values(secretsOf(id))) expect(body).not.toContain(secret);
    }
    const opened = double.open(honest, secretsOf(id), NOW_MS + FRESH_MS + 1_000);
    expect(opened.ok ? null : read(id, 'submit', opened.reply)).toMatchObject({ kind: 'unavailable', fault: 'ours', retryable: false });
  });

  it('is turned away, and nothing thrown, with any body cut off', () => {
    const honest = wireOf(build(id, 'query'));
    for (let length = 0; length < honest.body.length; length += 7) {
      expect(double.open({ ...honest, body: honest.body.subarray(0, length) }, secretsOf(id), NOW_MS).ok).toBe(false);
    }
    for (const body of ['', '{}', '[]', '{"key":"04ff","data":"AAAA"}', 'sign=', '%']) {
      expect(double.open({ ...honest, body: Buffer.from(body) }, secretsOf(id), NOW_MS).ok, body).toBe(false);
    }
  });

  it('reads what became of an order, from a reply and from a callback', () => {
    const offer = {
      amount: 1_800_000,
      termMonths: 3,
      quotedAprBps: 1_200,
      fees: [{ amount: 9_000, when: 'upfront' }],
      expiresAtMs: NOW_MS + 86_400_000,
    };
    for (const [view, expected] of [
      [VIEW, { kind: 'pending', unrecognised: null }],
      [APPROVED, { kind: 'approved', offer }],
      [{ ...VIEW, status: 'declined', why: 'age' } satisfies OrderView, { kind: 'declined', reason: { code: 'age' } }],
      [{ ...VIEW, status: 'cancelled' } satisfies OrderView, { kind: 'cancelled' }],
      [lent('disbursing'), { kind: 'loan', news: { status: 'disbursing' } }],
      [lent('settled'), { kind: 'loan', news: { status: 'settled' } }],
      [lent('disbursed', { paidPeriods: 1 }), { kind: 'loan', news: { status: 'plan', plan: { length: 3 } } }],
    ] as const) {
      const everywhere = { ...expected, funderRef: 'f-1', eventAtMs: NOW_MS };
      expect(answered(id, 'query', { kind: 'order', view })).toMatchObject(everywhere);
      const callback = told(id, view);
      expect(adapter.callback!.verify(contextOf(id), callback)).toEqual({ ok: true });
      expect(adapter.callback!.read(contextOf(id), callback)).toMatchObject({
        attempt: { by: 'ref', value: ref },
        messageId: 'm-1',
        answer: everywhere,
      });
    }
    const disbursed = { kind: 'loan', news: { status: 'disbursed', amount: 1_800_000, plan: { length: 3 } } };
    expect(answered(id, 'query', { kind: 'order', view: lent('disbursed') })).toMatchObject(disbursed);
    expect(answered(id, 'query', { kind: 'unknown_order' })).toEqual({ kind: 'not_found' });
  });

  it('reads a draw and its refusal', () => {
    expect(answered(id, 'draw', { kind: 'order', view: lent('disbursing') })).toMatchObject({ kind: 'loan', news: { status: 'disbursing' } });
    expect(answered(id, 'draw', { kind: 'draw_refused', why: 'amount' })).toEqual({ kind: 'loan', news: { status: 'failed', detail: 'amount' } });
  });

  it('acknowledges as its funder expects', () => {
    const [stored, refused] = (['stored', 'refused'] as const).map((result) => adapter.callback!.acknowledge(contextOf(id), result));
    expect(double.acknowledged(stored!.status, new TextDecoder().decode(stored!.body))).toBe(true);
    expect(double.acknowledged(refused!.status, new TextDecoder().decode(refused!.body))).toBe(false);
    expect(double.acknowledged(200, 'ok')).toBe(false);
  });
});

describe('prechecks, cancels and pages', () => {
  it.each(['maple-full', 'osmanthus-sm'])('%s reads every verdict and a cancel that comes too late', (id) => {
    expect(answered(id, 'precheck', { kind: 'precheck', verdict: 'ok' })).toEqual({ kind: 'eligible' });
    for (const [verdict, code] of [
      ['age', 'age'],
      ['existing', 'existing_customer'],
      ['recent', 'recent_rejection'],
      ['history', 'credit'],
      ['credit', 'credit'],
      ['blacklist', 'blacklist'],
    ] as const) {
      expect(answered(id, 'precheck', { kind: 'precheck', verdict })).toMatchObject({ kind: 'ineligible', reason: { code } });
    }
    expect(answered(id, 'cancel', { kind: 'order', view: { ...VIEW, status: 'cancelled' } })).toEqual({ kind: 'cancelled' });
    expect(answered(id, 'cancel', { kind: 'too_late', view: lent('disbursing') })).toEqual({ kind: 'too_late' });
  });

  it('send a borrower to the page of birch at the submit, and to that of maple before the payout', () => {
    const link = 'https://h5.funder.example/go?t=1';
    expect(answered('birch-rsa2', 'submit', { kind: 'order', view: { ...VIEW, link } })).toMatchObject({
      kind: 'pending',
      step: { kind: 'open_link', url: link },
    });
    expect(answered('birch-rsa2', 'submit', { kind: 'order', view: { ...VIEW, status: 'authorised', link } })).not.toHaveProperty('step');
    expect(answered('maple-full', 'draw', { kind: 'order', view: { ...lent('signing'), link } })).toMatchObject({
      kind: 'loan',
      news: { status: 'needs_borrower', step: { kind: 'open_link', url: link } },
    });
  });
});

describe('the loan stage of maple-full', () => {
  const id = 'maple-full';
  const card = { token: 'crd-1', bank: '中国工商银行', tail: '3445' };
  const bound = { ref: 'crd-1', bank: '中国工商银行', tail: '3445' };

  it('lists and binds cards', () => {
    expect(answered(id, 'cards.list', { kind: 'cards', cards: [card] })).toEqual({ kind: 'cards', cards: [bound] });
    expect(answered(id, 'cards.bind', { kind: 'card', status: 'code_sent', bindId: 'bnd-1' })).toEqual({ kind: 'code_sent', bindRef: 'bnd-1' });
    expect(answered(id, 'cards.verify', { kind: 'card', status: 'bound', card })).toEqual({ kind: 'bound', card: bound });
    expect(answered(id, 'cards.verify', { kind: 'card', status: 'locked', untilMs: NOW_MS + 5 })).toEqual({ kind: 'locked', untilMs: NOW_MS + 5 });
    for (const why of ['card', 'phone', 'person', 'bank', 'code'] as const) {
      expect(answered(id, 'cards.bind', { kind: 'card', status: 'refused', why })).toMatchObject({ kind: 'refused', why });
    }
  });

  it('tries, plans and repays', () => {
    expect(answered(id, 'trial', { kind: 'trial', plan, aprBps: 1_200, fee: APPROVED.offer!.fee })).toMatchObject({
      kind: 'trial',
      plan: { length: 3 },
      fees: [{ amount: 9_000 }],
      quotedAprBps: 1_200,
    });
    const paidOut = answered(id, 'plan', { kind: 'order', view: lent('disbursed') });
    expect(paidOut).toMatchObject({ kind: 'loan', news: { status: 'plan', plan: { length: 3 } } });
    expect(answered(id, 'plan', { kind: 'order', view: lent('disbursing') })).toEqual({ kind: 'loan', news: { status: 'disbursing' } });
    const repayment = { kind: 'repayment', why: null, eventAtMs: NOW_MS } as const;
    expect(answered(id, 'repay.pay', { ...repayment, status: 'processing' })).toEqual({ kind: 'processing' });
    expect(answered(id, 'repay.query', { ...repayment, status: 'paid' })).toEqual({ kind: 'repaid', eventAtMs: NOW_MS });
    expect(answered(id, 'repay.query', { ...repayment, status: 'failed', why: 'balance' })).toEqual({ kind: 'failed', detail: 'balance' });
  });

  it('tells a payout by its plan alone, and a repayment with the loan beside it', () => {
    const paidOut = adapterFor(id)!.callback!.read(contextOf(id), told(id, lent('disbursed')));
    expect(paidOut).toMatchObject({ answer: { kind: 'loan', news: { status: 'plan', plan: { length: 3 } } } });
    const repaid = { ...lent('settled'), repayment: { repaymentRef: 'rpy_1', status: 'paid', why: null, eventAtMs: NOW_MS } } satisfies OrderView;
    expect(adapterFor(id)!.callback!.read(contextOf(id), told(id, repaid))).toMatchObject({
      answer: { kind: 'loan', news: { status: 'settled' } },
      repayment: { repaymentRef: 'rpy_1', answer: { kind: 'repaid', eventAtMs: NOW_MS } },
    });
  });
});
