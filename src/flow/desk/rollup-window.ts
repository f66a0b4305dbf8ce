/** The window of a question to the read models: whole hours, and of those as many as can be taken by whole days of China from the daily rows. */
import { fault, problem, type Problem } from '../../domain/failures.ts';
import { DAY_MS, HOUR_MS, startOf, type RollupBasis, type RollupStep } from '../../domain/rollups.ts';
import type { RollupSpan, Summed } from '../../store/index.ts';

export interface Window {
  readonly fromMs: number;
  /** Exclusive. */
  readonly toMs: number;
}

const USUAL_DAYS = 7;
/** Longest window by the hour, and otherwise: about 750 and 1,100 points. */
const MOST_MS: Readonly<Record<RollupStep, number>> = { hour: 31 * DAY_MS, day: 1_100 * DAY_MS };

/** Widened to whole hours or days. Without `to` up to now, without `from` the last seven days of it. */
export function windowOf(
  { from, to }: { readonly from: string | undefined; readonly to: string | undefined },
  { align, step }: { readonly align: RollupStep; readonly step: RollupStep },
  nowMs: number,
): Window | Problem {
  const unit = align === 'hour' ? HOUR_MS : DAY_MS;
  const toMs = startOf(align, (to === undefined ? nowMs + 1 : Date.parse(to)) + unit - 1);
  const fromMs = startOf(align, from === undefined ? startOf('day', toMs - 1) - (USUAL_DAYS - 1) * DAY_MS : Date.parse(from));
  if (fromMs >= toMs) return outOf('from 须早于 to', 'from must be before to');
  if (toMs - fromMs <= MOST_MS[step]) return { fromMs, toMs };
  const days = MOST_MS[step] / DAY_MS;
  return outOf(`时间范围最长 ${days} 天`, `at most ${days} days at once`);
}

/** The spans that together are the window; by the hour where `fine`. */
export function spansOf(basis: RollupBasis, { fromMs, toMs }: Window, fine: boolean): RollupSpan[] {
  const span = (step: RollupStep, from: number, to: number): RollupSpan[] => (from < to ? [{ basis, step, fromMs: from, toMs: to }] : []);
  const firstDayMs = startOf('day', fromMs + DAY_MS - 1);
  const lastDayMs = startOf('day', toMs);
  if (fine || firstDayMs >= lastDayMs) return span('hour', fromMs, toMs);
  return [...span('hour', fromMs, firstDayMs), ...span('day', firstDayMs, lastDayMs), ...span('hour', lastDayMs, toMs)];
}

/** Groups of the same key added up. */
export function addedUp<N extends string>(rows: readonly Summed<N>[], counts: readonly N[], keyOf = (key: string | number) => key): Summed<N>[] {
  const groups = new Map<string | number, Summed<N>>();
  for (const row of rows) {
    const key = keyOf(row.key);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { ...row, key });
    else for (const name of counts) (group as Record<N, number>)[name] += row[name];
  }
  return [...groups.values()];
}

function outOf(zh: string, en: string): Problem {
  return problem('invalid_request', '查询参数有误', 'the query parameters have faults; see errors', {
    faults: [fault('?from', 'out_of_range', zh, en)],
  });
}
