/** Wires the service into what a Durable Object gives. */
import type { Hono } from 'hono';
import { adapters } from '../../../adapters/registry.ts';
import { SANDBOX_SECRETS, sandboxFunders } from '../../../fixtures/funders.ts';
import { createApp } from '../../http/app.ts';
import type { Env } from '../../http/context.ts';
import { createFetchTransport } from '../fetch-transport.ts';
import { holdIndexRoot } from '../index-root.ts';
import { createService, type Service } from '../instance.ts';
import { createJsonLog } from '../json-log.ts';
import { sandboxKeys, seedSandbox } from '../sandbox-seed.ts';
import { checkTarget } from '../ssrf.ts';
import { createVault } from '../vault.ts';
import type { Bindings, EdgeEnvironment } from './environment.ts';
import { edgeClock, edgeRandom, openStorage } from './host.ts';
import { edgeImages } from './images.ts';
import { bucketObjects } from './objects.ts';
import type { DurableObjectStorage } from './platform.ts';

export interface RunningCell {
  readonly service: Service;
  readonly app: Hono<Env>;
}

/** `afterCommit` is told of every commit once the service runs. Throws when the keys are not those the data was made with. */
export async function startCell(
  storage: DurableObjectStorage,
  env: EdgeEnvironment,
  bindings: Bindings,
  afterCommit: () => void,
): Promise<RunningCell> {
  const { db, transact } = openStorage(storage, edgeClock.nowMs());
  const vault = createVault({ masterKeys: env.masterKeys, current: env.masterKeys.at(-1)!.version }, edgeRandom.bytes);
  if (!holdIndexRoot(db, transact, vault)) throw new Error('the master keys are not those this data was made with: the oldest is missing or another');
  const sandboxed = env.mode === 'sandbox';
  // The platform collects what is printed.
  const log = createJsonLog(env.logLevel, (line) => console.log(line));
  const service = createService({
    cell: 0,
    mode: env.mode,
    publicUrl: env.publicUrl,
    clock: edgeClock,
    random: edgeRandom,
    db,
    transact(work) {
      transact(work);
      afterCommit();
    },
    vault,
    transport: createFetchTransport({ fetch: (...args) => fetch(...args), clock: edgeClock, allowLoopback: sandboxed }),
    objects: bucketObjects(bindings.PHOTOS),
    images: edgeImages(),
    // A live instance needs a real gateway; until one is configured, sending is refused rather than pretended.
    messages: { sendCode: async () => ({ taken: sandboxed }) },
    log,
    adapters,
    // The platform keeps the log of its own storage and gives no way to rewrite it at once.
    scrub: () => undefined,
    // The platform resets an object whose storage fails: nothing that depends on the lost write has left it.
    onDiskFailure: (error) => log.error('disk.failed', { code: (error as { code?: string }).code ?? 'unknown' }),
  });
  if (sandboxed) {
    const sandbox = { funders: sandboxFunders(env.sandboxFunders), secrets: SANDBOX_SECRETS };
    await service.deps.commit((tx) => seedSandbox(tx, vault, sandbox, edgeClock.nowMs()));
    service.desk.reload();
  }
  const app = createApp({
    deps: service.deps,
    clientIp: (c) => c.req.header('cf-connecting-ip') ?? null,
    maxInFlight: env.maxInFlight,
    busy: service.busy,
    sandboxKeys: sandboxed ? () => ({ ...sandboxKeys(vault) }) : null,
    reloadDesk: () => service.desk.reload(),
    checkWebhookUrl: (url) => {
      const verdict = checkTarget(url, { allowLoopback: sandboxed });
      return verdict.ok ? null : verdict.detail;
    },
    metrics: null,
    metricsToken: null,
  });
  await service.start();
  return { service, app };
}
