import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { betaInterval90, betaMean } from '../../src/routing/beta.ts';
import { drawLikelihood, generator, isExplored } from '../../src/routing/draw.ts';

/** P(X <= x) for Beta(alpha, beta), by the midpoint rule over log-odds, where the density has no singularity. */
function below(x: number, alpha: number, beta: number): number {
  const limit = Math.log(x / (1 - x));
  const log = (u: number): number => -alpha * Math.log1p(Math.exp(-u)) - beta * Math.log1p(Math.exp(u));
  const peak = log(Math.log(alpha / beta));
  const density = (u: number): number => Math.exp(log(u) - peak);
  const step = 0.01;
  let sum = 0;
  let total = 0;
  for (let u = -60 + step / 2; u < 60; u += step) {
    const mass = density(u);
    total += mass;
    if (u < limit) sum += mass;
  }
  return sum / total;
}

describe('the Beta posterior', () => {
  it('has an interval that holds 90%, 5% on either side', () => {
    const parameters = [0.5, 0.8, 1, 1.6, 4, 8, 50, 900];
    for (const alpha of parameters) {
      for (const beta of parameters) {
        const { low, high } = betaInterval90({ alpha, beta });
        const allowed = Math.min(alpha, beta) >= 1 ? 0.015 : 0.03;
        expect([alpha, beta, Math.abs(below(low, alpha, beta) - 0.05) < allowed]).toEqual([alpha, beta, true]);
        expect([alpha, beta, Math.abs(below(high, alpha, beta) - 0.95) < allowed]).toEqual([alpha, beta, true]);
      }
    }
  });

  it('keeps low below high and both within 0 and 1, and mirrors', () => {
    const parameter = fc.double({ min: 0.02, max: 5_000, noNaN: true });
    fc.assert(
      fc.property(parameter, parameter, (alpha, beta) => {
        const { low, high } = betaInterval90({ alpha, beta });
        expect(low).toBeGreaterThanOrEqual(0);
        expect(low).toBeLessThan(high);
        expect(high).toBeLessThanOrEqual(1);
        expect(betaInterval90({ alpha: beta, beta: alpha }).low).toBeCloseTo(1 - high, 9);
      }),
    );
  });

  it('has the mean of its counts', () => {
    expect(betaMean({ alpha: 1, beta: 3 })).toBe(0.25);
  });
});

describe('exploration', () => {
  it('draws with the mean and the variance of the Beta', () => {
    for (const [alpha, beta] of [
      [0.3, 2.4],
      [1, 1],
      [1.6, 6.4],
      [40, 60],
    ] as const) {
      const draws = Array.from({ length: 20_000 }, (_, seed) => drawLikelihood(seed, 'fnd_a', { alpha, beta }));
      const mean = draws.reduce((sum, draw) => sum + draw, 0) / draws.length;
      const variance = draws.reduce((sum, draw) => sum + (draw - mean) ** 2, 0) / draws.length;
      const wanted = (alpha * beta) / ((alpha + beta) ** 2 * (alpha + beta + 1));
      expect(Math.abs(mean - alpha / (alpha + beta))).toBeLessThan(4 * Math.sqrt(wanted / draws.length));
      expect(variance / wanted).toBeGreaterThan(0.93);
      expect(variance / wanted).toBeLessThan(1.07);
    }
  });

  it('draws independently for two funders of one seed, and the same again', () => {
    const of = (id: string) => Array.from({ length: 5_000 }, (_, seed) => drawLikelihood(seed, id, { alpha: 2, beta: 2 }) - 0.5);
    const [a, b] = [of('fnd_a'), of('fnd_b')];
    const correlation = a.reduce((sum, value, index) => sum + value * b[index]!, 0) / (5_000 * 0.05);
    expect(Math.abs(correlation)).toBeLessThan(0.06);
    expect(of('fnd_a')).toEqual(a);
  });

  it('explores the share it is told to, and a larger share the same and more', () => {
    const explored = (share: number) => Array.from({ length: 10_000 }, (_, seed) => isExplored(seed * 7_919, share));
    const [tenth, third] = [explored(0.1), explored(0.33)];
    expect(tenth.filter(Boolean).length / 10_000).toBeCloseTo(0.1, 1);
    expect(Math.abs(third.filter(Boolean).length - 3_300)).toBeLessThan(200);
    expect(tenth.every((yes, seed) => !yes || third[seed])).toBe(true);
    expect(explored(0).some(Boolean)).toBe(false);
    expect(explored(1).every(Boolean)).toBe(true);
  });

  it('is uniform and takes any finite seed', () => {
    for (const seed of [0, -1, 0.5, 2 ** 53, 1e300]) {
      const next = generator(seed, 'x');
      const buckets = Array.from({ length: 10 }, () => 0);
      for (let index = 0; index < 10_000; index += 1) buckets[Math.floor(next() * 10)]! += 1;
      expect(Math.max(...buckets.map((count) => Math.abs(count - 1_000)))).toBeLessThan(150);
    }
  });

  it('still answers when a parameter is tiny', () => {
    for (let seed = 0; seed < 200; seed += 1) {
      const draw = drawLikelihood(seed, 'fnd_a', { alpha: 1e-3, beta: 1e-3 });
      expect(draw >= 0 && draw <= 1).toBe(true);
    }
  });
});
