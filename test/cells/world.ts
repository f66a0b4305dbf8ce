/**
 * A service of many cells in one process: every part with a store of its own in memory, found through the front alone, on a clock that moves only when
 * a test moves it. A part can be cut off, killed and started again on the data it had, with another number of cells.
 */
import { adapters } from '../../adapters/registry.ts';
import { sandboxFunders, SANDBOX_SECRETS } from '../../fixtures/funders.ts';
import { makeIdNumber } from '../../src/domain/id-number.ts';
import type { Funder } from '../../src/domain/funder.ts';
import type { ImageReport } from '../../src/ports/images.ts';
import type { OutboundRequest } from '../../src/ports/transport.ts';
import { createAway, createCells } from '../../src/runtime/cells/away.ts';
import { createFront } from '../../src/runtime/cells/front.ts';
import { DESK_CELL, readGenerations } from '../../src/runtime/cells/generations.ts';
import { createCell, createDesk, type Part } from '../../src/runtime/cells/part.ts';
import type { Ask } from '../../src/runtime/cells/wire.ts';
import { createService, type Service } from '../../src/runtime/instance.ts';
import type { OpenDatabase } from '../../src/runtime/node/sqlite.ts';
import { sandboxKeys, sandboxReply, seedSandbox } from '../../src/runtime/sandbox-seed.ts';
import { scryptPasswords } from '../../src/runtime/passwords.ts';
import { createVault } from '../../src/runtime/vault.ts';
import { PERSONALITIES } from '../../src/sandbox/personalities.ts';
import { createManualClock } from '../dispatch/manual-clock.ts';
import { emptyDatabase } from '../empty-database.ts';
import { initOf, readReply, type Call, type Reply } from '../reply.ts';
import { applicationBody, QUICK_COST, seededRandom, simulatedFunders, START_MS } from '../world.ts';

const OK = { kind: 'response', response: { status: 200, headers: {}, body: new Uint8Array(0) } } as const;

interface Running {
  readonly service: Service;
  readonly part: Part;
}
export type Cells = Awaited<ReturnType<typeof makeCells>>;

export interface CellsOptions {
  readonly cells?: string;
  readonly funders?: (funders: readonly Funder[]) => readonly Funder[];
  readonly startMs?: number;
  /** Parts that have a life behind them, by cell. */
  readonly databases?: ReadonlyMap<number, OpenDatabase>;
}

export async function makeCells(options: CellsOptions = {}) {
  const manual = createManualClock(options.startMs ?? START_MS);
  // What the lenders wait has fractions, which no clock tells.
  const clock = { ...manual, nowMs: () => Math.floor(manual.nowMs()) };
  const random = seededRandom(1);
  const vault = createVault({ masterKeys: [{ version: 1, key: new Uint8Array(32).fill(7) }], current: 1 }, (count) => random.bytes(count));
  const urls = Object.fromEntries(PERSONALITIES.map(({ id }) => [id, `http://${id.slice(4)}.funders.test`]));
  const funders = (options.funders ?? ((all) => all))(sandboxFunders(urls));
  const keys = sandboxKeys(vault);
  const databases = new Map(options.databases ?? []);
  const objects = new Map<string, Uint8Array>();
  const running = new Map<number, Promise<Running>>();
  const cut = new Set<number>();
  const silent = new Set<number>();
  const asked: { readonly to: number; readonly path: string }[] = [];
  const sent: OutboundRequest[] = [];
  let generations = readGenerations(options.cells ?? '4')!;
  let front = makeFront();
  const simulated = simulatedFunders(clock, (path, message) => {
    void front(new Request(`http://millrace.test${path}`, { method: 'POST', headers: message.headers, body: message.body }));
  });

  function makeFront() {
    return createFront({ generations, desk: askOf(DESK_CELL), cellAt: askOf, vault, random, clock, pages: { read: async () => null } });
  }

  function askOf(to: number): Ask {
    return async (request) => {
      asked.push({ to, path: new URL(request.url).pathname });
      if (cut.has(to)) throw new Error('cut off');
      if (silent.has(to)) await new Promise(() => undefined);
      return (await at(to)).part.answer(request);
    };
  }

  function at(cell: number): Promise<Running> {
    let found = running.get(cell);
    if (found === undefined) running.set(cell, (found = start(cell)));
    return found;
  }

  async function start(cell: number): Promise<Running> {
    const isDesk = cell === DESK_CELL;
    const data = databases.get(cell) ?? emptyDatabase();
    databases.set(cell, data);
    const way = { cell, generations, desk: askOf(DESK_CELL), cellAt: askOf, clock };
    const away = createAway(way);
    const quiet = (): void => undefined;
    const service = createService({
      cell,
      role: isDesk ? 'desk' : 'cell',
      ...(isDesk ? { cells: createCells(way) } : { away }),
      mode: 'sandbox',
      publicUrl: 'http://millrace.test',
      clock,
      random,
      db: data.db,
      transact: data.transact,
      vault,
      transport: {
        send: async (request, { timeoutMs }) => {
          sent.push(request);
          return (await simulated(request, timeoutMs)) ?? OK;
        },
      },
      adapters,
      objects: {
        put: async (key, bytes) => void objects.set(key, bytes),
        get: async (key) => objects.get(key) ?? null,
        delete: async (key) => void objects.delete(key),
      },
      images: {
        inspect: async (bytes): Promise<ImageReport> => ({ ok: true, problems: [], widthPx: 1_600, heightPx: 1_000, sharpness: 500, jpeg: bytes }),
      },
      messages: { sendCode: async () => 'taken' },
      passwords: scryptPasswords((count) => random.bytes(count), QUICK_COST),
      log: { info: quiet, warn: quiet, error: quiet },
      scrub: quiet,
      onDiskFailure: (error) => {
        throw error;
      },
    });
    if (isDesk) {
      await service.deps.commit((tx) => seedSandbox(tx, vault, { funders, secrets: SANDBOX_SECRETS }, clock.nowMs()));
      service.desk.reload();
    }
    const http = {
      clientIp: () => '203.0.113.7',
      maxInFlight: 1_000,
      sandboxKeys: () => ({ ...sandboxReply(vault, 'http://millrace.test') }),
      checkWebhookUrl: () => null,
      metrics: null,
      metricsToken: null,
      pages: null,
    };
    const part = isDesk ? createDesk(service, http) : createCell(service, away, http);
    await service.start();
    return { service, part };
  }

  async function call(method: string, path: string, call: Call = {}): Promise<Reply> {
    return readReply(await front(new Request(`http://millrace.test${path}`, initOf(method, call))));
  }

  /** Parts that a test is done with: they take up nothing more. */
  async function kill(cell: number): Promise<void> {
    const found = running.get(cell);
    running.delete(cell);
    if (found !== undefined) void (await found).service.drain.stop();
  }

  async function settle(ms = 0): Promise<void> {
    for (let turn = 0; turn < 10; turn += 1) await clock.advance(0);
    if (ms > 0) await clock.advance(ms);
    for (let turn = 0; turn < 10; turn += 1) await clock.advance(0);
  }

  let serial = 0;
  return {
    clock,
    keys,
    vault,
    asked,
    sent,
    /** Cannot be reached; and takes what is asked without ever answering. */
    cut,
    silent,
    databases,
    /** What lies in the object store, by key. */
    objects,
    call,
    settle,
    kill,
    /** The service of a part, started if need be; `DESK_CELL` is the desk. */
    service: async (cell: number): Promise<Service> => (await at(cell)).service,
    /** Every part dead, and started anew when asked, in a service of so many cells. */
    async restart(cells: string): Promise<void> {
      for (const cell of running.keys()) await kill(cell);
      generations = readGenerations(cells)!;
      front = makeFront();
    },
    async apply(applicant: object = {}, request: object = {}, more: object = {}): Promise<Reply> {
      serial += 1;
      const ids = funders.map(({ id }) => id);
      return call('POST', '/v1/applications', {
        key: keys.secret,
        json: applicationBody(clock.nowMs(), ids, applicant, request, more),
        headers: { 'idempotency-key': `cells-${serial}` },
      });
    },
    async close(): Promise<void> {
      const stopping = [...running.keys()].map(kill);
      await clock.advance(120_000);
      await Promise.all(stopping);
      for (const data of databases.values()) data.close();
    },
  };
}

/** A phone, and the ID number of a person of their own, for each n below 500. */
export function phoneOf(n: number): string {
  return `13900001${String(n).padStart(3, '0')}`;
}
export function idNumberOf(n: number): string {
  return makeIdNumber({ region: '110105', birthDate: '1990-03-07', sequence: n, sex: 'm' });
}
