/** The Node host: opens the data, starts the sandbox funders when in sandbox mode, wires the service and serves it. */
import type { HttpBindings } from '@hono/node-server';
import { join } from 'node:path';
import { SANDBOX_SECRETS, sandboxFunders } from '../../../fixtures/funders.ts';
import { createApp } from '../../http/app.ts';
import { firstRunToken, isFirstRun, welcomeLink } from '../../flow/operators/first-run.ts';
import type { Ctx, HttpOptions } from '../../http/context.ts';
import type { Log } from '../../ports/log.ts';
import type { Sso } from '../../ports/sso.ts';
import { sandboxKeys, sandboxLinks, sandboxReply, seedSandbox, type SandboxFunders, type SandboxKeys, type SandboxLinks } from '../sandbox-seed.ts';
import type { oidcSso as OidcSso } from '../oidc-sso.ts';
import { createService, type Host, type Service } from '../instance.ts';
import { messagesFor } from '../sms/gateway.ts';
import type { Config } from './config.ts';
import { DATABASE_FILE, openDataDir } from './data-dir.ts';
import { fileObjects, jsonLog, nodeClock, nodeRandom } from './host.ts';
import { nodeImages } from './images.ts';
import { listen, type Handler } from './listen.ts';
import { startLogMover } from './log-mover.ts';
import { inSandbox, readManifests } from './manifests.ts';
import { createMetrics } from './metrics.ts';
import { folderPages } from './pages.ts';
import { startSandboxProcess } from './sandbox-process.ts';
import { threadedSimulator } from './simulator.ts';
import { checkTarget } from '../ssrf.ts';
import { createUndiciTransport } from './transport.ts';

export interface RunningServer {
  readonly url: string;
  readonly service: Service;
  readonly keys: SandboxKeys | null;
  /** Ways into the console. */
  readonly links: ConsoleLinks;
  readonly migrated: readonly string[];
  /** Stops taking requests, lets what runs end, closes the data. */
  close(): Promise<void>;
}

export interface ConsoleLinks {
  /** For the first administrator, while there is no operator. */
  readonly first: string | null;
  readonly sandbox: SandboxLinks | null;
}

/** What a caller may put in place of the usual, for measuring and for crash tests. */
export interface Given {
  /** Funders that run elsewhere already, instead of the six that are started beside. */
  readonly sandbox?: SandboxFunders;
  /** Stands between the service and what Node gives it. */
  readonly wrap?: (host: Host) => Host;
}

export async function startServer(config: Config, given: Given = {}): Promise<RunningServer> {
  const manifests = readManifests(config.manifestsDir);
  const { vault, data, masterKeys } = openDataDir(config, nodeClock.nowMs());
  const log = jsonLog(config.logLevel);
  const logMover = startLogMover(join(config.dataDir, DATABASE_FILE), data.log, { onFailure: (error) => log.warn('log_mover.failed', { error }) });
  const simulator = threadedSimulator(join(config.dataDir, DATABASE_FILE), masterKeys);
  const random = nodeRandom();
  const transport = createUndiciTransport({ allowLoopback: config.mode === 'sandbox' });
  // Listens before it can serve: with port 0 only then is it known where funders are to call.
  let handle: Handler = () => new Response(null, { status: 503, headers: { 'retry-after': '1' } });
  const server = await listen((request, env) => handle(request, env), config);
  const publicUrl = config.publicUrl ?? `http://127.0.0.1:${server.port}`;
  const beside = config.mode === 'sandbox' && given.sandbox === undefined ? await startSandboxProcess(config.sandboxPortBase) : null;
  const sandbox = beside === null ? (given.sandbox ?? null) : { funders: sandboxFunders(beside.urls), secrets: SANDBOX_SECRETS };
  const sso = await ssoOf(config, { transport, vault, clock: nodeClock, log, publicUrl, allowHttp: config.mode === 'sandbox' });
  const service = createService(
    (given.wrap ?? ((host: Host): Host => host))({
      cell: config.cell,
      mode: config.mode,
      publicUrl,
      clock: nodeClock,
      random,
      db: data.db,
      transact: data.transact,
      vault,
      transport,
      sso,
      objects: fileObjects(join(config.dataDir, 'objects')),
      images: nodeImages(),
      messages: messagesFor(config, { transport, vault, clock: nodeClock, random, log }),
      log,
      adapters: manifests.adapters,
      simulator,
      scrub: data.scrub,
      maxGroup: config.groupCommit,
      onDiskFailure: stopAtOnce(log),
    }),
  );
  if (sandbox !== null) await seed(service, inSandbox(sandbox, manifests));
  const app = appOf(service, config, sandbox === null ? null : () => ({ ...sandboxReply(vault, service.deps.publicUrl) }));
  await service.start();
  handle = app.fetch as unknown as Handler;
  return {
    url: server.url,
    service,
    keys: sandbox === null ? null : sandboxKeys(vault),
    links: consoleLinks(service, sandbox !== null),
    migrated: data.migrated,
    async close() {
      await server.close(config.shutdownMs);
      await simulator.stop();
      await service.stop();
      await transport.close();
      await logMover.stop();
      data.close();
      beside?.stop();
    },
  };
}

function appOf(service: Service, config: Config, keys: HttpOptions['sandboxKeys']): ReturnType<typeof createApp> {
  const metrics = createMetrics(service);
  return createApp({
    deps: service.deps,
    clientIp: remoteAddress,
    maxInFlight: config.maxInFlight,
    busy: service.busy,
    sandboxKeys: keys,
    reloadDesk: () => service.desk.reload(),
    checkWebhookUrl: webhookCheck(config),
    metrics: () => metrics.text(),
    metricsToken: config.metricsToken,
    pages: folderPages(),
  });
}

function consoleLinks({ deps }: Service, sandboxed: boolean): ConsoleLinks {
  const { vault, publicUrl, clock } = deps;
  return {
    first: isFirstRun(deps) ? welcomeLink(publicUrl, firstRunToken({ vault }, clock.nowMs())) : null,
    sandbox: sandboxed ? sandboxLinks(vault, publicUrl) : null,
  };
}

/** Loaded only where it is used: most instances have no provider, and a start waits for everything it loads. */
async function ssoOf({ oidc }: Config, deps: Parameters<typeof OidcSso>[1]): Promise<Sso | null> {
  if (oidc === null) return null;
  const { oidcSso } = await import('../oidc-sso.ts');
  return oidcSso(oidc, deps);
}

function webhookCheck({ mode }: Config): (url: string) => string | null {
  return (url) => {
    const verdict = checkTarget(url, { allowLoopback: mode === 'sandbox' });
    return verdict.ok ? null : verdict.detail;
  };
}

function stopAtOnce(log: Log): (error: unknown) => void {
  return (error) => {
    log.error('disk.failed', { code: (error as { code?: string }).code ?? 'unknown' });
    process.exit(74);
  };
}

async function seed(service: Service, sandbox: SandboxFunders): Promise<void> {
  const { deps } = service;
  await deps.commit((tx) => seedSandbox(tx, deps.vault, sandbox, deps.clock.nowMs()));
  service.desk.reload();
}

function remoteAddress(c: Ctx): string | null {
  const bindings = c.env as unknown as HttpBindings | undefined;
  return bindings?.incoming.socket.remoteAddress ?? null;
}
