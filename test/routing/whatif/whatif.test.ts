/** The arithmetic of a what-if simulation, on cases small enough to be worked out by hand, and on a made-up market. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drawLog, drawMarket } from '../../../bench/eval/whatif-market.ts';
import type { Policy } from '../../../src/domain/policy.ts';
import type { Comparison } from '../../../src/domain/simulation.ts';
import type { LoggedAttempt, StoredCase } from '../../../src/routing/whatif/stored-case.ts';
import { walk, type Funders } from '../../../src/routing/whatif/walk.ts';
import { resultOf, whatIf } from '../../../src/routing/whatif/whatif.ts';
import { byId, funder, inputs, policy, state } from '../world.ts';

const said = (funderId: string, wave: number, answer: LoggedAttempt['answer'], submitted = true): LoggedAttempt => ({
  funderId,
  wave,
  answer,
  submitted,
});
let serial = 0;
function stored(attempts: readonly LoggedAttempt[], over: Partial<StoredCase> = {}): StoredCase {
  serial += 1;
  return {
    applicationId: `app_${serial}`,
    borrowerId: `bor_${serial}`,
    policyId: null,
    inputs: inputs([state('fnd_a'), state('fnd_b')]),
    attempts,
    left: false,
    ...over,
  };
}
const A = funder('fnd_a', { terms: { cpa_fen: 20_000, attempt_cost_fen: 100 } });
const B = funder('fnd_b', { terms: { cpa_fen: 10_000 } });
const both = byId(A, B);
const A_FIRST = policy({ patience: 0 });
const B_FIRST = policy({ patience: 0, weights: { fnd_b: 5 } });

function simulate(cases: readonly StoredCase[], active: Policy, candidate: Policy, funders: Funders = both): Comparison {
  const simulation = whatIf({ active, candidate, funders, loggedBy: () => ({ policy: active, funders }), replicates: 60, seed: 1 });
  for (const one of cases) simulation.add(one);
  return resultOf(simulation);
}

describe('the way of one application', () => {
  it('reads an answer from the log where there is one and stops at an approval', () => {
    const { stops } = walk(stored([said('fnd_a', 0, 'declined'), said('fnd_b', 1, 'approved')]), A_FIRST, both);
    expect(stops.map(({ funderId, answer, stays }) => [funderId, answer, stays])).toEqual([
      ['fnd_a', 'declined', true],
      ['fnd_b', 'approved', true],
    ]);
    expect(walk(stored([said('fnd_a', 0, 'declined'), said('fnd_b', 1, 'approved')]), B_FIRST, both).stops).toHaveLength(1);
  });

  it('goes on by the model where nobody knows, and no further than a borrower who left', () => {
    const unknown = walk(stored([said('fnd_a', 0, 'approved')]), B_FIRST, both).stops;
    expect(unknown.map(({ funderId, answer }) => [funderId, answer])).toEqual([
      ['fnd_b', null],
      ['fnd_a', 'approved'],
    ]);
    expect(walk(stored([said('fnd_a', 0, 'declined')], { left: true }), A_FIRST, both).stops).toHaveLength(1);
    expect(walk(stored([], { left: true }), A_FIRST, both).stops).toEqual([]);
  });

  it('replans after a decline as the plan of that moment was made', () => {
    // One that could not be had neither teaches nor counts.
    const failed = walk(stored([said('fnd_a', 0, 'no', false), said('fnd_b', 1, 'declined')]), policy({ max_attempts: 1 }), both).stops;
    expect(failed.map(({ funderId, counts }) => [funderId, counts])).toEqual([
      ['fnd_a', false],
      ['fnd_b', true],
    ]);
    const asked = walk(stored([said('fnd_a', 0, 'declined')]), policy({ max_attempts: 1 }), both).stops;
    expect(asked.map(({ funderId }) => funderId)).toEqual(['fnd_a']);
  });

  it('asks a wave at once, the dearest approval first', () => {
    const { stops } = walk(stored([]), policy({ strategy: 'wave', wave_size: 2 }), both);
    expect(stops.map(({ funderId, together }) => [funderId, together])).toEqual([
      ['fnd_a', false],
      ['fnd_b', true],
    ]);
  });
});

describe('the comparison', () => {
  const yes = stored([said('fnd_a', 0, 'approved')]);
  const no = stored([said('fnd_a', 0, 'declined'), said('fnd_b', 1, 'declined')]);

  it('of a policy with itself is nothing at all, in every replicate', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000 }), (seed) => {
        const market = drawMarket(seed);
        const { difference, funders, active, actual } = simulate(drawLog(market, 40, seed).cases, market.active, market.active, market.funders);
        const figures = [...Object.values(difference), ...funders.map((each) => each.difference)];
        for (const figure of figures) expect(figure).toEqual({ value: 0, low: 0, high: 0 });
        expect(active.observed).toEqual({ asked: 1, approvals: 1, revenue_fen: 1 });
        expect(active.approvals.value).toBeCloseTo(actual.approvals, 10);
        expect(active.attempts.value).toBeCloseTo(actual.attempts, 10);
      }),
      { numRuns: 6 },
    );
  });

  it('counts what happened, and pays for what was asked', () => {
    const { actual, active, applications } = simulate([yes, no, yes, no], A_FIRST, B_FIRST);
    expect([applications, actual]).toEqual([4, { approvals: 0.5, revenue_fen: 10_000, attempt_cost_fen: 100, attempts: 1.5 }]);
    expect([active.approvals.value, active.revenue_fen.value, active.attempt_cost_fen.value, active.attempts.value]).toEqual([0.5, 10_000, 100, 1.5]);
  });

  it('asks a funder that is gone nothing, and its approvals go elsewhere', () => {
    const market = drawMarket(4);
    const { cases } = drawLog(market, 120, 4);
    const most = simulate(cases, market.active, market.active, market.funders).funders.toSorted((a, b) => b.active.value - a.active.value)[0]!;
    const without = { ...market.active, weights: { [most.funder_id]: 0 } };
    const { funders, candidate } = simulate(cases, market.active, without, market.funders);
    expect(funders.find((each) => each.funder_id === most.funder_id)).toMatchObject({ candidate: { value: 0, high: 0 }, asked: { candidate: 0 } });
    expect(funders.reduce((sum, each) => sum + each.candidate.value, 0)).toBeCloseTo(1, 9);
    expect(candidate.observed.asked).toBeLessThan(0.9);
  });

  it('believes the log more than the stored likelihoods, the more of it there is', () => {
    // Stored: 40%. Answered: never. The same funder for those it was not asked of.
    const wrong = Array.from({ length: 80 }, () => stored([said('fnd_a', 0, 'declined')], { inputs: inputs([state('fnd_a')]) }));
    const unasked = Array.from({ length: 80 }, () => stored([said('fnd_b', 0, 'approved')]));
    const few = simulate([...wrong.slice(0, 8), ...unasked], B_FIRST, A_FIRST).candidate.approvals;
    const many = simulate([...wrong, ...unasked], B_FIRST, A_FIRST).candidate.approvals;
    expect(many.value * 160).toBeLessThan(few.value * 88 + 80);
    const modelled = simulate([...wrong, ...unasked], B_FIRST, policy({ patience: 0, weights: { fnd_b: 0 } })).candidate.approvals;
    expect(modelled.value * 2).toBeLessThan(0.2);
    expect(modelled.high).toBeGreaterThan(modelled.low);
  });

  it('does not depend on the order in which applications come, and is the same for a seed', () => {
    const market = drawMarket(2);
    const { cases } = drawLog(market, 60, 2);
    const once = simulate(cases, market.active, market.candidate, market.funders);
    expect(simulate(cases, market.active, market.candidate, market.funders)).toEqual(once);
    const turned = simulate(cases.toReversed(), market.active, market.candidate, market.funders);
    expect(turned.difference.approvals.value).toBeCloseTo(once.difference.approvals.value, 9);
    expect(turned.difference.approvals.low).toBeCloseTo(once.difference.approvals.low, 9);
  });
});

describe('the second opinion', () => {
  it('is refused where nothing was left to luck, nobody is asked in turn, or too little is there', () => {
    const market = drawMarket(1);
    const { cases } = drawLog(market, 120, 1);
    const still = { ...market.active, exploration_share: 0 };
    expect(simulate(cases, still, market.candidate, market.funders).doubly_robust).toEqual({ refused: 'no_exploration' });
    const wave = { ...market.candidate, strategy: 'wave' as const };
    expect(simulate(cases, market.active, wave, market.funders).doubly_robust).toEqual({ refused: 'not_a_waterfall' });
    expect(simulate(cases.slice(0, 50), market.active, market.candidate, market.funders).doubly_robust).toEqual({ refused: 'too_few' });
  });
});
