/** The reference about this service: the OpenAPI document and pages made from it. Made when first asked for; static from then on. */
import { Hono } from 'hono';
import type { Ctx, Env } from './context.ts';
import { apiDocument } from './openapi/document.ts';
import { eventsPage, problemsPage } from './openapi/lists.ts';
import { PAGE_HEADERS, STYLE } from './openapi/page.ts';
import { referencePage } from './openapi/reference.ts';
import type { Lang } from './problem.ts';

export function docsRoutes(): Hono<Env> {
  const app = new Hono<Env>();
  const kept = new Map<string, string>();
  const keep = (name: string, make: () => string): string => {
    let text = kept.get(name);
    if (text === undefined) kept.set(name, (text = make()));
    return text;
  };
  const page =
    (name: string, make: (lang: Lang) => string) =>
    (c: Ctx): Response => {
      const lang = languageOf(c);
      return new Response(
        keep(`${name}/${lang}`, () => make(lang)),
        { headers: { ...PAGE_HEADERS, 'content-language': lang, vary: 'Accept-Language' } },
      );
    };

  app.get(
    '/openapi.json',
    () =>
      new Response(
        keep('openapi', () => JSON.stringify(apiDocument())),
        { headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-cache' } },
      ),
  );
  app.get(
    '/docs',
    page('reference', (lang) => referencePage(apiDocument(), lang)),
  );
  app.get('/docs/problems', page('problems', problemsPage));
  app.get('/docs/events', page('events', eventsPage));
  app.get(
    '/docs/style.css',
    () =>
      new Response(STYLE, {
        headers: { 'content-type': 'text/css; charset=utf-8', 'cache-control': 'no-cache', 'x-content-type-options': 'nosniff' },
      }),
  );
  return app;
}

/** `?lang=` is a link on the page; without it the browser's language counts. */
function languageOf(c: Ctx): Lang {
  const asked = c.req.query('lang');
  return asked === 'zh' || asked === 'en' ? asked : c.get('lang');
}
