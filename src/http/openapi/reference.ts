/** The whole description as one page. */
import { html } from 'hono/html';
import type { Lang } from '../problem.ts';
import type { ApiDocument } from './document.ts';
import { inline, page, prose, type Html } from './page.ts';
import { schemaTree, typeOf, type Schema } from './schema-tree.ts';

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly description?: string;
  readonly schema?: Schema;
}
interface Content {
  readonly [type: string]: { readonly schema?: Schema };
}
interface Described {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly summary: string;
  readonly 'x-summary-zh'?: string;
  readonly 'x-roles'?: readonly string[];
  readonly description?: string;
  readonly security: readonly Readonly<Record<string, unknown>>[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly required?: boolean; readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly description: string; readonly content?: Content }>>;
}

const WORDS = {
  zh: {
    title: '接口文档',
    keys: '密钥',
    key: '密钥',
    none: '无需密钥',
    roles: '角色',
    or: '或',
    parameters: '参数',
    body: '请求内容',
    optional: '可省略',
    replies: '回复',
    schemas: '数据结构',
    must: '必填',
  },
  en: {
    title: 'API reference',
    keys: 'Keys',
    key: 'Key',
    none: 'no key',
    roles: 'Roles',
    or: 'or',
    parameters: 'Parameters',
    body: 'Body',
    optional: 'may be left out',
    replies: 'Replies',
    schemas: 'Schemas',
    must: 'required',
  },
} as const;

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;

export function referencePage(document: ApiDocument, lang: Lang): string {
  const words = WORDS[lang];
  const all = Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
    METHODS.flatMap((method) => {
      const found = (item as Partial<Record<string, Described>>)[method];
      return found === undefined ? [] : [{ path, method, operation: found }];
    }),
  );
  const tags = (document.tags ?? [])
    .map((tag) => ({ ...tag, operations: all.filter(({ operation }) => operation.tags.includes(tag.name)) }))
    .filter(({ operations }) => operations.length > 0);
  const schemas = Object.entries((document.components?.schemas ?? {}) as Record<string, Schema>);
  const schemes = Object.entries((document.components?.securitySchemes ?? {}) as Record<string, { description?: string }>);
  return page('/docs', lang, words.title, [
    prose(document.info.description ?? ''),
    html`<h2>${words.keys}</h2>
      <dl>
        ${schemes.map(
          ([name, { description }]) =>
            html`<dt><code>${name}</code></dt>
              <dd>${inline(description ?? '')}</dd>`,
        )}
      </dl>`,
    html`<ul>
      ${all.map(
        ({ path, method, operation }) =>
          html`<li>
            <span class="method">${method}</span> <a href="#${operation.operationId}"><code>${path}</code></a> ${titleOf(operation, lang)}
          </li>`,
      )}
    </ul>`,
    ...tags.map(
      ({ name, description, operations }) =>
        html`<h2 id="tag-${name}">${name}</h2>
          <p>${description ?? ''}</p>
          ${operations.map((one) => route(one, lang))}`,
    ),
    html`<h2>${words.schemas}</h2>
      ${schemas.map(
        ([name, schema]) =>
          html`<section class="op" id="schema-${name}">
            <h3>${name}</h3>
            ${schema.description === undefined ? '' : prose(schema.description)}${schemaTree(schema, lang)}
          </section>`,
      )}`,
  ]);
}

function route({ path, method, operation }: { path: string; method: string; operation: Described }, lang: Lang): Html {
  const words = WORDS[lang];
  const roles = operation['x-roles'];
  return html`<section class="op" id="${operation.operationId}">
    <h3><span class="method">${method}</span> <code>${path}</code></h3>
    <p>${titleOf(operation, lang)}</p>
    ${operation.description === undefined ? '' : prose(operation.description)}
    <p class="soft">
      ${words.key}:
      ${operation.security.length === 0 ? words.none : operation.security.map((way) => Object.keys(way).join(' + ')).join(` ${words.or} `)}${roles === undefined ? '' : `; ${words.roles}: ${roles.join(', ')}`}
    </p>
    ${parameters(operation.parameters ?? [], lang)}
    ${
      operation.requestBody === undefined
        ? ''
        : html`<details>
            <summary>${words.body}${operation.requestBody.required === true ? '' : ` (${words.optional})`}</summary>
            ${content(operation.requestBody.content, lang)}
          </details>`
    }
    <details>
      <summary>${words.replies}: ${Object.keys(operation.responses).join(' ')}</summary>
      <dl>
        ${Object.entries(operation.responses).map(
          ([status, reply]) =>
            html`<dt>${status}</dt>
              <dd>${inline(reply.description)}${reply.content === undefined ? '' : content(reply.content, lang)}</dd>`,
        )}
      </dl>
    </details>
  </section>`;
}

function parameters(list: readonly Parameter[], lang: Lang): Html {
  if (list.length === 0) return html``;
  const words = WORDS[lang];
  return html`<details>
    <summary>${words.parameters}</summary>
    <ul class="fields">
      ${list.map(
        (one) =>
          html`<li>
            <code>${one.name}</code>
            <span class="type">${one.in}, ${typeOf(one.schema ?? {})}</span
            >${one.required === true ? html` <span class="must">${words.must}</span>` : ''}${
              one.description === undefined ? '' : html`<br /><span class="soft">${inline(one.description)}</span>`
            }
          </li>`,
      )}
    </ul>
  </details>`;
}

function content(types: Content, lang: Lang): Html {
  return html`${Object.entries(types).map(
    ([type, { schema }]) =>
      html`<p class="soft">${type}: ${typeOf(schema ?? {})}</p>
        ${schema === undefined ? '' : schemaTree(schema, lang)}`,
  )}`;
}

function titleOf(operation: Described, lang: Lang): string {
  return lang === 'zh' ? (operation['x-summary-zh'] ?? operation.summary) : operation.summary;
}
