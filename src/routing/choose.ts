import type { Box } from './order.ts';

/**
 * The best subsequence of at most `most` boxes, tried in the order given until one approves, then the last box:
 *
 *     f(i, k) = max( f(i+1, k), gain_i + stay_i f(i+1, k-1) )      f(n, k) = f(i, 0) = lastBox
 *
 * `lastBox` (fen) is what follows when every chosen box has said no and the borrower is still there, so it is the value at the end of
 * the recursion and is discounted on the way like everything else. For boxes in descending index order the result is the best over all
 * ordered subsets; for any other order it is the best that keeps to that order. O(n k) time and numbers.
 * A box that adds nothing is left out: an attempt without gain would only expose the borrower.
 */
export function chooseAtMost<B extends Box>(boxes: readonly B[], most: number, lastBox: number): B[] {
  const depth = Math.max(0, Math.min(most, boxes.length));
  const width = depth + 1;
  const value = new Float64Array((boxes.length + 1) * width).fill(lastBox);
  for (let index = boxes.length - 1; index >= 0; index -= 1) {
    const box = boxes[index]!;
    const row = index * width;
    for (let left = 1; left <= depth; left += 1) {
      const skipped = value[row + width + left]!;
      const tried = box.gain + box.stay * value[row + width + left - 1]!;
      value[row + left] = tried > skipped ? tried : skipped;
    }
  }
  const chosen: B[] = [];
  for (let index = 0, left = depth; index < boxes.length && left > 0; index += 1) {
    if (value[index * width + left]! === value[(index + 1) * width + left]!) continue;
    chosen.push(boxes[index]!);
    left -= 1;
  }
  return chosen;
}

/** Expected value (fen) of trying the boxes one after the other in this order, last box included. The definition that the choice is held against. */
export function valueOfOrder(boxes: readonly Box[], lastBox: number): number {
  let value = lastBox;
  for (let index = boxes.length - 1; index >= 0; index -= 1) value = boxes[index]!.gain + boxes[index]!.stay * value;
  return value;
}
