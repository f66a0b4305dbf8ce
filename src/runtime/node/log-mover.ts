/**
 * Keeps the write-ahead log short from a thread beside the one that serves, so that no borrower waits for thousands of pages to be written.
 * The thread moves the bulk. What was committed meanwhile is little and is moved by the serving thread itself: only when nothing is left
 * does SQLite start the log over instead of making it longer. Should the thread fail, SQLite gets its log back and does as it always did.
 */
import { Worker } from 'node:worker_threads';
import type { WriteAheadLog } from './sqlite.ts';

export interface LogMover {
  /** Resolves when the thread has closed its connection; from then on SQLite looks after the log itself. */
  stop(): Promise<void>;
}

export interface LogMoverOptions {
  /** Pages behind at which the thread is sent. Tests lower it. */
  readonly sendAt?: number;
  /** Pages left over at which the serving thread makes an end of it. */
  readonly finishAt?: number;
  /** Takes the error's name; its message may hold paths. */
  readonly onFailure?: (error: string) => void;
}

/** The log is looked at after every so many commits: a look takes about as long as reading one row. */
const LOOK_EVERY = 4;
/** Each round has only to move what came in during the one before. Should that not become less, the disk is too slow for the load. */
const MOST_ROUNDS = 3;

/** Takes the log of the database file at `path` over. */
export function startLogMover(path: string, log: WriteAheadLog, options: LogMoverOptions = {}): LogMover {
  const { sendAt = 12_000, finishAt = 400, onFailure = () => undefined } = options;
  // Nothing of the process's options, nor of its environment, which holds keys, is any of its business.
  const thread = new Worker(new URL('./log-mover-thread.ts', import.meta.url), { workerData: { path }, env: {}, execArgv: [] });
  const ended = new Promise<void>((resolve) => thread.once('exit', () => resolve()));
  let commits = 0;
  let rounds = 0;
  // Until it has said that it is there.
  let away = true;
  let stopping = false;

  thread.unref();
  thread.on('message', () => {
    away = false;
    if (stopping) return;
    const left = log.behind();
    if (left > finishAt && rounds < MOST_ROUNDS) send();
    else if (left > 0 && rounds > 0) log.move();
  });
  thread.on('error', (error) => {
    stopping = true;
    log.handOver(null);
    onFailure(error instanceof Error ? error.name : 'unknown');
  });
  log.handOver(() => {
    commits += 1;
    if (away || commits % LOOK_EVERY !== 0 || log.behind() < sendAt) return;
    rounds = 0;
    send();
  });

  function send(): void {
    away = true;
    rounds += 1;
    thread.postMessage('move');
  }

  return {
    async stop() {
      if (!stopping) {
        stopping = true;
        log.handOver(null);
        thread.ref();
        thread.postMessage('close');
      }
      await ended;
    },
  };
}
