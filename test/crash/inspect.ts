/**
 * Looks into the database behind the running server's back, in one consistent snapshot: is anything torn (half written, undecipherable,
 * without the timer that takes it up again), and is everything there that was acknowledged?
 */
import BetterSqlite3 from 'better-sqlite3';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { openBody, type ApplicationBody } from '../../src/flow/application-body.ts';
import { createOpenKeys, type OpenKeys } from '../../src/flow/open-keys.ts';
import type { Vault } from '../../src/ports/vault.ts';
import type { Hub } from './hub.ts';
import type { Ledger, Promised } from './ledger.ts';

type Row = Readonly<Record<string, string | number | null>>;
type Db = BetterSqlite3.Database;

export interface Inspection {
  readonly dataDir: string;
  readonly vault: Vault;
  readonly ledger: Ledger;
  readonly hub: Hub;
  /** Reads every page as well. */
  readonly thorough: boolean;
}

/** Adds what it finds to the ledger. False when the database could not be read just now, for the server had died again. */
export function inspect(inspection: Inspection): boolean {
  let db: Db | null = null;
  try {
    db = new BetterSqlite3(join(inspection.dataDir, 'millrace.db'), { readonly: true });
    db.exec('BEGIN');
    db.prepare('SELECT count(*) FROM applications').get();
  } catch (error) {
    db?.close();
    if (/^SQLITE_(CANTOPEN|READONLY|BUSY)/.test(String((error as { code?: unknown }).code))) return false;
    throw error;
  }
  try {
    const { ledger } = inspection;
    if (inspection.thorough) integrity(db, ledger.torn);
    gaps(db, ledger.torn);
    withoutTimer(db, ledger.torn);
    const bodies = open(db, inspection);
    kept(bodies, ledger);
    for (const promised of ledger.promised) check(db, inspection, bodies, promised);
    for (const key of inspection.hub.callbacks) {
      if (db.prepare("SELECT 1 FROM callbacks WHERE dedupe_key = ? AND state <> 'forged'").get(key) === undefined)
        ledger.lost.push(`acknowledged callback ${key}`);
    }
    return true;
  } finally {
    db.close();
  }
}

/** What is still on its way; empty when everything has come to rest. */
export function unsettled(dataDir: string): string[] {
  const db = new BetterSqlite3(join(dataDir, 'millrace.db'), { readonly: true });
  try {
    return (db.prepare(ON_ITS_WAY).all() as Row[]).map((row) => `${row['what']} ${row['id']} ${row['state']}`);
  } finally {
    db.close();
  }
}

/** Webhook ids of every delivery there is. */
export function deliveryIds(dataDir: string): string[] {
  const db = new BetterSqlite3(join(dataDir, 'millrace.db'), { readonly: true });
  try {
    return db.prepare('SELECT id FROM deliveries').pluck().all() as string[];
  } finally {
    db.close();
  }
}

const ON_ITS_WAY = `
  SELECT 'application' AS what, id, state FROM applications WHERE state IN ('screening', 'routing', 'pending', 'accepted') AND NOT quarantined
  UNION ALL SELECT 'attempt', id, state FROM attempts WHERE state IN ('planned', 'checking', 'submitting', 'unknown', 'pending')
  UNION ALL SELECT 'loan', id, state FROM loans WHERE state IN ('contracting', 'disbursing')
  UNION ALL SELECT 'callback', id, state FROM callbacks WHERE state = 'received'
  UNION ALL SELECT 'delivery', id, state FROM deliveries WHERE state = 'waiting'`;

/** What nobody would ever take up again. */
const LEFT_BEHIND = `
  SELECT o.what, o.id, o.state FROM (${ON_ITS_WAY}
    UNION ALL SELECT 'application', id, state FROM applications WHERE state IN ('draft', 'needs_consent', 'offered')) o
  LEFT JOIN timers t ON t.kind = o.what AND t.ref = o.id
  WHERE t.ref IS NULL AND NOT (o.what = 'application' AND o.state = 'accepted')`;

function integrity(db: Db, torn: string[]): void {
  const verdict = db.pragma('integrity_check', { simple: true });
  if (verdict !== 'ok') torn.push(`integrity_check: ${String(verdict)}`);
}

function gaps(db: Db, torn: string[]): void {
  const rows = db
    .prepare(`
    SELECT a.id, a.event_seq AS seq, count(e.seq) AS n, coalesce(max(e.application_seq), 0) AS last, count(DISTINCT e.application_seq) AS distinct_n
    FROM applications a LEFT JOIN events e ON e.application_id = a.id GROUP BY a.id HAVING n <> a.event_seq OR last <> a.event_seq OR distinct_n <> n`)
    .all() as Row[];
  for (const row of rows) torn.push(`application ${row['id']} counts ${row['seq']} events and has ${row['n']} up to ${row['last']}`);
  const orphans = db
    .prepare(`
    SELECT 'event' AS what, e.seq AS id FROM events e LEFT JOIN applications a ON a.id = e.application_id WHERE e.application_id IS NOT NULL AND a.id IS NULL
    UNION ALL SELECT 'undelivered event', e.seq FROM events e LEFT JOIN deliveries d ON d.event_seq = e.seq WHERE e.application_id IS NOT NULL GROUP BY e.seq HAVING count(d.id) <> 1
    UNION ALL SELECT 'application without borrower', a.id FROM applications a LEFT JOIN borrowers b ON b.id = a.borrower_id WHERE b.id IS NULL
    UNION ALL SELECT 'attempt without receipt', t.id FROM attempts t LEFT JOIN receipts r ON r.attempt_id = t.id WHERE t.state NOT IN ('planned', 'cancelled') GROUP BY t.id HAVING count(r.id) = 0
    UNION ALL SELECT 'loans of one application', application_id FROM loans GROUP BY application_id HAVING count(*) > 1`)
    .all() as Row[];
  for (const row of orphans) torn.push(`${row['what']} ${row['id']}`);
}

function withoutTimer(db: Db, torn: string[]): void {
  for (const row of db.prepare(LEFT_BEHIND).all() as Row[]) torn.push(`${row['what']} ${row['id']} is ${row['state']} and has no timer`);
}

/** Every application's sealed body, opened, by the click id that tells it apart. */
function open(db: Db, { vault, ledger }: Inspection): Map<string, { readonly id: string; readonly body: ApplicationBody }> {
  const keys: OpenKeys = createOpenKeys(vault);
  const rows = db
    .prepare(
      'SELECT a.id, a.body_sealed AS bodySealed, b.id AS borrower, b.data_key AS dataKey FROM applications a JOIN borrowers b ON b.id = a.borrower_id',
    )
    .all() as { id: string; bodySealed: Buffer; borrower: string; dataKey: Buffer }[];
  const bodies = new Map<string, { id: string; body: ApplicationBody }>();
  for (const row of rows) {
    try {
      const body = openBody(keys.of({ id: row.borrower, dataKey: row.dataKey }), row)!;
      const clickId = body.visit.click_id!;
      const twin = bodies.get(clickId);
      if (twin !== undefined) ledger.torn.push(`one key made two applications: ${twin.id} and ${row.id}`);
      bodies.set(clickId, { id: row.id, body });
    } catch (error) {
      ledger.torn.push(`application ${row.id} cannot be opened: ${(error as Error).message}`);
    }
  }
  return bodies;
}

function kept(bodies: ReturnType<typeof open>, ledger: Ledger): void {
  const changed = new Map(ledger.promised.flatMap((one) => (one.kind === 'amount' ? [[one.application, one.amountFen]] : [])));
  for (const asked of ledger.asked.values()) {
    if (asked.reply === null) continue;
    const found = bodies.get(asked.clickId);
    const { applicant, request } = found?.body ?? {};
    if (found === undefined || found.id !== asked.id) ledger.lost.push(`application ${asked.id} of key ${asked.key}`);
    else if (applicant?.name !== asked.name || applicant.id_number !== asked.idNumber || applicant.phone !== asked.phone)
      ledger.torn.push(`application ${asked.id} holds somebody else`);
    // A patch that was committed but not acknowledged may have changed it too.
    else if (
      changed.has(found.id)
        ? request?.amount_fen !== changed.get(found.id)
        : request?.amount_fen !== asked.amountFen && !asked.body.includes('"draft"')
    ) {
      ledger.lost.push(`the amount of application ${asked.id}`);
    }
  }
}

function check(db: Db, { dataDir, ledger }: Inspection, bodies: ReturnType<typeof open>, promised: Promised): void {
  const one = (sql: string, ...values: readonly (string | number)[]): Row | undefined => db.prepare(sql).get(...values) as Row | undefined;
  const stands = ((): boolean => {
    switch (promised.kind) {
      case 'consents':
        return promised.recipients.every(
          (recipient) => one('SELECT 1 FROM consents WHERE application_id = ? AND recipient = ?', promised.application, recipient) !== undefined,
        );
      case 'amount':
        return [...bodies.values()].some(({ id }) => id === promised.application);
      case 'submitted':
        return one("SELECT 1 FROM applications WHERE id = ? AND state <> 'draft'", promised.application) !== undefined;
      case 'accepted':
        return one('SELECT 1 FROM loans WHERE application_id = ? AND offer_id = ?', promised.application, promised.offer) !== undefined;
      case 'withdrawn':
        return one("SELECT 1 FROM applications WHERE id = ? AND state = 'withdrawn'", promised.application) !== undefined;
      case 'document': {
        const object = promised.document.replace(/[^a-z0-9_-]/gi, '_');
        const row = one('SELECT ok FROM documents WHERE id = ?', promised.document);
        return row?.['ok'] === 1 && existsSync(join(dataDir, 'objects', object.slice(-2), object));
      }
      case 'verified':
        return one('SELECT 1 FROM phone_verifications WHERE id = ? AND confirmed_at_ms IS NOT NULL', promised.verification) !== undefined;
      case 'clicked':
        return (
          Number(
            one(
              'SELECT count(*) AS n FROM partner_clicks c JOIN partner_impressions i ON i.id = c.impression_id WHERE i.application_id = ?',
              promised.application,
            )?.['n'],
          ) >= promised.count
        );
    }
  })();
  if (!stands) ledger.lost.push(`${promised.kind} of ${'application' in promised ? promised.application : ''}`);
}
