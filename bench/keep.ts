/**
 * npm run bench:keep -- [--applications 10000] [--photos 200]
 *
 * Lets so many people apply in a real instance on files, then backs it up, restores it, exports and imports it by the command line, and compares every
 * table row for row and every photo. Says how long each took, how large it is and how much memory it needed. Ends with code 1 if anything is lost.
 */
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { fileObjects } from '../src/runtime/node/host.ts';
import { folder, livedInstance, photosOf, removeFolders, tablesOf, WORLD_KEY } from '../test/runtime/keep/instance.ts';

const { values } = parseArgs({ options: { applications: { type: 'string', default: '10000' }, photos: { type: 'string', default: '200' } } });
const MAIN = new URL('../src/cli/main.ts', import.meta.url).pathname;
/** About what a photo is once it was looked at and encoded again. */
const PHOTO_BYTES = 300_000;

const begun = performance.now();
const { world, dataDir } = await livedInstance(Number(values.applications));
await addPhotos(Number(values.photos));
await world.close();
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
const rows = Object.values(source).reduce((sum, table) => sum + table.rows, 0);
console.log(lost.length === 0 ? `${rows} rows of ${Object.keys(source).length} tables are equal in all three` : `LOST: ${lost.join(', ')}`);
console.log(JSON.stringify({ applications: source['applications']!.rows, rows, ...figures, lost }));
removeFolders();
process.exit(lost.length === 0 ? 0 : 1);

/** Sealed photos of the usual size, with their rows: the world's own are a few bytes. */
async function addPhotos(count: number): Promise<void> {
  const { deps } = world.service;
  const objects = fileObjects(join(dataDir, 'objects'));
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
async function timed(name: string, made: string, words: readonly string[]): Promise<{ seconds: number; bytes: number; peak_mib: number }> {
  const from = performance.now();
  const child = spawn(process.execPath, [MAIN, ...words], { env: { ...process.env, ...env }, stdio: ['ignore', 'ignore', 'inherit'] });
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
