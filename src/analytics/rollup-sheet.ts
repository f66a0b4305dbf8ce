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
  readonly #funnel = new Map<string, FunnelRollup>();
  readonly #funders = new Map<string, FunderRollup>();
  readonly #refusals = new Map<string, RefusalRollup>();

  funnel(basis: RollupBasis, hourMs: number, of: RollupDimensions, count: FunnelCount, n: number): void {
    const key = keyOf(basis, hourMs, of);
    let row = this.#funnel.get(key);
    if (row === undefined) this.#funnel.set(key, (row = { ...whenAndWhose(basis, hourMs, of), ...NO_FUNNEL }));
    row[count] += n;
  }

  funder(basis: RollupBasis, hourMs: number, of: RollupDimensions, funderId: string, count: FunderCount, n: number): void {
    const key = `${keyOf(basis, hourMs, of)}\t${funderId}`;
    let row = this.#funders.get(key);
    if (row === undefined) this.#funders.set(key, (row = { ...whenAndWhose(basis, hourMs, of), funderId, ...NO_FUNDER }));
    row[count] += n;
  }

  refusal(basis: RollupBasis, hourMs: number, of: RollupDimensions, reason: string, n: number): void {
    const key = `${keyOf(basis, hourMs, of)}\t${reason}`;
    let row = this.#refusals.get(key);
    if (row === undefined) this.#refusals.set(key, (row = { ...whenAndWhose(basis, hourMs, of), reason, n: 0 }));
    row.n += n;
  }

  /** Every hour's rows, and those of the days they lie in. */
  rows(): { readonly funnel: readonly FunnelRollup[]; readonly funders: readonly FunderRollup[]; readonly refusals: readonly RefusalRollup[] } {
    return {
      funnel: withDays(this.#funnel, FUNNEL_COUNTS, () => ''),
      funders: withDays(this.#funders, FUNDER_COUNTS, (row) => row.funderId),
      refusals: withDays(this.#refusals, ['n'], (row) => row.reason),
    };
  }
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
