/** From channel to funder to outcome, of the applications submitted in a time: what a funnel by one of them cannot show. */
import { outcomesOf } from '../../analytics/outcomes.ts';
import type { Problem } from '../../domain/failures.ts';
import { FUNDER_COUNTS, OUTCOMES, type Outcome } from '../../domain/rollups.ts';
import type { RollupFilter } from '../../store/index.ts';
import type { Deps } from '../deps.ts';
import { iso } from '../view-application.ts';
import { addedUp, spansOf, windowOf } from './rollup-window.ts';

export interface Flow {
  /** Null: applications without one. */
  readonly channel: string | null;
  readonly funder: string;
  readonly outcome: Outcome;
  /** Applications at this funder; never 0. */
  readonly count: number;
}

/** By submission, whatever the funder decided and whenever. */
export function showFlows(
  deps: Pick<Deps, 'store' | 'clock'>,
  wish: { readonly from: string | undefined; readonly to: string | undefined; readonly filter: RollupFilter },
) {
  const window = windowOf(wish, { align: 'hour', step: 'day' }, deps.clock.nowMs());
  if ('problem' in window) return window;
  const rows = spansOf('cohort', window, false).flatMap((span) => deps.store.rollups.pairs(span, wish.filter));
  const flows = [...Map.groupBy(rows, ({ funder }) => funder)].flatMap(([funder, ofFunder]) =>
    addedUp(ofFunder, FUNDER_COUNTS).flatMap((row): Flow[] => {
      const outcomes = outcomesOf(row);
      const channel = row.key === '' ? null : String(row.key);
      return OUTCOMES.flatMap((outcome) => (outcomes[outcome] === 0 ? [] : [{ channel, funder, outcome, count: outcomes[outcome] }]));
    }),
  );
  return { from: iso(window.fromMs), to: iso(window.toMs), flows };
}

export type FlowsShown = Exclude<ReturnType<typeof showFlows>, Problem>;
