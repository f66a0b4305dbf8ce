/** A dry decision: where an application would go now, by the policy, the model and the caps of this moment. Nothing is kept, nobody is asked. */
import type { Facts } from '../../domain/applicant.ts';
import { problem, type Problem } from '../../domain/failures.ts';
import type { Plan } from '../../domain/plan.ts';
import type { Arm } from '../../domain/segment.ts';
import { explainPlan, type Explanation } from '../../routing/explain.ts';
import { makePlan } from '../../routing/plan.ts';
import type { ApplicationRow } from '../../store/index.ts';
import { keepPolicy, policyOf } from '../choose-policy.ts';
import type { Deps } from '../deps.ts';
import { factsOfApplication } from '../facts-of-application.ts';
import { gatherPlanInputs } from '../plan-inputs.ts';
import { Work } from '../work.ts';

export interface Decision {
  readonly snapshot_version: number;
  readonly policy_id: string;
  readonly segment_id: string | null;
  readonly arm: Arm | null;
  readonly policy_version: number;
  readonly model_version: number;
  readonly plan: Plan;
  readonly explanation?: Explanation;
}
export type DecisionWish = { readonly application: string; readonly explain: boolean } | { readonly facts: Facts; readonly explain: boolean };

/** For an application that is there, with its history; or for facts alone, as of somebody never seen before. */
export function decide(deps: Deps, wish: DecisionWish): Decision | Problem {
  const work = new Work(deps, deps.store);
  const known = 'application' in wish ? deps.store.applications.byId(wish.application) : undefined;
  if ('application' in wish && known === undefined) return problem('not_found', '没有这个申请', 'there is no such application');
  // A copy: what is chosen for it now is not kept.
  const application = { ...(known ?? NOBODY) };
  const facts = 'facts' in wish ? wish.facts : factsOfApplication(work, application);
  if (facts === null) return problem('gone', '申请不完整或已被删除', 'the application is incomplete, or was erased');
  keepPolicy(work.desk, application, facts);
  const inputs = gatherPlanInputs(work, application, facts, known === undefined);
  const policy = policyOf(work.desk, application);
  const plan = makePlan(inputs, policy, work.desk.funders);
  return {
    snapshot_version: inputs.snapshotVersion,
    policy_id: policy.id,
    segment_id: application.segmentId,
    arm: application.arm,
    policy_version: inputs.policyVersion,
    model_version: inputs.modelVersion,
    plan,
    ...(wish.explain ? { explanation: explainPlan(inputs, policy, work.desk.funders) } : {}),
  };
}

/** Somebody without any past: an id that no application has, so that whatever is looked up by it is empty. */
const NOBODY = {
  id: 'app_dry',
  borrowerId: 'bor_dry',
  phoneIndex: null,
  refusedRecipients: [],
  policyId: null,
  segmentId: null,
  arm: null,
} as unknown as ApplicationRow;
