/** The console's rule builder and its sentences: what is picked is what is kept, and what cannot be picked is kept as it is written. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findRuleFault } from '../../src/domain/rules.ts';
import type { JsonLogic } from '../../src/domain/funder.ts';
import { fromQuery, isComplete, toQuery } from '../../src/web/console/parts/rule-query.ts';
import { differenceWords } from '../../src/web/console/policy/difference-words.ts';
import { FACTS } from '../../src/web/console/policy/facts.ts';
import { ruleWords } from '../../src/web/console/policy/rule-words.ts';
import { FACT_NAMES } from '../../src/domain/facts.ts';

const nameOf = (id: string): string => (id === 'fnd_river' ? '长河银行' : id);

describe('the rule builder', () => {
  it('knows every fact, and no other', () => {
    expect(FACTS.map(({ name }) => name).toSorted()).toEqual([...FACT_NAMES].toSorted());
  });

  it('shows sums in yuan and keeps them in fen', () => {
    const rule = { and: [{ '>=': [{ var: 'monthly_income_fen' }, 300_050] }, { in: [{ var: 'house' }, ['owned', 'mortgaged']] }] };
    const query = toQuery(rule)!;
    expect(query.rules[0]).toMatchObject({ field: 'monthly_income_fen', operator: '>=', value: 3_000.5 });
    expect(fromQuery(query)).toEqual(rule);
  });

  it('gives back any rule it shows, and only such as the desk takes', () => {
    const number = fc.constantFrom('age', 'term_months', 'hour', 'monthly_income_fen', 'amount_fen');
    const leaf = fc.oneof(
      fc
        .tuple(fc.constantFrom('<', '<=', '>', '>='), number, fc.integer({ min: 0, max: 1e7 }))
        .map(([sign, fact, value]) => ({ [sign]: [{ var: fact }, value] })),
      fc
        .tuple(fc.constantFrom('==', '!='), fc.constantFrom('channel', 'region'), fc.constantFrom('h5', '440000', ''))
        .map(([sign, fact, value]) => ({ [sign]: [{ var: fact }, value] })),
      fc.subarray(['none', 'owned', 'mortgaged'], { minLength: 1 }).map((values) => ({ in: [{ var: 'car' }, values] })),
      fc.constantFrom('education', 'zhima_band').map((fact) => ({ '==': [{ var: fact }, null] })),
    );
    const group = (inner: fc.Arbitrary<object>) =>
      fc.tuple(fc.constantFrom('and', 'or'), fc.array(inner, { minLength: 1, maxLength: 4 })).map(([sign, rules]) => ({ [sign]: rules }));
    fc.assert(
      fc.property(group(fc.oneof(leaf, group(leaf))), (rule) => {
        const query = toQuery(rule as JsonLogic)!;
        expect(fromQuery(query)).toEqual(rule);
        expect(findRuleFault(fromQuery(query))).toBeNull();
      }),
    );
  });

  it('leaves what it cannot show to be edited as it is written', () => {
    expect(toQuery({ '==': [{ substr: [{ var: 'region' }, 0, 2] }, '44'] })).toBeNull();
    expect(toQuery({ '>': [{ '*': [{ var: 'monthly_income_fen' }, 12] }, { var: 'amount_fen' }] })).toBeNull();
    expect(toQuery(true)).toEqual({ combinator: 'and', rules: [] });
    expect(fromQuery({ combinator: 'and', rules: [] })).toBe(true);
  });

  it('knows a condition that is half written', () => {
    const of = (value: unknown, operator = '='): boolean => isComplete({ combinator: 'and', rules: [{ field: 'age', operator, value }] });
    expect([of(''), of([]), of([3, '']), of(3), of([3, 4], 'between'), of('', 'null')]).toEqual([false, false, false, true, true, true]);
  });
});

describe('in words', () => {
  it('a rule', () => {
    const rule = {
      and: [{ '<=': [22, { var: 'age' }, 45] }, { or: [{ '==': [{ var: 'house' }, 'owned'] }, { '>': [{ var: 'amount_fen' }, 2_000_000] }] }],
    };
    expect(ruleWords(rule, 'zh')).toBe('22 ≤ 年龄 ≤ 45 且 (房产 是 全款 或 申请金额 > ¥20,000)');
    expect(ruleWords(rule, 'en')).toBe('22 ≤ Age ≤ 45 and (House is owned or Amount asked > ¥20,000)');
    expect(ruleWords({ length: [{ var: 'region' }] }, 'en')).toBe('{"length":[{"var":"region"}]}');
  });

  it('what a change does, each field with its unit', () => {
    const say = (kind: string, pointer: string, from: unknown, to: unknown): readonly string[] => {
      const change = from === undefined ? 'added' : to === undefined ? 'removed' : 'changed';
      return (['zh', 'en'] as const).map((lang) => differenceWords(kind, { pointer, change, from, to }, nameOf, lang));
    };
    expect(say('policy', '/weights/fnd_river', 2.8, 1)).toEqual(['长河银行的权重由 2.8 调低到 1', 'Weight of 长河银行: lowered from 2.8 to 1']);
    // A weight that nobody wrote down is 1.
    expect(say('policy', '/weights/fnd_river', undefined, 2)).toEqual(['长河银行的权重由 1 调高到 2', 'Weight of 长河银行: raised from 1 to 2']);
    expect(say('policy', '/patience', 0.97, 0.9)[1]).toBe('Patience: lowered from 97% to 90%');
    expect(say('policy', '/deadlines/application_s', 180, 7_200)[0]).toBe('申请期限由 3 分钟 调高到 2 小时');
    expect(say('funder', '/caps/daily', undefined, { id: 'daily', unit: 'count', window: 'day', limit: 200 })[0]).toBe('新增限额 daily：每天 200 件');
    expect(say('funder', '/product/quoted_apr_bps', 1_080, 1_200)[1]).toBe('Quoted annual rate: raised from 10.8% to 12%');
    expect(say('funder', '/status', 'live', 'paused')[0]).toBe('状态由 启用 改为 暂停');
    expect(say('segment', '', { id: 'all' }, undefined)).toEqual(['停用分群', 'Segment is taken out of force']);
    // A field that has no name here is still told.
    expect(say('funder', '/newer', 1, 2)[1]).toBe('/newer: raised from 1 to 2');
  });
});
