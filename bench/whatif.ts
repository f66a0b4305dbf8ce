/**
 * npm run bench:whatif -- [--applications 100000] [--funders 20] [--seed 1]
 *
 * Fills a database with past applications and simulates a candidate on half of them and on all, each in a process of its own: seconds,
 * applications a second, and the most memory it ever held. The last line is JSON. docs/what-if.md
 */
import { SingleBar } from 'cli-progress';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { wholeNumber } from '../src/cli/arguments.ts';
import { fillDatabase } from './whatif-traffic.ts';
import type { Measured, Order } from './whatif-child.ts';

const CHILD = new URL('./whatif-child.ts', import.meta.url).pathname;
const MIB = 2 ** 20;

const { values } = parseArgs({
  options: {
    applications: { type: 'string', default: '100000' },
    funders: { type: 'string', default: '20' },
    seed: { type: 'string', default: '1' },
  },
});
const applications = wholeNumber('--applications', values.applications, 1_000);
const funders = wholeNumber('--funders', values.funders, 2);
const folder = mkdtempSync(join(tmpdir(), 'millrace-whatif-'));
const bar = new SingleBar({ stream: process.stderr, format: '{what} {bar} {value}/{total}  {duration_formatted}', clearOnComplete: true });
try {
  bar.start(applications, 0, { what: 'filling   ' });
  const traffic = fillDatabase(join(folder, 'millrace.db'), applications, funders, wholeNumber('--seed', values.seed, 0), (done) => bar.update(done));
  bar.stop();
  const runs: Measured[] = [];
  for (const sample of [Math.floor(applications / 2), applications]) {
    const measured = await measure({ ...traffic, sample });
    runs.push(measured);
    const { seconds, read, cpu, peakRssBytes } = measured;
    console.log(
      `${measured.applications} applications x ${funders} funders: ${seconds.toFixed(1)} s (${read.toFixed(1)} s of them reading and walking; ${cpu.toFixed(1)} s of processor), ` +
        `${Math.round(measured.applications / seconds)} applications/s, peak ${Math.round(peakRssBytes / MIB)} MiB`,
    );
  }
  const [half, whole] = runs as [Measured, Measured];
  const bytesEach = (whole.peakRssBytes - half.peakRssBytes) / (whole.applications - half.applications);
  console.log(`${Math.round(bytesEach)} bytes more for each application more`);
  console.log(JSON.stringify({ funders, runs, bytes_each: Math.round(bytesEach) }));
} finally {
  bar.stop();
  rmSync(folder, { recursive: true, force: true });
}

function measure(order: Order): Promise<Measured> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [CHILD], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'], serialization: 'advanced' });
    let result: Measured | null = null;
    bar.start(1, 0, { what: 'simulating' });
    child.on('message', (word: { done: number; total: number } | Measured) => {
      if ('seconds' in word) result = word;
      else {
        bar.setTotal(word.total);
        bar.update(word.done);
      }
    });
    child.once('close', (code) => {
      bar.stop();
      if (result === null) reject(new Error(`the simulation ended with code ${code}`));
      else resolve(result);
    });
    child.send(order);
  });
}
