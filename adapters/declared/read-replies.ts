/** How declared replies are opened, and what a precheck and a callback in them say. Total: any bytes give an answer. */
import type { AdapterContext, CallbackCapability, DecisionAnswer, OutboundResponse, PrecheckAnswer, Unreadable } from '../contract.ts';
import { httpFailure, safeCode, safeRef, unreadable } from '../kit/answers.ts';
import { callbackNews } from '../kit/callbacks.ts';
import { discreet } from '../kit/discreet.ts';
import { acknowledging } from '../kit/exchange.ts';
import type { OpenedReply, OpenReply } from '../kit/order-calls.ts';
import { byCode } from '../kit/order-calls.ts';
import { codeText, reasonOf } from '../kit/order-states.ts';
import type { Json } from '../kit/read-json.ts';
import { isRecord, lookUp, readJson } from '../kit/read-json.ts';
import { isFresh } from '../kit/times.ts';
import type { Find, Finder } from './read-order.ts';
import { declaredLink, MONEY, TIME } from './read-order.ts';
import type { Callback, Precheck, Protocol } from './schema.ts';
import { openSealed } from './seals.ts';
import { distrustOf } from './signs.ts';

/** What callbacks sign for a path, because proxies rewrite ours. */
const CALLBACK_PATH = '/callback';

/** Opens a reply: HTTP first, then the envelope's code, then signature and seal. */
export function replyOpener(protocol: Protocol, find: Finder): OpenReply {
  const { envelope, sign, seal } = protocol;
  const code = find(envelope?.code, '/envelope/code');
  const data = find(envelope?.data, '/envelope/data');
  return (ctx, response): OpenedReply => {
    const body = readJson(response.body);
    const failure = httpFailure(ctx.nowMs, response, code(body));
    if (failure !== null) return failure;
    if (envelope === undefined) return isRecord(body) ? { kind: 'data', data: body } : unreadable('no data in the reply');
    const codes = { ok: envelope.ok, notFound: envelope.not_found, busy: envelope.busy, ours: envelope.ours };
    if (codeText(code(body)) !== envelope.ok) return byCode(codes, code(body), undefined);
    if (envelope.signed) {
      const why = distrustOf(sign, ctx, { method: '', path: '', headers: response.headers, members: body, body: response.body });
      if (why !== null) return unreadable(why);
    }
    const found = envelope.data === undefined ? body : data(body);
    const opened = envelope.sealed && seal !== undefined ? openSealed(seal, ctx, found) : found;
    return byCode(codes, envelope.ok, opened);
  };
}

/** Reads a precheck (撞库): a word for wanted, words for why not; anything else is unknown. */
export function declaredPrecheck(
  protocol: Protocol,
  read: Precheck,
  find: Finder,
  open: OpenReply,
): (ctx: AdapterContext, response: OutboundResponse) => PrecheckAnswer | Unreadable {
  const part = (name: 'result' | 'funder_ref' | 'price' | 'valid_until'): Find => find(read[name], `/precheck/read/${name}`);
  const [result, funderRef, price, validUntil] = [part('result'), part('funder_ref'), part('price'), part('valid_until')];
  const link = declaredLink(protocol, find, read.link, '/precheck/read/link');
  const money = MONEY[read.money ?? protocol.units.money];
  const time = TIME[protocol.units.time];

  const eligible = (ctx: AdapterContext, data: Json): PrecheckAnswer => {
    const bid = read.price === undefined ? undefined : money(price(data));
    const step = read.link === undefined ? undefined : link(data, ctx);
    if (bid === null || step === null) return unreadable(bid === null ? 'price in the precheck' : 'no link in the precheck');
    return {
      kind: 'eligible',
      ...(bid === undefined ? {} : { price: bid }),
      ...(step === undefined ? {} : { step }),
      ...(read.funder_ref === undefined ? {} : { funderRef: safeRef(funderRef(data)) }),
      ...(read.valid_until === undefined ? {} : { validUntilMs: time(validUntil(data)) }),
    };
  };
  return discreet((ctx, response): PrecheckAnswer => {
    const opened = open(ctx, response);
    if (opened.kind === 'not_found') return unreadable('precheck said no such order');
    if (opened.kind !== 'data') return opened;
    const word = codeText(result(opened.data));
    if (word !== null && read.eligible.includes(word)) return eligible(ctx, opened.data);
    if (word !== null && lookUp(read.reasons, word) !== null) return { kind: 'ineligible', reason: reasonOf(word, read.reasons) };
    return unreadable(`precheck result ${safeCode(result(opened.data))}`);
  });
}

/** Callbacks: signature and freshness over the raw message, then the order in it. */
export function declaredCallback(
  protocol: Protocol,
  spec: Callback,
  find: Finder,
  readOrder: (ctx: AdapterContext, order: Json | undefined) => DecisionAnswer | Unreadable,
): CallbackCapability {
  const { sign, seal, units } = protocol;
  const part = (name: 'ref' | 'funder_ref' | 'message_id' | 'order' | 'signed_at'): Find => find(spec[name], `/callback/${name}`);
  const [ref, funderRef, messageId, order, signedAt] = [part('ref'), part('funder_ref'), part('message_id'), part('order'), part('signed_at')];
  return {
    verify(ctx, inbound) {
      const members = readJson(inbound.body);
      const why = distrustOf(sign, ctx, { method: 'POST', path: CALLBACK_PATH, headers: inbound.headers, members, body: inbound.body });
      if (why !== null) return { ok: false, why };
      if (spec.signed_at !== undefined && !isFresh(TIME[units.time](signedAt(members)), ctx.nowMs)) return { ok: false, why: 'stale' };
      return { ok: true };
    },
    read(ctx, inbound) {
      const outer = readJson(inbound.body);
      const message = seal === undefined ? outer : openSealed(seal, ctx, isRecord(outer) ? outer[seal.in] : undefined);
      const id = (where: Find): Json | undefined => where(message) ?? where(outer);
      const ids = { ref: id(ref), funderRef: id(funderRef), messageId: id(messageId) };
      return callbackNews(ctx, ids, readOrder(ctx, spec.order === undefined ? message : order(message)));
    },
    acknowledge: acknowledging(spec.acknowledge.stored, spec.acknowledge.refused, spec.acknowledge.type),
  };
}
