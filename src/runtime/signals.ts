import type { Signals } from '../ports/signals.ts';

/** Waiters of one process, by application. */
export function createSignals(): Signals {
  const waiters = new Map<string, Set<() => void>>();
  return {
    changed(applicationId) {
      const wakes = waiters.get(applicationId);
      if (wakes === undefined) return;
      for (const wake of Array.from(wakes)) wake();
    },
    listen(applicationId, wake) {
      const wakes = waiters.get(applicationId) ?? new Set();
      waiters.set(applicationId, wakes.add(wake));
      return () => {
        wakes.delete(wake);
        // Left twice, the set may be another's by now.
        if (wakes.size === 0 && waiters.get(applicationId) === wakes) waiters.delete(applicationId);
      };
    },
  };
}
