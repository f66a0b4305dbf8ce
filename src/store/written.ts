/**
 * Rows as this process has just inserted them, so that the next step of the same application need not read them again. Exact and no guess: the
 * queries are the only way into these tables, the first change of a row drops it here, and a transaction that fails drops all. What is handed
 * out is a copy, which its taker may change.
 */
import type { ApplicationRow } from './queries/applications.ts';
import type { AttemptRow, ConsentRow } from './queries/dispatch.ts';

/** Beyond this many the oldest is dropped: an application that stays a draft must not stay in memory. */
const MOST = 1_024;

export interface JustWritten {
  readonly applications: Shelf<ApplicationRow>;
  readonly attempts: Shelf<AttemptRow>;
  /** The whole ledger of an application that was inserted here. */
  readonly consents: Shelf<readonly ConsentRow[]>;
  /** For when a transaction has failed, and for a new life on the same database. */
  clear(): void;
}

export interface Shelf<R> {
  get(id: string): R | undefined;
  put(id: string, row: R): void;
  drop(id: string): void;
  clear(): void;
}

export function createJustWritten(): JustWritten {
  const [applications, attempts, consents] = [shelf<ApplicationRow>(), shelf<AttemptRow>(), shelf<readonly ConsentRow[]>()];
  return {
    applications,
    attempts,
    consents,
    clear() {
      applications.clear();
      attempts.clear();
      consents.clear();
    },
  };
}

function shelf<R>(): Shelf<R> {
  const rows = new Map<string, R>();
  return {
    get: (id) => rows.get(id),
    put(id, row) {
      if (rows.size >= MOST) rows.delete(rows.keys().next().value as string);
      rows.set(id, row);
    },
    drop: (id) => void rows.delete(id),
    clear: () => rows.clear(),
  };
}
