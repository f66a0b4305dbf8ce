/** The world of one seed: its funders with their tempers, its policy, how bad its network is. All drawn from the seed. */
import { createHash } from 'node:crypto';
import { Funder } from '../../src/domain/funder.ts';
import { Policy } from '../../src/domain/policy.ts';
import type { Dice } from './dice.ts';

export const START_MS = Date.parse('2026-11-20T02:00:00Z');
export const PUBLIC_URL = 'http://millrace.sim';
export const HOOK_URL = 'https://hooks.sim/in';

/** In which ways a funder's flow is more than "send it and wait". */
export interface Traits {
  /** When the borrower has to open a page of it: before the full application, before the decision, or there by a login asked for at that moment. */
  readonly page?: 'precheck' | 'submit' | 'login';
  readonly bids?: boolean;
  /** Several offers, one by one. */
  readonly table?: boolean;
}

/** How a funder behaves, beside its record. */
export interface Temper {
  readonly approves: number;
  readonly ineligible: number;
  /** Share of submits that are decided in the reply. */
  readonly atOnce: number;
  readonly decisionMs: readonly [number, number];
  /** Share of callbacks that are sent again, and of those that are preceded by a forged one. */
  readonly repeats: number;
  readonly forges: number;
  readonly busy: number;
  readonly failsInside: number;
  /** Share of cancels of approved orders that it refuses. */
  readonly stubborn: number;
  /** Share of approvals above the cost cap. */
  readonly dear: number;
  readonly drawFails: number;
  /** Share of trials that cost more than was accepted, of draws that want a signature, of repayments that fail. */
  readonly dearTrial: number;
  readonly signs: number;
  readonly repayFails: number;
  /** How long a page can be opened; null: for ever. With `renews` each word of the order has a new one. */
  readonly pageMs: number | null;
  readonly renews: boolean;
  /** Share of rate tables that are never complete. */
  readonly neverComplete: number;
  /** Share of approvals it takes back later. */
  readonly takesBack: number;
}

export interface Noise {
  readonly refused: number;
  readonly dropped: number;
  readonly replyLost: number;
  readonly corrupted: number;
  readonly repeated: number;
  readonly delayMs: readonly [number, number];
  /** Share of messages that take the slow road. */
  readonly slow: number;
  readonly slowMs: readonly [number, number];
}

export interface Setting {
  readonly funders: readonly Funder[];
  readonly traits: ReadonlyMap<string, Traits>;
  readonly tempers: ReadonlyMap<string, Temper>;
  readonly policy: Policy;
  /** What some borrowers are given instead. */
  readonly challenger: Policy;
  readonly challengerShare: number;
  readonly noise: Noise;
  readonly borrowers: number;
  /** How often a borrower looks again, from and to. */
  readonly patience: readonly [number, number];
  /** Probability that an incarnation is one that will die, and after how many touches of the world at most. */
  readonly deaths: number;
  readonly lifetime: number;
  readonly hookTypes: readonly string[];
  readonly hookFails: number;
  /** Probability, at each look, that a borrower takes a consent back. */
  readonly fickle: number;
}

const WHITELIST = { evidence: 'simulated', valid_from: '2025-10-01', valid_to: '2027-12-31' };
const PRODUCT = { min_amount_fen: 100_000, max_amount_fen: 20_000_000, terms_months: [3, 6, 12], quoted_apr_bps: 1_200 };

interface Base extends Pick<Funder, 'id' | 'adapter' | 'funder_type' | 'tier' | 'max_concurrent'> {
  readonly traits: Traits;
}

const FUNDERS: readonly Base[] = [
  { id: 'fnd_ash', adapter: 'sim-full', funder_type: 'bank', tier: 1, max_concurrent: 1, traits: {} },
  { id: 'fnd_birch', adapter: 'sim-plain', funder_type: 'bank', tier: 1, max_concurrent: 2, traits: {} },
  { id: 'fnd_cork', adapter: 'sim-plain', funder_type: 'consumer_finance', tier: 2, max_concurrent: 8, traits: {} },
  { id: 'fnd_dogwood', adapter: 'sim-mute', funder_type: 'consumer_finance', tier: 2, max_concurrent: 4, traits: {} },
  { id: 'fnd_elder', adapter: 'sim-full', funder_type: 'micro_lender', tier: 3, max_concurrent: 8, traits: {} },
  { id: 'fnd_fir', adapter: 'sim-blind', funder_type: 'micro_lender', tier: 3, max_concurrent: 8, traits: {} },
  { id: 'fnd_gum', adapter: 'sim-full', funder_type: 'bank', tier: 1, max_concurrent: 4, traits: { page: 'precheck' } },
  { id: 'fnd_hazel', adapter: 'sim-full', funder_type: 'consumer_finance', tier: 1, max_concurrent: 4, traits: { page: 'precheck', bids: true } },
  { id: 'fnd_ivy', adapter: 'sim-full', funder_type: 'consumer_finance', tier: 1, max_concurrent: 8, traits: { bids: true } },
  { id: 'fnd_juniper', adapter: 'sim-mute', funder_type: 'consumer_finance', tier: 1, max_concurrent: 8, traits: { bids: true } },
  { id: 'fnd_kapok', adapter: 'sim-plain', funder_type: 'consumer_finance', tier: 2, max_concurrent: 8, traits: { page: 'submit' } },
  { id: 'fnd_larch', adapter: 'sim-plain', funder_type: 'bank', tier: 1, max_concurrent: 8, traits: { page: 'login' } },
  { id: 'fnd_maple', adapter: 'sim-plain', funder_type: 'consumer_finance', tier: 2, max_concurrent: 8, traits: { table: true } },
  { id: 'fnd_nutmeg', adapter: 'sim-whole', funder_type: 'consumer_finance', tier: 1, max_concurrent: 8, traits: {} },
  { id: 'fnd_oak', adapter: 'sim-whole', funder_type: 'bank', tier: 1, max_concurrent: 2, traits: {} },
];
export const FUNDER_IDS = FUNDERS.map(({ id }) => id);
const PLAIN = ['fnd_ash', 'fnd_birch', 'fnd_cork', 'fnd_dogwood', 'fnd_elder', 'fnd_fir'];
const SHAPED = FUNDER_IDS.filter((id) => !PLAIN.includes(id));

/** Who is there in a seed; six or seven of all, so that the flows of some are looked at closely. */
export const MIXES = ['plain', 'mixed', 'bids', 'loans'] as const;
export type Mix = (typeof MIXES)[number];

function drawMix(dice: Dice): Mix {
  const at = dice.uniform();
  if (at < 0.12) return 'plain';
  if (at < 0.5) return 'mixed';
  return at < 0.7 ? 'bids' : 'loans';
}

function drawFunderIds(mix: Mix, dice: Dice): readonly string[] {
  switch (mix) {
    case 'plain':
      return PLAIN;
    case 'mixed':
      return [...someOf(PLAIN, 3, dice), ...someOf(SHAPED, 4, dice)];
    case 'bids':
      return ['fnd_hazel', 'fnd_ivy', 'fnd_juniper', 'fnd_gum', ...someOf(PLAIN, 2, dice)];
    case 'loans':
      return ['fnd_nutmeg', 'fnd_oak', 'fnd_maple', ...someOf(PLAIN, 1, dice)];
  }
}

function someOf(ids: readonly string[], count: number, dice: Dice): string[] {
  const left = [...ids];
  return Array.from({ length: count }, () => left.splice(dice.int(left.length), 1)[0]!);
}

export function funderSecret(id: string): string {
  return createHash('sha256').update(`sim ${id}`).digest('hex').slice(0, 24);
}

/** `only`: this mix, whatever the seed would have. */
export function drawSetting(dice: Dice, only: Mix | null = null): Setting {
  const calm = dice.chance(0.15);
  const drawn = drawMix(dice);
  const mix = only ?? drawn;
  const ids = drawFunderIds(mix, dice);
  const here = FUNDERS.filter(({ id }) => ids.includes(id));
  return {
    funders: here.map((each) => drawFunder(each, dice)),
    traits: new Map(here.map(({ id, traits }) => [id, traits])),
    tempers: new Map(here.map(({ id }) => [id, drawTemper(dice, mix === 'loans')])),
    policy: makePolicy(dice, dice.pick(mix === 'bids' ? ['waterfall', 'wave', 'rate_table'] : ['waterfall', 'waterfall', 'wave', 'rate_table']), ids),
    noise: calm ? CALM : drawNoise(dice),
    // Few, so that they come as far as paying back before the trouble is over.
    borrowers: mix === 'loans' ? dice.between(1, 3) : dice.between(4, 9),
    patience: mix === 'loans' ? [30, 90] : [3, 40],
    deaths: dice.pick([0, 0.5, 0.8, 0.95]),
    lifetime: dice.pick([60, 200, 500]),
    hookTypes: dice.pick(
      mix === 'loans' ? [['loan.*'], ['offer.*', 'loan.*']] : [['*'], ['application.*'], ['application.*', 'loan.*'], ['offer.*', 'loan.*']],
    ),
    hookFails: dice.pick([0, 0.1, 0.5]),
    fickle: dice.pick([0.02, 0.02, 0.3]),
    challenger: makePolicy(dice, dice.pick(STRATEGIES), ids, 'pol_challenger'),
    challengerShare: dice.pick([0, 0.3, 0.5]),
  };
}

export const CALM: Noise = { refused: 0, dropped: 0, replyLost: 0, corrupted: 0, repeated: 0, delayMs: [5, 60], slow: 0, slowMs: [0, 0] };

function drawNoise(dice: Dice): Noise {
  const level = dice.pick([0.02, 0.08, 0.2]);
  const share = (): number => dice.uniform() * level;
  return {
    refused: share(),
    dropped: share(),
    replyLost: share(),
    corrupted: share(),
    repeated: share(),
    delayMs: [5, 250],
    slow: share(),
    slowMs: [500, 12_000],
  };
}

function drawFunder({ id, adapter, funder_type, tier, max_concurrent }: Base, dice: Dice): Funder {
  const base = { id, adapter, funder_type, tier, max_concurrent };
  const caps = [
    ...(dice.chance(0.5) ? [{ id: 'all', unit: 'count', window: 'total', limit: dice.between(1, 8) }] : []),
    ...(dice.chance(0.3) ? [{ id: 'hourly', unit: 'count', window: 'hour', limit: dice.between(1, 5) }] : []),
    ...(dice.chance(0.3) ? [{ id: 'sum', unit: 'amount_fen', window: 'day', limit: dice.between(1, 6) * 2_000_000 }] : []),
  ];
  return Funder.parse({
    ...base,
    name: base.id.slice(4),
    legal_entity: `${base.id.slice(4)} ltd`,
    contact: `privacy@${base.id.slice(4)}.example`,
    base_url: `http://${base.id.slice(4)}.sim`,
    status: 'live',
    product: PRODUCT,
    terms: { cps_bps: 200, attempt_cost_fen: 10 },
    caps,
    timeouts: { precheck_ms: 1_000, submit_ms: dice.pick([1_500, 4_000]), query_ms: 1_500, decision_ms: dice.pick([8_000, 30_000, 120_000]) },
    cooling_off_days: 1,
    whitelist: WHITELIST,
  });
}

/** `generous`: loans shall come of it. */
function drawTemper(dice: Dice, generous: boolean): Temper {
  const share = (most: number): number => dice.uniform() * most;
  return {
    approves: generous ? 0.9 : dice.pick([0.1, 0.4, 0.9]),
    ineligible: share(0.3),
    atOnce: dice.pick([generous ? 1 : 0, 0.3, 1]),
    decisionMs: dice.pick([
      [10, 400],
      [500, 6_000],
      [5_000, 60_000],
    ]),
    repeats: share(0.6),
    forges: share(0.2),
    busy: share(0.1),
    failsInside: share(0.1),
    stubborn: share(0.5),
    dear: share(generous ? 0.1 : 0.3),
    drawFails: share(generous ? 0.1 : 0.3),
    takesBack: share(0.2),
    dearTrial: dice.pick([0, 0.1, generous ? 0.2 : 0.5]),
    signs: dice.pick([0, 0.5, 1]),
    repayFails: share(0.3),
    pageMs: dice.pick([null, 30_000, 600_000]),
    renews: dice.chance(0.5),
    neverComplete: share(0.4),
  };
}

export const STRATEGIES: readonly Policy['strategy'][] = ['waterfall', 'wave', 'rate_table'];
export const POLICY_IDS = ['pol_default', 'pol_challenger'];

/** `ids`: the funders that are there, of which alone a policy may speak. */
export function makePolicy(dice: Dice, strategy: Policy['strategy'], ids: readonly string[], id = 'pol_default'): Policy {
  const weights = { fnd_hazel: dice.pick([1, 3]), fnd_ivy: dice.pick([0.5, 1, 2]) };
  return Policy.parse({
    id,
    name: 'Simulated',
    strategy,
    wave_size: dice.between(2, 4),
    max_attempts: dice.between(2, 6),
    weights: Object.fromEntries(Object.entries(weights).filter(([funder]) => ids.includes(funder))),
    tier_order: dice.pick(['index', 'strict_first']),
    exposure_budget: { max_recipients: dice.between(3, 6), window_days: 30 },
    deadlines: {
      draft_s: dice.pick([60, 86_400]),
      consent_s: dice.pick([60, 600]),
      application_s: dice.pick([20, 60, 300]),
      offer_s: dice.pick([60, 3_600]),
      disclosure_reading_s: 2,
    },
    prescreen: {
      duplicate_window_days: dice.pick([0, 1]),
      rules: dice.chance(0.3) ? [{ id: 'odd-hour', when: { '>': [{ var: 'amount_fen' }, 9_000_000] }, action: 'quarantine', note: 'large' }] : [],
    },
  });
}
