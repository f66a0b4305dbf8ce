/** Starts the edge host on this machine: the Worker as it is deployed and its objects in workerd, with the simulated funders beside it. */
import { join } from 'node:path';
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare, type MiniflareOptions } from 'miniflare';
import { unstable_getMiniflareWorkerOptions } from 'wrangler';
import { firstRunToken, welcomeLink } from '../../flow/operators/first-run.ts';
import { bundleEdge, WRANGLER_CONFIG } from './edge-bundle.ts';
import { nodeClock, nodeRandom } from './host.ts';
import { sandboxMasterKey } from './config.ts';
import type { OidcSettings } from '../oidc-sso.ts';
import type { ConsoleLinks } from './server.ts';
import { startSandboxProcess } from './sandbox-process.ts';
import { createVault, type MasterKey } from '../vault.ts';
import { sandboxKeys, sandboxLinks, sandboxPartnerSecret, type SandboxKeys } from '../sandbox-seed.ts';

export interface EdgeOptions {
  readonly port: number;
  /** Holds the objects' databases and the sandbox's key. */
  readonly dataDir: string;
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error' | 'silent';
  /** As MILLRACE_CELLS: `4`, or `4,16`. */
  readonly cells?: string;
  /** First port of the simulated funders, 0 for free ones; or where they run already, by funder id. */
  readonly sandbox: number | Readonly<Record<string, string>>;
  /** Who vouches for operators, if anybody does. */
  readonly oidc?: OidcSettings | null;
  /** As MILLRACE_IMPORT_SECRET. While the data is waited for, the host serves nothing else. */
  readonly importSecret?: string;
}

export interface RunningEdge {
  readonly url: string;
  readonly keys: SandboxKeys;
  readonly partnerSecret: string;
  readonly links: ConsoleLinks;
  close(): Promise<void>;
}

/** Resolves once it answers. Rejects when the port is taken, with its number. */
export async function startEdge(options: EdgeOptions): Promise<RunningEdge> {
  const master: MasterKey = sandboxMasterKey(options.dataDir, (count) => nodeRandom().bytes(count));
  const vault = createVault({ masterKeys: [master], current: master.version }, (count) => nodeRandom().bytes(count));
  const sandbox = typeof options.sandbox === 'number' ? await startSandboxProcess(options.sandbox) : { urls: options.sandbox, stop: () => undefined };
  const url = `http://127.0.0.1:${options.port}`;
  const workerd = new Miniflare(
    await describe(options, {
      MILLRACE_PUBLIC_URL: url,
      MILLRACE_MASTER_KEY: Buffer.from(master.key).toString('base64'),
      MILLRACE_CELLS: options.cells ?? '4',
      MILLRACE_LOG_LEVEL: options.logLevel,
      MILLRACE_SANDBOX_FUNDERS: JSON.stringify(sandbox.urls),
      MILLRACE_IMPORT_SECRET: options.importSecret ?? '',
      ...oidcBindings(options.oidc ?? null),
    }),
  );
  const close = async (): Promise<void> => {
    await workerd.dispose();
    sandbox.stop();
  };
  try {
    await workerd.ready;
    if (options.importSecret === undefined) await answers(`${url}/readyz`);
    else await answers(`${url}/healthz`);
    // While data is waited for there is nobody yet to be the first.
    const isFirst = options.importSecret === undefined && ((await answers(`${url}/v1/session/methods`)) as { first_run: boolean }).first_run;
    const first = isFirst ? welcomeLink(url, firstRunToken({ vault }, nodeClock.nowMs())) : null;
    const links = { first, sandbox: sandboxLinks(vault, url) };
    return { url, keys: sandboxKeys(vault), partnerSecret: sandboxPartnerSecret(vault), links, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** `wrangler.toml` with the bundle and what this start adds, for workerd itself: `wrangler dev` would put a second workerd and a watcher before it. */
async function describe({ port, dataDir }: EdgeOptions, added: Readonly<Record<string, string>>): Promise<MiniflareOptions> {
  const modules = await bundleEdge();
  const { modulesRules: _bundled, ...worker } = unstable_getMiniflareWorkerOptions(WRANGLER_CONFIG).workerOptions;
  return convertV4MiniflareOptions({
    host: '127.0.0.1',
    port,
    // It would ask Cloudflare where on earth this machine is.
    cf: false,
    log: new Log(LogLevel.ERROR),
    logRequests: false,
    resourcePersistencePath: join(dataDir, 'edge', 'v3'),
    workers: [{ ...worker, name: 'millrace', modules: [...modules], bindings: { ...(worker.bindings as object), ...added } }],
  });
}

/** The edge host reads them as the Node host does. */
function oidcBindings(oidc: OidcSettings | null): Record<string, string> {
  if (oidc === null) return {};
  const { issuer, clientId, clientSecret, name } = oidc;
  return { MILLRACE_OIDC_ISSUER: issuer, MILLRACE_OIDC_CLIENT_ID: clientId, MILLRACE_OIDC_CLIENT_SECRET: clientSecret, MILLRACE_OIDC_NAME: name };
}

async function answers(url: string): Promise<unknown> {
  const reply = await fetch(url);
  if (!reply.ok) throw new Error(`the edge host answers ${reply.status} when asked whether it is ready`);
  return reply.json();
}
