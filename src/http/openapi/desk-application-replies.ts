/** What the desk answers about applications and funders, as schemas. For the description alone. */
import { z } from '@hono/zod-openapi';
import { CONSENT_PURPOSES, FIELD_NAMES } from '../../domain/applicant.ts';
import { APPLICATION_STATES, ATTEMPT_STATES, LOAN_STATES, type ApplicationState, type AttemptState, type LoanState } from '../../domain/states.ts';
import { Difference } from './desk-replies.ts';
import { Bilingual, FunderName } from './replies.ts';

const states = <S extends string>(table: object): [S, ...S[]] => Object.keys(table) as [S, ...S[]];
const at = z.iso.datetime();
const atOrNull = at.nullable();
const fen = z.int();
const text = z.string();
const counts = z.record(z.string(), z.int());

const summary = {
  id: text,
  state: z.enum(states<ApplicationState>(APPLICATION_STATES)),
  quarantined: z.boolean(),
  released: z.boolean(),
  channel: text,
  variant: text.nullable(),
  amount_fen: fen.nullable(),
  term_months: z.int().nullable(),
  band: text.nullable(),
  reasons: z.array(z.object({ code: text, detail: text })),
  applicant: z
    .object({ name: text.nullable(), phone: text, id_number: text.nullable() })
    .nullable()
    .openapi({ description: 'Masked. Null: erased.' }),
  created_at: at,
  submitted_at: atOrNull,
  updated_at: at,
};
export const DeskApplication = z.object(summary).openapi('DeskApplication');

const facts = z.object({
  age: z.int().nullable(),
  sex: text.nullable(),
  province: z.union([Bilingual, z.null()]),
  monthly_income_fen: fen.nullable(),
  employment: text.nullable(),
  employer_type: text.nullable(),
  years_employed: z.number().nullable(),
  education: text.nullable(),
  assets: z.record(z.string(), text),
  purpose: text.nullable(),
});
const plan = z
  .object({
    id: text,
    at,
    snapshot_version: z.int(),
    policy_version: z.int(),
    model_version: z.int(),
    explored: z.boolean(),
    expected_value_fen: z.number(),
    steering: z.number(),
    borrower_order: z.array(text),
    steps: z.array(
      z.object({
        funder: text,
        tier: z.int(),
        wave: z.int(),
        prior: z.number(),
        mean: z.number(),
        low: z.number(),
        high: z.number(),
        used: z.number(),
        value_fen: z.number(),
        cost_fen: z.number(),
        patience: z.number(),
        index: z.number(),
      }),
    ),
    excluded: z.array(z.object({ funder: text, code: text, detail: text })),
  })
  .openapi('PlanExplained', { description: 'Who would be asked in which order, who not, and why.' });
const attempt = z.object({
  id: text,
  funder: FunderName,
  state: z.enum(states<AttemptState>(ATTEMPT_STATES)),
  plan_id: text,
  funder_ref: text.nullable(),
  reason: z.object({ code: text, detail: text }).nullable(),
  propensity: z.number(),
  prior: z.number(),
  amount_fen: fen,
  polls: z.int(),
  reserved: z.array(text),
  created_at: at,
  submitted_at: atOrNull,
  decided_at: atOrNull,
  latency_ms: z.int().nullable(),
});
const consent = z.object({
  id: text,
  recipient: text,
  legal_entity: text,
  purpose: z.enum(CONSENT_PURPOSES),
  fields: z.array(z.enum(FIELD_NAMES)),
  text_version: text,
  text_hash: text,
  agreed_at: at,
  recorded_at: at,
  withdrawn_at: atOrNull,
});
const receipt = z.object({
  id: text,
  attempt_id: text,
  consent_id: text,
  legal_entity: text,
  capability: z.enum(['precheck', 'submit']),
  fields: z.array(z.enum(FIELD_NAMES)),
  outcome: text.nullable(),
  latency_ms: z.int().nullable(),
  at,
});
const offer = z.object({
  id: text,
  attempt_id: text,
  funder: text,
  state: z.enum(['open', 'blocked', 'accepted', 'declined', 'expired', 'cancelled']),
  amount_fen: fen,
  term_months: z.int(),
  quoted_apr_bps: z.int(),
  all_in_apr_bps: z.int().nullable(),
  fees: z.array(z.object({ item: text, payee: text, amount_fen: fen, when: z.enum(['upfront', 'monthly']) })),
  expires_at: at,
  disclosed_at: atOrNull,
  confirmed_at: atOrNull,
  created_at: at,
});
const loan = z.object({
  id: text,
  offer_id: text,
  funder: text,
  state: z.enum(states<LoanState>(LOAN_STATES)),
  amount_fen: fen,
  overdue_days: z.int(),
  instalments: z.int(),
  disbursed_at: atOrNull,
  created_at: at,
});
const callback = z.object({ id: text, attempt_id: text.nullable(), funder: text, state: text, detail: text.nullable(), received_at: at });

export const DeskApplicationDetail = z
  .object({
    ...summary,
    deadline_at: at,
    facts: facts.nullable(),
    documents: z.array(z.object({ id: text, kind: z.enum(['id_front', 'id_back']), ok: z.boolean(), problems: z.array(text) })),
    timeline: z.array(z.object({ seq: z.int().nullable(), type: text, at, data: z.record(z.string(), z.unknown()) })),
    plans: z.array(plan),
    attempts: z.array(attempt),
    consents: z.array(consent),
    receipts: z.array(receipt),
    offers: z.array(offer),
    loan: loan.nullable(),
    callbacks: z.array(callback),
    partner_offers: z.array(z.object({ id: text, rank: z.int(), expected_fen: z.int(), shown_at: at, clicked: z.boolean() })),
  })
  .openapi('DeskApplicationDetail');

export const Replayed = z
  .object({
    id: text,
    equal: z.boolean().nullable().openapi({ description: 'Null: the inputs went with the borrower’s data.' }),
    plans: z.array(
      z.object({
        id: text,
        at,
        snapshot_version: z.int(),
        policy_version: z.int(),
        model_version: z.int(),
        equal: z.boolean().nullable(),
        diff: z.array(Difference),
      }),
    ),
  })
  .openapi('Replayed');

const Explanation = z.object({
  summary: z.object({ zh: text, en: text }),
  steps: z.array(z.unknown()),
  left_out: z.array(z.unknown()),
  borrower_order: z.array(text),
  steering: z.number(),
  explored: z.boolean(),
  expected_value_fen: z.number(),
});
export const Decided = z
  .object({
    snapshot_version: z.int(),
    policy_version: z.int(),
    model_version: z.int(),
    plan: z.object({
      steps: z.array(z.record(z.string(), z.unknown())).openapi({ description: 'In the order they would be asked, with the numbers behind it.' }),
      excluded: z.array(z.object({ funderId: text, code: text, detail: text })),
      explored: z.boolean(),
      expectedValueFen: z.number(),
      borrowerOrder: z.array(text),
      steering: z.number(),
    }),
    explanation: Explanation.optional(),
  })
  .openapi('Decided');

const Words = z.object({ zh: text, en: text });
const Lever = z.object({
  weight_factor: z.number().nullable().openapi({ description: 'Multiplier of the funder’s weight; null: none up to 100 would do.' }),
  likelihood: z.number().nullable(),
});
export const Explained = z
  .object({
    id: text,
    plans: z.array(
      z.object({
        id: text,
        at,
        snapshot_version: z.int(),
        policy_version: z.int(),
        model_version: z.int(),
        explanation: z
          .object({
            summary: Words,
            steps: z.array(
              z.object({ funder: text, place: z.int(), words: Words, numbers: z.record(z.string(), z.unknown()), to_be_first: Lever.nullable() }),
            ),
            left_out: z.array(
              z.object({
                funder: text,
                code: text,
                detail: text,
                words: Words,
                would_change: z.union([z.object({ fact: text, is: z.unknown(), needed: z.unknown() }), z.object({ lever: Lever })]).nullable(),
              }),
            ),
            borrower_order: z.array(text),
            steering: z.number(),
            explored: z.boolean(),
            expected_value_fen: z.number(),
          })
          .nullable()
          .openapi({ description: 'Null: the inputs went with the borrower’s data.' }),
      }),
    ),
  })
  .openapi('Explained');

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

export const Summary = z
  .object({
    at,
    applications: z.object({ total: z.int(), submitted: z.int(), passed: z.int(), quarantined: z.int(), offered: z.int(), by_state: counts }),
    funders: z.array(
      z.object({ id: text, name: text, attempts: z.int(), submitted: z.int(), approved: z.int(), declined: z.int(), by_state: counts }),
    ),
    partner_offers: z.object({ shown: z.int(), clicks: z.int(), leads: z.int(), sales: z.int(), earned_fen: fen }),
    deliveries: counts,
  })
  .openapi('Summary');
