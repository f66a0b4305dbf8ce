/**
 * The simulated disk: SQLite in memory, begun from the bytes of a template, and every committed row handed on. A warm disk keeps one connection
 * and its prepared statements for all seeds of a process (a seed is one savepoint, undone at its end); a cold one is opened from bytes at the
 * start and after each crash. Both must give the same trace.
 */
import BetterSqlite3 from 'better-sqlite3';
import { drizzle } from 'drizzle-orm/better-sqlite3';
import type { Objects } from '../../src/ports/objects.ts';
import { readMigrations } from '../../src/runtime/node/sqlite.ts';
import type { Database } from '../../src/store/database.ts';
import type { Transact } from '../../src/store/group-commit.ts';
import { createStore, type Store } from '../../src/store/index.ts';
import { migrate } from '../../src/store/migrate.ts';
import { NOTE, readNote, selectAll, TRIGGERS, type Note, type Rows, type Table } from './watched.ts';

const MIGRATIONS = new URL('../../migrations/', import.meta.url).pathname;

export type Committed = (notes: readonly Note[]) => void;

export interface SimDatabase {
  readonly db: Database;
  readonly transact: Transact;
  /** Everything that is on the disk now, as a file would have it. */
  bytes(): Buffer;
  /** What the next life finds after a crash: these bytes, or its own. */
  afterCrash(bytes?: Buffer): SimDatabase;
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

/** A disk of its own. `committed` gets the rows of each transaction once it has been committed, in the order they were written. */
export function openColdDisk(bytes: Buffer, committed: Committed): SimDatabase {
  const connection = connect(bytes);
  connection.committed = committed;
  return {
    ...common(connection),
    afterCrash(left) {
      const found = left ?? connection.client.serialize();
      connection.client.close();
      return openColdDisk(found, committed);
    },
    close: () => void connection.client.close(),
  };
}

/** What is kept beside the database; it outlives the service too. */
export function openObjects(): Objects {
  const objects = new Map<string, Uint8Array>();
  return {
    put: async (key, bytes) => void objects.set(key, bytes),
    get: async (key) => objects.get(key) ?? null,
    delete: async (key) => void objects.delete(key),
  };
}

let warm: Connection | null = null;

/** The disk that this process keeps; one world at a time. */
export function openWarmDisk(template: Buffer, committed: Committed): SimDatabase {
  warm ??= connect(template);
  const connection = warm;
  connection.committed = committed;
  connection.client.exec('SAVEPOINT seed');
  const disk: SimDatabase = {
    ...common(connection),
    afterCrash: () => disk,
    close: () => void connection.client.exec('ROLLBACK TO seed; RELEASE seed'),
  };
  return disk;
}

interface Connection {
  readonly client: InstanceType<typeof BetterSqlite3>;
  readonly db: Database;
  readonly transact: Transact;
  committed: Committed;
}

function connect(bytes: Buffer): Connection {
  const client = new BetterSqlite3(bytes);
  let notes: Note[] = [];
  client.function(NOTE, { varargs: true }, (...values: unknown[]) => {
    notes.push(readNote(values));
    return null;
  });
  client.exec(`PRAGMA foreign_keys = ON;\n${TRIGGERS}`);
  const begin = client.prepare('SAVEPOINT work');
  const commit = client.prepare('RELEASE work');
  const connection: Connection = {
    client,
    db: drizzle(client) as unknown as Database,
    committed: () => undefined,
    transact(work) {
      notes = [];
      begin.run();
      try {
        work();
      } catch (error) {
        client.exec('ROLLBACK TO work; RELEASE work');
        throw error;
      }
      commit.run();
      connection.committed(notes);
    },
  };
  return connection;
}

function common({ client, db, transact }: Connection): Pick<SimDatabase, 'db' | 'transact' | 'bytes' | 'table' | 'count'> {
  return {
    db,
    transact,
    bytes: () => client.serialize(),
    table: <T extends Table>(name: T) => client.prepare(selectAll(name)).all() as Rows[T][],
    count: (sql) => Number(client.prepare(sql).pluck().get()),
  };
}
