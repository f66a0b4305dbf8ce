/** application/x-www-form-urlencoded, written and read. */
import { utf8Of } from './encoding.ts';

const MAX_BYTES = 262_144;
const MAX_PAIRS = 1_000;
const BAD_ESCAPE = /%(?![0-9a-fA-F]{2})/;
const NOT_RFC3986 = /[!'()*]/g;

/** The body of a form, in the order of the record. */
export function formEncode(params: Readonly<Record<string, string>>): string {
  return Object.entries(params)
    .map(([key, value]) => `${formEscape(key)}=${formEscape(value)}`)
    .join('&');
}

/** A form's parts, or null when a name is repeated (which of the two was signed?), an escape is bad or the text is not UTF-8. */
export function readForm(bytes: Uint8Array): Readonly<Record<string, string>> | null {
  const text = bytes.length <= MAX_BYTES ? utf8Of(bytes) : null;
  if (text === null || text === '') return null;
  const pairs = text.split('&');
  if (pairs.length > MAX_PAIRS) return null;
  const found = new Map<string, string>();
  for (const pair of pairs) {
    const cut = pair.indexOf('=');
    const key = cut < 0 ? null : unescaped(pair.slice(0, cut));
    const value = cut < 0 ? null : unescaped(pair.slice(cut + 1));
    if (key === null || value === null || key === '' || found.has(key)) return null;
    found.set(key, value);
  }
  return Object.fromEntries(found);
}

/** A text as forms escape it: a blank is `+`. */
export function formEscape(text: string): string {
  return new URLSearchParams([['', text.toWellFormed()]]).toString().slice(1);
}

/** A text as RFC 3986 escapes it: a blank is `%20`, and `~` stays. */
export function percentEscape(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replace(NOT_RFC3986, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}

function unescaped(text: string): string | null {
  if (BAD_ESCAPE.test(text)) return null;
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return null;
  }
}
