/**
 * Makes every stored plan of an application again, from its sealed inputs and from the policy and funders that were in force then, and holds
 * the bytes against those that were stored: that a decision can be explained means that it can be repeated.
 */
import type { Plan } from '../../domain/plan.ts';
import { problem, type Problem } from '../../domain/failures.ts';
import type { DataKey } from '../../ports/vault.ts';
import { makePlan } from '../../routing/plan.ts';
import type { PlanRow } from '../../store/index.ts';
import type { Deps } from '../deps.ts';
import { inputsFromJson } from '../plan-inputs.ts';
import { iso } from '../view-application.ts';
import { routingRecordsAt } from './build-snapshot.ts';
import { diffRecords, type Difference } from './diff-records.ts';

export interface Replay {
  readonly id: string;
  readonly at: string;
  readonly snapshot_version: number;
  /** Null: of the time when one policy decided for all. */
  readonly policy_id: string | null;
  readonly policy_version: number;
  readonly model_version: number;
  /** Null: the inputs went with the borrower's data, so it cannot be made again. */
  readonly equal: boolean | null;
  /** What came out differently, when it did. */
  readonly diff: readonly Difference[];
}

export function replayPlans(
  deps: Pick<Deps, 'store' | 'keys'>,
  applicationId: string,
): { readonly id: string; readonly equal: boolean | null; readonly plans: readonly Replay[] } | Problem {
  const application = deps.store.applications.byId(applicationId);
  if (application === undefined) return problem('not_found', '没有这个申请', 'there is no such application');
  const borrower = deps.store.applications.borrowerById(application.borrowerId);
  const key = borrower === undefined ? null : deps.keys.of(borrower);
  const plans = deps.store.applications.plansOf(applicationId).map((row) => replay(deps, row, key));
  const equal = plans.some((plan) => plan.equal === false) ? false : plans.some((plan) => plan.equal === null) ? null : true;
  return { id: applicationId, equal, plans };
}

function replay(deps: Pick<Deps, 'store'>, row: PlanRow, key: DataKey | null): Replay {
  const known = {
    id: row.id,
    at: iso(row.createdAtMs),
    snapshot_version: row.snapshotVersion,
    policy_id: row.policyId,
    policy_version: row.policyVersion,
    model_version: row.modelVersion,
  };
  if (key === null || row.inputsSealed === null) return { ...known, equal: null, diff: [] };
  const inputs = inputsFromJson(new TextDecoder().decode(key.open(`plans/${row.id}/inputs`, row.inputsSealed)), row);
  const { policy, policyVersion, funders } = routingRecordsAt(deps.store, row.snapshotVersion, row.policyId);
  const again = JSON.stringify(makePlan(inputs, policy, funders));
  const equal = again === row.result && policyVersion === row.policyVersion;
  return { ...known, equal, diff: equal ? [] : diffRecords(JSON.parse(row.result), JSON.parse(again) as Plan) };
}
