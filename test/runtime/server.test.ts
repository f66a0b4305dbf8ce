/** The Node host over real sockets and a real file: what a start, a stop and another start keep, refuse and repeat. */
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { SANDBOX_SECRETS, sandboxFunders } from '../../fixtures/funders.ts';
import { startSandbox, type Sandbox } from '../../src/sandbox/start.ts';
import { readConfig, describeFaults, type Config } from '../../src/runtime/node/config.ts';
import { insertKey, keyText } from '../../src/flow/desk/edit-keys.ts';
import { startServer, type RunningServer } from '../../src/runtime/node/server.ts';
import { applicationBody, type JsonValue, type Reply } from '../world.ts';
import { http } from './loopback-servers.ts';

const KEY = (text: string): string => createHash('sha256').update(text).digest('base64');
let beside: Sandbox;
const open: (() => Promise<void>)[] = [];

beforeAll(async () => {
  beside = await startSandbox({ secrets: SANDBOX_SECRETS, latencyScale: 0.1, callbackDelayMs: 20 });
});
afterAll(() => beside.close());
afterEach(async () => {
  for (const close of open.splice(0).toReversed()) await close();
});

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'millrace-server-'));
  open.push(async () => rmSync(made, { recursive: true, force: true }));
  return made;
}
interface Running {
  readonly server: RunningServer;
  readonly dataDir: string;
  call(
    method: string,
    path: string,
    options?: { readonly key?: string; readonly json?: object; readonly headers?: Readonly<Record<string, string>> },
  ): Promise<Reply>;
  /** Done once, by the test or after it. */
  close(): Promise<void>;
}

async function start(env: Readonly<Record<string, string>> = {}, over: Partial<Config> = {}): Promise<Running> {
  const dataDir = env['MILLRACE_DATA_DIR'] ?? folder();
  const config = readConfig({
    PORT: '0',
    MILLRACE_SANDBOX_PORT_BASE: '0',
    MILLRACE_LOG_LEVEL: 'error',
    MILLRACE_SHUTDOWN_MS: '300',
    ...env,
    MILLRACE_DATA_DIR: dataDir,
  });
  if (Array.isArray(config)) throw new Error(describeFaults(config));
  const funders = sandboxFunders(Object.fromEntries(beside.funders.map(({ id, url }) => [id, url])), { submit_ms: 600 });
  const server = await startServer({ ...config, ...over }, config.mode === 'live' ? {} : { sandbox: { funders, secrets: SANDBOX_SECRETS } });
  let closing: Promise<void> | null = null;
  const close = (): Promise<void> => (closing ??= server.close());
  open.push(close);
  return {
    server,
    dataDir,
    close,
    async call(method, path, { key, json, headers } = {}) {
      const response = await fetch(`${server.url}${path}`, {
        method,
        headers: {
          ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
          ...(json === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(json === undefined ? {} : { body: JSON.stringify(json) }),
      });
      const text = await response.text();
      return {
        status: response.status,
        headers: response.headers,
        text,
        json: (/json/.test(response.headers.get('content-type') ?? '') ? JSON.parse(text) : null) as JsonValue,
      };
    },
  };
}

const application = (phone: string): object =>
  applicationBody(
    Date.now(),
    beside.funders.map(({ id }) => id),
    { phone },
  );
const post = (running: Running, idempotencyKey: string, json: object): Promise<Reply> =>
  running.call('POST', '/v1/applications', { key: running.server.keys!.secret, json, headers: { 'idempotency-key': idempotencyKey } });
/** The view once it is in this state, or after ten seconds whatever it is. */
async function until(running: Running, id: unknown, status: string): Promise<Reply> {
  for (let turn = 0; ; turn += 1) {
    const view = await running.call('GET', `/v1/applications/${id as string}`, { key: running.server.keys!.secret });
    if (view.json['status'] === status || turn === 400) return view;
    await pause(25);
  }
}

describe('a server', () => {
  it('serves once it has started: health, readiness, the sandbox’s keys, an application from intake to offer', async () => {
    const service = await start();
    expect((await service.call('GET', '/healthz')).json).toEqual({ status: 'ok' });
    expect((await service.call('GET', '/readyz')).json).toMatchObject({ status: 'ready', cell: 0 });
    expect((await service.call('GET', '/v1/sandbox/keys')).json).toEqual({ ...service.server.keys, console: service.server.links.sandbox });
    const made = await post(service, 'k1', application('13800000001'));
    expect((await until(service, made.json['id'], 'offered')).json['status']).toBe('offered');
    expect((await service.call('GET', '/metrics')).status).toBe(404);
  });

  it('started again knows everything: same keys, same reply to a repeated call, the application where it was', async () => {
    const dir = folder();
    const first = await start({ MILLRACE_DATA_DIR: dir });
    const body = application('13800000003');
    const made = await post(first, 'same', body);
    expect((await until(first, made.json['id'], 'declined')).json['status']).toBe('declined');
    await first.close();
    await expect(fetch(`${first.server.url}/healthz`)).rejects.toThrow();

    const second = await start({ MILLRACE_DATA_DIR: dir });
    expect([second.server.keys, second.server.migrated]).toEqual([first.server.keys, []]);
    const again = await post(second, 'same', body);
    expect([again.status, again.text, again.headers.get('idempotent-replayed')]).toEqual([201, made.text, 'true']);
    expect((await post(second, 'same', application('13800000001'))).json['code']).toBe('idempotency_mismatch');
    const read = await second.call('GET', `/v1/applications/${made.json['id']}`, {
      headers: { 'client-token': made.json['client_token'] },
      key: second.server.keys!.publishable,
    });
    expect([read.status, read.json['status']]).toEqual([200, 'declined']);
  });

  it('stopped while funders decide goes on after the next start', async () => {
    const dir = folder();
    const first = await start({ MILLRACE_DATA_DIR: dir });
    const made = await post(first, 'k', application('13800000002'));
    await first.close();
    const second = await start({ MILLRACE_DATA_DIR: dir });
    expect((await until(second, made.json['id'], 'offered')).json['status']).toBe('offered');
  }, 40_000);

  it('keeps its sandbox key to its owner, and the database beside it holds no personal data', async () => {
    const service = await start();
    await until(service, (await post(service, 'k', application('13800000001'))).json['id'], 'offered');
    expect(statSync(join(service.dataDir, 'sandbox-master.key')).mode & 0o777).toBe(0o600);
    await service.close();
    const bytes = readFileSync(join(service.dataDir, 'millrace.db'));
    for (const text of ['张三', '13800000001', '110105199003072338']) expect(bytes.includes(Buffer.from(text))).toBe(false);
  });

  it('lets a call that is being held end before it closes', async () => {
    const service = await start({ MILLRACE_SHUTDOWN_MS: '5000' });
    const made = await post(service, 'k', application('13800000003'));
    const held = service.call('GET', `/v1/applications/${made.json['id']}`, { key: service.server.keys!.secret, headers: { prefer: 'wait=1' } });
    await pause(20);
    const closing = service.close();
    expect((await held).status).toBe(200);
    await closing;
  });

  it('sheds what is too much with 503 and Retry-After, and says that it is alive meanwhile', async () => {
    const service = await start({ MILLRACE_MAX_IN_FLIGHT: '1' });
    const made = await post(service, 'k', application('13800000007'));
    const held = service.call('GET', `/v1/applications/${made.json['id']}`, { key: service.server.keys!.secret, headers: { prefer: 'wait=1' } });
    await pause(50);
    const [shed, alive] = [await service.call('GET', '/readyz'), await service.call('GET', '/healthz')];
    expect([shed.status, shed.headers.get('retry-after'), shed.json['code'], alive.status]).toEqual([503, '1', 'overloaded', 200]);
    expect((await held).status).toBe(200);
    expect((await service.call('GET', '/readyz')).status).toBe(200);
  });
});

describe('a live server', () => {
  const live = (dir: string, more: Readonly<Record<string, string>> = {}, over: Partial<Config> = {}): Promise<Running> =>
    start(
      {
        MILLRACE_MODE: 'live',
        MILLRACE_PUBLIC_URL: 'https://millrace.example',
        MILLRACE_MASTER_KEY: KEY('first'),
        MILLRACE_DATA_DIR: dir,
        ...more,
      },
      over,
    );

  it('has no sandbox: no keys to be had, no magic, no funders', async () => {
    const service = await live(folder());
    expect([service.server.keys, (await service.call('GET', '/v1/sandbox/keys')).status]).toEqual([null, 404]);
    expect((await service.call('POST', '/v1/phone-verifications', { json: { phone: '13800000001' } })).status).toBe(401);
    expect(service.server.service.deps.cleanSlate.size).toBe(0);
    expect(service.server.service.desk.snapshot().funders.size).toBe(0);
  });

  it('sends the code of a phone by its gateway, and takes that code and no other', async () => {
    const sent: { readonly phone: string; readonly code: string }[] = [];
    const port = await http((request, response) => {
      request.on('data', (body: Buffer) => sent.push(JSON.parse(String(body)) as (typeof sent)[number]));
      request.on('end', () => response.writeHead(204).end());
    });
    const sms = { provider: 'http', url: `http://127.0.0.1:${port}/`, secret: `whsec_${Buffer.alloc(32, 7).toString('base64')}` } as const;
    const service = await live(folder(), {}, { sms });
    const { deps } = service.server.service;
    const key = keyText('secret', 'live', deps.random);
    const wish = { kind: 'secret', name: 'test', channelId: 'h5', role: null } as const;
    const createdAtMs = deps.clock.nowMs();
    const body = JSON.stringify({ id: 'h5', name: 'H5', status: 'live', allowed_origins: [] });
    await deps.commit((tx) => {
      tx.desk.insertRecord({ kind: 'channel', id: 'h5', version: 1, body, retired: false, createdAtMs, author: 'test', approver: null });
      insertKey(tx, deps.vault, 'key_1', key, wish, createdAtMs);
    });
    service.server.service.desk.reload();
    const begun = await service.call('POST', '/v1/phone-verifications', { key, json: { phone: '13912345678' } });
    expect([begun.status, sent[0]?.phone, sent[0]?.code === '000000']).toEqual([201, '13912345678', false]);
    const confirm = (code: string): Promise<Reply> =>
      service.call('POST', `/v1/phone-verifications/${String(begun.json['id'])}/confirm`, { key, json: { code } });
    expect((await confirm(sent[0]!.code === '123456' ? '123457' : '123456')).json['code']).toBe('code_wrong');
    expect((await confirm(sent[0]!.code)).json).toEqual({ id: begun.json['id'], confirmed: true });
  });

  it('refuses to start under another master key than its data was made with, and takes a new one beside the old', async () => {
    const dir = folder();
    await (await live(dir)).close();
    await expect(live(dir, { MILLRACE_MASTER_KEY: KEY('second') })).rejects.toThrow('master keys');
    const rotated = await live(dir, { MILLRACE_MASTER_KEY: `2:${KEY('second')}`, MILLRACE_MASTER_KEY_PREVIOUS: `1:${KEY('first')}` });
    expect((await rotated.call('GET', '/healthz')).status).toBe(200);
  });
});

it('a damaged database stops the start', async () => {
  const dir = folder();
  writeFileSync(join(dir, 'millrace.db'), 'no database'.repeat(500));
  await expect(start({ MILLRACE_DATA_DIR: dir })).rejects.toThrow();
});
