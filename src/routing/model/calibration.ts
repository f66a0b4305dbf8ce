/**
 * Recalibration: what the model says, in log-odds, is bent by a line with hinges whose weights are learnt from what it said and what came.
 * Real approvals level off (even the best application fails for want of a paper), which one logistic curve cannot follow.
 */
import { covarianceWith, independent, observe } from './gaussian.ts';
import type { Gaussian } from './gaussian.ts';

/** Log-odds at which the line may bend. */
const HINGES = [-2, -1, 0, 1, 2] as const;
const PRIOR_MEAN = [0, 1, ...HINGES.map(() => 0)];
const PRIOR_VARIANCE = [0.02, 0.02, ...HINGES.map(() => 0.05)];
const PLACES = PRIOR_MEAN.map((_, index) => index);
/** The bent line rises everywhere, at least by this much: recalibration never turns an order round. */
const LEAST_SLOPE = 0.2;

/** Weights of a shift, a slope and a change of slope at each hinge. */
export const CALIBRATION_SIZE = PLACES.length;

/** A calibration that changes nothing. */
export function noCalibration(): Gaussian {
  return independent(PRIOR_MEAN, PRIOR_VARIANCE);
}

/** The recalibrated log-odds, and the slope of the line there. */
export function calibrated({ mean }: Gaussian, logOdds: number): { readonly logOdds: number; readonly slope: number } {
  let slope = mean[1]!;
  let value = mean[0]! + slope * HINGES[0];
  if (logOdds <= HINGES[0]) {
    const used = Math.max(LEAST_SLOPE, slope);
    return { logOdds: value + used * (logOdds - HINGES[0]), slope: used };
  }
  for (let index = 0; ; index += 1) {
    slope += mean[2 + index]!;
    const used = Math.max(LEAST_SLOPE, slope);
    const to = HINGES[index + 1] ?? Infinity;
    const from = HINGES[index]!;
    if (logOdds <= to) return { logOdds: value + used * (logOdds - from), slope: used };
    value += used * (to - from);
  }
}

/** Learns, in place, that the model said `logOdds` and the answer was `approved`. */
export function learnCalibration(belief: Gaussian, logOdds: number, approved: boolean): void {
  const by = [1, logOdds, ...HINGES.map((hinge) => Math.max(0, logOdds - hinge))];
  const along = covarianceWith(belief, PLACES, new Float64Array(CALIBRATION_SIZE), by);
  let mean = 0;
  let variance = 0;
  for (let index = 0; index < CALIBRATION_SIZE; index += 1) {
    mean += by[index]! * belief.mean[index]!;
    variance += by[index]! * along[index]!;
  }
  const said = moderated(mean, variance);
  observe(belief, along, said.gradient(approved), said.curvature);
}

/**
 * A logistic answer under a normal belief N(mean, variance) about its log-odds: MacKay's approximation sigmoid(k mean), with
 * k = 1 / sqrt(1 + pi variance / 8), and the derivatives of its log by the mean.
 */
export function moderated(
  mean: number,
  variance: number,
): { readonly logOdds: number; readonly p: number; readonly curvature: number; gradient(approved: boolean): number } {
  const k = 1 / Math.sqrt(1 + (Math.PI / 8) * variance);
  const p = sigmoid(k * mean);
  return { logOdds: k * mean, p, curvature: k * k * p * (1 - p), gradient: (approved) => k * ((approved ? 1 : 0) - p) };
}

export function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}
