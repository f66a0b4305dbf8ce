import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KINDS, checkExactness } from '../../bench/eval/order-instances.ts';
import { CASES, timePlans } from '../../bench/eval/plan-speed.ts';
import { chooseAtMost } from '../../src/routing/choose.ts';
import { contenders } from '../../src/routing/contenders.ts';
import { boxOf, byIndex } from '../../src/routing/order.ts';

describe('order and choice', () => {
  it.each(KINDS)('equal brute force on random instances: %s', (kind) => {
    expect(checkExactness(kind, 1_000, 7)).toMatchObject({ instances: 1_000, differences: 0 });
  });

  it('are held against different instances for different seeds', () => {
    expect(checkExactness('index', 200, 1).worst).not.toBe(checkExactness('index', 200, 3).worst);
  });

  it('are timed for every case, sizes in the order given', () => {
    for (const name of CASES) {
      const timings = timePlans(name, [2, 40], 3);
      expect(timings.map((one) => one.funders)).toEqual([2, 40]);
      for (const { median_ms: median, fast_ms: fast } of timings) expect(fast > 0 && fast <= median).toBe(true);
    }
  });
});

describe('contenders', () => {
  const chance = fc.oneof(fc.constantFrom(0, 1, 0.5), fc.double({ min: 0, max: 1, noNaN: true }));
  const box = fc.tuple(chance, fc.double({ min: 0, max: 20_000, noNaN: true }), fc.double({ min: -500, max: 3_000, noNaN: true }), chance);
  const many = fc.array(box, { minLength: 128, maxLength: 300 }).map((all) => all.map(([p, v, c, d], index) => boxOf(`fnd_${index}`, 1, p, v, c, d)));

  it('always hold the choice that would be made among all', () => {
    fc.assert(
      fc.property(many, fc.integer({ min: 1, max: 12 }), fc.constantFrom(0, 100, 5_000), (boxes, most, lastBox) => {
        const among = contenders(boxes, most, lastBox);
        expect(chooseAtMost(among.toSorted(byIndex), most, lastBox)).toEqual(chooseAtMost(boxes.toSorted(byIndex), most, lastBox));
      }),
      { numRuns: 150 },
    );
  });

  it('are few of many, all of a few, and all where what follows may be worth less than nothing', () => {
    const boxes = Array.from({ length: 1_000 }, (_, index) =>
      boxOf(`fnd_${index}`, 1, ((index * 7) % 997) / 1_000, 100 + ((index * 31) % 9_973), 10, 0.9),
    );
    expect(contenders(boxes, 6, 0).length).toBeLessThan(250);
    expect(contenders(boxes, 6, -1)).toBe(boxes);
    expect(contenders(boxes.slice(0, 100), 6, 0)).toHaveLength(100);
  });
});
