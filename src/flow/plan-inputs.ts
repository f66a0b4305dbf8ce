/** Gathers what a routing decision is made from. Everything it reads goes into the stored inputs, so the decision can be made again. */
import type { Facts } from '../domain/applicant.ts';
import { costCapFor } from '../compliance/cost.ts';
import type { DeskSnapshot } from '../domain/desk.ts';
import { fnv1a } from '../domain/fnv.ts';
import { FUNDER_TYPES } from '../domain/funder.ts';
import type { Policy } from '../domain/policy.ts';
import type { FunderState, Likelihood, PlanInputs } from '../domain/plan.ts';
import { capNeeds } from '../dispatch/caps.ts';
import type { DataKey } from '../ports/vault.ts';
import type { ApplicationRow, PlanRow } from '../store/index.ts';
import { policyInForce } from './choose-policy.ts';
import type { Work } from './work.ts';

const DAY_MS = 86_400_000;
const CHINA_MS = 8 * 3_600_000;

export function gatherPlanInputs(work: Work, application: ApplicationRow, facts: Facts, freshBorrower: boolean): PlanInputs {
  const { deps, desk, nowMs } = work;
  const { policy, version: policyVersion } = policyInForce(desk, application);
  const attempts = work.attemptsOf(application.id);
  const unknown = freshBorrower || (application.phoneIndex !== null && deps.cleanSlate.has(application.phoneIndex));
  const earlier = unknown ? [] : work.tx.dispatch.ofBorrower(application.borrowerId, nowMs - windowDays(desk, policy) * DAY_MS);
  const exposureSinceMs = nowMs - policy.exposure_budget.window_days * DAY_MS;
  const exposed = new Set<string>();
  const declinedAt = new Map<string, number>();
  for (const attempt of earlier) {
    const entity = desk.funders.get(attempt.funderId)?.legal_entity;
    if (entity !== undefined && attempt.createdAtMs >= exposureSinceMs) exposed.add(entity);
    if (attempt.state === 'declined' && attempt.decidedAtMs !== null)
      declinedAt.set(attempt.funderId, Math.max(attempt.decidedAtMs, declinedAt.get(attempt.funderId) ?? 0));
  }
  const likelihoods = deps.desk.likelihoods();
  const attempted = new Set(attempts.map((attempt) => attempt.funderId));
  const prices = deps.desk.volumePrices(facts.amount_fen);
  const funders: FunderState[] = [];
  for (const funder of desk.funders.values()) {
    const line = deps.lines.of(funder);
    funders.push({
      funderId: funder.id,
      likelihood: likelihoods.predict(funder.id, facts),
      exhaustedCap: exhaustedCap(work, funder, facts.amount_fen),
      breakerOpen: line.isOpen(nowMs),
      latencyMs: Math.round(line.latencyMs),
      declinedAtMs: declinedAt.get(funder.id) ?? null,
      attempted: attempted.has(funder.id),
      consentRefused: application.refusedRecipients.includes(funder.id),
    });
  }
  return {
    nowMs,
    // One application explores, or does not, through all its replans.
    seed: fnv1a(application.id),
    facts,
    snapshotVersion: desk.version,
    policyVersion,
    modelVersion: likelihoods.version,
    funders,
    attemptsUsed: attempts.filter((attempt) => attempt.submittedAtMs !== null).length,
    declinedLikelihoods: attempts
      .filter((attempt) => attempt.state === 'declined')
      .toSorted((a, b) => (a.decidedAtMs ?? 0) - (b.decidedAtMs ?? 0) || a.ordinal - b.ordinal)
      .map((attempt) => attempt.likelihood / 1e6),
    maxAprBps: maxAprBps(desk, nowMs),
    exposedEntities: [...exposed].toSorted(),
    latentSigma: likelihoods.latentSigma,
    ...(prices === undefined ? {} : { prices }),
  };
}

/** What a funder mostly is at planning, and an application; stored only where it is otherwise. */
const USUAL_FUNDER = { exhaustedCap: null, breakerOpen: false, declinedAtMs: null, attempted: false, consentRefused: false } as const;
const USUAL = { attemptsUsed: 0, declinedLikelihoods: [], exposedEntities: [] } as const;

/** The inputs of the plan `id` as they are stored. */
export function sealInputs(key: DataKey, id: string, inputs: PlanInputs): Buffer {
  return key.seal(placeOf(id), inputsToJson(inputs)) as Buffer;
}

/** What the plan of this row was made from; null when it went with the borrower's data. */
export function openInputs(
  key: DataKey | null,
  row: Pick<PlanRow, 'id' | 'inputsSealed' | 'createdAtMs' | 'snapshotVersion' | 'policyVersion'>,
): PlanInputs | null {
  if (key === null || row.inputsSealed === null) return null;
  return inputsFromJson(decoder.decode(key.open(placeOf(row.id), row.inputsSealed)), row);
}

const decoder = new TextDecoder();
const placeOf = (id: string): string => `plans/${id}/inputs`;

/** Without what is as usual and without what the plan's row says anyway. */
export function inputsToJson(inputs: PlanInputs): string {
  const {
    nowMs: _at,
    snapshotVersion: _snapshot,
    policyVersion: _policy,
    funders,
    attemptsUsed,
    declinedLikelihoods,
    exposedEntities,
    ...rest
  } = inputs;
  const text = JSON.stringify({
    ...rest,
    ...(attemptsUsed === 0 ? {} : { attemptsUsed }),
    ...(declinedLikelihoods.length === 0 ? {} : { declinedLikelihoods }),
    ...(exposedEntities.length === 0 ? {} : { exposedEntities }),
  });
  return `${text.slice(0, -1)},"funders":[${funders.map(funderToJson).join(',')}]}`;
}

function funderToJson(funder: FunderState): string {
  let text = `{"funderId":${JSON.stringify(funder.funderId)},"likelihood":${likelihoodToJson(funder.likelihood)},"latencyMs":${funder.latencyMs}`;
  if (funder.exhaustedCap !== null) text += `,"exhaustedCap":${JSON.stringify(funder.exhaustedCap)}`;
  if (funder.breakerOpen) text += ',"breakerOpen":true';
  if (funder.declinedAtMs !== null) text += `,"declinedAtMs":${funder.declinedAtMs}`;
  if (funder.attempted) text += ',"attempted":true';
  if (funder.consentRefused) text += ',"consentRefused":true';
  return `${text}}`;
}

const likelihoodTexts = new WeakMap<Likelihood, string>();

/** A learner gives the same object until it has learnt more, and writing out fractions is dear. */
function likelihoodToJson(likelihood: Likelihood): string {
  let text = likelihoodTexts.get(likelihood);
  if (text === undefined) likelihoodTexts.set(likelihood, (text = JSON.stringify(likelihood)));
  return text;
}

/** Reverses `inputsToJson`. */
export function inputsFromJson(text: string, row: Pick<PlanRow, 'createdAtMs' | 'snapshotVersion' | 'policyVersion'>): PlanInputs {
  const { funders, ...stored } = JSON.parse(text) as Omit<PlanInputs, 'nowMs' | 'snapshotVersion' | 'policyVersion'>;
  const { createdAtMs: nowMs, snapshotVersion, policyVersion } = row;
  return { ...USUAL, ...stored, nowMs, snapshotVersion, policyVersion, funders: funders.map((funder) => ({ ...USUAL_FUNDER, ...funder })) };
}

/** The first cap known to have no room for this amount: neither in what the desk has lent us nor at the desk. */
function exhaustedCap(work: Work, funder: Parameters<typeof capNeeds>[0], amountFen: number): string | null {
  if (work.deps.exhausted.size === 0) return funder.caps.find((cap) => cap.limit < (cap.unit === 'count' ? 1 : amountFen))?.id ?? null;
  for (const need of capNeeds(funder, amountFen, work.nowMs)) {
    if (need.limit < need.need) return need.capId;
    if (!work.deps.exhausted.has(need.key)) continue;
    const lease = work.tx.dispatch.lease(need.key);
    if ((lease?.leased ?? 0) - (lease?.used ?? 0) < need.need) return need.capId;
  }
  return null;
}

const aprCaps = new WeakMap<DeskSnapshot, { readonly day: number; readonly byType: Readonly<Record<string, number>> }>();

function maxAprBps(desk: DeskSnapshot, nowMs: number): Readonly<Record<string, number>> {
  const day = Math.floor((nowMs + CHINA_MS) / DAY_MS);
  const known = aprCaps.get(desk);
  if (known?.day === day) return known.byType;
  const byType = capsOn(desk, new Date(day * DAY_MS).toISOString().slice(0, 10));
  aprCaps.set(desk, { day, byType });
  return byType;
}

function capsOn(desk: DeskSnapshot, today: string): Record<string, number> {
  const found = FUNDER_TYPES.flatMap((type) => {
    const cap = costCapFor(desk.costCaps, type, today);
    return cap === null ? [] : [[type, cap.max_apr_bps] as const];
  });
  return Object.fromEntries(found);
}

/** How far back a borrower's attempts matter: the longest of exposure window and cooling-off times. */
function windowDays(desk: DeskSnapshot, policy: Policy): number {
  let days = policy.exposure_budget.window_days;
  for (const funder of desk.funders.values()) days = Math.max(days, funder.cooling_off_days);
  return days;
}
