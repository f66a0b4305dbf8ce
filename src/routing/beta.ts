import type { Likelihood } from '../domain/plan.ts';

/** Mean of Beta(alpha, beta). */
export function betaMean({ alpha, beta }: Likelihood): number {
  return alpha / (alpha + beta);
}

/**
 * 5% and 95% points of Beta(alpha, beta), approximately. The log-odds of a Beta variable are a difference of two log-gammas, so their
 * cumulants are exact sums of polygammas; Cornish and Fisher's expansion to the fourth turns them into a quantile.
 * The probability below these points is then within 0.015 of the one asked for from alpha, beta >= 1, and within 0.03 from 0.5:
 * enough for an interval that is shown and that decides nothing.
 */
export function betaInterval90(likelihood: Likelihood): { readonly low: number; readonly high: number } {
  const shape = shapeOf(likelihood);
  return { low: quantile(shape, -Z95), high: quantile(shape, Z95) };
}

const Z95 = 1.6448536269514722;

interface Shape {
  readonly mean: number;
  readonly deviation: number;
  readonly skew: number;
  readonly excess: number;
}

function shapeOf({ alpha, beta }: Likelihood): Shape {
  const a = polygammas(alpha);
  const b = polygammas(beta);
  const variance = a[1] + b[1];
  return { mean: a[0] - b[0], deviation: Math.sqrt(variance), skew: (a[2] - b[2]) / variance ** 1.5, excess: (a[3] + b[3]) / variance ** 2 };
}

function quantile({ mean, deviation, skew, excess }: Shape, z: number): number {
  const square = z * z;
  const bent = z + (skew * (square - 1)) / 6 + (excess * z * (square - 3)) / 24 - (skew * skew * z * (2 * square - 5)) / 36;
  return 1 / (1 + Math.exp(-(mean + deviation * bent)));
}

/** Digamma and its first three derivatives: shifted above 8 by recurrence, then the asymptotic series (Abramowitz and Stegun 6.3.18, 6.4.11). */
function polygammas(x: number): [number, number, number, number] {
  let [zero, one, two, three] = [0, 0, 0, 0];
  let at = x;
  for (; at < 8; at += 1) {
    const inverse = 1 / at;
    const square = inverse * inverse;
    zero -= inverse;
    one += square;
    two -= 2 * square * inverse;
    three += 6 * square * square;
  }
  const r = 1 / at;
  const s = r * r;
  zero += Math.log(at) - r / 2 - s * (1 / 12 - s * (1 / 120 - s / 252));
  one += r * (1 + r / 2 + s * (1 / 6 - s * (1 / 30 - s / 42)));
  two -= s * (1 + r + s * (1 / 2 - s * (1 / 6 - s / 6)));
  three += s * r * (2 + 3 * r + s * (2 - s * (1 - (4 * s) / 3)));
  return [zero, one, two, three];
}
