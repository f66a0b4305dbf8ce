import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Plan } from '../../src/domain/plan.ts';
import { pricesFor, updatePrices } from '../../src/routing/dual-price.ts';
import type { Prices, VolumeTarget } from '../../src/routing/dual-price.ts';
import { flatDay } from '../../src/routing/pacing.ts';
import { makePlan } from '../../src/routing/plan.ts';
import { byId, funder, inputs, policy, state } from './world.ts';

const MIDNIGHT_MS = Date.UTC(2026, 2, 9, 16);
const HOUR_MS = 3_600_000;
const shape = flatDay('Asia/Shanghai');

function target(over: Partial<VolumeTarget> = {}): VolumeTarget {
  return {
    id: 't',
    funderId: 'fnd_a',
    kind: 'cap',
    of: 'attempt',
    unit: 'count',
    window: 'day',
    volume: 240,
    timeZone: 'Asia/Shanghai',
    hours: [0, 24],
    scaleFen: 1_000,
    floorFen: 0,
    ...over,
  };
}

/** Prices after `uses[h]` units in hour h. */
function after(of: VolumeTarget, uses: readonly number[], from: Prices = {}): Prices {
  let prices = updatePrices(from, [of], [], MIDNIGHT_MS, shape);
  uses.forEach((amount, hour) => (prices = updatePrices(prices, [of], [{ targetId: of.id, amount }], MIDNIGHT_MS + (hour + 1) * HOUR_MS, shape)));
  return prices;
}
const price = (prices: Prices): number => prices['t']!.priceFen;

describe('the price of a cap', () => {
  it('does not move while it is used as fast as the day passes', () => {
    expect(price(after(target(), [10, 10, 10, 10]))).toBeCloseTo(0, 6);
  });

  it('rises with what is used too early, by gain x scale for each part of the volume', () => {
    expect(price(after(target(), [34]))).toBeCloseTo((10 * 1_000 * 24) / 240, 6);
    // What is left is spread over what is left of the day: 206 over 23 hours.
    expect(price(after(target(), [34, 10]))).toBeCloseTo(1_000 + (10 * 1_000 * (10 - 206 / 23)) / 240, 6);
  });

  it('falls again when less is used, and never below 0', () => {
    const high = after(target(), [34]);
    const lower = updatePrices(high, [target()], [], MIDNIGHT_MS + 2 * HOUR_MS, shape);
    expect(price(lower)).toBeLessThan(price(high));
    expect(price(after(target(), [0, 0, 0]))).toBe(0);
  });

  it('of a sum is by the fen', () => {
    const sum = target({ unit: 'amount_fen', volume: 240_000_000, scaleFen: 0.001 });
    const prices = after(sum, [34_000_000]);
    expect(pricesFor(prices, [sum], 2_000_000)).toEqual({ fnd_a: { attemptFen: 2_000 } });
    expect(pricesFor(prices, [sum], 1_000_000)).toEqual({ fnd_a: { attemptFen: 1_000 } });
  });

  it('of nothing, or in a zone that does not exist, stays 0', () => {
    expect(price(after(target({ volume: 0 }), [5]))).toBe(0);
    expect(price(after(target({ timeZone: 'Mars/Base' }), [0]))).toBe(0);
  });
});

describe('the price of a promise', () => {
  const promise = target({ kind: 'promise', floorFen: 500 });

  it('is a subsidy while it is behind, no larger than its floor, and nothing when it is ahead', () => {
    expect(price(after(promise, [4]))).toBeCloseTo((10 * 1_000 * -6) / 240, 6);
    expect(price(after(promise, [0, 0, 0]))).toBe(-500);
    expect(price(after(promise, [40]))).toBe(0);
  });

  it('ends when the promise is kept', () => {
    const behind = after(promise, [0, 0]);
    const kept = updatePrices(behind, [promise], [{ targetId: 't', amount: 240 }], MIDNIGHT_MS + 3 * HOUR_MS, shape);
    expect(price(kept)).toBe(0);
  });
});

describe('a new window', () => {
  it('starts from nothing used, with the price on which the last had settled and not its last jump', () => {
    const day = after(target(), [34, ...Array.from({ length: 21 }, () => 9)]);
    const jumped = updatePrices(day, [target()], [{ targetId: 't', amount: 60 }], MIDNIGHT_MS + 23 * HOUR_MS, shape);
    const next = updatePrices(jumped, [target()], [{ targetId: 't', amount: 3 }], MIDNIGHT_MS + 24 * HOUR_MS, shape);
    expect(next['t']).toMatchObject({ used: 3, window: '2026-03-11', progress: 0 });
    expect(price(next)).toBe(jumped['t']!.settledFen);
    expect(price(next)).toBeLessThan(price(jumped));
    expect(price(next)).toBeGreaterThan(0);
  });

  it('of an hour is an hour', () => {
    const hourly = target({ window: 'hour', volume: 60 });
    let prices = updatePrices({}, [hourly], [], MIDNIGHT_MS, shape);
    prices = updatePrices(prices, [hourly], [{ targetId: 't', amount: 45 }], MIDNIGHT_MS + HOUR_MS / 2, shape);
    expect(price(prices)).toBeCloseTo((10 * 1_000 * 15) / 60, 6);
    prices = updatePrices(prices, [hourly], [], MIDNIGHT_MS + HOUR_MS, shape);
    expect(prices['t']).toMatchObject({ used: 0, window: '2026-03-10T01' });
  });
});

describe('any course of updates', () => {
  const uses = fc.array(fc.integer({ min: -3, max: 40 }), { maxLength: 30 });

  it('gives the same bytes again, survives being saved between any two, and keeps the bounds', () => {
    fc.assert(
      fc.property(uses, fc.constantFrom('cap', 'promise'), fc.integer({ min: 0, max: 30 }), (amounts, kind, cut) => {
        const of = target({ kind, floorFen: 700 });
        let saved: Prices = {};
        amounts.forEach((amount, index) => {
          if (index === cut) saved = JSON.parse(JSON.stringify(saved)) as Prices;
          saved = updatePrices(saved, [of], [{ targetId: 't', amount }], MIDNIGHT_MS + index * HOUR_MS, shape);
          const at = price(saved);
          expect(kind === 'cap' ? at >= 0 : at <= 0 && at >= -700).toBe(true);
        });
        let whole: Prices = {};
        amounts.forEach((amount, index) => (whole = updatePrices(whole, [of], [{ targetId: 't', amount }], MIDNIGHT_MS + index * HOUR_MS, shape)));
        expect(JSON.stringify(saved)).toBe(JSON.stringify(whole));
      }),
      { numRuns: 300 },
    );
  });
});

describe('prices in a plan', () => {
  const all = byId(funder('fnd_a', { terms: { cpa_fen: 10_000 } }), funder('fnd_b', { terms: { cpa_fen: 9_000 } }));
  const given = inputs([state('fnd_a'), state('fnd_b')]);
  const steps = (plan: Plan): string[] => plan.steps.map((step) => step.funderId);

  it('add up over the targets of a funder, in whole fen, and leave out who has none', () => {
    const targets = [
      target({ id: 'one' }),
      target({ id: 'two', of: 'approval' }),
      target({ id: 'three', kind: 'promise' }),
      target({ id: 'four', funderId: 'fnd_b' }),
    ];
    const at = (priceFen: number) => ({ priceFen, window: 'd', used: 0, progress: 0, settledFen: 0 });
    const prices = { one: at(100.4), two: at(70), three: at(-30), four: at(0.2) };
    expect(pricesFor(prices, targets, 1)).toEqual({ fnd_a: { attemptFen: 70, approvalFen: 70 } });
    expect(pricesFor({}, targets, 1)).toBeUndefined();
    expect(pricesFor({ four: at(0.2) }, targets, 1)).toBeUndefined();
  });

  it('move a funder back or out, are shown beside value and cost, and are not money', () => {
    const plain = makePlan(given, policy(), all);
    const priced = makePlan({ ...given, prices: { fnd_a: { approvalFen: 3_000, attemptFen: 40 } } }, policy(), all);
    expect(steps(plain)).toEqual(['fnd_a', 'fnd_b']);
    expect(steps(priced)).toEqual(['fnd_b', 'fnd_a']);
    const step = priced.steps[1]!;
    expect(step).toMatchObject({ valueFen: 10_000, costFen: 0, approvalPriceFen: 3_000, attemptPriceFen: 40 });
    expect(step.index).toBeCloseTo((0.4 * 7_000 - 40) / (1 - 0.95 * 0.6), 9);
    expect(priced.expectedValueFen).toBeCloseTo(0.4 * 9_000 + 0.95 * 0.6 * 0.4 * 10_000, 6);
    const out = makePlan({ ...given, prices: { fnd_a: { approvalFen: 11_000 } } }, policy(), all);
    expect(steps(out)).toEqual(['fnd_b']);
    expect(out.excluded).toEqual([
      {
        funderId: 'fnd_a',
        code: 'not_worth_it',
        detail: 'index -930 fen <= last box 0 fen; volume priced at 11000 fen an approval, 0 fen an attempt',
      },
    ]);
  });

  it('bring a promised funder forward', () => {
    expect(steps(makePlan({ ...given, prices: { fnd_b: { attemptFen: -900 } } }, policy(), all))).toEqual(['fnd_b', 'fnd_a']);
  });

  it('of nothing leave a plan as it was, to the byte', () => {
    const plain = JSON.stringify(makePlan(given, policy(), all));
    expect(JSON.stringify(makePlan({ ...given, prices: {} }, policy(), all))).toBe(plain);
    expect(JSON.stringify(makePlan({ ...given, prices: { fnd_a: { attemptFen: 0 } } }, policy(), all))).toBe(plain);
  });
});
