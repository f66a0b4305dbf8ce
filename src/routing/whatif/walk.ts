/**
 * One stored application through one policy: who would be asked, in which order, until the log itself ends the way. Plans are made by
 * `makePlan` as they are for borrowers, with a new one after every refusal.
 */
import type { Funder } from '../../domain/funder.ts';
import type { PlanInputs, PlanStep } from '../../domain/plan.ts';
import type { Policy } from '../../domain/policy.ts';
import { makePlan } from '../plan.ts';
import type { LoggedAnswer, LoggedAttempt, StoredCase } from './stored-case.ts';

/** One funder on the way. It is reached if all before it said no and the borrower stayed. */
export interface Stop {
  readonly funderId: string;
  /** Likelihood before anybody said anything, as stored. */
  readonly prior: number;
  /** What the log says this funder answered to this application; null where it was never asked. */
  readonly answer: Exclude<LoggedAnswer, 'open'> | null;
  /** Asked together with the stop before it. */
  readonly together: boolean;
  /** Whether the log shows that this borrower stays for so many waves. */
  readonly stays: boolean;
  /** Whether it counts against K and is paid for. */
  readonly counts: boolean;
}

export interface Way {
  readonly stops: readonly Stop[];
  /** Of the first plan. */
  readonly steering: number;
}

export type Funders = ReadonlyMap<string, Funder>;

/** `follow` is asked after each wave whether to go on; a simulation of the way alone stops early by it. */
export function walk(stored: StoredCase, policy: Policy, funders: Funders, follow: (stops: readonly Stop[]) => boolean = always): Way {
  const logged = new Map(stored.attempts.map((attempt) => [attempt.funderId, attempt]));
  const waves = (stored.attempts.at(-1)?.wave ?? -1) + 1;
  const stops: Stop[] = [];
  let inputs = stored.inputs;
  let steering = 0;
  for (let wave = 0; !(stored.left && wave >= waves); wave += 1) {
    const plan = makePlan(inputs, policy, funders);
    if (wave === 0) steering = plan.steering;
    const asked = preferred(
      plan.steps.filter((step) => step.wave === plan.steps[0]!.wave),
      policy,
      funders,
    );
    if (asked.length === 0) break;
    asked.forEach((step, at) => stops.push(stopOf(step, logged.get(step.funderId), at > 0, wave < waves)));
    const now = stops.slice(-asked.length);
    if (now.some(({ answer }) => answer === 'approved') || !follow(stops)) break;
    inputs = afterWave(inputs, asked, now, funders);
  }
  return { stops, steering };
}

const always = (): boolean => true;

function stopOf(step: PlanStep, attempt: LoggedAttempt | undefined, together: boolean, stays: boolean): Stop {
  const answer = attempt === undefined || attempt.answer === 'open' ? null : attempt.answer;
  return { funderId: step.funderId, prior: step.prior, answer, together, stays, counts: answer === null || attempt!.submitted };
}

/** The approval that wins comes first: the one worth most, or in a rate table the one with the lowest rate. */
function preferred(steps: readonly PlanStep[], { strategy }: Policy, funders: Funders): readonly PlanStep[] {
  if (steps.length < 2) return steps;
  const worth = (step: PlanStep): number =>
    strategy === 'rate_table' ? -funders.get(step.funderId)!.product.quoted_apr_bps : step.valueFen - (step.approvalPriceFen ?? 0);
  return steps.toSorted((left, right) => worth(right) - worth(left) || (left.funderId < right.funderId ? -1 : 1));
}

/** The inputs as they stand when all of these have said no. Likelihoods of later plans are taken to be those of the first. */
function afterWave(inputs: PlanInputs, asked: readonly PlanStep[], stops: readonly Stop[], funders: Funders): PlanInputs {
  const names = new Set(asked.map(({ funderId }) => funderId));
  const entities = asked.map(({ funderId }) => funders.get(funderId)!.legal_entity);
  return {
    ...inputs,
    attemptsUsed: inputs.attemptsUsed + stops.filter(({ counts }) => counts).length,
    // Kept in millionths, as an attempt's row keeps them.
    declinedLikelihoods: [
      ...inputs.declinedLikelihoods,
      ...asked.flatMap(({ mean }, at) => (stops[at]!.answer === 'no' ? [] : [Math.round(mean * 1e6) / 1e6])),
    ],
    exposedEntities: [...new Set([...inputs.exposedEntities, ...entities])],
    funders: inputs.funders.map((state) => (names.has(state.funderId) ? { ...state, attempted: true } : state)),
  };
}
