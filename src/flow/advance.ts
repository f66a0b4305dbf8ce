/**
 * Moves a routed application on: wait for who is being asked, ask the next, ask the borrower for consent, or end it.
 * Called in the commit of everything that may change the answer. The one rule that matters: while any attempt is open (and an unknown one
 * is open), nobody else is asked.
 */
import type { FunderAdapter, FieldName } from '../../adapters/contract.ts';
import type { ConsentRow } from '../compliance/consent.ts';
import type { Facts } from '../domain/applicant.ts';
import type { Plan, PlanStep } from '../domain/plan.ts';
import { ATTEMPT_OPEN } from '../domain/states.ts';
import { makePlan } from '../routing/plan.ts';
import type { ApplicationRow, AttemptRow } from '../store/index.ts';
import { keepPolicy, policyNames, policyOf } from './choose-policy.ts';
import { releaseOpenAttempts } from './close-attempts.ts';
import { endAttempt } from './end-attempt.ts';
import { factsOfApplication } from './facts-of-application.ts';
import { funderInterface, type FunderInterface } from './funder-interface.ts';
import { gatherPlanInputs, sealInputs } from './plan-inputs.ts';
import { handOver } from './hand-over.ts';
import { creditGrant } from './open-for-funder.ts';
import { startAttempt } from './start-attempt.ts';
import type { Work } from './work.ts';

/** A funder of the plan together with the consent that allows asking it. */
interface Askable extends FunderInterface {
  readonly step: PlanStep;
  readonly grant: ConsentRow | null;
}

/** `facts` when the caller has them at hand; `freshBorrower` when this borrower was made in this very commit and so has no history. */
export function advance(work: Work, application: ApplicationRow, known: { readonly facts?: Facts; readonly freshBorrower?: boolean } = {}): void {
  if (application.state !== 'routing' && application.state !== 'pending' && application.state !== 'needs_consent') return;
  const open = work.attemptsOf(application.id).filter((attempt) => ATTEMPT_OPEN.has(attempt.state));
  if (open.length > 0) {
    const deciding = open.every((attempt) => attempt.state === 'pending' || attempt.state === 'unknown' || attempt.state === 'authorising');
    if (deciding && work.moveApplication(application, 'funder_pending')) work.emit('application.pending', application);
    return;
  }
  if (application.state === 'pending') work.moveApplication(application, 'funder_answered');
  if (work.nowMs >= application.deadlineAtMs) return expire(work, application);
  const chosen = takeBestBid(work, application);
  // One that must first borrow quota of its cap stays as it is, and comes back here with what the desk says.
  if (chosen !== null) return chosen.state === 'authorising' ? advance(work, application, known) : undefined;
  const facts = known.facts ?? factsOfApplication(work, application);
  if (facts === null) return;
  const plan = decide(work, application, facts, known.freshBorrower ?? false);
  askNext(work, application, plan, facts);
}

/** Of the funders that have bid, the one that would pay most (as the operators weigh it) goes first; the others wait for its answer. */
function takeBestBid(work: Work, application: ApplicationRow): AttemptRow | null {
  const { weights } = policyOf(work.desk, application);
  const worth = (attempt: AttemptRow): number => (attempt.bidFen ?? 0) * (weights[attempt.funderId] ?? 1);
  const bids = work.attemptsOf(application.id).filter((attempt) => attempt.state === 'quoted');
  for (const attempt of bids.toSorted((a, b) => worth(b) - worth(a) || a.ordinal - b.ordinal)) {
    const at = funderInterface(work.deps, attempt.funderId);
    if (attempt.validUntilMs !== null && work.nowMs >= attempt.validUntilMs) {
      work.moveAttempt(attempt, 'expired');
      endAttempt(work, application, attempt, 'attempt.expired');
    } else if (at === null) {
      work.moveAttempt(attempt, 'cancelled');
      endAttempt(work, application, attempt, 'attempt.cancelled');
    } else if (handOver(work, application, attempt, at)) {
      return attempt;
    }
  }
  return null;
}

/** Ends an application for which time has run out, and takes back what is still open. */
export function expire(work: Work, application: ApplicationRow): void {
  if (!work.moveApplication(application, 'expired')) return;
  application.reasons = [{ code: 'deadline', detail: '' }];
  work.clearTimer('application', application.id);
  work.emit('application.expired', application);
  releaseOpenAttempts(work, application);
}

const fieldLists = new WeakMap<FunderAdapter, readonly FieldName[]>();

/** The fields a funder is handed over all its calls: what consent is asked for. */
export function fieldsFor(adapter: FunderAdapter): readonly FieldName[] {
  const known = fieldLists.get(adapter);
  if (known !== undefined) return known;
  const fields = [...new Set([...(adapter.precheck?.needs ?? []), ...adapter.submit.needs, ...(adapter.cards?.bind.needs ?? [])])];
  fieldLists.set(adapter, fields);
  return fields;
}

function decide(work: Work, application: ApplicationRow, facts: Facts, freshBorrower: boolean): Plan {
  keepPolicy(work.desk, application, facts);
  const policy = policyOf(work.desk, application);
  const inputs = gatherPlanInputs(work, application, facts, freshBorrower);
  const plan = makePlan(inputs, policy, work.desk.funders);
  const id = work.newId('pln');
  const key = work.keyOf(application);
  work.tx.applications.insertPlan({
    id,
    applicationId: application.id,
    ordinal: work.attemptsOf(application.id).length,
    inputsSealed: key === null ? null : sealInputs(key, id, inputs),
    result: JSON.stringify(plan),
    snapshotVersion: inputs.snapshotVersion,
    policyId: policy.id,
    policyVersion: inputs.policyVersion,
    modelVersion: inputs.modelVersion,
    createdAtMs: work.nowMs,
  });
  application.planId = id;
  return plan;
}

function askNext(work: Work, application: ApplicationRow, plan: Plan, facts: Facts): void {
  const candidates = askable(work, application, plan);
  const granted = candidates.filter((candidate) => candidate.grant !== null);
  if (candidates.length === 0) return conclude(work, application);
  if (granted.length === 0) return askConsent(work, application);
  if (application.state === 'needs_consent') {
    work.moveApplication(application, 'consent_given');
    work.setTimer('application', application.id, application.deadlineAtMs);
  }
  work.emit('application.routing', application, { plan_id: application.planId, ...policyNames(application) });
  // The plan says who is asked at once; of the first such group only those with a grant can be.
  const wave = granted[0]!.step.wave;
  for (const { step, funder, adapter, grant } of granted) {
    if (step.wave === wave && grant !== null) startAttempt(work, application, { funder, adapter, grant, step, facts });
  }
}

function askable(work: Work, application: ApplicationRow, plan: Plan): Askable[] {
  const consents = work.consentsOf(application.id);
  return plan.steps.flatMap((step) => {
    const at = funderInterface(work.deps, step.funderId);
    if (at === null) return [];
    return [{ step, ...at, grant: creditGrant(consents, at.funder, fieldsFor(at.adapter), work.nowMs) }];
  });
}

function askConsent(work: Work, application: ApplicationRow): void {
  const waitUntilMs = Math.min(application.deadlineAtMs, work.nowMs + policyOf(work.desk, application).deadlines.consent_s * 1_000);
  if (application.state === 'needs_consent') {
    work.touch(application);
  } else if (work.moveApplication(application, 'consent_missing')) {
    work.setTimer('application', application.id, waitUntilMs);
    work.emit('application.needs_consent', application, { plan_id: application.planId, ...policyNames(application) });
  }
}

function conclude(work: Work, application: ApplicationRow): void {
  const asked = work.attemptsOf(application.id).some((attempt) => attempt.submittedAtMs !== null || attempt.state === 'ineligible');
  if (!work.moveApplication(application, 'all_declined')) return;
  application.reasons = [{ code: asked ? 'all_declined' : 'no_funder_available', detail: '' }];
  work.clearTimer('application', application.id);
  work.emit('application.declined', application, { reasons: application.reasons.map((reason) => reason.code) });
}
