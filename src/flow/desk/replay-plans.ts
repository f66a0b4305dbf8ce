/**
 * Makes every stored plan of an application again, from its sealed inputs and from the policy and funders that were in force then, and holds
 * the bytes against those that were stored: that a decision can be explained means that it can be repeated.
 */
import type { Plan } from '../../domain/plan.ts';
import type { Problem } from '../../domain/failures.ts';
import { makePlan } from '../../routing/plan.ts';
import type { Deps } from '../deps.ts';
import { routingRecordsAt } from './build-snapshot.ts';
import { diffRecords, type Difference } from './diff-records.ts';
import { plansMade, type MadePlan, type PlanView } from './plans-made.ts';

export interface Replay extends PlanView {
  /** Null: the inputs went with the borrower's data, so it cannot be made again. */
  readonly equal: boolean | null;
  /** What came out differently, when it did. */
  readonly diff: readonly Difference[];
}

export function replayPlans(
  deps: Pick<Deps, 'store' | 'keys'>,
  applicationId: string,
): { readonly id: string; readonly equal: boolean | null; readonly plans: readonly Replay[] } | Problem {
  const made = plansMade(deps, applicationId);
  if ('problem' in made) return made;
  const plans = made.plans.map((plan) => replay(deps, plan));
  const equal = plans.some((plan) => plan.equal === false) ? false : plans.some((plan) => plan.equal === null) ? null : true;
  return { id: applicationId, equal, plans };
}

function replay(deps: Pick<Deps, 'store'>, { row, view, inputs }: MadePlan): Replay {
  if (inputs === null) return { ...view, equal: null, diff: [] };
  const { policy, policyVersion, funders } = routingRecordsAt(deps.store, row.snapshotVersion, row.policyId);
  const again = JSON.stringify(makePlan(inputs, policy, funders));
  const equal = again === row.result && policyVersion === row.policyVersion;
  return { ...view, equal, diff: equal ? [] : diffRecords(JSON.parse(row.result), JSON.parse(again) as Plan) };
}
