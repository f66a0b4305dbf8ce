/** A data folder looked at from beside the server that may be running on it: read only, without the master key, without migrating. */
import BetterSqlite3 from 'better-sqlite3';
import { sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/better-sqlite3';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { cellOf } from '../../../domain/ids.ts';
import type { Objects } from '../../../ports/objects.ts';
import type { Database } from '../../../store/database.ts';
import { DATABASE_FILE } from '../data-dir.ts';
import { fileObjects } from '../host.ts';
import { sha256Of, type BundleWriter } from './bundle.ts';

export interface Snapshot {
  readonly db: Database;
  readonly client: BetterSqlite3.Database;
  close(): void;
}

/** Opens a database as it is at this moment: what is written meanwhile is not seen, and does not disturb. Throws when there is none. */
export function openSnapshot(dataDir: string): Snapshot {
  const path = join(dataDir, DATABASE_FILE);
  if (!existsSync(path)) throw new Error(`there is no ${DATABASE_FILE} in ${dataDir}`);
  const client = new BetterSqlite3(path, { readonly: true, fileMustExist: true });
  client.exec('BEGIN');
  // Only a first read takes the snapshot.
  client.prepare('SELECT count(*) FROM sqlite_schema').get();
  return { db: drizzle(client) as unknown as Database, client, close: () => void client.close() };
}

/** Names of the migrations a database has had. */
export function migrationsIn(db: Database): string[] {
  return db.all<{ name: string }>(sql`SELECT name FROM migrations ORDER BY name`).map(({ name }) => name);
}

/** The mark of its index root; null before the first start. */
export function indexRootIn(db: Database): string | null {
  return db.all<{ value: string }>(sql`SELECT value FROM instance_facts WHERE name = 'index_root'`)[0]?.value ?? null;
}

/** The cell in the newest id of a borrower; null when there is none yet. */
export function cellIn(db: Database): number | null {
  const [row] = db.all<{ id: string }>(sql`SELECT id FROM borrowers ORDER BY id DESC LIMIT 1`);
  return row === undefined ? null : cellOf(row.id);
}

/** The photos a database names, in order, few at a time. */
export function* photosIn(db: Database): Generator<string> {
  for (let last = ''; ;) {
    const page = db.all<{ id: string }>(sql`SELECT id FROM documents WHERE data_key IS NOT NULL AND ok = 1 AND id > ${last} ORDER BY id LIMIT 1000`);
    for (const { id } of page) yield id;
    if (page.length === 0) return;
    last = page.at(-1)!.id;
  }
}

export interface CopiedObjects {
  readonly count: number;
  readonly bytes: number;
  /** Erased, or thrown away unclaimed, while we copied: rightly not there. */
  readonly goneMeanwhile: number;
  /** The database still names them and they are not there. */
  readonly lost: readonly string[];
}

/** Copies the sealed photos that `db` names from the data folder into the bundle. */
export async function copyObjects(db: Database, dataDir: string, bundle: BundleWriter): Promise<CopiedObjects> {
  const from = fileObjects(join(dataDir, 'objects'));
  const into = fileObjects(join(bundle.dir, 'objects'));
  const done = { count: 0, bytes: 0, goneMeanwhile: 0 };
  const lost: string[] = [];
  for (const id of photosIn(db)) {
    const bytes = await from.get(id);
    if (bytes === null) {
      if (stillNamed(dataDir, id)) lost.push(id);
      else done.goneMeanwhile += 1;
      continue;
    }
    await into.put(id, bytes);
    await bundle.add(objectPart(id), sha256Of(bytes));
    done.count += 1;
    done.bytes += bytes.length;
  }
  return { ...done, lost };
}

/** Name of an object as a part; the folders of `fileObjects` are its own business. */
export function objectPart(id: string): string {
  return `objects/${id.slice(-2)}/${id}`;
}

/** The key of an object that has this name as a part, or null when it is another part. */
export function objectOf(part: string): string | null {
  const [, id] = /^objects\/[^/]+\/([^/]+)$/.exec(part) ?? [];
  return id !== undefined && objectPart(id) === part ? id : null;
}

/** Reads an object of a bundle. */
export function objectsOf(dir: string): Objects {
  return fileObjects(join(dir, 'objects'));
}

/** The row goes before the object, so what the database as it is now names should be there. */
function stillNamed(dataDir: string, id: string): boolean {
  const now = openSnapshot(dataDir);
  try {
    return now.db.all(sql`SELECT 1 FROM documents WHERE id = ${id} AND data_key IS NOT NULL`).length > 0;
  } finally {
    now.close();
  }
}
