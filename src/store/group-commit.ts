/**
 * The commit seam. Closures that arrive in the same turn share one transaction and so one fsync. When one of them throws, the group is
 * rolled back and each closure is run alone, so that nobody pays for a savepoint in the usual case and nobody suffers for another's fault.
 * A closure must therefore be free of effects outside its transaction: it may run twice.
 */
import type { Store } from './index.ts';

/** Runs `work` in a write transaction; rejects with what `work` threw, after rolling back. Resolves once the commit is durable. */
export type Commit = <T>(work: (tx: Store) => T) => Promise<T>;

/** What a host gives: one synchronous, durable transaction. */
export type Transact = (work: () => void) => void;

interface Waiting {
  readonly work: (tx: Store) => unknown;
  readonly resolve: (value: unknown) => void;
  readonly reject: (reason: unknown) => void;
}

export interface GroupCommitOptions {
  readonly store: Store;
  readonly transact: Transact;
  /** Runs its argument once the current turn is worked off. */
  readonly defer: (run: () => void) => void;
  /** Largest number of closures in one transaction. */
  readonly maxGroup?: number;
  /** A transaction has failed, and nothing that was written in it is so: what is kept in memory of it must go. Called before anybody is told. */
  readonly onRollback?: () => void;
  /** The disk has failed under us: nothing may be acknowledged any more. The process is to stop. */
  readonly onDiskFailure: (error: unknown) => void;
}

export function createGroupCommit(options: GroupCommitOptions): Commit {
  const { store, transact, defer, onDiskFailure, onRollback = () => undefined, maxGroup = 256 } = options;
  let waiting: Waiting[] = [];
  let failed: unknown = null;

  function flush(): void {
    const group = waiting.splice(0, maxGroup);
    if (group.length === 0) return;
    if (waiting.length > 0) defer(flush);
    const results: unknown[] = [];
    try {
      transact(() => {
        for (const each of group) results.push(each.work(store));
      });
    } catch (error) {
      onRollback();
      if (isDiskFailure(error)) return fail(group, error);
      if (group.length === 1) return group[0]!.reject(error);
      return runAlone(group);
    }
    group.forEach((each, index) => each.resolve(results[index]));
  }

  function runAlone(group: readonly Waiting[]): void {
    for (const [index, each] of group.entries()) {
      try {
        let result: unknown;
        transact(() => {
          result = each.work(store);
        });
        each.resolve(result);
      } catch (error) {
        onRollback();
        if (isDiskFailure(error)) return fail(group.slice(index), error);
        each.reject(error);
      }
    }
  }

  function fail(group: readonly Waiting[], error: unknown): void {
    failed = error;
    for (const each of [...group, ...waiting]) each.reject(error);
    waiting = [];
    onDiskFailure(error);
  }

  return <T>(work: (tx: Store) => T): Promise<T> =>
    new Promise<T>((resolve, reject) => {
      if (failed !== null) return reject(failed);
      waiting.push({ work, resolve: resolve as (value: unknown) => void, reject });
      if (waiting.length === 1) defer(flush);
    });
}

/** EIO, a full disk or a damaged file: after one of these the state on disk is unknown and going on would lie. */
function isDiskFailure(error: unknown): boolean {
  // drizzle wraps what the driver threw; statements of our own throw it bare.
  for (let each = error, depth = 0; typeof each === 'object' && each !== null && depth < 4; each = (each as { cause?: unknown }).cause, depth += 1) {
    if ('code' in each && /^SQLITE_(IOERR|FULL|CORRUPT|NOTADB|READONLY)/.test(String(each.code))) return true;
  }
  return false;
}
