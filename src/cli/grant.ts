/** The first key of an instance: made on the machine itself, beside the data, because there is nobody yet who could be asked over HTTP. */
import { defineCommand } from 'citty';
import { randomFillSync } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { ROLES, type Role } from '../domain/desk.ts';
import { insertKey, keyText } from '../flow/desk/edit-keys.ts';
import { describeFaults, readConfig, sandboxMasterKey } from '../runtime/node/config.ts';
import { nodeClock, nodeRandom } from '../runtime/node/host.ts';
import { openDatabase, readMigrations } from '../runtime/node/sqlite.ts';
import { createVault } from '../runtime/vault.ts';
import { createStore } from '../store/index.ts';
import { appendAudit } from '../flow/desk/append-audit.ts';
import { mintId } from '../domain/ids.ts';
import { knownFlagsOnly } from './arguments.ts';

const MIGRATIONS = new URL('../../migrations/', import.meta.url).pathname;

export const grant = defineCommand({
  meta: {
    name: 'grant',
    description: 'Make an operator key on this machine, from the same environment as the server; a running server takes it up at its next start',
  },
  args: {
    role: { type: 'string', default: 'admin', description: ROLES.join(', ') },
    name: { type: 'string', required: true, description: 'Whose key it is' },
  },
  setup: knownFlagsOnly,
  run({ args }) {
    if (!(ROLES as readonly string[]).includes(args.role)) throw new Error(`--role must be one of ${ROLES.join(', ')}`);
    const config = readConfig(process.env);
    if (Array.isArray(config)) throw new Error(`the configuration has faults:\n${describeFaults(config)}`);
    mkdirSync(config.dataDir, { recursive: true, mode: 0o700 });
    const randomBytes = (count: number): Uint8Array => randomFillSync(new Uint8Array(count));
    const masterKeys = config.masterKeys ?? [sandboxMasterKey(config.dataDir, randomBytes)];
    const vault = createVault({ masterKeys, current: masterKeys.at(-1)!.version }, randomBytes);
    const data = openDatabase(join(config.dataDir, 'millrace.db'), readMigrations(MIGRATIONS), nodeClock.nowMs());
    const random = nodeRandom();
    const key = keyText('operator', config.mode, random);
    const id = mintId('key', config.cell, nodeClock.nowMs(), random.bytes(10));
    data.transact(() => {
      const store = createStore(data.db);
      insertKey(
        store,
        vault,
        id,
        key,
        { kind: 'operator', name: args.name.slice(0, 80), channelId: null, role: args.role as Role },
        nodeClock.nowMs(),
      );
      appendAudit(
        store,
        { clock: nodeClock, vault },
        { actor: 'machine', action: 'key.created', subject: id, detail: { kind: 'operator', role: args.role } },
      );
    });
    data.close();
    process.stdout.write(`${id}  ${args.role}\n${key}\nIt is told this once. A server that runs takes it up at its next start.\n`);
  },
});
