/** From what one application takes to what so many a day take: requests, rows, cells, money, and which limit comes first. Pure. */
import type { EdgeFigures } from './figures.ts';
import { LIMITS, PRICES, type Price } from './prices.ts';

/** What is not measured. Each is in the docs beside the figures that rest on it. */
export interface Assumptions {
  /** The busiest seconds against the mean of a day. */
  readonly peak: number;
  /** How full a cell, or the desk, is planned to be then. */
  readonly filling: number;
  /** Days for which an application and its events stay where they are. */
  readonly keep_days: number;
  /** Days for which its events stay at the desk, before they go to the object store (flow/cells/archive-feed.ts). */
  readonly desk_event_days: number;
  /** Of what an application leaves at the desk, the share that is no event and stays: how far it has come in the funnel. By `dbstat`: 127 of 1,535 bytes. */
  readonly desk_lasting: number;
  /** Requests of a borrower and of funders for one application; the benchmark makes the one that creates it. */
  readonly requests: number;
  /** Rows and bytes of a whole way against those of the benchmark's, which ends with an offer of the first funder. */
  readonly journey: number;
  readonly photos: number;
  readonly photo_bytes: number;
  /** The most that `MILLRACE_CELLS` takes. */
  readonly most_cells: number;
  /** What each cell asks of the desk for itself, a second: events and copies, every two seconds each. */
  readonly desk_asks_per_s: number;
}

export const ASSUMED: Assumptions = {
  peak: 4,
  filling: 0.5,
  keep_days: 365,
  desk_event_days: 7,
  desk_lasting: 0.083,
  requests: 12,
  journey: 2,
  photos: 2,
  photo_bytes: 300_000,
  most_cells: 4_096,
  desk_asks_per_s: 1,
};

export interface Need {
  readonly per_day: number;
  readonly peak_per_s: number;
  readonly cells: { readonly by_speed: number; readonly by_requests: number; readonly by_storage: number; readonly taken: number };
  readonly day: {
    readonly worker_requests: number;
    readonly object_requests: number;
    readonly alarms: number;
    readonly rows_read: number;
    readonly rows_written: number;
    readonly bytes: number;
    readonly gb_s: number;
  };
  /** Of one cell, after `keep_days`. */
  readonly cell_bytes: number;
  /** `bytes`: after `keep_days`. */
  readonly desk: { readonly events_per_s: number; readonly filling: number; readonly requests_per_s: number; readonly bytes: number };
  readonly month_usd: Readonly<Record<'plan' | 'worker' | 'object_requests' | 'duration' | 'rows' | 'storage' | 'photos' | 'all', number>>;
  /** Cents for one application. */
  readonly cents_each: number;
}

const DAY_S = 86_400;
const MONTH_DAYS = 30;

/** `figures` are of the benchmark; its first number of cells must be 1. */
export function needOf(perDay: number, figures: EdgeFigures, assumed: Assumptions = ASSUMED): Need {
  const { per_application: each, idle, front, cells: measured } = figures;
  const { peak, filling, keep_days: keepDays, requests, journey, photos, photo_bytes: photoBytes } = assumed;
  const peakPerS = (perDay / DAY_S) * peak;
  const internal = each.cell.internal + each.desk.internal;
  const cells = {
    by_speed: Math.ceil(peakPerS / (measured[0]!.per_s * filling)),
    by_requests: Math.ceil((peakPerS * (requests + each.cell.internal)) / (LIMITS.object_requests_per_s * filling)),
    by_storage: Math.ceil((perDay * keepDays * each.cell.bytes * journey) / LIMITS.object_bytes),
  };
  const taken = Math.max(...Object.values(cells));
  const alarms = perDay * (each.cell.alarms + each.desk.alarms) + DAY_S * (taken * idle.cell.alarms + idle.desk.alarms);
  const idleOf = (of: 'internal' | 'rows_read' | 'rows_written'): number => DAY_S * (taken * idle.cell[of] + idle.desk[of]);
  const day = {
    worker_requests: perDay * requests,
    object_requests: perDay * (requests + internal) + alarms + idleOf('internal'),
    alarms,
    rows_read: perDay * journey * (each.cell.rows_read + each.desk.rows_read) + idleOf('rows_read'),
    rows_written:
      perDay * journey * (each.cell.rows_written + each.cell.alarms_set + each.desk.rows_written + each.desk.alarms_set) + idleOf('rows_written'),
    bytes: perDay * journey * (each.cell.bytes + each.desk.bytes),
    gb_s: (taken + 1) * DAY_S * LIMITS.object_gb,
  };
  const frontMs = Math.max(0, front.front.refused_cpu_ms - front.direct.refused_cpu_ms);
  const month = (amount: number, price: Price): number => (Math.max(0, amount * MONTH_DAYS - price.included) / price.per) * price.usd;
  const kept = (bytes: number, price: Price): number => (Math.max(0, bytes / 1e9 - price.included) / price.per) * price.usd;
  const cellBytes = perDay * keepDays * each.cell.bytes * journey;
  const deskBytes = perDay * deskBytesEach(each.desk.bytes, assumed);
  const parts = {
    plan: PRICES.plan_usd,
    worker: month(day.worker_requests, PRICES.worker_requests) + month(day.worker_requests * frontMs, PRICES.worker_cpu_ms),
    object_requests: month(day.object_requests, PRICES.object_requests),
    duration: month(day.gb_s, PRICES.object_gb_s),
    rows: month(day.rows_read, PRICES.rows_read) + month(day.rows_written, PRICES.rows_written),
    storage: kept(cellBytes + deskBytes, PRICES.object_gb_month),
    photos:
      month(perDay * photos, PRICES.r2_writes) +
      month(perDay * photos, PRICES.r2_reads) +
      kept(perDay * keepDays * photos * photoBytes, PRICES.r2_gb_month),
  };
  const all = Object.values(parts).reduce((sum, usd) => sum + usd, 0);
  const eventsPerS = peakPerS * figures.events_per_application * journey;
  return {
    per_day: perDay,
    peak_per_s: peakPerS,
    cells: { ...cells, taken },
    day,
    cell_bytes: cellBytes / taken,
    desk: {
      events_per_s: eventsPerS,
      filling: eventsPerS / figures.desk_events_per_s,
      requests_per_s: taken * assumed.desk_asks_per_s,
      bytes: deskBytes,
    },
    month_usd: { ...parts, all },
    cents_each: (all * 100) / (perDay * MONTH_DAYS),
  };
}

/** Bytes at the desk of one application a day, once the time kept is over. */
function deskBytesEach(bytes: number, { keep_days: keepDays, desk_event_days: eventDays, desk_lasting: lasting, journey }: Assumptions): number {
  return bytes * journey * ((1 - lasting) * Math.min(eventDays, keepDays) + lasting * keepDays);
}

export interface Reached {
  readonly limit: string;
  /** Applications a day at which it is reached. */
  readonly per_day: number;
}

/** What stops growth by more cells, the earliest first. */
export function limitsOf(figures: EdgeFigures, assumed: Assumptions = ASSUMED): Reached[] {
  const { peak, filling, journey, most_cells: mostCells, desk_asks_per_s: asks } = assumed;
  const { per_application: each, events_per_application: events, desk_events_per_s: deskEvents } = figures;
  const atPeak = (perS: number): number => (perS * DAY_S) / peak;
  const one = needOf(1e9, figures, assumed);
  const perCell = one.per_day / one.cells.taken;
  return [
    { limit: 'storage of the desk', per_day: LIMITS.object_bytes / deskBytesEach(each.desk.bytes, assumed) },
    { limit: 'events that one desk takes', per_day: atPeak((deskEvents * filling) / (events * journey)) },
    { limit: 'requests to one desk', per_day: ((LIMITS.object_requests_per_s * filling) / asks) * perCell },
    { limit: `${mostCells.toLocaleString('en')} cells`, per_day: mostCells * perCell },
  ].toSorted((a, b) => a.per_day - b.per_day);
}
