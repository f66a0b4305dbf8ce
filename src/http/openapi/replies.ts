/** What the routes answer, as schemas. They are for the description alone: a reply is made by `flow` and is not parsed again on its way out. */
import { z } from '@hono/zod-openapi';
import { PROBLEM_STATUS, type ProblemCode } from '../../domain/failures.ts';
import { FIELD_NAMES } from '../../domain/applicant.ts';
import { REASONS } from '../../domain/reasons.ts';
import { APPLICATION_STATES, ATTEMPT_STATES, LOAN_STATES } from '../../domain/states.ts';

const keys = <T extends object>(table: T): [keyof T & string, ...(keyof T & string)[]] =>
  Object.keys(table) as [keyof T & string, ...(keyof T & string)[]];
const fen = z.int().openapi({ description: 'Fen: hundredths of a yuan.' });
const at = z.iso.datetime().openapi({ description: 'RFC 3339, UTC.' });
const id = (prefix: string) => z.string().openapi({ examples: [`${prefix}_05k2p3n8x000q7w4e2r9t1`] });

export const Problem = z
  .object({
    type: z.string().openapi({ description: 'A stable reference, explained under /docs/problems.', examples: ['/docs/problems#invalid_request'] }),
    title: z.string(),
    status: z.int(),
    code: z.enum(keys(PROBLEM_STATUS) as [ProblemCode, ...ProblemCode[]]),
    detail: z.string().openapi({ description: 'For a person, in the language of Accept-Language (zh unless en comes first).' }),
    errors: z.array(
      z.object({
        pointer: z.string().openapi({ description: 'RFC 6901 pointer into the request, or "" for all of it.' }),
        code: z.string(),
        message: z.string(),
      }),
    ),
    request_id: z.string(),
  })
  .openapi('Problem', { description: 'RFC 9457 problem details. What was sent is never quoted.' });

export const Reason = z
  .object({ code: z.enum(keys(REASONS)), message: z.string().openapi({ description: 'Fit to be shown to the borrower.' }) })
  .openapi('Reason');
export const FunderName = z.object({ id: z.string().openapi({ examples: ['fnd_river'] }), name: z.string() }).openapi('FunderName');

export const ConsentNeed = z
  .object({
    recipient: z.string().openapi({ description: '`platform`, or a funder id.' }),
    name: z.string(),
    legal_entity: z.string().openapi({ description: 'The company that receives the data; the consent is to it.' }),
    purpose: z.enum(['application', 'credit_decision']),
    fields: z.array(z.enum(FIELD_NAMES)),
    text_version: z.string(),
    text: z.string().openapi({ description: 'What the borrower agrees to. Show it as it is.' }),
  })
  .openapi('ConsentNeed');

export const Need = z
  .discriminatedUnion('kind', [
    z.object({ kind: z.literal('consents'), recipients: z.array(ConsentNeed) }),
    z.object({ kind: z.literal('documents'), kinds: z.array(z.enum(['id_front', 'id_back'])) }),
    z.object({ kind: z.literal('fields'), fields: z.array(z.string()).openapi({ description: 'Pointers, such as `/applicant/name`.' }) }),
    z.object({ kind: z.literal('disclosure'), offer: id('off') }),
    z.object({
      kind: z.literal('open_link'),
      step: id('stp'),
      funder: FunderName,
      url: z.url().openapi({ description: 'An address of ours that leads to the funder’s page.' }),
      expires_at: at.nullable(),
    }),
    z.object({
      kind: z.literal('bind_card'),
      step: id('stp'),
      funder: FunderName,
      cards: z
        .array(z.object({ ref: z.string(), bank: z.string(), tail: z.string() }))
        .openapi({ description: 'Cards the funder has already; one may be chosen by its `ref`.' }),
    }),
    z.object({ kind: z.literal('enter_code'), step: id('stp'), funder: FunderName }),
  ])
  .openapi('Need', { description: 'What the borrower must do next.' });

export const PlanLine = z
  .object({
    month: z.int().openapi({ description: 'Months after disbursement.' }),
    principal_fen: fen,
    interest_fen: fen,
    fee_fen: fen,
    total_fen: fen,
  })
  .openapi('PlanLine');

export const Offer = z
  .object({
    id: id('off'),
    funder: FunderName,
    status: z.enum(['open', 'accepted', 'declined', 'expired', 'cancelled']),
    amount_fen: fen,
    term_months: z.int(),
    quoted_apr_bps: z.int().openapi({ description: 'The funder’s quoted annual rate, basis points.' }),
    all_in_apr_bps: z
      .int()
      .openapi({ description: 'Our own: twelve times the monthly internal rate of return over plan and every fee, basis points.' }),
    plan: z.array(PlanLine),
    fees: z.array(z.object({ item: z.string(), payee: z.string(), amount_fen: fen, when: z.enum(['upfront', 'monthly']) })),
    expires_at: at,
  })
  .openapi('Offer');

export const Attempt = z
  .object({ id: id('att'), funder: FunderName, status: z.enum(keys(ATTEMPT_STATES)), reason: Reason.optional(), again_at: at.optional(), at })
  .openapi('Attempt', { description: 'One application at one funder.' });

export const Loan = z
  .object({ id: id('loan'), status: z.enum(keys(LOAN_STATES)), amount_fen: fen, plan: z.array(PlanLine), overdue_days: z.int() })
  .openapi('Loan');

export const Application = z
  .object({
    id: id('app'),
    client_token: z
      .string()
      .optional()
      .openapi({ description: 'Only in the reply to the creation. A browser sends it as Client-Token with later calls.' }),
    status: z.enum(keys(APPLICATION_STATES)),
    reasons: z.array(Reason),
    needs: z.array(Need),
    attempts: z.array(Attempt),
    offers: z.array(Offer).openapi({ description: 'Cheapest first, by all-in cost.' }),
    loan: Loan.optional(),
    created_at: at,
    updated_at: at,
  })
  .openapi('Application', { description: 'Without personal data.' });

export const Verification = z.object({ id: id('pv'), expires_at: at }).openapi('PhoneVerification');
export const Confirmed = z.object({ id: id('pv'), confirmed: z.literal(true) }).openapi('ConfirmedPhone');

export const Document = z
  .object({ id: id('doc'), kind: z.enum(['id_front', 'id_back']), quality: z.object({ ok: z.boolean(), problems: z.array(Reason) }) })
  .openapi('Document', { description: 'When `quality.ok` is false the photo was not kept; take it again.' });

export const ConsentTexts = z.object({ data: z.array(ConsentNeed) }).openapi('ConsentTexts');
export const Erased = z.object({ id: id('ers'), erased_at: at, applications: z.int() }).openapi('Erasure');

export const Bilingual = z.object({ zh: z.string(), en: z.string() }).openapi('Bilingual');

export const Disclosure = z
  .object({
    offer: id('off'),
    disclosure: z.object({
      form: z.literal('millrace-disclosure/1'),
      lender: z.object({ name: z.string(), legalEntity: z.string() }),
      amount: fen,
      received: fen,
      termMonths: z.int(),
      repaid: fen,
      charges: fen,
      aprBps: z.int(),
      compoundBps: z.int(),
      quotedAprBps: z.int(),
      annualisation: Bilingual,
      items: z.array(z.object({ item: Bilingual, method: Bilingual, rateBps: z.int(), payee: z.string(), amount: fen })),
      defaultCosts: z.array(z.object({ item: Bilingual, method: Bilingual, payee: z.string() })),
      defaultNote: z.union([Bilingual, z.null()]),
      noOtherCharges: Bilingual,
      plan: z.array(z.object({ dueInMonths: z.int(), principal: fen, interest: fen, fee: fen })),
    }),
    text: z.string().openapi({ description: 'The same as plain text in one language.' }),
    hash: z.string().openapi({ description: 'SHA-256 of the canonical JSON of `disclosure`; send it with the acceptance.' }),
    reading_time_s: z.int(),
    accept_after: at,
  })
  .openapi('Disclosure', { description: 'The itemised cost (综合融资成本明示), to be read before acceptance.' });

export const PartnerOffers = z
  .object({
    advertising: z.literal(true),
    groups: z.array(
      z.object({
        class: z.enum(['loan_product', 'insurance', 'credit_card', 'financial_product']),
        notice: z.string(),
        offers: z.array(
          z.object({
            id: z.string(),
            title: z.string(),
            text: z.string(),
            link: z.string().openapi({ description: 'Tracked; good for seven days.' }),
          }),
        ),
      }),
    ),
  })
  .openapi('PartnerOffers', { description: 'Advertising; no part of a credit decision.' });

export const PostbackReply = z.object({ status: z.enum(['recorded', 'duplicate']) }).openapi('PostbackReply');
export const Health = z.object({ status: z.literal('ok') }).openapi('Health');
export const Readiness = z.object({ status: z.literal('ready'), cell: z.int(), snapshot: z.int(), model: z.int() }).openapi('Readiness');
export const SandboxKeys = z
  .object({
    publishable: z.string(),
    secret: z.string(),
    operator: z.string(),
    approver: z.string(),
    console: z
      .object({ operator: z.url(), approver: z.url() })
      .openapi({ description: 'Links that sign in to the console as one of two people, without a password.' }),
  })
  .openapi('SandboxKeys');

export const Repayment = z
  .object({
    id: id('rep'),
    status: z.enum(['requested', 'unknown', 'processing', 'repaid', 'failed']),
    amount_fen: fen,
    up_to_month: z.int().nullable(),
  })
  .openapi('Repayment', { description: 'A repayment made through us.' });
