/** Makes funders, facts, states and inputs for the routing tests; every test names only what it is about. */
import type { Facts } from '../../src/domain/applicant.ts';
import type { Funder } from '../../src/domain/funder.ts';
import type { FunderState, PlanInputs } from '../../src/domain/plan.ts';
import { Policy } from '../../src/domain/policy.ts';
import { NOON_MS, SAMPLE_FACTS, sampleFunder, type FunderChanges } from '../../fixtures/routing-samples.ts';

export { NOON_MS };

export function facts(over: Partial<Facts> = {}): Facts {
  return { ...SAMPLE_FACTS, ...over };
}

export function funder(id: string, { terms, ...over }: FunderChanges = {}): Funder {
  return sampleFunder(id, { ...over, terms: { cpa_fen: 10_000, ...terms } });
}

export function policy(over: Record<string, unknown> = {}): Policy {
  return Policy.parse({ id: 'pol_test', name: 'test', strategy: 'waterfall', exploration_share: 0, ...over });
}

export function state(funderId: string, over: Partial<FunderState> = {}): FunderState {
  return {
    funderId,
    likelihood: { alpha: 4, beta: 6 },
    exhaustedCap: null,
    breakerOpen: false,
    latencyMs: 0,
    declinedAtMs: null,
    attempted: false,
    consentRefused: false,
    ...over,
  };
}

export function inputs(funders: readonly FunderState[], over: Partial<PlanInputs> = {}): PlanInputs {
  return {
    nowMs: NOON_MS,
    seed: 1,
    facts: facts(),
    snapshotVersion: 1,
    policyVersion: 1,
    modelVersion: 1,
    funders,
    attemptsUsed: 0,
    declinedLikelihoods: [],
    exposedEntities: [],
    ...over,
  };
}

export function byId(...funders: readonly Funder[]): ReadonlyMap<string, Funder> {
  return new Map(funders.map((each) => [each.id, each]));
}
