/** An explanation says why, and what it says would have changed the plan does change it, and not less of it. */
import { describe, expect, it } from 'vitest';
import { EXCLUSION_CODES } from '../../src/domain/plan.ts';
import { explainPlan } from '../../src/routing/explain.ts';
import { exclusionWords } from '../../src/routing/explain-words.ts';
import { makePlan } from '../../src/routing/plan.ts';
import { byId, facts, funder, inputs, policy, state } from './world.ts';

const strict = funder('fnd_strict', { tier: 1, terms: { cpa_fen: 30_000 } });
const middle = funder('fnd_middle', { tier: 2, terms: { cpa_fen: 20_000 } });
const lenient = funder('fnd_lenient', { tier: 3, terms: { cpa_fen: 8_000, attempt_cost_fen: 100 } });
const all = byId(strict, middle, lenient);
const given = inputs([
  state('fnd_lenient', { likelihood: { alpha: 14, beta: 6 } }),
  state('fnd_strict', { likelihood: { alpha: 2, beta: 18 } }),
  state('fnd_middle', { likelihood: { alpha: 6, beta: 14 } }),
]);

describe('an explanation', () => {
  it('names every funder once, with the very numbers of the plan, and says the same each time', () => {
    const plan = makePlan(given, policy({ max_attempts: 2 }), all);
    const told = explainPlan(given, policy({ max_attempts: 2 }), all);
    expect(told.steps.map(({ numbers }) => numbers)).toEqual(plan.steps);
    expect([...told.steps, ...told.left_out].map(({ funder: id }) => id).toSorted()).toEqual([...all.keys()].toSorted());
    expect(JSON.stringify(explainPlan(given, policy({ max_attempts: 2 }), all))).toBe(JSON.stringify(told));
    expect(told.summary.zh).toContain(plan.steps[0]!.funderId);
    expect([told.borrower_order, told.steering]).toEqual([plan.borrowerOrder, plan.steering]);
  });

  it('tells the least weight that would have put a funder first: with it the plan changes, with a little less it does not', () => {
    const told = explainPlan(given, policy(), all);
    const last = told.steps.at(-1)!;
    const factor = last.to_be_first!.weight_factor!;
    const first = (weight: number): string => makePlan(given, policy({ weights: { [last.funder]: weight } }), all).steps[0]!.funderId;
    expect(first(factor)).toBe(last.funder);
    expect(first(factor - 0.02)).not.toBe(last.funder);
    expect(told.steps[0]!.to_be_first).toBeNull();
  });

  it('tells the least likelihood that would have taken in one that was not worth it', () => {
    const dear = funder('fnd_dear', { terms: { cpa_fen: 1_000, attempt_cost_fen: 900 } });
    const withDear = inputs([...given.funders, state('fnd_dear', { likelihood: { alpha: 2, beta: 18 } })]);
    const told = explainPlan(withDear, policy({ partner_offer_value_fen: 50 }), byId(strict, middle, lenient, dear));
    const left = told.left_out.find((each) => each.funder === 'fnd_dear')!;
    expect(left.code).toBe('not_worth_it');
    const { likelihood } = (left.would_change as { lever: { likelihood: number } }).lever;
    const taken = (mean: number): boolean => {
      const again = inputs([...given.funders, state('fnd_dear', { likelihood: { alpha: 20 * mean, beta: 20 * (1 - mean) } })]);
      return makePlan(again, policy({ partner_offer_value_fen: 50 }), byId(strict, middle, lenient, dear)).steps.some(
        (step) => step.funderId === 'fnd_dear',
      );
    };
    expect([taken(likelihood), taken(likelihood - 0.002)]).toEqual([true, false]);
  });

  it('tells the nearest value of a fact that kept a funder out', () => {
    const small = funder('fnd_small', { product: { max_amount_fen: 500_000 } });
    const old = funder('fnd_old', { product: { min_age: 40 } });
    const short = funder('fnd_short', { product: { terms_months: [3, 6, 24] } });
    const rich = funder('fnd_rich', { product: { min_income_fen: 5_000_000 } });
    const asked = inputs(
      ['fnd_small', 'fnd_old', 'fnd_short', 'fnd_rich'].map((id) => state(id)),
      { facts: facts() },
    );
    const needed = Object.fromEntries(
      explainPlan(asked, policy(), byId(small, old, short, rich)).left_out.map(({ code, would_change: change }) => [
        code,
        (change as { needed: unknown }).needed,
      ]),
    );
    expect(needed).toEqual({ amount: 500_000, age: 40, term: 6, income: 5_000_000 });
  });

  it('has words for every reason, in both languages', () => {
    for (const code of EXCLUSION_CODES) {
      const words = exclusionWords({ funderId: 'fnd_x', code, detail: 'x > y' }, 'X');
      expect(words.zh).toMatch(/^X：.+（x > y）。$/);
      expect(words.en).toMatch(/^X: .+ \(x > y\)\.$/);
    }
  });

  it('of a plan without anybody says so', () => {
    const told = explainPlan(inputs([state('fnd_strict', { breakerOpen: true })]), policy(), all);
    expect([told.steps, told.left_out[0]!.code]).toEqual([[], 'breaker']);
    expect(told.summary.en).toMatch(/^No funder could be tried/);
  });
});
