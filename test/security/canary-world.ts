/**
 * A real server on real files, in live mode behind its sandbox keys, whose funders can be made to echo what they are told; and everything it
 * leaves behind, gathered for a search: database, log and index files, rows, objects, what it printed, what it sent to webhooks.
 */
import BetterSqlite3 from 'better-sqlite3';
import { createServer, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { SANDBOX_SECRETS, sandboxFunders } from '../../fixtures/funders.ts';
import type { OutboundRequest, SendOutcome } from '../../src/ports/transport.ts';
import type { Host } from '../../src/runtime/instance.ts';
import { startSandbox } from '../../src/sandbox/start.ts';
import { startService, type RealService } from '../journey/world.ts';

/** What the funders' line does with the next calls; null lets them through. */
export type Mood = (request: OutboundRequest, genuine: () => Promise<SendOutcome>) => Promise<SendOutcome>;

export interface CanaryWorld {
  readonly service: RealService;
  mood: Mood | null;
  /** What the host's parts throw instead of working; null: they work. */
  breakage: string | null;
  /** SMS codes by phone. */
  readonly codes: Map<string, string>;
  /** Pictures as they were encoded again, before they were sealed. */
  readonly pictures: Uint8Array[];
  readonly printed: string[];
  readonly hooks: string[];
  /** What the receiver of webhooks says in its replies. */
  hookReply: { readonly status: number; readonly body: string };
  readonly hookUrl: string;
  /** A call from another loopback address, as from another machine. */
  from(
    localAddress: string,
    method: string,
    path: string,
    headers: Readonly<Record<string, string>>,
    body: string,
  ): Promise<{ readonly status: number; readonly text: string }>;
  /** Everything that is at rest or was printed or delivered. */
  traces(): Map<string, Buffer | string>;
  close(): Promise<void>;
}

const METRICS_TOKEN = 'canary-metrics-token';

export async function openCanaryWorld(): Promise<CanaryWorld> {
  const printed: string[] = [];
  const restore = [capture(process.stdout, printed), capture(process.stderr, printed)];
  const hooks: string[] = [];
  const receiver = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      hooks.push(`${request.url}\n${JSON.stringify(request.headers)}\n${Buffer.concat(chunks).toString()}`);
      response.writeHead(world.hookReply.status).end(world.hookReply.body);
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  const hookUrl = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`;
  const sandbox = await startSandbox({ secrets: SANDBOX_SECRETS, latencyScale: 0.05, callbackDelayMs: 50 });
  const funders = sandboxFunders(Object.fromEntries(sandbox.funders.map(({ id, url }) => [id, url])), { submit_ms: 1_000 });
  const codes = new Map<string, string>();
  const pictures: Uint8Array[] = [];
  const wrap = (host: Host): Host => ({
    ...host,
    mode: 'live',
    messages: { sendCode: async (phone, code) => (breaking(), codes.set(phone, code), 'taken') },
    images: { inspect: async (bytes) => (breaking(), keep(await host.images.inspect(bytes))) },
    transport: {
      send: (request, options) => {
        if (options.target === 'guarded' || world.mood === null) return host.transport.send(request, options);
        return world.mood(request, () => host.transport.send(request, options));
      },
    },
  });
  const service = await startService(
    { MILLRACE_METRICS_TOKEN: METRICS_TOKEN, MILLRACE_LOG_LEVEL: 'debug' },
    { sandbox: { funders, secrets: SANDBOX_SECRETS }, wrap },
  );

  function breaking(): void {
    if (world.breakage !== null) throw new Error(world.breakage);
  }
  function keep<R extends { readonly jpeg: Uint8Array | null }>(report: R): R {
    if (report.jpeg !== null) pictures.push(report.jpeg);
    return report;
  }

  const world: CanaryWorld = {
    service,
    mood: null,
    breakage: null,
    codes,
    pictures,
    printed,
    hooks,
    hookUrl,
    hookReply: { status: 204, body: '' },
    from: (localAddress, method, path, headers, body) =>
      new Promise((resolve, reject) => {
        const { hostname, port } = new URL(service.url);
        const call = httpRequest({ host: hostname, port, localAddress, method, path, headers }, (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('end', () => resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }));
        });
        call.on('error', reject);
        call.end(body);
      }),
    traces() {
      const found = new Map<string, Buffer | string>(
        filesUnder(service.dataDir).map((path) => [relative(service.dataDir, path), readFileSync(path)]),
      );
      for (const [table, rows] of rowsOf(join(service.dataDir, 'millrace.db'))) found.set(`rows of ${table}`, rows);
      return found.set('printed', printed.join('')).set('webhooks', hooks.join('\n'));
    },
    async close() {
      await service.close();
      await sandbox.close();
      receiver.close();
      receiver.closeAllConnections();
      for (const put of restore) put();
    },
  };
  return world;
}

export async function metricsOf({ service }: CanaryWorld): Promise<string> {
  return (await service.call('GET', '/metrics', { key: METRICS_TOKEN })).text;
}

function filesUnder(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());
}

/** Every row as its columns' bytes side by side: what a value looks like that lies across two pages of the file. */
function rowsOf(path: string): [string, Buffer][] {
  const client = new BetterSqlite3(path, { readonly: true });
  try {
    const tables = client.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").pluck().all() as string[];
    return tables.map((table) => {
      const rows = client.prepare(`SELECT * FROM "${table}"`).raw().all() as unknown[][];
      return [
        table,
        Buffer.concat(
          rows.flat().map((value) => (Buffer.isBuffer(value) ? Buffer.concat([value, Buffer.from('\n')]) : Buffer.from(`${String(value)}\n`))),
        ),
      ];
    });
  } finally {
    client.close();
  }
}

function capture(stream: NodeJS.WriteStream, into: string[]): () => void {
  const { write } = stream;
  stream.write = ((chunk: string | Uint8Array) => {
    into.push(typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString());
    return true;
  }) as typeof write;
  return () => {
    stream.write = write;
  };
}
