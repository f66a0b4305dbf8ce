/**
 * npm run bench:console -- [--applications 1000000] [--rounds 20] [--keep /tmp/somewhere]
 *
 * Whether the console is quick with a full database. A real server takes a small crowd through its simulated funders; then what became of them is
 * copied until there are so many applications, over a year and five channels, each with a borrower and a sealed body of its own, its attempts, offers
 * and loan, two events and a delivery; the read models are added up from those rows. Then every GET that the pages use, over HTTP, so many times; and a
 * table of 1,000 rows scrolled in a real browser, for tasks that hold it up; and for how long at a time the summary and the metrics hold up the server.
 * `--keep`: a folder to seed once and measure again. Ends with code 1 when a median is above 300 ms. The last line is JSON.
 */
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { SANDBOX_SECRETS, sandboxFunders } from '../fixtures/funders.ts';
import { runDemo } from '../src/cli/demo/run.ts';
import { rollUp } from '../src/flow/roll-up.ts';
import type { RunningServer } from '../src/runtime/node/server.ts';
import { startSandbox, type Sandbox } from '../src/sandbox/start.ts';
import { wholePasses } from './console/passes.ts';
import { askAll } from './console/questions.ts';
import { scrollTable } from './console/scroll.ts';
import { seedCrowd } from './console/seed.ts';
import { startQuiet } from './quiet-server.ts';

const { values } = parseArgs({
  options: {
    applications: { type: 'string', default: '1000000' },
    rounds: { type: 'string', default: '20' },
    crowd: { type: 'string', default: '60' },
    keep: { type: 'string' },
  },
});
const MOST_MS = 300;
const dataDir = values.keep ?? mkdtempSync(join(tmpdir(), 'millrace-console-'));
const file = join(dataDir, 'millrace.db');
mkdirSync(dataDir, { recursive: true });

const beside = await startSandbox({ secrets: SANDBOX_SECRETS, latencyScale: 0.02, callbackDelayMs: 20 });
try {
  if (!existsSync(file)) await seed(beside);
  const server = await serve(beside);
  try {
    const figures = await askAll(server, Number(values.rounds), ({ name, p50_ms, p95_ms, kib }) =>
      console.log(`${name.padEnd(52)} p50 ${pad(p50_ms)} ms  p95 ${pad(p95_ms)} ms  ${kib} KiB`),
    );
    const slow = figures.filter(({ p50_ms }) => p50_ms > MOST_MS);
    const passes = await wholePasses(server);
    for (const { name, ms, longest_pause_ms: pause } of passes) console.log(`${name}: ${ms} ms, nobody else served for at most ${pause} ms`);
    const scrolled = await scrollTable(server);
    console.log(
      scrolled === null
        ? 'no Chromium: the table was not scrolled'
        : `a table of ${scrolled.rows} rows: ${scrolled.long_tasks} long tasks, the longest ${scrolled.longest_ms} ms`,
    );
    console.log(slow.length === 0 ? `every median is within ${MOST_MS} ms` : `above ${MOST_MS} ms: ${slow.map(({ name }) => name).join(', ')}`);
    console.log(
      JSON.stringify({ applications: Number(values.applications), mib: Math.round(statSync(file).size / 2 ** 20), figures, passes, scrolled }),
    );
    process.exitCode = slow.length === 0 ? 0 : 1;
  } finally {
    await server.close();
  }
} finally {
  await beside.close();
  if (values.keep === undefined) rmSync(dataDir, { recursive: true, force: true });
}

async function seed(funders: Sandbox): Promise<void> {
  const server = await serve(funders);
  await runDemo({
    url: server.url,
    applications: Number(values.crowd),
    seed: 5,
    concurrency: 30,
    partnerSecret: null,
    routing: 'learnt',
    onDone: () => undefined,
  });
  const endpoint = await fetch(`${server.url}/v1/webhook-endpoints`, {
    method: 'POST',
    headers: { authorization: `Bearer ${server.keys!.operator}`, 'content-type': 'application/json' },
    body: JSON.stringify({ url: 'http://127.0.0.1:8099/', types: ['alarm.raised'] }),
  });
  if (endpoint.status !== 201) throw new Error(await endpoint.text());
  const { id: endpointId } = (await endpoint.json()) as { id: string };
  const { deps } = server.service;
  while (deps.store.feed.lastSeq() > (deps.store.feed.consumer('rollups')?.cursor ?? 0)) await rollUp(deps);
  await server.close();
  const startedMs = performance.now();
  seedCrowd(file, deps, endpointId, Number(values.applications));
  console.log(`seeded in ${Math.round((performance.now() - startedMs) / 1_000)} s, ${Math.round(statSync(file).size / 2 ** 20)} MiB`);
}

async function serve(funders: Sandbox): Promise<RunningServer> {
  const records = sandboxFunders(Object.fromEntries(funders.funders.map(({ id, url }) => [id, url])));
  return startQuiet(dataDir, { sandbox: { funders: records, secrets: SANDBOX_SECRETS } });
}

function pad(ms: number): string {
  return ms.toFixed(1).padStart(7);
}
