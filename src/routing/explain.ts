/**
 * A stored decision in words and numbers: why this funder, why not each other one, and what would have changed it. In: the inputs, the policy
 * and the records a plan was made with. Out: an explanation that says the same whenever it is asked for. What would have changed it is not
 * argued but tried: the plan is made again with that one thing different.
 */
import type { Bilingual } from '../domain/failures.ts';
import type { Facts } from '../domain/applicant.ts';
import type { Funder } from '../domain/funder.ts';
import type { Exclusion, Plan, PlanInputs, PlanStep } from '../domain/plan.ts';
import type { Policy } from '../domain/policy.ts';
import { exclusionWords, percent, stepWords, yuan } from './explain-words.ts';
import { makePlan } from './plan.ts';

/** The least that would have made a difference; null: nothing within reason would have. */
export interface Lever {
  /** Multiplier of the funder's weight, at most 100. */
  readonly weight_factor: number | null;
  /** Likelihood of approval, before declines. */
  readonly likelihood: number | null;
}
export interface StepExplanation {
  readonly funder: string;
  /** From 1. */
  readonly place: number;
  readonly words: Bilingual;
  readonly numbers: PlanStep;
  /** What would have put it first; null when it is. */
  readonly to_be_first: Lever | null;
}
export interface LeftOutExplanation {
  readonly funder: string;
  readonly code: Exclusion['code'];
  readonly detail: string;
  readonly words: Bilingual;
  /** What would have taken it in: another value of a fact, or a lever. */
  readonly would_change: { readonly fact: string; readonly is: unknown; readonly needed: unknown } | { readonly lever: Lever } | null;
}
export interface Explanation {
  readonly summary: Bilingual;
  readonly steps: readonly StepExplanation[];
  readonly left_out: readonly LeftOutExplanation[];
  /** The order the borrower would choose, and how far the order used is from it, 0 to 1. */
  readonly borrower_order: readonly string[];
  readonly steering: number;
  readonly explored: boolean;
  readonly expected_value_fen: number;
}

/** Levers are tried for at most so many funders: each costs some twenty plans. */
const MOST_LEVERS = 20;
const MOST_FACTOR = 100;
const LEVERS: ReadonlySet<Exclusion['code']> = new Set(['not_worth_it', 'beyond_max_attempts']);

export function explainPlan(inputs: PlanInputs, policy: Policy, funders: ReadonlyMap<string, Funder>): Explanation {
  const plan = makePlan(inputs, policy, funders);
  const nameOf = (id: string): string => funders.get(id)?.name ?? id;
  let levers = 0;
  const pull = (id: string, holds: (plan: Plan) => boolean): Lever => {
    levers += 1;
    return levers > MOST_LEVERS ? { weight_factor: null, likelihood: null } : leverOf(id, inputs, policy, funders, holds);
  };
  const steps = plan.steps.map((step, at): StepExplanation => {
    const isFirst = step.wave === plan.steps[0]!.wave;
    return {
      funder: step.funderId,
      place: at + 1,
      words: stepWords(step, at, policy, nameOf(step.funderId)),
      numbers: step,
      to_be_first: isFirst ? null : pull(step.funderId, (other) => other.steps.some((each) => each.funderId === step.funderId && each.wave === 0)),
    };
  });
  const left = plan.excluded.map((exclusion): LeftOutExplanation => ({
    funder: exclusion.funderId,
    code: exclusion.code,
    detail: exclusion.detail,
    words: exclusionWords(exclusion, nameOf(exclusion.funderId)),
    would_change: LEVERS.has(exclusion.code)
      ? { lever: pull(exclusion.funderId, (other) => other.steps.some((each) => each.funderId === exclusion.funderId)) }
      : factNeeded(exclusion, inputs.facts, funders.get(exclusion.funderId)),
  }));
  return {
    summary: summaryOf(plan, nameOf),
    steps,
    left_out: left,
    borrower_order: plan.borrowerOrder,
    steering: plan.steering,
    explored: plan.explored,
    expected_value_fen: plan.expectedValueFen,
  };
}

function summaryOf(plan: Plan, nameOf: (id: string) => string): Bilingual {
  const [first] = plan.steps;
  if (first === undefined)
    return {
      zh: `没有可尝试的资金方：${plan.excluded.length} 家均有排除原因。`,
      en: `No funder could be tried: each of ${plan.excluded.length} has its reason.`,
    };
  const explored = plan.explored
    ? { zh: '本单为探索，按后验抽样排序。', en: ' This one explored: the order is by a draw from what is believed.' }
    : { zh: '', en: '' };
  const bounded =
    plan.bounded === true
      ? {
          zh: `为符合借款人利益上限调整了次序，偏离度 ${percent(plan.steering)}。`,
          en: ` The order was changed to keep within the bound on steering: ${percent(plan.steering)} of pairs stand against the borrower’s own order.`,
        }
      : { zh: '', en: '' };
  return {
    zh: `先试 ${nameOf(first.funderId)}：预计通过率 ${percent(first.mean)}，通过一笔值 ${yuan(first.valueFen)} 元。共计划 ${plan.steps.length} 家，期望收益 ${yuan(plan.expectedValueFen)} 元。${explored.zh}${bounded.zh}`,
    en: `${nameOf(first.funderId)} goes first: it is held to approve with ${percent(first.mean)}, and an approval is worth ¥${yuan(first.valueFen)}. ${plan.steps.length} are planned, worth ¥${yuan(plan.expectedValueFen)} in expectation.${explored.en}${bounded.en}`,
  };
}

/** The least weight and, apart from it, the least likelihood with which it holds, found by making the plan again. */
function leverOf(id: string, inputs: PlanInputs, policy: Policy, funders: ReadonlyMap<string, Funder>, holds: (plan: Plan) => boolean): Lever {
  const weight = policy.weights[id] ?? 1;
  const byWeight = (factor: number): boolean =>
    holds(makePlan(inputs, { ...policy, weights: { ...policy.weights, [id]: weight * factor } }, funders));
  const own = inputs.funders.find((state) => state.funderId === id)?.likelihood;
  const byLikelihood = (mean: number): boolean => {
    if (own === undefined) return false;
    const strength = own.alpha + own.beta;
    const likelihood = { alpha: strength * mean, beta: strength * (1 - mean) };
    return holds(
      makePlan({ ...inputs, funders: inputs.funders.map((state) => (state.funderId === id ? { ...state, likelihood } : state)) }, policy, funders),
    );
  };
  const mean = own === undefined ? 0 : own.alpha / (own.alpha + own.beta);
  return { weight_factor: least(1, MOST_FACTOR, 0.01, byWeight), likelihood: least(mean, 0.99, 0.001, byLikelihood) };
}

/** The least x in (from, to] for which it holds, to the step given, taking it to hold for all above; null when not even at the top. */
function least(from: number, to: number, step: number, holds: (x: number) => boolean): number | null {
  if (from >= to || !holds(to)) return null;
  let [low, high] = [from, to];
  while (high - low > step) {
    const middle = (low + high) / 2;
    if (holds(middle)) high = middle;
    else low = middle;
  }
  return Math.ceil(high / step) * step > to ? to : Number((Math.ceil(high / step - 1e-9) * step).toFixed(3));
}

/** The nearest value of the fact that kept it out with which that one reason would not have held. */
function factNeeded(exclusion: Exclusion, facts: Facts, funder: Funder | undefined): LeftOutExplanation['would_change'] {
  const product = funder?.product;
  if (product === undefined) return null;
  const within = (value: number, least_: number, most: number): number => Math.min(most, Math.max(least_, value));
  switch (exclusion.code) {
    case 'amount':
      return { fact: 'amount_fen', is: facts.amount_fen, needed: within(facts.amount_fen, product.min_amount_fen, product.max_amount_fen) };
    case 'term': {
      const needed = product.terms_months.toSorted((a, b) => Math.abs(a - facts.term_months) - Math.abs(b - facts.term_months) || a - b)[0];
      return { fact: 'term_months', is: facts.term_months, needed };
    }
    case 'age':
      return { fact: 'age', is: facts.age, needed: within(facts.age, product.min_age, product.max_age) };
    case 'income':
      return { fact: 'monthly_income_fen', is: facts.monthly_income_fen, needed: product.min_income_fen };
    default:
      return null;
  }
}
