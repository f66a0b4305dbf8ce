/** Envelopes round a reply, REST replies, verdicts and enveloped callbacks, by their edges. */
import { describe, expect, it } from 'vitest';
import type { OutboundResponse } from '../../adapters/contract.ts';
import { pending, unreadable } from '../../adapters/kit/answers.ts';
import type { Believed } from '../../adapters/kit/envelopes.ts';
import { believed, byMember, contentReader, plainReply, within } from '../../adapters/kit/envelopes.ts';
import { signedJson } from '../../adapters/kit/exchange.ts';
import { orderCallback } from '../../adapters/kit/order-callback.ts';
import { orderCalls } from '../../adapters/kit/order-calls.ts';
import { readByState, reasonOf } from '../../adapters/kit/order-states.ts';
import { verdictReader } from '../../adapters/kit/prechecks.ts';
import type { Json } from '../../adapters/kit/read-json.ts';
import { at, readJson } from '../../adapters/kit/read-json.ts';
import { FRESH_MS } from '../../adapters/kit/times.ts';
import { inbound, response } from './funder-side.ts';
import { contextOf, NOW_MS } from './world.ts';

const ctx = contextOf('lotus-md5');
const OUTER = { ok: '200', busy: ['503'], ours: ['400'] };
const INNER = { ok: '1', notFound: ['4'], ours: ['9'] };
const PLACE = { funderRef: null, eventAtMs: null };

/** Believes what carries the seal. */
const openSealed = (envelope: Json | undefined): Believed => {
  const content = at(envelope, 'content');
  if (at(envelope, 'seal') !== 'ours' || content === undefined) return { ok: false, why: 'wrong seal' };
  const time = at(envelope, 'time');
  return { ok: true, content, signedAtMs: typeof time === 'number' ? time : null };
};
const content = believed(OUTER, (_ctx, envelope) => openSealed(envelope));
const open = within(content, byMember(INNER, 'status', 'inner'));
const sealed = (told: object, status = 200): OutboundResponse => response(status, { code: 200, seal: 'ours', content: told });

describe('an envelope', () => {
  it('is opened by its outer code, then its seal, then the code within', () => {
    expect(open(ctx, sealed({ status: 1, data: { a: 1 } }))).toEqual({ kind: 'data', data: { a: 1 } });
    expect(open(ctx, sealed({ status: 4 }))).toEqual({ kind: 'not_found' });
    expect(open(ctx, sealed({ status: 9 }))).toMatchObject({ kind: 'unavailable', fault: 'ours', detail: 'inner 9' });
    expect(open(ctx, sealed({ status: 7 }))).toEqual({ kind: 'unknown', detail: 'inner 7' });
    expect(open(ctx, sealed({}))).toEqual({ kind: 'unknown', detail: 'no inner in the reply' });
  });
  it('is not opened when its code, its status or its seal speak against it', () => {
    const opened: Json[] = [];
    const watched = believed(OUTER, (_ctx, envelope) => {
      opened.push(envelope);
      return openSealed(envelope);
    });
    expect(watched(ctx, response(200, { code: 503, seal: 'ours', content: {} }))).toMatchObject({ kind: 'unavailable', detail: 'code 503' });
    expect(watched(ctx, sealed({}, 401))).toMatchObject({ kind: 'unavailable', fault: 'ours' });
    for (const odd of ['', 'x', '[]', '7', '{}']) expect(watched(ctx, response(200, odd)).kind).toBe('unknown');
    expect(opened).toEqual([]);
    expect(watched(ctx, response(200, { code: 200, seal: 'theirs', content: {} }))).toEqual({ kind: 'unknown', detail: 'wrong seal' });
  });
});

describe('a reply that holds no order', () => {
  const read = contentReader<{ readonly kind: string; readonly detail?: string }>(open, { kind: 'missing' }, (data, { nowMs }) => ({
    kind: nowMs === NOW_MS ? 'told' : 'late',
    detail: String(at(data, 'word')),
  }));
  it('is read by its own reader, told as missing, or passed on as it failed', () => {
    expect(read(ctx, sealed({ status: 1, data: { word: 'yes' } }))).toEqual({ kind: 'told', detail: 'yes' });
    expect(read(ctx, sealed({ status: 4 }))).toEqual({ kind: 'missing' });
    expect(read(ctx, sealed({ status: 9 }))).toMatchObject({ kind: 'unavailable' });
  });
  it('repeats no secret', () => {
    expect(read(ctx, sealed({ status: 1, data: { word: ctx.secrets['sign_key']! } }))).toMatchObject({ kind: 'unknown' });
  });
});

describe('a REST reply', () => {
  const form = { missing: 'no_order', nothing: 'no order in the reply' };
  const reply = plainReply({ ...form, late: (code) => code === 'gone' });
  const failed = (status: number, code: Json): OutboundResponse => response(status, { error: { code } });

  it('is the order, or says how it failed', () => {
    expect(reply(ctx, response(202, { s: 1 }))).toEqual({ kind: 'data', data: { s: 1 } });
    expect(reply(ctx, failed(404, 'no_order'))).toEqual({ kind: 'not_found' });
    expect(reply(ctx, failed(404, 'no_page'))).toMatchObject({ kind: 'unavailable', detail: 'http 404 no_page' });
    expect(reply(ctx, failed(409, 'gone'))).toEqual({ kind: 'too_late', detail: 'gone' });
    for (const odd of [failed(409, 'busy'), failed(409, 409), failed(409, null)]) expect(reply(ctx, odd).kind).toBe('unknown');
    expect(plainReply(form)(ctx, failed(409, 'gone')).kind).toBe('unknown');
    for (const odd of ['', 'x', '[]']) expect(reply(ctx, response(200, odd))).toEqual({ kind: 'unknown', detail: 'no order in the reply' });
  });
  it('that is too late ends a cancel and a draw, and says nothing of a submit', () => {
    const calls = orderCalls(reply, () => pending(PLACE, null));
    const late = failed(409, 'gone');
    expect(calls.cancel(ctx, late)).toEqual({ kind: 'too_late' });
    expect(calls.draw(ctx, late)).toEqual({ kind: 'loan', news: { status: 'failed', detail: 'gone' } });
    for (const call of [calls.submit, calls.query]) expect(call(ctx, late)).toEqual({ kind: 'unknown', detail: 'too late gone' });
  });
});

describe('a verdict', () => {
  const said = (verdict: Json | undefined, more: object = {}): OutboundResponse =>
    sealed({ status: 1, data: { ...(verdict === undefined ? {} : { verdict }), ...more } });
  const byTable = verdictReader(open, 'verdict', '0', { 3: 'recent_rejection' });
  const byCode = verdictReader(open, 'verdict', 'PASS', (word, data) => (word === 'NO' ? reasonOf(at(data, 'why'), { A: 'age' }) : null), 'access');

  it('is a yes, a no with its reason, or not understood', () => {
    expect([byTable(ctx, said(0)), byTable(ctx, said('0')), byCode(ctx, said('PASS'))]).toEqual(
      Array.from({ length: 3 }, () => ({ kind: 'eligible' })),
    );
    expect(byTable(ctx, said(3))).toEqual({ kind: 'ineligible', reason: { code: 'recent_rejection', detail: 'verdict 3' } });
    expect(byCode(ctx, said('NO', { why: 'A' }))).toEqual({ kind: 'ineligible', reason: { code: 'age', detail: 'A' } });
    expect(byTable(ctx, said(8))).toEqual({ kind: 'unknown', detail: 'precheck verdict 8' });
    expect(byCode(ctx, said('MAYBE'))).toEqual({ kind: 'unknown', detail: 'access MAYBE' });
    for (const odd of [undefined, null, '', 'constructor', 1.5, {}]) expect(byTable(ctx, said(odd)).kind).toBe('unknown');
    expect(byTable(ctx, sealed({ status: 4 }))).toEqual(unreadable('precheck said no such order'));
  });
});

describe('a callback in an envelope', () => {
  const form = { ids: { ref: ['data', 'id'], funderRef: ['data', 'no'], messageId: 'id' }, order: 'data', stored: 'ok', refused: 'no' } as const;
  const callback = orderCallback({ ...form, believe: (_ctx, { body }) => openSealed(readJson(body)), read: () => pending(PLACE, null) });
  const message = (told: object, more: object = {}) => inbound(JSON.stringify({ seal: 'ours', time: NOW_MS, content: told, ...more }), {});

  it('is believed with its seal, and while it is fresh', () => {
    expect(callback.verify(ctx, message({}))).toEqual({ ok: true });
    expect(callback.verify(ctx, message({}, { seal: 'x' }))).toEqual({ ok: false, why: 'wrong seal' });
    for (const time of [NOW_MS - FRESH_MS - 1, null]) expect(callback.verify(ctx, message({}, { time }))).toEqual({ ok: false, why: 'stale' });
  });
  it('tells message and order apart where both have an id', () => {
    const news = callback.read(ctx, message({ id: 'm-1', data: { id: 'att_1' } }));
    expect(news).toMatchObject({ messageId: 'm-1', attempt: { by: 'ref', value: 'att_1' } });
    expect(callback.read(ctx, message({ id: 'm-1' }))).toBeNull();
    expect(callback.read(ctx, message({ id: 'm-1', data: { id: 'att_1' } }, { seal: 'x' }))).toBeNull();
  });
  it('is opened anew without its proof where that is dear', () => {
    const cheap = orderCallback({
      ...form,
      believe: () => ({ ok: false, why: 'not asked' }),
      open: () => ({ data: { id: 'att_2' } }),
      read: () => pending(PLACE, null),
    });
    expect(cheap.read(ctx, message({}))?.attempt).toEqual({ by: 'ref', value: 'att_2' });
  });
});

it('a request is signed over its path with query and its body', () => {
  const signed = (path: string, body: object | null) =>
    signedJson(ctx, body === null ? 'GET' : 'POST', path, body, (...parts) => ({ 'x-sign': parts.join('|') }));
  expect(signed('/o?a=1', null)).toEqual({
    method: 'GET',
    url: 'https://funder.example/base/o?a=1',
    headers: { accept: 'application/json', 'x-sign': '/base/o?a=1|' },
    body: null,
  });
  expect(signed('/o', { a: 1 })).toMatchObject({ headers: { 'content-type': 'application/json', 'x-sign': '/base/o|{"a":1}' }, body: '{"a":1}' });
});

it('a state that nobody knows is loud in the words of its protocol', () => {
  expect(readByState(ctx, {}, 'odd', {}, PLACE)).toMatchObject({ kind: 'pending', unrecognised: 'state odd' });
  expect(readByState(ctx, {}, 'odd', {}, PLACE, (code) => code)).toMatchObject({ kind: 'pending', unrecognised: 'odd' });
  expect(readByState(ctx, {}, '13912345678', {}, PLACE, (code) => code)).toMatchObject({ kind: 'pending', unrecognised: 'unreadable' });
});
