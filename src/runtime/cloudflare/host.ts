/** What a Durable Object gives: time, randomness, its own SQLite, log. */
import { drizzle } from 'drizzle-orm/durable-sqlite';
import type { Clock } from '../../ports/clock.ts';
import type { Random } from '../../ports/random.ts';
import type { Database } from '../../store/database.ts';
import type { Transact } from '../../store/group-commit.ts';
import { migrate, type Migration } from '../../store/migrate.ts';
import { complain } from './complain.ts';
import type { DurableObjectStorage } from './platform.ts';

const LONGEST_TIMER_MS = 2 ** 31 - 1;

export const edgeClock: Clock = {
  nowMs: () => Date.now(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted === true) return resolve();
      const end = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', end);
        resolve();
      };
      const timer = setTimeout(end, Math.min(ms, LONGEST_TIMER_MS));
      signal?.addEventListener('abort', end, { once: true });
    }),
  after(ms, run) {
    const timer = setTimeout(guarded(run), Math.min(ms, LONGEST_TIMER_MS));
    return () => clearTimeout(timer);
  },
  defer: (run) => void setTimeout(guarded(run), 0),
};

/** Nobody could catch what is thrown out of a timer. It is said in our own log, and the alarm takes up what was left undone. */
function guarded(run: () => void): () => void {
  return () => {
    try {
      run();
    } catch (error) {
      complain('timer.threw', error);
    }
  };
}

export const edgeRandom: Random = {
  bytes: (count) => crypto.getRandomValues(new Uint8Array(count)),
  uniform() {
    const [high, low] = crypto.getRandomValues(new Uint32Array(2)) as unknown as [number, number];
    return (high * 2 ** 21 + (low >>> 11)) / 2 ** 53;
  },
};

/** Opens the object's database and brings its schema up to date; a migration that fails leaves the old state and throws. */
export function openStorage(
  storage: DurableObjectStorage,
  migrations: readonly Migration[],
  nowMs: number,
): { readonly db: Database; readonly transact: Transact; readonly migrated: readonly string[] } {
  const db = drizzle(storage as never) as unknown as Database;
  const migrated = migrate(db, (script) => void storage.sql.exec(script), migrations, nowMs);
  // What is written is held back from the world by the platform's output gate until it is on disk.
  return { db, migrated, transact: (work) => storage.transactionSync(work) };
}
