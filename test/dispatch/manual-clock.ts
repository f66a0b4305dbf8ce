/** A clock that moves only when a test moves it. */
import type { Clock } from '../../src/ports/clock.ts';

export interface ManualClock extends Clock {
  /** Moves time on, firing what falls due in its order, and lets promises settle in between. */
  advance(ms: number): Promise<void>;
  /** Every sleep asked for, in milliseconds. */
  readonly sleeps: readonly number[];
  /** Timers still set. */
  readonly pending: number;
}

export function createManualClock(startMs = 0): ManualClock {
  let nowMs = startMs;
  let serial = 0;
  const timers = new Map<number, { readonly atMs: number; readonly run: () => void }>();
  const sleeps: number[] = [];
  const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

  function after(ms: number, run: () => void): () => void {
    const id = (serial += 1);
    timers.set(id, { atMs: nowMs + ms, run });
    return () => timers.delete(id);
  }

  return {
    nowMs: () => nowMs,
    after,
    sleep(ms, signal) {
      sleeps.push(ms);
      return new Promise((resolve) => {
        if (signal?.aborted === true) return resolve();
        const cancel = after(ms, resolve);
        signal?.addEventListener('abort', () => {
          cancel();
          resolve();
        });
      });
    },
    defer: (run) => queueMicrotask(run),
    async advance(ms) {
      const untilMs = nowMs + ms;
      for (;;) {
        await settle();
        const due = [...timers].filter(([, timer]) => timer.atMs <= untilMs).toSorted(([, left], [, right]) => left.atMs - right.atMs)[0];
        if (due === undefined) break;
        nowMs = due[1].atMs;
        timers.delete(due[0]);
        due[1].run();
      }
      nowMs = untilMs;
    },
    sleeps,
    get pending() {
      return timers.size;
    },
  };
}
