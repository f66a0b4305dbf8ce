/** Between JsonLogic and the conditions of the rule builder. */
import { formatQuery, type RuleGroupType, type RuleType } from 'react-querybuilder';
import { parseJsonLogic } from 'react-querybuilder/parseJsonLogic';
import type { JsonLogic } from '../../../domain/funder.ts';
import { factOf } from '../policy/facts.ts';

const FEN = 100;

/** Null when the conditions cannot say the rule: coming back, it would be another one. */
export function toQuery(rule: JsonLogic): RuleGroupType | null {
  if (rule === true) return { combinator: 'and', rules: [] };
  if (rule === false) return null;
  const raw = parseJsonLogic(JSON.stringify(rule), { listsAsArrays: true });
  const query = { ...raw, rules: raw.rules.map((each) => scaled(each as RuleType | RuleGroupType, 1 / FEN)) };
  const back = fromQuery(query);
  // One condition alone is written with or without the list around it.
  return same(back, rule) || same(back, { and: [rule] }) ? query : null;
}

/** No condition at all holds for everybody. */
export function fromQuery(query: RuleGroupType): JsonLogic {
  if (query.rules.length === 0) return true;
  const whole = { ...query, rules: query.rules.map((each) => scaled(each as RuleType | RuleGroupType, FEN)) };
  const logic = formatQuery(whole, { format: 'jsonlogic' }) as JsonLogic;
  return typeof logic === 'boolean' ? true : logic;
}

/** Every condition has something to compare with. */
export function isComplete({ rules }: RuleGroupType): boolean {
  return rules.every((each) => {
    const node = each as RuleType | RuleGroupType;
    if ('rules' in node) return isComplete(node);
    if (node.operator === 'null' || node.operator === 'notNull') return true;
    const values: readonly unknown[] = Array.isArray(node.value) ? node.value : [node.value];
    return values.length > 0 && values.every((value) => value !== '' && value !== null && value !== undefined);
  });
}

/** Texts of number fields as numbers; sums by the factor. */
function scaled(node: RuleType | RuleGroupType, factor: number): RuleType | RuleGroupType {
  if ('rules' in node) return { ...node, rules: node.rules.map((each) => scaled(each as RuleType | RuleGroupType, factor)) };
  const kind = factOf(node.field)?.kind;
  if (kind !== 'number' && kind !== 'fen') return node;
  const one = (value: unknown): unknown => {
    if (value === null || value === '' || !Number.isFinite(Number(value))) return value;
    return kind === 'fen' ? Math.round(Number(value) * factor * FEN) / FEN : Number(value);
  };
  return { ...node, value: Array.isArray(node.value) ? node.value.map(one) : one(node.value) };
}

function same(left: unknown, right: unknown): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}
