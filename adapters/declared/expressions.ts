/**
 * JsonLogic as manifests use it: checked whole when it is loaded, then run by the engine's interpreter (no eval on any host). What an expression
 * can see is one object handed to it: granted fields, parameters, the order's references, or a reply. Secrets are not in it.
 */
import { LogicEngine, defaultMethods } from 'json-logic-engine';
import type { AdapterContext, AttemptRef } from '../contract.ts';
import { invariant } from '../../src/domain/failures.ts';
import { paramOf } from '../kit/context.ts';
import type { Json } from '../kit/read-json.ts';
import { at } from '../kit/read-json.ts';
import { checkAccess } from './access.ts';
import type { Scope } from './access.ts';
import type { ManifestFault } from './faults.ts';
import { below } from './faults.ts';
import { OPERATORS, STANDARD } from './operators.ts';

/** What an expression runs over. */
export interface Known {
  readonly ctx?: AdapterContext;
  readonly attempt?: AttemptRef;
  readonly fields?: Readonly<Record<string, unknown>>;
  readonly terms?: Readonly<Record<string, unknown>>;
  readonly reply?: Json | undefined;
}
export type Run = (known: Known) => unknown;

const MAX_DEPTH = 12;
const ACCESSORS: Readonly<Record<string, (name: string, known: Known) => unknown>> = {
  field: (name, { fields }) => at(fields as Json, ...name.split('.')),
  terms: (name, { terms }) => at(terms as Json, name),
  param: (name, { ctx }) => paramOf(ctx!, name),
  attempt: (name, { attempt }) => (name === 'ref' ? attempt!.ref : attempt!.funderRef),
  call: (name, { ctx }) => (name === 'now_ms' ? ctx!.nowMs : name === 'nonce' ? ctx!.nonce : ctx!.callbackUrl),
  reply: (name, { reply }) => at(reply, ...name.split('.')),
};
const KNOWN_WORDS = new Set([...STANDARD, ...Object.keys(OPERATORS), ...Object.keys(ACCESSORS), 'object', 'word']);
const engine = makeEngine();

/** Checks an expression (faults are added to `faults`) and makes it ready to run. What runs may throw InvariantError. */
export function prepare(expression: unknown, scope: Scope, path: string, faults: ManifestFault[]): Run {
  const before = faults.length;
  check(expression, scope, path, faults, 0);
  if (faults.length > before || typeof expression !== 'object' || expression === null) return () => expression;
  return (known) => {
    // Past 500 first sights in a row the engine would give up remembering expressions for good.
    engine.missesSinceSeen = 0;
    return engine.run(expression, known) as unknown;
  };
}

function check(node: unknown, scope: Scope, path: string, faults: ManifestFault[], depth: number): void {
  if (typeof node !== 'object' || node === null) return;
  if (depth > MAX_DEPTH) return void faults.push({ path, rule: `is nested more than ${MAX_DEPTH} deep` });
  if (Array.isArray(node)) return node.forEach((item, index) => check(item, scope, below(path, index), faults, depth + 1));
  const [word = '', ...others] = Object.keys(node);
  const inner = (node as Readonly<Record<string, unknown>>)[word];
  const here = below(path, word);
  if (word === '' || others.length > 0)
    return void faults.push({ path, rule: 'an expression has exactly one operator; write nested members as {"object": {…}}' });
  if (word === 'secret') return void faults.push({ path: here, rule: 'a secret is for codecs alone' });
  if (!KNOWN_WORDS.has(word)) return void faults.push({ path: here, rule: `there is no operator ${word.slice(0, 40)}` });
  if (Object.hasOwn(ACCESSORS, word)) {
    const rule = checkAccess(word, inner, scope);
    return rule === null ? undefined : void faults.push({ path: here, rule });
  }
  if (word === 'object') return checkMembers(inner, scope, here, faults, depth);
  if (word === 'word') return checkTable(inner, scope, here, faults, depth);
  if (Object.hasOwn(OPERATORS, word) && Array.isArray(inner) && inner.length !== 1)
    return void faults.push({ path: here, rule: `${word} takes one value` });
  check(inner, scope, here, faults, depth + 1);
}

function checkMembers(members: unknown, scope: Scope, path: string, faults: ManifestFault[], depth: number): void {
  if (typeof members !== 'object' || members === null || Array.isArray(members))
    return void faults.push({ path, rule: 'object takes members: {"object": {"name": …}}' });
  for (const [name, value] of Object.entries(members)) check(value, scope, below(path, name), faults, depth + 1);
}

/** `{"word": [value, {"ours": "theirs", …}]}`; `*` is for any other. Of a field that has a closed list of words, all must be there. */
function checkTable(args: unknown, scope: Scope, path: string, faults: ManifestFault[], depth: number): void {
  const [value, table, ...more] = Array.isArray(args) ? (args as unknown[]) : [];
  if (typeof table !== 'object' || table === null || Array.isArray(table) || more.length > 0)
    return void faults.push({ path, rule: 'word takes a value and a table: {"word": [value, {"ours": "theirs"}]}' });
  for (const [name, theirs] of Object.entries(table)) {
    if (typeof theirs === 'object' && theirs !== null) faults.push({ path: below(path, 1, name), rule: 'must be a plain value' });
  }
  check(value, scope, below(path, 0), faults, depth + 1);
  const asked = (value as { field?: unknown } | null)?.field;
  const words = typeof asked === 'string' ? (scope.words?.[asked] ?? []) : [];
  const missing = Object.hasOwn(table, '*') ? [] : words.filter((word) => !Object.hasOwn(table, word));
  if (missing.length > 0) faults.push({ path: below(path, 1), rule: `has nothing for ${missing.join(', ')}; "*" is for any other` });
}

function makeEngine(): LogicEngine {
  const standard: Record<string, unknown> = Object.fromEntries(
    STANDARD.map((name) => [name, (defaultMethods as Readonly<Record<string, unknown>>)[name]]),
  );
  const made = new LogicEngine(standard);
  for (const [name, run] of Object.entries(OPERATORS)) made.addMethod(name, ([value]: unknown[]) => ofValue(name, run, value));
  for (const [name, run] of Object.entries(ACCESSORS)) {
    made.addMethod(name, ([asked]: [string], known: Known) => run(asked, known) ?? null);
  }
  made.addMethod('object', {
    lazy: true,
    method: (members: Readonly<Record<string, unknown>>, known: Known) =>
      Object.fromEntries(Object.entries(members).map(([name, value]) => [name, engine.run(value, known) as unknown])),
  });
  made.addMethod('word', {
    lazy: true,
    method: ([value, table]: [unknown, Readonly<Record<string, unknown>>], known: Known) => theirWord(engine.run(value, known), table),
  });
  // Without this, `constructor` and its kind would be found on the prototype and called.
  Object.setPrototypeOf(made.methods, null);
  return made;
}

function ofValue(name: string, run: (value: unknown) => unknown, value: unknown): unknown {
  if (value === null || value === undefined) return null;
  try {
    return run(value);
  } catch (error) {
    invariant(false, `${name} ${error instanceof Error ? error.message : 'failed'}`);
  }
}

function theirWord(value: unknown, table: Readonly<Record<string, unknown>>): unknown {
  const key = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : null;
  if (key !== null && Object.hasOwn(table, key)) return table[key];
  return Object.hasOwn(table, '*') ? table['*'] : null;
}
