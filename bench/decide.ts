/**
 * npm run bench:decide -- [--json] [--seconds 5] [--rate 345]
 *
 * Dry decisions over HTTP, `POST /v1/desk/decide`, server on one core and load on the other: the most a second with 64 in flight, and the
 * latency at a steady rate (345/s is at what another open router quotes its own p95 of 23 ms). The last line is JSON.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Pool } from 'undici';
import { latencyOf } from './measure.ts';
import { canPin, freePort, pinSelf, ready } from './rig.ts';

const { values } = parseArgs({
  options: { json: { type: 'boolean', default: false }, seconds: { type: 'string', default: '5' }, rate: { type: 'string', default: '345' } },
});
const forMs = Number(values.seconds) * 1_000;
const rate = Number(values.rate);
const IN_FLIGHT = 64;
const ROOT = join(import.meta.dirname, '..');
const FACTS = { region: '110105', monthly_income_fen: 1_200_000, employment: 'salaried', zhima_band: '650_700', term_months: 12 };

const dataDir = mkdtempSync(join(tmpdir(), 'millrace-decide-'));
const port = await freePort();
const origin = `http://127.0.0.1:${port}`;
const command = [
  ...(canPin() ? ['taskset', '-c', '0'] : []),
  process.execPath,
  '--single-threaded-gc',
  '--max-semi-space-size=64',
  'src/runtime/node/main.ts',
];
const server = spawn(command[0]!, command.slice(1), {
  cwd: ROOT,
  env: { ...process.env, PORT: String(port), MILLRACE_DATA_DIR: dataDir, MILLRACE_SANDBOX_PORT_BASE: '0' },
  stdio: 'ignore',
});
pinSelf();
try {
  await ready(`${origin}/readyz`, server);
  const key = ((await (await fetch(`${origin}/v1/sandbox/keys`)).json()) as { operator: string }).operator;
  const pool = new Pool(origin, { connections: IN_FLIGHT, pipelining: 1 });
  const ask = async (n: number): Promise<number> => {
    const startMs = performance.now();
    const reply = await pool.request({
      path: '/v1/desk/decide',
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ facts: { ...FACTS, amount_fen: 500_000 + (n % 300) * 10_000, age: 23 + (n % 30) } }),
    });
    await reply.body.dump();
    if (reply.statusCode !== 200) throw new Error(`a decision was answered ${reply.statusCode}`);
    return performance.now() - startMs;
  };
  await saturate(ask, Math.min(2_000, forMs));
  const most = await saturate(ask, forMs);
  const steady = await atRate(ask, forMs);
  const { max_ms: _, ...percentiles } = latencyOf(steady);
  const result = { decisions_per_s: Math.round(most), rate, ...percentiles };
  if (!values.json)
    console.log(
      `${result.decisions_per_s} decisions a second; at ${rate}/s p50 ${result.p50_ms} ms, p95 ${result.p95_ms} ms, p99 ${result.p99_ms} ms`,
    );
  console.log(JSON.stringify(result));
  await pool.close();
} finally {
  server.kill('SIGTERM');
  await new Promise((resolve) => server.once('exit', resolve));
  rmSync(dataDir, { recursive: true, force: true });
}

async function saturate(ask: (n: number) => Promise<number>, ms: number): Promise<number> {
  const endMs = performance.now() + ms;
  let done = 0;
  const one = async (): Promise<void> => {
    while (performance.now() < endMs) {
      await ask(done);
      done += 1;
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, one));
  return done / (ms / 1_000);
}

/** Open loop: each is sent at its own time, whatever became of the others, so that waiting is not left out. */
async function atRate(ask: (n: number) => Promise<number>, ms: number): Promise<number[]> {
  const startMs = performance.now();
  const all: Promise<number>[] = [];
  const count = Math.round((rate * ms) / 1_000);
  for (let n = 0; n < count; n += 1) {
    const dueMs = startMs + (n * 1_000) / rate;
    while (performance.now() < dueMs) await new Promise((resolve) => setTimeout(resolve, Math.max(0, dueMs - performance.now())));
    const lateMs = performance.now() - dueMs;
    all.push(ask(n).then((tookMs) => tookMs + lateMs));
  }
  return Promise.all(all);
}
