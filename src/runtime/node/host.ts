/** What Node gives: time, randomness, files, log. */
import { randomFillSync } from 'node:crypto';
import { mkdir, readFile, rename, rm, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { Objects } from '../../ports/objects.ts';
import type { Random } from '../../ports/random.ts';
import { createJsonLog, type LogLevel } from '../json-log.ts';

/** setTimeout holds 31 bits of milliseconds and fires at once beyond. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export const nodeClock: Clock = {
  nowMs: () => Date.now(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted === true) return resolve();
      const end = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', end);
        resolve();
      };
      const timer = setTimeout(end, Math.min(ms, LONGEST_TIMER_MS));
      signal?.addEventListener('abort', end, { once: true });
    }),
  after(ms, run) {
    const timer = setTimeout(run, Math.min(ms, LONGEST_TIMER_MS));
    return () => clearTimeout(timer);
  },
  defer: (run) => void setImmediate(run),
};

/** Randomness from a pool: one system call per 4 KiB. */
export function nodeRandom(): Random {
  const pool = new Uint8Array(4_096);
  let used = pool.length;
  return {
    bytes(count) {
      if (count > pool.length) return randomFillSync(new Uint8Array(count));
      if (used + count > pool.length) {
        randomFillSync(pool);
        used = 0;
      }
      used += count;
      // A copy, and the pool's bytes are gone: what becomes a key must not linger.
      const bytes = new Uint8Array(count);
      for (let at = 0, from = used - count; at < count; at += 1, from += 1) {
        bytes[at] = pool[from]!;
        pool[from] = 0;
      }
      return bytes;
    },
    uniform() {
      const view = new DataView(this.bytes(8).buffer);
      return (view.getUint32(0) * 2 ** 21 + (view.getUint32(4) >>> 11)) / 2 ** 53;
    },
  };
}

/** Sealed files in a folder, spread over sub-folders; written beside, synced, then renamed. */
export function fileObjects(folder: string): Objects {
  const lasting = new Set<string>();
  const pathOf = (key: string): string => {
    const safe = key.replace(/[^a-z0-9_-]/gi, '_');
    return join(folder, safe.slice(-2), safe);
  };
  return {
    async put(key, bytes) {
      const path = pathOf(key);
      const home = dirname(path);
      await mkdir(home, { recursive: true });
      const file = await open(`${path}.part`, 'w', 0o600);
      try {
        await file.writeFile(bytes);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(`${path}.part`, path);
      // The name must outlive a power cut as well as the bytes, and so must the folders that were made for it.
      await syncFolder(home);
      if (lasting.has(home)) return;
      await syncFolder(folder);
      await syncFolder(dirname(folder));
      lasting.add(home);
    },
    async get(key) {
      try {
        return await readFile(pathOf(key));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
        throw error;
      }
    },
    delete: (key) => rm(pathOf(key), { force: true }),
  };
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** One JSON line an event on stderr. */
export function jsonLog(level: LogLevel, write: (line: string) => void = (line) => void process.stderr.write(line)): Log {
  return createJsonLog(level, (line) => write(`${line}\n`));
}
