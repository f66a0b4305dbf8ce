/** The funnel from the read models, by whatever it is asked for: counts, conversions, and whether a cohort is mature enough to be judged. */
import { funderStages, funnelStages, running, type Stage } from '../../analytics/read-figures.ts';
import type { Problem } from '../../domain/failures.ts';
import { FUNDER_COUNTS, FUNNEL_COUNTS, HOUR_MS, startOf, type FunderCount, type FunnelCount, type RollupBasis } from '../../domain/rollups.ts';
import type { RollupFilter, RollupGroup, Summed } from '../../store/index.ts';
import type { Deps } from '../deps.ts';
import { rolledUpTo } from '../roll-up.ts';
import { iso } from '../view-application.ts';
import { addedUp, spansOf, windowOf, type Window } from './rollup-window.ts';

export const FUNNEL_BY = ['channel', 'variant', 'funder', 'hour', 'day', 'policy', 'segment', 'arm'] as const;
export interface FunnelWish {
  readonly from: string | undefined;
  readonly to: string | undefined;
  /** Undefined: all in one. */
  readonly by: (typeof FUNNEL_BY)[number] | undefined;
  readonly basis: RollupBasis;
  readonly filter: RollupFilter;
}

export interface FunnelGroup {
  /** What it is grouped by; null: of those that have none, and where there is one group. */
  readonly key: string | null;
  readonly stages: readonly Stage[];
  /** Submitted (at a funder: asked) and not ended. */
  readonly undecided: number;
  readonly running: number;
  /** All that is decided before the payout is decided. */
  readonly mature: boolean;
  readonly sums: Readonly<Record<string, number>>;
}

/** Groups beyond these are left out, the smallest first. */
const MOST_GROUPS = 1_000;

export function showFunnel(deps: Pick<Deps, 'store' | 'clock'>, wish: FunnelWish) {
  const nowMs = deps.clock.nowMs();
  const window = windowOf(wish, { align: 'hour', step: wish.by === 'hour' ? 'hour' : 'day' }, nowMs);
  if ('problem' in window) return window;
  const { total, groups } = ofFunders(wish) ? byFunders(deps, wish, window, nowMs) : byApplications(deps, wish, window, nowMs);
  const { feed, rollups } = deps.store;
  const refusals = ofFunders(wish) ? [] : spansOf(wish.basis, window, false).flatMap((span) => rollups.refusals(span, wish.filter));
  return {
    from: iso(window.fromMs),
    to: iso(window.toMs),
    by: wish.by ?? null,
    basis: wish.basis,
    /** `application`, or `attempt` where funders are told apart: one of several funders each. */
    counts: ofFunders(wish) ? ('attempt' as const) : ('application' as const),
    /** Events of the feed that are not counted yet. */
    behind: feed.lastSeq() - rolledUpTo(deps.store),
    total,
    refused_by: addRefusals(refusals),
    groups: groups.slice(0, MOST_GROUPS),
    left_out: Math.max(0, groups.length - MOST_GROUPS),
  };
}

export type FunnelShown = Exclude<ReturnType<typeof showFunnel>, Problem>;

function byApplications({ store }: Pick<Deps, 'store'>, wish: FunnelWish, window: Window, nowMs: number) {
  const rows = spansOf(wish.basis, window, wish.by === 'hour').flatMap((span) => store.rollups.funnel(span, wish.filter, groupOf(wish)));
  const group = (row: Summed<FunnelCount>, endMs: number): FunnelGroup => {
    const stages = funnelStages(row, nowMs >= endMs);
    return { ...told(row, stages), sums: sumsOf(row, FUNNEL_COUNTS) };
  };
  return grouped(rows, FUNNEL_COUNTS, wish, window, group, (row) => row.started);
}

function byFunders({ store }: Pick<Deps, 'store'>, wish: FunnelWish, window: Window, nowMs: number) {
  const rows = spansOf(wish.basis, window, wish.by === 'hour').flatMap((span) => store.rollups.funders(span, wish.filter, groupOf(wish)));
  const group = (row: Summed<FunderCount>, endMs: number): FunnelGroup => {
    const stages = funderStages(row, nowMs >= endMs);
    return { ...told(row, stages), sums: sumsOf(row, FUNDER_COUNTS) };
  };
  return grouped(rows, FUNDER_COUNTS, wish, window, group, (row) => row.attempts);
}

/** Times in their order, everything else the largest first. */
function grouped<N extends string>(
  rows: readonly Summed<N>[],
  counts: readonly N[],
  { by }: FunnelWish,
  window: Window,
  make: (row: Summed<N>, endMs: number) => FunnelGroup,
  size: (row: Summed<N>) => number,
): { readonly total: FunnelGroup; readonly groups: readonly FunnelGroup[] } {
  const step = by === 'hour' || by === 'day' ? by : null;
  const groups = addedUp(rows, counts, (key) => (step === null ? key : startOf(step, Number(key))));
  const ordered = groups.toSorted((a, b) => (step === null ? size(b) - size(a) || (a.key < b.key ? -1 : 1) : Number(a.key) - Number(b.key)));
  const lastsMs = step === 'hour' ? HOUR_MS : 24 * HOUR_MS;
  const nothing = { key: '', ...Object.fromEntries(counts.map((name) => [name, 0])) } as Summed<N>;
  const [sum = nothing] = addedUp(ordered, counts, () => '');
  return {
    total: make(sum, window.toMs),
    groups: by === undefined ? [] : ordered.map((row) => make(row, step === null ? window.toMs : Math.min(window.toMs, Number(row.key) + lastsMs))),
  };
}

function told<N extends string>(
  row: Summed<N> & Readonly<Record<'open' | 'disbursed' | 'settled' | 'written_off', number>>,
  stages: readonly Stage[],
) {
  const { key } = row;
  return {
    key: key === '' ? null : typeof key === 'number' ? iso(key) : key,
    stages,
    undecided: row.open,
    running: running(row),
    mature: stages[0]!.mature,
  };
}

function sumsOf<N extends string>(row: Summed<N>, counts: readonly N[]): Record<string, number> {
  return Object.fromEntries(counts.filter((name) => /_fen$|_ms$|^partner_|^decided_/.test(name)).map((name) => [name, row[name]]));
}

function addRefusals(rows: readonly { readonly reason: string; readonly n: number }[]): Record<string, number> {
  const reasons = new Map<string, number>();
  for (const { reason, n } of rows) reasons.set(reason, (reasons.get(reason) ?? 0) + n);
  return Object.fromEntries([...reasons].filter(([, n]) => n > 0).toSorted((a, b) => b[1] - a[1]));
}

function ofFunders({ by, filter }: FunnelWish): boolean {
  return by === 'funder' || filter.funder !== undefined;
}

function groupOf({ by }: FunnelWish): RollupGroup {
  return by === undefined ? null : by === 'hour' || by === 'day' ? 'start' : by;
}
