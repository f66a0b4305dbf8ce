/** The data folder of an instance: its keys and its database, opened together and held to belong together. */
import { randomFillSync } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Vault } from '../../ports/vault.ts';
import { unfinishedImport } from '../../store/transfer/write-rows.ts';
import { holdIndexRoot } from '../index-root.ts';
import { createVault, type MasterKey } from '../vault.ts';
import { sandboxMasterKey, type Config } from './config.ts';
import { openDatabase, readMigrations, type OpenDatabase } from './sqlite.ts';

const MIGRATIONS = new URL('../../../migrations/', import.meta.url).pathname;
/** Its name in the data folder. */
export const DATABASE_FILE = 'millrace.db';
/** Where a restore keeps its parts until all are there. */
export const RESTORING = 'restoring.part';

type Place = Pick<Config, 'dataDir' | 'masterKeys'>;
export interface OpenDataDir {
  readonly vault: Vault;
  readonly data: OpenDatabase;
  /** For a thread that opens what is sealed by itself. */
  readonly masterKeys: readonly MasterKey[];
}

const randomBytes = (count: number): Uint8Array => randomFillSync(new Uint8Array(count));

/** Makes the folder when there is none. Throws when the keys are not those the data was made with, or the data is not all there yet. */
export function openDataDir(config: Place, nowMs: number): OpenDataDir {
  if (existsSync(join(config.dataDir, RESTORING))) throw new Error('a restore into this data directory did not end; restore again');
  const opened = openUnfinished(config, nowMs);
  if (unfinishedImport(opened.data.db) === null) return opened;
  opened.data.close();
  throw new Error('an import into this data directory did not end; import again, and it goes on');
}

/** The same for whoever is about to complete it. */
export function openUnfinished(config: Place, nowMs: number): OpenDataDir {
  mkdirSync(config.dataDir, { recursive: true, mode: 0o700 });
  const masterKeys = masterKeysOf(config);
  const vault = vaultOf(masterKeys);
  const data = openDatabase(join(config.dataDir, DATABASE_FILE), readMigrations(MIGRATIONS), nowMs);
  if (!holdIndexRoot(data.db, data.transact, vault)) {
    data.close();
    throw new Error('the master keys are not those this data was made with: the oldest is missing or another (MILLRACE_MASTER_KEY_PREVIOUS)');
  }
  return { vault, data, masterKeys };
}

/** Those configured, or the sandbox's own, which is made when there is none. */
export function masterKeysOf(config: Place): readonly MasterKey[] {
  return config.masterKeys ?? [sandboxMasterKey(config.dataDir, randomBytes)];
}

/** The vault of the configured keys; in a sandbox without any, of the one beside the data. */
export function openVault(config: Place): Vault {
  return vaultOf(masterKeysOf(config));
}

function vaultOf(masterKeys: readonly MasterKey[]): Vault {
  return createVault({ masterKeys, current: masterKeys.at(-1)!.version }, randomBytes);
}

/** Names of the migrations this program has. */
export function ownMigrations(): string[] {
  return readMigrations(MIGRATIONS).map(({ name }) => name);
}
