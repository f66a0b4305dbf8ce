/** The one shape of database that both hosts give us: synchronous SQLite through drizzle. */
import type { BaseSQLiteDatabase } from 'drizzle-orm/sqlite-core';

export type Database = BaseSQLiteDatabase<'sync', unknown, Record<string, unknown>>;
