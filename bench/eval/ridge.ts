/** Ridge logistic regression over one-hot features by Newton's method: the baseline that is fitted once and then frozen. */
const ROUNDS = 12;
const CLOSE = 1e-8;

/** Weights of `size` features for rows of feature places (0 is the intercept, which is not shrunk); `ridge` is the penalty on each other weight's square, halved. */
export function fitRidge(rows: readonly { readonly at: ArrayLike<number>; readonly approved: boolean }[], size: number, ridge: number): Float64Array {
  const weights = new Float64Array(size);
  for (let round = 0; round < ROUNDS; round += 1) {
    const gradient = weights.map((weight, index) => (index === 0 ? 0 : -ridge * weight));
    const curvature = new Float64Array(size * size);
    for (let index = 0; index < size; index += 1) curvature[index * size + index] = index === 0 ? 1e-9 : ridge;
    for (const { at, approved } of rows) {
      const p = logistic(weights, at);
      const slack = (approved ? 1 : 0) - p;
      for (let left = 0; left < at.length; left += 1) {
        gradient[at[left]!]! += slack;
        for (let right = 0; right < at.length; right += 1) curvature[at[left]! * size + at[right]!]! += p * (1 - p);
      }
    }
    const step = solve(curvature, gradient);
    for (let index = 0; index < size; index += 1) weights[index]! += step[index]!;
    if (step.every((one) => Math.abs(one) < CLOSE)) break;
  }
  return weights;
}

export function logistic(weights: Float64Array, at: ArrayLike<number>): number {
  let sum = 0;
  for (let index = 0; index < at.length; index += 1) sum += weights[at[index]!]!;
  return 1 / (1 + Math.exp(-sum));
}

/** Solves a positive definite system by Cholesky's factors, in place. */
function solve(matrix: Float64Array, right: Float64Array): Float64Array {
  const size = right.length;
  for (let row = 0; row < size; row += 1) {
    for (let column = 0; column <= row; column += 1) {
      let sum = matrix[row * size + column]!;
      for (let index = 0; index < column; index += 1) sum -= matrix[row * size + index]! * matrix[column * size + index]!;
      matrix[row * size + column] = row === column ? Math.sqrt(sum) : sum / matrix[column * size + column]!;
    }
  }
  const answer = right.slice();
  for (let row = 0; row < size; row += 1) {
    for (let index = 0; index < row; index += 1) answer[row]! -= matrix[row * size + index]! * answer[index]!;
    answer[row]! /= matrix[row * size + row]!;
  }
  for (let row = size - 1; row >= 0; row -= 1) {
    for (let index = row + 1; index < size; index += 1) answer[row]! -= matrix[index * size + row]! * answer[index]!;
    answer[row]! /= matrix[row * size + row]!;
  }
  return answer;
}
