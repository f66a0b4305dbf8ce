const BASE = '/console';

/** The page that was asked for before the sign-in; the first one for anything that is not a path of the console. */
export function whereTo(wanted: string): string {
  const path = wanted.startsWith(`${BASE}/`) ? wanted.slice(BASE.length) : wanted;
  if (!/^\/(?![/\\])/.test(path) || /^\/(sign-in|welcome)|[?&]sso=/.test(path)) return `${BASE}/`;
  return BASE + path;
}
