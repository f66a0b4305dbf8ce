/** Why an application was routed as it was: every plan of it explained, from what it was made with. Asked again, it says the same. */
import type { Problem } from '../../domain/failures.ts';
import { explainPlan, type Explanation } from '../../routing/explain.ts';
import type { Deps } from '../deps.ts';
import { routingRecordsAt } from './build-snapshot.ts';
import { plansMade, type PlanView } from './plans-made.ts';

export interface ExplainedPlan extends PlanView {
  /** Null: its inputs went with the borrower's data. */
  readonly explanation: Explanation | null;
}

export function explainApplication(
  deps: Pick<Deps, 'store' | 'keys'>,
  applicationId: string,
): { readonly id: string; readonly plans: readonly ExplainedPlan[] } | Problem {
  const made = plansMade(deps, applicationId);
  if ('problem' in made) return made;
  const plans = made.plans.map(({ row, view, inputs }): ExplainedPlan => {
    if (inputs === null) return { ...view, explanation: null };
    const { policy, funders } = routingRecordsAt(deps.store, row.snapshotVersion, row.policyId);
    return { ...view, explanation: explainPlan(inputs, policy, funders) };
  });
  return { id: applicationId, plans };
}
