/**
 * Champion against challenger. In: how many applications of each arm have come to an end, how many of them to an offer, and what they earned.
 * Out: both with 90% intervals, and how likely it is that the challenger is the better one. The share of offers is a Beta posterior from a
 * uniform prior; means of revenue are taken as normal, which a few hundred applications an arm make true enough.
 */

export interface ArmTotals {
  readonly applications: number;
  readonly offered: number;
  /** Revenue over all applications, fen, and the sum of its squares. */
  readonly revenue: number;
  readonly revenueSquares: number;
}
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}
/** Null where there is too little to say anything. */
export interface ArmEstimates {
  readonly offeredShare: Estimate | null;
  readonly revenueFen: Estimate | null;
}
export interface ArmComparison {
  readonly offeredShare: number | null;
  readonly revenueFen: number | null;
}

const Z95 = 1.6448536269514722;

export function estimatesOf(arm: ArmTotals): ArmEstimates {
  if (arm.applications === 0) return { offeredShare: null, revenueFen: null };
  const posterior = posteriorOf(arm);
  const money = meanOf(arm);
  return {
    offeredShare: { value: arm.offered / arm.applications, low: quantileOf(posterior, 0.05), high: quantileOf(posterior, 0.95) },
    revenueFen: money === null ? null : { value: money.mean, low: money.mean - Z95 * money.error, high: money.mean + Z95 * money.error },
  };
}

/** Probabilities that the challenger is better. */
export function compareArms(champion: ArmTotals, challenger: ArmTotals): ArmComparison {
  if (champion.applications === 0 || challenger.applications === 0) return { offeredShare: null, revenueFen: null };
  const [one, other] = [meanOf(champion), meanOf(challenger)];
  const error = one === null || other === null ? 0 : Math.hypot(one.error, other.error);
  return {
    offeredShare: probabilityAbove(posteriorOf(challenger), posteriorOf(champion)),
    revenueFen: error === 0 ? null : normalBelow((other!.mean - one!.mean) / error),
  };
}

function meanOf({ applications: n, revenue, revenueSquares }: ArmTotals): { readonly mean: number; readonly error: number } | null {
  if (n < 2) return null;
  const mean = revenue / n;
  return { mean, error: Math.sqrt(Math.max(0, (revenueSquares - n * mean * mean) / (n - 1)) / n) };
}

/** A posterior on a grid over the log-odds: `below` is its distribution function. */
interface Posterior {
  readonly from: number;
  readonly step: number;
  readonly mass: Float64Array;
  readonly below: Float64Array;
}
const POINTS = 2_001;
/** Half the width of the grid, in standard deviations: log-odds of a Beta have tails that fall as slowly as an exponential. */
const REACH = 14;

function posteriorOf({ applications, offered }: ArmTotals): Posterior {
  const [a, b] = [1 + offered, 1 + applications - offered];
  const middle = Math.log(a / b);
  const reach = REACH * Math.sqrt(1 / a + 1 / b);
  const [from, step] = [middle - reach, (2 * reach) / (POINTS - 1)];
  // In log-odds t the density of Beta(a, b) is x^a (1 - x)^b with x = 1 / (1 + e^-t); its largest value, at the middle, is taken out.
  const height = (t: number): number => -a * Math.log1p(Math.exp(-t)) - b * Math.log1p(Math.exp(t));
  const top = height(middle);
  const mass = Float64Array.from({ length: POINTS }, (_, at) => Math.exp(height(from + at * step) - top));
  const total = mass.reduce((sum, each) => sum + each, 0);
  const below = new Float64Array(POINTS);
  let sum = 0;
  for (let at = 0; at < POINTS; at += 1) {
    mass[at]! /= total;
    below[at] = sum + mass[at]! / 2;
    sum += mass[at]!;
  }
  return { from, step, mass, below };
}

function quantileOf({ from, step, below }: Posterior, level: number): number {
  const at = below.findIndex((each) => each >= level);
  const [low, high] = [below[at - 1] ?? 0, below[at]!];
  return 1 / (1 + Math.exp(-(from + step * (at - 1 + (level - low) / (high - low)))));
}

function probabilityAbove(high: Posterior, low: Posterior): number {
  let sum = 0;
  for (let at = 0; at < POINTS; at += 1) sum += high.mass[at]! * belowAt(low, high.from + at * high.step);
  return Math.min(1, sum);
}

function belowAt({ from, step, below }: Posterior, t: number): number {
  const place = (t - from) / step;
  if (place <= 0) return 0;
  if (place >= POINTS - 1) return 1;
  const at = Math.floor(place);
  return below[at]! + (below[at + 1]! - below[at]!) * (place - at);
}

/** The standard normal distribution function: Abramowitz and Stegun 7.1.26, off by less than 1e-7. */
function normalBelow(z: number): number {
  const x = Math.abs(z) / Math.SQRT2;
  const t = 1 / (1 + 0.3275911 * x);
  const tail = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429)))) * Math.exp(-x * x);
  return z < 0 ? tail / 2 : 1 - tail / 2;
}
