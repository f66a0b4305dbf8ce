import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ASSUMED, limitsOf, needOf } from '../../bench/edge/arithmetic.ts';
import { countedState, newCounts, type Counted } from '../../bench/edge/counts.ts';
import { between, loadOf, table, type EdgeFigures, type Load } from '../../bench/edge/figures.ts';
import { PER_DAY, readFigures, scalingTables, withTables } from '../../bench/scaling.ts';
import { targetNamed } from '../../bench/targets.ts';
import type { DurableObjectState } from '../../src/runtime/cloudflare/platform.ts';

const load = (over: Partial<Load>): Load => ({
  requests: 0,
  internal: 0,
  alarms: 0,
  alarms_set: 0,
  rows_read: 0,
  rows_written: 0,
  rows: 0,
  bytes: 0,
  ...over,
});
const latency = { p50_ms: 1, p95_ms: 2, p99_ms: 3, max_ms: 4 };
/** Round numbers, so that what must come out can be worked out in the head. */
const FIGURES: EdgeFigures = {
  measured_on: '2026-01-01',
  machine: 'a desk',
  foreign_cpu: 0,
  cells: [{ cells: 1, per_s: 100, cpu_ms: 4, post_at_saturation: latency, post_at_half: latency }],
  front: {
    front: { per_s: 100, cpu_ms: 4.5, refused_cpu_ms: 0.6, post_p50_ms: 10 },
    direct: { per_s: 105, cpu_ms: 4, refused_cpu_ms: 0.1, post_p50_ms: 9 },
    added_cpu_share: 0.125,
  },
  counted_cells: 4,
  counted_per_s: 20,
  per_application: {
    cell: load({ internal: 1, rows_read: 50, rows_written: 60, alarms: 0.1, alarms_set: 0.2, bytes: 10_000 }),
    desk: load({ internal: 0.5, rows_read: 10, rows_written: 14, alarms: 0.1, alarms_set: 0.1, bytes: 1_000 }),
  },
  idle: { cell: load({ alarms: 0.2 }), desk: load({ alarms: 0.5, rows_written: 2 }) },
  events_per_application: 6,
  desk_events_per_s: 5_000,
};

describe('the arithmetic', () => {
  const desk = { desk_event_days: 10, desk_lasting: 0.1 };
  const need = needOf(864_000, FIGURES, { ...ASSUMED, ...desk, peak: 5, filling: 0.5, keep_days: 100, requests: 10, journey: 2 });

  it('takes as many cells as the tightest of speed, requests and storage', () => {
    // 10 a second, 50 at the peak: 50 of half of 100; 50 x 11 requests of half of 1,000; 864,000 x 100 days x 20 kB of 10 GB.
    expect(need.peak_per_s).toBe(50);
    expect(need.cells).toEqual({ by_speed: 1, by_requests: 2, by_storage: 173, taken: 173 });
    expect(need.cell_bytes * 173).toBeCloseTo(864_000 * 100 * 20_000);
  });

  it('counts requests, alarms, rows and duration of a day, those of idle objects too', () => {
    const idleAlarms = 86_400 * (173 * 0.2 + 0.5);
    expect(need.day.alarms).toBeCloseTo(864_000 * 0.2 + idleAlarms);
    expect(need.day.object_requests).toBeCloseTo(864_000 * 11.5 + 864_000 * 0.2 + idleAlarms);
    expect(need.day.rows_written).toBeCloseTo(864_000 * 2 * 74.3 + 86_400 * 2);
    expect(need.day.gb_s).toBeCloseTo(174 * 86_400 * 0.128);
  });

  it('bills what is above what is included, by the list', () => {
    const millions = (864_000 * 10 * 30 - 10e6) / 1e6;
    expect(need.month_usd.worker).toBeCloseTo(millions * 0.3 + ((864_000 * 10 * 0.5 * 30 - 30e6) / 1e6) * 0.02);
    expect(need.month_usd.duration).toBeCloseTo(((174 * 86_400 * 0.128 * 30 - 400_000) / 1e6) * 12.5);
    expect(need.month_usd.storage).toBeCloseTo(((864_000 * (20_000 * 100 + 2_000 * (0.9 * 10 + 0.1 * 100))) / 1e9 - 5) * 0.2);
    const { all, ...parts } = need.month_usd;
    expect(Object.values(parts).reduce((sum, part) => sum + part)).toBeCloseTo(all);
    expect(need.cents_each).toBeCloseTo((all * 100) / (864_000 * 30));
    // Nothing that a small service does costs more than the plan.
    expect(needOf(100, FIGURES).month_usd.all).toBeLessThan(10);
  });

  it('the desk: events at the peak against what it takes, and what it holds: events for some days, the rest for all', () => {
    expect(need.desk).toMatchObject({ events_per_s: 600, filling: 0.12, requests_per_s: 173 });
    expect(need.desk.bytes).toBeCloseTo(864_000 * 2_000 * (0.9 * 10 + 0.1 * 100));
    expect(needOf(864_000, FIGURES, { ...ASSUMED, ...desk, keep_days: 5, journey: 2 }).desk.bytes).toBeCloseTo(864_000 * 2_000 * 5);
  });

  it('names the limit that comes first', () => {
    const limits = limitsOf(FIGURES, { ...ASSUMED, ...desk, peak: 4, filling: 0.5, keep_days: 100, journey: 2 });
    expect(limits.map(({ limit }) => limit)).toEqual(['storage of the desk', 'requests to one desk', 'events that one desk takes', '4,096 cells']);
    expect(limits.find(({ limit }) => limit === 'storage of the desk')!.per_day).toBeCloseTo(10e9 / (19 * 2_000));
    expect(limits.find(({ limit }) => limit === 'events that one desk takes')!.per_day).toBeCloseTo(((5_000 * 0.5) / 12) * (86_400 / 4));
  });
});

describe('what is counted', () => {
  const counted = (requests: Record<string, number>, rowsWritten: number): Counted => ({
    requests,
    alarms: 2,
    alarmsSet: 3,
    rowsRead: 10,
    rowsWritten,
    rows: { applications: 4, events: 6 },
    bytes: 1_000,
  });

  it('is summed over objects, requests of other objects apart', () => {
    const sum = loadOf([counted({ 'v1/applications': 5, 'internal/register': 2 }, 7), counted({ 'internal/history': 1 }, 8)]);
    expect(sum).toEqual({ requests: 5, internal: 3, alarms: 4, alarms_set: 6, rows_read: 20, rows_written: 15, rows: 20, bytes: 2_000 });
    expect(between(sum, { ...sum, rows_written: 35 }, 10)).toMatchObject({ rows_written: 2, requests: 0 });
  });

  it('rows are those of every statement, each once, and alarms as they are set', () => {
    const counts = newCounts();
    const alarms: number[] = [];
    const exec = (statement: string) => ({ rowsRead: statement.length, rowsWritten: 1, toArray: () => [] });
    const storage = { sql: { exec }, setAlarm: async (atMs: number) => void alarms.push(atMs) };
    const state = countedState({ storage } as unknown as DurableObjectState, counts);
    state.storage.sql.exec('abc');
    state.storage.sql.exec('de');
    void state.storage.setAlarm(5);
    counts.settle();
    counts.settle();
    expect([counts.rowsRead, counts.rowsWritten, counts.alarmsSet, alarms]).toEqual([5, 2, 1, [5]]);
    counts.heard('/internal/callbacks/fnd_x/y');
    expect(counts.requests).toEqual({ 'internal/callbacks': 1 });
  });
});

describe('tables', () => {
  it('of the docs are those of the figures measured last', () => {
    const docs = readFileSync(new URL('../../docs/scaling.md', import.meta.url), 'utf8');
    expect(withTables(docs, scalingTables(readFigures(), PER_DAY))).toBe(docs);
  });

  it('go into their places, and nowhere else', () => {
    expect(table(['a', 'b'], [['1', '2']])).toBe('| a | b |\n|---|---|\n| 1 | 2 |');
    expect(withTables('x\n<!-- cells -->\nold\n<!-- end -->\ny', { cells: 'new' })).toBe('x\n<!-- cells -->\n\nnew\n\n<!-- end -->\ny');
    expect(() => withTables('x', { cells: 'new' })).toThrow(/cells/);
  });
});

it('the edge host is a target by its number of cells', () => {
  const { launch } = targetNamed('edge-16-counted');
  const at = { server: 'http://127.0.0.1:1', funder: 'http://127.0.0.1:2', webhook: 'http://127.0.0.1:3' };
  expect(launch(at, '/tmp/x').env).toMatchObject({ MILLRACE_CELLS: '16', BENCH_COUNT: '1' });
  expect(() => targetNamed('edge-x')).toThrow(/no target/);
});
