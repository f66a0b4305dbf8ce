/** What an object of the benchmark counts: what it was asked, how often it woke, and what its storage read and wrote. */
import type { DurableObjectState } from '../../src/runtime/cloudflare/platform.ts';

/** All since the object began, and its tables as they are. */
export interface Counted {
  /** Requests by the first two parts of their path; `internal/…` are those of other objects. */
  readonly requests: Readonly<Record<string, number>>;
  readonly alarms: number;
  /** Each is billed as a row written. */
  readonly alarmsSet: number;
  /** As the platform counts them: a row of an index counts like one of a table. 0 where storage is not watched. */
  readonly rowsRead: number;
  readonly rowsWritten: number;
  /** Rows that are there, by table. */
  readonly rows: Readonly<Record<string, number>>;
  readonly bytes: number;
}

export interface Counts {
  alarms: number;
  alarmsSet: number;
  rowsRead: number;
  rowsWritten: number;
  readonly requests: Record<string, number>;
  heard(path: string): void;
  watch(cursor: Cursor): void;
  settle(): void;
}

interface Cursor {
  readonly rowsRead: number;
  readonly rowsWritten: number;
}
type Sql = DurableObjectState['storage']['sql'] & { readonly databaseSize: number };

export function newCounts(): Counts {
  let open: Cursor[] = [];
  const counts: Counts = {
    alarms: 0,
    alarmsSet: 0,
    rowsRead: 0,
    rowsWritten: 0,
    requests: {},
    heard(path) {
      const name = path.split('/').slice(1, 3).join('/');
      counts.requests[name] = (counts.requests[name] ?? 0) + 1;
    },
    // A cursor knows its numbers once it was read to its end, which is before the next statement begins.
    watch(cursor) {
      counts.settle();
      open.push(cursor);
    },
    settle() {
      for (const { rowsRead, rowsWritten } of open) {
        counts.rowsRead += rowsRead;
        counts.rowsWritten += rowsWritten;
      }
      open = [];
    },
  };
  return counts;
}

/** The same state, whose storage is watched. */
export function countedState(state: DurableObjectState, counts: Counts): DurableObjectState {
  const { storage } = state;
  return {
    id: state.id,
    blockConcurrencyWhile: (run) => state.blockConcurrencyWhile(run),
    waitUntil: (promise) => state.waitUntil(promise),
    storage: {
      sql: {
        exec(statement, ...bindings) {
          const cursor = storage.sql.exec(statement, ...bindings);
          counts.watch(cursor as unknown as Cursor);
          return cursor;
        },
      },
      transactionSync: (run) => storage.transactionSync(run),
      get: (key) => storage.get(key),
      put: (key, value) => storage.put(key, value),
      getAlarm: () => storage.getAlarm(),
      setAlarm(atMs) {
        counts.alarmsSet += 1;
        return storage.setAlarm(atMs);
      },
    },
  };
}

export function tablesOf({ storage }: DurableObjectState, counts: Counts): Counted {
  counts.settle();
  const sql = storage.sql as Sql;
  const one = (statement: string): Record<string, unknown>[] => sql.exec(statement).toArray() as Record<string, unknown>[];
  const tables = one("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '\\_cf%' ESCAPE '\\'");
  return {
    requests: counts.requests,
    alarms: counts.alarms,
    alarmsSet: counts.alarmsSet,
    rowsRead: counts.rowsRead,
    rowsWritten: counts.rowsWritten,
    rows: Object.fromEntries(tables.map(({ name }) => [String(name), Number(one(`SELECT count(*) AS n FROM "${String(name)}"`)[0]!['n'])])),
    bytes: sql.databaseSize,
  };
}
