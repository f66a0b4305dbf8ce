/**
 * npm run bench:figures -- [--days 365] [--applications 20000] [--rounds 15]
 *
 * The read models. First what the consumer of the feed takes: so many applications of some ten events each, in commits of its own size on a file (waiting for
 * the disk, which is shared with whoever else commits, is left out). Then a year
 * of hours times 20 channels times 20 funders, every cell of it filled, written into the tables directly, and how long the desk's questions to it
 * take. The last line is JSON.
 */
import { sql } from 'drizzle-orm';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { DAY_MS, FUNDER_COUNTS, FUNNEL_COUNTS, HOUR_MS, startOf } from '../src/domain/rollups.ts';
import { showFunderSeries } from '../src/flow/desk/show-funder-series.ts';
import { showFunnel, type FunnelWish } from '../src/flow/desk/show-funnel.ts';
import { addEvents, SPAN } from '../src/flow/roll-up.ts';
import { openDatabase, readMigrations } from '../src/runtime/node/sqlite.ts';
import { createStore, type EventRow, type Store } from '../src/store/index.ts';
import { latencyOf, round } from './measure.ts';

const { values } = parseArgs({
  options: {
    days: { type: 'string', default: '365' },
    applications: { type: 'string', default: '20000' },
    rounds: { type: 'string', default: '15' },
  },
});
const CHANNELS = 20;
const FUNDERS = 20;
const NOW_MS = Date.parse('2026-11-20T02:00:00Z');
const LEVELS = 'a'.repeat(40);

const folder = mkdtempSync(join(tmpdir(), 'millrace-figures-'));
try {
  const file = join(folder, 'figures.db');
  const data = openDatabase(file, readMigrations(new URL('../migrations/', import.meta.url).pathname), NOW_MS);
  const store = createStore(data.db);
  const consumer = measureConsumer(store);
  console.log(`${consumer.events} events: ${consumer.us_per_event} us each; ${SPAN} at once: p50 ${consumer.p50_ms} ms, p99 ${consumer.p99_ms} ms`);
  const seeded = seed(Number(values.days));
  console.log(`${seeded} rows, ${Math.round(statSync(file).size / 2 ** 20)} MiB`);
  const questions = measureQuestions(store);
  for (const [name, ms] of Object.entries(questions)) console.log(`${name.padEnd(28)} p50 ${ms} ms`);
  console.log(JSON.stringify({ consumer, rows: seeded, questions }));
  data.close();

  function measureConsumer(of: Store): { readonly events: number; readonly us_per_event: number; readonly p50_ms: number; readonly p99_ms: number } {
    const events = Number(values.applications);
    for (let from = 0; from < events; from += 1_000)
      data.transact(() => {
        for (let n = from; n < Math.min(events, from + 1_000); n += 1) of.feed.appendAll(applicationEvents(n));
      });
    const commits: number[] = [];
    for (let behind = true; behind;) {
      data.transact(() => {
        const startMs = performance.now();
        ({ behind } = addEvents(of, SPAN, NOW_MS));
        commits.push(performance.now() - startMs);
      });
    }
    const { p50_ms, p99_ms } = latencyOf(commits);
    const total = of.feed.lastSeq();
    return { events: total, us_per_event: round((commits.reduce((sum, ms) => sum + ms, 0) * 1_000) / total, 1), p50_ms, p99_ms };
  }

  /** Every hour, channel and funder; the days are added up from the hours. */
  function seed(days: number): number {
    data.db.run(sql`DELETE FROM funnel_rollups`);
    data.db.run(sql`DELETE FROM funder_rollups`);
    const fromMs = startOf('day', NOW_MS) - (days - 1) * DAY_MS;
    const hours = sql`WITH RECURSIVE hours(at) AS (SELECT ${fromMs} UNION ALL SELECT at + ${HOUR_MS} FROM hours WHERE at + ${HOUR_MS} < ${fromMs + days * DAY_MS}),
      channels(c) AS (SELECT 0 UNION ALL SELECT c + 1 FROM channels WHERE c < ${CHANNELS - 1}),
      funders(f) AS (SELECT 0 UNION ALL SELECT f + 1 FROM funders WHERE f < ${FUNDERS - 1}),
      bases(b) AS (VALUES ('cohort'), ('activity'))`;
    const ones = (counts: readonly string[]) => sql.raw(counts.map((_, at) => `(at / 3600000 + ${at}) % 7`).join(', '));
    const sums = (counts: readonly string[]) => sql.raw(counts.map((name) => `sum("${name}")`).join(', '));
    const names = (counts: readonly string[]) => sql.raw(counts.map((name) => `"${name}"`).join(', '));
    const whose = sql.raw('channel_id, variant, policy_id, segment_id, arm');
    const day = sql.raw('(start_ms + 28800000) / 86400000 * 86400000 - 28800000');
    data.transact(() => {
      data.db.run(sql`INSERT INTO funnel_rollups (basis, step, start_ms, ${whose}, ${names(FUNNEL_COUNTS)}) ${hours}
        SELECT b, 'hour', at, 'channel-' || (c + 10), 'a', 'pol_default', 'seg_all', 'champion', ${ones(FUNNEL_COUNTS)} FROM bases, hours, channels ORDER BY 1, 3, 4`);
      data.db.run(sql`INSERT INTO funder_rollups (basis, step, start_ms, funder_id, ${whose}, ${names(FUNDER_COUNTS)}) ${hours}
        SELECT b, 'hour', at, 'fnd_' || (f + 10), 'channel-' || (c + 10), 'a', 'pol_default', 'seg_all', 'champion', ${ones(FUNDER_COUNTS)} FROM bases, hours, funders, channels ORDER BY 1, 4, 3, 5`);
      data.db.run(sql`INSERT INTO funnel_rollups (basis, step, start_ms, ${whose}, ${names(FUNNEL_COUNTS)})
        SELECT basis, 'day', ${day}, ${whose}, ${sums(FUNNEL_COUNTS)} FROM funnel_rollups WHERE step = 'hour' GROUP BY 1, 3, 4, 5, 6, 7, 8`);
      data.db.run(sql`INSERT INTO funder_rollups (basis, step, start_ms, funder_id, ${whose}, ${names(FUNDER_COUNTS)})
        SELECT basis, 'day', ${day}, funder_id, ${whose}, ${sums(FUNDER_COUNTS)} FROM funder_rollups WHERE step = 'hour' GROUP BY 1, 3, 4, 5, 6, 7, 8, 9`);
    });
    return ['funnel_rollups', 'funder_rollups'].reduce(
      (sum, table) => sum + data.db.all<{ n: number }>(sql`SELECT count(*) AS n FROM ${sql.identifier(table)}`)[0]!.n,
      0,
    );
  }

  function measureQuestions(of: Store): Record<string, number> {
    const deps = {
      store: of,
      clock: { nowMs: () => NOW_MS, after: () => () => undefined },
      desk: { snapshot: () => ({ funders: new Map() }) },
    } as never;
    const year = { from: new Date(NOW_MS - 364 * DAY_MS).toISOString(), to: new Date(NOW_MS).toISOString() };
    const month = { from: new Date(NOW_MS - 30 * DAY_MS).toISOString(), to: year.to };
    const funnel = (wish: Partial<FunnelWish>) => () => showFunnel(deps, { ...year, by: undefined, basis: 'cohort', filter: {}, ...wish });
    const series = (when: typeof year, step: 'hour' | 'day') => () => showFunderSeries(deps, 'fnd_15', { ...when, step });
    const questions = {
      'funnel of a year, by channel': funnel({ by: 'channel' }),
      'funnel of a year, by funder': funnel({ by: 'funder' }),
      'a channel’s year, by day': funnel({ by: 'day', filter: { channel: 'channel-15' } }),
      'a month, by hour': funnel({ ...month, by: 'hour' }),
      'a month, a funder by hour': funnel({ ...month, by: 'hour', filter: { funder: 'fnd_15' } }),
      'a funder’s year, by day': series(year, 'day'),
      'a funder’s month, by hour': series(month, 'hour'),
    };
    return Object.fromEntries(
      Object.entries(questions).map(([name, ask]) => {
        const times = Array.from({ length: Number(values.rounds) }, () => {
          const startMs = performance.now();
          const told = ask();
          if ('problem' in told) throw new Error(`${name} was refused`);
          return performance.now() - startMs;
        });
        return [name, latencyOf(times).p50_ms];
      }),
    );
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** One that is declined once and then approved, taken and paid out, as the flows write it. */
function applicationEvents(n: number): Omit<EventRow, 'seq'>[] {
  const id = `app_${String(n).padStart(22, '0')}`;
  const [first, second] = [`fnd_${10 + (n % FUNDERS)}`, `fnd_${10 + ((n * 7 + 3) % FUNDERS)}`];
  const evidence = {
    latency_ms: 2_000 + (n % 9_000),
    band: 'b2',
    levels: LEVELS,
    tier: 2,
    funder_type: 'bank',
    prior_ppm: 400_000,
    mean_ppm: 300_000,
    asked_fen: 2_000_000,
  };
  const names = { policy_id: 'pol_default', segment_id: 'seg_all', arm: 'champion' };
  const steps: readonly (readonly [string, Readonly<Record<string, unknown>>])[] = [
    ['application.submitted', { band: 'b2', variant: n % 2 === 0 ? 'a' : 'b', amount_fen: 2_000_000, ...names }],
    ['application.routing', { plan_id: `pln_${n}`, ...names }],
    ['attempt.submitted', { attempt_id: `att_${n}_1`, funder_id: first }],
    ['attempt.declined', { attempt_id: `att_${n}_1`, funder_id: first, reason: 'credit_score', ...evidence }],
    ['application.routing', { plan_id: `pln_${n}_2`, ...names }],
    ['attempt.submitted', { attempt_id: `att_${n}_2`, funder_id: second }],
    ['attempt.pending', { attempt_id: `att_${n}_2`, funder_id: second }],
    ['attempt.approved', { attempt_id: `att_${n}_2`, funder_id: second, ...evidence }],
    ['offer.created', { offer_id: `off_${n}`, funder_id: second, amount_fen: 1_800_000, asked_fen: 2_000_000 }],
    ['application.offered', { offer_id: `off_${n}` }],
  ];
  const atMs = NOW_MS + n;
  return steps.map(([type, data], at) => ({
    type,
    applicationId: id,
    applicationSeq: at + 1,
    channelId: `channel-${10 + (n % CHANNELS)}`,
    atMs: atMs + at * 500,
    data,
  }));
}
