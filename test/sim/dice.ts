/** Seeded chance: sfc32 under a seed and a label, so that each part of the world has luck of its own and a change in one does not stir the others. */
import type { Random } from '../../src/ports/random.ts';

export interface Dice extends Random {
  /** A whole number in [0, below). */
  int(below: number): number;
  /** A whole number in [least, most]. */
  between(least: number, most: number): number;
  chance(probability: number): boolean;
  pick<T>(items: readonly T[]): T;
  /** Independent luck under this label; draws nothing from this one. */
  fork(label: string): Dice;
}

export function createDice(seed: number, label = ''): Dice {
  const next = sfc32(seed, label);
  const uniform = (): number => next() / 2 ** 32;
  const int = (below: number): number => Math.floor(uniform() * below);
  return {
    uniform,
    int,
    between: (least, most) => least + int(most - least + 1),
    chance: (probability) => uniform() < probability,
    pick: (items) => items[int(items.length)]!,
    fork: (more) => createDice(seed, `${label}/${more}`),
    bytes(count) {
      const bytes = new Uint8Array(count);
      for (let at = 0; at < count; at += 4) {
        const word = next();
        for (let part = 0; part < 4 && at + part < count; part += 1) bytes[at + part] = word >>> (part * 8);
      }
      return bytes;
    },
  };
}

function sfc32(seed: number, label: string): () => number {
  let [a, b, c, counter] = [seed >>> 0, Math.floor(seed / 2 ** 32) >>> 0, fnv(label), 1];
  const next = (): number => {
    const sum = (((a + b) >>> 0) + counter) >>> 0;
    counter = (counter + 1) >>> 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) >>> 0;
    c = ((c << 21) | (c >>> 11)) >>> 0;
    c = (c + sum) >>> 0;
    return sum;
  };
  for (let round = 0; round < 12; round += 1) next();
  return next;
}

function fnv(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}
