/** Wires one part of the service, a cell or the desk, into what a Durable Object gives. */
import { adapters } from '../../../adapters/registry.ts';
import { SANDBOX_SECRETS, sandboxFunders } from '../../../fixtures/funders.ts';
import { createAway, createCells } from '../cells/away.ts';
import { DESK_CELL } from '../cells/generations.ts';
import { createImporter, type Importer } from '../cells/importer.ts';
import { MOVED_CELL } from '../cells/moved-rows.ts';
import { createCell, createDesk, type Part } from '../cells/part.ts';
import type { Ask } from '../cells/wire.ts';
import type { Ctx } from '../../http/context.ts';
import { createFetchTransport } from '../fetch-transport.ts';
import { holdIndexRoot } from '../index-root.ts';
import { createService, type Service } from '../instance.ts';
import { createJsonLog } from '../json-log.ts';
import { oidcSso } from '../oidc-sso.ts';
import { sandboxReply, seedSandbox } from '../sandbox-seed.ts';
import { messagesFor } from '../sms/gateway.ts';
import { checkTarget } from '../ssrf.ts';
import type { Vault } from '../../ports/vault.ts';
import { createVault } from '../vault.ts';
import type { Bindings, EdgeEnvironment } from './environment.ts';
import { edgeClock, edgeRandom, openStorage } from './host.ts';
import { edgeImages } from './images.ts';
import { MIGRATIONS } from './migrations.ts';
import { bucketObjects } from './objects.ts';
import type { DurableObjectStorage } from './platform.ts';

/** `cell`: the number of a cell, or `DESK_CELL`. */
export interface RunningPart extends Part {
  readonly service: Service;
}

/** The way to an object; it is there once something is asked of it. */
export function deskOf({ DESK }: Bindings): Ask {
  return (request) => DESK.get(DESK.idFromName('desk')).fetch(request);
}
export function cellsOf({ CELL }: Bindings): (cell: number) => Ask {
  return (cell) => (request) => CELL.get(CELL.idFromName(String(cell))).fetch(request);
}

/** A part whose database is open and migrated. */
export interface OpenPart {
  readonly importer: Importer;
  /** To be called once, when the importer does not wait (any more). `afterCommit` is told of every commit once the service runs. */
  start(afterCommit: () => void): Promise<RunningPart>;
}

/** `onImported` is called when an import has ended. Throws when the keys are not those the data was made with. */
export function openPart(
  cell: number,
  storage: DurableObjectStorage,
  env: EdgeEnvironment,
  bindings: Bindings,
  onImported: () => Promise<void>,
): OpenPart {
  const { db, transact } = openStorage(storage, MIGRATIONS, edgeClock.nowMs());
  const vault = createVault({ masterKeys: env.masterKeys, current: env.masterKeys.at(-1)!.version }, edgeRandom.bytes);
  if (!holdIndexRoot(db, transact, vault)) throw new Error('the master keys are not those this data was made with: the oldest is missing or another');
  const importer = createImporter({
    part: cell === DESK_CELL ? 'desk' : 'cell',
    open: env.importSecret !== null && (cell === DESK_CELL || cell === MOVED_CELL),
    generations: env.generations,
    migrations: MIGRATIONS.map(({ name }) => name),
    db,
    transact,
    vault,
    objects: bucketObjects(bindings.PHOTOS),
    clock: edgeClock,
    onEnd: onImported,
  });
  return { importer, start: (afterCommit) => startPart(cell, { db, transact, vault }, env, bindings, afterCommit) };
}

type Opened = ReturnType<typeof openStorage> & { readonly vault: Vault };

async function startPart(
  cell: number,
  { db, transact, vault }: Pick<Opened, 'db' | 'transact' | 'vault'>,
  env: EdgeEnvironment,
  bindings: Bindings,
  afterCommit: () => void,
): Promise<RunningPart> {
  const sandboxed = env.mode === 'sandbox';
  // The platform collects what is printed.
  const log = createJsonLog(env.logLevel, (line) => console.log(line));
  const isDesk = cell === DESK_CELL;
  const way = { cell, generations: env.generations, desk: deskOf(bindings), cellAt: cellsOf(bindings), clock: edgeClock };
  const away = createAway(way);
  const transport = createFetchTransport({ fetch: (...args) => fetch(...args), clock: edgeClock, allowLoopback: sandboxed });
  const { publicUrl } = env;
  const service = createService({
    cell,
    role: isDesk ? 'desk' : 'cell',
    ...(isDesk ? { cells: createCells(way) } : { away }),
    mode: env.mode,
    publicUrl,
    clock: edgeClock,
    random: edgeRandom,
    db,
    transact(work) {
      transact(work);
      afterCommit();
    },
    vault,
    transport,
    sso: env.oidc === null || !isDesk ? null : oidcSso(env.oidc, { transport, vault, clock: edgeClock, log, publicUrl, allowHttp: sandboxed }),
    objects: bucketObjects(bindings.PHOTOS),
    images: edgeImages(),
    messages: messagesFor(env, { transport, vault, clock: edgeClock, random: edgeRandom, log }),
    log,
    adapters,
    // The platform keeps the log of its own storage and gives no way to rewrite it at once.
    scrub: () => undefined,
    // The platform resets an object whose storage fails: nothing that depends on the lost write has left it.
    onDiskFailure: (error) => log.error('disk.failed', { code: (error as { code?: string }).code ?? 'unknown' }),
  });
  if (sandboxed && isDesk) {
    const sandbox = { funders: sandboxFunders(env.sandboxFunders), secrets: SANDBOX_SECRETS };
    await service.deps.commit((tx) => seedSandbox(tx, vault, sandbox, edgeClock.nowMs()));
    service.desk.reload();
  }
  const http = {
    clientIp: (c: Ctx) => c.req.header('cf-connecting-ip') ?? null,
    maxInFlight: env.maxInFlight,
    sandboxKeys: sandboxed ? () => ({ ...sandboxReply(vault, env.publicUrl) }) : null,
    checkWebhookUrl: (url: string) => {
      const verdict = checkTarget(url, { allowLoopback: sandboxed });
      return verdict.ok ? null : verdict.detail;
    },
    metrics: null,
    metricsToken: null,
    pages: null,
  };
  const part = isDesk ? createDesk(service, http) : createCell(service, away, http);
  await service.start();
  return { ...part, service };
}
