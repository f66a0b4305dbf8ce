import type { Box } from './order.ts';
import { byWorth, valueOfWaves } from './wave.ts';

/** What an order may be, and what it is worth. */
export interface SteeringBound<B> {
  /** Place of each box in the borrower's order, 0 first. */
  readonly rank: ReadonlyMap<B, number>;
  /** Most pairs that may be tried the other way round, as a share of all pairs. */
  readonly most: number;
  /** Partner-offer value, fen. */
  readonly lastBox: number;
  /** Whether the order given is one of value, so that any other of more value is as welcome; not so where the strict go first. */
  readonly free: boolean;
}
type Waves<B> = readonly (readonly B[])[];

/** Up to so many boxes one after the other, the best order is found exactly. */
export const EXACT_UP_TO = 8;

/**
 * The same boxes in an order no farther from the borrower's than the bound. One after the other, up to `EXACT_UP_TO` of them and free: the best
 * order there is within the bound. Otherwise neighbours that stand the other way round are exchanged, at each step those whose exchange
 * keeps most value, until it holds; then, when free, any two are exchanged while that gains and the bound still holds. Boxes asked at once are
 * in no order; members of waves are exchanged one for one.
 */
export function withinSteering<B extends Box>(waves: Waves<B>, bound: SteeringBound<B>): Waves<B> {
  const size = waves.reduce((sum, wave) => sum + wave.length, 0);
  const pairs = (size * (size - 1)) / 2;
  const holds = (tried: Waves<B>): boolean => pairs === 0 || reversals(tried, bound.rank) / pairs <= bound.most;
  if (holds(waves)) return waves;
  if (bound.free && size <= EXACT_UP_TO && waves.length === size) return bestWithin(waves.flat(), bound, pairs).map((box) => [box]);
  let now = waves;
  // Each of these takes away at least one reversal and adds none, so they end, in the borrower's own order at the latest.
  while (!holds(now)) now = bestExchange(now, bound, neighbours(now, bound.rank), -Infinity) ?? now;
  if (!bound.free) return now;
  const [down, up] = [climbed(now, bound, holds), climbed(inBorrowersOrder(waves, bound.rank), bound, holds)];
  return valueOf(up, bound) > valueOf(down, bound) ? up : down;
}

/** Exchanges any two while that gains and the bound holds. */
function climbed<B extends Box>(from: Waves<B>, bound: SteeringBound<B>, holds: (tried: Waves<B>) => boolean): Waves<B> {
  let now = from;
  for (;;) {
    const better = bestExchange(now, bound, everyPair(now), valueOf(now, bound), holds);
    if (better === null) return now;
    now = better;
  }
}

function inBorrowersOrder<B>(waves: Waves<B>, rank: ReadonlyMap<B, number>): Waves<B> {
  const sorted = waves.flat().toSorted((a, b) => rank.get(a)! - rank.get(b)!);
  return waves.map((wave) => sorted.splice(0, wave.length));
}

/** Pairs in which the one the borrower would try later is asked in an earlier wave. */
export function reversals<B>(waves: Waves<B>, rank: ReadonlyMap<B, number>): number {
  let count = 0;
  for (let first = 0; first < waves.length; first += 1)
    for (let later = first + 1; later < waves.length; later += 1)
      for (const a of waves[first]!) for (const b of waves[later]!) if (rank.get(a)! > rank.get(b)!) count += 1;
  return count;
}

/**
 * Dynamic programming over sets: the best way to have tried just these, with just so many reversals, does not depend on what follows. A box that
 * comes next adds a reversal for each one tried before it that the borrower would try after it.
 */
function bestWithin<B extends Box>(boxes: readonly B[], { rank, most }: SteeringBound<B>, pairs: number): B[] {
  const sorted = boxes.toSorted((a, b) => rank.get(a)! - rank.get(b)!);
  let width = 1;
  while (width <= pairs && width / pairs <= most) width += 1;
  const sets = 1 << sorted.length;
  const value = new Float64Array(sets * width).fill(-Infinity);
  const last = new Int8Array(sets * width).fill(-1);
  value[0] = 0;
  for (let set = 0; set < sets; set += 1) {
    const stay = sorted.reduce((product, box, at) => ((set >> at) & 1 ? product * box.stay : product), 1);
    for (let next = 0; next < sorted.length; next += 1) {
      if ((set >> next) & 1) continue;
      const added = bits(set >> (next + 1));
      const gained = stay * sorted[next]!.gain;
      for (let used = 0; used + added < width; used += 1) {
        const to = (set | (1 << next)) * width + used + added;
        if (!(value[set * width + used]! + gained > value[to]!)) continue;
        value[to] = value[set * width + used]! + gained;
        last[to] = next;
      }
    }
  }
  return readBack(sorted, value, last, width);
}

/** What the last box is worth is the same for every order of all the boxes, so it takes no part. */
function readBack<B>(sorted: readonly B[], value: Float64Array, last: Int8Array, width: number): B[] {
  let set = (1 << sorted.length) - 1;
  let used = 0;
  for (let each = 1; each < width; each += 1) if (value[set * width + each]! > value[set * width + used]!) used = each;
  const order: B[] = [];
  while (set !== 0) {
    const at = last[set * width + used]!;
    order.unshift(sorted[at]!);
    set ^= 1 << at;
    used -= bits(set >> (at + 1));
  }
  return order;
}

function bits(set: number): number {
  let count = 0;
  for (let rest = set; rest !== 0; rest &= rest - 1) count += 1;
  return count;
}

/** Two boxes of different waves, each with the place of its wave. */
type Pair<B> = readonly [B, number, B, number];

function* neighbours<B>(waves: Waves<B>, rank: ReadonlyMap<B, number>): Generator<Pair<B>> {
  for (let at = 0; at + 1 < waves.length; at += 1)
    for (const a of waves[at]!) for (const b of waves[at + 1]!) if (rank.get(a)! > rank.get(b)!) yield [a, at, b, at + 1];
}

function* everyPair<B>(waves: Waves<B>): Generator<Pair<B>> {
  for (let at = 0; at < waves.length; at += 1)
    for (let later = at + 1; later < waves.length; later += 1) for (const a of waves[at]!) for (const b of waves[later]!) yield [a, at, b, later];
}

/** The most valuable of the exchanges that is worth more than `above`; null when none is. Ties go to the first. */
function bestExchange<B extends Box>(
  waves: Waves<B>,
  bound: SteeringBound<B>,
  pairs: Iterable<Pair<B>>,
  above: number,
  holds: (tried: Waves<B>) => boolean = () => true,
): Waves<B> | null {
  let best: Waves<B> | null = null;
  let bestValue = above;
  for (const [a, at, b, later] of pairs) {
    const tried = waves.with(at, exchanged(waves[at]!, a, b)).with(later, exchanged(waves[later]!, b, a));
    const value = valueOf(tried, bound);
    if (value > bestValue && holds(tried)) [best, bestValue] = [tried, value];
  }
  return best;
}

function valueOf<B extends Box>(waves: Waves<B>, { lastBox }: SteeringBound<B>): number {
  return valueOfWaves(waves.map(byWorth), lastBox);
}

function exchanged<B>(wave: readonly B[], out: B, into: B): readonly B[] {
  return wave.map((box) => (box === out ? into : box));
}
