/** Which Chromium the browser tests drive, and what to say when there is none. */

/** Where Debian's package puts it. */
export const DEBIAN_CHROMIUM = '/usr/bin/chromium';
const INSTALL = 'apt-get install -y --no-install-recommends chromium fonts-wqy-microhei';

/** A path, or a line for people. `fatal` where a run without a browser must not pass for a whole one. */
export type Found = { readonly path: string } | { readonly missing: string; readonly fatal: boolean };

/** `CHROMIUM_PATH` goes first, and is never passed over in silence. Any `CI` but an empty one or `false` makes a missing browser fatal. */
export function findChromium(env: Readonly<Record<string, string | undefined>>, isThere: (path: string) => boolean): Found {
  const asked = env['CHROMIUM_PATH'] ?? '';
  const path = asked === '' ? DEBIAN_CHROMIUM : asked;
  if (isThere(path)) return { path };
  const fatal = asked !== '' || !['', 'false', '0'].includes(env['CI'] ?? '');
  const why = asked === '' ? `no Chromium at ${path}` : `CHROMIUM_PATH names ${path}, which is not there`;
  return { missing: `${why}. Debian: ${INSTALL}. Elsewhere: set CHROMIUM_PATH.`, fatal };
}
