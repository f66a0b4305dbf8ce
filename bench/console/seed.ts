/** A full database: copies of what became of a small crowd, and the read models added up from them. */
import { sql } from 'drizzle-orm';
import { randomBytes } from 'node:crypto';
import { DAY_MS, FUNDER_COUNTS, FUNNEL_COUNTS } from '../../src/domain/rollups.ts';
import { mintId, type IdPrefix } from '../../src/domain/ids.ts';
import { openBody, sealBody } from '../../src/flow/application-body.ts';
import type { Deps } from '../../src/flow/deps.ts';
import { openDatabase, readMigrations } from '../../src/runtime/node/sqlite.ts';
import { createStore, type ApplicationRow, type Store } from '../../src/store/index.ts';

const CHANNELS = ['h5-demo', 'shop', 'short-video', 'search', 'app-store'];
const DAYS = 365;
const AT_ONCE = 5_000;

/** `deps` of a server that is closed by now: its keys. */
export function seedCrowd(file: string, deps: Pick<Deps, 'keys' | 'clock'>, endpointId: string, applications: number): void {
  const nowMs = deps.clock.nowMs();
  const data = openDatabase(file, readMigrations(new URL('../../migrations/', import.meta.url).pathname), nowMs);
  const store = createStore(data.db);
  data.db.run(sql`PRAGMA synchronous = OFF`);
  data.db.run(sql`PRAGMA cache_size = -400000`);
  const models = modelsOf(store, deps);
  const stepMs = (DAYS * DAY_MS) / applications;
  for (let from = 0; from < applications; from += AT_ONCE)
    data.transact(() => {
      for (let n = from; n < Math.min(applications, from + AT_ONCE); n += 1)
        copy(store, deps, models[n % models.length]!, CHANNELS[(n * 7) % CHANNELS.length]!, Math.floor(nowMs - DAYS * DAY_MS + n * stepMs));
    });
  data.transact(() => {
    for (const statement of [...feed(nowMs, endpointId), ...rollups(), ...desk(nowMs)]) data.db.run(statement);
  });
  data.db.run(sql`PRAGMA wal_checkpoint(TRUNCATE)`);
  data.close();
}

interface Model {
  readonly application: ApplicationRow;
  readonly body: NonNullable<ReturnType<typeof openBody>>;
  readonly attempts: readonly ReturnType<Store['dispatch']['ofApplication']>[number][];
  readonly offers: readonly ReturnType<Store['offers']['ofApplication']>[number][];
  readonly loan: ReturnType<Store['offers']['loanOf']>;
}

/** Those of the crowd that have ended, so that nothing waits and no timer is missing. */
function modelsOf(store: Store, { keys }: Pick<Deps, 'keys'>): Model[] {
  return store.applications.page({ limit: 10_000 }).flatMap((application): Model[] => {
    const borrower = store.applications.borrowerById(application.borrowerId)!;
    const body = openBody(keys.of(borrower), application);
    if (body === null || !['refused', 'declined', 'disbursed', 'withdrawn', 'expired'].includes(application.state)) return [];
    const { id } = application;
    return [{ application, body, attempts: store.dispatch.ofApplication(id), offers: store.offers.ofApplication(id), loan: store.offers.loanOf(id) }];
  });
}

function copy(store: Store, { keys }: Pick<Deps, 'keys'>, model: Model, channelId: string, atMs: number): void {
  const id = (prefix: IdPrefix): string => mintId(prefix, 0, atMs, randomBytes(10));
  const mark = (): string => randomBytes(16).toString('base64url');
  const { application, attempts, offers, loan } = model;
  const moved = (ms: number): number => ms - application.createdAtMs + atMs;
  const [applicationId, borrowerId] = [id('app'), id('bor')];
  const { key, wrapped } = keys.fresh(borrowerId);
  const phoneIndex = mark();
  store.applications.insertBorrower({ id: borrowerId, phoneIndex, dataKey: wrapped as Buffer, createdAtMs: atMs, erasedAtMs: null });
  store.applications.insert({
    ...application,
    id: applicationId,
    borrowerId,
    channelId,
    bodySealed: sealBody(key, applicationId, model.body),
    phoneIndex,
    idIndex: mark(),
    deviceIndex: application.deviceIndex === null ? null : mark(),
    ipIndex: application.ipIndex === null ? null : mark(),
    createdAtMs: atMs,
    submittedAtMs: application.submittedAtMs === null ? null : moved(application.submittedAtMs),
    deadlineAtMs: moved(application.deadlineAtMs),
    updatedAtMs: moved(application.updatedAtMs),
  });
  const names = new Map(attempts.map((attempt) => [attempt.id, id('att')]));
  for (const attempt of attempts)
    store.dispatch.insert({ ...attempt, id: names.get(attempt.id)!, applicationId, borrowerId, createdAtMs: moved(attempt.createdAtMs) });
  const offerNames = new Map(offers.map((offer) => [offer.id, id('off')]));
  for (const offer of offers)
    store.offers.insert({
      ...offer,
      id: offerNames.get(offer.id)!,
      applicationId,
      attemptId: names.get(offer.attemptId)!,
      createdAtMs: moved(offer.createdAtMs),
    });
  if (loan !== undefined)
    store.offers.insertLoan({
      ...loan,
      id: id('loan'),
      applicationId,
      borrowerId,
      attemptId: names.get(loan.attemptId)!,
      offerId: offerNames.get(loan.offerId)!,
      createdAtMs: moved(loan.createdAtMs),
    });
}

/** Two events of each, a delivery of one of them, a callback of each attempt; everything is read already. */
function feed(nowMs: number, endpointId: string) {
  return [
    sql`INSERT INTO events (seq, type, application_id, application_seq, channel_id, at_ms, data)
      SELECT (SELECT max(seq) FROM events) + row_number() OVER (ORDER BY id), 'application.submitted', id, 1, channel_id, created_at_ms, '{"amount_fen":2000000}'
      FROM applications WHERE id NOT IN (SELECT application_id FROM events WHERE application_id IS NOT NULL)`,
    sql`INSERT INTO events (seq, type, application_id, application_seq, channel_id, at_ms, data)
      SELECT (SELECT max(seq) FROM events) + row_number() OVER (ORDER BY id), 'application.' || state, id, 2, channel_id, updated_at_ms, '{}'
      FROM applications WHERE id IN (SELECT application_id FROM events GROUP BY application_id HAVING count(*) = 1)`,
    sql`UPDATE consumers SET cursor = (SELECT max(seq) FROM events)`,
    sql`INSERT INTO deliveries (id, endpoint_id, event_seq, type, state, tries, last_status, last_error, created_at_ms, first_try_at_ms, ended_at_ms)
      SELECT 'dlv_' || substr(application_id, 5), ${endpointId}, seq, type, CASE WHEN seq % 1000 = 0 THEN 'dead' ELSE 'delivered' END, 1, 200, NULL, at_ms, at_ms, at_ms
      FROM events WHERE application_seq = 2`,
    sql`INSERT INTO callbacks (id, funder_id, dedupe_key, state, raw_sealed, attempt_id, detail, received_at_ms)
      SELECT 'cbk_' || substr(id, 5), funder_id, funder_id || '/' || id, 'applied', NULL, id, NULL, created_at_ms FROM attempts`,
    sql`UPDATE applications SET quarantined = 1, state = 'screening' WHERE id IN (SELECT id FROM applications WHERE created_at_ms > ${nowMs - 30 * DAY_MS} AND state = 'refused' ORDER BY id LIMIT 40)`,
    sql`UPDATE applications SET state = 'offered' WHERE id IN (SELECT id FROM applications WHERE state = 'disbursed' ORDER BY id LIMIT 500)`,
  ];
}

/** By what the rows say; what happened is taken to have happened in the hour of submission. */
function rollups() {
  const hour = sql.raw('(submitted_at_ms / 3600000) * 3600000');
  const day = sql.raw('(start_ms + 28800000) / 86400000 * 86400000 - 28800000');
  const whose = sql.raw('channel_id, variant, policy_id, segment_id, arm');
  const dimensions = sql.raw(
    "channel_id, coalesce(variant, '') AS variant, coalesce(policy_id, '') AS policy_id, coalesce(segment_id, '') AS segment_id, coalesce(arm, '') AS arm",
  );
  const names = (counts: readonly string[]) => sql.raw(counts.map((name) => `"${name}"`).join(', '));
  const picked = (counts: readonly string[], known: Readonly<Record<string, string>>) =>
    sql.raw(counts.map((name) => `sum(${known[name] ?? '0'})`).join(', '));
  const sums = (counts: readonly string[]) => sql.raw(counts.map((name) => `sum("${name}")`).join(', '));
  const funnel = {
    started: '1',
    submitted: '1',
    refused: "state = 'refused'",
    passed: 'plan_id IS NOT NULL',
    sent: 'plan_id IS NOT NULL',
    approved: "state IN ('offered', 'disbursed')",
    offered: "state IN ('offered', 'disbursed')",
    accepted: "state = 'disbursed'",
    disbursed: "state = 'disbursed'",
    declined: "state = 'declined'",
    withdrawn: "state = 'withdrawn'",
    open: "state IN ('offered', 'screening')",
    asked_fen: 'coalesce(amount_fen, 0)',
    disbursed_fen: "CASE WHEN state = 'disbursed' THEN amount_fen ELSE 0 END",
    commission_fen: "CASE WHEN state = 'disbursed' THEN amount_fen / 50 ELSE 0 END",
  };
  const funder = {
    attempts: '1',
    sent: 'attempts.submitted_at_ms IS NOT NULL',
    approved: "attempts.state = 'approved'",
    declined: "attempts.state = 'declined'",
    ineligible: "attempts.state = 'ineligible'",
    decided_2s: "attempts.state IN ('approved', 'declined')",
  };
  return ['cohort', 'activity'].flatMap((basis) => [
    sql`DELETE FROM funnel_rollups WHERE basis = ${basis}`,
    sql`DELETE FROM funder_rollups WHERE basis = ${basis}`,
    sql`INSERT INTO funnel_rollups (basis, step, start_ms, ${whose}, ${names(FUNNEL_COUNTS)})
      SELECT ${basis}, 'hour', ${hour}, ${dimensions}, ${picked(FUNNEL_COUNTS, funnel)} FROM applications WHERE submitted_at_ms IS NOT NULL GROUP BY 3, 4, 5, 6, 7, 8`,
    sql`INSERT INTO funder_rollups (basis, step, start_ms, funder_id, ${whose}, ${names(FUNDER_COUNTS)})
      SELECT ${basis}, 'hour', (attempts.created_at_ms / 3600000) * 3600000, funder_id, ${dimensions}, ${picked(FUNDER_COUNTS, funder)}
      FROM attempts JOIN applications ON applications.id = attempts.application_id GROUP BY 3, 4, 5, 6, 7, 8, 9`,
    sql`INSERT INTO funnel_rollups (basis, step, start_ms, ${whose}, ${names(FUNNEL_COUNTS)})
      SELECT basis, 'day', ${day}, ${whose}, ${sums(FUNNEL_COUNTS)} FROM funnel_rollups WHERE basis = ${basis} AND step = 'hour' GROUP BY 3, 4, 5, 6, 7, 8`,
    sql`INSERT INTO funder_rollups (basis, step, start_ms, funder_id, ${whose}, ${names(FUNDER_COUNTS)})
      SELECT basis, 'day', ${day}, funder_id, ${whose}, ${sums(FUNDER_COUNTS)} FROM funder_rollups WHERE basis = ${basis} AND step = 'hour' GROUP BY 3, 4, 5, 6, 7, 8, 9`,
  ]);
}

/** What operators have done in a year: spend for every day, many deeds and changes, a long blacklist. */
function desk(nowMs: number) {
  const series = (n: number) => sql`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${n})`;
  return [
    ...CHANNELS.map(
      (channel) => sql`INSERT OR IGNORE INTO channel_spend (channel_id, day, spend_fen, author, updated_at_ms) ${series(DAYS)}
        SELECT ${channel}, date(${Math.floor(nowMs / 1_000)} - i * 86400, 'unixepoch'), 500000 + (i % 7) * 10000, 'bench', ${nowMs} FROM n`,
    ),
    sql`INSERT INTO audit (at_ms, actor, action, subject, detail, hash) ${series(100_000)}
      SELECT ${nowMs} - (100000 - i) * 300000, 'key_bench_' || (i % 20), CASE WHEN i % 50 = 0 THEN 'change.approved' ELSE 'session.started' END, 'thing_' || i, '{"kind":"channel"}', 'h'
      FROM n`,
    sql`INSERT INTO desk_changes (id, kind, record_id, body, retire, hash, base_version, note, author, state, decided_by, created_at_ms, decided_at_ms) ${series(2_000)}
      SELECT 'chg_' || printf('%022d', i), 'channel', 'shop', '{"id":"shop","name":"Shop","status":"live","allowed_origins":["*"]}', 0, 'h', 0, 'a note', 'bench',
        CASE WHEN i > 1995 THEN 'proposed' ELSE 'approved' END, 'bench', ${nowMs} - i * 1000, ${nowMs} FROM n`,
    sql`INSERT OR IGNORE INTO blacklist (kind, mark, reason, author, created_at_ms) ${series(100_000)} SELECT 'phone', lower(hex(randomblob(11))), 'fraud', 'bench', ${nowMs} FROM n`,
    sql`ANALYZE`,
  ];
}
