/** A JsonLogic rule as a sentence, where it is one of the usual forms; what is not stands there as it is written. */
import type { Lang } from '../language-kept.ts';
import { yuan } from '../language.tsx';
import { factOf, type Fact } from './facts.ts';

const COMPARISONS: Readonly<Record<string, readonly [zh: string, en: string]>> = {
  '==': ['是', 'is'],
  '===': ['是', 'is'],
  '!=': ['不是', 'is not'],
  '!==': ['不是', 'is not'],
  '>': ['>', '>'],
  '>=': ['≥', '≥'],
  '<': ['<', '<'],
  '<=': ['≤', '≤'],
};

export function ruleWords(rule: unknown, lang: Lang): string {
  if (rule === true) return lang === 'zh' ? '所有申请' : 'every application';
  if (rule === false) return lang === 'zh' ? '没有申请' : 'no application';
  return said(rule, lang, false) ?? JSON.stringify(rule);
}

function said(node: unknown, lang: Lang, inner: boolean): string | null {
  if (typeof node !== 'object' || node === null || Array.isArray(node)) return null;
  const entry = Object.entries(node)[0];
  if (entry === undefined) return null;
  const [operator, argument] = entry;
  if (operator === 'and' || operator === 'or') return joined(operator, argument, lang, inner);
  if (operator === '!' || operator === 'not') {
    const what = said(Array.isArray(argument) ? argument[0] : argument, lang, true);
    return what === null ? null : `${lang === 'zh' ? '并非' : 'not '}${what}`;
  }
  if (!Array.isArray(argument)) return null;
  if (operator === 'in') return among(argument, lang);
  return compared(operator, argument, lang);
}

function joined(operator: 'and' | 'or', argument: unknown, lang: Lang, inner: boolean): string | null {
  if (!Array.isArray(argument)) return null;
  const parts = argument.map((part) => said(part, lang, true));
  if (parts.some((part) => part === null)) return null;
  const between = operator === 'and' ? (lang === 'zh' ? ' 且 ' : ' and ') : lang === 'zh' ? ' 或 ' : ' or ';
  const text = parts.join(between);
  return inner && parts.length > 1 ? `(${text})` : text;
}

function among([left, right]: readonly unknown[], lang: Lang): string | null {
  const fact = factNamed(left);
  if (fact === null || !Array.isArray(right)) return null;
  const values = right.map((value) => valueWords(fact, value, lang)).join(lang === 'zh' ? '、' : ', ');
  return lang === 'zh' ? `${fact.words.zh}属于 ${values}` : `${fact.words.en} is one of ${values}`;
}

function compared(operator: string, values: readonly unknown[], lang: Lang): string | null {
  const words = COMPARISONS[operator];
  if (words === undefined) return null;
  const sign = words[lang === 'zh' ? 0 : 1];
  // JsonLogic's between: low <= fact <= high.
  if (values.length === 3) {
    const fact = factNamed(values[1]);
    return fact === null ? null : `${valueWords(fact, values[0], lang)} ${sign} ${fact.words[lang]} ${sign} ${valueWords(fact, values[2], lang)}`;
  }
  const fact = factNamed(values[0]);
  return fact === null || values.length !== 2 ? null : `${fact.words[lang]} ${sign} ${valueWords(fact, values[1], lang)}`;
}

function factNamed(node: unknown): Fact | null {
  const name = typeof node === 'object' && node !== null ? (node as { var?: unknown }).var : undefined;
  return typeof name === 'string' ? (factOf(name) ?? null) : null;
}

function valueWords(fact: Fact, value: unknown, lang: Lang): string {
  if (value === null) return lang === 'zh' ? '未说' : 'not told';
  if (fact.kind === 'fen' && typeof value === 'number') return yuan(value);
  return fact.values?.[String(value)]?.[lang] ?? (typeof value === 'object' ? JSON.stringify(value) : String(value));
}
