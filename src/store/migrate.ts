/** Applies numbered SQL migrations, each once and whole. Both hosts hand in the texts: Node reads the folder, Cloudflare bundles it. */
import { sql } from 'drizzle-orm';
import type { Database } from './database.ts';

export interface Migration {
  /** File name without `.sql`: `0001_spine`. */
  readonly name: string;
  readonly sql: string;
}

/** Runs what is missing, in order. `run` executes one script of several statements. Returns the names applied. A failed one leaves the old state and throws. */
export function migrate(db: Database, run: (script: string) => void, migrations: readonly Migration[], nowMs: number): string[] {
  run('CREATE TABLE IF NOT EXISTS migrations (name TEXT PRIMARY KEY NOT NULL, applied_at_ms INTEGER NOT NULL) STRICT');
  const applied = new Set(db.all<{ name: string }>(sql`SELECT name FROM migrations`).map((row) => row.name));
  const unknown = [...applied].filter((name) => !migrations.some((migration) => migration.name === name));
  if (unknown.length > 0) throw new Error(`this database is newer than this program: it has migration ${unknown.join(', ')}`);
  const missing = migrations.filter((migration) => !applied.has(migration.name)).toSorted((a, b) => (a.name < b.name ? -1 : 1));
  for (const migration of missing) {
    db.transaction(() => {
      run(migration.sql);
      db.run(sql`INSERT INTO migrations (name, applied_at_ms) VALUES (${migration.name}, ${nowMs})`);
    });
  }
  return missing.map((migration) => migration.name);
}
