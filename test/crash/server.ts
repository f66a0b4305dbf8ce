/**
 * The real server as a child process that can be told to die. It loads everything and then waits for its order, so that the next one is
 * warm while the last is still running. It ends when its parent does.
 */
import { flushCompileCache } from 'node:module';
import { SANDBOX_SECRETS, sandboxFunders } from '../../fixtures/funders.ts';
import { Policy } from '../../src/domain/policy.ts';
import { setSecret } from '../../src/flow/desk/secrets.ts';
import { readConfig } from '../../src/runtime/node/config.ts';
import { startServer } from '../../src/runtime/node/server.ts';
import { SANDBOX_POLICY } from '../../src/runtime/sandbox-seed.ts';
import type { Service } from '../../src/runtime/instance.ts';
import { withFault, type Fault } from './faults.ts';

export interface Order {
  readonly dataDir: string;
  readonly port: number;
  /** Where funders send callbacks: the hub, which stays while servers come and go. */
  readonly publicUrl: string;
  readonly masterKey: string;
  readonly funderUrls: Readonly<Record<string, string>>;
  readonly webhook: { readonly url: string; readonly secret: string };
  /** Ahead of the real time: as if the power had been away that long. */
  readonly clockAheadMs: number;
  readonly fault: Fault;
}

process.once('disconnect', () => process.exit(0));
process.once('message', (order: Order) => void start(order));
// Killed as it will be, it would leave nothing for the next one's start.
flushCompileCache();
process.send?.({ kind: 'loaded' });

async function start(order: Order): Promise<void> {
  const config = readConfig({
    PORT: String(order.port),
    MILLRACE_DATA_DIR: order.dataDir,
    MILLRACE_PUBLIC_URL: order.publicUrl,
    MILLRACE_MASTER_KEY: order.masterKey,
    MILLRACE_SANDBOX_PORT_BASE: '0',
    MILLRACE_LOG_LEVEL: 'error',
  });
  if (Array.isArray(config)) throw new Error(config.map(({ variable, reason }) => `${variable} ${reason}`).join('; '));
  const server = await startServer(config, {
    sandbox: { funders: sandboxFunders(order.funderUrls), secrets: SANDBOX_SECRETS },
    wrap: (host) =>
      withFault(
        { ...host, clock: { ...host.clock, nowMs: () => host.clock.nowMs() + order.clockAheadMs } },
        order.fault,
        (url) => url === order.webhook.url,
      ),
  });
  await prepare(server.service, order);
  process.send?.({ kind: 'ready', secret: server.keys?.secret });
}

/** At the first start: one webhook endpoint for everything, and no waiting over a disclosure. */
async function prepare({ deps, desk }: Service, { webhook }: Order): Promise<void> {
  if (deps.desk.snapshot().endpoints.length > 0) return;
  const endpoint = { id: 'ep_crash', url: webhook.url, types: ['*'], channel_id: null, status: 'enabled', disabled_reason: null };
  const policy = Policy.parse({ ...SANDBOX_POLICY, deadlines: { ...SANDBOX_POLICY.deadlines, disclosure_reading_s: 0 } });
  await deps.commit((tx) => {
    const nowMs = deps.clock.nowMs();
    const put = (kind: 'webhook_endpoint' | 'policy', record: { readonly id: string }): void =>
      void tx.desk.insertRecord({
        kind,
        id: record.id,
        version: (tx.desk.record(kind, record.id)?.version ?? 0) + 1,
        body: JSON.stringify(record),
        retired: false,
        createdAtMs: nowMs,
        author: 'crash',
        approver: null,
      });
    put('webhook_endpoint', endpoint);
    put('policy', policy);
    setSecret(tx, deps.vault, endpoint.id, 'v1', webhook.secret, nowMs);
  });
  desk.reload();
}
