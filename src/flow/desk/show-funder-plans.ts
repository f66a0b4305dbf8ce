/** Why a funder sees the traffic it sees: in how many first plans of late it stands, and why it was left out of the others. */
import { problem, type Problem } from '../../domain/failures.ts';
import type { Plan } from '../../domain/plan.ts';
import { DAY_MS } from '../../domain/rollups.ts';
import type { Deps } from '../deps.ts';
import { iso } from '../view-application.ts';

/** Each is some kilobytes of JSON to read. */
const MOST_PLANS = 5_000;

/** All counts, so that those of several cells can be added up. */
export interface FunderPlans {
  readonly funder: string;
  readonly from: string;
  readonly to: string;
  /** Applications with a plan: the newest 5,000 of the last 24 hours. */
  readonly applications: number;
  /** Those whose first plan has this funder in it. */
  readonly planned: number;
  /** Of those, where it stands first. */
  readonly first: number;
  /** The others by why it was left out. */
  readonly left_out: Readonly<Record<string, number>>;
  /** Plans made before there was such a funder. */
  readonly unknown: number;
}

export function showFunderPlans(deps: Pick<Deps, 'desk' | 'store' | 'clock'>, id: string): FunderPlans | Problem {
  if (!deps.desk.snapshot().funders.has(id)) return problem('not_found', '没有这个资金方', 'there is no such funder');
  const nowMs = deps.clock.nowMs();
  const counts = { applications: 0, planned: 0, first: 0, unknown: 0 };
  const leftOut: Record<string, number> = {};
  for (const text of deps.store.traffic.firstPlans(nowMs - DAY_MS, nowMs + 1, MOST_PLANS)) {
    const { steps, excluded } = JSON.parse(text) as Plan;
    counts.applications += 1;
    const at = steps.findIndex(({ funderId }) => funderId === id);
    if (at >= 0) counts.planned += 1;
    if (at === 0) counts.first += 1;
    if (at >= 0) continue;
    const code = excluded.find(({ funderId }) => funderId === id)?.code;
    if (code === undefined) counts.unknown += 1;
    else leftOut[code] = (leftOut[code] ?? 0) + 1;
  }
  return { funder: id, from: iso(nowMs - DAY_MS), to: iso(nowMs), ...counts, left_out: leftOut };
}
