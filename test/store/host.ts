/** Where the tests of the store find their databases: better-sqlite3 in memory on Node, the storage of a Durable Object in workerd. */
import type { Database } from '../../src/store/database.ts';
import type { Transact } from '../../src/store/group-commit.ts';
import type { Migration } from '../../src/store/migrate.ts';

export interface Opened {
  readonly db: Database;
  readonly transact: Transact;
  /** Opens the same data once more, as a later program does. Names of what was applied now. */
  migrate(migrations: readonly Migration[], nowMs: number): readonly string[];
}
/** An empty database, migrated as told, else with all that the repository has. The one opened before it is gone. */
export type Open = (migrations?: readonly Migration[]) => Opened;

export interface StoreHost {
  readonly migrations: readonly Migration[];
  /** Runs a test where databases can be opened. */
  withStore(test: (open: Open) => void | Promise<void>): Promise<void>;
}

const inWorkerd = navigator.userAgent === 'Cloudflare-Workers';
const host: StoreHost = inWorkerd ? (await import('./host-workerd.ts')).host : (await import('./host-node.ts')).host;

export const MIGRATIONS = host.migrations;
export const { withStore } = host;
