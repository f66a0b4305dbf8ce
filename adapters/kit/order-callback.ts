/** A callback whose body holds the order with its ids beside it: everything but how the message proves itself. */
import type { AdapterContext, CallbackCapability, InboundCallback } from '../contract.ts';
import { callbackNews } from './callbacks.ts';
import { secretOrNull } from './context.ts';
import { acknowledging } from './exchange.ts';
import type { ReadOrder } from './order-calls.ts';
import type { Json } from './read-json.ts';
import { at, readJson } from './read-json.ts';

export interface OrderCallbackForm {
  /** Name of the secret without which nothing is believed. */
  readonly secret: string;
  /** Why the message is not believed, or null when it is. Must never throw. */
  readonly distrust: (ctx: AdapterContext, inbound: InboundCallback, secret: string) => string | null;
  /** What the body holds; JSON unless told otherwise. */
  readonly open?: (ctx: AdapterContext, inbound: InboundCallback) => Json | undefined;
  /** Names of the members that hold our reference, the funder's and the message's own id. */
  readonly ids: { readonly ref: string; readonly funderRef: string; readonly messageId: string };
  /** The member that holds the order, where it is not the message itself. */
  readonly order?: string;
  readonly read: ReadOrder;
  /** What is answered to a message that was stored, and to one that was refused. */
  readonly stored: string;
  readonly refused: string;
  readonly type?: string;
}

/** The capability of that form. Ids are looked for in the message and then in the order. */
export function orderCallback(form: OrderCallbackForm): CallbackCapability {
  const open = form.open ?? ((_ctx, inbound) => readJson(inbound.body));
  return {
    verify(ctx, inbound) {
      const secret = secretOrNull(ctx, form.secret);
      const why = secret === null ? 'secret not configured' : form.distrust(ctx, inbound, secret);
      return why === null ? { ok: true } : { ok: false, why };
    },
    read(ctx, inbound) {
      const message = open(ctx, inbound);
      const order = form.order === undefined ? message : at(message, form.order);
      const id = (name: string): Json | undefined => at(message, name) ?? at(order, name);
      const { ref, funderRef, messageId } = form.ids;
      return callbackNews(ctx, { ref: id(ref), funderRef: id(funderRef), messageId: id(messageId) }, form.read(ctx, order));
    },
    acknowledge: acknowledging(form.stored, form.refused, form.type),
  };
}
