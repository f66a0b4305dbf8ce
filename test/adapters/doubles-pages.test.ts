/**
 * The doubles of the five protocols with pages, bids and offers against their adapters: every call is opened to the command it was meant for,
 * what they write is read as what it says, and what was changed on the way or comes too late is turned away.
 */
import { describe, expect, it } from 'vitest';
import type { OutboundRequest, OutboundResponse } from '../../adapters/contract.ts';
import { adapterFor } from '../../adapters/registry.ts';
import { equalInstalments } from '../../src/sandbox/instalments.ts';
import type { OrderView, Result } from '../../src/sandbox/orders.ts';
import type { WireReply, WireRequest } from '../../src/sandbox/protocols/wire.ts';
import { FRESH_MS } from '../../src/sandbox/protocols/wire.ts';
import type { CallName } from './cases.ts';
import { callOf, callsOf } from './cases.ts';
import { doubleOf, inbound } from './funder-side.ts';
import { ATTEMPT, contextOf, FIELDS, granted, NOW_MS, worldOf } from './world.ts';

const IDS = ['willow-link', 'aspen-canonical', 'plum-login', 'sparrow-ping', 'heron-rates'] as const;
const { ref } = ATTEMPT;
const { callbackUrl } = contextOf('willow-link');
const plan = equalInstalments(1_800_000, 3, 1_200);
const GIVEN: Readonly<Partial<Record<CallName, unknown>>> = {
  draw: { amount: 1_800_000, termMonths: 3, offerRef: 'o1' },
  redirect: { destination: 'loan' },
};
const link = 'https://h5.funder.example/go?t=1&u=2';
const VIEW: OrderView = { ref, funderRef: 'f-1', status: 'reviewing', why: null, offer: null, loan: null, eventAtMs: NOW_MS };
const TERMS = { amountFen: 1_800_000, termMonths: 3, aprBps: 1_200, plan, fee: { item: '担保费', payee: '安澜融资担保有限公司', amountFen: 9_000 } };
const OFFER = { ...TERMS, termsMonths: [3, 6], expiresAtMs: NOW_MS + 86_400_000 };
const APPROVED: OrderView = { ...VIEW, status: 'approved', offer: OFFER };
const lent = (status: 'signing' | 'disbursing' | 'disbursed' | 'settled'): OrderView => ({
  ...APPROVED,
  loan: { status, amountFen: 1_800_000, plan },
});

function build(id: string, name: CallName): OutboundRequest {
  const call = callOf(adapterFor(id)!, name)!;
  return call.build(contextOf(id), ATTEMPT, call.needs === undefined ? GIVEN[name] : granted(call.needs));
}

function wireOf({ method, url, headers, body }: OutboundRequest): WireRequest {
  const { pathname, search } = new URL(url);
  return { method, target: pathname + search, headers, body: Buffer.from(body ?? '') };
}

function read(id: string, name: CallName, { status, headers, body }: WireReply) {
  const response: OutboundResponse = { status, headers: headers ?? {}, body: Buffer.from(body) };
  return callOf(adapterFor(id)!, name)!.read(contextOf(id), response);
}

/** What the adapter reads of the result that the double writes to that call. */
function answered(id: string, name: CallName, result: Result) {
  const opened = doubleOf(id).open(wireOf(build(id, name)), worldOf(id).secrets, NOW_MS);
  if (!opened.ok) throw new Error(`${name} was not opened`);
  return read(id, name, doubleOf(id).write(opened.command, result, worldOf(id).secrets, NOW_MS));
}

const submit = {
  kind: 'submit',
  ref,
  person: { idNumber: FIELDS.id_number, phone: FIELDS.phone, monthlyIncomeFen: 1_200_000, zhimaLevel: null },
  amountFen: 2_000_000,
  termMonths: 3,
  callbackUrl,
};
const query = { kind: 'query', ref };
const cancel = { kind: 'cancel', ref };
const draw = { kind: 'draw', ref, amountFen: 1_800_000, termMonths: 3, callbackUrl };
const MD5S = { phone: '535381ec9d5ab7a390db0a30860600f2', idMd5: 'c450cacbfaaea5b8a84841d94268c306' };
const COMMANDS: Readonly<Record<string, Readonly<Partial<Record<CallName, unknown>>>>> = {
  'willow-link': { precheck: { kind: 'precheck', ...MD5S, idMask: null, ref, callbackUrl }, submit, query, draw },
  'aspen-canonical': { precheck: { kind: 'precheck', phone: '13912345', idMd5: null, idMask: '11010519900307', ref }, submit, query, cancel, draw },
  'plum-login': { submit, query, draw, redirect: { kind: 'redirect', ref, destination: 'loan' } },
  'sparrow-ping': { precheck: { kind: 'precheck', phone: '', idMd5: null, idMask: null, ref }, submit, query },
  'heron-rates': { submit, query, cancel, draw: { ...draw, offerId: 'o1' } },
};

describe.each(IDS)('%s', (id) => {
  const double = doubleOf(id);
  const adapter = adapterFor(id)!;
  const { secrets } = worldOf(id);

  it('is understood in every call', () => {
    expect(callsOf(adapter).toSorted()).toEqual(Object.keys(COMMANDS[id]!).toSorted());
    for (const name of callsOf(adapter)) {
      expect(double.open(wireOf(build(id, name)), secrets, NOW_MS), name).toEqual({ ok: true, command: COMMANDS[id]![name] });
    }
  });

  it.each([FRESH_MS + 1_000, -FRESH_MS - 1_000])('is turned away %d ms from when it signed', (lateMs) => {
    const opened = double.open(wireOf(build(id, 'submit')), secrets, NOW_MS + lateMs);
    expect(opened).toMatchObject({ ok: false, badSignature: true });
    expect(opened.ok ? null : read(id, 'submit', opened.reply)).toMatchObject({ kind: 'unavailable', fault: 'ours', retryable: false });
  });

  it('is turned away, and nothing thrown, with its body cut off or another in its place', () => {
    const honest = wireOf(build(id, 'submit'));
    for (let length = 0; length < honest.body.length; length += 7) {
      expect(double.open({ ...honest, body: honest.body.subarray(0, length) }, secrets, NOW_MS).ok).toBe(false);
    }
    for (const body of ['', '{}', '[]', 'null', '<post/>', '{"data":"AAAA"}', '{"signData":"AAAA"}', '%'])
      expect(double.open({ ...honest, body: Buffer.from(body) }, secrets, NOW_MS).ok, body).toBe(false);
    expect(double.open({ ...honest, headers: {} }, secrets, NOW_MS).ok).toBe(id === 'plum-login');
  });

  it('reads what became of an order, from a reply and from a callback', () => {
    const offer = {
      amount: 1_800_000,
      termMonths: 3,
      quotedAprBps: 1_200,
      fees: [{ amount: 9_000, when: 'upfront' }],
      expiresAtMs: OFFER.expiresAtMs,
    };
    const approved = id === 'heron-rates' ? { kind: 'offers', complete: true, offers: [offer] } : { kind: 'approved', offer };
    const views: readonly (readonly [OrderView, object])[] = [
      [VIEW, { kind: 'pending', unrecognised: null }],
      [APPROVED, approved],
      [
        { ...VIEW, status: 'declined', why: 'age' },
        { kind: 'declined', reason: { code: 'age' } },
      ],
      [{ ...VIEW, status: 'cancelled' }, { kind: 'cancelled' }],
      [lent('disbursed'), { kind: 'loan', news: { status: 'disbursed', amount: 1_800_000, plan: { length: 3 } } }],
      [lent('settled'), { kind: 'loan', news: { status: 'settled' } }],
    ];
    for (const [view, expected] of views) {
      const everywhere = { ...expected, funderRef: 'f-1', eventAtMs: NOW_MS };
      expect(answered(id, 'query', { kind: 'order', view })).toMatchObject(everywhere);
      const { headers, body } = double.callback(view, 'm-1', secrets, NOW_MS);
      const callback = inbound(body, headers);
      expect(adapter.callback!.verify(contextOf(id), callback)).toEqual({ ok: true });
      const news = { attempt: { by: 'ref', value: ref }, messageId: 'm-1', answer: everywhere };
      expect(adapter.callback!.read(contextOf(id), callback)).toMatchObject(news);
    }
    expect(answered(id, 'query', { kind: 'unknown_order' })).toEqual({ kind: 'not_found' });
  });

  it('acknowledges as its funder expects', () => {
    const [stored, refused] = (['stored', 'refused'] as const).map((result) => adapter.callback!.acknowledge(contextOf(id), result));
    expect(double.acknowledged(stored!.status, new TextDecoder().decode(stored!.body))).toBe(true);
    expect(double.acknowledged(refused!.status, new TextDecoder().decode(refused!.body))).toBe(false);
    for (const other of ['ok', '', '{}', '<ack/>']) expect(double.acknowledged(200, other)).toBe(false);
  });

  if (adapter.draw !== undefined)
    it('reads a draw and its refusal', () => {
      expect(answered(id, 'draw', { kind: 'order', view: lent('disbursing') })).toEqual({ kind: 'loan', news: { status: 'disbursing' } });
      expect(answered(id, 'draw', { kind: 'draw_refused', why: 'amount' })).toEqual({ kind: 'loan', news: { status: 'failed', detail: 'amount' } });
      expect(answered(id, 'draw', { kind: 'unknown_order' })).toMatchObject({ kind: 'unavailable', fault: 'ours' });
    });
});

describe('prechecks', () => {
  const NOES = { age: 'age', existing: 'existing_customer', credit: 'credit', history: 'credit' } as const;
  it.each(['willow-link', 'aspen-canonical', 'sparrow-ping'])('of %s are refused for what they say', (id) => {
    for (const [verdict, code] of Object.entries(NOES) as [keyof typeof NOES, string][]) {
      const said = id === 'aspen-canonical' && verdict === 'credit' ? 'other' : code;
      expect(answered(id, 'precheck', { kind: 'precheck', verdict })).toMatchObject({ kind: 'ineligible', reason: { code: said } });
    }
  });
  it('of the two that bid name price, number and end, and one its page', () => {
    const ok: Result = { kind: 'precheck', verdict: 'ok', bidFen: 4_500, link, funderRef: 'f-1', validUntilMs: NOW_MS + 60_000 };
    const bid = { kind: 'eligible', price: 4_500, funderRef: 'f-1', validUntilMs: NOW_MS + 60_000 };
    expect(answered('sparrow-ping', 'precheck', ok)).toEqual(bid);
    expect(answered('willow-link', 'precheck', ok)).toEqual({ ...bid, step: { kind: 'open_link', url: link, expiresAtMs: NOW_MS + 60_000 } });
    expect(answered('aspen-canonical', 'precheck', { kind: 'precheck', verdict: 'ok' })).toEqual({ kind: 'eligible' });
  });
});

describe('pages', () => {
  const step = { kind: 'open_link', url: link, expiresAtMs: null };
  it('are where the borrower is sent', () => {
    const waits: OrderView = { ...VIEW, link };
    expect(answered('willow-link', 'query', { kind: 'order', view: { ...waits, status: 'opened' } })).toMatchObject({ kind: 'pending', step });
    expect(answered('willow-link', 'query', { kind: 'order', view: { ...VIEW, status: 'authorised' } })).toMatchObject({ kind: 'authorised' });
    expect(answered('sparrow-ping', 'submit', { kind: 'order', view: waits })).toMatchObject({ kind: 'pending', step });
    expect(answered('plum-login', 'submit', { kind: 'order', view: waits })).toMatchObject({
      kind: 'pending',
      step: { kind: 'redirect', destination: 'credit' },
    });
    const signing: Result = { kind: 'order', view: { ...lent('signing'), link } };
    expect(answered('plum-login', 'draw', signing)).toMatchObject({ news: { status: 'needs_borrower', step: { destination: 'loan' } } });
    expect(answered('heron-rates', 'draw', signing)).toMatchObject({ news: { status: 'needs_borrower', step } });
  });
  it('of plum-login open with a token that lives no longer than a minute', () => {
    const opened = (ms: number) => answered('plum-login', 'redirect', { kind: 'redirect', url: link, expiresAtMs: NOW_MS + ms });
    expect(opened(20_000)).toEqual({ kind: 'url', url: link, expiresAtMs: NOW_MS + 20_000 });
    expect(opened(3_600_000)).toEqual({ kind: 'url', url: link, expiresAtMs: NOW_MS + 60_000 });
    expect(answered('plum-login', 'redirect', { kind: 'unknown_order' })).toEqual({ kind: 'not_found' });
  });
});

describe('what a signature covers', () => {
  const turnedAway = (id: string, change: (honest: WireRequest) => Partial<WireRequest>, name: CallName = 'submit'): boolean => {
    const honest = wireOf(build(id, name));
    return !doubleOf(id).open({ ...honest, ...change(honest) }, worldOf(id).secrets, NOW_MS).ok;
  };
  it('is method, path and query where the protocol says so', () => {
    expect(turnedAway('aspen-canonical', () => ({ method: 'PUT' }))).toBe(true);
    expect(turnedAway('aspen-canonical', () => ({ target: '/base/openapi/loan/apply' }))).toBe(true);
    expect(turnedAway('aspen-canonical', () => ({ target: '/base/openapi/credit/orders?outOrderId=att_other' }), 'query')).toBe(true);
    expect(turnedAway('aspen-canonical', ({ headers }) => ({ headers: { ...headers, 'x-aspen-nonce': 'another-nonce-0001' } }))).toBe(true);
    expect(turnedAway('heron-rates', () => ({ method: 'DELETE' }), 'query')).toBe(true);
    expect(turnedAway('heron-rates', () => ({ target: '/base/v1/leads/att_other' }), 'query')).toBe(true);
  });
  it('does not let one side\u2019s words come back as the other\u2019s', () => {
    const double = doubleOf('plum-login');
    const { secrets } = worldOf('plum-login');
    const reply = double.reply({ code: '0', data: { outNo: ref, state: 'GRANTED', service: 'order.query' } }, secrets, NOW_MS);
    expect(double.open({ ...wireOf(build('plum-login', 'query')), body: Buffer.from(reply.body) }, secrets, NOW_MS).ok).toBe(false);
    const { callback } = adapterFor('plum-login')!;
    const own = contextOf('plum-login');
    expect(callback!.verify(own, inbound(reply.body)).ok).toBe(false);
    expect(callback!.verify(own, inbound(String(build('plum-login', 'query').body))).ok).toBe(false);
  });
  it('may be one of two while the webhook secret is changed', () => {
    const { headers, body } = doubleOf('heron-rates').tell({ event_id: 'e', lead: {} }, worldOf('heron-rates').secrets, NOW_MS);
    const [t, v1] = headers['heron-signature']!.split(',');
    const verified = (signature: string) =>
      adapterFor('heron-rates')!.callback!.verify(contextOf('heron-rates'), inbound(body, { 'heron-signature': signature })).ok;
    expect([`${t},v1=${'0'.repeat(64)},${v1}`, `${t},${v1},v0=x`, `${t},v0=${v1!.slice(3)}`, `${v1}`, ''].map(verified)).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
  });
});
