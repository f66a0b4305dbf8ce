import type { Box } from './order.ts';

/**
 * Chooses up to `size` boxes to be asked at once, adding each time the one that improves the wave most, while one does.
 * With equal costs and patience this greedy choice is exact (Chade and Smith, Simultaneous Search, 2006); otherwise it is a good bound.
 * `after` (fen) is what follows when all of them say no and the borrower is still there. Ties go to the box that comes first.
 */
export function chooseWave<B extends Box>(boxes: readonly B[], size: number, after: number): B[] {
  const chosen: B[] = [];
  let value = after;
  while (chosen.length < size) {
    let best: B | null = null;
    let bestValue = value;
    for (const box of boxes) {
      if (chosen.includes(box)) continue;
      const withBox = valueOfWave(byWorth([...chosen, box]), after);
      if (withBox > bestValue) [best, bestValue] = [box, withBox];
    }
    if (best === null) break;
    chosen.push(best);
    value = bestValue;
  }
  return chosen;
}

/**
 * Expected value (fen) of asking these boxes at once. The first approved in the order given wins, every attempt is paid for, and when all
 * say no `after` follows if the borrower waited for the slowest of them.
 */
export function valueOfWave(preferred: readonly Box[], after: number): number {
  let nobody = 1;
  let patience = 1;
  let value = 0;
  for (const box of preferred) {
    value += nobody * box.p * box.v - box.c;
    nobody *= 1 - box.p;
    patience = Math.min(patience, box.d);
  }
  return value + nobody * patience * after;
}

/** The value of waves asked one after the other, last box included; each wave in its order of preference. */
export function valueOfWaves(waves: readonly (readonly Box[])[], lastBox: number): number {
  return waves.reduceRight((after, wave) => valueOfWave(wave, after), lastBox);
}

/** The approval worth most is the one that wins a wave. Returns a new array. */
export function byWorth<B extends Box>(boxes: readonly B[]): B[] {
  return boxes.toSorted((left, right) => right.v - left.v || (left.funderId < right.funderId ? -1 : 1));
}
