/** The bound on steering: kept by every plan, nothing changed where it does not bind, and what it costs held against brute force. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { reversals, withinSteering, type SteeringBound } from '../../src/routing/bounded-steering.ts';
import { boxOf, byIndex, type Box } from '../../src/routing/order.ts';
import { makePlan } from '../../src/routing/plan.ts';
import { byWorth, valueOfWaves } from '../../src/routing/wave.ts';
import { byId, funder, inputs, policy, state } from './world.ts';

const likelihood = fc.record({ alpha: fc.double({ min: 0.1, max: 40, noNaN: true }), beta: fc.double({ min: 0.1, max: 40, noNaN: true }) });
const lender = fc.record({
  likelihood,
  tier: fc.integer({ min: 1, max: 3 }),
  cpa_fen: fc.integer({ min: 0, max: 60_000 }),
  quoted_apr_bps: fc.integer({ min: 300, max: 4_000 }),
});
const lenders = fc.array(lender, { minLength: 2, maxLength: 14 });
const ways = fc.record({
  strategy: fc.constantFrom('waterfall', 'wave', 'rate_table'),
  tier_order: fc.constantFrom('index', 'strict_first'),
  wave_size: fc.integer({ min: 1, max: 3 }),
  max_attempts: fc.integer({ min: 2, max: 16 }),
  exploration_share: fc.constantFrom(0, 1),
});

function planOf(all: readonly (typeof lender extends fc.Arbitrary<infer L> ? L : never)[], way: object, max_steering: number) {
  const funders = all.map(({ tier, cpa_fen, quoted_apr_bps }, at) => funder(`fnd_${at}`, { tier, terms: { cpa_fen }, product: { quoted_apr_bps } }));
  const states = all.map((each, at) => state(`fnd_${at}`, { likelihood: each.likelihood }));
  const exposure_budget = { max_recipients: 50, window_days: 30 };
  return makePlan(inputs(states), policy({ ...way, max_steering, exposure_budget }), byId(...funders));
}

describe('a bound on steering', () => {
  it('is kept by every plan, which tries the same funders as without it', () => {
    let bound = 0;
    fc.assert(
      fc.property(lenders, ways, fc.double({ min: 0, max: 1, noNaN: true }), (all, way, most) => {
        const plan = planOf(all, way, most);
        const free = planOf(all, way, 1);
        expect(plan.steering).toBeLessThanOrEqual(most);
        const ids = (of: typeof plan): string[] => of.steps.map(({ funderId }) => funderId).toSorted();
        expect(ids(plan)).toEqual(ids(free));
        expect(plan.steps.map(({ wave }) => wave)).toEqual(free.steps.map(({ wave }) => wave));
        if (free.steering <= most) expect(JSON.stringify(plan)).toBe(JSON.stringify(free));
        else bound += 1;
        expect(plan.bounded === true).toBe(free.steering > most);
      }),
      { numRuns: 400 },
    );
    expect(bound).toBeGreaterThan(40);
  });

  it('of 0 is the borrower’s own order, also across tiers', () => {
    fc.assert(
      fc.property(lenders, fc.constantFrom('index', 'strict_first'), (all, tier_order) => {
        const plan = planOf(all, { strategy: 'waterfall', tier_order, max_attempts: 16 }, 0);
        expect(plan.steps.map(({ funderId }) => funderId)).toEqual(plan.borrowerOrder);
      }),
      { numRuns: 100 },
    );
  });
});

const instance = fc
  .array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.integer({ min: 500, max: 30_000 }), fc.double({ min: 0.5, max: 1, noNaN: true })), {
    minLength: 2,
    maxLength: 6,
  })
  .chain((drawn) =>
    fc.record({
      boxes: fc.constant(drawn.map(([p, v, d], at) => boxOf(`fnd_${at}`, 1, p, v, 100, d))),
      order: fc.shuffledSubarray([...drawn.keys()], { minLength: drawn.length }),
      most: fc.double({ min: 0, max: 0.7, noNaN: true }),
      lastBox: fc.constantFrom(0, 800),
      size: fc.integer({ min: 1, max: 2 }),
    }),
  );

function* permutations<T>(items: readonly T[]): Generator<readonly T[]> {
  if (items.length < 2) return void (yield items);
  for (const [at, item] of items.entries()) for (const rest of permutations(items.toSpliced(at, 1))) yield [item, ...rest];
}
const inWaves = (boxes: readonly Box[], size: number): Box[][] =>
  Array.from({ length: Math.ceil(boxes.length / size) }, (_, at) => boxes.slice(at * size, (at + 1) * size));

/** Share of the best value within the bound that is missed. */
function lossOf(boxes: readonly Box[], size: number, bound: SteeringBound<Box>): number {
  const worth = (waves: readonly (readonly Box[])[]): number => valueOfWaves(waves.map(byWorth), bound.lastBox);
  const pairs = (boxes.length * (boxes.length - 1)) / 2;
  const got = withinSteering(inWaves(boxes.toSorted(byIndex), size), bound);
  expect(reversals(got, bound.rank) / pairs).toBeLessThanOrEqual(bound.most);
  let best = -Infinity;
  for (const order of permutations(boxes)) {
    const waves = inWaves(order, size);
    if (reversals(waves, bound.rank) / pairs <= bound.most) best = Math.max(best, worth(waves));
  }
  return (best - worth(got)) / Math.max(1, Math.abs(best));
}

describe('what the bound costs, against every order', () => {
  it('is the least there is for up to six, one after the other; within 1% in the mean for waves of two', () => {
    const losses: number[] = [];
    fc.assert(
      fc.property(instance, ({ boxes, order, most, lastBox, size }) => {
        const bound = { rank: new Map(order.map((at, place) => [boxes[at]!, place])), most, lastBox, free: true };
        const loss = lossOf(boxes, size, bound);
        // An order that kept to its bound from the start is not improved upon, and by index it is the best of all.
        if (size === 1) expect(Math.abs(loss)).toBeLessThan(1e-9);
        else losses.push(loss);
      }),
      { numRuns: 400 },
    );
    expect(losses.length).toBeGreaterThan(100);
    expect(losses.reduce((sum, loss) => sum + loss, 0) / losses.length).toBeLessThan(0.01);
  });
});
