/**
 * A belief about a vector of weights: a normal distribution with its whole covariance, kept as the lower triangle row by row.
 * Everything here changes in place; who shares a belief copies it first (`copyGaussian`).
 */
export interface Gaussian {
  readonly mean: Float64Array;
  readonly covariance: Float64Array;
}

/** Mean and variance of one number. */
export interface Moments {
  readonly mean: number;
  readonly variance: number;
}

/** Independent weights with these means and variances. */
export function independent(means: ArrayLike<number>, variances: ArrayLike<number>): Gaussian {
  const mean = Float64Array.from(means);
  const covariance = new Float64Array(triangle(mean.length));
  for (let row = 0; row < mean.length; row += 1) covariance[diagonal(row)] = variances[row]!;
  return { mean, covariance };
}

export function copyGaussian({ mean, covariance }: Gaussian): Gaussian {
  return { mean: mean.slice(), covariance: covariance.slice() };
}

/** Numbers in the lower triangle of a covariance of `size` weights. */
export function triangle(size: number): number {
  return (size * (size + 1)) / 2;
}

/** Place of the variance of one weight. */
export function diagonal(row: number): number {
  return triangle(row) + row;
}

/** Mean and variance of the sum of the weights at `at`. O(|at|^2), whatever the size of the belief. */
export function sumAt({ mean, covariance }: Gaussian, at: ArrayLike<number>): Moments {
  let sum = 0;
  let variance = 0;
  for (let left = 0; left < at.length; left += 1) {
    const row = at[left]!;
    sum += mean[row]!;
    variance += covariance[diagonal(row)]!;
    for (let right = 0; right < left; right += 1) variance += 2 * covariance[place(row, at[right]!)]!;
  }
  return { mean: sum, variance };
}

/** Covariance of every weight with the sum of `by[k]` times the weight `at[k]` (1 when `by` is absent). Writes into `into` and returns it. */
export function covarianceWith({ covariance }: Gaussian, at: ArrayLike<number>, into: Float64Array, by?: ArrayLike<number>): Float64Array {
  into.fill(0);
  for (let index = 0; index < at.length; index += 1) {
    const row = at[index]!;
    const factor = by === undefined ? 1 : by[index]!;
    const start = triangle(row);
    for (let column = 0; column <= row; column += 1) into[column]! += factor * covariance[start + column]!;
    for (let below = row + 1, at = diagonal(row) + row + 1; below < into.length; below += 1) {
      into[below]! += factor * covariance[at]!;
      at += below + 1;
    }
  }
  return into;
}

/**
 * Moves the belief along `along`, the covariances with the observed sum: mean by `gradient`, covariance by `curvature`, the first
 * and the negated second derivative of the log of the probability of what was seen, by the mean of the sum.
 */
export function observe({ mean, covariance }: Gaussian, along: Float64Array, gradient: number, curvature: number): void {
  for (let row = 0; row < mean.length; row += 1) {
    const own = along[row]!;
    if (own === 0) continue;
    mean[row]! += own * gradient;
    const factor = own * curvature;
    const start = triangle(row);
    for (let column = 0; column <= row; column += 1) covariance[start + column]! -= factor * along[column]!;
  }
}

/** Lets evidence fade: the belief keeps `keep` of its distance from the prior (1 all of it, 0 none), and the variance that this frees comes back. */
export function fade({ mean, covariance }: Gaussian, keep: number, priorMean: ArrayLike<number>, priorVariance: ArrayLike<number>): void {
  const square = keep * keep;
  for (let index = 0; index < covariance.length; index += 1) covariance[index]! *= square;
  for (let row = 0; row < mean.length; row += 1) {
    mean[row] = priorMean[row]! + (mean[row]! - priorMean[row]!) * keep;
    covariance[diagonal(row)]! += (1 - square) * priorVariance[row]!;
  }
}

function place(row: number, column: number): number {
  return row >= column ? triangle(row) + column : triangle(column) + row;
}
