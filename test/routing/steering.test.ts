import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { borrowerOrder, steeringOf } from '../../src/routing/steering.ts';
import type { Prospect } from '../../src/routing/steering.ts';

const prospect = (funderId: string, mean: number, quotedAprBps: number, wave = 0): Prospect => ({ funderId, mean, quotedAprBps, wave });
const ids = (prospects: readonly Prospect[]): string[] => prospects.map((each) => each.funderId);

describe("the borrower's order", () => {
  const cheap = prospect('fnd_cheap', 0.1, 800, 0);
  const likely = prospect('fnd_likely', 0.8, 2_300, 1);
  const middle = prospect('fnd_middle', 0.4, 1_500, 2);

  it('is the cost alone for one who can always go on, the expected saving for one who cannot', () => {
    expect(ids(borrowerOrder([likely, middle, cheap], 1))).toEqual(['fnd_cheap', 'fnd_middle', 'fnd_likely']);
    expect(ids(borrowerOrder([likely, middle, cheap], 0))).toEqual(['fnd_likely', 'fnd_middle', 'fnd_cheap']);
  });

  it('is by p s / (1 - d (1 - p)) between', () => {
    const score = ({ mean, quotedAprBps }: Prospect): number => (mean * (3_600 - quotedAprBps)) / (1 - 0.9 * (1 - mean));
    const wanted = [likely, middle, cheap].toSorted((left, right) => score(right) - score(left));
    expect(borrowerOrder([cheap, likely, middle], 0.9)).toEqual(wanted);
  });

  it('puts what is not worth having last, cheaper, likelier and by id', () => {
    const dear = [prospect('fnd_d', 0.9, 4_000), prospect('fnd_c', 0.9, 3_600), prospect('fnd_b', 0.9, 4_000), prospect('fnd_a', 0.2, 4_000)];
    expect(ids(borrowerOrder([...dear, cheap], 0.9))).toEqual(['fnd_cheap', 'fnd_c', 'fnd_b', 'fnd_d', 'fnd_a']);
  });
});

describe('steering', () => {
  const line = (waves: readonly number[]): Prospect[] => waves.map((wave, index) => prospect(`fnd_${index}`, 0.5, 100 * index, wave));

  it('is the share of reversed pairs', () => {
    expect(steeringOf(line([0, 1, 2]), line([0, 1, 2]))).toBe(0);
    expect(steeringOf(line([2, 1, 0]), line([2, 1, 0]))).toBe(1);
    expect(steeringOf(line([0, 2, 1]), line([0, 2, 1]))).toBeCloseTo(1 / 3, 12);
    expect(steeringOf([], [])).toBe(0);
    expect(steeringOf(line([0]), line([0]))).toBe(0);
  });

  it('does not count two that are asked at once', () => {
    expect(steeringOf(line([0, 0, 0]), line([0, 0, 0]))).toBe(0);
    expect(steeringOf(line([1, 1, 0]), line([1, 1, 0]))).toBeCloseTo(2 / 3, 12);
  });

  it('of an order and its reverse add up to 1', () => {
    const permutation = fc.integer({ min: 2, max: 8 }).chain((size) => fc.shuffledSubarray([...Array(size).keys()], { minLength: size }));
    fc.assert(
      fc.property(permutation, (waves) => {
        const back = waves.map((wave) => waves.length - 1 - wave);
        expect(steeringOf(line(waves), line(waves)) + steeringOf(line(back), line(back))).toBeCloseTo(1, 12);
      }),
    );
  });
});
