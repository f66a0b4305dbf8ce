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

const standing = {
  id: text,
  name: text,
  status: z.enum(['live', 'paused']),
  at,
  checks: z
    .array(
      z.object({
        id: z.enum(['status', 'whitelist', 'hours', 'cost_cap', 'configuration']),
        ok: z.boolean(),
        detail: z.record(text, z.union([text, z.number(), z.array(text)])),
      }),
    )
    .openapi({ description: 'What must hold, whoever applies, before anybody is sent to it.' }),
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
};

export const FunderCallback = z
  .object({ id: text, state: text, detail: text.nullable(), attempt_id: text.nullable(), received_at: at })
  .openapi('FunderCallback');

export const FunderStatus = z
  .object({
    ...standing,
    attempts: counts,
    callbacks: z.array(FunderCallback),
  })
  .openapi('FunderStatus');

export const Funders = z
  .object({
    data: z.array(
      z.object({
        ...standing,
        funder_type: text,
        tier: z.int(),
        recent: z
          .object({
            from: at,
            attempts: z.int(),
            sent: z.int(),
            approved: z.int(),
            declined: z.int(),
            approval_rate: z.number().nullable(),
            median_ms: z.int().nullable(),
          })
          .openapi({ description: 'The last seven days of China, by what happened in them.' }),
      }),
    ),
  })
  .openapi('Funders');

export const FunderPlans = z
  .object({
    funder: text,
    from: at,
    to: at,
    applications: z.int(),
    planned: z.int().openapi({ description: 'Its first plan has this funder in it.' }),
    first: z.int().openapi({ description: 'Of those, where it stands first.' }),
    left_out: counts.openapi({ description: 'The others by why it was left out.' }),
    unknown: z.int().openapi({ description: 'Plans made before there was such a funder.' }),
  })
  .openapi('FunderPlans');

export const FunderReliability = z
  .object({
    funder: text,
    from: at,
    to: at,
    bands: z.array(
      z.object({
        id: text.openapi({ description: '`0` to `9`: likelihoods of 0 to 10%, and so on.' }),
        decided: z.int(),
        approved: z.int(),
        expected: z.number().openapi({ description: 'The likelihoods of those decided, added up.' }),
        undecided: z.int(),
      }),
    ),
  })
  .openapi('FunderReliability');
