import type { FactKind } from '../policy/facts.ts';
import type { Bilingual } from '../../../domain/failures.ts';

const w = (zh: string, en: string): Bilingual => ({ zh, en });

/** Operators and what else the rule builder says. */
export const WORDS: Readonly<Record<string, Bilingual>> = {
  and: w('全部成立', 'all hold'),
  or: w('任一成立', 'any holds'),
  '=': w('是', 'is'),
  '!=': w('不是', 'is not'),
  '<': w('小于', 'is below'),
  '<=': w('不超过', 'is at most'),
  '>': w('大于', 'is above'),
  '>=': w('不少于', 'is at least'),
  between: w('介于', 'is between'),
  in: w('属于', 'is one of'),
  notIn: w('不属于', 'is none of'),
  null: w('未说', 'is not told'),
  notNull: w('已说', 'is told'),
  written: w(
    '这条规则的写法不能用条件表示，请直接修改 JsonLogic。',
    'This rule is not written in a way that conditions can show; edit its JsonLogic.',
  ),
  half: w('有条件还没有填值', 'a condition has no value yet'),
  broken: w('不是有效的 JSON', 'is not JSON'),
};

export const OPERATORS: Readonly<Record<FactKind, readonly string[]>> = {
  number: ['=', '!=', '<', '<=', '>', '>=', 'between', 'null', 'notNull'],
  fen: ['<', '<=', '>', '>=', 'between', 'null', 'notNull'],
  text: ['=', '!=', 'null', 'notNull'],
  one_of: ['=', '!=', 'in', 'notIn', 'null', 'notNull'],
};

const named = (title: string, label: string) => ({ title, label });
export const TRANSLATIONS = {
  zh: {
    fields: { title: '事实', placeholderLabel: '选择', placeholderGroupLabel: '选择' },
    operators: { title: '比较', placeholderLabel: '选择', placeholderGroupLabel: '选择' },
    value: { title: '值' },
    combinators: { title: '如何组合' },
    notToggle: named('取反', '并非'),
    addRule: named('加一个条件', '＋ 条件'),
    addGroup: named('加一组条件', '＋ 一组'),
    removeRule: named('去掉这个条件', '✕'),
    removeGroup: named('去掉这一组', '✕'),
  },
  en: {
    fields: { title: 'Fact', placeholderLabel: 'choose', placeholderGroupLabel: 'choose' },
    operators: { title: 'Comparison', placeholderLabel: 'choose', placeholderGroupLabel: 'choose' },
    value: { title: 'Value' },
    combinators: { title: 'How they combine' },
    notToggle: named('Turn it round', 'not'),
    addRule: named('Add a condition', '+ condition'),
    addGroup: named('Add a group', '+ group'),
    removeRule: named('Remove this condition', '✕'),
    removeGroup: named('Remove this group', '✕'),
  },
};
