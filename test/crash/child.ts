/** Starting, ordering and outliving server processes. */
import { spawn, type ChildProcess } from 'node:child_process';
import type { Order } from './server.ts';

export interface Child {
  /** Gives the order and resolves with the secret key once it serves, or null when it died before. */
  start(order: Order): Promise<string | null>;
  kill(): void;
  readonly ended: Promise<Ending>;
  readonly gone: boolean;
}
export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** What it said on standard error. */
  readonly said: string;
}

const ENTRY = new URL('server.ts', import.meta.url).pathname;
const PRELOAD = new URL('../quick-start.ts', import.meta.url).href;
const KEPT_CHARS = 20_000;

export function spawnServer(): Child {
  const child = spawn(process.execPath, ['--import', PRELOAD, ENTRY], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    env: { ...process.env, TZ: 'UTC' },
  });
  let said = '';
  child.stderr!.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-KEPT_CHARS)));
  let gone = false;
  const ended = new Promise<Ending>((resolve) => {
    child.once('close', (code, signal) => {
      gone = true;
      resolve({ code, signal, said });
    });
  });
  const loaded = message(child, ended, 'loaded');
  return {
    ended,
    kill: () => void child.kill('SIGKILL'),
    get gone() {
      return gone;
    },
    async start(order) {
      if ((await loaded) === null) return null;
      const ready = message(child, ended, 'ready');
      // Killed between the two: the channel is closed and there is nobody to tell.
      if (child.connected) child.send(order, () => undefined);
      return ((await ready) as { secret: string } | null)?.secret ?? null;
    },
  };
}

function message(child: ChildProcess, ended: Promise<Ending>, kind: string): Promise<unknown> {
  return new Promise((resolve) => {
    const take = (given: unknown): void => {
      if ((given as { kind?: unknown }).kind !== kind) return;
      child.off('message', take);
      resolve(given);
    };
    child.on('message', take);
    void ended.then(() => resolve(null));
  });
}
