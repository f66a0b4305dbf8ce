/** Canonical texts to sign: the ways in which protocols put parameters in order. */

/**
 * `k=v` pairs sorted by key (code units) and joined by `&`, as most Chinese gateways sign. Empty values and the keys of `omit` are
 * left out, as those gateways do.
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
