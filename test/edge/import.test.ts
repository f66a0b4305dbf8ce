/** A Node instance moved into workerd: what was there reads the same by HTTP, what was under way goes on by alarm, and the desk counts what it counted. */
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import BetterSqlite3 from 'better-sqlite3';
import { drizzle } from 'drizzle-orm/better-sqlite3';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { SANDBOX_SECRETS, sandboxFunders } from '../../fixtures/funders.ts';
import { makeIdNumber } from '../../src/domain/id-number.ts';
import { cellOf } from '../../src/domain/ids.ts';
import { goesTo, MOVED_PARTS } from '../../src/runtime/cells/moved-rows.ts';
import { exportInstance } from '../../src/runtime/node/keep/export.ts';
import { importInto } from '../../src/runtime/node/keep/import-into.ts';
import { openSnapshot } from '../../src/runtime/node/keep/snapshot.ts';
import { startSandbox, type Sandbox } from '../../src/sandbox/start.ts';
import type { Database } from '../../src/store/database.ts';
import { countRows, readRows } from '../../src/store/transfer/read-rows.ts';
import { lineOf } from '../../src/store/transfer/lines.ts';
import { TRANSFER_TABLES } from '../../src/store/transfer/tables.ts';
import { apply, applicationFor, startEdgeService, startService, until, type HostedService } from '../journey/world.ts';

const SECRET = 'once-and-no-more-0123456789abcdef';
const SETTLED = 60;
/** Two hosts and six lenders, on a machine that does much else. */
const SLOW_MS = 120_000;
const ENDED = ['offered', 'declined', 'refused', 'needs_borrower', 'needs_consent'];
/** What goes on by itself, and what a sandbox seals anew at each start. */
const MOVES = new Set([
  'desk_secrets',
  'timers',
  'consumers',
  'cap_leases',
  'cap_loans',
  'cap_quotas',
  'instance_facts',
  'endpoint_health',
  'partner_offer_counts',
  'callbacks',
  'alarms',
]);
let home: string;
let funders: Sandbox;
let edge: HostedService;
const seen = new Map<string, unknown>();
const open: string[] = [];
let funnel: unknown;
let simulated: unknown;
let window: string;
let settledAt: string;
let urls: Readonly<Record<string, string>>;

const person = (n: number): object => {
  const id_number = makeIdNumber({ region: '110105', birthDate: '1990-03-07', sequence: n, sex: 'm' });
  return applicationFor(`1390000${String(1_000 + n)}`, { id_number }, { visit: { variant: n < SETTLED ? 'settled' : 'later' } });
};
const fresh = (n: number): object => person(200 + n);
const place = (name: string): string => join(home, name);

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'millrace-edge-import-'));
  funders = await startSandbox({ secrets: SANDBOX_SECRETS, latencyScale: 0.2, callbackDelayMs: 100 });
  urls = Object.fromEntries(funders.funders.map(({ id, url }) => [id, url]));
  const node = await startService({ MILLRACE_DATA_DIR: place('node') }, { sandbox: { funders: sandboxFunders(urls), secrets: SANDBOX_SECRETS } });
  const ids: string[] = [];
  for (let from = 0; from < SETTLED; from += 12)
    ids.push(...(await Promise.all(Array.from({ length: 12 }, (_, at) => apply(node, person(from + at))))).map(({ json }) => json['id'] as string));
  for (const id of ids) expect(ENDED).toContain((await until(node, id, ...ENDED)).json['status']);
  window = `from=${new Date(Date.now() - 86_400_000).toISOString()}&to=${new Date(Date.now() + 86_400_000).toISOString()}&variant=settled&by=hour`;
  funnel = await countedOf(node);
  settledAt = new Date(Date.now() + 1).toISOString();
  simulated = await simulationOf(node);
  for (const id of ids) seen.set(id, (await node.call('GET', `/v1/applications/${id}`, { key: node.keys.secret })).json);
  for (let n = SETTLED; n < SETTLED + 4; n += 1) open.push((await apply(node, person(n))).json['id']);
  await node.close();
  await exportInstance({ dataDir: place('node'), target: place('export'), nowMs: Date.now() });
  mkdirSync(place('edge'));
  copyFileSync(join(place('node'), 'sandbox-master.key'), join(place('edge'), 'sandbox-master.key'));
  edge = await startEdgeService('1,4', place('edge'), { sandbox: urls, importSecret: SECRET });
}, SLOW_MS);
afterAll(async () => {
  await edge.close();
  await funders.close();
  rmSync(home, { recursive: true, force: true });
});

/** What the funnel says of those that were settled, once all are in it. */
async function countedOf(service: HostedService): Promise<unknown> {
  const untilMs = performance.now() + 20_000;
  for (;;) {
    const { json } = await service.call('GET', `/v1/desk/funnel?${window}`, { key: service.keys.operator });
    const { total, groups, refused_by } = json as unknown as {
      total: { stages: readonly { stage: string; count: number }[] };
      groups: unknown;
      refused_by: unknown;
    };
    if (json['behind'] === 0) {
      expect(total.stages.find(({ stage }) => stage === 'submitted')?.count).toBe(SETTLED);
      return { total, groups, refused_by };
    }
    if (performance.now() > untilMs) throw new Error('the funnel stays behind');
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** A what-if of the policy in force, over those that were settled. */
async function simulationOf(service: HostedService): Promise<unknown> {
  const { operator } = service.keys;
  const started = await service.call('POST', '/v1/desk/policies/pol_default/simulate', { key: operator, json: { to: settledAt, replicates: 20 } });
  const untilMs = performance.now() + 20_000;
  for (;;) {
    const { json } = await service.call('GET', `/v1/desk/simulations/${started.json['id']}`, { key: operator });
    if (json['status'] !== 'running' || performance.now() > untilMs) return json['result'];
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

it('serves nothing until it has all, and lets nobody else in', async () => {
  const waiting = await edge.call('GET', `/v1/applications/${open[0]!}`, { key: edge.keys.secret });
  expect([waiting.status, waiting.json['code'], waiting.headers.get('retry-after')]).toEqual([503, 'overloaded', '5']);
  expect((await apply(edge, fresh(0))).status).toBe(503);
  const knocking = (authorization: string): Promise<Response> =>
    fetch(`${edge.url}/internal/import/desk/begin`, { method: 'POST', headers: { authorization } });
  expect([(await knocking(`Bearer ${SECRET}x`)).status, (await knocking('')).status]).toEqual([401, 401]);
});

it('takes the export over, and everything reads as it did', { timeout: SLOW_MS }, async () => {
  const done = await importInto({ source: place('export'), url: edge.url, secret: SECRET });
  expect([done.resumed, done.audit, done.rows.cell > 2_000]).toEqual([false, 'sound', true]);
  expect(await countedOf(edge)).toEqual(funnel);
  for (const [id, view] of seen) expect((await edge.call('GET', `/v1/applications/${id}`, { key: edge.keys.secret })).json).toEqual(view);
  const listed = await edge.call('GET', '/v1/desk/applications?limit=100', { key: edge.keys.operator });
  expect(listed.json['data']).toHaveLength(SETTLED + open.length);
});

it('simulates at the desk, over all cells, to the same figures', async () => {
  expect(simulated).toMatchObject({ applications: SETTLED });
  // Two builds of one engine differ in the last bit of some functions.
  const rounded = (result: unknown): unknown =>
    JSON.parse(JSON.stringify(result, (_, value: unknown) => (typeof value === 'number' ? Number(value.toPrecision(9)) : value)));
  expect(rounded(await simulationOf(edge))).toEqual(rounded(simulated));
});

it('goes on: what was open comes to an end, and new borrowers come in', async () => {
  for (const id of open) expect(ENDED).toContain((await until(edge, id, ...ENDED)).json['status']);
  const homes = new Set<number | null>();
  for (let n = 0; n < 6; n += 1) {
    const made = await apply(edge, fresh(n));
    expect(made.status).toBe(201);
    homes.add(cellOf(made.json['id']));
    if (n === 0) expect(ENDED).toContain((await until(edge, made.json['id'], ...ENDED)).json['status']);
  }
  expect(homes.size).toBeGreaterThan(1);
  const again = await apply(edge, person(0));
  expect([cellOf(again.json['id']), again.json['status']]).toEqual([0, 'refused']);
});

it(
  'has every row that was exported, in the files of the objects themselves; and the way in is closed with its secret',
  { timeout: SLOW_MS },
  async () => {
    await edge.close();
    const source = openSnapshot(place('node'));
    try {
      for (const part of MOVED_PARTS) {
        const there = fullest(part === 'desk' ? 'Desk' : 'Cell');
        const missing = TRANSFER_TABLES.filter(({ name }) => !MOVES.has(name)).flatMap((table) => {
          const which = goesTo(part, table.name);
          const found = new Set([...readRows(there, table)].flat().map((row) => lineOf(table, row)));
          return [...readRows(source.db, table)]
            .flat()
            .filter((row) => which === 'all' || (which !== 'none' && which(row)))
            .map((row) => lineOf(table, row))
            .filter((line) => !found.has(line) && !line.includes('later') && !open.some((id) => line.includes(id)))
            .map((line) => `${table.name} ${line.slice(0, 80)}`);
        });
        expect(missing, part).toEqual([]);
      }
    } finally {
      source.close();
    }
    edge = await startEdgeService('1,4', place('edge'), { sandbox: urls });
    const begin = await fetch(`${edge.url}/internal/import/desk/begin`, { method: 'POST', headers: { authorization: `Bearer ${SECRET}` } });
    expect(begin.status).toBe(404);
    const [first] = seen.keys();
    expect((await edge.call('GET', `/v1/applications/${first!}`, { key: edge.keys.secret })).json).toEqual(seen.get(first!));
  },
);

/** The database of the object that has most in it. */
function fullest(kind: 'Cell' | 'Desk'): Database {
  const folder = join(place('edge'), 'edge', 'v3', 'do');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
    (name) => name.includes(`-${kind}/`) && /[0-9a-f]{16}\.sqlite$/.test(name),
  );
  const opened = files.map((name) => drizzle(new BetterSqlite3(join(folder, name), { readonly: true })) as unknown as Database);
  const events = (db: Database): number =>
    countRows(
      db,
      TRANSFER_TABLES.find(({ name }) => name === 'events')!,
    );
  return opened.toSorted((a, b) => events(b) - events(a))[0]!;
}
