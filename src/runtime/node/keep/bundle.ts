/**
 * A folder that something is kept in: `manifest.json`, the parts, and `SHA256SUMS` over them all (`sha256sum -c` reads it as well). It is written
 * beside its name and gets that only when it is whole, so what has the name is whole. What is read from one is held against its sum.
 */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { finished } from 'node:stream/promises';
import type { z } from 'zod';

const MANIFEST = 'manifest.json';
const SUMS = 'SHA256SUMS';

export interface BundleWriter {
  /** Where to put parts; not yet the folder's name. */
  readonly dir: string;
  /** Enters a part that lies in `dir` by then. */
  add(name: string, sha256: string): Promise<void>;
  /** Writes the head, makes everything durable and gives the folder its name. `manifest` is told how many parts there are. */
  finish(manifest: (parts: number) => object): Promise<void>;
  /** Leaves nothing. */
  drop(): Promise<void>;
}

/** Throws when something has the name already, or a half one lies beside it. */
export async function writeBundle(target: string): Promise<BundleWriter> {
  const path = resolve(target);
  const dir = `${path}.part`;
  if (existsSync(path)) throw new Error(`${path} is there already`);
  if (existsSync(dir)) throw new Error(`${dir} is left over from one that did not end; remove it`);
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const sums = createWriteStream(join(dir, SUMS), { mode: 0o600, flush: true });
  let parts = 0;
  const line = async (name: string, sha256: string): Promise<void> => {
    if (!sums.write(`${sha256}  ${name}\n`)) await once(sums, 'drain');
  };
  return {
    dir,
    async add(name, sha256) {
      if (!staysBelow(name)) throw new Error(`a file of this name cannot be kept: ${JSON.stringify(name)}`);
      parts += 1;
      await line(name, sha256);
    },
    async finish(manifest) {
      const text = `${JSON.stringify(manifest(parts), null, 2)}\n`;
      await writeDurably(join(dir, MANIFEST), Buffer.from(text));
      await line(MANIFEST, sha256Of(text));
      sums.end();
      await finished(sums);
      await syncFolder(dir);
      await rename(dir, path);
      await syncFolder(dirname(path));
    },
    async drop() {
      sums.destroy();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

export interface Bundle<M> {
  readonly dir: string;
  readonly manifest: M;
  /** SHA-256 of the manifest. */
  readonly id: string;
  /** Names and sums of all parts, as they were entered. Throws at the end when some are missing from the list. */
  parts(): AsyncGenerator<{ readonly name: string; readonly sha256: string }>;
}

/** Throws with the name of what is missing or damaged. The parts are not looked at. */
export async function openBundle<M extends { readonly parts: number }>(path: string, schema: z.ZodType<M>): Promise<Bundle<M>> {
  const dir = resolve(path);
  const text = await readFile(join(dir, MANIFEST), 'utf8').catch(() => null);
  if (text === null) throw new Error(`${dir} has no ${MANIFEST}`);
  const id = sha256Of(text);
  let noted = false;
  for await (const { name, sha256 } of sumsOf(dir)) {
    if (name !== MANIFEST) continue;
    if (sha256 !== id) throw damaged(MANIFEST);
    noted = true;
  }
  if (!noted) throw damaged(SUMS);
  const read = schema.safeParse(jsonOf(text));
  if (!read.success) {
    const format = (jsonOf(text) as { format?: unknown; version?: unknown } | null) ?? {};
    throw new Error(`${MANIFEST} is not one this program reads (${String(format.format)}, version ${String(format.version)})`);
  }
  return {
    dir,
    manifest: read.data,
    id,
    async *parts() {
      let count = 0;
      for await (const one of sumsOf(dir)) {
        if (one.name === MANIFEST) continue;
        count += 1;
        yield one;
      }
      if (count !== read.data.parts) throw damaged(SUMS);
    },
  };
}

export function damaged(name: string): Error {
  return new Error(`${name} is damaged or missing: it is not what was written`);
}

/** SHA-256 of a file in hex, read as a stream; null when there is none. */
export async function sumOf(path: string): Promise<string | null> {
  const hash = createHash('sha256');
  try {
    for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  return hash.digest('hex');
}

export function sha256Of(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}

export async function writeDurably(path: string, bytes: Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const file = await open(path, 'w', 0o600);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

async function* sumsOf(dir: string): AsyncGenerator<{ readonly name: string; readonly sha256: string }> {
  const path = join(dir, SUMS);
  if (!existsSync(path)) throw damaged(SUMS);
  for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Infinity })) {
    const [, sha256, name] = /^([0-9a-f]{64}) {2}(.+)$/.exec(line) ?? [];
    if (sha256 === undefined || name === undefined || !staysBelow(name)) throw damaged(SUMS);
    yield { name, sha256 };
  }
}

/** A part's name may lead nowhere but below the folder. */
function staysBelow(name: string): boolean {
  return !/[\p{Cc}\p{Zl}\p{Zp}\\]/u.test(name) && name.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}
