import { fnv1a } from '../domain/fnv.ts';
import type { Likelihood } from '../domain/plan.ts';

/**
 * Whether an application is planned with a draw from the posterior instead of its mean: its seed, hashed to [0, 1), is below the share.
 * A larger share explores the same applications and more.
 */
export function isExplored(seed: number, share: number): boolean {
  return share > 0 && generator(seed, 'explore')() < share;
}

/**
 * One draw from Beta(alpha, beta), fixed by the seed and the funder alone, so that neither the order of the funders nor a change in
 * another funder alters it, and two policies compared on the same application see the same luck.
 */
export function drawLikelihood(seed: number, funderId: string, { alpha, beta }: Likelihood): number {
  const next = generator(seed, funderId);
  const left = logGamma(next, alpha);
  const right = logGamma(next, beta);
  // On the log scale, since with a small parameter both gammas can be too small for a number.
  return 1 / (1 + Math.exp(right - left));
}

/** Uniform numbers in (0, 1) from sfc32, keyed by seed and name. Not for secrets. */
export function generator(seed: number, name: string): () => number {
  // The bits of the seed are spread over two words, so that any finite number is a seed of its own.
  let a = hash(`${seed}`);
  let b = hash(name, 0x9e3779b9);
  let c = hash(name, a);
  let counter = 1;
  const next = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return ((sum >>> 0) + 0.5) / 4_294_967_296;
  };
  for (let round = 0; round < 12; round += 1) next();
  return next;
}

/** Logarithm of a Gamma(shape, 1) draw: Marsaglia and Tsang (2000); below shape 1 by their boost, ln G(a) = ln G(a + 1) + ln(U) / a. */
function logGamma(next: () => number, shape: number): number {
  if (shape < 1) return logGamma(next, shape + 1) + Math.log(next()) / shape;
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = Math.sqrt(-2 * Math.log(next())) * Math.cos(2 * Math.PI * next());
    const cube = (1 + c * x) ** 3;
    if (cube > 0 && Math.log(next()) < 0.5 * x * x + d - d * cube + d * Math.log(cube)) return Math.log(d) + Math.log(cube);
  }
}

/** FNV-1a, finished by a mixing of its bits. */
function hash(text: string, start?: number): number {
  let value = fnv1a(text, start);
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) | 0;
}
