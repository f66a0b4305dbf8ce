/**
 * One spelling for one value (RFC 8785): keys in UTF-16 order, no white space, numbers and strings as ECMAScript writes them. Hashes of
 * records and disclosures are taken over this text, so it must never change. Members that are `undefined` are left out, as in
 * `JSON.stringify`, so that a value and its stored copy hash alike; for anything else JSON cannot hold it throws `InvariantError`.
 */
import { invariant } from '../domain/failures.ts';

export function canonicalJson(value: unknown): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number') {
    invariant(Number.isFinite(value), 'canonical JSON has no such number');
    return JSON.stringify(value);
  }
  invariant(typeof value === 'object', 'canonical JSON has no such value');
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const prototype: unknown = Object.getPrototypeOf(value);
  invariant(prototype === Object.prototype || prototype === null, 'canonical JSON takes plain objects alone');
  const entries = Object.entries(value).filter(([, part]) => part !== undefined);
  // `<` compares UTF-16 code units, which is the order RFC 8785 asks for; keys are never equal.
  entries.sort(([one], [other]) => (one < other ? -1 : 1));
  return `{${entries.map(([key, part]) => `${JSON.stringify(key)}:${canonicalJson(part)}`).join(',')}}`;
}
