/** Makes funders, facts, states and inputs for the routing tests; every test names only what it is about. */
import type { Facts } from '../../src/domain/applicant.ts';
import { Funder } from '../../src/domain/funder.ts';
import type { FunderState, PlanInputs } from '../../src/domain/plan.ts';
import { Policy } from '../../src/domain/policy.ts';

/** 2026-03-10 12:00 in Shanghai. */
export const NOON_MS = Date.UTC(2026, 2, 10, 4);

export function facts(over: Partial<Facts> = {}): Facts {
  return {
    age: 30,
    sex: 'f',
    region: '310101',
    monthly_income_fen: 900_000,
    employment: 'salaried',
    employer_type: 'private',
    years_employed: 4,
    education: 'bachelor',
    housing_fund: '1y_2y',
    social_security: '2y_plus',
    house: null,
    car: null,
    policy: null,
    credit_card: null,
    zhima_band: '650_700',
    amount_fen: 2_000_000,
    term_months: 12,
    purpose: 'consumption',
    channel: 'demo',
    variant: null,
    hour: 12,
    ...over,
  };
}

type FunderInput = Partial<Omit<Funder, 'product' | 'terms'>> & { product?: Partial<Funder['product']>; terms?: Partial<Funder['terms']> };

export function funder(id: string, over: FunderInput = {}): Funder {
  const { product, terms, ...rest } = over;
  return Funder.parse({
    id,
    name: id,
    legal_entity: `${id} Ltd`,
    contact: '400',
    funder_type: 'bank',
    adapter: 'sandbox',
    base_url: 'http://127.0.0.1:1',
    status: 'live',
    tier: 1,
    whitelist: { evidence: 'list', valid_from: '2026-01-01', valid_to: '2026-12-31' },
    ...rest,
    product: { min_amount_fen: 100_000, max_amount_fen: 20_000_000, terms_months: [6, 12], quoted_apr_bps: 1_800, ...product },
    terms: { cpa_fen: 10_000, ...terms },
  });
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
