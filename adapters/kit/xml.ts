/**
 * XML that somebody else wrote, read into the same `Json` as read-json gives, so that `at` and `textAt` serve both. A document type is
 * refused outright: without one there are no entities but the five of XML and numbers, so nothing can be fetched or blown up.
 */
import { XMLBuilder, XMLParser, XMLValidator } from 'fast-xml-parser';
import { invariant } from '../../src/domain/failures.ts';
import { utf8Of } from './encoding.ts';
import type { Json } from './read-json.ts';
import { isRecord } from './read-json.ts';

const MAX_BYTES = 262_144;
const MAX_DEPTH = 32;
const MAX_TAGS = 20_000;
const NAME = /^[A-Za-z_][A-Za-z0-9_.:-]{0,127}$/;
const DANGEROUS = new Set(['__proto__', 'constructor', 'prototype', '#__proto__']);
const DOCTYPE = /<!(?!--|\[CDATA\[)/;
const TAG_AT_END = /<[^<>!?][^<>]*>$/;
/** What XML 1.0 cannot hold, escaped or not, and the other control characters, which it merely advises against. */
const NOT_XML = /[^\P{Cc}\t\n\r]|[\ufffe\uffff]/u;
const ENTITY = /&(?:(amp|lt|gt|quot|apos)|#(\d{1,7})|#x([0-9a-fA-F]{1,6}))?;?/g;
const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>';

const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  parseTagValue: false,
  trimValues: false,
  ignoreDeclaration: true,
  ignorePiTags: true,
  maxNestedTags: MAX_DEPTH,
  onDangerousProperty: (name) => name,
  entityDecoder: { decode: decodeEntities, setExternalEntities: refuse, addInputEntities: refuse, reset: ignore, setXmlVersion: ignore },
});
const builder = new XMLBuilder({ ignoreAttributes: false, attributeNamePrefix: '@', suppressBooleanAttributes: false });

/**
 * UTF-8 XML of at most 256 KiB and 32 levels as `{root: …}`; `undefined` when it is anything else. A leaf is its trimmed text (never a
 * number), an element with children a record, a repeated element a list, an attribute a member `@name`, text beside either `#text`.
 */
export function readXml(bytes: Uint8Array): Json | undefined {
  const text = bytes.length > 0 && bytes.length <= MAX_BYTES ? utf8Of(bytes) : null;
  if (text === null || DOCTYPE.test(text) || NOT_XML.test(text) || tagsIn(text) > MAX_TAGS) return undefined;
  try {
    if (XMLValidator.validate(text) !== true) return undefined;
    const nodes = parser.parse(text) as readonly XmlNode[];
    const roots = nodes.filter((node) => !('#text' in node));
    return roots.length === 1 && endsInTag(text) && nodes.every((node) => !('#text' in node) || isBlank(node['#text']))
      ? recordOf(roots, {}, MAX_DEPTH)
      : undefined;
  } catch {
    return undefined;
  }
}

/**
 * XML of one root element, by the same conventions; null becomes an empty element. Throws InvariantError for a name or a character that
 * XML has not.
 */
export function writeXml(root: string, value: Json): string {
  invariant(!Array.isArray(value), 'XML has one root');
  return DECLARATION + builder.build({ [root]: writable(root, value) });
}

/** A node as the parser gives it in order: one member named by its tag, and its attributes under `:@`. */
type XmlNode = Readonly<Record<string, readonly XmlNode[] | string | Readonly<Record<string, string>>>>;

function recordOf(nodes: readonly XmlNode[], attributes: Readonly<Record<string, string>>, depthLeft: number): Json {
  invariant(depthLeft >= 0, 'XML too deep');
  const members = new Map<string, Json[]>();
  for (const [name, value] of Object.entries(attributes)) members.set(name, [value]);
  let text = '';
  for (const node of nodes) {
    const name = Object.keys(node).find((key) => key !== ':@') ?? '';
    const inside = node[name];
    if (name === '#text') {
      text += String(inside);
      continue;
    }
    invariant(Array.isArray(inside) && !DANGEROUS.has(name), 'XML name not taken');
    const value = recordOf(inside as readonly XmlNode[], (node[':@'] ?? {}) as Readonly<Record<string, string>>, depthLeft - 1);
    const same = members.get(name);
    if (same === undefined) members.set(name, [value]);
    else same.push(value);
  }
  if (members.size === 0) return text.trim();
  if (text.trim() !== '') members.set('#text', [text.trim()]);
  return Object.fromEntries([...members].map(([name, values]) => [name, values.length === 1 ? values[0]! : values]));
}

/** Whether nothing but blanks, comments and instructions follows the last tag: text there the parser drops in silence. */
function endsInTag(text: string): boolean {
  let rest = text.trimEnd();
  while (!TAG_AT_END.test(rest) && (rest.endsWith('-->') || rest.endsWith('?>'))) {
    rest = rest.slice(0, Math.max(0, rest.lastIndexOf(rest.endsWith('-->') ? '<!--' : '<?'))).trimEnd();
  }
  return rest.endsWith('>');
}

function isBlank(text: unknown): boolean {
  return String(text).trim() === '';
}

// Counted before parsing, so that a hostile body of empty tags costs no more than this.
function tagsIn(text: string): number {
  let count = 0;
  for (let at = text.indexOf('<'); at >= 0; at = text.indexOf('<', at + 1)) count += 1;
  return count;
}

/** The same value with null as empty text, for the builder gathers nulls in front of a list. */
function writable(name: string, value: Json): Json {
  const attribute = name.startsWith('@');
  invariant(name === '#text' || (NAME.test(attribute ? name.slice(1) : name) && !DANGEROUS.has(name)), 'XML name cannot be written');
  if (Array.isArray(value)) return (value as readonly Json[]).map((item) => writable(name, item));
  if (isRecord(value)) {
    invariant(!attribute && name !== '#text', 'XML attribute must be a text');
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, writable(key, member)]));
  }
  const text = value === null ? '' : String(value);
  invariant(!NOT_XML.test(text) && text.isWellFormed(), 'XML text cannot be written');
  return text;
}

function decodeEntities(text: string): string {
  return text.replace(ENTITY, (whole, named: string | undefined, decimal: string | undefined, hex: string | undefined) => {
    invariant(whole.endsWith(';') && whole.length > 2, 'XML entity not known');
    if (named !== undefined) return NAMED[named]!;
    const code = decimal === undefined ? Number.parseInt(hex!, 16) : Number(decimal);
    const char = code <= 0x10ffff ? String.fromCodePoint(code) : '';
    invariant(char !== '' && char.isWellFormed() && !NOT_XML.test(char), 'XML character not allowed');
    return char;
  });
}

function refuse(): void {
  invariant(false, 'XML entities are not defined here');
}

function ignore(): void {}
