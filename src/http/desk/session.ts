/** Signing in and out of the console: by password and code, by a link, by a provider. No key opens these; what is asked for proves itself. */
import { Hono } from 'hono';
import { z } from 'zod';
import type { Problem } from '../../domain/failures.ts';
import { SESSION_MS } from '../../domain/operator.ts';
import { operatorView, type OperatorView } from '../../flow/operators/account.ts';
import { isFirstRun } from '../../flow/operators/first-run.ts';
import { acceptInvitation, openInvitation } from '../../flow/operators/invitations.ts';
import { endSession, noteSeen, sessionOf } from '../../flow/operators/session.ts';
import { signIn, signInAs, type SignedIn } from '../../flow/operators/sign-in.ts';
import { iso } from '../../flow/view-application.ts';
import { json, refuse, type Ctx, type Env, type HttpOptions } from '../context.ts';
import { problem } from '../../domain/failures.ts';
import { readAs } from '../read-body.ts';
import { FORGET_S, sessionCookie, sessionToken, ssoCookie, ssoKept, whyElsewhere, whyNotOurs } from '../session-cookie.ts';
import { EmailAddress, OperatorName } from './team.ts';

const password = z.string().min(1).max(1_000);
const code = z.string().regex(/^\d{6}$/);
const token = z.string().min(1).max(200);
export const SessionBody = z.strictObject({ email: EmailAddress, password, code });
export const OpenBody = z.strictObject({ token });
export const AcceptBody = z.strictObject({ token, name: OperatorName, email: EmailAddress.optional(), password, code });

/** How long a sign-in may be on its way by a provider. */
const SSO_S = 600;

export function sessionRoutes(options: HttpOptions): Hono<Env> {
  const { deps } = options;
  const app = new Hono<Env>();
  const tokenOf = (c: Ctx): string | null => sessionToken(deps, c.req.header('cookie'));

  app.get('/v1/session/methods', () =>
    json({ mode: deps.mode, sso: deps.sso === null ? null : { name: deps.sso.name }, first_run: isFirstRun(deps) }),
  );

  app.post('/v1/session', async (c) => {
    const wanted = await asked(options, c, SessionBody);
    if ('problem' in wanted) return refuse(c, wanted);
    return begun(options, c, await signIn(deps, wanted, { ip: options.clientIp(c), before: tokenOf(c) }));
  });

  app.get('/v1/session', async (c) => {
    const admitted = sessionOf(deps, tokenOf(c));
    if (admitted === null) return refuse(c, problem('unauthenticated', '尚未登录或登录已过期', 'not signed in, or the session is over'));
    await noteSeen(deps, admitted.session);
    return json(shown(operatorView(deps, admitted.operator), admitted.session.endsAtMs));
  });

  app.delete('/v1/session', async (c) => {
    const foreign = tokenOf(c) === null ? null : whyNotOurs(deps, c);
    if (foreign !== null) return refuse(c, foreign);
    await endSession(deps, tokenOf(c));
    return new Response(null, { status: 204, headers: { 'set-cookie': sessionCookie(deps, '', FORGET_S), 'cache-control': 'no-store' } });
  });

  app.post('/v1/invitations/open', async (c) => {
    const wanted = await asked(options, c, OpenBody);
    if ('problem' in wanted) return refuse(c, wanted);
    const opened = await openInvitation(deps, wanted.token, tokenOf(c));
    if ('problem' in opened) return refuse(c, opened);
    return 'endsAtMs' in opened ? begun(options, c, opened, { signed_in: true }) : json(opened);
  });

  app.post('/v1/invitations/accept', async (c) => {
    const wanted = await asked(options, c, AcceptBody);
    if ('problem' in wanted) return refuse(c, wanted);
    return begun(options, c, await acceptInvitation(deps, { ...wanted, email: wanted.email ?? null }, tokenOf(c)));
  });

  app.route('/', ssoRoutes(options));
  return app;
}

/** There and back again by a provider. Both are navigations of the browser, so what goes wrong is told by a page: `/console/?sso=…`. */
function ssoRoutes({ deps }: HttpOptions): Hono<Env> {
  const app = new Hono<Env>();

  app.get('/console/sso/start', async (c) => {
    if (deps.sso === null) return refuse(c, problem('not_found', '没有配置单点登录', 'no provider is configured'));
    const begin = await deps.sso.begin();
    return begin === null ? away('/console/?sso=unavailable') : away(begin.url, ssoCookie(deps, begin.kept, SSO_S));
  });

  app.get('/console/sso/callback', async (c) => {
    if (deps.sso === null) return refuse(c, problem('not_found', '没有配置单点登录', 'no provider is configured'));
    const kept = ssoKept(deps, c.req.header('cookie'));
    const forget = ssoCookie(deps, '', FORGET_S);
    const known = kept === null ? null : await deps.sso.finish(new URL(c.req.url).search, kept);
    if (known === null) return away('/console/?sso=refused', forget);
    const signed = await signInAs(deps, known.email, sessionToken(deps, c.req.header('cookie')));
    if ('problem' in signed) return away('/console/?sso=unknown', forget);
    return away('/console/', forget, sessionCookie(deps, signed.token, SESSION_MS / 1_000));
  });

  return app;
}

/** A body of this shape, from a page of ours. There need be no session yet, so a browser's own word on where it comes from is all there is to judge by. */
async function asked<T>({ deps }: HttpOptions, c: Ctx, schema: z.ZodType<T>): Promise<T | Problem> {
  const foreign = whyElsewhere(deps, c);
  if (foreign !== null) return foreign;
  return readAs(c.req.raw, schema);
}

function begun({ deps }: HttpOptions, c: Ctx, outcome: SignedIn | Problem, more: object = {}): Response {
  if ('problem' in outcome) return refuse(c, outcome);
  return json({ ...more, ...shown(outcome.operator, outcome.endsAtMs) }, 200, {
    'set-cookie': sessionCookie(deps, outcome.token, SESSION_MS / 1_000),
  });
}

function shown(operator: OperatorView, endsAtMs: number): { readonly operator: OperatorView; readonly expires_at: string } {
  return { operator, expires_at: iso(endsAtMs) };
}

function away(to: string, ...cookies: readonly string[]): Response {
  const headers = new Headers({ location: to, 'cache-control': 'no-store' });
  for (const each of cookies) headers.append('set-cookie', each);
  return new Response(null, { status: 303, headers });
}
