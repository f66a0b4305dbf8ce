/** An application as the desk sees it: masked, with everything that was decided about it and why. */
import { saysNo } from '../../domain/consent-line.ts';
import { factsOf } from '../../domain/facts.ts';
import { checkIdNumber } from '../../domain/id-number.ts';
import { provinceOf } from '../../domain/regions.ts';
import type { Plan } from '../../domain/plan.ts';
import type {
  ApplicationRow,
  AttemptRow,
  CallbackRow,
  ConsentRow,
  EventRow,
  LoanRow,
  OfferRow,
  PlanRow,
  ReceiptRow,
  Store,
} from '../../store/index.ts';
import { isComplete, openBody, type ApplicationBody } from '../application-body.ts';
import { policyNames } from '../choose-policy.ts';
import type { Deps } from '../deps.ts';
import { iso } from '../view-application.ts';
import { maskIdNumber, maskName, maskPhone } from './mask.ts';
import { planView } from './plans-made.ts';

export interface DeskApplication {
  readonly id: string;
  readonly state: ApplicationRow['state'];
  readonly quarantined: boolean;
  readonly released: boolean;
  readonly channel: string;
  readonly variant: string | null;
  readonly amount_fen: number | null;
  readonly term_months: number | null;
  readonly band: string | null;
  readonly policy_id: string | null;
  readonly segment_id: string | null;
  readonly arm: string | null;
  /** With the operator's detail. */
  readonly reasons: readonly { readonly code: string; readonly detail: string }[];
  /** Null: erased. */
  readonly applicant: { readonly name: string | null; readonly phone: string; readonly id_number: string | null } | null;
  readonly created_at: string;
  readonly submitted_at: string | null;
  readonly updated_at: string;
}
type Reading = Pick<Deps, 'store' | 'keys' | 'desk'>;
export type ApplicationFilter = Parameters<Store['applications']['page']>[0];

/** Newest first. */
export function listApplications(deps: Reading, filter: ApplicationFilter): DeskApplication[] {
  return deps.store.applications.page(filter).map((row) => summary(row, bodyOf(deps, row)));
}

/** What one phone has applied for, newest first; nothing for one that nobody knows. */
export function applicationsOfPhone(deps: Reading & Pick<Deps, 'vault'>, phone: string): DeskApplication[] {
  const borrower = deps.store.applications.borrowerByPhone(deps.vault.blindIndex('phone', phone));
  if (borrower === undefined) return [];
  return deps.store.applications
    .ofBorrower(borrower)
    .toSorted((a, b) => b.createdAtMs - a.createdAtMs)
    .map((row) => summary(row, bodyOf(deps, row)));
}

/** Everything about one application; null when there is none. */
export function showApplication(deps: Reading, id: string) {
  const row = deps.store.applications.byId(id);
  if (row === undefined) return null;
  const { store } = deps;
  const body = bodyOf(deps, row);
  const attempts = store.dispatch.ofApplication(id);
  return {
    ...summary(row, body),
    deadline_at: iso(row.deadlineAtMs),
    facts: body === null ? null : factsView(row, body),
    documents: store.intake
      .documentsOf(id)
      .map((document) => ({ id: document.id, kind: document.kind, ok: document.ok, problems: document.problems })),
    timeline: store.feed.eventsOf(id, 0).map(eventView),
    plans: store.applications.plansOf(id).map(wholePlan),
    attempts: attempts.map((attempt) => attemptView(deps, attempt)),
    consents: store.dispatch
      .consentsOf(id)
      .filter((row) => !saysNo(row))
      .map(consentView),
    receipts: attempts.flatMap((attempt) => store.dispatch.receiptsOf(attempt.id).map(receiptView)),
    offers: store.offers.ofApplication(id).map(offerView),
    loan: loanView(store.offers.loanOf(id)),
    callbacks: attempts.flatMap((attempt) => store.dispatch.callbacksOf(attempt.id).map(callbackView)),
    partner_offers: store.partners.impressionsOf(id).map((shown) => ({
      id: shown.offerId,
      rank: shown.rank,
      expected_fen: shown.expectedFen,
      shown_at: iso(shown.createdAtMs),
      clicked: store.partners.clickOf(shown.id) !== undefined,
    })),
  };
}

function bodyOf(deps: Reading, row: ApplicationRow): ApplicationBody | null {
  const borrower = deps.store.applications.borrowerById(row.borrowerId);
  return openBody(borrower === undefined ? null : deps.keys.of(borrower), row);
}

function summary(row: ApplicationRow, body: ApplicationBody | null): DeskApplication {
  const { name, id_number: idNumber, phone } = body?.applicant ?? {};
  return {
    id: row.id,
    state: row.state,
    quarantined: row.quarantined,
    released: row.released,
    channel: row.channelId,
    variant: row.variant,
    amount_fen: row.amountFen,
    term_months: row.termMonths,
    band: row.band,
    ...policyNames(row),
    reasons: row.reasons,
    applicant:
      phone === undefined
        ? null
        : {
            name: name === undefined ? null : maskName(name),
            phone: maskPhone(phone),
            id_number: idNumber === undefined ? null : maskIdNumber(idNumber),
          },
    created_at: iso(row.createdAtMs),
    submitted_at: isoOrNull(row.submittedAtMs),
    updated_at: iso(row.updatedAtMs),
  };
}

/** What was told, without what would find the person: the region as a province, neither device nor address. */
function factsView(row: ApplicationRow, body: ApplicationBody) {
  const { applicant, request, visit } = body;
  const atMs = row.submittedAtMs ?? row.createdAtMs;
  const known = isComplete(body) && checkIdNumber(body.applicant.id_number, atMs).ok;
  const facts = known ? factsOf(body.applicant, body.request, { ...visit, channel: row.channelId }, atMs) : null;
  return {
    age: facts?.age ?? null,
    sex: facts?.sex ?? null,
    province: facts === null ? null : provinceOf(facts.region),
    monthly_income_fen: applicant.monthly_income_fen ?? null,
    employment: applicant.employment ?? null,
    employer_type: applicant.employer_type ?? null,
    years_employed: applicant.years_employed ?? null,
    education: applicant.education ?? null,
    assets: applicant.assets,
    purpose: request.purpose ?? null,
  };
}

function eventView(event: EventRow) {
  return { seq: event.applicationSeq, type: event.type, at: iso(event.atMs), data: event.data };
}

function wholePlan(row: PlanRow) {
  const plan = JSON.parse(row.result) as Plan;
  return {
    ...planView(row),
    explored: plan.explored,
    expected_value_fen: plan.expectedValueFen,
    steering: plan.steering,
    borrower_order: plan.borrowerOrder,
    steps: plan.steps.map((step) => ({
      funder: step.funderId,
      tier: step.tier,
      wave: step.wave,
      prior: step.prior,
      mean: step.mean,
      low: step.low,
      high: step.high,
      used: step.used,
      value_fen: step.valueFen,
      cost_fen: step.costFen,
      patience: step.patience,
      index: step.index,
    })),
    excluded: plan.excluded.map((exclusion) => ({ funder: exclusion.funderId, code: exclusion.code, detail: exclusion.detail })),
  };
}

function attemptView(deps: Reading, attempt: AttemptRow) {
  return {
    id: attempt.id,
    funder: { id: attempt.funderId, name: deps.desk.snapshot().funders.get(attempt.funderId)?.name ?? attempt.funderId },
    state: attempt.state,
    plan_id: attempt.planId,
    funder_ref: attempt.funderRef,
    reason: attempt.reason,
    propensity: attempt.likelihood / 1e6,
    prior: attempt.prior / 1e6,
    amount_fen: attempt.amountFen,
    polls: attempt.polls,
    reserved: attempt.reserved,
    created_at: iso(attempt.createdAtMs),
    submitted_at: isoOrNull(attempt.submittedAtMs),
    decided_at: isoOrNull(attempt.decidedAtMs),
    latency_ms: attempt.submittedAtMs === null || attempt.decidedAtMs === null ? null : attempt.decidedAtMs - attempt.submittedAtMs,
  };
}

function consentView(row: ConsentRow) {
  return {
    id: row.id,
    recipient: row.recipient,
    legal_entity: row.legalEntity,
    purpose: row.purpose,
    fields: row.fields,
    text_version: row.textVersion,
    text_hash: row.textHash,
    agreed_at: iso(row.agreedAtMs),
    recorded_at: iso(row.recordedAtMs),
    withdrawn_at: isoOrNull(row.withdrawnAtMs),
  };
}

function receiptView(row: ReceiptRow) {
  return {
    id: row.id,
    attempt_id: row.attemptId,
    consent_id: row.consentId,
    legal_entity: row.legalEntity,
    capability: row.capability,
    fields: row.fields,
    outcome: row.outcome,
    latency_ms: row.latencyMs,
    at: iso(row.createdAtMs),
  };
}

function offerView(row: OfferRow) {
  return {
    id: row.id,
    attempt_id: row.attemptId,
    funder: row.funderId,
    state: row.state,
    amount_fen: row.amountFen,
    term_months: row.termMonths,
    quoted_apr_bps: row.quotedAprBps,
    all_in_apr_bps: row.allInAprBps,
    fees: row.fees.map((fee) => ({ item: fee.item, payee: fee.payee, amount_fen: fee.amount, when: fee.when })),
    expires_at: iso(row.expiresAtMs),
    disclosed_at: isoOrNull(row.disclosedAtMs),
    confirmed_at: isoOrNull(row.confirmedAtMs),
    created_at: iso(row.createdAtMs),
  };
}

function loanView(row: LoanRow | undefined) {
  return row === undefined
    ? null
    : {
        id: row.id,
        offer_id: row.offerId,
        funder: row.funderId,
        state: row.state,
        amount_fen: row.amountFen,
        overdue_days: row.overdueDays,
        instalments: row.plan.length,
        disbursed_at: isoOrNull(row.disbursedAtMs),
        created_at: iso(row.createdAtMs),
      };
}

function callbackView(row: CallbackRow) {
  return { id: row.id, attempt_id: row.attemptId, funder: row.funderId, state: row.state, detail: row.detail, received_at: iso(row.receivedAtMs) };
}

function isoOrNull(ms: number | null): string | null {
  return ms === null ? null : iso(ms);
}
