/** Luck of the bootstrap: fixed by the seed, so that two simulations of the same applications see the same. */
import { generator } from '../draw.ts';

/** Thresholds of Poisson(1): a uniform number below the n-th (and not below the one before) is n. */
const POISSON = thresholds();

/** How often a borrower is drawn in a replicate: Poisson(1), the same for all applications of that borrower. */
export function drawnTimes(borrower: number, replicate: number, seed: number): number {
  let hash = Math.imul(borrower ^ Math.imul(replicate + 1, 0x9e3779b1) ^ Math.imul(seed + 1, 0x7feb352d), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  hash = Math.imul(hash ^ (hash >>> 12), 0x297a2d39);
  const uniform = (hash ^ (hash >>> 15)) >>> 0;
  let times = 0;
  while (uniform >= POISSON[times]!) times += 1;
  return times;
}

/** Standard normal numbers. */
export function normals(seed: number, name: string): () => number {
  const next = generator(seed, name);
  return () => Math.sqrt(-2 * Math.log(next())) * Math.cos(2 * Math.PI * next());
}

function thresholds(): Float64Array {
  const limits = new Float64Array(16).fill(Infinity);
  let [mass, total] = [Math.exp(-1), 0];
  for (let times = 0; times < 13; times += 1) {
    total += mass;
    limits[times] = Math.round(total * 2 ** 32);
    mass /= times + 1;
  }
  return limits;
}
