/**
 * npm run bench:keep -- [--applications 10000] [--photos 200] [--from FOLDER]
 *
 * Lets so many people apply in a real instance on files, then backs it up, restores it, exports and imports it by the command line, moves it into workerd, and
 * compares every table row for row and every photo. Says how long each took, how large it is and how much memory it needed. Ends with code 1 if anything is lost.
 * `--from`: the data folder of one that was made before, which is left as it is.
 */
import BetterSqlite3 from 'better-sqlite3';
import { drizzle } from 'drizzle-orm/better-sqlite3';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { fileObjects } from '../src/runtime/node/host.ts';
import { freePort } from '../src/cli/own-server.ts';
import type { World } from '../test/world.ts';
import { goesTo, MOVED_PARTS, type MovedPart } from '../src/runtime/cells/moved-rows.ts';
import { startEdge } from '../src/runtime/node/edge.ts';
import { importInto } from '../src/runtime/node/keep/import-into.ts';
import { openSnapshot } from '../src/runtime/node/keep/snapshot.ts';
import type { Database } from '../src/store/database.ts';
import type { RawRow } from '../src/store/transfer/tables.ts';
import { folder, livedInstance, photosOf, removeFolders, tablesIn, tablesOf, WORLD_KEY } from '../test/runtime/keep/instance.ts';

const { values } = parseArgs({
  options: { applications: { type: 'string', default: '10000' }, photos: { type: 'string', default: '200' }, from: { type: 'string' } },
});
const MAIN = new URL('../src/cli/main.ts', import.meta.url).pathname;
/** About what a photo is once it was looked at and encoded again. */
const PHOTO_BYTES = 300_000;

const begun = performance.now();
const dataDir = values.from ?? (await made(Number(values.applications), Number(values.photos)));
console.log(`made        ${seconds(performance.now() - begun)}  ${sizeOf(dataDir)}  ${tablesOf(dataDir)['applications']!.rows} applications`);

const home = folder();
const env = { MILLRACE_MASTER_KEY: WORLD_KEY };
const figures = {
  backup: await timed('backup', join(home, 'backup'), ['backup', join(home, 'backup'), '--data-dir', dataDir]),
  restore: await timed('restore', join(home, 'restored'), ['restore', join(home, 'backup'), '--data-dir', join(home, 'restored')]),
  export: await timed('export', join(home, 'export'), ['export', join(home, 'export'), '--data-dir', dataDir]),
  import: await timed('import', join(home, 'imported'), ['import', join(home, 'export'), '--data-dir', join(home, 'imported')]),
};
const [source, photos] = [tablesOf(dataDir), JSON.stringify(photosOf(dataDir))];
const lost = ['restored', 'imported'].flatMap((copy) => {
  const tables = tablesOf(join(home, copy));
  const other = Object.keys(source).filter((name) => JSON.stringify(tables[name]) !== JSON.stringify(source[name]));
  return [...other.map((name) => `${copy}: ${name}`), ...(JSON.stringify(photosOf(join(home, copy))) === photos ? [] : [`${copy}: photos`])];
});
const edge = await moveIntoWorkerd();
lost.push(...edge.lost);
const rows = Object.values(source).reduce((sum, table) => sum + table.rows, 0);
console.log(lost.length === 0 ? `${rows} rows of ${Object.keys(source).length} tables are equal in all four` : `LOST: ${lost.join(', ')}`);
console.log(JSON.stringify({ applications: source['applications']!.rows, rows, ...figures, workerd: edge.figures, lost }));
removeFolders();
process.exit(lost.length === 0 ? 0 : 1);

/**
 * Into objects of workerd. It is cut off before anything starts there, so that the objects' own files can be held against the source; then workerd is started anew,
 * and the command goes on: compares again, and lets the parts start.
 */
async function moveIntoWorkerd() {
  const dir = join(home, 'edge');
  mkdirSync(dir);
  writeFileSync(join(dir, 'sandbox-master.key'), `${WORLD_KEY}\n`);
  const importSecret = randomBytes(32).toString('hex');
  const start = async () => startEdge({ port: await freePort(), dataDir: dir, logLevel: 'error', cells: '1,4', sandbox: 0, importSecret });
  const first = await start();
  const from = performance.now();
  const refused = new Response(null, { status: 404 });
  const cut: typeof fetch = (...args) => (String(args[0]).includes('/finish?') ? Promise.resolve(refused.clone()) : fetch(...args));
  await importInto({ source: join(home, 'export'), url: first.url, secret: importSecret, fetch: cut }).catch(() => undefined);
  const tookMs = performance.now() - from;
  await first.close();
  const different = MOVED_PARTS.flatMap((part) => differences(part, dir).map((name) => `workerd, ${part}: ${name}`));
  console.log(`to workerd  ${seconds(tookMs)}  ${sizeOf(dir)}`);

  const second = await start();
  try {
    const going = await timed('finished', dir, ['import', join(home, 'export'), '--to', second.url], { MILLRACE_IMPORT_SECRET: importSecret });
    const summary = await fetch(`${second.url}/v1/desk/summary`, { headers: { authorization: `Bearer ${second.keys.operator}` } });
    const { applications } = (await summary.json()) as { readonly applications: { readonly total: number } };
    if (applications.total !== source['applications']!.rows) different.push(`workerd: a summary of ${applications.total} applications`);
    return { figures: { seconds: Math.round(tookMs / 100) / 10, bytes: bytesOf(dir), finish_seconds: going.seconds }, lost: different };
  } finally {
    await second.close();
  }
}

/** Tables of a part that are not, row for row, what of the source is this part's. What it has beside is left out. */
function differences(part: MovedPart, dir: string): string[] {
  const chosen = (table: string, row: RawRow): boolean => {
    const which = goesTo(part, table);
    return which === 'all' || (which !== 'none' && which(row));
  };
  const own = openSnapshot(dataDir);
  const there = new BetterSqlite3(fileOf(dir, part === 'desk' ? 'Desk' : 'Cell'), { readonly: true });
  try {
    const [wanted, found] = [tablesIn(own.db, chosen), tablesIn(drizzle(there) as unknown as Database)];
    return Object.keys(wanted).filter(
      (name) => !['consumers', 'cap_loans', 'instance_facts'].includes(name) && JSON.stringify(wanted[name]) !== JSON.stringify(found[name]),
    );
  } finally {
    own.close();
    there.close();
  }
}

/** The largest database of the objects of a class; the others are empty. */
function fileOf(dir: string, kind: 'Desk' | 'Cell'): string {
  const folder = join(dir, 'edge', 'v3', 'do');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
    (name) => name.includes(`-${kind}/`) && /[0-9a-f]{16}\.sqlite$/.test(name),
  );
  return join(folder, files.toSorted((a, b) => statSync(join(folder, b)).size - statSync(join(folder, a)).size)[0]!);
}

/** Returns its data folder. */
async function made(applications: number, photos: number): Promise<string> {
  const { world, dataDir: dir } = await livedInstance(applications);
  await addPhotos(world, dir, photos);
  await world.close();
  return dir;
}

/** Sealed photos of the usual size, with their rows: the world's own are a few bytes. */
async function addPhotos(world: World, dir: string, count: number): Promise<void> {
  const { deps } = world.service;
  const objects = fileObjects(join(dir, 'objects'));
  for (let n = 0; n < count; n += 1) {
    const id = `doc_bench${String(n).padStart(8, '0')}`;
    const { key, wrapped } = deps.vault.newDataKey(`documents/${id}/data_key`);
    await objects.put(id, key.seal(`documents/${id}/jpeg`, Buffer.alloc(PHOTO_BYTES, n)));
    const committed = deps.commit((tx) =>
      tx.intake.insertDocument({
        id,
        kind: 'id_front',
        channelId: 'bench',
        applicationId: null,
        dataKey: wrapped as Buffer,
        ok: true,
        problems: [],
        createdAtMs: deps.clock.nowMs(),
      }),
    );
    await world.settle();
    await committed;
  }
}

/** Runs a command as it is typed. Throws when it fails. */
async function timed(
  name: string,
  made: string,
  words: readonly string[],
  more: Readonly<Record<string, string>> = {},
): Promise<{ seconds: number; bytes: number; peak_mib: number }> {
  const from = performance.now();
  const child = spawn(process.execPath, [MAIN, ...words], { env: { ...process.env, ...env, ...more }, stdio: ['ignore', 'ignore', 'inherit'] });
  let peak = 0;
  const look = setInterval(() => (peak = Math.max(peak, ownMibOf(child.pid!))), 20);
  const code = await new Promise((resolve) => child.once('close', resolve));
  clearInterval(look);
  if (code !== 0) throw new Error(`${name} ended with code ${String(code)}`);
  const took = performance.now() - from;
  console.log(`${name.padEnd(12)}${seconds(took)}  ${sizeOf(made)}  peak ${peak.toFixed(0)} MiB`);
  return { seconds: Math.round(took / 100) / 10, bytes: bytesOf(made), peak_mib: Math.round(peak) };
}

/** Memory of its own at this moment; pages of files that are mapped are the system's, and may be many. 0 where there is no /proc. */
function ownMibOf(pid: number): number {
  try {
    return Number(/RssAnon:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1_024;
  } catch {
    return 0;
  }
}

function bytesOf(dir: string): number {
  return readdirSync(dir, { recursive: true, encoding: 'utf8' }).reduce((sum, name) => sum + statSync(join(dir, name)).size, 0);
}
function sizeOf(dir: string): string {
  return `${(bytesOf(dir) / 2 ** 20).toFixed(1)} MiB`.padStart(11);
}
function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`.padStart(8);
}
