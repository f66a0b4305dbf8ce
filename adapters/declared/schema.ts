/** A declared protocol as its manifest writes it. Shapes alone are checked here; what the parts say of each other is in check.ts. */
import { z } from 'zod';
import { FIELD_NAMES } from '../../src/domain/applicant.ts';
import { Seal, Sign } from './codec-schema.ts';
import { DECLARED_SHAPES, Expression, MEANINGS, Money, REASONS, Source, TIME_UNITS } from './sources.ts';

const name = z.string().regex(/^[a-z][a-z0-9_]{0,39}$/, 'must be lower-case letters, digits and _');
const path = z.string().regex(/^\/[A-Za-z0-9/._{}-]*$/, 'must be a path that begins with /; {ref} and {funder_ref} stand for the order');
const row = z.string().min(1);
const code = z.string().regex(/^[A-Za-z0-9_.:-]{1,24}$/, 'must be a code of at most 24 letters and digits, as a text');
const perSecond = z.number().int().min(1).max(1_000).nullable().default(null);
const ms = z.number().int().min(50).max(60_000);
const Body = z.record(z.string(), Expression);
const Reasons = z.record(code, z.enum(REASONS));

const call = { path, body: Body.default({}), headers: Body.default({}) };
const RefCall = z.strictObject({ ...call, method: z.enum(['POST', 'GET']).default('POST') });
const needs = z.array(z.enum(FIELD_NAMES)).min(1);

const Plan = z.strictObject({ rows: Source, month: row, principal: row, interest: row, fee: row, money: Money.optional() });
const Fees = z.strictObject({
  rows: Source,
  item: row,
  payee: row,
  amount: row,
  when: row,
  words: z.record(code, z.enum(['upfront', 'monthly'])),
  money: Money.optional(),
});

export const Order = z.strictObject({
  state: Source,
  states: z.record(code, z.enum(MEANINGS)),
  funder_ref: Source,
  event_at: Source,
  reject_code: Source,
  reasons: Reasons,
  offer: z.strictObject({
    amount: Source,
    term: Source,
    rate: Source,
    expires: Source.optional(),
    plan: Plan,
    fees: Fees.optional(),
    money: Money.optional(),
  }),
  loan: z.strictObject({ amount: Source, fail_code: Source, overdue_days: Source, plan: Plan.optional(), money: Money.optional() }).optional(),
  link: z.strictObject({ url: Source, expires: Source.optional() }).optional(),
});
export type Order = z.infer<typeof Order>;

export const Precheck = z.strictObject({
  /** The word that says who is wanted; other words are in `reasons`. */
  result: Source,
  eligible: z.array(code).min(1),
  reasons: Reasons,
  funder_ref: Source.optional(),
  price: Source.optional(),
  link: z.strictObject({ url: Source, expires: Source.optional() }).optional(),
  valid_until: Source.optional(),
  money: Money.optional(),
});
export type Precheck = z.infer<typeof Precheck>;

export const Envelope = z.strictObject({
  code: Source,
  ok: code,
  data: Source.optional(),
  not_found: z.array(code).default([]),
  busy: z.array(code).default([]),
  ours: z.array(code).default([]),
  sealed: z.boolean().default(false),
  signed: z.boolean().default(false),
});
export type Envelope = z.infer<typeof Envelope>;

export const Callback = z.strictObject({
  ref: Source,
  funder_ref: Source,
  message_id: Source,
  /** The member that holds the order, where it is not the message itself. */
  order: Source.optional(),
  signed_at: Source.optional(),
  acknowledge: z.strictObject({
    stored: z.string().min(1).max(1_000),
    refused: z.string().min(1).max(1_000),
    type: z.string().default('application/json'),
  }),
});
export type Callback = z.infer<typeof Callback>;

export const Protocol = z.strictObject({
  kind: z.literal('protocol'),
  id: z
    .string()
    .regex(/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/, 'must be lower-case words joined by -')
    .max(40),
  title: z.string().min(1).max(120),
  shape: z.enum(DECLARED_SHAPES, { error: `must be one of ${DECLARED_SHAPES.join(', ')}; the other shapes need code` }),
  secrets: z.array(name),
  params: z.array(name),
  units: z.strictObject({
    money: Money,
    time: z.enum(TIME_UNITS),
    rate: z
      .strictObject({
        in: z.enum(['percent', 'decimal', 'permille', 'permyriad', 'bps']),
        per: z.enum(['year', 'month', 'day']),
        days_in_year: z.union([z.literal(360), z.literal(365)]).default(360),
      })
      .prefault({ in: 'percent', per: 'year' }),
  }),
  time_zone: z.string().default('Asia/Shanghai'),
  limits: z.strictObject({ precheck_per_second: perSecond, submit_per_second: perSecond, callback_tries: perSecond }).prefault({}),
  timeouts: z.strictObject({ precheck_ms: ms.default(2_000), submit_ms: ms.default(8_000), query_ms: ms.default(4_000) }).prefault({}),
  submit_idempotent: z.boolean(),
  sign: Sign,
  seal: Seal.optional(),
  /** Members and headers of every request. */
  common: Body.default({}),
  headers: Body.default({}),
  /** What becomes of members without a value. */
  blanks: z.enum(['keep', 'no_null', 'no_blank']).default('no_null'),
  envelope: Envelope.optional(),
  precheck: z.strictObject({ ...call, needs, read: Precheck }).optional(),
  submit: z.strictObject({ ...call, needs }),
  query: RefCall.optional(),
  cancel: RefCall.optional(),
  draw: z.strictObject(call).optional(),
  order: Order,
  callback: Callback.optional(),
});
export type Protocol = z.infer<typeof Protocol>;
