/**
 * The families of MD5 signatures. All give lower-case hex; a protocol that wants capitals says `.toUpperCase()`. They are here because
 * funders speak them: MD5 over joined texts is neither a MAC nor unambiguous (`ab`+`c` is `a`+`bc`), and never a scheme of our own.
 */
import type { CanonicalOptions } from './canonical.ts';
import { canonicalJson, canonicalPairs } from './canonical.ts';
import { md5Hex } from './digest.ts';
import type { Json } from './read-json.ts';

/** md5(part1 + part2 + …), as md5(appKey + appSecret + phoneMd5 + seconds). All parts but one should have a fixed length. */
export function md5OfParts(...parts: readonly string[]): string {
  return md5Hex(parts.join(''));
}

/** md5(signKey + args + signKey). */
export function md5Between(signKey: string, args: string): string {
  return md5Hex(`${signKey}${args}${signKey}`);
}

/** md5(`k=v&…&key=SECRET`), keys sorted. Leaves out `sign` and blanks unless told otherwise; `keyName` null sets the bare secret behind the last pair. */
export function md5Keyed(
  params: Readonly<Record<string, Json>>,
  secret: string,
  options: Partial<CanonicalOptions> & { readonly keyName?: string | null } = {},
): string {
  const { keyName = 'key', ...rest } = options;
  const pairs = canonicalPairs(params, { blanks: 'no_blank', omit: ['sign'], ...rest });
  return md5Hex(keyName === null ? `${pairs}${secret}` : `${pairs}${pairs === '' ? '' : '&'}${keyName}=${secret}`);
}

/** md5(salt + sortedJson + salt). Leaves out `sign`, keeps blanks unless told otherwise. */
export function md5SaltedJson(salt: string, value: Json, options: Partial<CanonicalOptions> = {}): string {
  return md5Between(salt, canonicalJson(value, { blanks: 'keep', omit: ['sign'], ...options }));
}
