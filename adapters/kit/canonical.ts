/** Canonical texts to sign: the ways in which protocols put parameters in order. */
import type { Json } from './read-json.ts';
import { isRecord } from './read-json.ts';
import { formEscape, percentEscape } from './form.ts';

/**
 * `blanks`: what becomes of members that are null or "". `keep`: both are written; `no_null`: null is left out but "" is signed;
 * `no_blank`: both are left out. Holds at every depth; items of a list are always kept, for their place has a meaning.
 */
export interface CanonicalOptions {
  readonly blanks: 'keep' | 'no_null' | 'no_blank';
  /** Numbers and booleans as strings, for protocols that sign what their own strongly typed side holds as text. */
  readonly stringed?: boolean;
  /** Members of the outermost object that are not signed. */
  readonly omit?: readonly string[];
}

/** JSON without blanks, the members of every object sorted by key (code units). */
export function canonicalJson(value: Json, options: CanonicalOptions): string {
  if (Array.isArray(value)) return `[${(value as readonly Json[]).map((item) => canonicalJson(item, inner(options))).join(',')}]`;
  // Written piece by piece: an object would put keys that look like numbers first, whatever order they were added in.
  if (isRecord(value))
    return `{${sorted(value, options, (key, member) => `${JSON.stringify(key)}:${canonicalJson(member, inner(options))}`).join(',')}}`;
  return options.stringed === true && value !== null ? JSON.stringify(String(value)) : JSON.stringify(value);
}

/**
 * `k=v` pairs sorted by key and joined by `&`; a nested value is written as canonical JSON, null as "null" under `keep`. `escape`: values as
 * they are (the usual), as a form would escape them (`+` for a blank), or as RFC 3986 does (`%20`).
 */
export function canonicalPairs(
  params: Readonly<Record<string, Json>>,
  options: CanonicalOptions & { readonly escape?: 'none' | 'form' | 'percent' },
): string {
  const escape = options.escape === 'form' ? formEscape : options.escape === 'percent' ? percentEscape : (text: string) => text;
  return sorted(params, options, (key, value) => `${key}=${escape(typeof value === 'string' ? value : canonicalJson(value, inner(options)))}`).join(
    '&',
  );
}

/**
 * `k=v` pairs of plain texts, sorted by key (code units) and joined by `&`, as most Chinese gateways sign. Empty values and the keys
 * of `omit` are left out, as those gateways do.
 */
export function joinSorted(params: Readonly<Record<string, string>>, omit: readonly string[] = ['sign']): string {
  return Object.keys(params)
    .filter((key) => params[key] !== '' && !omit.includes(key))
    .sort()
    .map((key) => `${key}=${params[key]}`)
    .join('&');
}

/** Lines joined by a newline, for schemes that sign a list of parts in a fixed order. Parts must not contain newlines themselves. */
export function joinLines(...parts: readonly string[]): string {
  return parts.map((part) => part.replaceAll('\n', ' ')).join('\n');
}

/** Base address and path made one, whatever slashes the base ends in. */
export function joinUrl(baseUrl: string, path: string): string {
  return `${baseUrl.replace(/\/+$/, '')}${path}`;
}

function sorted(record: Readonly<Record<string, Json>>, options: CanonicalOptions, write: (key: string, value: Json) => string): readonly string[] {
  const { blanks, omit = [] } = options;
  return Object.keys(record)
    .filter((key) => !omit.includes(key) && !(record[key] === null && blanks !== 'keep') && !(record[key] === '' && blanks === 'no_blank'))
    .sort()
    .map((key) => write(key, record[key]!));
}

function inner(options: CanonicalOptions): CanonicalOptions {
  return options.omit === undefined ? options : { ...options, omit: [] };
}
