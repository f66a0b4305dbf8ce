/**
 * Operators' rules, JsonLogic over `Facts`: of prescreening, of funders and of partner offers. One judge, so that what may be saved is what will
 * run, and a rule means the same wherever it stands. Interpreted, never compiled: there is no eval on every host.
 */
import { LogicEngine, defaultMethods } from 'json-logic-engine';
import type { Facts } from './applicant.ts';
import { FACT_NAMES } from './facts.ts';
import { fault, type Fault } from './failures.ts';
import type { JsonLogic } from './funder.ts';

/**
 * Standard JsonLogic, and nothing that throws on purpose, hides errors or walks keys. `missing` is left out: facts are always there, null when
 * not told, so it would never hold; compare with null instead.
 */
const OPERATORS: readonly string[] = [
  'var',
  'if',
  '?:',
  '==',
  '===',
  '!=',
  '!==',
  '!',
  '!!',
  'not',
  'or',
  'and',
  '??',
  '>',
  '>=',
  '<',
  '<=',
  'max',
  'min',
  '+',
  '-',
  '*',
  '/',
  '%',
  'map',
  'reduce',
  'filter',
  'all',
  'every',
  'none',
  'some',
  'merge',
  'in',
  'cat',
  'substr',
  'length',
];
const ITERATORS = new Set(['map', 'reduce', 'filter', 'all', 'every', 'none', 'some']);
const MAX_DEPTH = 32;
const MAX_NODES = 1_000;

const KNOWN_FACTS: ReadonlySet<unknown> = new Set(FACT_NAMES);

const engine = makeEngine();
/** Rules live as long as the record they are part of, so each is looked through once. */
const faults = new WeakMap<object, Fault | null>();

/** Whether a rule holds; or that it cannot be judged and why, in operator words alone, without facts. */
export type Verdict = { readonly kind: 'judged'; readonly holds: boolean } | { readonly kind: 'fault'; readonly fault: string };

const HOLDS: Verdict = { kind: 'judged', holds: true };
const HOLDS_NOT: Verdict = { kind: 'judged', holds: false };

/** Judges these facts (JsonLogic truthiness: an empty list is false). A rule with a fault, be it in a branch not taken, is a fault; nothing throws. */
export function judgeRule(rule: JsonLogic, facts: Facts): Verdict {
  if (typeof rule === 'boolean') return rule ? HOLDS : HOLDS_NOT;
  const found = faultOnce(rule);
  if (found !== null) return { kind: 'fault', fault: found.message.en };
  // Past 500 first sights in a row the engine gives up remembering rules for good; a desk may have more than that.
  engine.missesSinceSeen = 0;
  try {
    return engine.truthy(engine.run(rule, facts)) ? HOLDS : HOLDS_NOT;
  } catch (error) {
    return { kind: 'fault', fault: describe(error) };
  }
}

function faultOnce(rule: object): Fault | null {
  let found = faults.get(rule);
  if (found === undefined) faults.set(rule, (found = findRuleFault(rule)));
  return found;
}

/**
 * The first fault of an expression before it is saved, or null: an unknown operator or fact, an object that is not one operator, too deep
 * (over 32) or too large (over 1,000 nodes). `pointer` is a JSON pointer into the expression.
 */
export function findRuleFault(rule: unknown): Fault | null {
  return visit(rule, '', 0, false, { nodes: 0 });
}

function visit(node: unknown, pointer: string, depth: number, inIterator: boolean, count: { nodes: number }): Fault | null {
  count.nodes += 1;
  if (count.nodes > MAX_NODES) return fault(pointer, 'rule_too_large', `规则超过 ${MAX_NODES} 个节点`, `the rule has more than ${MAX_NODES} nodes`);
  if (depth > MAX_DEPTH) return fault(pointer, 'rule_too_deep', `规则嵌套超过 ${MAX_DEPTH} 层`, `the rule is nested more than ${MAX_DEPTH} deep`);
  if (node === null || typeof node !== 'object') return null;
  if (Array.isArray(node)) return firstFault(node, (item, index) => visit(item, `${pointer}/${index}`, depth + 1, inIterator, count));
  const keys = Object.keys(node);
  if (keys.length !== 1)
    return fault(
      pointer,
      'rule_not_one_operator',
      `此处须恰有一个运算符，现有 ${keys.length} 个`,
      `exactly one operator is needed here, found ${keys.length}`,
    );
  const operator = keys[0]!;
  const below = `${pointer}/${operator.replaceAll('~', '~0').replaceAll('/', '~1')}`;
  if (!OPERATORS.includes(operator))
    return fault(below, 'rule_unknown_operator', `未知运算符 ${operator.slice(0, 40)}`, `unknown operator ${operator.slice(0, 40)}`);
  const argument = (node as Record<string, unknown>)[operator];
  if (operator === 'var' && !inIterator) {
    const name: unknown = Array.isArray(argument) ? argument[0] : argument;
    const known = (typeof name === 'object' && name !== null) || KNOWN_FACTS.has(name);
    if (!known) return fault(below, 'rule_unknown_fact', `未知字段 ${String(name).slice(0, 40)}`, `unknown fact ${String(name).slice(0, 40)}`);
  }
  if (!Array.isArray(argument)) return visit(argument, below, depth + 1, inIterator, count);
  // Inside an iterator `var` speaks of the element, not of the facts.
  return firstFault(argument, (item, index) =>
    visit(item, `${below}/${index}`, depth + 1, inIterator || (ITERATORS.has(operator) && index === 1), count),
  );
}

function firstFault(items: readonly unknown[], look: (item: unknown, index: number) => Fault | null): Fault | null {
  for (let index = 0; index < items.length; index += 1) {
    const found = look(items[index], index);
    if (found !== null) return found;
  }
  return null;
}

function makeEngine(): LogicEngine {
  const methods: Record<string, unknown> = Object.fromEntries(OPERATORS.map((name) => [name, (defaultMethods as Record<string, unknown>)[name]]));
  const made = new LogicEngine(methods);
  // Without this, `constructor` and its kind would be found on the prototype and called.
  Object.setPrototypeOf(made.methods, null);
  return made;
}

/** The engine throws NaN, `{ type, key }` or an error. Messages of errors may quote values, so they are not repeated. */
function describe(error: unknown): string {
  if (typeof error === 'number') return 'not a number';
  if (error instanceof Error) return error.name;
  const { type, key } = (error ?? {}) as { type?: unknown; key?: unknown };
  const what = typeof type === 'string' ? type : 'unknown failure';
  return (typeof key === 'string' ? `${what} ${key}` : what).slice(0, 80);
}
