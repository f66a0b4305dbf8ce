import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { openStorage } from '../../src/runtime/cloudflare/host.ts';
import { MIGRATIONS } from '../../src/runtime/cloudflare/migrations.ts';
import type { Migration } from '../../src/store/migrate.ts';
import type { StoreHost } from './host.ts';

export const host: StoreHost = {
  migrations: MIGRATIONS,
  withStore: (test) =>
    runInDurableObject(env.BARE.get(env.BARE.newUniqueId()), async (_, { storage }) => {
      let used = false;
      await test((migrations = MIGRATIONS) => {
        if (used) void storage.deleteAll();
        used = true;
        const { db, transact } = openStorage(storage, migrations, 0);
        return { db, transact, migrate: (more: readonly Migration[], nowMs: number) => openStorage(storage, more, nowMs).migrated };
      });
    }),
};
