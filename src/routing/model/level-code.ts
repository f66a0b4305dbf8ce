/**
 * An application's levels as a short text: what a decision was made on, so that it can be learnt when the answer comes, which may be days later, and
 * learnt again from the feed. One character a feature, the place of its level among the feature's in base 36; `-` where the level is not listed.
 */
import type { Level, Schema } from './schema.ts';

/** Of the order and the levels of the features: raised when they change, since codes of the old would be read wrongly. They then teach nothing. */
const FORMAT = '1';
const UNLISTED = '-';

interface Code {
  readonly names: readonly string[];
  readonly charOf: ReadonlyMap<string, ReadonlyMap<string, string>>;
  readonly levelOf: readonly ReadonlyMap<string, string>[];
}

/** The code of an application's levels; the features of a funder's kind have no place in it. */
export function encodeLevels(schema: Schema, levels: readonly Level[]): string {
  const { names, charOf } = codeFor(schema);
  const chars = new Map<string, string>();
  for (const [name, level] of levels) {
    const char = charOf.get(name)?.get(level);
    if (char !== undefined) chars.set(name, char);
  }
  let text = FORMAT;
  for (const name of names) text += chars.get(name) ?? UNLISTED;
  return text;
}

/** Reverses `encodeLevels`; null for anything that is no code of this format and length. */
export function decodeLevels(schema: Schema, code: string): Level[] | null {
  const { names, levelOf } = codeFor(schema);
  if (code.length !== names.length + 1 || !code.startsWith(FORMAT)) return null;
  const levels: Level[] = [];
  for (const [index, name] of names.entries()) {
    const char = code[index + 1]!;
    const level = levelOf[index]!.get(char);
    if (level !== undefined) levels.push([name, level]);
    else if (char !== UNLISTED) return null;
  }
  return levels;
}

const codes = new WeakMap<Schema, Code>();

function codeFor(schema: Schema): Code {
  const known = codes.get(schema);
  if (known !== undefined) return known;
  const features = schema.features.filter((feature) => feature.of !== 'kind');
  const pairs = features.map(({ levels }) => levels.map((level, index) => [level, index.toString(36)] as const));
  const code: Code = {
    names: features.map(({ name }) => name),
    charOf: new Map(features.map(({ name }, index) => [name, new Map(pairs[index])])),
    levelOf: pairs.map((each) => new Map(each.map(([level, char]) => [char, level]))),
  };
  codes.set(schema, code);
  return code;
}
