/**
 * Which policy decides for an application: found once, at submission, from its facts and its borrower, and kept through all replans. The same
 * borrower is always on the same arm of a segment's experiment, and a larger share for the challenger takes nobody away from it.
 */
import type { Facts } from '../domain/applicant.ts';
import type { DeskSnapshot, PolicyInForce } from '../domain/desk.ts';
import type { Policy } from '../domain/policy.ts';
import { judgeRule } from '../domain/rules.ts';
import type { Arm, Segment } from '../domain/segment.ts';
import { generator } from '../routing/draw.ts';
import type { ApplicationRow } from '../store/index.ts';

type Sight = Pick<DeskSnapshot, 'policy' | 'policyVersion' | 'policies' | 'segments'>;
export type PolicyChoice = Pick<ApplicationRow, 'policyId' | 'segmentId' | 'arm'>;

/** `facts` null when the ID number told is none: nothing can be asked of them but the last segment's rule. */
export function choosePolicy(desk: Sight, facts: Facts | null, borrowerId: string): PolicyChoice {
  for (const segment of desk.segments) {
    if (segment.rule !== true && (facts === null || !holds(segment, facts))) continue;
    const arm = armOf(segment, borrowerId);
    const policyId = arm === 'challenger' ? segment.challenger!.policy : segment.champion;
    // What is in force names policies in force; should one be missing all the same, nobody is turned away for it.
    if (desk.policies.has(policyId)) return { policyId, segmentId: segment.id, arm };
  }
  return { policyId: desk.policy.id, segmentId: null, arm: null };
}

/** By a hash of borrower and segment, so that the arms of two segments have nothing to do with each other. */
export function armOf({ id, challenger }: Pick<Segment, 'id' | 'challenger'>, borrowerId: string): Arm {
  if (challenger === null) return 'champion';
  return generator(0, `${id}/${borrowerId}`)() < challenger.share ? 'challenger' : 'champion';
}

/** The policy an application goes by; before its submission, or when its own is no longer in force, that of the last segment. */
export function policyOf(desk: Sight, application: Pick<ApplicationRow, 'policyId'>): Policy {
  return policyInForce(desk, application).policy;
}

/** `policyOf`, with its version. */
export function policyInForce(desk: Sight, { policyId }: Pick<ApplicationRow, 'policyId'>): PolicyInForce {
  const own = policyId === null ? undefined : desk.policies.get(policyId);
  return own ?? { policy: desk.policy, version: desk.policyVersion };
}

/** Chooses again for one that has no policy in force: retired since, or submitted before there were segments. */
export function keepPolicy(desk: Sight, application: ApplicationRow, facts: Facts | null): void {
  if (application.policyId !== null && desk.policies.has(application.policyId)) return;
  Object.assign(application, choosePolicy(desk, facts, application.borrowerId));
}

/** What events and views say of an application's policy. */
export function policyNames({ policyId, segmentId, arm }: PolicyChoice): {
  readonly policy_id: string | null;
  readonly segment_id: string | null;
  readonly arm: Arm | null;
} {
  return { policy_id: policyId, segment_id: segmentId, arm };
}

function holds(segment: Segment, facts: Facts): boolean {
  const verdict = judgeRule(segment.rule, facts);
  return verdict.kind === 'judged' && verdict.holds;
}
