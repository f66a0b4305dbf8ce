/** Gathers what a routing decision is made from. Everything it reads goes into the stored inputs, so the decision can be made again. */
import type { Facts } from '../domain/applicant.ts';
import { costCapFor } from '../compliance/cost.ts';
import type { DeskSnapshot } from '../domain/desk.ts';
import { FUNDER_TYPES } from '../domain/funder.ts';
import type { FunderState, PlanInputs } from '../domain/plan.ts';
import { capNeeds } from '../dispatch/caps.ts';
import type { ApplicationRow, PlanRow } from '../store/index.ts';
import type { Work } from './work.ts';

const DAY_MS = 86_400_000;

export function gatherPlanInputs(work: Work, application: ApplicationRow, facts: Facts, freshBorrower: boolean): PlanInputs {
  const { deps, desk, nowMs } = work;
  const attempts = work.attemptsOf(application.id);
  const unknown = freshBorrower || (application.phoneIndex !== null && deps.cleanSlate.has(application.phoneIndex));
  const earlier = unknown ? [] : work.tx.dispatch.ofBorrower(application.borrowerId, nowMs - windowDays(work) * DAY_MS);
  const exposureSinceMs = nowMs - desk.policy.exposure_budget.window_days * DAY_MS;
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
    seed: seedOf(application.id),
    facts,
    snapshotVersion: desk.version,
    policyVersion: desk.policyVersion,
    modelVersion: likelihoods.version,
    funders,
    attemptsUsed: attempts.filter((attempt) => attempt.submittedAtMs !== null).length,
    declinedLikelihoods: attempts
      .filter((attempt) => attempt.state === 'declined')
      .toSorted((a, b) => (a.decidedAtMs ?? 0) - (b.decidedAtMs ?? 0) || a.ordinal - b.ordinal)
      .map((attempt) => attempt.likelihood / 1e6),
    maxAprBps: maxAprBps(desk, nowMs),
    exposedEntities: [...exposed].toSorted(),
  };
}

/** What a funder mostly is at planning, and an application; stored only where it is otherwise. */
const USUAL_FUNDER = { exhaustedCap: null, breakerOpen: false, declinedAtMs: null, attempted: false, consentRefused: false } as const;
const USUAL = { attemptsUsed: 0, declinedLikelihoods: [], exposedEntities: [] } as const;

/** The inputs as they are stored: without what is as usual and without what the plan's row says anyway. */
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
  return JSON.stringify({
    ...rest,
    ...(attemptsUsed === 0 ? {} : { attemptsUsed }),
    ...(declinedLikelihoods.length === 0 ? {} : { declinedLikelihoods }),
    ...(exposedEntities.length === 0 ? {} : { exposedEntities }),
    funders: funders.map((funder) => ({
      funderId: funder.funderId,
      likelihood: funder.likelihood,
      latencyMs: funder.latencyMs,
      ...(funder.exhaustedCap === null ? {} : { exhaustedCap: funder.exhaustedCap }),
      ...(funder.breakerOpen ? { breakerOpen: true } : {}),
      ...(funder.declinedAtMs === null ? {} : { declinedAtMs: funder.declinedAtMs }),
      ...(funder.attempted ? { attempted: true } : {}),
      ...(funder.consentRefused ? { consentRefused: true } : {}),
    })),
  });
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

/** FNV-1a over the id: one application explores, or does not, through all its replans. */
function seedOf(id: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < id.length; index += 1) hash = Math.imul(hash ^ id.charCodeAt(index), 0x01000193);
  return hash >>> 0;
}

function maxAprBps(desk: DeskSnapshot, nowMs: number): Record<string, number> {
  const today = new Date(nowMs + 8 * 3_600_000).toISOString().slice(0, 10);
  const caps = FUNDER_TYPES.flatMap((type) => {
    const cap = costCapFor(desk.costCaps, type, today);
    return cap === null ? [] : [[type, cap.max_apr_bps] as const];
  });
  return Object.fromEntries(caps);
}

/** How far back a borrower's attempts matter: the longest of exposure window and cooling-off times. */
function windowDays(work: Work): number {
  let days = work.desk.policy.exposure_budget.window_days;
  for (const funder of work.desk.funders.values()) days = Math.max(days, funder.cooling_off_days);
  return days;
}
