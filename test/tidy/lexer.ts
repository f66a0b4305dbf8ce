/**
 * Just enough of a lexer for TypeScript to find imports: tells code, comments, strings, templates and regular expressions apart.
 * TypeScript 7 has no JavaScript API, and a plain search would read imports out of strings and comments.
 */

export interface Import {
  readonly specifier: string;
  /** `import type`, `export type` or a list of which every name is a type. */
  readonly typesOnly: boolean;
}

/** Every static import, re-export and `import()` with a literal specifier. */
export function importsOf(text: string): Import[] {
  const { masked, strings } = mask(text);
  const found: Import[] = [];
  const statement = /\b(import|export)\b(\s+type\b(?!\s*(?:,|from\b)))?([^;'"()=]*?)\bfrom\s*"(\d+)"|\bimport\s*"(\d+)"|\bimport\s*\(\s*"(\d+)"/g;
  for (const [, , type, names = '', from, bare, dynamic] of masked.matchAll(statement)) {
    const index = from ?? bare ?? dynamic;
    found.push({ specifier: strings[Number(index)]!, typesOnly: type !== undefined || (from !== undefined && allTypes(names)) });
  }
  return found;
}

/** The text with comments blanked, strings as `"n"` (n is their place in `strings`), and templates and regular expressions emptied. */
export function mask(text: string): { readonly masked: string; readonly strings: readonly string[] } {
  const strings: string[] = [];
  let masked = '';
  let at = 0;
  while (at < text.length) {
    const token = tokenAt(text, at);
    if (token === null) {
      masked += text[at];
      at += 1;
      continue;
    }
    if (token.kind === 'string') {
      strings.push(text.slice(at + 1, token.end - 1));
      masked += `"${strings.length - 1}"`;
    } else {
      masked += token.kind === 'comment' ? ' ' : ' "" ';
    }
    at = token.end;
  }
  return { masked, strings };
}

interface Token {
  readonly kind: 'comment' | 'string' | 'template' | 'regex';
  readonly end: number;
}

const COMMENT = /\/\/[^\n]*|\/\*[\s\S]*?\*\//y;
const STRING = /'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"/y;
const REGEX = /\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\/[a-z]*/y;

function tokenAt(text: string, at: number): Token | null {
  const char = text[at];
  if (char === "'" || char === '"') return match(STRING, 'string', text, at);
  if (char === '`') return { kind: 'template', end: templateEnd(text, at) };
  if (char !== '/') return null;
  return match(COMMENT, 'comment', text, at) ?? (startsRegex(text, at) ? match(REGEX, 'regex', text, at) : null);
}

function match(pattern: RegExp, kind: Token['kind'], text: string, at: number): Token | null {
  pattern.lastIndex = at;
  return pattern.test(text) ? { kind, end: pattern.lastIndex } : null;
}

/** Past the closing backtick; what is inside `${}` is lexed in its turn, for it may hold further templates. */
function templateEnd(text: string, start: number): number {
  let at = start + 1;
  let depth = 0;
  while (at < text.length) {
    const token = depth > 0 ? tokenAt(text, at) : null;
    if (token !== null) {
      at = token.end;
      continue;
    }
    const char = text[at];
    if (depth === 0 && char === '`') return at + 1;
    if (depth === 0 && char === '\\') at += 1;
    else if (text.startsWith('${', at) && depth === 0) depth = 1;
    else if (depth > 0 && char === '{') depth += 1;
    else if (depth > 0 && char === '}') depth -= 1;
    at += text.startsWith('${', at) && depth === 1 && char === '$' ? 2 : 1;
  }
  return text.length;
}

function allTypes(names: string): boolean {
  const listed = /\{([^}]*)\}/.exec(names)?.[1];
  const parts = listed?.split(',').filter((part) => part.trim() !== '') ?? [];
  return parts.length > 0 && names.replace(/\{[^}]*\}/, '').trim() === '' && parts.every((part) => /^\s*type\s/.test(part));
}

/** A slash begins a regular expression where a value may begin; elsewhere it divides. */
function startsRegex(text: string, at: number): boolean {
  const before = text.slice(Math.max(0, at - 40), at).trimEnd();
  return before === '' || /[(,=:[!&|?{};+\-*%<>~^]$|\b(?:return|typeof|case|in|of|do|else)$/.test(before);
}
