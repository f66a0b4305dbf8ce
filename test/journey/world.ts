/** A real server with its sandbox funders beside it, and a client that sees only what HTTP shows. Started once per file, taken down after it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '../../src/runtime/node/config.ts';
import type { EdgeOptions } from '../../src/runtime/node/edge.ts';
import { startServer, type Given, type RunningServer } from '../../src/runtime/node/server.ts';
import { freePort } from '../../src/cli/own-server.ts';
import { sandboxPartnerSecret, type SandboxKeys } from '../../src/runtime/sandbox-seed.ts';
import { initOf, readReply, type Call as WorldCall, type Reply } from '../reply.ts';

export interface Call extends WorldCall {
  readonly form?: FormData;
}
/** What any host shows by HTTP, and what the sandbox's partner signs with. */
export interface HostedService {
  readonly url: string;
  readonly keys: SandboxKeys;
  readonly partnerSecret: string;
  /** Status of every reply so far, by what was asked. */
  readonly statuses: { readonly asked: string; readonly status: number }[];
  call(method: string, path: string, call?: Call): Promise<Reply>;
  close(): Promise<void>;
}
/** The Node host, which a test may look into. */
export interface RealService extends HostedService {
  readonly server: RunningServer;
  /** Holds the database, the objects and the sandbox key. */
  readonly dataDir: string;
}

export const FUNDERS = ['fnd_river', 'fnd_summit', 'fnd_lotus', 'fnd_jade', 'fnd_cedar', 'fnd_ember'] as const;
export const TEXT_VERSION = '2026-11-01';

/** `env` on top of free ports and a folder of its own; a folder that is given is left when the service closes. */
export async function startService(env: Readonly<Record<string, string>> = {}, given: Given = {}): Promise<RealService> {
  const own = env['MILLRACE_DATA_DIR'] === undefined ? mkdtempSync(join(tmpdir(), 'millrace-journey-')) : null;
  const dataDir = own ?? env['MILLRACE_DATA_DIR']!;
  const config = readConfig({
    PORT: '0',
    MILLRACE_SANDBOX_PORT_BASE: '0',
    MILLRACE_LOG_LEVEL: 'error',
    MILLRACE_SHUTDOWN_MS: '200',
    ...env,
    MILLRACE_DATA_DIR: dataDir,
  });
  if (Array.isArray(config)) throw new Error(config.map(({ variable, reason }) => `${variable} ${reason}`).join('; '));
  const server = await startServer(config, given);
  return {
    ...client(server.url),
    server,
    dataDir,
    keys: server.keys!,
    partnerSecret: sandboxPartnerSecret(server.service.deps.vault),
    async close() {
      await server.close();
      if (own !== null) rmSync(own, { recursive: true, force: true });
    },
  };
}

/** The host that this run of the tests is for: Node, or workerd when `MILLRACE_TEST_HOST` is `edge`. */
export async function startHost(): Promise<HostedService> {
  return process.env['MILLRACE_TEST_HOST'] === 'edge' ? startEdgeService() : startService();
}

/** workerd with so many cells; a folder that is given is left when the service closes. */
export async function startEdgeService(cells = '4', given?: string, more: Partial<EdgeOptions> = {}): Promise<HostedService> {
  const dataDir = given ?? mkdtempSync(join(tmpdir(), 'millrace-edge-'));
  // What starts workerd takes a second to load, and most files that come here never do.
  const { startEdge } = await import('../../src/runtime/node/edge.ts');
  const edge = await startEdge({ port: await freePort(), dataDir, logLevel: 'error', cells, sandbox: 0, ...more });
  return {
    ...client(edge.url),
    keys: edge.keys,
    partnerSecret: edge.partnerSecret,
    async close() {
      await edge.close();
      if (given === undefined) rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

function client(url: string): Pick<HostedService, 'url' | 'statuses' | 'call'> {
  const statuses: HostedService['statuses'] = [];
  return {
    url,
    statuses,
    async call(method, path, { form, ...call } = {}) {
      const response = await fetch(`${url}${path}`, initOf(method, form === undefined ? call : { ...call, body: form }));
      statuses.push({ asked: `${method} ${path}`, status: response.status });
      return readReply(response);
    },
  };
}

export function agreedTo(recipients: readonly string[]): object[] {
  const agreed = { text_version: TEXT_VERSION, agreed_at: new Date().toISOString() };
  return recipients.map((recipient) => ({ recipient, purpose: recipient === 'platform' ? 'application' : 'credit_decision', ...agreed }));
}

/** The body of the README, for this phone, with consent to everybody. */
export function applicationFor(phone: string, applicant: object = {}, more: object = {}): object {
  return {
    applicant: {
      name: '张三',
      id_number: '110105199003072338',
      phone,
      phone_verification_id: 'pv_sandbox',
      monthly_income_fen: 1_200_000,
      employment: 'salaried',
      assets: { housing_fund: '2y_plus', zhima_band: '700_750' },
      ...applicant,
    },
    request: { amount_fen: 2_000_000, term_months: 12, purpose: 'consumption' },
    documents: ['doc_sandbox_front', 'doc_sandbox_back'],
    consents: agreedTo(['platform', ...FUNDERS]),
    ...more,
  };
}

let serial = 0;

/** Creates an application with the channel's secret key; `wait` is what is asked for by Prefer, in seconds. */
export function apply(service: HostedService, body: object, wait = 0): Promise<Reply> {
  serial += 1;
  return service.call('POST', '/v1/applications', {
    key: service.keys.secret,
    json: body,
    headers: { 'idempotency-key': `journey-${serial}`, ...(wait === 0 ? {} : { prefer: `wait=${wait}` }) },
  });
}

/** Reads with `Prefer: wait` until the application is in one of these states; after 20 s the last view, whatever it is. */
export async function until(service: HostedService, id: unknown, ...states: readonly string[]): Promise<Reply> {
  const untilMs = performance.now() + 20_000;
  for (;;) {
    const reply = await service.call('GET', `/v1/applications/${id as string}`, { key: service.keys.secret, headers: { prefer: 'wait=1' } });
    if (reply.status !== 200 || states.includes(reply.json['status']) || performance.now() > untilMs) return reply;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Attempts of a view as `funder: status`. */
export function attemptsOf(reply: Reply): Record<string, string> {
  return Object.fromEntries(
    (reply.json['attempts'] as unknown as { funder: { id: string }; status: string }[]).map(({ funder, status }) => [funder.id, status]),
  );
}

/** Changes a desk record as two people do it: one proposes, the other approves what was proposed. */
export async function changeRecord(
  service: HostedService,
  kind: string,
  id: string,
  change: (body: Record<string, unknown>) => object,
): Promise<Reply> {
  const { operator, approver } = service.keys;
  const current = await service.call('GET', `/v1/desk/records/${kind}/${id}`, { key: operator });
  const body = change(current.json['body'] as unknown as Record<string, unknown>);
  const proposed = await service.call('POST', '/v1/desk/changes', { key: operator, json: { kind, id, note: 'for a test', body } });
  return service.call('POST', `/v1/desk/changes/${proposed.json['id']}/approve`, { key: approver, json: { hash: proposed.json['hash'] } });
}
