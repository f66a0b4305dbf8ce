/**
 * How many cells there are, and in which of them somebody is at home. `MILLRACE_CELLS` lists the number of cells of each generation, oldest
 * first: `4,16` is a service that began with four and now has sixteen. Whoever is known in a cell stays there; the last number is where
 * new borrowers are spread. A number is only ever added: taking one away would lose those who are at home by it.
 */
import { MAX_CELL } from '../../domain/ids.ts';

/** The desk's place in ids of its own things. No cell has it. */
export const DESK_CELL = MAX_CELL;
const MOST_CELLS = 4_096;
const MASK = (1n << 64n) - 1n;

/** Numbers of cells, each more than the one before. */
export type Generations = readonly [number, ...number[]];

/** Null when it is no such list. */
export function readGenerations(text: string): Generations | null {
  const parts = text.split(',').map((part) => part.trim());
  if (!parts.every((part) => /^\d{1,4}$/.test(part))) return null;
  const counts = parts.map(Number);
  const rising = counts.every((count, at) => count >= 1 && count <= MOST_CELLS && count > (counts[at - 1] ?? 0));
  return rising ? (counts as unknown as Generations) : null;
}

export function cellCount(generations: Generations): number {
  return generations.at(-1)!;
}

/** Cells in which somebody with this mark may be at home: that of the newest generation last, the others in the order in which they are to be asked. */
export function homesOf(mark: string, generations: Generations): readonly number[] {
  const homes = generations.map((count) => cellOfMark(mark, count));
  const newest = homes.at(-1)!;
  return [...new Set(homes.filter((home) => home !== newest)), newest];
}

/**
 * Spreads marks (16 random-looking bytes in base64url) evenly. Jump consistent hash (Lamping and Veach 2014): of those who were
 * spread over n cells only the share that the new ones are to have has another home among m.
 */
export function cellOfMark(mark: string, count: number): number {
  let key = Buffer.from(mark, 'base64url').readBigUInt64BE(0);
  let [home, next] = [-1, 0];
  while (next < count) {
    home = next;
    key = (key * 2_862_933_555_777_941_757n + 1n) & MASK;
    next = Math.floor((home + 1) * (2 ** 31 / (Number(key >> 33n) + 1)));
  }
  return home;
}
