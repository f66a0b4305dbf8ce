/**
 * The whole edge service inside the isolate of the tests: the Worker, one cell and the desk as Durable Objects with their real storage and alarms.
 * What it sends can be watched and held up, its clock put on, its desk cut off, and any object ended in the middle of its work.
 */
import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { inject, vi } from 'vitest';
import { Cell, Desk } from '../../src/runtime/cloudflare/cell.ts';
import { readEnvironment, type Bindings } from '../../src/runtime/cloudflare/environment.ts';
import type { DurableObjectState } from '../../src/runtime/cloudflare/platform.ts';
import worker from '../../src/runtime/cloudflare/worker.ts';
import { sandboxKeys } from '../../src/runtime/sandbox-seed.ts';
import { createVault } from '../../src/runtime/vault.ts';
import { applicationBody } from '../application-body.ts';
import { bring } from './main.ts';

export interface Sent {
  /** Null: to nobody of the sandbox's funders. */
  readonly funder: string | null;
  readonly method: string;
  readonly url: URL;
  readonly body: string;
}
export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly json: Record<string, unknown>;
}
/** What becomes of a request of the service: null lets it go its way, and `goOn` too. */
export type Watch = (sent: Sent, goOn: () => Promise<Response>) => Promise<Response> | null;
export type EdgeService = Awaited<ReturnType<typeof startService>>;

/** A request whose answer never comes. */
export const NEVER = new Promise<Response>(() => undefined);

/** Reason of an object's end about which the plugin prints nothing. */
const QUIET = 'Instance dispose';
const FUNDERS = inject('funders');
/** How many services there have been: each has objects of its own. */
let services = 0;
const OWN = {
  CELL: { idFromName: (name: string) => env.CELL.idFromName(`${services}/${name}`), get: (id: unknown) => env.CELL.get(id) },
  DESK: { idFromName: (name: string) => env.DESK.idFromName(`${services}/${name}`), get: (id: unknown) => env.DESK.get(id) },
};
const BINDINGS = {
  ...env,
  ...OWN,
  MILLRACE_PUBLIC_URL: 'http://millrace.test',
  MILLRACE_MASTER_KEY: Buffer.alloc(32, 7).toString('base64'),
  MILLRACE_CELLS: '1',
  MILLRACE_LOG_LEVEL: 'silent',
  MILLRACE_SANDBOX_FUNDERS: JSON.stringify(FUNDERS),
} as Bindings;

export function startService() {
  services += 1;
  const sent: Sent[] = [];
  const state = { deskAway: false, watch: (() => null) as Watch };
  bring({
    Cell: class extends Cell {
      constructor(inside: DurableObjectState) {
        super(named(inside, '0'), BINDINGS);
      }
    },
    Desk: class extends Desk {
      constructor(inside: DurableObjectState) {
        super(named(inside, 'desk'), BINDINGS);
      }
      override async fetch(request: Request): Promise<Response> {
        if (state.deskAway) throw new Error('the desk is away');
        return super.fetch(request);
      }
    },
  });
  const [realFetch, realNow] = [globalThis.fetch, Date.now];
  let aheadMs = 0;
  vi.spyOn(Date, 'now').mockImplementation(() => realNow() + aheadMs);
  // What failed is said, and here it is meant to fail.
  vi.spyOn(console, 'log').mockReturnValue(undefined);
  vi.stubGlobal('fetch', (url: string, init: RequestInit): Promise<Response> => {
    const funder = Object.entries(FUNDERS).find(([, at]) => url.startsWith(at))?.[0] ?? null;
    const one: Sent = { funder, method: init.method ?? 'GET', url: new URL(url), body: typeof init.body === 'string' ? init.body : '' };
    sent.push(one);
    const goOn = (): Promise<Response> => realFetch(url, init);
    return state.watch(one, goOn) ?? goOn();
  });
  const { masterKeys } = readEnvironment(BINDINGS);
  const vault = createVault({ masterKeys, current: masterKeys.at(-1)!.version }, (count) => crypto.getRandomValues(new Uint8Array(count)));
  const keys = sandboxKeys(vault);
  let serial = 0;

  async function call(method: string, path: string, key: string, json?: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Reply> {
    const response = await worker.fetch(
      new Request(`http://millrace.test${path}`, {
        method,
        headers: { authorization: `Bearer ${key}`, ...(json === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
        ...(json === undefined ? {} : { body: JSON.stringify(json) }),
      }),
      BINDINGS,
    );
    return { status: response.status, headers: response.headers, json: (await response.json()) as Record<string, unknown> };
  }
  const view = (id: unknown): Promise<Reply> => call('GET', `/v1/applications/${id as string}`, keys.secret);

  return {
    state,
    sent,
    keys,
    call,
    view,
    apply(phone: string): Promise<Reply> {
      serial += 1;
      return call('POST', '/v1/applications', keys.secret, applicationBody(Date.now(), Object.keys(FUNDERS), { phone }), {
        'idempotency-key': `apply-${serial}`,
      });
    },
    /** Once the application is in this state. */
    async reached(id: unknown, status: string): Promise<Reply> {
      await until(`the application is ${status}`, async () => (await view(id)).json['status'] === status);
      return view(id);
    },
    /** Puts the service's clock on. The platform's own, by which alarms go off, stays where it is. */
    leap: (ms: number): void => void (aheadMs += ms),
    /** Sets the platform's alarm for this moment, and ends the object in the middle of what it does, if told to. */
    alarmNow: (object: unknown, ending = false): Promise<void> =>
      runInDurableObject(object, async (_, inside) => {
        await inside.storage.setAlarm(realNow());
        if (ending) inside.abort(QUIET);
      }).catch((error: unknown) => {
        if (!ending) throw error;
      }),
    async close(): Promise<void> {
      for (const object of [cell(), desk()]) {
        await runInDurableObject(object, async (_, inside) => {
          await inside.storage.deleteAll();
          await inside.storage.deleteAlarm();
          inside.abort(QUIET);
        }).catch(() => undefined);
      }
      vi.unstubAllGlobals();
      vi.restoreAllMocks();
    },
  };
}

/** A new stub at each call: one whose object has ended is of no more use. */
export const cell = (): unknown => OWN.CELL.get(OWN.CELL.idFromName('0'));
export const desk = (): unknown => OWN.DESK.get(OWN.DESK.idFromName('desk'));

/** The object's state, under the name by which a service knows it. */
function named(inside: DurableObjectState, name: string): DurableObjectState {
  return new Proxy(inside, {
    get(target, key) {
      const value: unknown = key === 'id' ? { name } : Reflect.get(target, key, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}

/** Runs statements in the object's own database; rows of the last. */
export function run<T>(object: unknown, ...statements: readonly string[]): Promise<T[]> {
  return runInDurableObject(object, (_, { storage }) => statements.map((statement) => storage.sql.exec(statement).toArray() as T[]).at(-1)!);
}

/** When its alarm is set for. */
export function alarmOf(object: unknown): Promise<number | null> {
  return runInDurableObject(object, (_, { storage }) => storage.getAlarm());
}

/** Lets its alarm go off, whenever it is set for; rejects when the handler does, or when there is none. */
export async function ring(object: unknown): Promise<void> {
  if (!(await runDurableObjectAlarm(object))) throw new Error('there is no alarm');
}

/** Looks again and again until it is so; throws after ten seconds. */
export async function until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  for (let looks = 0; looks < 1_000; looks += 1) {
    if (await isSo()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`in vain: ${what}`);
}
