/** The whole operation in numbers, counted from the rows themselves: what any other table of figures must agree with. */
import type { Deps } from '../deps.ts';
import { iso } from '../view-application.ts';

export interface FunderTally {
  readonly id: string;
  readonly name: string;
  readonly attempts: number;
  /** Handed over, whatever came of it. */
  readonly submitted: number;
  /** Approvals with terms, whatever became of the offer. */
  readonly approved: number;
  readonly declined: number;
  readonly by_state: Readonly<Record<string, number>>;
}

export function showSummary(deps: Pick<Deps, 'desk' | 'store' | 'clock'>) {
  const tallies = deps.store.desk.tallies();
  const { funders: records } = deps.desk.snapshot();
  const states: Readonly<Record<string, number>> = Object.fromEntries(tallies.applications.map(({ state, n }) => [state, n]));
  const ids = [...new Set([...records.keys(), ...tallies.attempts.map((row) => row.funderId)])].toSorted();
  const partner = deps.store.partners.counts();
  const sum = (pick: (row: (typeof partner)[number]) => number): number => partner.reduce((total, row) => total + pick(row), 0);
  return {
    at: iso(deps.clock.nowMs()),
    applications: {
      total: tallies.applications.reduce((total, { n }) => total + n, 0),
      submitted: tallies.submitted.n,
      /** Passed screening: a plan was made for it. */
      passed: tallies.submitted.planned,
      quarantined: tallies.submitted.quarantined,
      offered: tallies.offered,
      by_state: states,
    },
    funders: ids.map((id): FunderTally => {
      const rows = tallies.attempts.filter((row) => row.funderId === id);
      const count = (state: string): number => rows.find((row) => row.state === state)?.n ?? 0;
      return {
        id,
        name: records.get(id)?.name ?? id,
        attempts: rows.reduce((total, row) => total + row.n, 0),
        submitted: rows.reduce((total, row) => total + row.submitted, 0),
        approved: tallies.offers.find((row) => row.funderId === id)?.n ?? 0,
        declined: count('declined'),
        by_state: Object.fromEntries(rows.map((row) => [row.state, row.n])),
      };
    }),
    partner_offers: {
      shown: sum((row) => row.shown),
      clicks: sum((row) => row.clicks),
      leads: sum((row) => row.leads),
      sales: sum((row) => row.sales),
      earned_fen: sum((row) => row.earnedFen),
    },
    deliveries: Object.fromEntries(
      ['waiting', 'delivered', 'dead'].map((state) => [state, tallies.deliveries.find((row) => row.state === state)?.n ?? 0]),
    ),
  };
}
