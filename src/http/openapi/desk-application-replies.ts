/** What the desk answers about applications and funders, as schemas. For the description alone. */
import { z } from '@hono/zod-openapi';
import { CONSENT_PURPOSES, FIELD_NAMES } from '../../domain/applicant.ts';
import { ARMS } from '../../domain/segment.ts';
import { APPLICATION_STATES, ATTEMPT_STATES, LOAN_STATES, type ApplicationState, type AttemptState, type LoanState } from '../../domain/states.ts';
import { UNMASKED_FIELDS } from '../../flow/desk/unmask-field.ts';
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
  policy_id: text.nullable().openapi({ description: 'Chosen at submission; null in a draft.' }),
  segment_id: text.nullable(),
  arm: z.enum(ARMS).nullable(),
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
/** What is known of a plan also when its inputs are gone. */
export const planShape = {
  id: text,
  at,
  snapshot_version: z.int(),
  policy_id: text.nullable(),
  policy_version: z.int(),
  model_version: z.int(),
};
const plan = z
  .object({
    ...planShape,
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

export const Unmasked = z.object({ field: z.enum(UNMASKED_FIELDS), value: text }).openapi('Unmasked');

export const Replayed = z
  .object({
    id: text,
    equal: z.boolean().nullable().openapi({ description: 'Null: the inputs went with the borrower’s data.' }),
    plans: z.array(
      z.object({
        ...planShape,
        equal: z.boolean().nullable(),
        diff: z.array(Difference),
      }),
    ),
  })
  .openapi('Replayed');

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
