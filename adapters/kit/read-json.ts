/**
 * Reading JSON that somebody else wrote. What enters is bytes; what leaves is a value or `undefined`. It must never throw, never
 * follow an inherited property (`__proto__`, `constructor`), and never spend more than the limits allow.
 */

/** A parsed JSON value. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

const MAX_BYTES = 262_144;
const MAX_DEPTH = 32;
const decoder = new TextDecoder('utf-8', { fatal: true });

/** Parses UTF-8 JSON of at most 256 KiB and 32 levels; `undefined` when it is anything else. */
export function readJson(bytes: Uint8Array): Json | undefined {
  if (bytes.length === 0 || bytes.length > MAX_BYTES) return undefined;
  try {
    return parseJson(decoder.decode(bytes));
  } catch {
    return undefined;
  }
}

/** The same for text, as protocols that put JSON inside a JSON string need. */
export function parseJson(text: string): Json | undefined {
  if (text.length > MAX_BYTES || deeperThan(text, MAX_DEPTH)) return undefined;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

/** The value at a path of own properties, or `undefined`. */
export function at(value: Json | undefined, ...path: readonly string[]): Json | undefined {
  let here: Json | undefined = value;
  for (const key of path) {
    if (!isRecord(here) || !Object.hasOwn(here, key)) return undefined;
    here = here[key];
  }
  return here;
}

/** Text of at most 4,096 characters, or null. */
export function textAt(value: Json | undefined, ...path: readonly string[]): string | null {
  const found = at(value, ...path);
  return typeof found === 'string' && found.length <= 4_096 ? found : null;
}

/** True for a JSON object. */
export function isRecord(value: Json | undefined): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A list, also when the protocol has put it into a string ("[3,6,12]"); null for anything else. */
export function listOf(value: Json | undefined): readonly Json[] | null {
  const list = typeof value === 'string' ? parseJson(value) : value;
  return Array.isArray(list) ? (list as readonly Json[]) : null;
}

/** An own entry of a literal table, or null; so that a status of "constructor" finds nothing. */
export function lookUp<V>(table: Readonly<Record<string, V>>, key: string): V | null {
  return Object.hasOwn(table, key) ? table[key]! : null;
}

// Counting brackets outside strings is done before parsing, so that a hostile nesting never reaches a recursive reader.
function deeperThan(text: string, limit: number): boolean {
  let depth = 0;
  let inString = false;
  for (let index = 0; index < text.length; index += 1) {
    const char = text.charCodeAt(index);
    if (inString) {
      if (char === 0x5c) index += 1;
      else if (char === 0x22) inString = false;
    } else if (char === 0x22) inString = true;
    else if (char === 0x5b || char === 0x7b) {
      depth += 1;
      if (depth > limit) return true;
    } else if (char === 0x5d || char === 0x7d) depth -= 1;
  }
  return false;
}
