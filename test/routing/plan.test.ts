import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvariantError } from '../../src/domain/failures.ts';
import type { Plan, PlanInputs } from '../../src/domain/plan.ts';
import { chooseAtMost, valueOfOrder } from '../../src/routing/choose.ts';
import { boxOf, byIndex } from '../../src/routing/order.ts';
import { makePlan } from '../../src/routing/plan.ts';
import { worthOf } from '../../src/routing/value.ts';
import { byId, facts, funder, inputs, policy, state } from './world.ts';

const strict = funder('fnd_strict', { tier: 1, terms: { cpa_fen: 30_000 }, product: { quoted_apr_bps: 1_000 } });
const middle = funder('fnd_middle', { tier: 2, terms: { cpa_fen: 20_000 }, product: { quoted_apr_bps: 1_800 } });
const lenient = funder('fnd_lenient', { tier: 3, terms: { cpa_fen: 8_000, attempt_cost_fen: 100 }, product: { quoted_apr_bps: 2_300 } });
const all = byId(strict, middle, lenient);
const states = [
  state('fnd_lenient', { likelihood: { alpha: 14, beta: 6 } }),
  state('fnd_strict', { likelihood: { alpha: 2, beta: 18 } }),
  state('fnd_middle', { likelihood: { alpha: 6, beta: 14 } }),
];
const steps = (plan: Plan): string[] => plan.steps.map((step) => step.funderId);
const left = (plan: Plan): Record<string, string> => Object.fromEntries(plan.excluded.map(({ funderId, code }) => [funderId, code]));

describe('a plan', () => {
  it('orders by the index and shows the numbers behind it', () => {
    const plan = makePlan(inputs(states), policy({ exposure_cost_fen: 50 }), all);
    expect(steps(plan)).toEqual(['fnd_strict', 'fnd_middle', 'fnd_lenient']);
    const step = plan.steps[2]!;
    expect(step).toMatchObject({ tier: 3, wave: 2, prior: 0.7, mean: 0.7, used: 0.7, valueFen: 8_000, costFen: 150, patience: 0.95 });
    expect(step.index).toBeCloseTo((0.7 * 8_000 - 150) / (1 - 0.95 * 0.3), 9);
    expect(step.low).toBeLessThan(0.7);
    expect(step.high).toBeGreaterThan(0.7);
    expect(plan.explored).toBe(false);
    expect(plan.excluded).toEqual([]);
  });

  it('tries the strict first by tier when the policy says so, and the index otherwise', () => {
    const rich = byId(strict, middle, funder('fnd_lenient', { tier: 3, terms: { cpa_fen: 90_000 } }));
    expect(steps(makePlan(inputs(states), policy(), rich))).toEqual(['fnd_lenient', 'fnd_strict', 'fnd_middle']);
    const patient = policy({ tier_order: 'strict_first', patience: 1 });
    expect(steps(makePlan(inputs(states), patient, rich))).toEqual(['fnd_lenient']);
    expect(steps(makePlan(inputs(states), patient, all))).toEqual(['fnd_strict', 'fnd_middle', 'fnd_lenient']);
  });

  it('weights, share of the sum and latency go into value and patience', () => {
    const paid = funder('fnd_paid', { terms: { cpa_fen: 1_000, cps_bps: 150, attempt_cost_fen: 7 } });
    const worth = worthOf(
      paid,
      policy({ weights: { fnd_paid: 0.5 }, patience: 0.8, patience_half_life_s: 60, exposure_cost_fen: 3 }),
      2_000_000,
      120_000,
    );
    expect(worth).toEqual({ valueFen: 15_500, costFen: 10, patience: 0.2 });
    expect(steps(makePlan(inputs(states), policy({ weights: { fnd_strict: 0 } }), all))).toEqual(['fnd_middle', 'fnd_lenient']);
  });

  it('gives every funder it does not try its reason', () => {
    const plan = makePlan(inputs([...states, state('fnd_gone')], { attemptsUsed: 5 }), policy({ partner_offer_value_fen: 9_000 }), all);
    expect(steps(plan)).toEqual(['fnd_middle']);
    expect(left(plan)).toEqual({ fnd_gone: 'paused', fnd_lenient: 'not_worth_it', fnd_strict: 'beyond_max_attempts' });
    expect(plan.excluded.map((each) => each.funderId)).toEqual(['fnd_gone', 'fnd_lenient', 'fnd_strict']);
  });

  it('without attempts left is empty and worth the last box', () => {
    const plan = makePlan(inputs(states, { attemptsUsed: 9 }), policy({ partner_offer_value_fen: 700 }), all);
    expect(plan).toMatchObject({ steps: [], expectedValueFen: 700, borrowerOrder: [], steering: 0 });
    expect(new Set(Object.values(left(plan)))).toEqual(new Set(['beyond_max_attempts']));
  });

  it('replans after a decline: everyone is less likely, the strict most', () => {
    const before = makePlan(inputs(states), policy(), all);
    const after = makePlan(
      inputs([...states.slice(0, 1), { ...states[1]!, attempted: true }, states[2]!], { declinedLikelihoods: [0.1], attemptsUsed: 1 }),
      policy(),
      all,
    );
    expect(steps(after)).toEqual(['fnd_middle', 'fnd_lenient']);
    expect(left(after)).toEqual({ fnd_strict: 'already_attempted' });
    for (const step of after.steps) {
      const was = before.steps.find((each) => each.funderId === step.funderId)!;
      expect(step.prior).toBe(was.mean);
      expect(step.mean).toBeLessThan(was.mean);
      expect(step.low).toBeLessThan(was.low);
      expect(step.high).toBeLessThan(was.high);
    }
  });

  it('refuses a likelihood that is none', () => {
    for (const likelihood of [
      { alpha: 0, beta: 1 },
      { alpha: Number.NaN, beta: 1 },
      { alpha: 1, beta: Infinity },
    ]) {
      expect(() => makePlan(inputs([state('fnd_strict', { likelihood })]), policy(), all)).toThrow(InvariantError);
    }
  });

  it('shows the order the borrower would choose and how far ours is from it', () => {
    const greedy = byId(strict, middle, funder('fnd_lenient', { terms: { cpa_fen: 90_000 }, product: { quoted_apr_bps: 3_500 } }));
    const plan = makePlan(inputs(states), policy(), greedy);
    expect(steps(plan)[0]).toBe('fnd_lenient');
    expect(plan.borrowerOrder.at(-1)).toBe('fnd_lenient');
    expect(plan.steering).toBeGreaterThanOrEqual(2 / 3);
  });

  it('numbers its waves', () => {
    const waves = (over: Record<string, unknown>): number[] => makePlan(inputs(states), policy(over), all).steps.map((step) => step.wave);
    expect(waves({})).toEqual([0, 1, 2]);
    expect(waves({ strategy: 'wave', wave_size: 2 })).toEqual([0, 0, 1]);
    expect(waves({ strategy: 'rate_table' })).toEqual([0, 0, 0]);
  });

  it('takes the borrower to pick the lowest rate of a rate table, and the best approval to win a wave', () => {
    const two = [state('fnd_strict'), state('fnd_lenient')];
    const lean = byId(strict, funder('fnd_lenient', { terms: { cpa_fen: 8_000 }, product: { quoted_apr_bps: 900 } }));
    expect(makePlan(inputs(two), policy({ strategy: 'rate_table' }), lean).expectedValueFen).toBeCloseTo(0.4 * 8_000 + 0.6 * 0.4 * 30_000, 6);
    expect(makePlan(inputs(two), policy({ strategy: 'wave' }), lean).expectedValueFen).toBeCloseTo(0.4 * 30_000 + 0.6 * 0.4 * 8_000, 6);
  });
});

describe('the exposure budget holds for the whole plan', () => {
  const budget = (max_recipients: number) => policy({ exposure_budget: { max_recipients, window_days: 30 } });

  it('is a smaller K when every funder is an entity of its own', () => {
    const plan = makePlan(inputs(states, { exposedEntities: ['X'] }), budget(2), all);
    // One attempt: the best single one, which is not the first of the longer plan.
    expect(steps(plan)).toEqual(['fnd_middle']);
    expect(left(plan)).toEqual({ fnd_lenient: 'exposure_budget', fnd_strict: 'exposure_budget' });
  });

  it('lets funders of one entity share, and those who have the data already through', () => {
    const group = byId(strict, funder('fnd_middle', { legal_entity: 'fnd_strict Ltd' }), lenient);
    expect(left(makePlan(inputs(states), budget(1), group))).toEqual({ fnd_lenient: 'exposure_budget' });
    expect(steps(makePlan(inputs(states, { exposedEntities: ['fnd_lenient Ltd'] }), budget(1), all))).toEqual(['fnd_lenient']);
  });
});

describe('exploration', () => {
  const eager = policy({ exploration_share: 1 });

  it('uses a draw, keeps the means beside it and says so', () => {
    const plan = makePlan(inputs(states), eager, all);
    expect(plan.explored).toBe(true);
    for (const step of plan.steps) expect(step.used).not.toBe(step.mean);
    expect(plan.steps.find((step) => step.funderId === 'fnd_lenient')?.mean ?? 0.7).toBe(0.7);
  });

  it('tries a funder that nobody knows far more often than its mean would', () => {
    const unknown = [state('fnd_strict', { likelihood: { alpha: 0.5, beta: 4.5 } }), state('fnd_middle', { likelihood: { alpha: 300, beta: 700 } })];
    const first = Array.from(
      { length: 400 },
      (_, seed) => steps(makePlan(inputs(unknown, { seed }), policy({ exploration_share: 1, patience: 0 }), all))[0],
    );
    const times = first.filter((id) => id === 'fnd_strict').length;
    expect(steps(makePlan(inputs(unknown), policy({ patience: 0 }), all))[0]).toBe('fnd_middle');
    expect(times).toBeGreaterThan(40);
    expect(times).toBeLessThan(200);
  });
});

const likelihood = fc.record({ alpha: fc.double({ min: 0.05, max: 60, noNaN: true }), beta: fc.double({ min: 0.05, max: 60, noNaN: true }) });
const anyState = fc.record({
  likelihood,
  latencyMs: fc.integer({ min: 0, max: 600_000 }),
  breakerOpen: fc.boolean(),
  attempted: fc.constantFrom(false, false, true),
});
const anyInputs: fc.Arbitrary<PlanInputs> = fc
  .record({
    seed: fc.integer(),
    attemptsUsed: fc.integer({ min: 0, max: 3 }),
    declinedLikelihoods: fc.array(fc.double({ min: 0.01, max: 0.99, noNaN: true }), { maxLength: 2 }),
    three: fc.tuple(anyState, anyState, anyState),
  })
  .map(({ three, ...over }) =>
    inputs(
      three.map((each, index) => state([...all.keys()][index]!, each)),
      over,
    ),
  );
const anyPolicy = fc
  .record({
    strategy: fc.constantFrom('waterfall', 'wave', 'rate_table'),
    tier_order: fc.constantFrom('index', 'strict_first'),
    max_attempts: fc.integer({ min: 1, max: 4 }),
    patience: fc.double({ min: 0, max: 1, noNaN: true }),
    partner_offer_value_fen: fc.integer({ min: 0, max: 20_000 }),
    exploration_share: fc.constantFrom(0, 0.5, 1),
    exposure_budget: fc.record({ max_recipients: fc.integer({ min: 1, max: 4 }), window_days: fc.constant(30) }),
  })
  .map(policy);

describe('any plan', () => {
  it('is made again to the same bytes, from stored inputs and in whatever order the funders come', () => {
    fc.assert(
      fc.property(anyInputs, anyPolicy, (given, chosen) => {
        const bytes = JSON.stringify(makePlan(given, chosen, all));
        expect(JSON.stringify(makePlan(given, chosen, all))).toBe(bytes);
        const stored = JSON.parse(JSON.stringify(given)) as PlanInputs;
        expect(JSON.stringify(makePlan(stored, chosen, new Map([...all].toReversed())))).toBe(bytes);
        expect(JSON.stringify(makePlan({ ...given, funders: given.funders.toReversed() }, chosen, all))).toBe(bytes);
        expect(JSON.parse(bytes)).toEqual(makePlan(given, chosen, all));
      }),
      { numRuns: 300 },
    );
  });

  it('accounts for every funder once, keeps K and the budget, and never loses to giving up', () => {
    fc.assert(
      fc.property(anyInputs, anyPolicy, (given, chosen) => {
        const plan = makePlan(given, chosen, all);
        const named = [...steps(plan), ...plan.excluded.map((each) => each.funderId)];
        expect(named.toSorted()).toEqual([...all.keys()].toSorted());
        expect(plan.steps.length).toBeLessThanOrEqual(
          Math.min(chosen.exposure_budget.max_recipients, Math.max(0, chosen.max_attempts - given.attemptsUsed)),
        );
        expect(plan.borrowerOrder.toSorted()).toEqual(steps(plan).toSorted());
        expect(plan.steering >= 0 && plan.steering <= 1).toBe(true);
        plan.steps.forEach((step, index) => expect(step.wave - (plan.steps[index - 1]?.wave ?? 0)).toBeLessThanOrEqual(1));
        if (!plan.explored && chosen.strategy !== 'rate_table')
          expect(plan.expectedValueFen).toBeGreaterThanOrEqual(chosen.partner_offer_value_fen - 1e-6);
      }),
      { numRuns: 500 },
    );
  });

  it('by waterfall and index is the exact choice over its own numbers', () => {
    const exact = { strategy: 'waterfall', exploration_share: 0 };
    fc.assert(
      fc.property(anyInputs, fc.integer({ min: 1, max: 3 }), fc.integer({ min: 0, max: 9_000 }), (given, max_attempts, partner_offer_value_fen) => {
        const wanted = policy({ ...exact, max_attempts, partner_offer_value_fen });
        const plan = makePlan({ ...given, attemptsUsed: 0, declinedLikelihoods: [] }, wanted, all);
        const boxes = given.funders
          .filter((each) => !each.breakerOpen && !each.attempted)
          .map(({ funderId, likelihood: { alpha, beta }, latencyMs }) => {
            const { valueFen, costFen, patience } = worthOf(all.get(funderId)!, wanted, facts().amount_fen, latencyMs);
            return boxOf(funderId, 1, alpha / (alpha + beta), valueFen, costFen, patience);
          });
        const best = chooseAtMost(boxes.toSorted(byIndex), max_attempts, partner_offer_value_fen);
        expect(steps(plan)).toEqual(best.map((box) => box.funderId));
        expect(plan.expectedValueFen).toBeCloseTo(valueOfOrder(best, partner_offer_value_fen), 6);
      }),
      { numRuns: 300 },
    );
  });
});
