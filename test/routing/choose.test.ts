import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chooseAtMost, valueOfOrder } from '../../src/routing/choose.ts';
import { boxOf, byIndex, byTierThenIndex, indexOf } from '../../src/routing/order.ts';
import type { Box } from '../../src/routing/order.ts';

/** Every ordered subset of at most `most` boxes, valued by the definition: the product of what is survived times what is earned. */
function bestByBruteForce(boxes: readonly Box[], most: number, lastBox: number, ordered: boolean): number {
  let best = -Infinity;
  const visit = (from: number, used: number, left: number, there: number, earned: number): void => {
    best = Math.max(best, earned + there * lastBox);
    if (left === 0) return;
    for (let index = ordered ? from : 0; index < boxes.length; index += 1) {
      if ((used >> index) & 1) continue;
      const { p, v, c, d } = boxes[index]!;
      visit(index + 1, used | (1 << index), left - 1, there * d * (1 - p), earned + there * (p * v - c));
    }
  };
  visit(0, 0, most, 1, 0);
  return best;
}

// Corners on purpose: never, always, perfect patience and none, worthless, costly and paid-for attempts, ties.
const chance = fc.oneof(fc.constantFrom(0, 1, 0.5), fc.double({ min: 0, max: 1, noNaN: true }));
const prize = fc.oneof(fc.constantFrom(0, 1_000), fc.double({ min: -2_000, max: 20_000, noNaN: true }));
const price = fc.oneof(fc.constantFrom(0, 100), fc.double({ min: -500, max: 3_000, noNaN: true }));
const last = fc.oneof(fc.constantFrom(0, 1_000), fc.double({ min: -1_000, max: 8_000, noNaN: true }));
const box = fc.tuple(chance, prize, price, chance, fc.integer({ min: 1, max: 3 }));
const boxes = fc.array(box, { maxLength: 6 }).map((all) => all.map(([p, v, c, d, tier], index) => boxOf(`fnd_${index}`, tier, p, v, c, d)));
const most = fc.integer({ min: 0, max: 7 });

const near = (value: number): number => 1e-9 * (1 + Math.abs(value));

describe('the exact choice', () => {
  it('equals brute force over every ordered subset, with a last box', () => {
    fc.assert(
      fc.property(boxes, most, last, (all, k, lastBox) => {
        const chosen = chooseAtMost(all.toSorted(byIndex), k, lastBox);
        const best = bestByBruteForce(all, k, lastBox, false);
        expect(Math.abs(valueOfOrder(chosen, lastBox) - best)).toBeLessThanOrEqual(near(best));
        expect(chosen.length).toBeLessThanOrEqual(k);
      }),
      { numRuns: 4_000 },
    );
  });

  it('equals brute force over the subsequences when the order is given by the tiers', () => {
    fc.assert(
      fc.property(boxes, most, last, (all, k, lastBox) => {
        const inTiers = all.toSorted(byTierThenIndex);
        const best = bestByBruteForce(inTiers, k, lastBox, true);
        expect(Math.abs(valueOfOrder(chooseAtMost(inTiers, k, lastBox), lastBox) - best)).toBeLessThanOrEqual(near(best));
      }),
      { numRuns: 2_000 },
    );
  });

  it('takes, with room for all, exactly the boxes whose index is above the last box', () => {
    const open = fc.tuple(fc.double({ min: 0.01, max: 0.9, noNaN: true }), prize, price, fc.double({ min: 0.5, max: 1, noNaN: true }));
    fc.assert(
      fc.property(fc.array(open, { maxLength: 6 }), last, (numbers, lastBox) => {
        const all = numbers.map(([p, v, c, d], index) => boxOf(`fnd_${index}`, 1, p, v, c, d)).toSorted(byIndex);
        fc.pre(all.every((each) => Math.abs(each.index - lastBox) > 1e-6));
        expect(chooseAtMost(all, 6, lastBox)).toEqual(all.filter((each) => each.index > lastBox));
      }),
      { numRuns: 1_000 },
    );
  });

  it('prefers many small chances to one when there is room, and the best single when there is not', () => {
    const sure = boxOf('fnd_sure', 1, 0.9, 1_000, 0, 1);
    const rich = boxOf('fnd_rich', 1, 0.1, 5_000, 0, 1);
    const order = [sure, rich].toSorted(byIndex);
    expect(order[0]).toBe(rich);
    expect(chooseAtMost(order, 2, 0)).toEqual([rich, sure]);
    expect(chooseAtMost(order, 1, 0)).toEqual([sure]);
  });

  it('is empty when nothing is worth more than the last box, or nothing may be tried', () => {
    const poor = boxOf('fnd_a', 1, 0.5, 100, 0, 1);
    expect(chooseAtMost([poor], 3, 100)).toEqual([]);
    expect(chooseAtMost([poor], 3, 99)).toEqual([poor]);
    expect(chooseAtMost([poor], 0, 0)).toEqual([]);
    expect(chooseAtMost([poor], -2, 0)).toEqual([]);
    expect(chooseAtMost([], 3, 0)).toEqual([]);
  });

  it('discounts the last box by who is still there', () => {
    const boxes = [boxOf('fnd_a', 1, 0.25, 400, 10, 0.5), boxOf('fnd_b', 1, 0.5, 100, 0, 0.8)];
    expect(valueOfOrder(boxes, 50)).toBeCloseTo(90 + 0.375 * (50 + 0.4 * 50), 12);
  });
});

describe('the index', () => {
  it('is v - c/p for a borrower who never leaves, and p v - c for one who leaves at once', () => {
    expect(indexOf(0.25, 1_000, 50, 1)).toBeCloseTo(800, 9);
    expect(indexOf(0.25, 1_000, 50, 0)).toBe(200);
  });

  it('forgets the likelihood altogether without cost and with perfect patience', () => {
    for (const p of [1e-300, 1e-17, 0.01, 0.5, 1]) expect(indexOf(p, 700, 0, 1)).toBeCloseTo(700, 9);
  });

  it('is infinite by its sign, and nothing when there is nothing', () => {
    expect(indexOf(0, 900, 1, 1)).toBe(-Infinity);
    expect(indexOf(0, 900, -1, 1)).toBe(Infinity);
    expect(indexOf(0, 900, 0, 1)).toBe(0);
  });

  it('sorts infinities and ties to one order', () => {
    const made = [
      ['fnd_b', 0, -1],
      ['fnd_a', 0, -1],
      ['fnd_d', 0, 5],
      ['fnd_c', 0, 5],
      ['fnd_f', 0.5, 0],
      ['fnd_e', 0.5, 0],
    ] as const;
    const boxes = made.map(([id, p, c]) => boxOf(id, 1, p, 100, c, 1));
    const wanted = ['fnd_a', 'fnd_b', 'fnd_e', 'fnd_f', 'fnd_c', 'fnd_d'];
    expect(boxes.toSorted(byIndex).map((each) => each.funderId)).toEqual(wanted);
    expect(
      boxes
        .toReversed()
        .toSorted(byIndex)
        .map((each) => each.funderId),
    ).toEqual(wanted);
  });
});
