import type { Exclusion } from '../domain/plan.ts';
import type { Policy } from '../domain/policy.ts';
import type { Situation } from './eligibility.ts';
import type { Box } from './order.ts';
import { chooseByStrategy } from './strategy.ts';
import type { Limits } from './strategy.ts';

/** A box whose opening shows the borrower's data to a legal entity. */
interface ExposingBox extends Box {
  readonly entity: string;
}

/** The waves chosen, and why each of the others was not. */
export interface ExposureChoice<B> {
  readonly waves: readonly (readonly B[])[];
  readonly left: readonly Exclusion[];
}

/**
 * Chooses by the policy such that the whole plan, not only its next step, keeps within the exposure budget. Exact when every candidate
 * is an entity of its own (then the budget is only a smaller K); funders that share an entity are chosen first and the last over budget dropped.
 */
export function chooseWithinExposure<B extends ExposingBox>(
  candidates: readonly B[],
  policy: Policy,
  limits: Limits,
  { exposed, maxRecipients }: Pick<Situation, 'exposed' | 'maxRecipients'>,
): ExposureChoice<B> {
  const room = Math.max(0, maxRecipients - exposed.size);
  // As many new recipients as attempts may be shown the data: then the budget forbids nothing, and nobody need be counted.
  const bound = room < limits.attempts ? countFresh(candidates, exposed) : 0;
  const reach = bound <= room ? limits.attempts : Math.min(limits.attempts, room + candidates.length - bound);
  const left: Exclusion[] = [];
  let rest = candidates;
  for (;;) {
    const waves = chooseByStrategy(rest, policy, { attempts: reach, lastBox: limits.lastBox });
    const over = bound <= room ? null : firstOver(waves, exposed, room);
    if (over === null) return { waves, left: left.concat(reasons(rest, waves, { ...limits, weighed: policy.choice === 'worthwhile' }, reach)) };
    left.push({ funderId: over.funderId, code: 'exposure_budget', detail: `${room} more recipients allowed` });
    rest = rest.filter((box) => box !== over);
  }
}

/** Distinct entities among the candidates that do not hold the data yet. */
function countFresh(candidates: readonly ExposingBox[], exposed: ReadonlySet<string>): number {
  const fresh = new Set<string>();
  for (const { entity } of candidates) if (!exposed.has(entity)) fresh.add(entity);
  return fresh.size;
}

/** The first box of the plan that would show the data to more new entities than there is room for. */
function firstOver<B extends ExposingBox>(waves: readonly (readonly B[])[], exposed: ReadonlySet<string>, room: number): B | null {
  const shown = new Set<string>();
  for (const box of waves.flat()) {
    if (exposed.has(box.entity) || shown.has(box.entity)) continue;
    if (shown.size === room) return box;
    shown.add(box.entity);
  }
  return null;
}

/** With room left in the plan, or worth no more than the last box, a funder was not worth it; otherwise it is the limit that kept it out. */
function reasons<B extends Box>(
  rest: readonly B[],
  waves: readonly (readonly B[])[],
  limits: Limits & { readonly weighed: boolean },
  reach: number,
): Exclusion[] {
  const chosen = new Set<Box>(waves.flat());
  const full = fullReason(limits, reach);
  const left: Exclusion[] = [];
  for (const box of rest) {
    if (chosen.has(box)) continue;
    const { funderId, index } = box;
    if (limits.weighed && index <= limits.lastBox)
      left.push({ funderId, code: 'not_worth_it', detail: `index ${Math.round(index)} fen <= last box ${limits.lastBox} fen` });
    else if (chosen.size < reach) left.push({ funderId, code: 'not_worth_it', detail: `index ${Math.round(index)} fen adds nothing to the plan` });
    else left.push({ funderId, code: full.code, detail: full.detail });
  }
  return left;
}

function fullReason(limits: Limits, reach: number): Omit<Exclusion, 'funderId'> {
  if (reach < limits.attempts) return { code: 'exposure_budget', detail: `${reach} more attempts within the exposure budget` };
  return { code: 'beyond_max_attempts', detail: `${limits.attempts} attempts left` };
}
