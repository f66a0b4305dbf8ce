/** Replays one case: what is sent, what is made of the reply, what is made of callbacks. Inputs are copied and must come out unchanged. */
import { expect } from 'vitest';
import type { AdapterContext, CallbackNews, FunderAdapter, InboundCallback, OutboundRequest, OutboundResponse } from '../../adapters/contract.ts';
import type { AnyCall, Case, ToldCallback } from './cases.ts';
import { callOf } from './cases.ts';
import { callback, forged, inbound, opened, reply, response } from './funder-side.ts';
import { ATTEMPT, FIELDS, granted, NOW_MS } from './world.ts';

export interface Replayed {
  readonly verdicts: readonly { readonly ok: boolean; readonly why?: string }[];
  readonly news: readonly (CallbackNews | null)[];
  /** Every answer, of replies and callbacks. */
  readonly answers: readonly { readonly kind: string }[];
}

/** Checks the case and returns what the adapter said. */
export function replay(adapter: FunderAdapter, ctx: AdapterContext, given: Case): Replayed {
  return given.call === 'callback' ? replayCallbacks(adapter, ctx, given) : replayCall(adapter, ctx, given, callOf(adapter, given.call));
}

function replayCall(adapter: FunderAdapter, ctx: AdapterContext, given: Case, call: AnyCall | undefined): Replayed {
  if (call === undefined) throw new Error(`the case is for ${given.call}, which the adapter lacks`);
  if (given.timeout === true) {
    expect(given.response ?? given.answer, 'a timeout has no answer').toBeUndefined();
    expect(given.request ?? given.content, 'a timeout shows what was sent').toBeDefined();
  } else expect(given.response, 'a case has a response or is a timeout').toBeDefined();
  if (given.request !== undefined || given.content !== undefined) checkRequest(adapter.manifest.id, given, built(call, ctx, given));
  if (given.response === undefined) return { verdicts: [], news: [], answers: [] };
  const answer = unchanged([ctx, responseOf(adapter.manifest.id, given.response)] as const, (copy) => call.read(...copy));
  expect(answer).toEqual(given.answer);
  return { verdicts: [], news: [], answers: [answer] };
}

function built(call: AnyCall, ctx: AdapterContext, given: Case): OutboundRequest {
  const input = call.needs === undefined ? given.terms : granted(call.needs, { ...FIELDS, ...given.fields });
  return unchanged([ctx, { ...ATTEMPT, ...given.attempt }, input] as const, (copy) => call.build(...copy));
}

function checkRequest(id: string, given: Case, sent: OutboundRequest): void {
  if (given.request !== undefined) {
    const { json, text, headers, ...head } = given.request;
    const free = Object.keys(headers).filter((name) => headers[name] === '*');
    for (const name of free) expect(sent.headers[name] ?? '', name).not.toBe('');
    expect({ method: sent.method, url: sent.url }).toEqual(head);
    expect({ ...sent.headers, ...Object.fromEntries(free.map((name) => [name, '*'])) }).toEqual(headers);
    const body = sent.body === null ? null : typeof sent.body === 'string' ? sent.body : new TextDecoder().decode(sent.body);
    if (json !== undefined) expect(JSON.parse(body ?? '')).toEqual(json);
    else if (text !== undefined) expect(body).toBe(text);
    else if (given.content === undefined) expect(body, 'the body is shown by json, text or content').toBeNull();
  }
  if (given.content !== undefined) expect(opened(id, sent)).toEqual(given.content);
}

function replayCallbacks(adapter: FunderAdapter, ctx: AdapterContext, given: Case): Replayed {
  const capability = adapter.callback;
  if (capability === undefined) throw new Error('the case is for a callback, which the adapter lacks');
  const several = given.callbacks !== undefined;
  const messages = messagesOf(adapter.manifest.id, given.callbacks ?? [given.callback!]);
  const heard = messages.map((message) => {
    const verdict = unchanged([ctx, message] as const, (copy) => capability.verify(...copy));
    const acknowledged = capability.acknowledge(ctx, verdict.ok ? 'stored' : 'refused');
    const news = verdict.ok ? unchanged([ctx, message] as const, (copy) => capability.read(...copy)) : null;
    return { verdict, news, acknowledged: { status: acknowledged.status, text: new TextDecoder().decode(acknowledged.body) } };
  });
  const [verdicts, news] = [heard.map(({ verdict }) => verdict), heard.map((one) => one.news)];
  expect(several ? verdicts : verdicts[0]).toEqual(given.verify);
  if (several || verdicts[0]!.ok) expect(several ? news : news[0]).toEqual(given.news);
  for (const [index, { acknowledged }] of heard.entries()) {
    expect(acknowledged).toEqual(Array.isArray(given.acknowledge) ? given.acknowledge[index] : given.acknowledge);
  }
  return {
    verdicts,
    news,
    answers: news.flatMap((one) => (one === null ? [] : [one.answer, ...(one.repayment === undefined ? [] : [one.repayment.answer])])),
  };
}

/** The messages as they arrive; one that is told twice in the same words is the same bytes twice. */
function messagesOf(id: string, told: readonly ToldCallback[]): readonly InboundCallback[] {
  const made = new Map<string, InboundCallback>();
  return told.map((one) => {
    const words = JSON.stringify(one);
    const message = made.get(words) ?? messageOf(id, one);
    made.set(words, message);
    return message;
  });
}

function messageOf(id: string, told: ToldCallback): InboundCallback {
  const honest = told.says === undefined ? inbound(told.text ?? '', told.headers) : callback(id, told.says, NOW_MS - (told.agedS ?? 0) * 1_000);
  return told.forged === true ? forged(honest) : honest;
}

/** Calls with a deep copy and requires that the copy came out as it went in. */
function unchanged<I, O>(input: I, call: (copy: I) => O): O {
  const copy = structuredClone(input);
  const output = call(copy);
  expect(copy).toEqual(input);
  return output;
}

export function responseOf(id: string, given: NonNullable<Case['response']>): OutboundResponse {
  if (given.reply === undefined) return response(given.status ?? 200, given.json ?? given.text ?? '', given.headers ?? {});
  const wire = reply(id, given.reply);
  return { status: given.status ?? wire.status, headers: { ...wire.headers, ...given.headers }, body: wire.body };
}
