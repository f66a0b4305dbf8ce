/** The plans of an application as they were made, each with what it was made from. */
import { problem, type Problem } from '../../domain/failures.ts';
import type { PlanInputs } from '../../domain/plan.ts';
import type { PlanRow } from '../../store/index.ts';
import type { Deps } from '../deps.ts';
import { openInputs } from '../plan-inputs.ts';
import { iso } from '../view-application.ts';

/** What is known of a plan for as long as its application is. */
export interface PlanView {
  readonly id: string;
  readonly at: string;
  readonly snapshot_version: number;
  /** Null: of the time when one policy decided for all. */
  readonly policy_id: string | null;
  readonly policy_version: number;
  readonly model_version: number;
}
export interface MadePlan {
  readonly row: PlanRow;
  readonly view: PlanView;
  /** Null: they went with the borrower's data. */
  readonly inputs: PlanInputs | null;
}

export function plansMade(deps: Pick<Deps, 'store' | 'keys'>, applicationId: string): { readonly plans: readonly MadePlan[] } | Problem {
  const application = deps.store.applications.byId(applicationId);
  if (application === undefined) return problem('not_found', '没有这个申请', 'there is no such application');
  const borrower = deps.store.applications.borrowerById(application.borrowerId);
  const key = borrower === undefined ? null : deps.keys.of(borrower);
  const plans = deps.store.applications.plansOf(applicationId).map((row) => ({ row, view: planView(row), inputs: openInputs(key, row) }));
  return { plans };
}

export function planView(row: PlanRow): PlanView {
  return {
    id: row.id,
    at: iso(row.createdAtMs),
    snapshot_version: row.snapshotVersion,
    policy_id: row.policyId,
    policy_version: row.policyVersion,
    model_version: row.modelVersion,
  };
}
