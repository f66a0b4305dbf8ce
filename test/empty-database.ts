/** A migrated database in memory: from the bytes of one that each process makes once, since the migrations take longer than most tests. */
import type BetterSqlite3 from 'better-sqlite3';
import { openDatabase, readMigrations, type OpenDatabase } from '../src/runtime/node/sqlite.ts';

export const MIGRATIONS = readMigrations(new URL('../migrations/', import.meta.url).pathname);
let bytes: Buffer | null = null;

export function emptyDatabase(): OpenDatabase {
  bytes ??= migrated();
  return openDatabase(bytes, MIGRATIONS, 0);
}

function migrated(): Buffer {
  const made = openDatabase(':memory:', MIGRATIONS, 0);
  const { $client } = made.db as unknown as { $client: BetterSqlite3.Database };
  const whole = $client.serialize();
  made.close();
  return whole;
}
