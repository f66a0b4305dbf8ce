/** Past traffic as a what-if wants it: one page after another in the order of the ids, sealed as it is stored. Nothing is opened here. */
import { hashOf } from '../../routing/whatif/collect.ts';
import type { FirstPlan, PastAttempt, Store, TrafficFilter, TrafficRow } from '../../store/index.ts';

export interface PastCase extends TrafficRow {
  /** Wrapped; null: erased. */
  readonly dataKey: Uint8Array | null;
  /** Null: it ended before there was one, or it is not usable anyway. */
  readonly plan: FirstPlan | null;
  /** In the order they were made. */
  readonly attempts: readonly (PastAttempt & { readonly offered: boolean })[];
}

export interface TrafficPage {
  readonly cases: readonly PastCase[];
  /** Applications looked at, those that were not chosen among them. */
  readonly looked: number;
  /** Where to go on; null: there are no more. */
  readonly upTo: string | null;
}

/** Where a what-if has its applications from. */
export interface Traffic {
  count(filter: TrafficFilter): Promise<number>;
  /** All, in the order of their ids; `below` as in `readTraffic`. Whoever reads may do other work between two pages. */
  pages(filter: TrafficFilter, below: number): AsyncIterable<Pick<TrafficPage, 'cases' | 'looked'>>;
}

/** States in which what was decided is not all there yet. */
export const STILL_OPEN: ReadonlySet<TrafficRow['state']> = new Set(['routing', 'needs_consent', 'pending']);

/** `below`: only the applications of borrowers whose hash is less. */
export function readTraffic(store: Store, filter: TrafficFilter, below: number, after: string, limit: number): TrafficPage {
  const rows = store.traffic.page(filter, after, limit);
  return {
    cases: rows.filter(({ borrowerId }) => hashOf(borrowerId) < below).map((row) => pastCase(store, row)),
    looked: rows.length,
    upTo: rows.length < limit ? null : rows.at(-1)!.id,
  };
}

/** Of the store at hand. */
export function trafficHere(store: Store, pageRows: number): Traffic {
  return {
    count: async (filter) => store.traffic.count(filter),
    async *pages(filter, below) {
      for (let after: string | null = ''; after !== null;) {
        const page: TrafficPage = readTraffic(store, filter, below, after, pageRows);
        yield page;
        after = page.upTo;
      }
    },
  };
}

function pastCase(store: Store, row: TrafficRow): PastCase {
  if (row.state === 'erased' || STILL_OPEN.has(row.state)) return { ...row, dataKey: null, plan: null, attempts: [] };
  return {
    ...row,
    dataKey: store.applications.borrowerById(row.borrowerId)?.dataKey ?? null,
    plan: store.traffic.firstPlan(row.id) ?? null,
    attempts: store.traffic.attemptsOf(row.id).map((attempt) => ({ ...attempt, offered: wasOffered(store, row.id, attempt) })),
  };
}

/** What was approved and then came to nothing was approved all the same: it left an offer behind. */
function wasOffered(store: Store, applicationId: string, { id, state }: PastAttempt): boolean {
  if (state !== 'cancelled' && state !== 'expired') return false;
  return store.offers.ofApplication(applicationId).some((offer) => offer.attemptId === id);
}
