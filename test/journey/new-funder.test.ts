/**
 * A fresh funder made by the generator, and one that is declared by its manifest alone, each take a real application to an offer and the money:
 * service, funders and borrower are processes and sockets of their own, run from a copy of the repository in which the generator has been.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../src/cli/own-server.ts';
import { makeIdNumber } from '../../src/domain/id-number.ts';
import { copyRepository, environment, type Copy } from '../docs/repository-copy.ts';
import { agreedTo, applicationFor } from './world.ts';

interface View {
  readonly id: string;
  readonly status: string;
  readonly needs: readonly { readonly recipients?: readonly { readonly recipient: string }[] }[];
  readonly offers: readonly {
    readonly id: string;
    readonly funder: { readonly id: string };
    readonly amount_fen: number;
    readonly all_in_apr_bps: number;
  }[];
  readonly attempts: readonly { readonly funder: { readonly id: string }; readonly status: string }[];
}

const SLOW_MS = 60_000;
const children: ChildProcess[] = [];
let copy: Copy;
let url: string;
let keys: { readonly secret: string; readonly operator: string; readonly approver: string };

beforeAll(async () => {
  copy = copyRepository();
  const made = await copy.run(
    'node',
    'scripts/new-funder.ts',
    '--id',
    'fresh-coded',
    '--coded',
    '--legal-entity',
    '云雀消费金融有限公司（虚构）',
    '--yes',
  );
  expect(made.code, made.said).toBe(0);
  mkdirSync(join(copy.folder, 'manifests'));
  for (const [manifest, adapter] of [
    ['fnd_fresh_coded', 'fresh-coded'],
    ['fnd_quail', 'quail-json'],
  ] as const) {
    const funder = JSON.parse(copy.read(`adapters/manifests/${manifest}.json`)) as object;
    copy.write(`manifests/${manifest}.json`, JSON.stringify({ ...funder, base_url: await startDouble(adapter) }));
  }
  url = await startServer();
  keys = (await (await fetch(`${url}/v1/sandbox/keys`)).json()) as typeof keys;
}, SLOW_MS);
afterAll(async () => {
  await Promise.all(children.map(ended));
  copy.remove();
});

/** A process of the copy, ended after the tests. */
function start(main: string, env: Readonly<Record<string, string>>, ...flags: readonly string[]): ChildProcess {
  const child = spawn(process.execPath, [join(copy.folder, main), ...flags], {
    cwd: copy.folder,
    env: { ...environment(copy.folder), ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  children.push(child);
  return child;
}

function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.kill('SIGTERM');
  });
}

async function startDouble(adapter: string): Promise<string> {
  const child = start('src/sandbox/main.ts', {}, '--adapter', adapter, '--latency-scale', '0.1', '--callback-delay-ms', '50');
  const line = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout! }).once('line', resolve);
    child.once('exit', (code) => reject(new Error(`the double of ${adapter} ended with ${code}`)));
  });
  return (JSON.parse(line) as { url: string }).url;
}

async function startServer(): Promise<string> {
  const port = await freePort();
  const env = {
    PORT: String(port),
    MILLRACE_MANIFESTS: 'manifests',
    MILLRACE_DATA_DIR: 'data',
    MILLRACE_SANDBOX_PORT_BASE: '0',
    MILLRACE_LOG_LEVEL: 'error',
  };
  const child = start('src/runtime/node/main.ts', env);
  let said = '';
  child.stderr!.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const address = `http://127.0.0.1:${port}`;
  for (let tries = 0; tries < 400; tries += 1) {
    const ready = await fetch(`${address}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (ready) return address;
    if (child.exitCode !== null) break;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`the server did not come up: ${said}`);
}

async function call<T>(method: string, path: string, key: string, json?: object): Promise<{ readonly status: number; readonly body: T }> {
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json', prefer: 'wait=8' };
  const reply = await fetch(`${url}${path}`, { method, headers, ...(json === undefined ? {} : { body: JSON.stringify(json) }) });
  return { status: reply.status, body: (await reply.json()) as T };
}

async function until(id: string, ...states: readonly string[]): Promise<View> {
  for (let tries = 0; ; tries += 1) {
    const { body } = await call<View>('GET', `/v1/applications/${id}`, keys.secret);
    if (states.includes(body.status) || tries > 5) return body;
  }
}

/** Says no to everybody who is not this funder, as often as somebody else is asked for. */
async function refuseOthers(id: string, funder: string): Promise<void> {
  for (let round = 0; round < 8; round += 1) {
    const view = await until(id, 'needs_consent', 'offered', 'pending');
    if (view.status !== 'needs_consent') return;
    const asked = view.needs.flatMap(({ recipients = [] }) => recipients.map(({ recipient }) => recipient));
    const refused = asked.filter((recipient) => recipient !== funder);
    await call('POST', `/v1/applications/${id}/consents`, keys.secret, {
      refused,
      consents: agreedTo(asked.filter((recipient) => recipient === funder)),
    });
  }
}

describe.each([
  ['made by the generator', 'fnd_fresh_coded', 1],
  ['declared by its manifest alone', 'fnd_quail', 2],
])('a funder %s', (_how, funder, sequence) => {
  it('takes an application to its offer, and to the money', { timeout: SLOW_MS }, async () => {
    const person = { id_number: makeIdNumber({ region: '330106', birthDate: '1990-03-08', sequence, sex: 'f' }), name: '王芳' };
    const body = applicationFor('13800000001', person, { consents: agreedTo(['platform', funder]) });
    const headers = { authorization: `Bearer ${keys.secret}`, 'content-type': 'application/json', 'idempotency-key': `new-funder-${sequence}` };
    const made = await fetch(`${url}/v1/applications`, { method: 'POST', headers, body: JSON.stringify(body) });
    const { id } = (await made.json()) as View;
    expect(made.status).toBe(201);
    await refuseOthers(id, funder);
    const offered = await until(id, 'offered', 'declined', 'expired');
    expect([offered.status, offered.attempts.map((one) => [one.funder.id, one.status])]).toEqual(['offered', [[funder, 'approved']]]);
    const [offer] = offered.offers;
    expect([offer!.funder.id, offer!.amount_fen, offer!.all_in_apr_bps > 0]).toEqual([funder, 2_000_000, true]);

    const path = `/v1/applications/${id}/offers/${offer!.id}`;
    const shown = await call<{ hash: string; accept_after: string }>('POST', `${path}/disclosure`, keys.secret);
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, Date.parse(shown.body.accept_after) - Date.now()) + 20));
    expect((await call('POST', `${path}/accept`, keys.secret, { disclosure_hash: shown.body.hash })).status).toBe(200);
    expect((await until(id, 'disbursed')).status).toBe('disbursed');
  });
});

describe('millrace funder add', () => {
  const cli = (...words: readonly string[]) => copy.run('node', 'src/cli/main.ts', 'funder', 'add', ...words);

  it('puts a manifest before two people: proposed, approved by the other, in force and paused', { timeout: SLOW_MS }, async () => {
    const { code, said } = await cli('adapters/manifests/fnd_partridge.json', '--url', url, '--json');
    expect(code, said).toBe(0);
    const { change, hash, funder } = JSON.parse(said) as { change: string; hash: string; funder: string };
    expect(funder).toBe('fnd_partridge');
    const own = await call('POST', `/v1/desk/changes/${change}/approve`, keys.operator, { hash });
    expect(own.status).toBe(403);
    expect((await call('POST', `/v1/desk/changes/${change}/approve`, keys.approver, { hash })).status).toBe(200);
    const record = await call<{ body: object }>('GET', '/v1/desk/records/funder/fnd_partridge', keys.operator);
    expect(record.body.body).toMatchObject({ adapter: 'lotus-md5', status: 'paused', legal_entity: '鹧鸪网络小额贷款有限公司（虚构）' });
  });
  it('says what is wrong by file, path and rule, and that a protocol is not added', { timeout: SLOW_MS }, async () => {
    copy.write('bad.json', JSON.stringify({ ...(JSON.parse(copy.read('adapters/manifests/fnd_partridge.json')) as object), tier: 12 }));
    const [bad, protocol, none] = await Promise.all([
      cli('bad.json', '--url', url),
      cli('adapters/manifests/quail-json.json', '--url', url),
      cli('gone.json', '--url', url),
    ]);
    expect([bad.code, bad.said]).toEqual([1, expect.stringMatching(/bad\.json: \/tier: /) as unknown]);
    expect([protocol.code, protocol.said]).toEqual([1, expect.stringMatching(/\/kind: must be "funder"/) as unknown]);
    expect([none.code, none.said]).toEqual([1, expect.stringMatching(/gone\.json cannot be read \(ENOENT\)/) as unknown]);
  });
});

describe('a bad manifest', () => {
  it('stops the start, by file, path and rule', { timeout: SLOW_MS }, async () => {
    mkdirSync(join(copy.folder, 'wrong'), { recursive: true });
    copy.write('wrong/x.json', copy.read('manifests/fnd_quail.json').replace('"quail-json"', '"nosuch"'));
    const child = start('src/runtime/node/main.ts', {
      MILLRACE_MANIFESTS: 'wrong',
      MILLRACE_DATA_DIR: 'other',
      PORT: '0',
      MILLRACE_SANDBOX_PORT_BASE: '0',
    });
    let said = '';
    child.stderr!.on('data', (chunk: Buffer) => (said += chunk.toString()));
    const code = await new Promise((resolve) => child.once('close', resolve));
    expect([code, said]).toEqual([1, expect.stringMatching(/cannot start: .*wrong\/x\.json: \/protocol: there is no such protocol/) as unknown]);
    expect(said).not.toMatch(/^\s+at /m);
  });
});
