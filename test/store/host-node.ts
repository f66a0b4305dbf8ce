import type BetterSqlite3 from 'better-sqlite3';
import { openDatabase } from '../../src/runtime/node/sqlite.ts';
import type { Database } from '../../src/store/database.ts';
import { migrate, type Migration } from '../../src/store/migrate.ts';
import { emptyDatabase, MIGRATIONS } from '../empty-database.ts';
import type { StoreHost } from './host.ts';

export const host: StoreHost = {
  migrations: MIGRATIONS,
  async withStore(test) {
    let close = (): void => undefined;
    try {
      await test((migrations = MIGRATIONS) => {
        close();
        const opened = migrations === MIGRATIONS ? emptyDatabase() : openDatabase(':memory:', migrations, 0);
        ({ close } = opened);
        const { db, transact } = opened;
        return {
          db,
          transact,
          migrate: (more: readonly Migration[], nowMs: number) => migrate(db, (script) => clientOf(db).exec(script), more, nowMs),
        };
      });
    } finally {
      close();
    }
  },
};

export const memory = emptyDatabase;

function clientOf(db: Database): BetterSqlite3.Database {
  return (db as unknown as { readonly $client: BetterSqlite3.Database }).$client;
}
