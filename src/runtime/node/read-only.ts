/** Reads a database that another connection writes, without ever writing itself. */
import BetterSqlite3 from 'better-sqlite3';
import { drizzle } from 'drizzle-orm/better-sqlite3';
import type { Database } from '../../store/database.ts';

export interface ReadOnlyDatabase {
  readonly db: Database;
  close(): void;
}

/** Throws when there is no file. */
export function openReadOnly(path: string): ReadOnlyDatabase {
  const client = new BetterSqlite3(path, { readonly: true, fileMustExist: true });
  client.pragma('query_only = ON');
  client.pragma('cache_size = -16384');
  // Each statement sees the newest commit; none is held open over a page, so the log can be moved meanwhile.
  return { db: drizzle(client) as unknown as Database, close: () => void client.close() };
}
