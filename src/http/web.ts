/**
 * The pages that people look at: the borrower's (`/apply`), the business team's (`/console`) and the script that landing pages embed (`/sdk`).
 * In: a path. Out: a built file with the headers that keep it safe. It knows nothing of applications; the pages ask the API like anybody else.
 */
import { Hono } from 'hono';
import { problem } from '../domain/failures.ts';
import type { PageFile, Pages } from '../ports/pages.ts';
import type { Random } from '../ports/random.ts';
import { problemResponse } from './problem.ts';
import type { Env } from './context.ts';

const NONCE_BYTES = 16;
/** Where the nonce of a reply goes into a built page. */
const NONCE_PLACE = '__NONCE__';
const FILE = /^[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)+$/;
const YEAR_S = 31_536_000;

const SAFE = { 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer', 'cross-origin-opener-policy': 'same-origin' } as const;
/** A landing page of another origin takes it in, so it says nothing about its opener. */
const EMBEDDED = { 'x-content-type-options': 'nosniff', 'cross-origin-resource-policy': 'cross-origin', 'access-control-allow-origin': '*' } as const;

/** Paths that lead to pages and not to the API; the way to a provider and back is the API's. */
export const WEB_PATH = /^\/(?:$|apply(?:\/|$)|console(?:\/(?!sso\/)|$)|h5\/|sdk\/)/;

export function webRoutes(pages: Pages, random: Random): Hono<Env> {
  const app = new Hono<Env>();
  const page = (file: string, policy: (nonce: string) => string) => async (): Promise<Response | null> => {
    const found = await pages.read(file, '');
    if (found === null) return null;
    const nonce = base64(random.bytes(NONCE_BYTES));
    const text = (await new Response(found.body).text()).replaceAll(NONCE_PLACE, nonce);
    const headers = { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-cache', 'content-security-policy': policy(nonce), ...SAFE };
    return new Response(text, { headers });
  };
  const asset = async (file: string, accepts: string, headers: Readonly<Record<string, string>>): Promise<Response | null> => {
    const found = await pages.read(file, accepts);
    return found === null ? null : fileResponse(found, headers);
  };
  const h5 = page('h5/index.html', h5Policy);
  const console = page('console/index.html', consolePolicy);

  app.get('/', () => new Response(null, { status: 302, headers: { location: '/apply' } }));
  app.get('/apply', async () => (await h5()) ?? missing());
  app.get('/apply/:channel', async () => (await h5()) ?? missing());
  for (const face of ['h5', 'console'] as const) {
    app.get(`/${face}/assets/:file`, async (c) => {
      const file = c.req.param('file');
      if (!FILE.test(file)) return missing();
      const found = await asset(`${face}/assets/${file}`, c.req.header('accept-encoding') ?? '', {
        'cache-control': `public, max-age=${YEAR_S}, immutable`,
        ...SAFE,
      });
      return found ?? missing();
    });
  }
  app.get('/sdk/:file', async (c) => {
    const file = c.req.param('file');
    if (!FILE.test(file)) return missing();
    return (await asset(`sdk/${file}`, c.req.header('accept-encoding') ?? '', { 'cache-control': 'public, max-age=3600', ...EMBEDDED })) ?? missing();
  });
  app.get('/console', async () => (await console()) ?? missing());
  app.get('/console/*', async () => (await console()) ?? missing());
  return app;
}

function fileResponse({ body, contentType, encoding }: PageFile, headers: Readonly<Record<string, string>>): Response {
  return new Response(body, {
    headers: { 'content-type': contentType, vary: 'Accept-Encoding', ...(encoding === null ? {} : { 'content-encoding': encoding }), ...headers },
  });
}

function missing(): Response {
  return problemResponse(problem('not_found', '没有找到', 'there is nothing here'), 'zh', 'req_page');
}

/** The borrower's page takes nothing from elsewhere and runs nothing that was not built. Photos are shown from memory (`blob:`). */
function h5Policy(): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' blob: data:",
    "connect-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

/** antd writes its rules into style elements, which carry the nonce; charts and tables set styles of single elements. */
function consolePolicy(nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src-elem 'self' 'nonce-${nonce}'`,
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' blob: data:",
    "font-src 'self' data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ');
}

function base64(bytes: Uint8Array): string {
  return btoa(String.fromCodePoint(...bytes));
}
