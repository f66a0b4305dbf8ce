/** The webhooks of the description: one for each event type that leaves the house. */
import { z } from '@hono/zod-openapi';
import { EVENT_TYPES, type EventType } from '../../domain/events.ts';
import type { Registry } from './operation.ts';

/** Events that stay in the desk's feed. */
export const DESK_ONLY: ReadonlySet<EventType> = new Set(['endpoint.disabled', 'page.visited', 'page.phone_verified']);
export const WEBHOOK_TYPES = (Object.keys(EVENT_TYPES) as EventType[]).filter((type) => !DESK_ONLY.has(type));

const code = z.string().regex(/^[a-z][a-z0-9_.:-]{0,79}$/);

/** Ids and codes; no name, number or amount. */
export const WebhookData = z
  .object({
    application_id: code,
    sequence: z.int().min(1).openapi({ description: '1, 2, 3… within the application: sort by it, and see gaps.' }),
    attempt_id: code.optional(),
    offer_id: code.optional(),
    loan_id: code.optional(),
    partner_offer_id: code.optional(),
    impression_id: code.optional(),
    click_id: code.optional(),
    funder_id: code.optional(),
    partner_id: code.optional(),
    channel_id: code.optional(),
    status: code.optional(),
    previous_status: code.optional(),
    reason: code.optional(),
  })
  .openapi('WebhookData', { description: 'Thin: read the application for the rest.' });

/** What an alarm carries. Sent to endpoints that name `alarm.*` or the type, not to those that ask for `*`. */
export const AlarmData = z
  .object({
    subject: z.string().openapi({
      description:
        '`funder/…`, `channel/…` or another record, such as `policy/…`; `funder/…/channel/…` and `funder/…/band/…` for a part of a funder.',
    }),
    kind: code,
    detail: z.string().max(1_000).optional().openapi({ description: 'The numbers, in a sentence; when it is raised.' }),
    since: z.iso.datetime().optional().openapi({ description: 'When it was raised; when it is cleared.' }),
  })
  .openapi('AlarmData', { description: 'Of no application and of nobody.' });

const Headers = z.object({
  'webhook-id': z.string().openapi({ description: 'The delivery, `dlv_…`: the same over all its attempts. Use it to drop repeats.' }),
  'webhook-timestamp': z.string().openapi({ description: 'Unix seconds of this attempt.' }),
  'webhook-signature': z.string().openapi({
    description:
      'Standard Webhooks 1.0.0: one or more of `v1,<base64 HMAC-SHA256>` and `v1a,<base64 Ed25519>` over `id.timestamp.body`, separated by spaces.',
  }),
});

export function registerWebhooks(registry: Registry): void {
  for (const type of WEBHOOK_TYPES) {
    registry.registerWebhook({
      method: 'post',
      path: type,
      operationId: `on${type.replaceAll(/(?:^|[._])(\w)/g, (_, first: string) => first.toUpperCase())}`,
      tags: ['webhooks'],
      summary: EVENT_TYPES[type],
      security: [],
      request: {
        headers: Headers,
        body: {
          required: true,
          content: {
            'application/json': {
              schema: z.object({ type: z.literal(type), timestamp: z.iso.datetime(), data: type.startsWith('alarm.') ? AlarmData : WebhookData }),
            },
          },
        },
      },
      responses: {
        '2XX': { description: 'Delivered.' },
        410: { description: 'Never call again: the endpoint is disabled.' },
        default: { description: 'Tried again: 10 attempts over 75 hours; Retry-After is honoured, redirects are not followed.' },
      },
    });
  }
}
