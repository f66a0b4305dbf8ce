/** Operators' rules: JsonLogic over `Facts`. Interpreted with `.run()`, since `.build()` needs eval and one of the hosts has none. */
import { LogicEngine } from 'json-logic-engine';
import type { Facts } from '../domain/applicant.ts';
import { FACT_NAMES } from '../domain/facts.ts';
import type { JsonLogic } from '../domain/funder.ts';

export type RuleVerdict = { readonly kind: 'judged'; readonly holds: boolean } | { readonly kind: 'fault'; readonly fault: string };

const engine = new LogicEngine();
const HOLDS: RuleVerdict = { kind: 'judged', holds: true };
const HOLDS_NOT: RuleVerdict = { kind: 'judged', holds: false };
const KNOWN_FACTS: ReadonlySet<string> = new Set(FACT_NAMES);
/** Operators whose second argument is run once per element, so that a `var` in it names the element. */
const PER_ELEMENT: ReadonlySet<string> = new Set(['map', 'filter', 'reduce', 'all', 'some', 'none']);
const DEEPEST = 32;
/** Rules live as long as the policy they are part of, so each is looked through once. */
const faults = new WeakMap<object, string | null>();

/**
 * Whether `when` holds for these facts (JsonLogic truthiness: an empty list is false). A rule with a fault, or one that throws, is a
 * fault and never an exception.
 */
export function judgeRule(when: JsonLogic, facts: Facts): RuleVerdict {
  if (typeof when === 'boolean') return when ? HOLDS : HOLDS_NOT;
  const fault = faultOnce(when);
  if (fault !== null) return { kind: 'fault', fault };
  try {
    return engine.truthy(engine.run(when, facts)) ? HOLDS : HOLDS_NOT;
  } catch (thrown) {
    return { kind: 'fault', fault: faultText(thrown) };
  }
}

/**
 * What is wrong with a rule, also for the operator who is about to save it, or null. Finds what running it would hide: a misspelt fact,
 * which JsonLogic reads as null and compares as 0; an unknown operator in a branch not taken; a second operator, which the engine drops;
 * an inherited name such as `constructor`, which it would call.
 */
export function ruleFault(when: JsonLogic): string | null {
  return faultIn(when, true, 0);
}

function faultOnce(when: object): string | null {
  let fault = faults.get(when);
  if (fault === undefined) {
    fault = faultIn(when, true, 0);
    faults.set(when, fault);
  }
  return fault;
}

function faultIn(logic: unknown, overFacts: boolean, depth: number): string | null {
  if (depth > DEEPEST) return `nested deeper than ${DEEPEST}`;
  if (Array.isArray(logic)) return firstFault(logic, overFacts, depth);
  if (typeof logic !== 'object' || logic === null) return null;
  const operators = Object.keys(logic);
  const operator = operators[0];
  if (operator === undefined || operators.length > 1) return 'an expression must have exactly one operator';
  if (!Object.hasOwn(engine.methods, operator)) return `unknown operator: ${operator}`;
  const data: unknown = (logic as Record<string, unknown>)[operator];
  if (operator === 'var' || operator === 'val') return overFacts ? variableFault(data, depth) : null;
  if (!PER_ELEMENT.has(operator) || !Array.isArray(data)) return faultIn(data, overFacts, depth + 1);
  return faultIn(data[0], overFacts, depth + 1) ?? firstFault(data.slice(1), false, depth);
}

function firstFault(parts: readonly unknown[], overFacts: boolean, depth: number): string | null {
  for (const part of parts) {
    const found = faultIn(part, overFacts, depth + 1);
    if (found !== null) return found;
  }
  return null;
}

function variableFault(data: unknown, depth: number): string | null {
  const name: unknown = Array.isArray(data) ? data[0] : data;
  if (typeof name === 'object' && name !== null) return faultIn(data, true, depth + 1);
  return typeof name === 'string' && KNOWN_FACTS.has(name) ? null : `unknown fact: ${String(name)}`;
}

/** The engine throws plain objects (`{ type, key }`) and NaN as well as errors. */
function faultText(thrown: unknown): string {
  if (thrown instanceof Error) return thrown.message.slice(0, 120);
  if (typeof thrown !== 'object' || thrown === null) return `not a number: ${String(thrown)}`.slice(0, 120);
  const { type, key } = thrown as { type?: unknown; key?: unknown };
  return (key === undefined ? String(type) : `${String(type)}: ${String(key)}`).slice(0, 120);
}
