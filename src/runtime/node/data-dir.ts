/** The data folder of an instance: its keys and its database, opened together and held to belong together. */
import { randomFillSync } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Vault } from '../../ports/vault.ts';
import { holdIndexRoot } from '../index-root.ts';
import { createVault, type MasterKey } from '../vault.ts';
import { sandboxMasterKey, type Config } from './config.ts';
import { openDatabase, readMigrations, type OpenDatabase } from './sqlite.ts';

const MIGRATIONS = new URL('../../../migrations/', import.meta.url).pathname;
/** Its name in the data folder. */
export const DATABASE_FILE = 'millrace.db';

/** Makes the folder when there is none. Throws when the keys are not those the data was made with. */
export function openDataDir(config: Pick<Config, 'dataDir' | 'masterKeys'>, nowMs: number): { readonly vault: Vault; readonly data: OpenDatabase } {
  mkdirSync(config.dataDir, { recursive: true, mode: 0o700 });
  const randomBytes = (count: number): Uint8Array => randomFillSync(new Uint8Array(count));
  const masterKeys: readonly MasterKey[] = config.masterKeys ?? [sandboxMasterKey(config.dataDir, randomBytes)];
  const vault = createVault({ masterKeys, current: masterKeys.at(-1)!.version }, randomBytes);
  const data = openDatabase(join(config.dataDir, DATABASE_FILE), readMigrations(MIGRATIONS), nowMs);
  if (!holdIndexRoot(data.db, data.transact, vault)) {
    data.close();
    throw new Error('the master keys are not those this data was made with: the oldest is missing or another (MILLRACE_MASTER_KEY_PREVIOUS)');
  }
  return { vault, data };
}
