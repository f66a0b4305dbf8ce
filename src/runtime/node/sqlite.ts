/** SQLite on Node: one file, write-ahead log, every commit on disk before it is answered. */
import BetterSqlite3 from 'better-sqlite3';
import { drizzle } from 'drizzle-orm/better-sqlite3';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { invariant } from '../../domain/failures.ts';
import type { Database } from '../../store/database.ts';
import type { Transact } from '../../store/group-commit.ts';
import { migrate, type Migration } from '../../store/migrate.ts';

export interface OpenDatabase {
  readonly db: Database;
  readonly transact: Transact;
  /** Names of the migrations that were applied now. */
  readonly migrated: readonly string[];
  /** Moves the log into the file and empties it, so that overwritten bytes are gone from both. */
  scrub(): void;
  close(): void;
}

/** Opens (or makes) the database at `path` (`:memory:` for none) and migrates it. Throws on a damaged file or a failed migration. */
export function openDatabase(path: string, migrations: readonly Migration[], nowMs: number): OpenDatabase {
  const client = new BetterSqlite3(path);
  client.pragma('journal_mode = WAL');
  client.pragma('synchronous = FULL');
  client.pragma('foreign_keys = ON');
  client.pragma('secure_delete = ON');
  client.pragma('cache_size = -65536');
  client.pragma('mmap_size = 268435456');
  client.pragma('temp_store = MEMORY');
  // Indexes of keyed hashes touch pages all over the file; a longer log lets many changes of one page become one write.
  client.pragma('wal_autocheckpoint = 4000');
  const db = drizzle(client) as unknown as Database;
  const migrated = migrate(db, (script) => void client.exec(script), migrations, nowMs);
  // better-sqlite3 lowers this to NORMAL at the first transaction of a write-ahead log; then set it again and look.
  client.pragma('synchronous = FULL');
  client.exec('BEGIN IMMEDIATE; COMMIT');
  invariant(client.pragma('synchronous', { simple: true }) === 2, 'synchronous is not FULL after the first transaction');
  const begin = client.prepare('BEGIN IMMEDIATE');
  const commit = client.prepare('COMMIT');
  const rollback = client.prepare('ROLLBACK');

  return {
    db,
    migrated,
    transact(work) {
      begin.run();
      try {
        work();
        commit.run();
      } catch (error) {
        if (client.inTransaction) rollback.run();
        throw error;
      }
    },
    scrub: () => void client.pragma('wal_checkpoint(TRUNCATE)'),
    close: () => void client.close(),
  };
}

/** The migrations of a folder, by name. */
export function readMigrations(folder: string): Migration[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.sql'))
    .toSorted()
    .map((file) => ({ name: file.slice(0, -4), sql: readFileSync(join(folder, file), 'utf8') }));
}
