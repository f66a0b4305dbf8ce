/** Why an application was routed as it was: every plan of it explained, from what it was made with. Asked again, it says the same. */
import { problem, type Problem } from '../../domain/failures.ts';
import { explainPlan, type Explanation } from '../../routing/explain.ts';
import type { Deps } from '../deps.ts';
import { inputsFromJson } from '../plan-inputs.ts';
import { iso } from '../view-application.ts';
import { routingRecordsAt } from './build-snapshot.ts';

export interface ExplainedPlan {
  readonly id: string;
  readonly at: string;
  readonly snapshot_version: number;
  readonly policy_id: string | null;
  readonly policy_version: number;
  readonly model_version: number;
  /** Null: its inputs went with the borrower's data. */
  readonly explanation: Explanation | null;
}

export function explainApplication(
  deps: Pick<Deps, 'store' | 'keys'>,
  applicationId: string,
): { readonly id: string; readonly plans: readonly ExplainedPlan[] } | Problem {
  const application = deps.store.applications.byId(applicationId);
  if (application === undefined) return problem('not_found', '没有这个申请', 'there is no such application');
  const borrower = deps.store.applications.borrowerById(application.borrowerId);
  const key = borrower === undefined ? null : deps.keys.of(borrower);
  const plans = deps.store.applications.plansOf(applicationId).map((row): ExplainedPlan => {
    const known = {
      id: row.id,
      at: iso(row.createdAtMs),
      snapshot_version: row.snapshotVersion,
      policy_id: row.policyId,
      policy_version: row.policyVersion,
      model_version: row.modelVersion,
    };
    if (key === null || row.inputsSealed === null) return { ...known, explanation: null };
    const inputs = inputsFromJson(new TextDecoder().decode(key.open(`plans/${row.id}/inputs`, row.inputsSealed)), row);
    const { policy, funders } = routingRecordsAt(deps.store, row.snapshotVersion, row.policyId);
    return { ...known, explanation: explainPlan(inputs, policy, funders) };
  });
  return { id: applicationId, plans };
}
