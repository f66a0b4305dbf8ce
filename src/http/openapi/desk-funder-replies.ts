/** What the desk answers about funders and alarms, as schemas. For the description alone. */
import { z } from '@hono/zod-openapi';

const at = z.iso.datetime();
const text = z.string();
const counts = z.record(z.string(), z.int());

export const Alarm = z
  .object({ subject: text.openapi({ description: '`funder/…` or `channel/…`.' }), kind: text, detail: text, since: at, seen_at: at })
  .openapi('Alarm');
export const Alarms = z.object({ data: z.array(Alarm) }).openapi('Alarms');

export const FunderCheck = z
  .object({
    funder: text,
    adapter: text,
    at,
    against: z.enum(['test', 'sandbox', 'heartbeat']),
    verdict: z.enum(['ok', 'warn', 'fail']),
    lines: z.array(z.object({ what: text, verdict: z.enum(['ok', 'warn', 'fail']), answer: text, latency_ms: z.int().nullable(), note: text })),
  })
  .openapi('FunderCheck');

export const FunderStatus = z
  .object({
    id: text,
    name: text,
    status: z.enum(['live', 'paused']),
    at,
    breaker: z.object({
      state: z.enum(['closed', 'open', 'half_open']),
      until: at.optional(),
      calls: z.int().optional(),
      failures: z.int().optional(),
    }),
    latency_ms: z.int(),
    caps: z.array(
      z.object({
        id: text,
        unit: z.enum(['count', 'amount_fen']),
        window: z.enum(['hour', 'day', 'total']),
        key: text,
        limit: z.int(),
        lent: z.int(),
        leased: z.int(),
        used: z.int(),
      }),
    ),
    volume: z.array(
      z.object({
        id: text,
        kind: z.enum(['cap', 'promise']),
        unit: z.enum(['count', 'amount_fen']),
        window: z.enum(['hour', 'day']),
        period: text,
        volume: z.int(),
        used: z.number(),
        progress: z.number(),
        price_fen: z.int(),
      }),
    ),
    attempts: counts,
    waiting: z.array(z.object({ state: text, count: z.int(), oldest_at: at, age_s: z.int() })),
    last_callback_at: at.nullable(),
    last_24h: z.object({
      prechecks: z.int(),
      ineligible: z.int(),
      existing: z.int(),
      submitted: z.int(),
      approved: z.int(),
      declined: z.int(),
    }),
    alarms: z.array(Alarm),
    callbacks: z.array(z.object({ id: text, state: text, detail: text.nullable(), attempt_id: text.nullable(), received_at: at })),
  })
  .openapi('FunderStatus');
