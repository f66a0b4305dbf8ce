import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonLogic } from '../../src/domain/funder.ts';
import { findRuleFault, judgeRule } from '../../src/domain/rules.ts';
import { facts } from '../routing/world.ts';

const holds = (rule: JsonLogic, over = {}) => judgeRule(rule, facts(over));
const judged = (verdict: boolean) => ({ kind: 'judged', holds: verdict });

describe('judging a rule', () => {
  it('knows the standard operators', () => {
    const cases: [JsonLogic, boolean][] = [
      [{ if: [{ '==': [{ var: 'sex' }, 'm'] }, false, true] }, true],
      [{ in: [{ substr: [{ var: 'region' }, 0, 2] }, ['11', '31']] }, true],
      [{ '<=': [{ '/': [{ var: 'amount_fen' }, { var: 'monthly_income_fen' }] }, 2] }, false],
      [{ '==': [{ var: 'house' }, null] }, true],
      [{ '>=': [{ var: 'years_employed' }, 4] }, true],
      [{ some: [['31', '33'], { in: [{ var: '' }, '310101'] }] }, true],
      [{ '!': [{ var: 'house' }] }, true],
      [{ '<': [20, { var: 'age' }, 40] }, true],
      [{ merge: [] }, false],
      [{ '??': [{ var: 'house' }, 'none'] }, true],
    ];
    for (const [rule, wanted] of cases) expect([rule, holds(rule)]).toEqual([rule, judged(wanted)]);
  });

  it('gives the same answer for the same rule over other facts', () => {
    const rule = { '>=': [{ var: 'age' }, 30] };
    expect([29, 30, 29, 31].map((age) => holds(rule, { age }))).toEqual([false, true, false, true].map(judged));
  });

  it('never throws and never reaches a prototype', () => {
    const prototype = JSON.parse('{"__proto__": [1]}') as JsonLogic;
    for (const rule of [
      prototype,
      { constructor: ['x'] },
      { toString: [] },
      { and: [true], or: [1] },
      { throw: { var: 'region' } },
      { '+': ['a'] },
    ]) {
      expect(holds(rule as JsonLogic).kind).toBe('fault');
    }
    expect(holds({ var: 'constructor' }).kind).toBe('fault');
    for (const rule of [{ var: { cat: ['__proto__', '.polluted'] } }, { map: [[1], { var: '__proto__' }] }]) holds(rule);
    expect([holds({ '<': [1, 2] }), Object.hasOwn(Object.prototype, 'polluted')]).toEqual([judged(true), false]);
  });

  it('does not repeat facts in what it says of a failure', () => {
    const verdict = holds({ max: [{ var: 'region' }] });
    expect(JSON.stringify(verdict)).not.toContain('310101');
    expect(verdict.kind).toBe('fault');
  });

  it.each<[JsonLogic, string]>([
    [{ '<': [{ var: 'agee' }, 25] }, 'unknown fact agee'],
    // An engine alone would drop the second operator, and never look into the branch that is not taken.
    [{ '==': [1, 1], '!=': [1, 2] }, 'exactly one operator is needed here, found 2'],
    [{ if: [true, true, { nope: [] }] }, 'unknown operator nope'],
    [{ '+': [{ var: 'employment' }, 1] }, 'not a number'],
  ])('does not judge %j: %s', (rule, fault) => {
    expect([holds(rule), holds(rule)]).toEqual([
      { kind: 'fault', fault },
      { kind: 'fault', fault },
    ]);
  });

  it('still remembers rules after a thousand others', () => {
    for (let index = 0; index < 1_000; index += 1) holds({ '==': [{ var: 'age' }, index] });
    expect(holds({ '==': [{ var: 'age' }, 30] })).toEqual(judged(true));
  });
});

describe('finding the fault of a rule', () => {
  const found = (rule: unknown) => {
    const fault = findRuleFault(rule);
    return fault === null ? null : [fault.pointer, fault.code];
  };

  it('finds none in good rules', () => {
    for (const rule of [
      true,
      false,
      { '>': [{ var: 'age' }, 1] },
      { var: ['house', 'none'] },
      { filter: [[1, 2], { '>': [{ var: '' }, 1] }] },
      { '!': { var: 'car' } },
    ]) {
      expect(found(rule)).toBeNull();
    }
  });

  it('points at an unknown operator, escaped', () => {
    expect(found({ and: [true, { foo: 1 }] })).toEqual(['/and/1/foo', 'rule_unknown_operator']);
    expect(found({ '!': { 'a/b~c': 1 } })).toEqual(['/!/a~1b~0c', 'rule_unknown_operator']);
    expect(found({ missing: ['house'] })).toEqual(['/missing', 'rule_unknown_operator']);
    expect(found({ constructor: [1] })).toEqual(['/constructor', 'rule_unknown_operator']);
    expect(found(JSON.parse('{"__proto__": [1]}'))).toEqual(['/__proto__', 'rule_unknown_operator']);
    expect(findRuleFault({ foo: 1 })?.message).toEqual({ zh: '未知运算符 foo', en: 'unknown operator foo' });
  });

  it('points at a fact that does not exist, which would silently never hold', () => {
    expect(found({ or: [{ '>': [{ var: 'income' }, 1] }] })).toEqual(['/or/0/>/0/var', 'rule_unknown_fact']);
    expect(found({ var: 'toString' })).toEqual(['/var', 'rule_unknown_fact']);
    expect(found({ var: ['agee', 1] })).toEqual(['/var', 'rule_unknown_fact']);
    expect(found({ map: [{ var: 'nope' }, { var: 'x' }] })).toEqual(['/map/0/var', 'rule_unknown_fact']);
  });

  it('points at objects that are not one operator', () => {
    expect(found({})).toEqual(['', 'rule_not_one_operator']);
    expect(found({ if: [{ and: [], or: [] }] })).toEqual(['/if/0', 'rule_not_one_operator']);
  });

  it('refuses what is too deep or too large', () => {
    let deep: unknown = true;
    for (let index = 0; index < 50_000; index += 1) deep = { '!': deep };
    expect(findRuleFault(deep)?.code).toBe('rule_too_deep');
    expect(findRuleFault({ or: Array.from({ length: 2_000 }, () => false) })?.code).toBe('rule_too_large');
  });

  it('takes any JSON without throwing, and what passes never fails on its operator', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const fault = findRuleFault(value);
        if (fault !== null || typeof value !== 'object' || value === null || Array.isArray(value)) return;
        const verdict = judgeRule(value as JsonLogic, facts());
        if (verdict.kind === 'fault') expect(verdict.fault).not.toContain('Unknown Operator');
      }),
      { numRuns: 1_000 },
    );
  });
});
