/** Starts the edge host on this machine: the Worker and its objects in workerd through wrangler, with the simulated funders beside it. */
import { join } from 'node:path';
import { unstable_startWorker } from 'wrangler';
import { firstRunToken, welcomeLink } from '../../flow/operators/first-run.ts';
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

const CONFIG = new URL('../../../wrangler.toml', import.meta.url).pathname;

/** Resolves once it answers. */
export async function startEdge(options: EdgeOptions): Promise<RunningEdge> {
  const master: MasterKey = sandboxMasterKey(options.dataDir, (count) => nodeRandom().bytes(count));
  const vault = createVault({ masterKeys: [master], current: master.version }, (count) => nodeRandom().bytes(count));
  const sandbox = typeof options.sandbox === 'number' ? await startSandboxProcess(options.sandbox) : { urls: options.sandbox, stop: () => undefined };
  const text = (value: string) => ({ type: 'plain_text' as const, value });
  const url = `http://127.0.0.1:${options.port}`;
  // Wrangler otherwise keeps a trace of every request, with its address, in a database beside ours; and takes time for it.
  process.env['X_LOCAL_OBSERVABILITY'] ??= 'false';
  const worker = await unstable_startWorker({
    config: CONFIG,
    bindings: {
      MILLRACE_PUBLIC_URL: text(url),
      MILLRACE_MASTER_KEY: text(Buffer.from(master.key).toString('base64')),
      MILLRACE_CELLS: text(options.cells ?? '4'),
      MILLRACE_LOG_LEVEL: text(options.logLevel),
      MILLRACE_SANDBOX_FUNDERS: text(JSON.stringify(sandbox.urls)),
      ...oidcBindings(options.oidc ?? null, text),
      MILLRACE_IMPORT_SECRET: text(options.importSecret ?? ''),
    },
    dev: {
      server: { hostname: '127.0.0.1', port: options.port },
      persist: join(options.dataDir, 'edge'),
      logLevel: 'error',
      watch: false,
      inspector: false,
    },
  });
  const close = async (): Promise<void> => {
    await worker.dispose();
    sandbox.stop();
  };
  try {
    await worker.ready;
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

/** The edge host reads them as the Node host does. */
function oidcBindings<T>(oidc: OidcSettings | null, text: (value: string) => T): Record<string, T> {
  if (oidc === null) return {};
  const { issuer, clientId, clientSecret, name } = oidc;
  return {
    MILLRACE_OIDC_ISSUER: text(issuer),
    MILLRACE_OIDC_CLIENT_ID: text(clientId),
    MILLRACE_OIDC_CLIENT_SECRET: text(clientSecret),
    MILLRACE_OIDC_NAME: text(name),
  };
}

async function answers(url: string): Promise<unknown> {
  const reply = await fetch(url);
  if (!reply.ok) throw new Error(`the edge host answers ${reply.status} when asked whether it is ready`);
  return reply.json();
}
