/** What `makePlan` costs, by the number of funders. */
import type { Facts } from '../../src/domain/applicant.ts';
import { NOON_MS, SAMPLE_FACTS, sampleFunder } from '../../fixtures/routing-samples.ts';
import type { Funder } from '../../src/domain/funder.ts';
import type { PlanInputs } from '../../src/domain/plan.ts';
import { Policy } from '../../src/domain/policy.ts';
import { generator } from '../../src/routing/draw.ts';
import { makePlan } from '../../src/routing/plan.ts';

/** First plan, a plan after two declines, one with draws, waves, and one with a price on every funder. */
export const CASES = ['first', 'after declines', 'explored', 'waves', 'priced'] as const;
export type Case = (typeof CASES)[number];

export interface Timing {
  readonly funders: number;
  readonly median_ms: number;
  /** The tenth percentile: what it costs when nothing else wants the machine. */
  readonly fast_ms: number;
}

export { NOON_MS };
export const FACTS: Facts = { ...SAMPLE_FACTS, channel: 'bench' };

/** A funder's record for the simulations; `terms` are what an approval earns and an attempt costs. */
export function benchFunder(id: string, tier: number, terms: Partial<Funder['terms']>): Funder {
  return sampleFunder(id, { tier, terms });
}

/** Rounds of all sizes in turn, so that a busy moment of the machine falls on each alike. Sizes ascending. */
export function timePlans(name: Case, sizes: readonly number[], rounds: number): Timing[] {
  const desks = sizes.map((size) => deskOf(name, size));
  const times = sizes.map(() => [] as number[]);
  for (let round = -WARM_UP; round < rounds; round += 1) {
    desks.forEach(({ inputs, policy, funders }, index) => {
      const started = performance.now();
      makePlan({ ...inputs, seed: round }, policy, funders);
      if (round >= 0) times[index]!.push(performance.now() - started);
    });
  }
  return sizes.map((funders, index) => {
    const sorted = times[index]!.toSorted((left, right) => left - right);
    const at = (share: number): number => Math.round(sorted[Math.floor(share * sorted.length)]! * 10_000) / 10_000;
    return { funders, median_ms: at(0.5), fast_ms: at(0.1) };
  });
}

const WARM_UP = 30;

function deskOf(name: Case, size: number): { readonly inputs: PlanInputs; readonly policy: Policy; readonly funders: ReadonlyMap<string, Funder> } {
  const next = generator(size, 'desk');
  const upTo = (most: number): number => Math.round(most * next());
  const records = Array.from({ length: size }, (_, index) =>
    benchFunder(`fnd_${index}`, 1 + (index % 5), { cpa_fen: 1_000 + upTo(30_000), cps_bps: upTo(200), attempt_cost_fen: upTo(300) }),
  );
  const states = records.map(({ id }) => {
    const p = 0.02 + 0.6 * next();
    const usual = { exhaustedCap: null, breakerOpen: false, declinedAtMs: null, attempted: false, consentRefused: false };
    return { funderId: id, likelihood: { alpha: 40 * p, beta: 40 * (1 - p) }, latencyMs: upTo(60_000), ...usual };
  });
  const declined = name === 'after declines' ? [0.3, 0.2] : [];
  const inputs: PlanInputs = {
    nowMs: NOON_MS,
    seed: 1,
    facts: FACTS,
    snapshotVersion: 1,
    policyVersion: 1,
    modelVersion: 1,
    funders: states,
    attemptsUsed: declined.length,
    declinedLikelihoods: declined,
    exposedEntities: [],
    ...(name === 'priced' ? { prices: Object.fromEntries(records.map(({ id }) => [id, { attemptFen: upTo(300) }])) } : {}),
  };
  const strategy = name === 'waves' ? 'wave' : 'waterfall';
  const policy = Policy.parse({ id: 'pol_speed', name: 'speed', strategy, exploration_share: name === 'explored' ? 1 : 0 });
  return { inputs, policy, funders: new Map(records.map((record) => [record.id, record])) };
}
