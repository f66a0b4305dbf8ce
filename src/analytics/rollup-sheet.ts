/** Counts as they gather: by hour and key, and by the days of those hours. What was touched stays, with zeros too: rows must not depend on how the feed was cut. */
import {
  FUNDER_COUNTS,
  FUNNEL_COUNTS,
  startOf,
  type FunderCount,
  type FunderRollup,
  type FunnelCount,
  type FunnelRollup,
  type RefusalRollup,
  type RollupBasis,
  type RollupDimensions,
  type RollupKey,
} from '../domain/rollups.ts';

const NO_FUNNEL = Object.fromEntries(FUNNEL_COUNTS.map((name) => [name, 0])) as Record<FunnelCount, number>;
const NO_FUNDER = Object.fromEntries(FUNDER_COUNTS.map((name) => [name, 0])) as Record<FunderCount, number>;

export class RollupSheet {
  readonly #funnel = new Hours((key): FunnelRollup => ({ ...key, ...NO_FUNNEL }));
  readonly #funders = new Hours((key, funderId): FunderRollup => ({ ...key, funderId, ...NO_FUNDER }));
  readonly #refusals = new Hours((key, reason): RefusalRollup => ({ ...key, reason, n: 0 }));

  funnel(basis: RollupBasis, hourMs: number, of: RollupDimensions, count: FunnelCount, n: number): void {
    this.#funnel.row(basis, hourMs, of, '')[count] += n;
  }

  funder(basis: RollupBasis, hourMs: number, of: RollupDimensions, funderId: string, count: FunderCount, n: number): void {
    this.#funders.row(basis, hourMs, of, funderId)[count] += n;
  }

  refusal(basis: RollupBasis, hourMs: number, of: RollupDimensions, reason: string, n: number): void {
    this.#refusals.row(basis, hourMs, of, reason).n += n;
  }

  /** Every hour's rows, and those of the days they lie in. */
  rows(): { readonly funnel: readonly FunnelRollup[]; readonly funders: readonly FunderRollup[]; readonly refusals: readonly RefusalRollup[] } {
    return {
      funnel: withDays(this.#funnel.rows, FUNNEL_COUNTS, () => ''),
      funders: withDays(this.#funders.rows, FUNDER_COUNTS, (row) => row.funderId),
      refusals: withDays(this.#refusals.rows, ['n'], (row) => row.reason),
    };
  }
}

/** The hourly rows of one kind, by key. `part`: what a row is of besides, a funder or a reason. */
class Hours<R extends RollupKey> {
  readonly rows = new Map<string, R>();
  readonly #make: (key: RollupKey, part: string) => R;
  /** The last row of each basis and its part: an event counts several times in the same ones, and most follow another of their like. */
  readonly #last: Record<RollupBasis, { readonly row: R; readonly part: string } | null> = { cohort: null, activity: null };

  constructor(make: (key: RollupKey, part: string) => R) {
    this.#make = make;
  }

  row(basis: RollupBasis, startMs: number, of: RollupDimensions, part: string): R {
    const last = this.#last[basis];
    if (last !== null && last.part === part && isOf(last.row, startMs, of)) return last.row;
    const key = `${keyOf(basis, startMs, of)}\t${part}`;
    let row = this.rows.get(key);
    if (row === undefined) this.rows.set(key, (row = this.#make(whenAndWhose(basis, startMs, of), part)));
    this.#last[basis] = { row, part };
    return row;
  }
}

function isOf(row: RollupKey, startMs: number, { channelId, variant, policyId, segmentId, arm }: RollupDimensions): boolean {
  return (
    row.startMs === startMs &&
    row.channelId === channelId &&
    row.variant === variant &&
    row.policyId === policyId &&
    row.segmentId === segmentId &&
    row.arm === arm
  );
}

function withDays<R extends RollupKey & Record<N, number>, N extends string>(
  hours: ReadonlyMap<string, R>,
  counts: readonly N[],
  part: (row: R) => string,
): R[] {
  const days = new Map<string, R>();
  for (const row of hours.values()) {
    const startMs = startOf('day', row.startMs);
    const key = `${keyOf(row.basis, startMs, row)}\t${part(row)}`;
    const day = days.get(key);
    if (day === undefined) days.set(key, { ...row, step: 'day', startMs });
    else for (const name of counts) (day as Record<N, number>)[name] += row[name];
  }
  return [...hours.values(), ...days.values()];
}

function whenAndWhose(basis: RollupBasis, startMs: number, { channelId, variant, policyId, segmentId, arm }: RollupDimensions): RollupKey {
  return { basis, step: 'hour', startMs, channelId, variant, policyId, segmentId, arm };
}

function keyOf(basis: RollupBasis, startMs: number, { channelId, variant, policyId, segmentId, arm }: RollupDimensions): string {
  return `${basis}\t${startMs}\t${channelId}\t${variant}\t${policyId}\t${segmentId}\t${arm}`;
}
