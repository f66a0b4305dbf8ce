/** The simulated disk: SQLite in memory, begun from the bytes of a template or of what a crash left, and every committed row handed on. */
import BetterSqlite3 from 'better-sqlite3';
import { drizzle } from 'drizzle-orm/better-sqlite3';
import type { Database } from '../../src/store/database.ts';
import type { Transact } from '../../src/store/group-commit.ts';
import { migrate } from '../../src/store/migrate.ts';
import { createStore, type Store } from '../../src/store/index.ts';
import { readMigrations } from '../../src/runtime/node/sqlite.ts';
import { NOTE, readNote, selectAll, TRIGGERS, type Note, type Rows, type Table } from './watched.ts';

const MIGRATIONS = new URL('../../migrations/', import.meta.url).pathname;

export interface SimDatabase {
  readonly db: Database;
  readonly transact: Transact;
  /** What is on the disk now. */
  bytes(): Buffer;
  /** A whole table, for a last comparison with what was handed on. */
  table<T extends Table>(name: T): Rows[T][];
  /** One number by any query. */
  count(sql: string): number;
  close(): void;
}

/** The bytes of a migrated database after `fill`. */
export function makeTemplate(nowMs: number, fill: (tx: Store) => void): Buffer {
  const client = new BetterSqlite3(':memory:');
  const db = drizzle(client) as unknown as Database;
  migrate(db, (script) => void client.exec(script), readMigrations(MIGRATIONS), nowMs);
  fill(createStore(db));
  const bytes = client.serialize();
  client.close();
  return bytes;
}

/** `committed` gets the rows of each transaction once it has been committed, in the order they were written. */
export function openSimDatabase(bytes: Buffer, committed: (notes: readonly Note[]) => void): SimDatabase {
  const client = new BetterSqlite3(bytes);
  let notes: Note[] = [];
  client.function(NOTE, { varargs: true }, (...values: unknown[]) => {
    notes.push(readNote(values));
    return null;
  });
  client.exec(`PRAGMA foreign_keys = ON;\n${TRIGGERS}`);
  const begin = client.prepare('BEGIN IMMEDIATE');
  const commit = client.prepare('COMMIT');
  const rollback = client.prepare('ROLLBACK');
  return {
    db: drizzle(client) as unknown as Database,
    transact(work) {
      notes = [];
      begin.run();
      try {
        work();
        commit.run();
      } catch (error) {
        if (client.inTransaction) rollback.run();
        throw error;
      }
      committed(notes);
    },
    bytes: () => client.serialize(),
    table: <T extends Table>(name: T) => client.prepare(selectAll(name)).all() as Rows[T][],
    count: (sql) => Number(client.prepare(sql).pluck().get()),
    close: () => void client.close(),
  };
}
