import { describe, expect, it } from 'vitest';
import type { Facts } from '../../src/domain/applicant.ts';
import type { JsonLogic } from '../../src/domain/funder.ts';
import { judgeRule, ruleFault } from '../../src/prescreen/rules.ts';

const FACTS: Facts = {
  age: 36,
  sex: 'm',
  region: '110105',
  monthly_income_fen: 1_200_000,
  employment: 'salaried',
  employer_type: null,
  years_employed: null,
  education: 'bachelor',
  housing_fund: '2y_plus',
  social_security: null,
  house: 'none',
  car: null,
  policy: null,
  credit_card: 'yes',
  zhima_band: '700_750',
  amount_fen: 2_000_000,
  term_months: 12,
  purpose: 'consumption',
  channel: 'h5-demo',
  variant: null,
  hour: 14,
};

describe('judgeRule', () => {
  it.each<[JsonLogic, boolean]>([
    [true, true],
    [false, false],
    [{ '>=': [{ var: 'age' }, 36] }, true],
    [{ and: [{ '==': [{ var: 'employment' }, 'salaried'] }, { '<': [{ var: 'monthly_income_fen' }, 500_000] }] }, false],
    [{ in: [{ substr: [{ var: 'region' }, 0, 2] }, ['11', '31']] }, true],
    [{ '===': [{ var: 'years_employed' }, null] }, true],
    [{ filter: [[1, 2], { '>': [{ var: '' }, 5] }] }, false],
    [{ var: 'channel' }, true],
  ])('%j is %s', (when, holds) => {
    expect(judgeRule(when, FACTS)).toEqual({ kind: 'judged', holds });
  });

  it.each<[JsonLogic, string]>([
    [{ nope: [1] }, 'unknown operator: nope'],
    [{ '==': [1, 1], '!=': [1, 2] }, 'exactly one operator'],
    [{ '+': [{ var: 'employment' }, 1] }, 'not a number: NaN'],
    [{ throw: 'by hand' }, 'by hand'],
    [{ constructor: [1] }, 'unknown operator: constructor'],
    [{ '<': [{ var: 'agee' }, 25] }, 'unknown fact: agee'],
  ])('%j is a fault, not an exception', (when, fault) => {
    const verdict = judgeRule(when, FACTS);
    expect(verdict.kind === 'fault' && verdict.fault).toContain(fault);
  });

  it('does not let a rule change the facts or the shared engine', () => {
    const before = JSON.stringify(FACTS);
    for (const when of [{ merge: [{ var: 'age' }, 1] }, { var: { cat: ['__proto__', '.polluted'] } }, { map: [[1], { var: '__proto__' }] }])
      judgeRule(when, FACTS);
    expect(JSON.stringify(FACTS)).toBe(before);
    expect(judgeRule({ '<': [1, 2] }, FACTS)).toEqual({ kind: 'judged', holds: true });
  });

  it('judges one rule the same for the thousandth application and for other facts', () => {
    const when = { '<': [{ var: 'age' }, 30] };
    for (let age = 20; age < 1_020; age += 1) expect(judgeRule(when, { ...FACTS, age })).toEqual({ kind: 'judged', holds: age < 30 });
  });
});

describe('ruleFault', () => {
  it.each<[JsonLogic]>([
    [true],
    [{ '<': [{ var: 'age' }, 25] }],
    [{ if: [{ '!!': { var: 'car' } }, { '>': [{ var: ['years_employed', 0] }, 1] }, false] }],
    [{ some: [['11', '31'], { '==': [{ var: '' }, '11'] }] }],
    [{ '<': [{ val: 'hour' }, 6] }],
  ])('finds nothing wrong with %j', (when) => {
    expect(ruleFault(when)).toBeNull();
  });

  it.each<[JsonLogic, string]>([
    [{ '<': [{ var: 'agee' }, 25] }, 'unknown fact: agee'],
    [{ '<': [{ var: 'name' }, 25] }, 'unknown fact: name'],
    [{ '<': [{ var: ['phone', 0] }, 25] }, 'unknown fact: phone'],
    [{ if: [true, 1, { nope: [] }] }, 'unknown operator: nope'],
    [{ constructor: [] }, 'unknown operator: constructor'],
    [{ and: [{ some: [{ var: 'cars' }, true] }] }, 'unknown fact: cars'],
    [{}, 'an expression must have exactly one operator'],
    [{ '<': [1, 2], '>': [1, 2] }, 'an expression must have exactly one operator'],
  ])('says what is wrong with %j: %s', (when, fault) => {
    expect(ruleFault(when)).toBe(fault);
  });

  it('refuses a rule too deep to walk', () => {
    let when: JsonLogic = { '!': true };
    for (let level = 0; level < 100; level += 1) when = { '!': when };
    expect(ruleFault(when)).toBe('nested deeper than 32');
  });
});
