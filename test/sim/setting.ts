/** The world of one seed: its funders with their tempers, its policy, how bad its network is. All drawn from the seed. */
import { createHash } from 'node:crypto';
import { Funder } from '../../src/domain/funder.ts';
import { Policy } from '../../src/domain/policy.ts';
import type { Dice } from './dice.ts';

export const START_MS = Date.parse('2026-11-20T02:00:00Z');
export const PUBLIC_URL = 'http://millrace.sim';
export const HOOK_URL = 'https://hooks.sim/in';

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
  readonly tempers: ReadonlyMap<string, Temper>;
  readonly policy: Policy;
  readonly noise: Noise;
  readonly borrowers: number;
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

const FUNDERS = [
  { id: 'fnd_ash', adapter: 'sim-full', funder_type: 'bank', tier: 1, max_concurrent: 1 },
  { id: 'fnd_birch', adapter: 'sim-plain', funder_type: 'bank', tier: 1, max_concurrent: 2 },
  { id: 'fnd_cork', adapter: 'sim-plain', funder_type: 'consumer_finance', tier: 2, max_concurrent: 8 },
  { id: 'fnd_dogwood', adapter: 'sim-mute', funder_type: 'consumer_finance', tier: 2, max_concurrent: 4 },
  { id: 'fnd_elder', adapter: 'sim-full', funder_type: 'micro_lender', tier: 3, max_concurrent: 8 },
  { id: 'fnd_fir', adapter: 'sim-blind', funder_type: 'micro_lender', tier: 3, max_concurrent: 8 },
] as const;
export const FUNDER_IDS = FUNDERS.map(({ id }) => id);

export function funderSecret(id: string): string {
  return createHash('sha256').update(`sim ${id}`).digest('hex').slice(0, 24);
}

export function drawSetting(dice: Dice): Setting {
  const calm = dice.chance(0.15);
  return {
    funders: FUNDERS.map((each) => drawFunder(each, dice)),
    tempers: new Map(FUNDERS.map(({ id }) => [id, drawTemper(dice)])),
    policy: drawPolicy(dice),
    noise: calm ? CALM : drawNoise(dice),
    borrowers: dice.between(4, 9),
    deaths: dice.pick([0, 0.5, 0.8, 0.95]),
    lifetime: dice.pick([60, 200, 500]),
    hookTypes: dice.pick([['*'], ['application.*'], ['application.*', 'loan.*'], ['offer.*', 'loan.*']]),
    hookFails: dice.pick([0, 0.1, 0.5]),
    fickle: dice.pick([0.02, 0.02, 0.3]),
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

function drawFunder(base: (typeof FUNDERS)[number], dice: Dice): Funder {
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

function drawTemper(dice: Dice): Temper {
  const share = (most: number): number => dice.uniform() * most;
  return {
    approves: dice.pick([0.1, 0.4, 0.9]),
    ineligible: share(0.3),
    atOnce: dice.pick([0, 0.3, 1]),
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
    dear: share(0.3),
    drawFails: share(0.3),
    takesBack: share(0.2),
  };
}

function drawPolicy(dice: Dice): Policy {
  return makePolicy(dice, dice.pick(['waterfall', 'waterfall', 'wave', 'rate_table']));
}

export function makePolicy(dice: Dice, strategy: Policy['strategy']): Policy {
  return Policy.parse({
    id: 'pol_default',
    name: 'Simulated',
    strategy,
    wave_size: dice.between(2, 3),
    max_attempts: dice.between(2, 6),
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
