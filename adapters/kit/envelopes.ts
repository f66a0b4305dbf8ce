/**
 * Replies with an envelope round what is told: a gateway's own code without, and within, sealed or signed, what the business behind it says.
 * Nothing within is looked at before it is believed; nothing here throws.
 */
import type { AdapterContext, NotFound, OutboundResponse, Unavailable, Unreadable } from '../contract.ts';
import { httpFailure, safeCode, unreadable } from './answers.ts';
import { discreet } from './discreet.ts';
import type { EnvelopeCodes, OpenedReply, OpenOrder, OpenReply } from './order-calls.ts';
import { byCode } from './order-calls.ts';
import type { Json } from './read-json.ts';
import { at, isRecord, readJson } from './read-json.ts';

/** What an envelope held and when it was signed, once it was believed; or why it was not. */
export type Believed =
  | { readonly ok: true; readonly content: Json; readonly signedAtMs: number | null }
  | { readonly ok: false; readonly why: string };
type Failed = NotFound | Unavailable | Unreadable;

/** Opens an envelope whose own `code` is one of these. Seal and signature are `open`'s affair. */
export function believed(codes: EnvelopeCodes, open: (ctx: AdapterContext, envelope: Json, response: OutboundResponse) => Believed): OpenReply {
  return (ctx, response) => {
    const body = readJson(response.body);
    const code = at(body, 'code');
    const outer = httpFailure(ctx.nowMs, response, code) ?? byCode(codes, code, body);
    if (outer.kind !== 'data') return outer;
    const inner = open(ctx, outer.data, response);
    return inner.ok ? { kind: 'data', data: inner.content } : unreadable(inner.why);
  };
}

/**
 * Opens REST replies, where the body is the order itself, or `{error: {code}}` under an HTTP status that says how it failed. Only the funder's
 * own `missing` under 404 says that it knows no such order; `late` picks the codes of a 409 that say that it is too late; `nothing` is told
 * of a body that is no object.
 */
export function plainReply(form: { readonly missing: string; readonly nothing: string; readonly late?: (code: string) => boolean }): OpenOrder {
  return (ctx, response) => {
    const body = readJson(response.body);
    const code = at(body, 'error', 'code');
    if (response.status === 404 && code === form.missing) return { kind: 'not_found' };
    if (response.status === 409 && typeof code === 'string' && form.late?.(code) === true) return { kind: 'too_late', detail: safeCode(code) };
    return httpFailure(ctx.nowMs, response, code) ?? (isRecord(body) ? { kind: 'data', data: body } : unreadable(form.nothing));
  };
}

/** The same reply, with what it held read further: by a code of its own, for one. */
export function within<A>(
  open: OpenReply,
  read: (content: Json, ctx: AdapterContext) => A,
): (ctx: AdapterContext, response: OutboundResponse) => A | Failed {
  return (ctx, response) => {
    const opened = open(ctx, response);
    return opened.kind === 'data' ? read(opened.data, ctx) : opened;
  };
}

/** What content says whose own code stands at `member`, beside its `data`; `name`: what that code is called in details. */
export function byMember(codes: EnvelopeCodes, member: string, name?: string): (content: Json) => OpenedReply {
  return (content) => byCode(codes, at(content, member), at(content, 'data'), name);
}

/** A reader, fit to leave the adapter, of a reply that holds no order; `missing`: what it means that the funder knows no such order. */
export function contentReader<A extends object>(
  open: OpenReply,
  missing: A,
  read: (content: Json, ctx: AdapterContext) => A,
): (ctx: AdapterContext, response: OutboundResponse) => A | Unavailable | Unreadable {
  const inner = within(open, (content, ctx) => ({ kind: 'read' as const, answer: read(content, ctx) }));
  return discreet((ctx, response): A | Unavailable | Unreadable => {
    const opened = inner(ctx, response);
    if (opened.kind === 'read') return opened.answer;
    return opened.kind === 'not_found' ? missing : opened;
  });
}
