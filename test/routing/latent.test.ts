import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LATENT_SIGMA, afterDeclines, latentAfterDeclines } from '../../src/routing/latent.ts';

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/** The average of f over t ~ N(0, sigma), on a grid fifty times finer than the one under test. */
function over(f: (t: number) => number): number {
  let sum = 0;
  let total = 0;
  for (let z = -8; z <= 8; z += 0.01) {
    const weight = Math.exp(-0.5 * z * z);
    sum += weight * f(LATENT_SIGMA * z);
    total += weight;
  }
  return sum / total;
}

describe('what a decline teaches', () => {
  it('nothing without a decline', () => {
    expect(latentAfterDeclines([])).toBeNull();
    expect(afterDeclines(0.37, null)).toBe(0.37);
  });

  it('agrees with the integral, for one decline and for two in a row', () => {
    for (const [strict, lenient, mine] of [
      [-1, 1, 0.5],
      [-3, 2, -2],
      [2, 0, -1],
    ] as const) {
      const no = (a: number) => (t: number) => 1 - sigmoid(a + t);
      const first = over((t) => sigmoid(strict + t));
      const oneNo = over(no(strict));
      const second = over((t) => no(strict)(t) * sigmoid(lenient + t)) / oneNo;
      const twoNo = over((t) => no(strict)(t) * no(lenient)(t));
      const prior = over((t) => sigmoid(mine + t));
      expect(afterDeclines(prior, latentAfterDeclines([first]))).toBeCloseTo(over((t) => no(strict)(t) * sigmoid(mine + t)) / oneNo, 4);
      // The second decliner's likelihood is the one it had after the first decline.
      const wanted = over((t) => no(strict)(t) * no(lenient)(t) * sigmoid(mine + t)) / twoNo;
      expect(afterDeclines(prior, latentAfterDeclines([first, second]))).toBeCloseTo(wanted, 4);
    }
  });

  const chance = fc.double({ min: 0.001, max: 0.999, noNaN: true });

  it('lowers every likelihood, keeps their order and stays between 0 and 1', () => {
    fc.assert(
      fc.property(chance, chance, fc.array(chance, { minLength: 1, maxLength: 6 }), (one, other, declined) => {
        const weights = latentAfterDeclines(declined);
        const [low, high] = [Math.min(one, other), Math.max(one, other)];
        const [lowAfter, highAfter] = [afterDeclines(low, weights), afterDeclines(high, weights)];
        expect(lowAfter).toBeLessThan(low);
        expect(lowAfter).toBeGreaterThan(0);
        // Two that differ in the last bit alone may change places by rounding.
        expect(highAfter).toBeGreaterThanOrEqual(lowAfter - 1e-12);
        expect(highAfter).toBeLessThan(high);
      }),
      { numRuns: 500 },
    );
  });

  it('teaches more the more lenient the one that declined', () => {
    const after = [0.05, 0.2, 0.5, 0.8, 0.95].map((declined) => afterDeclines(0.5, latentAfterDeclines([declined])));
    expect(after).toEqual(after.toSorted((left, right) => right - left));
    expect(after[0]! - after[4]!).toBeGreaterThan(0.2);
  });

  it('hits a strict funder harder than a lenient one, so the lenient comes next', () => {
    const weights = latentAfterDeclines([0.2]);
    expect(afterDeclines(0.1, weights) / 0.1).toBeLessThan(afterDeclines(0.6, weights) / 0.6);
  });

  it('takes certainties without breaking', () => {
    for (const declined of [0, 1]) expect(afterDeclines(0.5, latentAfterDeclines([declined, declined]))).toBeGreaterThan(0);
    expect(afterDeclines(0, latentAfterDeclines([0.5]))).toBeLessThan(1e-5);
    expect(afterDeclines(1, latentAfterDeclines([0.5]))).toBeGreaterThan(0.999);
  });
});
