/** The data folder of an instance: its keys and its database, opened together and held to belong together. */
import { randomFillSync } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Vault } from '../../ports/vault.ts';
import { createStore } from '../../store/index.ts';
import { createVault, indexCheck, type MasterKey } from '../vault.ts';
import { sandboxMasterKey, type Config } from './config.ts';
import { openDatabase, readMigrations, type OpenDatabase } from './sqlite.ts';

const MIGRATIONS = new URL('../../../migrations/', import.meta.url).pathname;
/** Its name in the data folder. */
export const DATABASE_FILE = 'millrace.db';
const INDEX_ROOT = 'index_root';

type DataConfig = Pick<Config, 'dataDir' | 'masterKeys'>;
export interface OpenDataDir {
  readonly vault: Vault;
  readonly data: OpenDatabase;
  /** For a thread that opens what is sealed by itself. */
  readonly masterKeys: readonly MasterKey[];
}

const randomBytes = (count: number): Uint8Array => randomFillSync(new Uint8Array(count));

/** Those configured, or the sandbox's own, which is made when there is none. */
export function masterKeysOf(config: DataConfig): readonly MasterKey[] {
  return config.masterKeys ?? [sandboxMasterKey(config.dataDir, randomBytes)];
}

/** Makes the folder when there is none. Throws when the keys are not those the data was made with. */
export function openDataDir(config: DataConfig, nowMs: number): OpenDataDir {
  mkdirSync(config.dataDir, { recursive: true, mode: 0o700 });
  const masterKeys = masterKeysOf(config);
  const vault = createVault({ masterKeys, current: masterKeys.at(-1)!.version }, randomBytes);
  const data = openDatabase(join(config.dataDir, DATABASE_FILE), readMigrations(MIGRATIONS), nowMs);
  holdIndexRoot(data, indexCheck(vault));
  return { vault, data, masterKeys };
}

/**
 * Blind indexes find people again only under the root they were made with. Another root (a master key left out) would silently know nobody:
 * no duplicate, no blacklist, no tombstone. So the first start leaves its mark and a later one must match it.
 */
function holdIndexRoot(data: OpenDatabase, mark: string): void {
  const store = createStore(data.db);
  data.transact(() => void store.desk.insertFact({ name: INDEX_ROOT, value: mark }));
  if (store.desk.fact(INDEX_ROOT) === mark) return;
  data.close();
  throw new Error('the master keys are not those this data was made with: the oldest is missing or another (MILLRACE_MASTER_KEY_PREVIOUS)');
}
