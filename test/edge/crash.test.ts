/** workerd killed with -9 in the middle of its work: what was acknowledged is there after a restart, and its alarms take the work up without being asked. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { freePort } from '../../src/cli/own-server.ts';
import { SANDBOX_SECRETS } from '../../fixtures/funders.ts';
import type { SandboxKeys } from '../../src/runtime/sandbox-seed.ts';
import { startSandbox, type Sandbox } from '../../src/sandbox/start.ts';
import { applicationFor } from '../journey/world.ts';

const HOST = new URL('host.ts', import.meta.url).pathname;
const KILLS = Number(process.env['MILLRACE_EDGE_KILLS'] ?? 1);
let dataDir: string;
let port: number;
let receiver: Server;
let funders: Sandbox;
let running: ChildProcess | null = null;
/** Deliveries by application. */
const told = new Map<string, Set<string>>();

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'millrace-edge-crash-'));
  port = await freePort();
  funders = await startSandbox({ secrets: SANDBOX_SECRETS, latencyScale: 0.3, callbackDelayMs: 100 });
  receiver = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { type, data } = JSON.parse(Buffer.concat(chunks).toString()) as { type: string; data: { application_id: string } };
      (told.get(data.application_id) ?? told.set(data.application_id, new Set()).get(data.application_id)!).add(type);
      response.writeHead(204).end();
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  if (running !== null) await kill(running);
  await funders.close();
  receiver.close();
  receiver.closeAllConnections();
  rmSync(dataDir, { recursive: true, force: true });
});

/** In a process group of its own, so that workerd dies with it. */
async function start(): Promise<{ readonly child: ChildProcess; readonly url: string; readonly keys: SandboxKeys }> {
  const child = spawn(process.execPath, [HOST], {
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      ...process.env,
      PORT: String(port),
      MILLRACE_DATA_DIR: dataDir,
      FUNDERS: JSON.stringify(Object.fromEntries(funders.funders.map(({ id, url }) => [id, url]))),
    },
  });
  running = child;
  const line = await new Promise<string>((resolve, reject) => {
    child.stdout!.once('data', (data: Buffer) => resolve(data.toString()));
    child.once('exit', (code) => reject(new Error(`the edge host ended with ${String(code)}`)));
  });
  return { child, url: `http://127.0.0.1:${port}`, keys: JSON.parse(line) as SandboxKeys };
}
function kill(child: ChildProcess): Promise<void> {
  const gone = new Promise<void>((resolve) => void child.once('exit', () => resolve()));
  running = null;
  process.kill(-child.pid!, 'SIGKILL');
  return gone;
}

it('loses nothing that was acknowledged, and goes on by itself', { timeout: 80_000 + KILLS * 20_000 }, async () => {
  let { child, url, keys } = await start();
  const { secret, operator } = keys;
  const post = (path: string, key: string, json: unknown, headers: object = {}): Promise<Response> =>
    fetch(`${url}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
      body: JSON.stringify(json),
    });
  const { port: hook } = receiver.address() as AddressInfo;
  expect((await post('/v1/webhook-endpoints', operator, { url: `http://127.0.0.1:${hook}/`, types: ['application.*'] })).status).toBe(201);
  const acknowledged: { readonly id: string; readonly key: string; readonly body: object; readonly bytes: string }[] = [];
  for (let round = 0; round < KILLS; round += 1) {
    await Promise.all(
      Array.from({ length: 6 }, async (_, n) => {
        const body = applicationFor(n % 2 === 0 ? '13800000001' : '13800000002');
        const key = `crash-${round}-${n}`;
        const reply = await post('/v1/applications', secret, body, { 'idempotency-key': key });
        const bytes = await reply.text();
        if (reply.status === 201) acknowledged.push({ id: (JSON.parse(bytes) as { id: string }).id, key, body, bytes });
      }),
    );
    await kill(child);
    ({ child, url, keys } = await start());
  }
  expect(acknowledged.length).toBe(6 * KILLS);
  // Nobody asks after them: what goes on goes on by alarms.
  const untilMs = performance.now() + 60_000;
  const ended = (id: string): boolean => ['application.offered', 'application.declined'].some((type) => told.get(id)?.has(type) === true);
  while (!acknowledged.every(({ id }) => ended(id)) && performance.now() < untilMs) await new Promise((resolve) => setTimeout(resolve, 100));
  expect(acknowledged.filter(({ id }) => !ended(id))).toEqual([]);
  for (const { id, key, body, bytes } of acknowledged) {
    const again = await post('/v1/applications', secret, body, { 'idempotency-key': key });
    expect([again.status, await again.text()]).toEqual([201, bytes]);
    const view = await fetch(`${url}/v1/applications/${id}`, { headers: { authorization: `Bearer ${secret}` } });
    expect(view.status).toBe(200);
  }
});
