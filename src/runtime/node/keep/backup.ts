/**
 * Backs an instance up while it runs: the database as of one moment by SQLite's online backup, then the photos that copy names, then the
 * manifests it was started with. The master keys are left out: a backup is noise without them, and would be everything together with them.
 */
import BetterSqlite3 from 'better-sqlite3';
import { drizzle } from 'drizzle-orm/better-sqlite3';
import { readdirSync, readFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Database } from '../../../store/database.ts';
import { DATABASE_FILE } from '../data-dir.ts';
import { sha256Of, sumOf, writeBundle, writeDurably, type BundleWriter } from './bundle.ts';
import { cellIn, copyObjects, indexRootIn, migrationsIn, openSnapshot, type CopiedObjects } from './snapshot.ts';

export const BackupManifest = z.strictObject({
  format: z.literal('millrace-backup'),
  version: z.literal(1),
  made_at: z.string(),
  /** Number in every id; null when there is no id yet. */
  cell: z.int().min(0).nullable(),
  /** Mark of the root its blind indexes derive from: tells at once whether a master key is the right one, and nothing of it. */
  index_root: z.string().nullable(),
  migrations: z.array(z.string()),
  /** Rows by table. */
  rows: z.record(z.string(), z.int().min(0)),
  objects: z.int().min(0),
  /** Photos the database names and the data folder had no more. */
  lost: z.array(z.string()),
  parts: z.int().min(0),
});
export type BackupManifest = z.infer<typeof BackupManifest>;

export interface BackupOptions {
  readonly dataDir: string;
  /** A folder that is not there yet. */
  readonly target: string;
  readonly nowMs: number;
  /** `MILLRACE_MANIFESTS` of the instance, which it cannot start without. */
  readonly manifestsDir?: string | null;
  /** Called between two steps of the copy. */
  readonly onStep?: () => void;
}

export interface BackupDone extends CopiedObjects {
  readonly manifest: BackupManifest;
  readonly databaseBytes: number;
}

/** Pages that are copied before the event loop gets a turn. */
const STEP_PAGES = 2_000;

/** Throws, and leaves nothing, when the copy is not sound. */
export async function backUp({ dataDir, target, nowMs, manifestsDir = null, onStep = () => undefined }: BackupOptions): Promise<BackupDone> {
  const bundle = await writeBundle(target);
  try {
    const databaseBytes = await copyDatabase(dataDir, bundle, onStep);
    const copy = new BetterSqlite3(join(bundle.dir, DATABASE_FILE), { readonly: true });
    try {
      const sound = copy.pragma('quick_check(1)', { simple: true });
      if (sound !== 'ok') throw new Error('the copy of the database is not sound; look at the disk, and at the database itself');
      const db = drizzle(copy) as unknown as Database;
      const facts = { cell: cellIn(db), index_root: indexRootIn(db), migrations: migrationsIn(db), rows: rowCounts(copy) };
      const objects = await copyObjects(db, dataDir, bundle);
      await copyManifests(manifestsDir, bundle);
      let manifest: BackupManifest | null = null;
      copy.close();
      await bundle.finish(
        (parts) =>
          (manifest = {
            format: 'millrace-backup',
            version: 1,
            made_at: new Date(nowMs).toISOString(),
            ...facts,
            objects: objects.count,
            lost: [...objects.lost],
            parts,
          }),
      );
      return { ...objects, manifest: manifest!, databaseBytes };
    } finally {
      copy.close();
    }
  } catch (error) {
    await bundle.drop();
    throw error;
  }
}

/** Rows of every table of a database, the ones this program does not know included. */
export function rowCounts(client: BetterSqlite3.Database): Record<string, number> {
  const names = client
    .prepare<[], string>(String.raw`SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\_%' ESCAPE '\' ORDER BY name`)
    .pluck()
    .all();
  return Object.fromEntries(names.map((name) => [name, client.prepare<[], number>(`SELECT count(*) FROM "${name}"`).pluck().get()!]));
}

async function copyDatabase(dataDir: string, bundle: BundleWriter, onStep: () => void): Promise<number> {
  const path = join(bundle.dir, DATABASE_FILE);
  const source = openSnapshot(dataDir);
  try {
    // Without the snapshot each commit of the server would make the copy begin anew, and on a busy one it would never end.
    await source.client.backup(path, {
      progress() {
        onStep();
        return STEP_PAGES;
      },
    });
  } finally {
    source.close();
  }
  // A log beside the copy would be a part of it that no sum covers.
  const copy = new BetterSqlite3(path);
  copy.pragma('journal_mode = DELETE');
  copy.close();
  const file = await open(path, 'r+');
  await file.sync();
  const { size } = await file.stat();
  await file.close();
  await bundle.add(DATABASE_FILE, (await sumOf(path))!);
  return size;
}

async function copyManifests(manifestsDir: string | null, bundle: BundleWriter): Promise<void> {
  if (manifestsDir === null) return;
  for (const name of readdirSync(manifestsDir).filter((one) => one.endsWith('.json'))) {
    const bytes = readFileSync(join(manifestsDir, name));
    await writeDurably(join(bundle.dir, 'manifests', name), bytes);
    await bundle.add(`manifests/${name}`, sha256Of(bytes));
  }
}
