import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { boxOf, byIndex } from '../../src/routing/order.ts';
import type { Box } from '../../src/routing/order.ts';
import { chooseByStrategy } from '../../src/routing/strategy.ts';
import { valueOfOrder } from '../../src/routing/choose.ts';
import { byWorth, chooseWave, valueOfWave, valueOfWaves } from '../../src/routing/wave.ts';
import { policy } from './world.ts';

const chance = fc.double({ min: 0, max: 1, noNaN: true });
const some = fc.array(fc.tuple(chance, fc.double({ min: 0, max: 10_000, noNaN: true })), { maxLength: 7 });

function bestSubset(boxes: readonly Box[], size: number, after: number): number {
  let best = -Infinity;
  for (let mask = 0; mask < 1 << boxes.length; mask += 1) {
    const subset = boxes.filter((_, index) => (mask >> index) & 1);
    if (subset.length <= size) best = Math.max(best, valueOfWave(byWorth(subset), after));
  }
  return best;
}

/** Sums over every pattern of answers: the approval worth most wins, all are paid for. */
function valueByAnswers(boxes: readonly Box[], after: number): number {
  let total = 0;
  for (let answers = 0; answers < 1 << boxes.length; answers += 1) {
    let chance = 1;
    let best = -Infinity;
    boxes.forEach((box, index) => {
      const yes = ((answers >> index) & 1) === 1;
      chance *= yes ? box.p : 1 - box.p;
      if (yes) best = Math.max(best, box.v);
    });
    const outcome = best === -Infinity ? Math.min(1, ...boxes.map((box) => box.d)) * after : best;
    total += chance * outcome;
  }
  return total - boxes.reduce((sum, box) => sum + box.c, 0);
}

describe('a wave', () => {
  it('is worth the sum over every pattern of answers', () => {
    fc.assert(
      fc.property(some, chance, fc.double({ min: 0, max: 3_000, noNaN: true }), (all, d, after) => {
        const boxes = all.map(([p, v], index) => boxOf(`fnd_${index}`, 1, p, v, 30 * index, 1 - d / (index + 1)));
        expect(Math.abs(valueOfWave(byWorth(boxes), after) - valueByAnswers(boxes, after))).toBeLessThan(1e-6);
      }),
      { numRuns: 300 },
    );
  });

  it('is chosen exactly by greedy improvement when costs and patience are equal', () => {
    const cost = fc.double({ min: 0, max: 500, noNaN: true });
    fc.assert(
      fc.property(some, cost, chance, fc.double({ min: 0, max: 3_000, noNaN: true }), fc.integer({ min: 1, max: 7 }), (all, c, d, after, size) => {
        // Equal patience, last box included: with d below 1 even the empty wave would be another kind of choice.
        const boxes = all.map(([p, v], index) => boxOf(`fnd_${index}`, 1, p, v, c, 1));
        const chosen = chooseWave(boxes, size, d * after);
        expect(valueOfWave(byWorth(chosen), d * after)).toBeCloseTo(bestSubset(boxes, size, d * after), 6);
      }),
      { numRuns: 1_000 },
    );
  });

  it('stops adding when the next one costs more than it improves', () => {
    const first = boxOf('fnd_a', 1, 0.9, 1_000, 50, 1);
    const second = boxOf('fnd_b', 1, 0.9, 1_000, 150, 1);
    expect(chooseWave([second, first], 2, 0)).toEqual([first]);
    expect(chooseWave([second, first], 2, 5_000)).toEqual([]);
  });
});

describe('strategies', () => {
  const boxes = [
    boxOf('fnd_a', 1, 0.3, 3_000, 10, 0.9),
    boxOf('fnd_b', 1, 0.5, 1_000, 10, 0.9),
    boxOf('fnd_c', 2, 0.7, 2_500, 10, 0.9),
    boxOf('fnd_d', 2, 0.2, 40, 10, 0.9),
  ];
  const ids = (waves: readonly (readonly Box[])[]): string[][] => waves.map((wave) => wave.map((box) => box.funderId));

  it('waterfall: one at a time, by index', () => {
    const waves = chooseByStrategy(boxes, policy(), { attempts: 6, lastBox: 100 });
    expect(ids(waves)).toEqual([['fnd_a'], ['fnd_c'], ['fnd_b']]);
    expect(valueOfWaves(waves, 100)).toBeCloseTo(valueOfOrder(boxes.slice(0, 3).toSorted(byIndex), 100), 9);
  });

  it('strict first: tiers in order, the index within', () => {
    expect(ids(chooseByStrategy(boxes, policy({ tier_order: 'strict_first' }), { attempts: 6, lastBox: 0 }))).toEqual([['fnd_a'], ['fnd_c']]);
    expect(ids(chooseByStrategy(boxes, policy({ tier_order: 'strict_first' }), { attempts: 1, lastBox: 0 }))).toEqual([['fnd_c']]);
  });

  it('wave: groups of the size, within the attempts, not across tiers when strict goes first', () => {
    expect(ids(chooseByStrategy(boxes, policy({ strategy: 'wave' }), { attempts: 3, lastBox: 0 }))).toEqual([['fnd_c', 'fnd_a'], ['fnd_b']]);
    const strict = chooseByStrategy(boxes, policy({ strategy: 'wave', wave_size: 3, tier_order: 'strict_first' }), { attempts: 6, lastBox: 0 });
    expect(ids(strict)).toEqual([['fnd_a', 'fnd_b'], ['fnd_c']]);
  });

  it('rate table: all that are worth more than the last box, at once', () => {
    expect(ids(chooseByStrategy(boxes, policy({ strategy: 'rate_table' }), { attempts: 6, lastBox: 100 }))).toEqual([['fnd_a', 'fnd_c', 'fnd_b']]);
    expect(chooseByStrategy(boxes, policy({ strategy: 'rate_table' }), { attempts: 0, lastBox: 0 })).toEqual([]);
  });
});
