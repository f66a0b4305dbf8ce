/** A bulkhead, one per funder: so many calls at once, so many waiting, and none waiting too long. One hung funder holds up only itself. */
import { invariant } from '../domain/failures.ts';
import type { Clock } from '../ports/clock.ts';

export interface BulkheadOptions {
  /** Calls under way at once (`Funder.max_concurrent`). */
  readonly maxConcurrent: number;
  /** Calls waiting for a place; beyond it they are shed at once. */
  readonly maxQueue: number;
}

/** `shed`: the task was not started. `full`: the queue was; `waited`: no place came free within `maxWaitMs`. */
export type BulkheadOutcome<T> = { readonly kind: 'ran'; readonly value: T } | { readonly kind: 'shed'; readonly why: 'full' | 'waited' };

export interface Bulkhead {
  /** Runs `task` when there is a place, first come first served. Rejects only with what `task` itself rejects with. */
  run<T>(task: () => Promise<T>, maxWaitMs: number): Promise<BulkheadOutcome<T>>;
  readonly running: number;
  readonly waiting: number;
}

interface Waiter {
  start(): void;
}

export function createBulkhead(options: BulkheadOptions, clock: Pick<Clock, 'after'>): Bulkhead {
  invariant(options.maxConcurrent >= 1 && options.maxQueue >= 0, 'bulkhead options');
  // A Set keeps the order of arrival and drops a waiter that gave up in constant time.
  const queue = new Set<Waiter>();
  let running = 0;

  function waitForPlace(maxWaitMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const giveUp = clock.after(maxWaitMs, () => {
        queue.delete(waiter);
        resolve(false);
      });
      const waiter: Waiter = {
        start() {
          giveUp();
          resolve(true);
        },
      };
      queue.add(waiter);
    });
  }

  /** Hands the place straight to the next in line, so that a newcomer cannot overtake; else frees it. */
  function leave(): void {
    const [next] = queue;
    if (next === undefined) running -= 1;
    else {
      queue.delete(next);
      next.start();
    }
  }

  return {
    async run(task, maxWaitMs) {
      if (running < options.maxConcurrent) running += 1;
      else if (queue.size >= options.maxQueue) return { kind: 'shed', why: 'full' };
      else if (maxWaitMs <= 0 || !(await waitForPlace(maxWaitMs))) return { kind: 'shed', why: 'waited' };
      try {
        return { kind: 'ran', value: await task() };
      } finally {
        leave();
      }
    },
    get running() {
      return running;
    },
    get waiting() {
      return queue.size;
    },
  };
}
