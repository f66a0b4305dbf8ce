/**
 * The whole operation in numbers, counted from the rows themselves: what any other table of figures must agree with. It goes through all rows, so it
 * does that in steps, between which everybody else is served; what changes meanwhile is counted as it was when its step came.
 */
import { AFTER_ALL, type IdSpan, type Store } from '../../store/index.ts';
import type { Deps } from '../deps.ts';
import { nextTurn } from '../next-turn.ts';
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

/** Applications, or deliveries, of one step: some milliseconds during which nobody else is served. */
const STEP = 500;

type Counts = Map<string, number>;
interface Tallies {
  readonly states: Counts;
  submitted: number;
  planned: number;
  quarantined: number;
  offered: number;
  /** By funder. */
  readonly attempts: Map<string, { submitted: number; readonly states: Counts }>;
  readonly offers: Counts;
  readonly deliveries: Counts;
}

type Counting = Pick<Deps, 'store' | 'clock'>;
const running = new WeakMap<Store, Promise<Tallies>>();

/** Whoever asks while it is being counted gets that count. */
export async function showSummary(deps: Counting & Pick<Deps, 'desk'>) {
  let counting = running.get(deps.store);
  if (counting === undefined) {
    counting = count(deps).finally(() => running.delete(deps.store));
    running.set(deps.store, counting);
  }
  const tallies = await counting;
  const { funders: records } = deps.desk.snapshot();
  const ids = [...new Set([...records.keys(), ...tallies.attempts.keys()])].toSorted();
  const partner = deps.store.partners.counts();
  const sum = (pick: (row: (typeof partner)[number]) => number): number => partner.reduce((total, row) => total + pick(row), 0);
  return {
    at: iso(deps.clock.nowMs()),
    applications: {
      total: totalOf(tallies.states),
      submitted: tallies.submitted,
      /** Passed screening: a plan was made for it. */
      passed: tallies.planned,
      quarantined: tallies.quarantined,
      offered: tallies.offered,
      by_state: Object.fromEntries(tallies.states),
    },
    funders: ids.map((id): FunderTally => {
      const { submitted, states } = tallies.attempts.get(id) ?? { submitted: 0, states: new Map<string, number>() };
      return {
        id,
        name: records.get(id)?.name ?? id,
        attempts: totalOf(states),
        submitted,
        approved: tallies.offers.get(id) ?? 0,
        declined: states.get('declined') ?? 0,
        by_state: Object.fromEntries(states),
      };
    }),
    partner_offers: {
      shown: sum((row) => row.shown),
      clicks: sum((row) => row.clicks),
      leads: sum((row) => row.leads),
      sales: sum((row) => row.sales),
      earned_fen: sum((row) => row.earnedFen),
    },
    deliveries: Object.fromEntries(['waiting', 'delivered', 'dead'].map((state) => [state, tallies.deliveries.get(state) ?? 0])),
  };
}

async function count(deps: Counting): Promise<Tallies> {
  const { tallies } = deps.store;
  const all: Tallies = {
    states: new Map(),
    submitted: 0,
    planned: 0,
    quarantined: 0,
    offered: 0,
    attempts: new Map(),
    offers: new Map(),
    deliveries: new Map(),
  };
  await inSteps(deps, tallies.nthApplication, (span) => addApplications(all, tallies, span));
  await inSteps(deps, tallies.nthDelivery, (span) => {
    for (const { state, n } of tallies.deliveries(span)) add(all.deliveries, state, n);
  });
  return all;
}

async function inSteps({ clock }: Counting, nth: (after: string, n: number) => string | null, take: (span: IdSpan) => void): Promise<void> {
  for (let after: string | null = ''; after !== null;) {
    const last: string | null = nth(after, STEP);
    take({ after, upTo: last ?? AFTER_ALL });
    after = last;
    await nextTurn(clock);
  }
}

function addApplications(all: Tallies, tallies: Store['tallies'], span: IdSpan): void {
  for (const { state, n, submitted, planned, quarantined } of tallies.applications(span)) {
    add(all.states, state, n);
    all.submitted += submitted;
    all.planned += planned;
    all.quarantined += quarantined;
  }
  for (const { funderId, state, n, submitted } of tallies.attempts(span)) {
    let of = all.attempts.get(funderId);
    if (of === undefined) all.attempts.set(funderId, (of = { submitted: 0, states: new Map() }));
    add(of.states, state, n);
    of.submitted += submitted;
  }
  for (const { funderId, n } of tallies.offers(span)) add(all.offers, funderId, n);
  all.offered += tallies.offered(span);
}

function add(counts: Counts, name: string, n: number): void {
  counts.set(name, (counts.get(name) ?? 0) + n);
}

function totalOf(counts: Counts): number {
  return [...counts.values()].reduce((total, n) => total + n, 0);
}
