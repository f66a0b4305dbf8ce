/**
 * A whole service in one process: real store (SQLite in memory), real flows, real routes; a clock that moves only when a test moves it, seeded
 * randomness, and the six simulated funders answering behind the transport without a socket. Each test makes its own.
 */
import { join } from 'node:path';
import { DATABASE_FILE } from '../src/runtime/node/data-dir.ts';
import { fileObjects } from '../src/runtime/node/host.ts';
import { openDatabase } from '../src/runtime/node/sqlite.ts';
import type { FunderAdapter } from '../adapters/contract.ts';
import { adapters } from '../adapters/registry.ts';
import { sandboxFunders, SANDBOX_SECRETS } from '../fixtures/funders.ts';
import { ROLES, type Role } from '../src/domain/desk.ts';
import type { Funder } from '../src/domain/funder.ts';
import { createApp } from '../src/http/app.ts';
import type { LogFields } from '../src/ports/log.ts';
import type { OutboundRequest, SendOutcome, Transport } from '../src/ports/transport.ts';
import type { Random } from '../src/ports/random.ts';
import type { Sso } from '../src/ports/sso.ts';
import { sandboxKeys, sandboxReply, seedSandbox, type SandboxKeys } from '../src/runtime/sandbox-seed.ts';
import { createService, type Service } from '../src/runtime/instance.ts';
import type { Database } from '../src/store/database.ts';
import { checkTarget } from '../src/runtime/ssrf.ts';
import { scryptPasswords } from '../src/runtime/passwords.ts';
import { createVault } from '../src/runtime/vault.ts';
import { Lender } from '../src/sandbox/lender.ts';
import { PERSONALITIES } from '../src/sandbox/personalities.ts';
import { double as cedar } from '../adapters/cedar-sealed/double.ts';
import { double as harbor } from '../adapters/harbor-json/double.ts';
import { double as lotus } from '../adapters/lotus-md5/double.ts';
import type { Protocol } from '../src/sandbox/protocols/wire.ts';
import { applicationBody } from './application-body.ts';
import { createManualClock, type ManualClock } from './dispatch/manual-clock.ts';
import { emptyDatabase, MIGRATIONS } from './empty-database.ts';
import { initOf, readReply, type Call, type Reply } from './reply.ts';

export type { Call, JsonValue, Reply } from './reply.ts';

export { applicationBody };

export const START_MS = Date.parse('2026-11-20T02:00:00Z');
const PROTOCOLS: Readonly<Record<string, Protocol>> = { 'harbor-json': harbor, 'lotus-md5': lotus, 'cedar-sealed': cedar };
/** Of a password's hash, where nobody guesses. */
export const QUICK_COST = { N: 16, r: 1, p: 1 } as const;
const OK: SendOutcome = { kind: 'response', response: { status: 200, headers: {}, body: new Uint8Array(0) } };

export interface WorldOptions {
  readonly startMs?: number;
  readonly seed?: number;
  /** Answers instead of the simulated funder or receiver; null leaves it to them. */
  readonly answer?: (request: OutboundRequest) => SendOutcome | null;
  /** Changes the funders' records before they are seeded. */
  readonly funders?: (funders: readonly Funder[]) => readonly Funder[];
  /** Keeps database and photos in this folder instead of in memory. */
  readonly dataDir?: string;
  /** Beside the registered ones. */
  readonly adapters?: ReadonlyMap<string, FunderAdapter>;
  readonly mode?: 'sandbox' | 'live';
  readonly publicUrl?: string;
  readonly sso?: Sso;
}

export interface World {
  readonly clock: ManualClock;
  readonly service: Service;
  /** For looking behind the store, and for tampering. */
  readonly db: Database;
  readonly app: ReturnType<typeof createApp>;
  readonly keys: SandboxKeys;
  /** A key for each operator role. */
  readonly roleKeys: Readonly<Record<Role, string>>;
  /** Everything that went out, funders and webhooks alike. */
  readonly sent: OutboundRequest[];
  readonly logged: { readonly level: string; readonly event: string; readonly fields: LogFields }[];
  call(method: string, path: string, call?: Call): Promise<Reply>;
  /** Creates an application with every consent by the channel's secret key; answers its view once nothing moves any more at this moment. */
  apply(
    applicant?: Readonly<Record<string, unknown>>,
    request?: Readonly<Record<string, unknown>>,
    more?: Readonly<Record<string, unknown>>,
  ): Promise<Reply>;
  /** Lets everything that is due now happen; `ms` moves time on. */
  settle(ms?: number): Promise<void>;
  /** Moves time on by much in one step: timers that fall due in between run only afterwards. */
  leap(ms: number): Promise<void>;
  close(): Promise<void>;
}

export async function makeWorld(options: WorldOptions = {}): Promise<World> {
  const clock = createManualClock(options.startMs ?? START_MS);
  const random = seededRandom(options.seed ?? 1);
  const vault = createVault({ masterKeys: [{ version: 1, key: new Uint8Array(32).fill(7) }], current: 1 }, (count) => random.bytes(count));
  const data = options.dataDir === undefined ? emptyDatabase() : openDatabase(join(options.dataDir, DATABASE_FILE), MIGRATIONS, clock.nowMs());
  const urls = Object.fromEntries(PERSONALITIES.map(({ id }) => [id, `http://${id.slice(4)}.funders.test`]));
  const funders = (options.funders ?? ((all) => all))(sandboxFunders(urls));
  const sent: OutboundRequest[] = [];
  const logged: World['logged'] = [];
  const log =
    (level: string) =>
    (event: string, fields: LogFields = {}): void =>
      void logged.push({ level, event, fields });
  const objects = new Map<string, Uint8Array>();
  const simulated = simulatedFunders(
    clock,
    (path, message) => void app.request(path, { method: 'POST', headers: message.headers, body: message.body }),
  );
  const transport: Transport = {
    async send(request, { timeoutMs }) {
      sent.push(request);
      return options.answer?.(request) ?? (await simulated(request, timeoutMs)) ?? OK;
    },
  };
  const service = createService({
    cell: 0,
    mode: options.mode ?? 'sandbox',
    publicUrl: options.publicUrl ?? 'http://millrace.test',
    sso: options.sso ?? null,
    clock,
    random,
    db: data.db,
    transact: data.transact,
    vault,
    transport,
    adapters: new Map([...adapters, ...(options.adapters ?? [])]),
    objects:
      options.dataDir === undefined
        ? {
            put: async (key, bytes) => void objects.set(key, bytes),
            get: async (key) => objects.get(key) ?? null,
            delete: async (key) => void objects.delete(key),
          }
        : fileObjects(join(options.dataDir, 'objects')),
    images: { inspect: async (bytes) => ({ ok: true, problems: [], widthPx: 1_600, heightPx: 1_000, sharpness: 500, jpeg: bytes }) },
    messages: { sendCode: async () => 'taken' },
    passwords: scryptPasswords((count) => random.bytes(count), QUICK_COST),
    log: { info: log('info'), warn: log('warn'), error: log('error') },
    scrub: () => undefined,
    onDiskFailure: (error) => {
      throw error;
    },
  });
  const { deps } = service;
  const roleKeys = Object.fromEntries(ROLES.map((role) => [role, `ok_test_world_${role}`])) as Record<Role, string>;
  const seeding = deps.commit((tx) => {
    seedSandbox(tx, vault, { funders, secrets: SANDBOX_SECRETS }, clock.nowMs());
    for (const role of ROLES) {
      tx.desk.insertKey({
        id: `key_${role}`,
        hash: vault.sha256Hex(roleKeys[role]),
        kind: 'operator',
        channelId: null,
        role,
        name: role,
        createdAtMs: clock.nowMs(),
        revokedAtMs: null,
      });
    }
  });
  await seeding;
  service.desk.reload();
  const keys = sandboxKeys(vault);
  const app = createApp({
    deps,
    clientIp: () => '203.0.113.7',
    maxInFlight: 1_000,
    busy: service.busy,
    sandboxKeys: () => ({ ...sandboxReply(vault, 'http://millrace.test') }),
    reloadDesk: () => service.desk.reload(),
    metrics: null,
    metricsToken: null,
    pages: null,
    checkWebhookUrl: (url) => {
      const verdict = checkTarget(url, { allowLoopback: true });
      return verdict.ok ? null : verdict.detail;
    },
  });
  await service.start();
  let serial = 0;

  async function call(method: string, path: string, call: Call = {}): Promise<Reply> {
    return readReply(await app.request(path, initOf(method, call)));
  }

  async function settle(ms = 0): Promise<void> {
    for (let turn = 0; turn < 5; turn += 1) await clock.advance(0);
    if (ms > 0) await clock.advance(ms);
    for (let turn = 0; turn < 5; turn += 1) await clock.advance(0);
  }

  return {
    clock,
    service,
    db: data.db,
    app,
    keys,
    roleKeys,
    sent,
    logged,
    call,
    settle,
    async apply(applicant = {}, request = {}, more = {}) {
      serial += 1;
      const created = await call('POST', '/v1/applications', {
        key: keys.secret,
        json: applicationBody(
          clock.nowMs(),
          funders.map(({ id }) => id),
          applicant,
          request,
          more,
        ),
        headers: { 'idempotency-key': `apply-${serial}` },
      });
      if (created.status !== 201) return created;
      await settle();
      const read = await call('GET', `/v1/applications/${created.json['id']}`, { key: keys.secret });
      return { ...read, status: created.status };
    },
    async leap(ms) {
      await service.drain.stop();
      await clock.advance(ms);
      await service.drain.start();
      await settle();
    },
    async close() {
      // Sleepers of the manual clock never wake by themselves; what still runs has nothing to wait for.
      const stopping = service.stop();
      await clock.advance(120_000);
      await stopping;
      data.close();
    },
  };
}

/** Mulberry32: the same luck for the same seed. Never outside tests. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  return { bytes: (count) => Uint8Array.from({ length: count }, () => next() & 255), uniform: () => next() / 2 ** 32 };
}

/** The lenders of the sandbox at `<name>.funders.test`, at once and in order; null for any other address. */
export function simulatedFunders(
  clock: ManualClock,
  callBack: (path: string, message: { readonly headers: Readonly<Record<string, string>>; readonly body: string }) => void,
): (request: OutboundRequest, timeoutMs: number) => Promise<SendOutcome | null> {
  const first = new Map<string, string>();
  const houses = new Map(
    PERSONALITIES.map((personality) => {
      const protocol = PROTOCOLS[personality.protocol]!;
      const secrets = SANDBOX_SECRETS[personality.id]!;
      const lender = new Lender(personality, {
        seed: 1,
        latencyScale: 1,
        callbackDelayMs: 500,
        maxOrders: 10_000,
        nowMs: () => clock.nowMs(),
        after: (ms, run) => void clock.after(ms, run),
        announce: ({ url, view, messageId, forged }) => {
          const forgery = Object.fromEntries(Object.entries(secrets).map(([name, value]) => [name, value.split('').toReversed().join('')]));
          callBack(new URL(url).pathname, protocol.callback(view, messageId, forged ? forgery : secrets, clock.nowMs()));
        },
        firstCome: (person, funderId) => first.get(person) ?? (first.set(person, funderId), funderId),
      });
      return [`${personality.id.slice(4)}.funders.test` as string, { protocol, secrets, lender }] as const;
    }),
  );

  return async (request, timeoutMs) => {
    const url = new URL(request.url);
    const house = houses.get(url.hostname);
    if (house === undefined) return null;
    const { protocol, secrets, lender } = house;
    const body = typeof request.body === 'string' ? new TextEncoder().encode(request.body) : (request.body ?? new Uint8Array(0));
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name.toLowerCase(), value]));
    const reply = (wire: { readonly status: number; readonly contentType: string; readonly body: string }): SendOutcome => ({
      kind: 'response',
      response: { status: wire.status, headers: { 'content-type': wire.contentType }, body: new TextEncoder().encode(wire.body) },
    });
    const opened = protocol.open({ method: request.method, target: url.pathname + url.search, headers, body }, secrets, clock.nowMs());
    if (!opened.ok) return reply(opened.reply);
    const { result, conduct } = lender.handle(opened.command);
    if (conduct === 'hang') {
      await clock.sleep(timeoutMs);
      return { kind: 'lost', why: 'timeout' };
    }
    if (conduct === 'drop') return { kind: 'lost', why: 'reset' };
    if (conduct === 'garbage') return reply({ status: 200, contentType: 'application/json', body: '<html>\u0000{"ok":' });
    return reply(protocol.write(opened.command, result, secrets, clock.nowMs()));
  };
}
