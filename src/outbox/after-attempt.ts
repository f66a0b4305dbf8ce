/**
 * The outbox: events in, signed deliveries out. This room decides; it neither reads rows nor sends anything.
 * In: an event (`body.ts`), an endpoint and its active secrets (`endpoint.ts`, `sign.ts`), and what the network did with the last
 * attempt. Out: the bytes and headers to send, and after each attempt what becomes of the delivery and of its endpoint.
 * It must not put personal data in a payload, follow a redirect, or give up on a receiver before the schedule is spent.
 * Delivery is at least once: the same `webhook-id` may arrive twice, and `data.sequence` tells a receiver the order.
 */
import type { SendOutcome } from '../ports/transport.ts';
import { classifyDelivery, onOutcome, type DeliveryVerdict, type EndpointHealth } from './endpoint.ts';
import { nextAttempt } from './schedule.ts';

/** What becomes of the delivery row. `dead` rows are kept and can be sent again by id or by range. */
export type DeliveryStep =
  | { readonly kind: 'delivered' }
  | { readonly kind: 'retry'; readonly dueAtMs: number }
  | { readonly kind: 'dead'; readonly why: 'gone' | 'endpoint_disabled' | 'attempts_spent' };

export interface AfterAttempt {
  readonly verdict: DeliveryVerdict;
  readonly delivery: DeliveryStep;
  readonly endpoint: EndpointHealth;
  /** Set when the endpoint is to be disabled now, with notice to its owner. */
  readonly disable: 'gone' | 'failing' | null;
}

/**
 * Decides everything that follows from one attempt. `attempt` counts the attempts made, this one included (1 for the first);
 * `firstAtMs` is when the first was made. `uniform` gives the jitter.
 */
export function afterAttempt(input: {
  readonly outcome: SendOutcome;
  readonly attempt: number;
  readonly firstAtMs: number;
  readonly nowMs: number;
  readonly health: EndpointHealth;
  readonly uniform: () => number;
}): AfterAttempt {
  const verdict = classifyDelivery(input.outcome, input.nowMs);
  const { health, disable } = onOutcome({ health: input.health, verdict, nowMs: input.nowMs });
  return { verdict, delivery: step(input, verdict, disable), endpoint: health, disable };
}

function step(
  input: { readonly attempt: number; readonly firstAtMs: number; readonly nowMs: number; readonly uniform: () => number },
  verdict: DeliveryVerdict,
  disable: 'gone' | 'failing' | null,
): DeliveryStep {
  if (verdict.kind === 'delivered') return { kind: 'delivered' };
  if (disable !== null) return { kind: 'dead', why: disable === 'gone' ? 'gone' : 'endpoint_disabled' };
  const retryAfterMs = verdict.kind === 'failed' ? verdict.retryAfterMs : null;
  const due = nextAttempt({ attempt: input.attempt, nowMs: input.nowMs, firstAtMs: input.firstAtMs, retryAfterMs, uniform: input.uniform });
  return due === 'dead' ? { kind: 'dead', why: 'attempts_spent' } : { kind: 'retry', dueAtMs: due };
}
