/** What a segment's champion and challenger have come to, read from the stored applications, wherever they are. Only what has ended counts; the rest is told apart. */
import { compareArms, estimatesOf, type ArmTotals, type Estimate } from '../../analytics/compare-arms.ts';
import type { DeskSnapshot } from '../../domain/desk.ts';
import { problem, type Problem } from '../../domain/failures.ts';
import { idFloor } from '../../domain/ids.ts';
import type { Arm, Segment } from '../../domain/segment.ts';
import { APPLICATION_ENDED, type ApplicationState } from '../../domain/states.ts';
import type { ArmCount, ArmQuery, Store } from '../../store/index.ts';
import { Unreachable } from '../cells/away.ts';
import type { Deps } from '../deps.ts';
import { iso } from '../view-application.ts';

export interface ArmVerdict {
  readonly policy: string;
  /** Applications that have come to an end, one way or another; refused and withdrawn ones are among them. */
  readonly applications: number;
  /** Those still under way: no part of any figure here. */
  readonly immature: number;
  readonly offered: number;
  readonly approvals: number;
  readonly loans: number;
  readonly offered_share: Estimate | null;
  /** Commission of loans paid out, by the funders' terms in force now, per application. */
  readonly revenue_per_application_fen: Estimate | null;
}
export interface Verdict {
  readonly segment: string;
  readonly since: string;
  readonly at: string;
  readonly share: number | null;
  readonly champion: ArmVerdict;
  readonly challenger: ArmVerdict | null;
  /** Null while there is nothing to compare. */
  readonly challenger_better: { readonly offered_share: number | null; readonly revenue_per_application_fen: number | null } | null;
}

type VerdictDeps = Pick<Deps, 'store' | 'desk' | 'clock' | 'cells'>;

/** Longer than drafts are usually kept. */
const DRAFT_MS = 30 * 86_400_000;

/** `sinceMs` null: since champion, challenger and share are what they are; what came before was a different experiment. */
export async function showVerdict(deps: VerdictDeps, id: string, sinceMs: number | null): Promise<Verdict | Problem> {
  const desk = deps.desk.snapshot();
  const segment = desk.segments.find((each) => each.id === id);
  if (segment === undefined) return problem('not_found', '没有生效的这个分群', 'there is no such segment in force');
  const fromMs = sinceMs ?? unchangedSince(deps.store, segment);
  const draftMs = Math.max(DRAFT_MS, ...[...desk.policies.values()].map(({ policy }) => policy.deadlines.draft_s * 1_000));
  const challenger = segment.challenger?.policy ?? null;
  const fromId = idFloor('app', Math.max(0, fromMs - draftMs));
  const counts = await countArms(deps, { segmentId: id, champion: segment.champion, challenger, fromId, sinceMs: fromMs });
  if ('problem' in counts) return counts;
  const [ours, theirs] = [totalsOf(desk, counts, 'champion'), totalsOf(desk, counts, 'challenger')];
  const better = compareArms(ours, theirs);
  return {
    segment: id,
    since: iso(fromMs),
    at: iso(deps.clock.nowMs()),
    share: segment.challenger?.share ?? null,
    champion: armVerdict(segment.champion, ours),
    challenger: challenger === null ? null : armVerdict(challenger, theirs),
    challenger_better: challenger === null ? null : { offered_share: better.offeredShare, revenue_per_application_fen: better.revenueFen },
  };
}

/** Of all cells, where applications are in cells; with one of them missing a verdict would be about other people. */
async function countArms({ store, cells }: VerdictDeps, query: ArmQuery): Promise<readonly ArmCount[] | Problem> {
  if (cells === null) return store.desk.armCounts(query);
  try {
    const counts = await Promise.all(Array.from({ length: cells.count }, (_, cell) => cells.armCounts(cell, query)));
    return counts.flat();
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error;
    return problem('overloaded', '有分区暂时没有应答，请稍后再试', 'a cell does not answer; try again', { retryAfterS: 1 });
  }
}

interface Totals extends ArmTotals {
  readonly immature: number;
  readonly approvals: number;
  readonly loans: number;
}

function totalsOf(desk: DeskSnapshot, counts: readonly ArmCount[], arm: Arm): Totals {
  const totals = { applications: 0, immature: 0, offered: 0, approvals: 0, loans: 0, revenue: 0, revenueSquares: 0 };
  for (const row of counts.filter((each) => each.arm === arm)) {
    if (!APPLICATION_ENDED.has(row.state as ApplicationState)) {
      totals.immature += row.applications;
      continue;
    }
    totals.applications += row.applications;
    totals.offered += row.offered;
    totals.approvals += row.approvals;
    if (row.funderId === null) continue;
    totals.loans += row.applications;
    // A funder that is gone has no terms any more.
    const { cpa_fen: cpa = 0, cps_bps: bps = 0 } = desk.funders.get(row.funderId)?.terms ?? {};
    const rate = bps / 10_000;
    totals.revenue += row.applications * cpa + rate * row.amountFen;
    totals.revenueSquares += row.applications * cpa * cpa + 2 * cpa * rate * row.amountFen + rate * rate * row.amountSquares;
  }
  return totals;
}

function armVerdict(policy: string, totals: Totals): ArmVerdict {
  const { offeredShare, revenueFen } = estimatesOf(totals);
  const { applications, immature, offered, approvals, loans } = totals;
  return { policy, applications, immature, offered, approvals, loans, offered_share: offeredShare, revenue_per_application_fen: revenueFen };
}

function unchangedSince(store: Store, segment: Segment): number {
  const same = (body: string): boolean => {
    const { champion, challenger } = JSON.parse(body) as Segment;
    return champion === segment.champion && challenger?.policy === segment.challenger?.policy && challenger?.share === segment.challenger?.share;
  };
  let since = 0;
  for (const row of store.desk.history('segment', segment.id)) {
    if (row.retired || !same(row.body)) break;
    since = row.createdAtMs;
  }
  return since;
}
