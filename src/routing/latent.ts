/**
 * What a decline teaches. Funders judge the same person, so their answers are not independent: with a latent quality t ~ N(0, sigma)
 * funder i approves with p_i(t) = sigmoid(a_i + t), where a_i makes the average over t the likelihood it had before. A decline by j
 * reweights t by 1 - p_j(t), which lowers every other likelihood, the lenient funders' least.
 */
import { invariant } from '../domain/failures.ts';

/** Spread of the latent quality in log-odds until it is learnt (latent-spread.ts). 1.5 is a correlation of 0.4 on the logit scale, as of lenders that read one bureau file. */
export const LATENT_SIGMA = 1.5;
/** Beyond it the 17 points stand too far apart. */
export const LARGEST_SIGMA = 4;

/** Points of t that stand for the whole of it. */
export const POINTS = 17;
const REACH = 4;
const CERTAIN = 1e-6;
/** The points, in standard deviations: 17 equal steps over four standard deviations: the sum differs from the integral by less than 1e-4 for any likelihood. */
export const STEPS = Float64Array.from({ length: POINTS }, (_, index) => -REACH + (2 * REACH * index) / (POINTS - 1));
/** Their weights before anything is known of the borrower. */
export const PRIOR = normalised(STEPS.map((z) => Math.exp(-0.5 * z ** 2)));

/** What is believed of one borrower's quality: a weight for each grid point, summing to 1. */
export interface Latent {
  readonly grid: Grid;
  readonly weights: Float64Array;
}

/** The points of t, as exp(-t): with them one exponential serves all the points. */
interface Grid {
  readonly sigma: number;
  readonly shrunk: Float64Array;
}

/**
 * The posterior of t after declines. `likelihoods` are the means of the decliners, each as it was when it was asked (after the declines
 * before it), in the order they declined. Null when there is none, or `sigma` is 0, which leaves every likelihood as it is.
 * Throws InvariantError for a sigma outside 0 to 4.
 */
export function latentAfterDeclines(likelihoods: readonly number[], sigma: number = LATENT_SIGMA): Latent | null {
  invariant(sigma >= 0 && sigma <= LARGEST_SIGMA, 'latent spread is out of range');
  if (likelihoods.length === 0 || sigma === 0) return null;
  const grid = gridFor(sigma);
  let weights = PRIOR;
  for (const likelihood of likelihoods) weights = reweighted(grid, weights, offsetFor(likelihood, grid, weights));
  return { grid, weights };
}

/** The same from the decliners' likelihoods before any decline (`PlanStep.prior`); the order of these makes no difference. */
export function latentFromPriors(priors: readonly number[], sigma: number): Latent | null {
  invariant(sigma >= 0 && sigma <= LARGEST_SIGMA, 'latent spread is out of range');
  if (priors.length === 0 || sigma === 0) return null;
  const grid = gridFor(sigma);
  let weights = PRIOR;
  for (const prior of priors) weights = reweighted(grid, weights, offsetFor(prior, grid, PRIOR));
  return { grid, weights };
}

/** A likelihood as the declines have left it. Increasing in `likelihood`, so it carries quantiles and draws as well as means. */
export function afterDeclines(likelihood: number, latent: Latent | null): number {
  return latent === null ? likelihood : average(offsetFor(likelihood, latent.grid, PRIOR), latent);
}

/** The log-odds at which a borrower of mean quality is approved by a funder of this likelihood: what stays the same whoever comes. */
export function offsetOf(likelihood: number, sigma: number): number {
  invariant(sigma >= 0 && sigma <= LARGEST_SIGMA, 'latent spread is out of range');
  return offsetFor(likelihood, gridFor(sigma), PRIOR);
}

/** The a with sum_t w(t) sigmoid(a + t) = likelihood. Newton on the log-odds of both sides, which are nearly linear in a. */
function offsetFor(likelihood: number, { sigma, shrunk }: Grid, weights: Float64Array): number {
  const target = Math.min(1 - CERTAIN, Math.max(CERTAIN, likelihood));
  const wanted = logit(target);
  let offset = wanted * Math.sqrt(1 + (Math.PI / 8) * sigma ** 2);
  for (let round = 0; round < 30; round += 1) {
    const factor = Math.exp(-offset);
    let mean = 0;
    let slope = 0;
    for (let index = 0; index < POINTS; index += 1) {
      const p = 1 / (1 + factor * shrunk[index]!);
      const part = weights[index]! * p;
      mean += part;
      slope += part * (1 - p);
    }
    const step = ((wanted - logit(mean)) * mean * (1 - mean)) / slope;
    offset += step;
    // The error is squared at each round: what is left is of the size of rounding.
    if (Math.abs(step) < 1e-7) break;
  }
  return offset;
}

function reweighted({ shrunk }: Grid, weights: Float64Array, offset: number): Float64Array {
  const factor = Math.exp(-offset);
  return normalised(weights.map((weight, index) => weight * (1 - 1 / (1 + factor * shrunk[index]!))));
}

function average(offset: number, { grid: { shrunk }, weights }: Latent): number {
  const factor = Math.exp(-offset);
  let mean = 0;
  for (let index = 0; index < POINTS; index += 1) mean += weights[index]! / (1 + factor * shrunk[index]!);
  return mean;
}

let last: Grid = makeGrid(LATENT_SIGMA);

/** Nearly every call is for the sigma in force. */
function gridFor(sigma: number): Grid {
  if (last.sigma !== sigma) last = makeGrid(sigma);
  return last;
}

function makeGrid(sigma: number): Grid {
  return { sigma, shrunk: STEPS.map((z) => Math.exp(-sigma * z)) };
}

function normalised(weights: Float64Array): Float64Array {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}

function logit(p: number): number {
  return Math.log(p / (1 - p));
}
