/**
 * A server that does nothing but the exchanges: POST in, commit, funder call, commit, webhook, commit. With one row and no cipher more than
 * its `Work` says. What it reaches is what the machine, SQLite, Hono, zod and undici allow; the real pipeline is measured against it.
 */
import { createCipheriv, createHmac, createSecretKey, randomBytes, randomFillSync } from 'node:crypto';
import { join } from 'node:path';
import { serve } from '@hono/node-server';
import Database from 'better-sqlite3';
import { Hono } from 'hono';
import { Pool } from 'undici';
import { Application } from './application.ts';
import { groupCommit } from './group.ts';

/** What one of the three commits writes and computes besides. */
export interface Stage {
  /** Rows inserted. The first carries the stage's payload, the others `rowBytes` each. */
  readonly rows: number;
  readonly rowBytes: number;
  /** Separate AES-256-GCM seals, `sealBytes` of plaintext each; stored as the bodies of the first rows. */
  readonly seals: number;
  readonly sealBytes: number;
  /** HMAC-SHA256 over 64 bytes: blind indexes, tags, signatures. */
  readonly hmacs: number;
}
/** After the POST, after the funder's answer, after the webhook. */
export type Work = readonly [Stage, Stage, Stage];

export interface CeilingOptions {
  readonly port: number;
  readonly dataDir: string;
  readonly funder: string;
  readonly webhook: string;
  readonly work: Work;
  readonly connections?: number;
}

const JSON_HEADERS = { 'content-type': 'application/json' };
const TABLES = 6;

/** Listens until the process ends. */
export function serveCeiling(options: CeilingOptions): void {
  const { work, connections = 64 } = options;
  const database = openDatabase(join(options.dataDir, 'ceiling.db'));
  const commit = groupCommit(database);
  const write = stageWriter(database);
  const funder = new Pool(options.funder, { connections });
  const webhook = new Pool(options.webhook, { connections });
  let last = 0;
  let failed = 0;

  async function finish(id: number, application: Application): Promise<void> {
    const asked = await funder.request({
      method: 'POST',
      path: '/v1/applications',
      headers: JSON_HEADERS,
      body: JSON.stringify({ ref: id, ...application }),
    });
    const answer = (await asked.body.json()) as { readonly status: string; readonly offer: unknown };
    await commit(() => write(work[1], id, JSON.stringify(answer)));
    const body = JSON.stringify({ type: 'application.offered', timestamp: new Date().toISOString(), data: { id, status: answer.status } });
    const told = await webhook.request({ method: 'POST', path: '/hook', headers: JSON_HEADERS, body });
    await told.body.dump();
    await commit(() => write(work[2], id, String(told.statusCode)));
  }

  const app = new Hono();
  app.get('/healthz', (c) => c.json({ failed }));
  app.post('/v1/applications', async (c) => {
    const read = Application.safeParse(await c.req.json());
    if (!read.success) return c.json({ errors: read.error.issues.length }, 422);
    const id = (last += 1);
    await commit(() => write(work[0], id, JSON.stringify(read.data)));
    finish(id, read.data).catch(() => (failed += 1));
    return c.json({ id, status: 'routing', reasons: [], needs: [], attempts: [], offers: [], created_at: new Date().toISOString() }, 201);
  });
  serve({ fetch: app.fetch, port: options.port, hostname: '127.0.0.1' });
  process.on('SIGTERM', () => process.exit(0));
}

/** Opens in WAL mode and makes sure that a commit is a durable one: the setting is asked for again after the first transaction. */
function openDatabase(file: string): Database.Database {
  const database = new Database(file);
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = FULL');
  for (let table = 0; table < TABLES; table += 1) {
    database.exec(`CREATE TABLE t${table} (id INTEGER PRIMARY KEY, application INTEGER NOT NULL, at_ms INTEGER NOT NULL, body BLOB NOT NULL) STRICT`);
  }
  const [mode, level] = [database.pragma('journal_mode', { simple: true }), database.pragma('synchronous', { simple: true })];
  if (mode !== 'wal' || level !== 2) throw new Error(`not durable: journal_mode ${String(mode)}, synchronous ${String(level)}`);
  return database;
}

function stageWriter(database: Database.Database): (stage: Stage, id: number, payload: string) => void {
  const key = createSecretKey(randomBytes(32));
  const inserts = Array.from({ length: TABLES }, (_, table) => database.prepare(`INSERT INTO t${table} (application, at_ms, body) VALUES (?, ?, ?)`));
  const message = 'x'.repeat(64);
  return (stage, id, payload) => {
    const atMs = Date.now();
    for (let count = 0; count < stage.hmacs; count += 1) createHmac('sha256', key).update(message).digest();
    const plain = Buffer.from(payload);
    for (let row = 0; row < stage.rows; row += 1) {
      // Every field that is sealed apart costs a cipher of its own, whatever row it ends in.
      let body: Uint8Array = row === 0 && stage.seals === 0 ? plain : FILLER.subarray(0, stage.rowBytes);
      for (let count = row; count < stage.seals; count += stage.rows) body = seal(key, plain, stage.sealBytes);
      inserts[row % TABLES]!.run(id, atMs, body);
    }
  };
}

const FILLER = Buffer.alloc(4_096, 'x');
const IV_BYTES = 12;
const POOL = Buffer.alloc(IV_BYTES * 512);
let drawn = POOL.length;

/** From a pool: one call to the generator for each IV would cost more than the cipher. */
function drawIv(): Buffer {
  if (drawn === POOL.length) {
    randomFillSync(POOL);
    drawn = 0;
  }
  drawn += IV_BYTES;
  return POOL.subarray(drawn - IV_BYTES, drawn);
}

function seal(key: ReturnType<typeof createSecretKey>, payload: Buffer, bytes: number): Buffer {
  const iv = drawIv();
  const cipher = createCipheriv('aes-256-gcm', key, iv);
  cipher.setAAD(Buffer.from('table/row/field'));
  const plain = bytes <= payload.length ? payload.subarray(0, bytes) : FILLER.subarray(0, bytes);
  return Buffer.concat([iv, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}
