/**
 * A made-up market of which everything is known: funders that judge one person alike, borrowers who leave and come back, a likelihood model
 * that began wrong on purpose and has learnt from what it was shown. It makes a log under one policy, and says what another is truly worth.
 */
import type { Facts } from '../../src/domain/applicant.ts';
import { Funder } from '../../src/domain/funder.ts';
import type { FunderState, Likelihood, PlanInputs } from '../../src/domain/plan.ts';
import { Policy } from '../../src/domain/policy.ts';
import { betaMean } from '../../src/routing/beta.ts';
import { generator } from '../../src/routing/draw.ts';
import { afterDeclines, latentAfterDeclines } from '../../src/routing/latent.ts';
import type { LoggedAttempt, StoredCase } from '../../src/routing/whatif/stored-case.ts';
import { walk } from '../../src/routing/whatif/walk.ts';
import { normals } from '../../src/routing/whatif/weights.ts';

const FUNDERS = 8;
const BANDS = 5;
/** Times the model takes up what it has learnt in the course of a log. */
const EPOCHS = 4;
const BAND_SHARES = [0.1, 0.2, 0.3, 0.25, 0.15] as const;
const AMOUNTS = [1_000_000, 3_000_000] as const;
const NOON_MS = Date.UTC(2026, 2, 10, 4);
/** Luck that the truth is averaged over where a policy explores: for each epoch, band and amount. */
export const TRUTH_DRAWS = 40;

export interface Market {
  readonly funders: ReadonlyMap<string, Funder>;
  readonly active: Policy;
  readonly candidate: Policy;
  /** Spread of the quality that no fact tells. */
  readonly sigma: number;
  /** Chance that a borrower stays after a refusal. */
  readonly stay: number;
  /** Log-odds of approval of a borrower of mean quality, by funder, band and a trait that the model does not see. */
  readonly strictness: readonly (readonly (readonly number[])[])[];
  /** Pseudo-counts that the model began with: yes and all, by funder and band. */
  readonly began: readonly (readonly Count[])[];
}
interface Count {
  yes: number;
  all: number;
}

/** What was logged, and the model as it was in each epoch of the log. */
export interface Log {
  readonly cases: readonly StoredCase[];
  readonly models: readonly (readonly (readonly Likelihood[])[])[];
}

export function drawMarket(seed: number): Market {
  const normal = normals(seed, 'market');
  const uniform = generator(seed, 'market/policies');
  const ids = Array.from({ length: FUNDERS }, (_, at) => `fnd_${at}`);
  const base = ids.map(() => -0.9 + 0.7 * normal());
  const strictness = base.map((own) => {
    const [steep, trait] = [0.45 + 0.15 * normal(), 0.5 * normal()];
    return Array.from({ length: BANDS }, (_, band) => {
      const level = own + steep * (2 - band) + 0.25 * normal();
      return [level - trait / 2, level + trait / 2];
    });
  });
  const began = strictness.map((bands) => {
    const wrong = 0.4 + 0.5 * normal();
    return bands.map(([low, high]) => {
      const believed = 1 / (1 + Math.exp(-((low! + high!) / 2 + wrong + 0.2 * normal())));
      return { yes: 12 * believed, all: 12 };
    });
  });
  const funders = ids.map((id, at) => funder(id, at, 6_000 + 14_000 * uniform(), 60 + 120 * uniform()));
  const weights = Object.fromEntries(ids.map((id) => [id, Number(Math.exp(0.5 * normal()).toFixed(3))]));
  const policy = (over: Record<string, unknown>): Policy =>
    Policy.parse({ id: 'pol_market', name: 'market', strategy: 'waterfall', exploration_share: 0.1, patience: 0.94, ...over });
  return {
    funders: new Map(funders.map((each) => [each.id, each])),
    active: policy({ max_attempts: 3 }),
    candidate: policy({ max_attempts: 2 + Math.floor(3 * uniform()), weights }),
    sigma: 1.3,
    stay: 0.94,
    strictness,
    began,
  };
}

/** Two thirds as much traffic again comes before the log, for the model to learn from. */
export function drawLog(market: Market, applications: number, seed: number): Log {
  const counts = market.began.map((bands) => bands.map((count) => ({ ...count })));
  const warm = Math.round((applications * 2) / 3);
  const first = drawEpoch(market, modelOf(counts), warm, seed, 'warm');
  teach(counts, first);
  const [cases, models]: [StoredCase[], Log['models'][number][]] = [[], []];
  for (let epoch = 0; epoch < EPOCHS; epoch += 1) {
    const model = modelOf(counts);
    const made = drawEpoch(market, model, Math.round(applications / EPOCHS), seed, `epoch/${epoch}`);
    models.push(model);
    teach(counts, made);
    cases.push(...made);
  }
  return { cases, models };
}

/** What a policy is truly worth per application: the mean over everybody who might have applied, in the epochs of this log. */
export function truthOf(market: Market, log: Log, policy: Policy, draws = TRUTH_DRAWS): { readonly approvals: number; readonly revenue_fen: number } {
  let [approvals, revenue] = [0, 0];
  for (const [epoch, model] of log.models.entries()) {
    for (const [band, share] of BAND_SHARES.entries()) {
      for (const amount of AMOUNTS) {
        const part = share / log.models.length / AMOUNTS.length;
        for (let draw = -1; draw < draws; draw += 1) {
          const explores = draw >= 0;
          const asIf = { ...policy, exploration_share: explores ? 1 : 0 };
          const stops = walk(
            caseOf(factsOf(band, 0, amount), model, draw + 7_001 * (1 + band + BANDS * (epoch + EPOCHS * amount)), 'truth'),
            asIf,
            market.funders,
          ).stops;
          const value = trueValue(
            market,
            stops.map((stop) => stop.funderId),
            band,
            amount,
          );
          const weight = part * (explores ? policy.exploration_share / draws : 1 - policy.exploration_share);
          approvals += weight * value.approvals;
          revenue += weight * value.revenue;
        }
      }
    }
  }
  return { approvals, revenue_fen: revenue };
}

function trueValue(market: Market, order: readonly string[], band: number, amount: number): { approvals: number; revenue: number } {
  const points = Array.from({ length: 41 }, (_, at) => -5 + at / 4);
  const total = points.reduce((sum, z) => sum + Math.exp(-0.5 * z * z), 0);
  let [approvals, revenue] = [0, 0];
  for (const trait of [0, 1]) {
    for (const z of points) {
      let reach = (0.5 * Math.exp(-0.5 * z * z)) / total;
      for (const id of order) {
        const p = approvalOf(market, id, band, trait, market.sigma * z);
        approvals += reach * p;
        revenue += reach * p * commission(market.funders.get(id)!, amount);
        reach *= (1 - p) * market.stay;
      }
    }
  }
  return { approvals, revenue };
}

function drawEpoch(market: Market, model: Log['models'][number], applications: number, seed: number, name: string): StoredCase[] {
  const uniform = generator(seed, name);
  const normal = normals(seed, name);
  const cases: StoredCase[] = [];
  let person = { id: '', band: 0, trait: 0, quality: 0 };
  for (let at = 0; at < applications; at += 1) {
    // One in six comes back with another wish.
    if (at === 0 || uniform() > 1 / 6)
      person = { id: `${name}/${at}`, band: bandBy(uniform()), trait: uniform() < 0.5 ? 0 : 1, quality: market.sigma * normal() };
    const facts = factsOf(person.band, person.trait, AMOUNTS[uniform() < 0.5 ? 0 : 1]);
    const stored = caseOf(facts, model, Math.floor(uniform() * 2 ** 32), person.id, `${name}/${at}`);
    cases.push(live(market, stored, person, uniform));
  }
  return cases;
}

/** What becomes of it: the order of the active policy, followed until somebody says yes or the borrower has gone. */
function live(market: Market, stored: StoredCase, person: { band: number; trait: number; quality: number }, uniform: () => number): StoredCase {
  const attempts: LoggedAttempt[] = [];
  const { stops } = walk(stored, market.active, market.funders);
  for (const [wave, { funderId }] of stops.entries()) {
    const approved = uniform() < approvalOf(market, funderId, person.band, person.trait, person.quality);
    attempts.push({ funderId, wave, answer: approved ? 'approved' : 'declined', submitted: true });
    if (approved) return { ...stored, attempts };
    if (wave + 1 < stops.length && uniform() > market.stay) return { ...stored, attempts, left: true };
  }
  return { ...stored, attempts };
}

/** As the learner of src/routing/likelihood.ts does: an answer after declines is weighted by what those had led to expect. */
function teach(counts: readonly (readonly Count[])[], cases: readonly StoredCase[]): void {
  for (const { inputs, attempts } of cases) {
    const band = Number(inputs.facts.region) - 310_101;
    const declined: number[] = [];
    for (const { funderId, answer } of attempts) {
      const prior = betaMean(inputs.funders.find((state) => state.funderId === funderId)!.likelihood);
      const mean = afterDeclines(prior, latentAfterDeclines(declined));
      const approved = answer === 'approved';
      const weight = Math.min(10, Math.max(0.1, approved ? prior / mean : (1 - prior) / (1 - mean)));
      const count = counts[Number(funderId.slice(4))]![band]!;
      count.all += weight;
      if (approved) count.yes += weight;
      declined.push(mean);
    }
  }
}

function modelOf(counts: readonly (readonly Count[])[]): Log['models'][number] {
  return counts.map((bands) => bands.map(({ yes, all }) => ({ alpha: yes, beta: all - yes })));
}

function approvalOf(market: Market, funderId: string, band: number, trait: number, quality: number): number {
  return 1 / (1 + Math.exp(-(market.strictness[Number(funderId.slice(4))]![band]![trait]! + quality)));
}

function caseOf(facts: Facts, model: Log['models'][number], seed: number, borrowerId: string, applicationId = borrowerId): StoredCase {
  const band = Number(facts.region) - 310_101;
  const funders = model.map((bands, at): FunderState => ({
    funderId: `fnd_${at}`,
    likelihood: bands[band]!,
    exhaustedCap: null,
    breakerOpen: false,
    latencyMs: 0,
    declinedAtMs: null,
    attempted: false,
    consentRefused: false,
  }));
  const inputs: PlanInputs = {
    nowMs: NOON_MS,
    seed,
    facts,
    snapshotVersion: 1,
    policyVersion: 1,
    modelVersion: 1,
    funders,
    attemptsUsed: 0,
    declinedLikelihoods: [],
    exposedEntities: [],
  };
  return { applicationId, borrowerId, policyId: null, inputs, attempts: [], left: false };
}

const commission = ({ terms }: Funder, amount: number): number => terms.cpa_fen + (terms.cps_bps * amount) / 10_000;

function bandBy(uniform: number): number {
  let rest = uniform;
  for (const [band, share] of BAND_SHARES.entries()) if ((rest -= share) < 0) return band;
  return BAND_SHARES.length - 1;
}

/** Facts that fall into the band, which the region repeats for us to read. */
function factsOf(band: number, trait: number, amount: number): Facts {
  return {
    age: 30,
    sex: 'f',
    region: String(310_101 + band),
    monthly_income_fen: band < 2 ? 1_200_000 : band === 2 ? 600_000 : band === 3 ? 300_000 : 200_000,
    employment: 'salaried',
    employer_type: null,
    years_employed: null,
    education: null,
    housing_fund: null,
    social_security: band < 2 ? '2y_plus' : band === 2 ? '1y_2y' : null,
    house: null,
    car: trait === 1 ? 'owned' : null,
    policy: null,
    credit_card: null,
    zhima_band: band === 0 ? '700_750' : null,
    amount_fen: amount,
    term_months: 12,
    purpose: 'consumption',
    channel: 'demo',
    variant: null,
    hour: 12,
  } as Facts;
}

function funder(id: string, at: number, cpa: number, cps: number): Funder {
  return Funder.parse({
    id,
    name: id,
    legal_entity: `${id} Ltd`,
    contact: '400',
    funder_type: 'bank',
    adapter: 'sandbox',
    base_url: 'http://127.0.0.1:1',
    status: 'live',
    tier: 1 + (at % 4),
    whitelist: { evidence: 'list', valid_from: '2026-01-01', valid_to: '2026-12-31' },
    product: { min_amount_fen: 100_000, max_amount_fen: 20_000_000, terms_months: [12], quoted_apr_bps: 1_200 + 150 * at },
    terms: { cpa_fen: Math.round(cpa), cps_bps: Math.round(cps), attempt_cost_fen: 200 },
  });
}
