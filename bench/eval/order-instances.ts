/** Random small instances of the choice that routing makes, each held against trying out everything. */
import { Policy } from '../../src/domain/policy.ts';
import { generator } from '../../src/routing/draw.ts';
import { boxOf } from '../../src/routing/order.ts';
import type { Box } from '../../src/routing/order.ts';
import { chooseByStrategy } from '../../src/routing/strategy.ts';
import { byWorth, chooseWave, valueOfWave, valueOfWaves } from '../../src/routing/wave.ts';

/** What the choice is held against, each with its own brute force. */
export const KINDS = ['index', 'strict_first', 'wave'] as const;
export type Kind = (typeof KINDS)[number];

export interface Exactness {
  readonly instances: number;
  /** Instances in which something else was worth more, beyond rounding (1e-9 of the value). */
  readonly differences: number;
  /** Largest shortfall, relative to 1 + the best value. */
  readonly worst: number;
}

const ROUNDING = 1e-9;

/**
 * `index`: the best of every ordered subset of at most K, then the last box. `strict_first`: the best subsequence of the order by tiers.
 * `wave`: the best subset of at most K asked at once, with one cost for all.
 */
export function checkExactness(kind: Kind, instances: number, seed: number): Exactness {
  const next = generator(seed, `instances ${kind}`);
  let [differences, worst] = [0, 0];
  for (let instance = 0; instance < instances; instance += 1) {
    const short = kind === 'wave' ? waveShortfall(next) : waterfallShortfall(kind, next);
    worst = Math.max(worst, short);
    if (!(short <= ROUNDING)) differences += 1;
  }
  return { instances, differences, worst };
}

function waterfallShortfall(tierOrder: 'index' | 'strict_first', next: () => number): number {
  const boxes = drawBoxes(next, false);
  const limits = { attempts: Math.floor(next() * 7), lastBox: drawLast(next) };
  const policy = Policy.parse({ id: 'pol_exact', name: 'exact', strategy: 'waterfall', tier_order: tierOrder });
  const ours = valueOfWaves(chooseByStrategy(boxes, policy, limits), limits.lastBox);
  const inTiers = boxes.toSorted((left, right) => left.tier - right.tier || right.index - left.index);
  return shortfall(ours, bestOrder(tierOrder === 'index' ? boxes : inTiers, tierOrder === 'strict_first', limits));
}

/** Every ordered subset, or every subsequence when the order is `given`; valued by the definition, front to back. */
function bestOrder(boxes: readonly Box[], given: boolean, { attempts, lastBox }: { readonly attempts: number; readonly lastBox: number }): number {
  let best = -Infinity;
  const visit = (from: number, used: number, left: number, there: number, earned: number): void => {
    best = Math.max(best, earned + there * lastBox);
    if (left === 0) return;
    for (let index = given ? from : 0; index < boxes.length; index += 1) {
      if ((used >> index) & 1) continue;
      const { p, v, c, d } = boxes[index]!;
      visit(index + 1, used | (1 << index), left - 1, there * d * (1 - p), earned + there * (p * v - c));
    }
  };
  visit(0, 0, attempts, 1, 0);
  return best;
}

function waveShortfall(next: () => number): number {
  const boxes = drawBoxes(next, true);
  const size = 1 + Math.floor(next() * 6);
  const after = Math.max(0, drawLast(next));
  let best = -Infinity;
  for (let mask = 0; mask < 1 << boxes.length; mask += 1) {
    const subset = boxes.filter((_, index) => (mask >> index) & 1);
    if (subset.length <= size) best = Math.max(best, valueOfWave(byWorth(subset), after));
  }
  return shortfall(valueOfWave(byWorth(chooseWave(boxes, size, after)), after), best);
}

/** Up to six boxes, a third of the numbers corners: never, always, no patience and perfect patience, worthless, free, ties. */
function drawBoxes(next: () => number, oneCost: boolean): Box[] {
  const corner = (corners: readonly number[], otherwise: () => number): number =>
    next() < 1 / 3 ? corners[Math.floor(next() * corners.length)]! : otherwise();
  const cost = next() * 500;
  return Array.from({ length: Math.floor(next() * 7) }, (_, index) => {
    const p = corner([0, 1, 0.5], next);
    const v = corner([0, 1_000], () => next() * 20_000);
    const c = oneCost ? cost : corner([0, 100], () => next() * 3_000);
    const d = oneCost ? 1 : corner([0, 1, 0.95], next);
    return boxOf(`fnd_${index}`, 1 + Math.floor(next() * 3), p, v, c, d);
  });
}

function drawLast(next: () => number): number {
  return next() < 1 / 3 ? 0 : next() * 8_000;
}

function shortfall(ours: number, best: number): number {
  return Math.max(0, best - ours) / (1 + Math.abs(best));
}
