/**
 * The HTTP face: Hono routes by audience (borrower, funder, partner, desk). In: requests, all of them hostile. Out: JSON, or a problem.
 * It checks shapes, keys and rights, hands over to `flow`, and renders what comes back; it decides nothing about an application and
 * reads no database but to see whose a thing is.
 */
import { Hono } from 'hono';
import { problem } from '../domain/failures.ts';
import { hexOf } from '../domain/hex.ts';
import type { Random } from '../ports/random.ts';
import { applicationRoutes, decisionRoutes } from './borrower/applications.ts';
import { intakeRoutes } from './borrower/intake.ts';
import { offerRoutes } from './borrower/offers.ts';
import { pageRoutes } from './borrower/pages.ts';
import { stepRoutes } from './borrower/steps.ts';
import { json, refuse, type Ctx, type Env, type HttpOptions } from './context.ts';
import { counterpartyRoutes } from './counterparty.ts';
import { originAllowed } from './auth.ts';
import { deskRoutes } from './desk/routes.ts';
import { docsRoutes } from './docs.ts';
import { webRoutes } from './web.ts';

const REQUEST_ID = /^[A-Za-z0-9_-]{8,64}$/;
const ID_BYTES = 12;
/** Effects under way per request slot before intake is shed. */
const BUSY_FACTOR = 4;
const CORS_HEADERS = 'authorization, content-type, idempotency-key, client-token, prefer, accept-language, last-event-id';

export function createApp(options: HttpOptions): Hono<Env> {
  const { deps } = options;
  const app = new Hono<Env>();
  let inFlight = 0;

  app.use('*', async (c, next) => {
    c.set('requestId', requestId(c.req.header('x-request-id'), deps.random));
    c.set('lang', /^\s*en\b/i.test(c.req.header('accept-language') ?? '') ? 'en' : 'zh');
    if (overloaded(c)) return refuse(c, problem('overloaded', '服务繁忙，请稍后再试', 'too much at once; try again', { retryAfterS: 1 }));
    inFlight += 1;
    try {
      await next();
    } finally {
      inFlight -= 1;
    }
    // Not `c.header`: on a finished reply that makes a whole web response of it, its body a stream, at half the price of the request.
    if (c.get('named') !== c.res) c.res.headers.set('x-request-id', c.get('requestId'));
    const origin = c.req.header('origin');
    if (origin !== undefined && anyChannelAllows(origin)) allowOrigin(c, origin);
    return undefined;
  });

  app.options('*', (c) => {
    const origin = c.req.header('origin');
    if (origin === undefined || !anyChannelAllows(origin))
      return refuse(c, problem('origin_not_allowed', '来源不被允许', 'no channel allows this origin'));
    return new Response(null, {
      status: 204,
      headers: {
        'access-control-allow-methods': 'GET, POST, PATCH, DELETE',
        'access-control-allow-headers': CORS_HEADERS,
        'access-control-max-age': '600',
        vary: 'Origin',
      },
    });
  });

  for (const routes of ROUTES) app.route('/', routes(options));
  app.route('/', docsRoutes());
  if (options.pages !== null) app.route('/', webRoutes(options.pages, deps.random));

  app.notFound((c) => nothingHere(c, app));
  app.onError((error, c) => {
    deps.log.error('http.failed', {
      request: c.get('requestId'),
      method: c.req.method,
      route: c.req.routePath,
      error: error.name,
      message: error.name === 'InvariantError' ? error.message : '',
    });
    return refuse(c, problem('internal', '服务出错，请稍后再试', 'something went wrong on our side'));
  });
  return app;

  function overloaded(c: Ctx): boolean {
    if (inFlight >= options.maxInFlight) return c.req.path !== '/healthz';
    return c.req.method === 'POST' && c.req.path === '/v1/applications' && options.busy() >= options.maxInFlight * BUSY_FACTOR;
  }

  function anyChannelAllows(origin: string): boolean {
    for (const channel of deps.desk.snapshot().channels.values()) if (originAllowed(origin, channel.allowed_origins, deps)) return true;
    return false;
  }
}

const ROUTES = [
  operationRoutes,
  applicationRoutes,
  decisionRoutes,
  intakeRoutes,
  pageRoutes,
  offerRoutes,
  stepRoutes,
  counterpartyRoutes,
  deskRoutes,
];

/** Health, metrics, and what tools need to know of a sandbox. */
function operationRoutes(options: HttpOptions): Hono<Env> {
  const { deps } = options;
  const app = new Hono<Env>();
  app.get('/healthz', () => json({ status: 'ok' }));
  app.get('/readyz', () =>
    json({ status: 'ready', cell: deps.cell, snapshot: deps.desk.snapshot().version, model: deps.desk.likelihoods().version }),
  );
  app.get('/metrics', async (c) => {
    const token = c.req.header('authorization')?.replace(/^Bearer /, '') ?? '';
    if (options.metrics === null || options.metricsToken === null || !deps.vault.equal(token, options.metricsToken))
      return refuse(c, problem('not_found', '没有找到', 'not found'));
    return new Response(await options.metrics(), { headers: { 'content-type': 'text/plain; version=0.0.4' } });
  });
  app.get('/v1/sandbox/keys', (c) =>
    options.sandboxKeys === null ? refuse(c, problem('not_found', '没有找到', 'not found')) : json(options.sandboxKeys()),
  );

  return app;
}

/** 405 when the path is there under another method, else 404. */
function nothingHere(c: Ctx, app: Hono<Env>): Response {
  const paths = new Set(app.routes.filter((route) => route.method !== 'ALL' && route.method !== 'OPTIONS').map((route) => route.path));
  const known = [...paths].some((path) => matches(path, c.req.path));
  return refuse(
    c,
    known
      ? problem('method_not_allowed', '不支持的方法', `${c.req.method} is not possible here`)
      : problem('not_found', '没有找到', 'there is nothing here'),
  );
}

function allowOrigin(c: Ctx, origin: string): void {
  const { headers } = c.res;
  headers.set('access-control-allow-origin', origin);
  headers.set('access-control-expose-headers', 'x-request-id, retry-after, idempotent-replayed, preference-applied');
  headers.append('vary', 'Origin');
}

function matches(pattern: string, path: string): boolean {
  const wanted = pattern.split('/');
  const given = path.split('/');
  return wanted.length === given.length && wanted.every((part, index) => part.startsWith(':') || part === given[index]);
}

function requestId(given: string | undefined, random: Random): string {
  if (given !== undefined && REQUEST_ID.test(given)) return given;
  return `req_${hexOf(random.bytes(ID_BYTES))}`;
}
