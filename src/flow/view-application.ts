/** An application as its borrower (or its channel) sees it: api.md. No personal data, so that the reply to a repeat may be stored. */
import type { Instalment } from '../../adapters/contract.ts';
import { funderReason, isReasonCode, reasonText } from '../domain/reasons.ts';
import type { Plan } from '../domain/plan.ts';
import type { ApplicationRow, AttemptRow, OfferRow } from '../store/index.ts';
import { openBody } from './application-body.ts';
import { policyOf } from './choose-policy.ts';
import { detailOf, openStepsOf } from './borrower-steps.ts';
import { creditGrant } from './open-for-funder.ts';
import { consentText, PLATFORM, recipientOf, type Recipient } from './record-consents.ts';
import { lacksOf } from './screen-application.ts';
import { linkOf } from './step-link.ts';
import type { Work } from './work.ts';

export type { ApplicationRow };

export interface FunderView {
  readonly id: string;
  readonly name: string;
}
export interface ReasonView {
  readonly code: string;
  readonly message: string;
}
export interface ConsentNeed {
  readonly recipient: string;
  readonly name: string;
  readonly legal_entity: string;
  readonly purpose: 'application' | 'credit_decision';
  readonly fields: readonly string[];
  readonly text_version: string;
  readonly text: string;
}
export type Need =
  | { readonly kind: 'consents'; readonly recipients: readonly ConsentNeed[] }
  | { readonly kind: 'documents'; readonly kinds: readonly string[] }
  | { readonly kind: 'fields'; readonly fields: readonly string[] }
  | { readonly kind: 'disclosure'; readonly offer: string }
  /** Open the funder's page; `step` takes `skip` where this funder may be left out. */
  | { readonly kind: 'open_link'; readonly step: string; readonly funder: FunderView; readonly url: string; readonly expires_at: string | null }
  | {
      readonly kind: 'bind_card';
      readonly step: string;
      readonly funder: FunderView;
      /** Cards the funder has already; one may be chosen by its `ref`. */
      readonly cards: readonly { readonly ref: string; readonly bank: string; readonly tail: string }[];
    }
  | { readonly kind: 'enter_code'; readonly step: string; readonly funder: FunderView };
export interface OfferView {
  readonly id: string;
  readonly funder: FunderView;
  readonly status: string;
  readonly amount_fen: number;
  readonly term_months: number;
  readonly quoted_apr_bps: number;
  readonly all_in_apr_bps: number;
  readonly plan: readonly PlanLine[];
  readonly fees: readonly { readonly item: string; readonly payee: string; readonly amount_fen: number; readonly when: string }[];
  readonly expires_at: string;
}
export interface PlanLine {
  readonly month: number;
  readonly principal_fen: number;
  readonly interest_fen: number;
  readonly fee_fen: number;
  readonly total_fen: number;
}
export interface ApplicationView {
  readonly id: string;
  readonly client_token?: string;
  readonly status: string;
  readonly reasons: readonly ReasonView[];
  readonly needs: readonly Need[];
  readonly attempts: readonly {
    readonly id: string;
    readonly funder: FunderView;
    readonly status: string;
    readonly reason?: ReasonView;
    /** Of a no: not before this does the same funder look at this borrower again. */
    readonly again_at?: string;
    readonly at: string;
  }[];
  readonly offers: readonly OfferView[];
  readonly loan?: {
    readonly id: string;
    readonly status: string;
    readonly amount_fen: number;
    readonly plan: readonly PlanLine[];
    readonly overdue_days: number;
  };
  readonly created_at: string;
  readonly updated_at: string;
}
type Sight = Pick<Work, 'deps' | 'tx' | 'desk' | 'nowMs' | 'attemptsOf' | 'consentsOf' | 'documentsOf' | 'borrower' | 'keyOf'>;

export function viewOf(
  sight: Sight,
  application: ApplicationRow,
  lang: 'zh' | 'en',
  options: { readonly withToken?: boolean } = {},
): ApplicationView {
  const attempts = sight.attemptsOf(application.id).filter((attempt) => attempt.state !== 'planned');
  const approved = attempts.some((attempt) => attempt.state === 'approved');
  const offers =
    approved || HAD_OFFERS.has(application.state) ? sight.tx.offers.ofApplication(application.id).filter((offer) => offer.state !== 'blocked') : [];
  const loan = LENT.has(application.state) ? sight.tx.offers.loanOf(application.id) : undefined;
  return {
    id: application.id,
    ...(options.withToken === true ? { client_token: clientToken(sight, application.id) } : {}),
    status: application.state,
    reasons: application.reasons.map(({ code }) => reasonView(publicCode(code), lang)),
    needs: needsOf(sight, application, offers, lang),
    attempts: attempts.map((attempt) => attemptView(sight, attempt, lang)),
    offers: offers.map((offer) => offerView(sight, offer)).toSorted((a, b) => a.all_in_apr_bps - b.all_in_apr_bps),
    ...(loan === undefined
      ? {}
      : { loan: { id: loan.id, status: loan.state, amount_fen: loan.amountFen, plan: loan.plan.map(planLine), overdue_days: loan.overdueDays } }),
    created_at: iso(application.createdAtMs),
    updated_at: iso(application.updatedAtMs),
  };
}

/** The secret by which a browser continues and reads its own application; derived, so it is stored nowhere. */
export function clientToken(sight: Pick<Work, 'deps'>, applicationId: string): string {
  return `ct_${sight.deps.vault.tag('client_token', applicationId)}`;
}

/** Recipients the plan wants to ask next and the borrower has not agreed to, at most one consent sheet full. */
function wantedRecipients(sight: Sight, application: ApplicationRow): Recipient[] {
  const plan = application.planId === null ? undefined : sight.tx.applications.planById(application.id, application.planId);
  if (plan === undefined) return [];
  const consents = sight.consentsOf(application.id);
  const wanted = (JSON.parse(plan.result) as Plan).steps.flatMap(({ funderId }) => {
    const recipient = recipientOf(sight.deps, funderId);
    if (recipient === null || application.refusedRecipients.includes(funderId)) return [];
    return creditGrant(consents, { legal_entity: recipient.legalEntity }, recipient.fields, sight.nowMs) === null ? [recipient] : [];
  });
  return wanted.slice(0, policyOf(sight.desk, application).consent_batch);
}

export function offerView(sight: Pick<Work, 'desk'>, offer: OfferRow): OfferView {
  return {
    id: offer.id,
    funder: funderView(sight, offer.funderId),
    status: offer.state,
    amount_fen: offer.amountFen,
    term_months: offer.termMonths,
    quoted_apr_bps: offer.quotedAprBps,
    all_in_apr_bps: offer.allInAprBps ?? offer.quotedAprBps,
    plan: offer.plan.map(planLine),
    fees: offer.fees.map((fee) => ({ item: fee.item, payee: fee.payee, amount_fen: fee.amount, when: fee.when })),
    expires_at: iso(offer.expiresAtMs),
  };
}

const DAY_MS = 86_400_000;

export function iso(ms: number): string {
  return new Date(ms).toISOString();
}

function needsOf(sight: Sight, application: ApplicationRow, offers: readonly OfferRow[], lang: 'zh' | 'en'): Need[] {
  return [...ownNeedsOf(sight, application, offers, lang), ...(MAY_HAVE_STEPS.has(application.state) ? stepNeedsOf(sight, application) : [])];
}

/** What funders want of the borrower. */
function stepNeedsOf(sight: Sight, application: ApplicationRow): Need[] {
  return openStepsOf(sight, application).map((step): Need => {
    const funderId = sight.attemptsOf(application.id).find((attempt) => attempt.id === step.attemptId)?.funderId ?? '';
    const at = { step: step.id, funder: funderView(sight, funderId) };
    if (step.kind === 'bind_card') return { kind: 'bind_card', ...at, cards: detailOf(sight, application, step).cards };
    if (step.kind === 'enter_code') return { kind: 'enter_code', ...at };
    return { kind: 'open_link', ...at, url: linkOf(sight.deps, step.id), expires_at: step.expiresAtMs === null ? null : iso(step.expiresAtMs) };
  });
}

function ownNeedsOf(sight: Sight, application: ApplicationRow, offers: readonly OfferRow[], lang: 'zh' | 'en'): Need[] {
  switch (application.state) {
    case 'draft':
      return draftNeeds(sight, application, lang);
    case 'needs_consent':
      return [
        {
          kind: 'consents',
          recipients: wantedRecipients(sight, application).map((recipient) => consentNeed(sight, recipient, 'credit_decision', lang)),
        },
      ];
    case 'offered':
      return offers
        .filter((offer) => offer.state === 'open' && offer.disclosedAtMs === null)
        .map((offer) => ({ kind: 'disclosure', offer: offer.id }));
    default:
      return [];
  }
}

function draftNeeds(sight: Sight, application: ApplicationRow, lang: 'zh' | 'en'): Need[] {
  const borrower = sight.borrower(application.borrowerId);
  const body = openBody(borrower === null ? null : sight.deps.keys.of(borrower), application);
  const lacks = body === null ? null : lacksOf(sight, application, body);
  if (lacks === null) return [];
  const platform = recipientOf(sight.deps, PLATFORM.recipient)!;
  return [
    ...(lacks.fields.length === 0 ? [] : [{ kind: 'fields', fields: lacks.fields } as const]),
    ...(lacks.documents.length === 0 ? [] : [{ kind: 'documents', kinds: lacks.documents } as const]),
    ...(lacks.platformConsent ? [{ kind: 'consents', recipients: [consentNeed(sight, platform, 'application', lang)] } as const] : []),
  ];
}

function consentNeed(sight: Pick<Work, 'deps'>, recipient: Recipient, purpose: 'application' | 'credit_decision', lang: 'zh' | 'en'): ConsentNeed {
  const { text, version } = consentText(sight.deps, recipient, purpose, lang);
  return {
    recipient: recipient.recipient,
    name: recipient.name,
    legal_entity: recipient.legalEntity,
    purpose,
    fields: recipient.fields,
    text_version: version,
    text,
  };
}

function attemptView(sight: Sight, attempt: AttemptRow, lang: 'zh' | 'en'): ApplicationView['attempts'][number] {
  const told = attempt.reason !== null && (attempt.state === 'declined' || attempt.state === 'ineligible');
  return {
    id: attempt.id,
    funder: funderView(sight, attempt.funderId),
    status: attempt.state,
    ...(told ? { reason: reasonView(funderReason(attempt.reason!.code), lang) } : {}),
    ...againOf(sight, attempt),
    at: iso(attempt.decidedAtMs ?? attempt.submittedAtMs ?? attempt.createdAtMs),
  };
}

/** A decline counts for as long as the funder's record says. */
function againOf({ desk }: Pick<Work, 'desk'>, { state, funderId, decidedAtMs }: AttemptRow): { readonly again_at?: string } {
  const days = desk.funders.get(funderId)?.cooling_off_days;
  return state !== 'declined' || decidedAtMs === null || days === undefined ? {} : { again_at: iso(decidedAtMs + days * DAY_MS) };
}

function funderView(sight: Pick<Work, 'desk'>, funderId: string): FunderView {
  return { id: funderId, name: sight.desk.funders.get(funderId)?.name ?? funderId };
}

function planLine(part: Instalment): PlanLine {
  return {
    month: part.dueInMonths,
    principal_fen: part.principal,
    interest_fen: part.interest,
    fee_fen: part.fee,
    total_fen: part.principal + part.interest + part.fee,
  };
}

function reasonView(code: string, lang: 'zh' | 'en'): ReasonView {
  return { code, message: isReasonCode(code) ? reasonText(code, lang) : code };
}

/** What a borrower must not learn from a code (that a list or a rule exists) is said as the neutral one. */
function publicCode(code: string): string {
  return code === 'blacklisted' || code === 'too_many_applications' ? 'operator_rule' : code;
}

/** While none of its attempts can wait for the borrower, the steps are not even looked up. */
const MAY_HAVE_STEPS = new Set(['pending', 'offered', 'accepted']);
const HAD_OFFERS = new Set(['offered', 'accepted', 'disbursed', 'expired', 'withdrawn']);
const LENT = new Set(['accepted', 'disbursed', 'declined', 'withdrawn']);
