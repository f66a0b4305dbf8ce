/** What is worked out of counts: conversions, whether a cohort is mature, rates, the median of a histogram. Pure. */
import { DECIDED_COUNTS, DECIDED_WITHIN_MS, type FunderCount, type FunnelCount } from '../domain/rollups.ts';
import { FUNDER_STAGES, FUNNEL_STAGES } from './figures.ts';

export interface Stage {
  readonly stage: string;
  readonly count: number;
  /** The stage its conversion is a share of; null: it is the first. */
  readonly of: string | null;
  readonly of_before: number | null;
  readonly mature: boolean;
}
type Counts<N extends string> = Readonly<Record<N, number>>;

/** At most so many of a mature cohort are undecided. */
const UNDECIDED_SHARE = 0.01;
/** What loans come to after they are paid out. */
const AFTER_PAYOUT: ReadonlySet<string> = new Set(['overdue', 'settled', 'written_off']);

/** `over`: the time of the cohort has passed, so that nobody is added to it. */
export function funnelStages(counts: Counts<FunnelCount>, over: boolean): Stage[] {
  return stages(FUNNEL_STAGES, counts, over && counts.open <= counts.submitted * UNDECIDED_SHARE, over);
}

export function funderStages(counts: Counts<FunderCount>, over: boolean): Stage[] {
  return stages(FUNDER_STAGES, counts, over && counts.open <= counts.attempts * UNDECIDED_SHARE, over);
}

/** Loans paid out and not over. */
export function running(counts: Counts<'disbursed' | 'settled' | 'written_off'>): number {
  return Math.max(0, counts.disbursed - counts.settled - counts.written_off);
}

/** To four places; null of nothing. */
export function shareOf(part: number, whole: number): number | null {
  return whole === 0 ? null : Math.round((part / whole) * 10_000) / 10_000;
}

/** Of the times to decide, within a part by logarithms; null when nothing was decided. Milliseconds. */
export function medianMs(counts: Counts<FunderCount>): number | null {
  const parts = DECIDED_COUNTS.map((name) => counts[name]);
  const half = parts.reduce((sum, n) => sum + n, 0) / 2;
  if (half <= 0) return null;
  let before = 0;
  for (const [at, n] of parts.entries()) {
    if (n > 0 && before + n >= half) {
      const low = DECIDED_WITHIN_MS[at - 1] ?? DECIDED_WITHIN_MS[0] / 4;
      const high = DECIDED_WITHIN_MS[at];
      return Math.round(high === undefined ? low : low * (high / low) ** ((half - before) / n));
    }
    before += n;
  }
  return null;
}

function stages<N extends string>(of: Readonly<Partial<Record<N, N | null>>>, counts: Counts<N>, decided: boolean, over: boolean): Stage[] {
  const repaid = over && decided && running(counts as never) <= ((counts as Counts<string>)['disbursed'] ?? 0) * UNDECIDED_SHARE;
  return (Object.entries(of) as [N, N | null][]).map(([stage, before]) => ({
    stage,
    count: counts[stage],
    of: before,
    of_before: before === null ? null : shareOf(counts[stage], counts[before]),
    mature: AFTER_PAYOUT.has(stage) ? repaid : decided,
  }));
}
