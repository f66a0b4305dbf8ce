/** The frame of the reference pages: no script, nothing from elsewhere, one style sheet of our own. */
import { html, raw } from 'hono/html';
import type { Lang } from '../problem.ts';

export type Html = ReturnType<typeof html>;

export const PAGE_HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-cache',
} as const;

const NAV = [
  ['/docs', { zh: '接口', en: 'Routes' }],
  ['/docs/problems', { zh: '错误码', en: 'Problems' }],
  ['/docs/events', { zh: '事件', en: 'Events' }],
] as const;

export function page(path: string, lang: Lang, title: string, body: Html | readonly Html[]): string {
  const other = lang === 'zh' ? 'en' : 'zh';
  return String(
    html`<!doctype html>
      <html lang="${lang === 'zh' ? 'zh-CN' : 'en'}">
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <title>${title} - Millrace</title>
          <link rel="stylesheet" href="/docs/style.css" />
        </head>
        <body>
          <header>
            <strong>Millrace</strong>
            <nav>
              ${NAV.map(([to, label]) => html`<a href="${to}?lang=${lang}" ${to === path ? raw(' aria-current="page"') : ''}>${label[lang]}</a> `)}
              <a href="/openapi.json">openapi.json</a> <a href="${path}?lang=${other}" hreflang="${other}">${other === 'zh' ? '中文' : 'English'}</a>
            </nav>
          </header>
          <main>
            <h1>${title}</h1>
            ${body}
          </main>
        </body>
      </html> `,
  );
}

/** Words with \`code\` in them, as a description has. */
export function prose(text: string): Html {
  return html`${text.split('\n\n').map((part) => html`<p>${inline(part)}</p>`)}`;
}

export function inline(text: string): Html {
  return html`${text.split('`').map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : part))}`;
}

export const STYLE = `:root{color-scheme:light dark;--line:#8884;--soft:#8881;--accent:light-dark(#0a5f8a,#7cc4ea)}
*{box-sizing:border-box}
body{margin:0;font:16px/1.6 system-ui,"PingFang SC","Microsoft YaHei",sans-serif}
header{display:flex;flex-wrap:wrap;gap:.5rem 1.5rem;align-items:baseline;padding:.75rem 1rem;border-bottom:1px solid var(--line)}
nav{display:flex;flex-wrap:wrap;gap:.25rem 1rem}
a{color:var(--accent)}
a[aria-current]{font-weight:600;text-decoration:none}
main{max-width:60rem;margin:0 auto;padding:1rem}
h1{font-size:1.5rem}h2{font-size:1.25rem;margin-top:2.5rem;border-bottom:1px solid var(--line)}h3{font-size:1rem;margin:0}
section.op{margin:1.25rem 0;padding:1rem;border:1px solid var(--line);border-radius:.5rem}
.op h3 code{font-size:1rem;overflow-wrap:anywhere}
.method{display:inline-block;min-width:4.5em;font:600 .8rem ui-monospace,monospace;text-transform:uppercase;color:var(--accent)}
p{margin:.4rem 0}
code{font:.875em ui-monospace,"SF Mono",Menlo,monospace;background:var(--soft);padding:0 .2em;border-radius:.2em}
details{margin:.5rem 0}summary{cursor:pointer;padding:.4rem 0}
ul.fields{list-style:none;margin:0;padding-left:.75rem;border-left:2px solid var(--line)}
ul.fields li{padding:.2rem 0;overflow-wrap:anywhere}
.type,.soft{opacity:.75;font-size:.875em}
.must{color:light-dark(#a02,#f99);font-size:.875em}
dl{margin:.5rem 0}dt{margin-top:.75rem;font-weight:600}dd{margin:0 0 0 1rem}
dt:target,section:target{outline:2px solid var(--accent);outline-offset:.25rem}
`;
