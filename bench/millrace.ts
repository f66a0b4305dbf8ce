/** The real server with every feature on, whose one funder and one webhook receiver are the load tool's doubles. */
import { Funder } from '../src/domain/funder.ts';
import { readConfig } from '../src/runtime/node/config.ts';
import { startServer } from '../src/runtime/node/server.ts';
import { sandboxFunders, SANDBOX_SECRETS } from '../fixtures/funders.ts';
import { asymmetricSecret, symmetricSecret } from '../src/outbox/sign.ts';
import { setSecret } from '../src/flow/desk/secrets.ts';
import { ceilingEnvironment } from './environment.ts';

const { funder, webhook, dataDir } = ceilingEnvironment();
const config = readConfig({ ...process.env, MILLRACE_DATA_DIR: dataDir, MILLRACE_LOG_LEVEL: 'warn' });
if (Array.isArray(config)) throw new Error(config.map(({ variable, reason }) => `${variable} ${reason}`).join('; '));

const ids = ['fnd_river', 'fnd_summit', 'fnd_lotus', 'fnd_jade', 'fnd_cedar', 'fnd_ember'];
// All six are looked at for every application; the one that is live is asked and approves. Caps stay, wide enough for the run.
const funders = sandboxFunders(Object.fromEntries(ids.map((id) => [id, funder]))).map((record) =>
  Funder.parse({
    ...record,
    status: record.id === 'fnd_river' ? 'live' : 'paused',
    adapter: 'harbor-json',
    params: { key_id: 'bench', product: 'bench' },
    caps: [{ id: 'daily', unit: 'count', window: 'day', limit: 100_000_000 }],
    max_concurrent: 1_000,
  }),
);
const secrets = Object.fromEntries(ids.map((id) => [id, SANDBOX_SECRETS['fnd_river']!]));
const server = await startServer(config, { sandbox: { funders, secrets } });
const { deps, desk } = server.service;
await deps.commit((tx) => {
  const nowMs = deps.clock.nowMs();
  const endpoint = {
    id: 'ep_bench',
    url: `${webhook}/hook`,
    types: ['application.offered'],
    channel_id: null,
    status: 'enabled',
    disabled_reason: null,
  };
  tx.desk.insertRecord({
    kind: 'webhook_endpoint',
    id: endpoint.id,
    version: 1,
    body: JSON.stringify(endpoint),
    retired: false,
    createdAtMs: nowMs,
    author: 'bench',
    approver: null,
  });
  setSecret(tx, deps.vault, endpoint.id, 'v1', symmetricSecret(deps.random.bytes(32)), nowMs);
  setSecret(tx, deps.vault, endpoint.id, 'v1a', asymmetricSecret(deps.vault.ed25519Pair()).secret, nowMs);
});
desk.reload();
process.on('SIGTERM', () => void server.close().then(() => process.exit(0)));
