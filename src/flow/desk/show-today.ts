/**
 * Today against the usual: what happened since midnight in China, and what happened in the same hours of the same weekday in the last four weeks.
 * The hour that is running counts in the usual by the part of it that is over. A week before the first event there is says nothing and is left out.
 */
import { FUNNEL_STAGES } from '../../analytics/figures.ts';
import { DAY_MS, HOUR_MS, startOf, type FunnelCount } from '../../domain/rollups.ts';
import type { Summed } from '../../store/index.ts';
import type { Deps } from '../deps.ts';
import { rolledUpTo } from '../roll-up.ts';
import { iso } from '../view-application.ts';

const WEEKS = [1, 2, 3, 4] as const;
const SUMS = ['disbursed_fen', 'commission_fen', 'partner_earned_fen'] as const satisfies readonly FunnelCount[];
/** Told by the hour as well. */
const HOURLY = ['submitted', 'offered', 'disbursed'] as const satisfies readonly FunnelCount[];
const HOURS = 24;

export interface Against {
  readonly today: number;
  /** Mean of the weeks; null where there was none. */
  readonly usual: number | null;
  /** Least and most of the weeks. */
  readonly low: number | null;
  readonly high: number | null;
}
type Day = ReadonlyMap<number, Summed<FunnelCount>>;

export function showToday(deps: Pick<Deps, 'store' | 'clock'>) {
  const nowMs = deps.clock.nowMs();
  const { rollups, feed } = deps.store;
  const startMs = startOf('day', nowMs);
  const firstMs = rollups.firstHour() ?? nowMs;
  const dayOf = (weeks: number): Day => {
    const fromMs = startMs - weeks * 7 * DAY_MS;
    const rows = rollups.funnel({ basis: 'activity', step: 'hour', fromMs, toMs: fromMs + DAY_MS }, {}, 'start');
    return new Map(rows.map((row) => [(Number(row.key) - fromMs) / HOUR_MS, row]));
  };
  const today = dayOf(0);
  const before = WEEKS.filter((weeks) => startMs - weeks * 7 * DAY_MS >= startOf('day', firstMs)).map(dayOf);
  const goneHours = (nowMs - startMs) / HOUR_MS;
  const against = (count: FunnelCount): Against => {
    const usual = before.map((day) => upTo(day, count, goneHours));
    const none = usual.length === 0;
    return {
      today: upTo(today, count, HOURS),
      usual: none ? null : round(usual.reduce((sum, n) => sum + n, 0) / usual.length),
      low: none ? null : round(Math.min(...usual)),
      high: none ? null : round(Math.max(...usual)),
    };
  };
  return {
    at: iso(nowMs),
    from: iso(startMs),
    /** Of the last four, those the instance was there for. */
    weeks: before.length,
    behind: feed.lastSeq() - rolledUpTo(deps.store),
    stages: (Object.keys(FUNNEL_STAGES) as FunnelCount[]).map((stage) => ({ stage, ...against(stage) })),
    sums: Object.fromEntries(SUMS.map((name) => [name, against(name)])),
    hours: Array.from({ length: HOURS }, (_, hour) => ({
      at: iso(startMs + hour * HOUR_MS),
      counts: Object.fromEntries(
        HOURLY.map((count) => {
          const usual = before.map((day) => day.get(hour)?.[count] ?? 0);
          const mean = usual.length === 0 ? null : round(usual.reduce((sum, n) => sum + n, 0) / usual.length);
          return [count, { today: hour <= goneHours ? (today.get(hour)?.[count] ?? 0) : null, usual: mean }];
        }),
      ),
    })),
  };
}

export type TodayShown = ReturnType<typeof showToday>;

/** What had come together after so many hours of a day; of the last of them only the part that is over. */
function upTo(day: Day, count: FunnelCount, hours: number): number {
  let sum = 0;
  for (const [hour, row] of day) sum += row[count] * Math.max(0, Math.min(1, hours - hour));
  return sum;
}

/** To a tenth: a mean of four counts. */
function round(n: number): number {
  return Math.round(n * 10) / 10;
}
