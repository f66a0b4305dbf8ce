/**
 * How long to wait after so many tries, milliseconds: the first time, then twice as long each time, never longer than `mostMs`. Without jitter,
 * for what begins at times of its own.
 */
export function backOffMs(tries: number, firstMs: number, mostMs: number): number {
  return Math.min(mostMs, firstMs * 2 ** tries);
}
