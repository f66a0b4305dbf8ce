/** What every protocol's callback comes down to: which order, which message, what it says. */
import type { AdapterContext, CallbackNews, DecisionAnswer, Unreadable } from '../contract.ts';
import { safeRef } from './answers.ts';
import { tellsSecret } from './discreet.ts';
import type { Json } from './read-json.ts';

/** The news, by our reference where the funder told it; null when no order is named, nothing was understood, or it repeats a secret. */
export function callbackNews(
  ctx: AdapterContext,
  ids: { readonly ref: Json | undefined; readonly funderRef: Json | undefined; readonly messageId: Json | undefined },
  answer: DecisionAnswer | Unreadable,
): CallbackNews | null {
  if (answer.kind === 'unknown' || tellsSecret(ctx, answer)) return null;
  const messageId = safeRef(ids.messageId);
  const ref = safeRef(ids.ref);
  if (ref !== null) return { attempt: { by: 'ref', value: ref }, messageId, answer };
  const funderRef = safeRef(ids.funderRef);
  return funderRef === null ? null : { attempt: { by: 'funder_ref', value: funderRef }, messageId, answer };
}
