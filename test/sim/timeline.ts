/**
 * Virtual time: one queue of what is to happen, by time and then by seeded luck. Nothing in the simulated world happens but by an entry taken
 * from here, one at a time, each followed by one real turn of the event loop in which every promise that can go on goes on.
 */
import type { Dice } from './dice.ts';

/** Whoever put an entry into the queue; when it has died its entries are passed over. */
export interface Owner {
  readonly alive: boolean;
}

interface Entry {
  readonly atMs: number;
  readonly tie: number;
  readonly number: number;
  readonly owner: Owner;
  run: (() => void) | null;
}

export const ETERNAL: Owner = { alive: true };

export class Timeline {
  nowMs: number;
  readonly #dice: Dice;
  readonly #heap: Entry[] = [];
  #pushed = 0;

  constructor(startMs: number, dice: Dice) {
    this.nowMs = startMs;
    this.#dice = dice;
  }

  /** Puts `run` at `delayMs` from now; what falls on the same millisecond comes in an order of luck. Returns its cancellation. */
  after(delayMs: number, run: () => void, owner: Owner = ETERNAL): () => void {
    this.#pushed += 1;
    const entry: Entry = { atMs: this.nowMs + Math.max(0, Math.ceil(delayMs)), tie: this.#dice.uniform(), number: this.#pushed, owner, run };
    this.#add(entry);
    return () => {
      entry.run = null;
    };
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => void this.after(ms, resolve));
  }

  /** Takes the next entry that still stands and does it; false when there is none. */
  step(): boolean {
    for (;;) {
      const entry = this.#take();
      if (entry === undefined) return false;
      if (entry.run === null || !entry.owner.alive) continue;
      // Time may have been moved on past it: then it happens late, as after a suspended machine.
      if (entry.atMs > this.nowMs) this.nowMs = entry.atMs;
      entry.run();
      return true;
    }
  }

  /** When the world itself does something next; what its services have asked for is not counted. */
  nextEternalMs(): number {
    let next = Number.POSITIVE_INFINITY;
    for (const entry of this.#heap) if (entry.owner === ETERNAL && entry.run !== null && entry.atMs < next) next = entry.atMs;
    return next;
  }

  #add(entry: Entry): void {
    const heap = this.#heap;
    let at = heap.push(entry) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!before(entry, heap[parent]!)) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = entry;
  }

  #take(): Entry | undefined {
    const heap = this.#heap;
    const top = heap[0];
    const last = heap.pop();
    if (top === undefined || last === undefined || heap.length === 0) return top;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && before(heap[child + 1]!, heap[child]!)) child += 1;
      if (!before(heap[child]!, last)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = last;
    return top;
  }
}

/** One turn of the real event loop: every promise that can go on has gone on when it resolves, however long its chain. */
export function turn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}

function before(left: Entry, right: Entry): boolean {
  if (left.atMs !== right.atMs) return left.atMs < right.atMs;
  return left.tie === right.tie ? left.number < right.number : left.tie < right.tie;
}
