/**
 * What a decline teaches. Funders judge the same person, so their answers are not independent: with a latent quality t ~ N(0, sigma)
 * funder i approves with p_i(t) = sigmoid(a_i + t), where a_i makes the average over t the likelihood it had before. A decline by j
 * reweights t by 1 - p_j(t), which lowers every other likelihood, the lenient funders' least.
 */

/** Spread of the latent quality in log-odds. 1.5 leaves funders about as correlated (0.4 on the logit scale) as lenders that read one bureau file. */
export const LATENT_SIGMA = 1.5;

const POINTS = 17;
const REACH = 4;
const CERTAIN = 1e-6;
/** 17 equal steps over four standard deviations: the sum differs from the integral by less than 1e-4 for any likelihood. */
const GRID = Float64Array.from({ length: POINTS }, (_, index) => LATENT_SIGMA * (-REACH + (2 * REACH * index) / (POINTS - 1)));
const PRIOR = normalised(GRID.map((t) => Math.exp(-0.5 * (t / LATENT_SIGMA) ** 2)));

/** Weights of the grid points, summing to 1. */
export type LatentWeights = Float64Array;

/**
 * The posterior of t after declines. `likelihoods` are the means of the decliners, each as it was when it was asked (after the declines
 * before it), in the order they declined. Null when there is none, which leaves every likelihood as it is.
 */
export function latentAfterDeclines(likelihoods: readonly number[]): LatentWeights | null {
  if (likelihoods.length === 0) return null;
  let weights = PRIOR;
  for (const likelihood of likelihoods) {
    const offset = offsetFor(likelihood, weights);
    weights = normalised(weights.map((weight, index) => weight * (1 - sigmoid(offset + GRID[index]!))));
  }
  return weights;
}

/** A likelihood as the declines have left it. Increasing in `likelihood`, so it carries quantiles and draws as well as means. */
export function afterDeclines(likelihood: number, weights: LatentWeights | null): number {
  return weights === null ? likelihood : average(offsetFor(likelihood, PRIOR), weights);
}

/** The a with sum_t w(t) sigmoid(a + t) = likelihood. Newton on the log-odds of both sides, which are nearly linear in a. */
function offsetFor(likelihood: number, weights: LatentWeights): number {
  const target = Math.min(1 - CERTAIN, Math.max(CERTAIN, likelihood));
  const wanted = logit(target);
  let offset = wanted * Math.sqrt(1 + (Math.PI / 8) * LATENT_SIGMA ** 2);
  for (let round = 0; round < 30; round += 1) {
    let mean = 0;
    let slope = 0;
    for (let index = 0; index < POINTS; index += 1) {
      const p = sigmoid(offset + GRID[index]!);
      mean += weights[index]! * p;
      slope += weights[index]! * p * (1 - p);
    }
    const step = ((wanted - logit(mean)) * mean * (1 - mean)) / slope;
    offset += step;
    if (Math.abs(step) < 1e-9) break;
  }
  return offset;
}

function average(offset: number, weights: LatentWeights): number {
  let mean = 0;
  for (let index = 0; index < POINTS; index += 1) mean += weights[index]! * sigmoid(offset + GRID[index]!);
  return mean;
}

function normalised(weights: Float64Array): LatentWeights {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}

function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

function logit(p: number): number {
  return Math.log(p / (1 - p));
}
