/** Which events an endpoint gets, how its reply is read, and when it is disabled. */
import type { WebhookEndpoint } from '../domain/desk.ts';
import { unreachable } from '../domain/failures.ts';
import type { SendOutcome } from '../ports/transport.ts';
import { parseRetryAfter } from './schedule.ts';

/** An endpoint failing without a single success for this long is disabled. */
export const DISABLE_AFTER_MS = 120 * 3_600_000;

/**
 * True when the endpoint is enabled, subscribed to the type (`*`, `application.*` or exact) and to the event's channel. Of what belongs to no
 * application only alarms leave the house, and only by name: who asked for `*` asked for applications.
 */
export function wantsEvent(
  endpoint: Pick<WebhookEndpoint, 'types' | 'channel_id' | 'status'>,
  event: { readonly type: string; readonly channelId: string | null; readonly applicationId?: string | null },
): boolean {
  if (endpoint.status !== 'enabled') return false;
  if (endpoint.channel_id !== null && endpoint.channel_id !== event.channelId) return false;
  if (event.applicationId !== null) return endpoint.types.some((pattern) => matchesType(pattern, event.type));
  return event.type.startsWith('alarm.') && endpoint.types.some((pattern) => pattern !== '*' && matchesType(pattern, event.type));
}

function matchesType(pattern: string, type: string): boolean {
  if (pattern === '*' || pattern === type) return true;
  return pattern.endsWith('.*') && type.startsWith(pattern.slice(0, -1));
}

/**
 * `gone`: the receiver asked, by 410, never to be called again. `failed` is everything else that is not 2xx, redirects included;
 * `code` is fit for a log and for the list of deliveries.
 */
export type DeliveryVerdict =
  | { readonly kind: 'delivered'; readonly status: number }
  | { readonly kind: 'gone'; readonly status: number }
  | { readonly kind: 'failed'; readonly status: number | null; readonly code: string; readonly retryAfterMs: number | null };

export function classifyDelivery(outcome: SendOutcome, nowMs: number): DeliveryVerdict {
  switch (outcome.kind) {
    case 'refused':
    case 'lost':
      return { kind: 'failed', status: null, code: `${outcome.kind}_${outcome.why}`, retryAfterMs: null };
    case 'response': {
      const { status, headers } = outcome.response;
      if (status >= 200 && status < 300) return { kind: 'delivered', status };
      if (status === 410) return { kind: 'gone', status };
      const code = status >= 300 && status < 400 ? 'redirect_not_followed' : `http_${status}`;
      return { kind: 'failed', status, code, retryAfterMs: parseRetryAfter(headers['retry-after'], nowMs) };
    }
    default:
      return unreachable(outcome);
  }
}

/** Kept with the endpoint: since when every delivery has failed, milliseconds since the epoch; null when the last one succeeded. */
export interface EndpointHealth {
  readonly failingSinceMs: number | null;
}

/** Start (or start again, after an operator re-enabled it) with a clean sheet. */
export const HEALTHY: EndpointHealth = { failingSinceMs: null };

/** What one attempt means for the endpoint: its new health, and whether it is to be disabled, with the reason. */
export function onOutcome(input: { readonly health: EndpointHealth; readonly verdict: DeliveryVerdict; readonly nowMs: number }): {
  readonly health: EndpointHealth;
  readonly disable: 'gone' | 'failing' | null;
} {
  if (input.verdict.kind === 'delivered') return { health: HEALTHY, disable: null };
  const failingSinceMs = input.health.failingSinceMs ?? input.nowMs;
  const health = { failingSinceMs };
  if (input.verdict.kind === 'gone') return { health, disable: 'gone' };
  return { health, disable: input.nowMs - failingSinceMs >= DISABLE_AFTER_MS ? 'failing' : null };
}
