/** Where the server is made to die, or its disk to fail: put between the service and what Node gives it. */
import BetterSqlite3 from 'better-sqlite3';
import type { Host } from '../../src/runtime/instance.ts';

/** `nth` counts from 1 within one life of the process. */
export type Fault =
  | { readonly kind: 'none' }
  | { readonly kind: 'kill'; readonly at: KillPoint; readonly nth: number }
  /** The transaction fails like this: before its commit, or in the fsync that ends it, when the bytes may or may not be there. */
  | { readonly kind: 'disk'; readonly code: string; readonly when: 'before_commit' | 'after_commit'; readonly nth: number }
  /** From the nth transaction on, one in four says that it was committed and was not: what the whole test exists to notice. */
  | { readonly kind: 'lie'; readonly nth: number };

export const KILL_POINTS = ['before_commit', 'after_commit', 'nth_write', 'funder_answered', 'webhook_answered', 'object_written'] as const;
export type KillPoint = (typeof KILL_POINTS)[number];

/** Printed when the process goes on after its disk has failed. */
export const STILL_RUNNING = 'STILL-RUNNING-AFTER-DISK-FAILURE';

export function withFault(host: Host, fault: Fault, isWebhook: (url: string) => boolean): Host {
  if (fault.kind === 'none') return host;
  if (fault.kind === 'disk') return { ...host, transact: failingTransact(host, fault) };
  if (fault.kind === 'lie') return { ...host, transact: lyingTransact(host, fault.nth) };
  const { at } = fault;
  const reached = counter(fault.nth);
  if (at === 'nth_write') onEachWrite(reached);
  return {
    ...host,
    transact(work) {
      host.transact(() => {
        work();
        if (at === 'before_commit') reached();
      });
      if (at === 'after_commit') reached();
    },
    transport: {
      async send(request, options) {
        const outcome = await host.transport.send(request, options);
        if (at === (isWebhook(request.url) ? 'webhook_answered' : 'funder_answered')) reached();
        return outcome;
      },
    },
    objects: {
      ...host.objects,
      async put(key, bytes) {
        await host.objects.put(key, bytes);
        if (at === 'object_written') reached();
      },
    },
  };
}

function failingTransact(host: Host, fault: Extract<Fault, { kind: 'disk' }>): Host['transact'] {
  let left = fault.nth;
  return (work) => {
    left -= 1;
    if (left !== 0) return host.transact(work);
    const error = Object.assign(new Error('disk'), { code: fault.code });
    // Whoever stops the process in the same turn never gets here.
    setImmediate(() => process.stderr.write(`${STILL_RUNNING}\n`));
    host.transact(() => {
      work();
      if (fault.when === 'before_commit') throw error;
    });
    throw error;
  };
}

function lyingTransact(host: Host, nth: number): Host['transact'] {
  let count = 0;
  const undone = new Error('undone');
  return (work) => {
    count += 1;
    if (count < nth || count % 4 !== 0) return host.transact(work);
    try {
      host.transact(() => {
        work();
        throw undone;
      });
    } catch (error) {
      if (error !== undone) throw error;
    }
  };
}

/** Dies at the nth call, at once: nothing is flushed, nobody is told. */
function counter(nth: number): () => void {
  let left = nth;
  return () => {
    left -= 1;
    if (left === 0) process.kill(process.pid, 'SIGKILL');
  };
}

/** Calls before each statement that writes, BEGIN IMMEDIATE among them. */
function onEachWrite(reached: () => void): void {
  const probe = new BetterSqlite3(':memory:');
  const methods = Object.getPrototypeOf(probe.prepare('SELECT 1')) as Record<
    'run' | 'get' | 'all',
    (this: BetterSqlite3.Statement, ...values: unknown[]) => unknown
  >;
  probe.close();
  for (const name of ['run', 'get', 'all'] as const) {
    const original = methods[name];
    methods[name] = function (...values) {
      if (!this.readonly) reached();
      return original.apply(this, values);
    };
  }
}
