/** A callback whose body holds the order with its ids beside it: everything but how the message proves itself. */
import type { AdapterContext, CallbackCapability, DecisionAnswer, InboundCallback, Unreadable } from '../contract.ts';
import { callbackNews } from './callbacks.ts';
import { secretOrNull } from './context.ts';
import type { Believed } from './envelopes.ts';
import { acknowledging } from './exchange.ts';
import type { Json } from './read-json.ts';
import { at, readJson } from './read-json.ts';
import { isFresh } from './times.ts';

/** A member of the message or else of the order by its name; or its path in the message, where both have one of that name. */
type Id = string | readonly string[];

/** A message that is signed, and its content perhaps sealed besides. */
interface SignedMessage {
  /** Name of the secret without which nothing is believed. */
  readonly secret: string;
  /** Why the message is not believed, or null when it is. Must never throw. */
  readonly distrust: (ctx: AdapterContext, inbound: InboundCallback, secret: string) => string | null;
  /** What the body holds; JSON unless told otherwise. */
  readonly open?: (ctx: AdapterContext, inbound: InboundCallback) => Json | undefined;
}
/** A message in the envelope that replies come in, fresh when it was signed within 15 minutes. */
interface EnvelopedMessage {
  /** Must never throw. */
  readonly believe: (ctx: AdapterContext, inbound: InboundCallback) => Believed;
  /** What one that was believed holds, where finding it out anew is dear: without looking at the signature again. */
  readonly open?: (ctx: AdapterContext, inbound: InboundCallback) => Json | undefined;
}
export type OrderCallbackForm = (SignedMessage | EnvelopedMessage) & {
  /** Where our reference, the funder's and the message's own id stand. */
  readonly ids: { readonly ref: Id; readonly funderRef: Id; readonly messageId: Id };
  /** The member that holds the order, where it is not the message itself. */
  readonly order?: string;
  readonly read: (ctx: AdapterContext, order: Json | undefined, message: Json | undefined) => DecisionAnswer | Unreadable;
  /** What is answered to a message that was stored, and to one that was refused. */
  readonly stored: string;
  readonly refused: string;
  readonly type?: string;
};

/** The capability of that form. */
export function orderCallback(form: OrderCallbackForm): CallbackCapability {
  const { distrust, open } = 'believe' in form ? enveloped(form) : signed(form);
  return {
    verify(ctx, inbound) {
      const why = distrust(ctx, inbound);
      return why === null ? { ok: true } : { ok: false, why };
    },
    read(ctx, inbound) {
      const message = open(ctx, inbound);
      const order = form.order === undefined ? message : at(message, form.order);
      const id = (name: Id): Json | undefined => (typeof name === 'string' ? (at(message, name) ?? at(order, name)) : at(message, ...name));
      const { ref, funderRef, messageId } = form.ids;
      return callbackNews(ctx, { ref: id(ref), funderRef: id(funderRef), messageId: id(messageId) }, form.read(ctx, order, message));
    },
    acknowledge: acknowledging(form.stored, form.refused, form.type),
  };
}

interface Opening {
  readonly distrust: (ctx: AdapterContext, inbound: InboundCallback) => string | null;
  readonly open: (ctx: AdapterContext, inbound: InboundCallback) => Json | undefined;
}

function signed({ secret: name, distrust, open }: SignedMessage): Opening {
  return {
    distrust(ctx, inbound) {
      const secret = secretOrNull(ctx, name);
      return secret === null ? 'secret not configured' : distrust(ctx, inbound, secret);
    },
    open: open ?? ((_ctx, inbound) => readJson(inbound.body)),
  };
}

function enveloped({ believe, open }: EnvelopedMessage): Opening {
  return {
    distrust(ctx, inbound) {
      const opened = believe(ctx, inbound);
      if (!opened.ok) return opened.why;
      return isFresh(opened.signedAtMs, ctx.nowMs) ? null : 'stale';
    },
    open:
      open ??
      ((ctx, inbound) => {
        const opened = believe(ctx, inbound);
        return opened.ok ? opened.content : undefined;
      }),
  };
}
