/** A JSON Schema as a nested list that a person can read. */
import { html, raw } from 'hono/html';
import type { Lang } from '../problem.ts';
import { inline, type Html } from './page.ts';

/** The part of JSON Schema that the generator writes. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly prefixItems?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly additionalProperties?: boolean | Schema;
  readonly description?: string;
  readonly format?: string;
  readonly pattern?: string;
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
}

const WORDS = { zh: { must: '必填', one: '以下之一' }, en: { must: 'required', one: 'one of' } } as const;

/** What is inside a schema: its members, or those of its items or variants. Empty for a plain value. */
export function schemaTree(schema: Schema, lang: Lang): Html {
  const variants = schema.oneOf ?? schema.anyOf;
  if (variants !== undefined && variants.some((one) => one.properties !== undefined)) {
    return html`<p class="soft">${WORDS[lang].one}</p>
      ${variants.map((one) => schemaTree(one, lang))}`;
  }
  if (schema.items !== undefined) return schemaTree(schema.items, lang);
  if (schema.properties === undefined) return html``;
  const required = new Set(schema.required);
  return html`<ul class="fields">
    ${Object.entries(schema.properties).map(
      ([name, member]) =>
        html`<li>
          <code>${name}</code>
          <span class="type">${typeOf(member)}</span>${required.has(name) ? html` <span class="must">${WORDS[lang].must}</span>` : ''}${
            member.description === undefined || isRef(member) ? '' : html`<br /><span class="soft">${inline(member.description)}</span>`
          }${schemaTree(member, lang)}
        </li>`,
    )}
  </ul>`;
}

/** The kind of a value in one line, with its bounds; a named schema as a link. */
export function typeOf(schema: Schema): Html {
  const name = refName(schema);
  if (name !== null) return html`<a href="#schema-${name}">${name}</a>`;
  if (schema.enum !== undefined) return html`${schema.enum.map((value) => JSON.stringify(value)).join(' | ')}`;
  if (schema.type === 'array') return html`${raw('[')}${typeOf(schema.items ?? {})}${raw(']')}${bounds(schema)}`;
  const variants = schema.oneOf ?? schema.anyOf;
  if (variants !== undefined) return html`${variants.map((one, index) => html`${index === 0 ? '' : ' | '}${typeOf(one)}`)}`;
  const type = Array.isArray(schema.type) ? schema.type.join(' | ') : (schema.type ?? 'any');
  return html`${type}${schema.format === undefined ? '' : ` ${schema.format}`}${bounds(schema)}`;
}

function refName(schema: Schema): string | null {
  const ref = schema.$ref ?? schema.allOf?.find((one) => one.$ref !== undefined)?.$ref;
  return ref === undefined ? null : ref.slice(ref.lastIndexOf('/') + 1);
}

function isRef(schema: Schema): boolean {
  return refName(schema) !== null;
}

function bounds(schema: Schema): string {
  const low = schema.minimum ?? schema.minLength ?? schema.minItems;
  const high = schema.maximum ?? schema.maxLength ?? schema.maxItems;
  const range = low === undefined && high === undefined ? '' : ` ${low ?? ''}…${high ?? ''}`;
  return `${range}${schema.pattern === undefined ? '' : ` ${schema.pattern}`}${schema.default === undefined ? '' : ` = ${JSON.stringify(schema.default)}`}`;
}
