/**
 * The cookies of the console, and the proof that a request with one was sent by a page of ours. `__Host-` binds a cookie to this origin's host by TLS; a
 * sandbox on one's own machine has no TLS, and not every browser keeps a Secure cookie there, so there and nowhere else it goes without.
 */
import { problem, type Problem } from '../domain/failures.ts';
import type { Deps } from '../flow/deps.ts';
import type { Ctx } from './context.ts';

const SESSION = 'millrace_console';
const SSO = 'millrace_sso';
const TOKEN = /^[A-Za-z0-9_-]{43}$/;
/** Sent by pages of the console with whatever changes something. A page of another origin cannot send it without being let. */
export const CONSOLE_HEADER = 'x-millrace-console';

type Served = Pick<Deps, 'publicUrl'>;

/** The token in a request's `Cookie`; null when there is none of its shape. */
export function sessionToken(deps: Served, header: string | null | undefined): string | null {
  const token = cookieOf(header, nameOf(deps, SESSION));
  return token !== null && TOKEN.test(token) ? token : null;
}

/** For whoever only wants to know whether it is worth looking: by either name. */
export function hasSessionCookie(header: string | null): boolean {
  return [SESSION, `__Host-${SESSION}`].some((name) => TOKEN.test(cookieOf(header, name) ?? ''));
}

/** `Set-Cookie` for a session. Strict: pages need no cookie to be loaded, and what they then ask comes from our own site. */
export function sessionCookie(deps: Served, token: string, maxAgeS: number): string {
  return cookie(deps, SESSION, token, maxAgeS, 'Strict');
}

/** What is kept of a sign-in that is on its way by a provider. Lax: the way back begins at another site. */
export function ssoCookie(deps: Served, kept: string, maxAgeS: number): string {
  return cookie(deps, SSO, kept, maxAgeS, 'Lax');
}
export function ssoKept(deps: Served, header: string | null | undefined): string | null {
  const kept = cookieOf(header, nameOf(deps, SSO));
  return kept !== null && /^[A-Za-z0-9_-]{1,2000}$/.test(kept) ? kept : null;
}

export const FORGET_S = 0;

/** Null when a page of ours sent this. Reading needs no proof: nobody else can see the reply. */
export function whyNotOurs(deps: Served, c: Ctx): Problem | null {
  if (c.req.method === 'GET' || c.req.method === 'HEAD') return null;
  if (c.req.header(CONSOLE_HEADER) !== '1')
    return problem(
      'forbidden',
      `缺少请求头 ${CONSOLE_HEADER}`,
      `with a session, a request that changes something needs the header ${CONSOLE_HEADER}: 1`,
    );
  return whyElsewhere(deps, c);
}

/** Null unless the browser says that a page of another origin sent this. */
export function whyElsewhere({ publicUrl }: Served, c: Ctx): Problem | null {
  const site = c.req.header('sec-fetch-site');
  const origin = c.req.header('origin');
  const own = origin === undefined || origin === publicUrl || hostOf(origin) === hostOf(c.req.url);
  return own && (site === undefined || site === 'same-origin')
    ? null
    : problem('origin_not_allowed', '只接受控制台页面自己的请求', 'only pages of this origin may ask this with a session');
}

/** Behind a proxy the scheme we see is not the browser's; the host is. */
function hostOf(url: string): string | null {
  return URL.parse(url)?.host ?? null;
}

function cookie(deps: Served, name: string, value: string, maxAgeS: number, sameSite: 'Strict' | 'Lax'): string {
  const secure = isLoopback(deps.publicUrl) ? '' : '; Secure';
  return `${nameOf(deps, name)}=${value}; Path=/; HttpOnly; SameSite=${sameSite}; Max-Age=${maxAgeS}${secure}`;
}

/** One name alone is taken: without its prefix a cookie may have been planted from a neighbouring host. */
function nameOf({ publicUrl }: Served, name: string): string {
  return isLoopback(publicUrl) ? name : `__Host-${name}`;
}

function isLoopback(publicUrl: string): boolean {
  const url = URL.parse(publicUrl);
  return url?.protocol === 'http:' && (url.hostname === 'localhost' || url.hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(url.hostname));
}

function cookieOf(header: string | null | undefined, name: string): string | null {
  for (const pair of (header ?? '').split(';')) {
    const at = pair.indexOf('=');
    if (at > 0 && pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim();
  }
  return null;
}
