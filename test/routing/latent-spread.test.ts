import { describe, expect, it } from 'vitest';
import { playMarket } from '../../bench/eval/latent-play.ts';
import { CORRELATIONS, bestSequence, drawApplicant, drawMarket } from '../../bench/eval/latent-world.ts';
import { InvariantError } from '../../src/domain/failures.ts';
import { generator } from '../../src/routing/draw.ts';
import { LARGEST_SIGMA, LATENT_SIGMA, afterDeclines, latentAfterDeclines, latentFromPriors } from '../../src/routing/latent.ts';
import { SIGMAS, emptySpread, learnSpread, sigmaOf } from '../../src/routing/latent-spread.ts';
import { makePlan } from '../../src/routing/plan.ts';
import { byId, funder, inputs, policy, state } from './world.ts';

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/** The average of f over t ~ N(0, sigma), on a fine grid. */
function over(sigma: number, f: (t: number) => number): number {
  let [sum, total] = [0, 0];
  for (let z = -8; z <= 8; z += 0.01) {
    const weight = Math.exp(-0.5 * z * z);
    sum += weight * f(sigma * z);
    total += weight;
  }
  return sum / total;
}

/** Answers of the second of two funders to people whom the first declined, in a world of this spread. */
function learnFrom(sigma: number, people: number): number {
  const next = generator(11, `spread ${sigma}`);
  const [first, second] = [0.3, -0.6];
  const priors = [over(sigma, (t) => sigmoid(first + t)), over(sigma, (t) => sigmoid(second + t))] as const;
  let spread = emptySpread();
  for (let person = 0; person < people; person += 1) {
    const t = sigma * Math.sqrt(-2 * Math.log(next())) * Math.cos(2 * Math.PI * next());
    if (next() < sigmoid(first + t)) continue;
    spread = learnSpread(spread, { declined: [priors[0]], asked: priors[1], approved: next() < sigmoid(second + t) });
  }
  return sigmaOf(spread);
}

describe('the spread of the latent quality', () => {
  it('agrees with the integral over the whole range of sigma', () => {
    for (const sigma of [0.25, 0.75, 1.5, 3, 4]) {
      const declined = over(sigma, (t) => sigmoid(1 + t));
      const asked = over(sigma, (t) => sigmoid(-1 + t));
      const wanted = over(sigma, (t) => (1 - sigmoid(1 + t)) * sigmoid(-1 + t)) / (1 - declined);
      expect(afterDeclines(asked, latentAfterDeclines([declined], sigma))).toBeCloseTo(wanted, 4);
    }
  });

  it('from priors is the same as from means along the way, in whatever order', () => {
    const priors = [0.6, 0.2, 0.4];
    const means: number[] = [];
    for (const prior of priors) means.push(afterDeclines(prior, latentAfterDeclines(means, 2)));
    const wanted = afterDeclines(0.5, latentAfterDeclines(means, 2));
    expect(afterDeclines(0.5, latentFromPriors(priors, 2))).toBeCloseTo(wanted, 9);
    expect(afterDeclines(0.5, latentFromPriors(priors.toReversed(), 2))).toBeCloseTo(wanted, 9);
  });

  it('of nothing is independence, and outside 0 to 4 is refused', () => {
    expect(latentAfterDeclines([0.5], 0)).toBeNull();
    expect(latentFromPriors([0.5], 0)).toBeNull();
    for (const sigma of [-0.1, LARGEST_SIGMA + 0.1, Number.NaN]) expect(() => latentAfterDeclines([0.5], sigma)).toThrow(InvariantError);
  });

  it('is learnt from what funders answer after declines', () => {
    for (const [sigma, room] of [
      [0, 0.35],
      [0.75, 0.25],
      [1.5, 0.25],
      [3, 0.4],
    ] as const) {
      expect(Math.abs(learnFrom(sigma, 12_000) - sigma)).toBeLessThan(room);
    }
  });

  it('is the first guess until something is seen, and a first attempt says nothing', () => {
    const empty = emptySpread();
    expect(sigmaOf(empty)).toBe(LATENT_SIGMA);
    expect(learnSpread(empty, { declined: [], asked: 0.5, approved: true })).toBe(empty);
    const yes = sigmaOf(learnSpread(empty, { declined: [0.5], asked: 0.5, approved: true }));
    const no = sigmaOf(learnSpread(empty, { declined: [0.5], asked: 0.5, approved: false }));
    expect(yes).toBeLessThan(no);
  });

  it('is plain data, in steps that a plan can take', () => {
    const spread = learnSpread(emptySpread(), { declined: [0.9, 0.9], asked: 0.9, approved: false });
    expect(JSON.parse(JSON.stringify(spread))).toEqual(spread);
    expect(spread.evidence).toHaveLength(SIGMAS.length);
    expect((sigmaOf(spread) * 20) % 1).toBeCloseTo(0, 9);
  });

  it('goes into a plan, is remembered with its inputs, and is the first guess when absent', () => {
    const all = byId(funder('fnd_a'), funder('fnd_b'));
    const declined = inputs([state('fnd_b')], { declinedLikelihoods: [0.5], attemptsUsed: 1 });
    const mean = (latentSigma?: number): number =>
      makePlan({ ...declined, ...(latentSigma === undefined ? {} : { latentSigma }) }, policy(), all).steps[0]!.mean;
    expect(mean(0)).toBe(0.4);
    expect(mean(3)).toBeLessThan(mean(1));
    expect(mean()).toBe(mean(LATENT_SIGMA));
  });
});

describe('the simulation of funders that judge alike', () => {
  const strong = CORRELATIONS.find(({ name }) => name === 'strong')!;

  it('finds replanning worth more than any fixed order by likelihood, and less than knowing the answers', () => {
    const { byStrategy: of, sigma } = playMarket(drawMarket(strong, 2), 400, 400, 2);
    for (const name of ['rate', 'p', 'p v - c'] as const) expect(of.planner.value).toBeGreaterThan(of[name].value);
    expect(of.planner.value).toBeLessThan(of.oracle.value);
    expect(of.oracle.approved).toBeGreaterThan(of['planner for approvals'].approved);
    expect(Math.abs(sigma - strong.sigma)).toBeLessThan(1);
  });

  it('is the same again from the same seed, and another from another', () => {
    const once = playMarket(drawMarket(strong, 3), 20, 20, 3);
    expect(playMarket(drawMarket(strong, 3), 20, 20, 3)).toEqual(once);
    expect(playMarket(drawMarket(strong, 4), 20, 20, 4)).not.toEqual(once);
  });

  it('knows the best order: the worthwhile lender alone, and nobody when nobody is', () => {
    const market = drawMarket(strong, 5);
    const applicant = drawApplicant(market, 5);
    const worth = (valueFen: number) => ({ valueFen, costFen: 100, patience: 1 });
    const worths = market.lenders.map((_, lender) => worth(lender === 4 ? 1e6 : 0));
    expect(bestSequence(market, applicant, worths, 3)).toEqual([4]);
    expect(
      bestSequence(
        market,
        applicant,
        market.lenders.map(() => worth(0)),
        3,
      ),
    ).toEqual([]);
  });
});
