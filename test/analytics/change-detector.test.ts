/** Evidence of a change: never more than it may promise, whatever the outcomes are; and soon enough when there is one. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { add, noEvidence, noSums, strength, sureness, weigh, weighReturn, type Direction, type Seen } from '../../src/analytics/change-detector.ts';
import { generator } from '../../src/routing/draw.ts';

const seen = (x: number, e: number, atMs = 0): Seen => ({ x, e, outcome: x, likely: e, atMs });

/** Outcomes at `rate`, of which `e` is expected, until the evidence passes `limit`; at most `most`. */
function untilPast(
  limit: number,
  { rate, e, most, direction, next }: { rate: number; e: number; most: number; direction: Direction; next: () => number },
): number {
  const evidence = noEvidence();
  for (let n = 1; n <= most; n += 1) {
    weigh(evidence, direction, seen(next() < rate ? 1 : 0, e), 0);
    if (strength(evidence) >= limit) return n;
  }
  return most;
}

describe('evidence of a change', () => {
  it('passes a limit no more often than once in so many quiet outcomes', () => {
    const limit = 500;
    for (const direction of ['down', 'up'] as const) {
      const lengths = Array.from({ length: 400 }, (_, run) =>
        untilPast(limit, { rate: 0.2, e: 0.2, most: 20_000, direction, next: generator(run, direction) }),
      );
      expect(lengths.reduce((sum, n) => sum + n, 0) / lengths.length, direction).toBeGreaterThan(limit);
    }
  });

  it('is a fair bet on any share and at any expectation: what it wins on average is what it stakes', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.01, max: 0.97, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.constantFrom<Direction>('down', 'up'),
        (e, spread, direction) => {
          // Two shares, symmetrical about what is expected: their mean is `e`.
          const width = spread * Math.min(e, 1 - e);
          const [low, high] = [e - width, e + width].map((x) => {
            const evidence = noEvidence();
            weigh(evidence, direction, seen(x, e), 0);
            return strength(evidence);
          });
          expect((low! + high!) / 2).toBeCloseTo(1, 9);
        },
      ),
    );
  });

  it('finds a fifth that becomes a tenth or a twentieth, and takes slack for what it is', () => {
    const median = (rate: number, e: number): number =>
      Array.from({ length: 101 }, (_, run) => untilPast(200_000, { rate, e, most: 2_000, direction: 'down', next: generator(run, 'drop') })).toSorted(
        (a, b) => a - b,
      )[50]!;
    expect(median(0.05, 0.2)).toBeLessThan(120);
    expect(median(0.1, 0.2)).toBeLessThan(280);
    expect(median(0.2, 0.2)).toBe(2_000);
    const [strict, slack] = [noEvidence(), noEvidence()];
    for (let n = 0; n < 100; n += 1) {
      weigh(strict, 'down', seen(0, 0.2), 0);
      weigh(slack, 'down', seen(0, 0.2), 0.3);
    }
    expect(strength(slack)).toBeLessThan(strength(strict) / 10);
  });

  it('knows where the change began: nothing before the last moment that spoke against it', () => {
    const evidence = noEvidence();
    for (let n = 0; n < 50; n += 1) weigh(evidence, 'down', seen(n % 4 === 0 ? 1 : 0, 0.2, n), 0);
    for (let n = 50; n < 90; n += 1) weigh(evidence, 'down', seen(0, 0.2, n), 0);
    expect(evidence.sums.sinceMs).toBeGreaterThan(40);
    expect(evidence.sums.n).toBe(90 - evidence.sums.sinceMs);
    weigh(evidence, 'down', seen(1, 0.001, 99), 0);
    weigh(evidence, 'down', seen(1, 0.2, 99), 0);
    expect(evidence.sums.n).toBeLessThanOrEqual(90);
  });

  it('is told as a probability that grows to one', () => {
    const evidence = noEvidence();
    expect(sureness(evidence)).toBe(0);
    evidence.bets = [10_000, 10_000, 10_000];
    expect(sureness(evidence)).toBeCloseTo(0.5, 9);
    evidence.bets = [Number.POSITIVE_INFINITY, 0, 0];
    expect(sureness(evidence)).toBe(1);
  });
});

it('the way back is found by outcomes as before, and not by more of the same', () => {
  const next = generator(7, 'back');
  let [returned, stayed] = [0, 0];
  for (let n = 0; n < 300; n += 1) {
    const luck = next();
    returned = weighReturn(returned, { x: luck < 0.2 ? 1 : 0, e: 0.2 }, 0.44);
    stayed = weighReturn(stayed, { x: luck < 0.1 ? 1 : 0, e: 0.2 }, 0.44);
  }
  expect(returned).toBeGreaterThan(200);
  expect(stayed).toBeLessThan(200);
});

it('sums hold what is needed for a rate and its error', () => {
  const sums = noSums();
  add(sums, { x: 0.4, e: 0.5, outcome: 1, likely: 0.25, atMs: 12 });
  add(sums, { x: 0.4, e: 0.5, outcome: 0, likely: 0.25, atMs: 13 });
  expect(sums).toEqual({ n: 2, x: 0.8, e: 1, outcome: 1, likely: 0.5, square: 0.625, sinceMs: 12 });
});
