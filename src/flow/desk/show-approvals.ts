/** Every funder's approvals day by day, beside each other, with the changes found that still stand. */
import { shareOf } from '../../analytics/read-figures.ts';
import type { Problem } from '../../domain/failures.ts';
import { DAY_MS, FUNDER_COUNTS } from '../../domain/rollups.ts';
import type { Deps } from '../deps.ts';
import { iso } from '../view-application.ts';
import { addedUp, windowOf } from './rollup-window.ts';
import { changesIn } from './show-funder-series.ts';

/** By what happened in each day. Funders in use come first, then those that were. */
export function showApprovals(
  deps: Pick<Deps, 'desk' | 'store' | 'clock'>,
  wish: { readonly from: string | undefined; readonly to: string | undefined },
) {
  const window = windowOf(wish, { align: 'day', step: 'day' }, deps.clock.nowMs());
  if ('problem' in window) return window;
  const { fromMs, toMs } = window;
  const span = { basis: 'activity', step: 'day', fromMs, toMs } as const;
  const { rollups } = deps.store;
  const { funders } = deps.desk.snapshot();
  const known = rollups.funders(span, {}, 'funder').map(({ key }) => String(key));
  const ids = [...new Set([...[...funders.keys()].toSorted(), ...known])];
  const changes = changesIn(deps, window);
  return {
    from: iso(fromMs),
    to: iso(toMs),
    funders: ids.map((id) => {
      const rows = addedUp(rollups.funders(span, { funder: id }, 'start'), FUNDER_COUNTS);
      const byStart = new Map(rows.map((row) => [Number(row.key), row]));
      const starts = Array.from({ length: (toMs - fromMs) / DAY_MS }, (_, day) => fromMs + day * DAY_MS);
      return {
        id,
        name: funders.get(id)?.name ?? id,
        status: funders.get(id)?.status ?? null,
        points: starts.map((startMs) => {
          const { approved = 0, declined = 0 } = byStart.get(startMs) ?? {};
          return { at: iso(startMs), approved, declined, approval_rate: shareOf(approved, approved + declined) };
        }),
        changes: changes(id),
      };
    }),
  };
}

export type ApprovalsShown = Exclude<ReturnType<typeof showApprovals>, Problem>;
