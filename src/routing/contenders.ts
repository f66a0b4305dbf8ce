import type { Box } from './order.ts';

/** Below so many boxes it is quicker to choose among all. */
const MANY = 128;
const LEVELS = 64;

/**
 * The boxes among which the best order of at most `most` is, in the order given: without those that `most` others beat both in gain and in
 * stay. One of these others is not in the plan, and in the beaten one's place it earns more now and keeps more of what follows, which is
 * worth 0 at least when the last box is. Stay is compared by levels, so that this is one pass and no sorting, and some that could be left out are kept.
 */
export function contenders<B extends Box>(boxes: readonly B[], most: number, lastBox: number): readonly B[] {
  if (boxes.length < MANY || most < 1 || !(lastBox >= 0)) return boxes;
  const bars = barsOf(boxes, most);
  return boxes.filter((box) => box.gain >= bars[levelOf(box.stay)]!);
}

/** For each level of stay, the gain that `most` boxes of higher levels have at least. */
function barsOf(boxes: readonly Box[], most: number): Float64Array {
  const best = new Float64Array(LEVELS * most).fill(-Infinity);
  for (const { gain, stay } of boxes) insert(best, levelOf(stay) * most, most, gain);
  const bars = new Float64Array(LEVELS).fill(-Infinity);
  const above = new Float64Array(most).fill(-Infinity);
  for (let level = LEVELS - 1; level >= 0; level -= 1) {
    bars[level] = above[most - 1]!;
    for (let rank = 0; rank < most; rank += 1) insert(above, 0, most, best[level * most + rank]!);
  }
  return bars;
}

/** Puts a gain among the `most` largest, which stand in descending order from `from` on. */
function insert(sorted: Float64Array, from: number, most: number, gain: number): void {
  let at = from + most - 1;
  if (!(gain > sorted[at]!)) return;
  while (at > from && gain > sorted[at - 1]!) {
    sorted[at] = sorted[at - 1]!;
    at -= 1;
  }
  sorted[at] = gain;
}

function levelOf(stay: number): number {
  return Math.min(LEVELS - 1, Math.floor(stay * LEVELS));
}
