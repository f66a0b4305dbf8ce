/** How a funder fared over time, by what happened in each hour or day, and the changes found in it that still stand. */
import { ChangeWatch } from '../../analytics/change-watch.ts';
import { wordsOf } from '../../analytics/change-words.ts';
import { medianMs, shareOf } from '../../analytics/read-figures.ts';
import { problem, type Problem } from '../../domain/failures.ts';
import { DAY_MS, DECIDED_COUNTS, FUNDER_COUNTS, HOUR_MS, type FunderCount, type RollupStep } from '../../domain/rollups.ts';
import type { Summed } from '../../store/index.ts';
import type { Deps } from '../deps.ts';
import { iso } from '../view-application.ts';
import { savedChanges } from '../watch-changes.ts';
import { windowOf, type Window } from './rollup-window.ts';

const NOTHING = { key: 0, ...Object.fromEntries(FUNDER_COUNTS.map((name) => [name, 0])) } as Summed<FunderCount>;

export function showFunderSeries(
  deps: Pick<Deps, 'desk' | 'store' | 'clock'>,
  funderId: string,
  wish: { readonly from: string | undefined; readonly to: string | undefined; readonly step: RollupStep },
) {
  const { step } = wish;
  const window = windowOf(wish, { align: step, step }, deps.clock.nowMs());
  if ('problem' in window) return window;
  const rows = deps.store.rollups.funders({ basis: 'activity', step, ...window }, { funder: funderId }, 'start');
  if (rows.length === 0 && !deps.desk.snapshot().funders.has(funderId)) return problem('not_found', '没有这个资金方', 'there is no such funder');
  const byStart = new Map(rows.map((row) => [Number(row.key), row]));
  const points = [];
  for (let startMs = window.fromMs; startMs < window.toMs; startMs += step === 'hour' ? HOUR_MS : DAY_MS)
    points.push(pointOf(startMs, byStart.get(startMs) ?? NOTHING));
  return { funder: funderId, step, from: iso(window.fromMs), to: iso(window.toMs), points, changes: changesIn(deps, window)(funderId) };
}

export type FunderSeries = Exclude<ReturnType<typeof showFunderSeries>, Problem>;

function pointOf(startMs: number, row: Summed<FunderCount>) {
  const decided = DECIDED_COUNTS.reduce((sum, name) => sum + row[name], 0);
  return {
    at: iso(startMs),
    attempts: row.attempts,
    sent: row.sent,
    approved: row.approved,
    declined: row.declined,
    approval_rate: shareOf(row.approved, row.approved + row.declined),
    median_ms: medianMs(row),
    mean_ms: decided === 0 ? null : Math.round(row.latency_ms / decided),
    asked_fen: row.asked_fen,
    granted_fen: row.granted_fen,
    granted_share: shareOf(row.granted_fen, row.asked_fen),
    disbursed: row.disbursed,
    disbursed_fen: row.disbursed_fen,
  };
}

/** By funder: the changes that began or were told in the window. */
export function changesIn({ store }: Pick<Deps, 'store'>, { fromMs, toMs }: Window) {
  const found = new ChangeWatch(savedChanges(store).state).changes().filter((change) => change.sinceMs < toMs && change.raisedMs >= fromMs);
  return (funderId: string) =>
    found
      .filter((change) => change.funderId === funderId)
      .map((change) => ({
        figure: change.figure,
        direction: change.direction,
        part: change.segment === '' ? null : change.segment,
        since: iso(change.sinceMs),
        raised: iso(change.raisedMs),
        cause: change.cause,
        words: wordsOf(change),
      }));
}
