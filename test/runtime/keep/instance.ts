/** An instance on files that has been through everything: rows in every table, photos, people erased, consents withdrawn. And what compares two of them. */
import { sql } from 'drizzle-orm';
import { createHash, createHmac } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig, type Config } from '../../../src/runtime/node/config.ts';
import { openSnapshot } from '../../../src/runtime/node/keep/snapshot.ts';
import { SANDBOX_PARTNER, sandboxPartnerSecret } from '../../../src/runtime/sandbox-seed.ts';
import { readRows } from '../../../src/store/transfer/read-rows.ts';
import type { Database } from '../../../src/store/database.ts';
import { TRANSFER_TABLES, type RawRow } from '../../../src/store/transfer/tables.ts';
import { indexCheck } from '../../../src/runtime/vault.ts';
import { idNumber } from '../../../bench/application.ts';
import { makeWorld, type World } from '../../world.ts';

/** The key of `makeWorld`. */
export const WORLD_KEY = Buffer.alloc(32, 7).toString('base64');
const folders: string[] = [];

export function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'millrace-keep-'));
  folders.push(made);
  return made;
}

/** For `afterAll`. */
export function removeFolders(): void {
  for (const made of folders.splice(0)) rmSync(made, { recursive: true, force: true });
}

export function configFor(dataDir: string, env: Readonly<Record<string, string>> = {}): Config {
  const config = readConfig({ MILLRACE_MASTER_KEY: WORLD_KEY, MILLRACE_DATA_DIR: dataDir, ...env });
  if (Array.isArray(config)) throw new Error(JSON.stringify(config));
  return config;
}

export interface LivedInstance {
  readonly world: World;
  readonly dataDir: string;
  /** Of borrowers who can still be erased. */
  readonly erasable: readonly string[];
}

/** `people` beside the few who do something particular. */
export async function livedInstance(people: number): Promise<LivedInstance> {
  const dataDir = folder();
  const world = await makeWorld({ dataDir });
  // No power is cut here, and waiting for the disk is most of the time.
  world.db.run(sql`PRAGMA synchronous = OFF`);
  // As the first start of a server leaves it.
  world.service.deps.store.desk.insertFact({ name: 'index_root', value: indexCheck(world.service.deps.vault) });
  const receiver = { url: 'http://127.0.0.1:9000/hook', types: ['*'] };
  const endpoint = await world.call('POST', '/v1/webhook-endpoints', { key: world.keys.operator, json: receiver });
  if (endpoint.status !== 201) throw new Error(endpoint.text);
  await world.call('POST', '/v1/desk/blacklist', {
    key: world.roleKeys.risk,
    json: { entries: [{ kind: 'phone', value: '13999999999', reason: 'fraud' }] },
  });
  await world.call('PUT', '/v1/desk/channels/h5-demo/spend/2026-11-19', { key: world.roleKeys.finance, json: { spend_fen: 120_000 } });
  await world.call('POST', '/v1/phone-verifications', { key: world.keys.secret, json: { phone: '13912345678' } });
  await world.call('POST', '/v1/visits', { key: world.keys.secret, json: { visitor: 'v'.repeat(20) } });
  const photos = [await upload(world, 'id_front'), await upload(world, 'id_back')];
  await upload(world, 'id_front');
  const ids = [await applied(world, 0, { documents: photos }), await applied(world, 1)];
  for (let n = 2; n < people; n += 1) ids.push(await applied(world, n));
  await takeOffer(world);
  await showPartners(world);
  await world.call('DELETE', `/v1/applications/${ids[1]!}/consents/fnd_river`, { key: world.keys.secret });
  await world.settle(120_000);
  await world.call('POST', '/v1/erasures', { key: world.keys.secret, json: { application_id: ids[1]! } });
  await change(world);
  await rest(world, ids[0]!);
  await world.settle(2_000);
  return { world, dataDir, erasable: [ids[0]!, ...ids.slice(2)] };
}

/** Distinct, judged by the funders' own minds. */
export async function applied(world: World, n: number, more: Readonly<Record<string, unknown>> = {}): Promise<string> {
  const made = await world.apply({ phone: `139${String(10_000_000 + n)}`, id_number: idNumber(n * 1_000) }, {}, more);
  if (made.status !== 201) throw new Error(made.text);
  return made.json['id'];
}

async function upload(world: World, kind: string): Promise<string> {
  const form = new FormData();
  form.set('kind', kind);
  form.set('file', new Blob([Uint8Array.from([0xff, 0xd8, 0xff, 0xe0, ...Buffer.from(kind)])], { type: 'image/jpeg' }), 'photo.jpg');
  const body = new Response(form);
  const sent = await world.call('POST', '/v1/documents', {
    key: world.keys.secret,
    body: new Uint8Array(await body.arrayBuffer()),
    headers: { 'content-type': body.headers.get('content-type')! },
  });
  if (sent.status !== 201) throw new Error(sent.text);
  return sent.json['id'];
}

async function takeOffer(world: World): Promise<void> {
  const made = await world.apply();
  const id = made.json['id'];
  await world.settle(20_000);
  const view = await world.call('GET', `/v1/applications/${id}`, { key: world.keys.secret });
  const offer = (view.json['offers'] as unknown as { id: string }[])[0]!.id;
  const path = `/v1/applications/${id}/offers/${offer}`;
  const shown = await world.call('POST', `${path}/disclosure`, { key: world.keys.secret });
  await world.settle(10_000);
  await world.call('POST', `${path}/accept`, { key: world.keys.secret, json: { disclosure_hash: shown.json['hash'] } });
  await world.settle(20_000);
}

async function showPartners(world: World): Promise<void> {
  const made = await world.apply({ phone: '13800000003' });
  await world.settle(60_000);
  const shown = await world.call('GET', `/v1/applications/${made.json['id']}/partner-offers`, { key: world.keys.secret });
  const [first] = (shown.json['groups'] as unknown as { offers: { link: string }[] }[]).flatMap(({ offers }) => offers);
  const clicked = await world.call('GET', new URL(first!.link).pathname);
  const click = new URL(clicked.headers.get('location')!).searchParams.get('click');
  const body = JSON.stringify({ event_id: 'lead-1', click_id: click, kind: 'lead', at: new Date(world.clock.nowMs()).toISOString() });
  const timestamp = String(Math.floor(world.clock.nowMs() / 1_000));
  const signature = createHmac('sha256', sandboxPartnerSecret(world.service.deps.vault)).update(`${timestamp}.${body}`).digest('hex');
  await world.call('POST', `/v1/postbacks/${SANDBOX_PARTNER}`, {
    body,
    headers: { 'content-type': 'application/json', 'x-timestamp': timestamp, 'x-signature': signature },
  });
}

async function change(world: World): Promise<void> {
  const { json } = await world.call('GET', '/v1/desk/records/funder/fnd_river', { key: world.keys.operator });
  await world.call('POST', '/v1/desk/changes', {
    key: world.keys.operator,
    json: { kind: json['kind'], id: json['id'], body: { ...(json['body'] as object), status: 'paused' }, note: 'tonight' },
  });
}

/** What the sandbox's six funders and one evening do not bring about: steps at a funder's pages, repayments, alarms, a failing receiver, a policy being written, somebody refused. */
async function rest(world: World, applicationId: string): Promise<void> {
  const { deps } = world.service;
  const attempt = deps.store.dispatch.ofApplication(applicationId)[0]!;
  const nowMs = world.clock.nowMs();
  await Promise.all([
    deps.commit(() => {
      const sealed = Buffer.from([1, 0, 255, 10, 13]);
      const step = { id: 'stp_1', applicationId, borrowerId: attempt.borrowerId, attemptId: attempt.id };
      world.db.run(sql`INSERT INTO borrower_steps (id, application_id, borrower_id, attempt_id, kind, stage, state, detail_sealed, created_at_ms)
        VALUES (${step.id}, ${applicationId}, ${step.borrowerId}, ${attempt.id}, 'open_page', 'before_decision', 'open', ${sealed}, ${nowMs})`);
      const loan = world.db.all<{ id: string; applicationId: string }>(sql`SELECT id, application_id AS "applicationId" FROM loans LIMIT 1`)[0]!;
      world.db.run(sql`INSERT INTO repayments (id, loan_id, application_id, funder_id, amount_fen, state, tries, created_at_ms)
        VALUES ('rep_1', ${loan.id}, ${loan.applicationId}, 'fnd_river', 100, 'requested', 0, ${nowMs})`);
      world.db.run(
        sql`INSERT INTO alarms (subject, kind, detail, since_ms, seen_at_ms) VALUES ('funder/fnd_river', 'stuck', '', ${nowMs}, ${nowMs})`,
      );
      world.db.run(sql`INSERT INTO policy_drafts (id, body, revision, base_version, author, updated_by, created_at_ms, updated_at_ms)
        VALUES ('drf_1', '{}', 1, 0, 'key_1', 'key_1', ${nowMs}, ${nowMs})`);
      world.db.run(sql`INSERT INTO refusal_rollups (basis, step, start_ms, channel_id, variant, policy_id, segment_id, arm, reason, n)
        VALUES ('cohort', 'day', ${nowMs}, 'h5-demo', '', '', '', '', 'student', 1)`);
      world.db.run(sql`INSERT OR IGNORE INTO endpoint_health (endpoint_id, failing_since_ms) VALUES ('ep_1', ${nowMs})`);
      world.db.run(sql`INSERT INTO operator_sessions (hash, operator_id, method, created_at_ms, seen_at_ms, ends_at_ms)
        VALUES ('aa', 'opr_sandbox_operator', 'sandbox', ${nowMs}, ${nowMs}, ${nowMs})`);
      world.db.run(sql`INSERT INTO channel_spend (channel_id, day, spend_fen, author, updated_at_ms)
        VALUES ('h5-demo', '2026-11-20', 100, 'opr_sandbox_operator', ${nowMs})`);
      world.db.run(sql`INSERT INTO operator_invitations (hash, operator_id, totp_sealed, created_at_ms, expires_at_ms)
        VALUES ('bb', 'opr_sandbox_operator', ${sealed}, ${nowMs}, ${nowMs + 90_000_000})`);
      world.db.run(sql`INSERT INTO sign_in_tries (who_index, tries, since_ms) VALUES (${sealed}, 1, ${nowMs})`);
      // As a cell among others, and as a desk of several.
      world.db.run(sql`INSERT INTO cap_loans (cell, key, turn, lent) VALUES (1, 'fnd_river/daily/2026-11-20', 3, 4)`);
      world.db.run(sql`INSERT INTO feed_segments (first_seq, last_seq, bytes, present, archived_at_ms) VALUES (1, 2, 100, 1, ${nowMs})`);
      world.db.run(sql`INSERT INTO id_register (id_index, cell, told_at_ms) VALUES (${sealed}, 1, ${nowMs})`);
    }),
    world.settle(),
  ]);
}

/** Every table of a data folder as one hash of its rows in order. */
export function tablesOf(dataDir: string): Record<string, TableHash> {
  const { db, close } = openSnapshot(dataDir);
  try {
    return tablesIn(db);
  } finally {
    close();
  }
}
export interface TableHash {
  readonly rows: number;
  readonly hash: string;
}

/** `chosen`: only rows that it lets through. */
export function tablesIn(db: Database, chosen: (table: string, row: RawRow) => boolean = () => true): Record<string, TableHash> {
  return Object.fromEntries(
    TRANSFER_TABLES.map((table) => {
      const hash = createHash('sha256');
      let rows = 0;
      for (const page of readRows(db, table, 97)) {
        for (const row of page) {
          if (!chosen(table.name, row)) continue;
          rows += 1;
          for (const { name } of table.columns) {
            const value = row[name]!;
            hash.update(value === null ? 'null' : value instanceof Uint8Array ? Buffer.from(value).toString('hex') : JSON.stringify(value));
            hash.update('\n');
          }
        }
      }
      return [table.name, { rows, hash: hash.digest('hex') }];
    }),
  );
}

/** Names and bytes of the photos of a folder. */
export function photosOf(dir: string): Record<string, string> {
  const home = join(dir, 'objects');
  const names = readdirSync(home, { recursive: true, encoding: 'utf8' }).filter((name) => statSync(join(home, name)).isFile());
  return Object.fromEntries(
    names.toSorted().map((name) => [
      name,
      createHash('sha256')
        .update(readFileSync(join(home, name)))
        .digest('hex'),
    ]),
  );
}
