/**
 * Puts a backup back into an empty data folder. Everything is copied, held against its sum, opened with the configured keys and (with a list of
 * erasures) forgotten again in a folder of its own; only then do the parts take their places, the database last. What fails leaves nothing.
 */
import BetterSqlite3 from 'better-sqlite3';
import { drizzle } from 'drizzle-orm/better-sqlite3';
import { sql } from 'drizzle-orm';
import { createReadStream, createWriteStream, existsSync, readdirSync } from 'node:fs';
import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { verifyAudit } from '../../../flow/desk/append-audit.ts';
import type { Vault } from '../../../ports/vault.ts';
import type { Database } from '../../../store/database.ts';
import { createStore } from '../../../store/index.ts';
import { indexCheck } from '../../vault.ts';
import type { Config } from '../config.ts';
import { DATABASE_FILE, openVault, ownMigrations, RESTORING } from '../data-dir.ts';
import { fileObjects, nodeClock } from '../host.ts';
import { openDatabase, readMigrations } from '../sqlite.ts';
import { BackupManifest, rowCounts } from './backup.ts';
import { damaged, openBundle, sha256Of, sumOf, syncFolder, writeDurably, type Bundle } from './bundle.ts';
import { readErasures, replayErasures, type ErasedApplication, type Replayed } from './replay-erasures.ts';
import { cellIn, migrationsIn, objectOf, objectsOf } from './snapshot.ts';

export interface RestoreOptions {
  /** Its `dataDir` is the folder to restore into: not there yet, or empty. Its keys must be those of the instance. */
  readonly config: Config;
  readonly source: string;
  /** File of erasures that are newer than the backup. */
  readonly erasures?: string | null;
  readonly nowMs: number;
}

export interface RestoreDone {
  readonly manifest: BackupManifest;
  readonly replayed: Replayed;
  /** Whether the audit trail is as it was written. */
  readonly audit: 'sound' | 'broken';
  /** Where the manifests of the instance are now; null: it had none. */
  readonly manifestsDir: string | null;
}

const MIGRATIONS = new URL('../../../../migrations/', import.meta.url).pathname;
const OWN = [RESTORING, 'objects', 'manifests'];

export async function restore({ config, source, erasures = null, nowMs }: RestoreOptions): Promise<RestoreDone> {
  const { dataDir } = config;
  const bundle = await openBundle(source, BackupManifest);
  const vault = keysFor(config, bundle.manifest);
  const list = erasures === null ? [] : readErasures(erasures);
  const existed = existsSync(dataDir);
  await clearHalf(dataDir);
  const stage = join(dataDir, RESTORING);
  await mkdir(stage, { recursive: true, mode: 0o700 });
  try {
    await copyParts(bundle, stage);
    const found = await openAndForget(stage, { config, vault, nowMs, list, manifest: bundle.manifest });
    for (const name of ['objects', 'manifests']) if (existsSync(join(stage, name))) await rename(join(stage, name), join(dataDir, name));
    await syncFolder(dataDir);
    await rename(join(stage, DATABASE_FILE), join(dataDir, DATABASE_FILE));
    await rm(stage, { recursive: true });
    await syncFolder(dataDir);
    return { ...found, manifest: bundle.manifest, manifestsDir: existsSync(join(dataDir, 'manifests')) ? join(dataDir, 'manifests') : null };
  } catch (error) {
    for (const name of OWN) await rm(join(dataDir, name), { recursive: true, force: true });
    if (!existed) await rm(dataDir, { recursive: true, force: true });
    throw error;
  }
}

/** Only what an earlier restore left unfinished may be there; it goes. */
async function clearHalf(dataDir: string): Promise<void> {
  const there = existsSync(dataDir) ? readdirSync(dataDir) : [];
  if (there.length === 0) return;
  if (!there.includes(RESTORING) || there.some((name) => !OWN.includes(name)))
    throw new Error(`${dataDir} is not empty; restore into an empty folder`);
  for (const name of OWN) await rm(join(dataDir, name), { recursive: true, force: true });
}

/** Before anything is copied. A sandbox's key lies beside its data, and beside data there is no key in a backup. */
function keysFor(config: Config, manifest: BackupManifest): Vault {
  if (config.masterKeys === null)
    throw new Error("the master keys of the instance are needed: MILLRACE_MASTER_KEY (a sandbox's own stands in sandbox-master.key beside its data)");
  const vault = openVault(config);
  if (manifest.index_root !== null && manifest.index_root !== indexCheck(vault)) throw new Error('the master keys are not those of this backup');
  if (manifest.cell !== null && manifest.cell !== config.cell) throw new Error(`the backup is of cell ${manifest.cell}; set MILLRACE_CELL to it`);
  const unknown = manifest.migrations.filter((name) => !ownMigrations().includes(name));
  if (unknown.length > 0) throw new Error(`the backup is of a newer program: this one lacks the migration ${unknown.join(', ')}`);
  return vault;
}

async function copyParts({ dir, manifest, parts }: Bundle<BackupManifest>, stage: string): Promise<void> {
  const objects = { from: objectsOf(dir), into: fileObjects(join(stage, 'objects')) };
  let copied = 0;
  let database = false;
  for await (const { name, sha256 } of parts()) {
    const key = objectOf(name);
    if (key !== null) {
      const bytes = await objects.from.get(key);
      if (bytes === null || sha256Of(bytes) !== sha256) throw damaged(name);
      await objects.into.put(key, bytes);
      copied += 1;
    } else if (name === DATABASE_FILE) {
      await copyDatabase(join(dir, name), join(stage, name), sha256);
      database = true;
    } else if (name.startsWith('manifests/')) {
      const bytes = await readFile(join(dir, name)).catch(() => null);
      if (bytes === null || sha256Of(bytes) !== sha256) throw damaged(name);
      await writeDurably(join(stage, name), bytes);
    } else throw new Error(`the backup has a part that this program does not know: ${name}`);
  }
  if (!database) throw damaged(DATABASE_FILE);
  if (copied !== manifest.objects) throw new Error(`the backup has ${copied} photos and says ${manifest.objects}`);
}

/** The copy is read again for its sum: what counts is what lies on this disk. */
async function copyDatabase(from: string, into: string, sha256: string): Promise<void> {
  await pipeline(createReadStream(from), createWriteStream(into, { mode: 0o600, flush: true })).catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'ENOENT' ? damaged(DATABASE_FILE) : error;
  });
  if ((await sumOf(into)) !== sha256) throw damaged(DATABASE_FILE);
}

interface Opening {
  readonly config: Config;
  readonly vault: Vault;
  readonly nowMs: number;
  readonly list: readonly ErasedApplication[];
  readonly manifest: BackupManifest;
}

/** Opens the copy as the server will: counts, keys, migrations; then forgets who is to be forgotten. */
async function openAndForget(stage: string, { config, vault, nowMs, list, manifest }: Opening): Promise<Pick<RestoreDone, 'replayed' | 'audit'>> {
  const path = join(stage, DATABASE_FILE);
  const client = new BetterSqlite3(path, { readonly: true });
  try {
    const db = drizzle(client) as unknown as Database;
    const rows = rowCounts(client);
    const other = [...new Set([...Object.keys(rows), ...Object.keys(manifest.rows)])].find((name) => rows[name] !== manifest.rows[name]);
    if (other !== undefined) throw new Error(`the table ${other} has ${rows[other] ?? 0} rows and the backup says ${manifest.rows[other] ?? 0}`);
    if (`${migrationsIn(db)}` !== `${manifest.migrations}` || cellIn(db) !== manifest.cell)
      throw new Error('the database is not the one the manifest is of');
    holdWrappings(db, vault);
  } finally {
    client.close();
  }
  const data = openDatabase(path, readMigrations(MIGRATIONS), nowMs);
  try {
    const replayed = await replayErasures({ data, vault, objectsDir: join(stage, 'objects'), config }, list);
    const { verdict } = verifyAudit({ clock: nodeClock, vault, store: createStore(data.db) });
    data.scrub();
    return { replayed, audit: verdict.ok ? 'sound' : 'broken' };
  } finally {
    data.close();
  }
}

/** The index root is the oldest key; the newer ones show in the wrappings alone. One of each version is opened. */
function holdWrappings(db: Database, vault: Vault): void {
  const rows = db.all<{ id: string; wrapped: Uint8Array }>(
    sql`SELECT min(id) AS id, data_key AS wrapped FROM borrowers WHERE data_key IS NOT NULL GROUP BY substr(data_key, 1, 5)`,
  );
  for (const { id, wrapped } of rows) {
    try {
      vault.openDataKey(`borrowers/${id}/data_key`, wrapped);
    } catch (error) {
      throw new Error('a master key is missing: there are borrowers whose data none of the configured ones opens (MILLRACE_MASTER_KEY_PREVIOUS)', {
        cause: error,
      });
    }
  }
}
