/** The calculus of the latent quality against differences, and against the likelihoods that routing itself uses. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { afterDeclines, latentAfterDeclines } from '../../../src/routing/latent.ts';
import { Belief, judge } from '../../../src/routing/whatif/quality.ts';
import { factor, solve } from '../../../src/routing/whatif/spd.ts';
import { drawnTimes } from '../../../src/routing/whatif/weights.ts';

const logit = fc.double({ min: -3, max: 3, noNaN: true });
const answers = fc.array(fc.record({ logit, approved: fc.boolean() }), { maxLength: 3 });
const sigmas = fc.double({ min: 0.5, max: 3, noNaN: true });

function likelihood(before: readonly { logit: number; approved: boolean }[], own: number, sigma: number) {
  const belief = new Belief();
  for (const one of before) belief.learn(judge(one.logit, sigma), one.approved);
  return belief.next(judge(own, sigma));
}

describe('the likelihood of the next answer', () => {
  it('moves as its derivatives say', () => {
    fc.assert(
      fc.property(answers, logit, sigmas, (before, own, sigma) => {
        const step = 1e-4;
        const slope = (of: (moved: number) => number): number => (of(step) - of(-step)) / (2 * step);
        const at = likelihood(before, own, sigma);
        expect(at.own).toBeCloseTo(
          slope((moved) => likelihood(before, own + moved, sigma).p),
          5,
        );
        expect(at.sigma).toBeCloseTo(
          slope((moved) => likelihood(before, own, sigma + moved).p),
          5,
        );
        at.before.forEach((by, place) => {
          const moved = (by_: number) => before.map((one, each) => (each === place ? { ...one, logit: one.logit + by_ } : one));
          expect(by).toBeCloseTo(
            slope((by_) => likelihood(moved(by_), own, sigma).p),
            5,
          );
        });
      }),
      { numRuns: 40 },
    );
  });

  it('after declines is the one that plans are made with', () => {
    fc.assert(
      fc.property(fc.array(logit, { minLength: 1, maxLength: 4 }), logit, (declined, own) => {
        const means: number[] = [];
        for (const each of declined) means.push(afterDeclines(1 / (1 + Math.exp(-each)), latentAfterDeclines(means)));
        const planned = afterDeclines(1 / (1 + Math.exp(-own)), latentAfterDeclines(means));
        const ours = likelihood(
          declined.map((each) => ({ logit: each, approved: false })),
          own,
          1.5,
        );
        expect(ours.p).toBeCloseTo(planned, 6);
      }),
      { numRuns: 40 },
    );
  });
});

it('solves a small system', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: -2, max: 2, noNaN: true }), { minLength: 12, maxLength: 12 }), (numbers) => {
      const [size, root] = [3, numbers.slice(0, 9)];
      const matrix = Float64Array.from({ length: 9 }, (_, at) => {
        const [row, column] = [Math.floor(at / size), at % size];
        return [0, 1, 2].reduce((sum, k) => sum + root[row * size + k]! * root[column * size + k]!, row === column ? 0.5 : 0);
      });
      const x = solve(factor(matrix, size), size, numbers.slice(9));
      for (let row = 0; row < size; row += 1)
        expect([0, 1, 2].reduce((sum, k) => sum + matrix[row * size + k]! * x[k]!, 0)).toBeCloseTo(numbers[9 + row]!, 8);
    }),
  );
});

it('draws a borrower once on the mean, with a variance of one, each replicate by itself', () => {
  const draws = Array.from({ length: 40_000 }, (_, at) => drawnTimes(Math.imul(at, 0x9e3779b1) >>> 0, at % 7, 3));
  const mean = draws.reduce((sum, times) => sum + times, 0) / draws.length;
  expect(mean).toBeCloseTo(1, 1);
  expect(draws.reduce((sum, times) => sum + (times - mean) ** 2, 0) / draws.length).toBeCloseTo(1, 1);
  const pairs = Array.from({ length: 20_000 }, (_, at) => (drawnTimes(at, 0, 1) - 1) * (drawnTimes(at, 1, 1) - 1));
  expect(Math.abs(pairs.reduce((sum, each) => sum + each, 0) / pairs.length)).toBeLessThan(0.04);
});
