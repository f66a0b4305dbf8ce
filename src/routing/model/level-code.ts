/**
 * An application's levels as a short text: what a decision was made on, so that it can be learnt when the answer comes, which may be days later, and
 * learnt again from the feed. One character a feature, the place of its level among the feature's in base 36; `-` where the level is not listed.
 */
import type { Encoded, Level, Schema } from './schema.ts';

/** Of the order and the levels of the features: raised when they change, since codes of the old would be read wrongly. They then teach nothing. */
const FORMAT = '1';
const UNLISTED = '-';
const ASCII = 128;

/** The code of an application's levels; the features of a funder's kind have no place in it. */
export function encodeLevels(schema: Schema, levels: readonly Level[]): string {
  const given = new Map(levels);
  let text = FORMAT;
  for (const { names } of tableFor(schema)) text += names.levels.get(given.get(names.feature) ?? '') ?? UNLISTED;
  return text;
}

/** What a code says to the model, with the shared weights of a funder's kind (`encodeKind`) if given; null for anything that is no code of this format. */
export function encodeCode(schema: Schema, code: string, kind: ArrayLike<number> = NO_KIND): Encoded | null {
  const table = tableFor(schema);
  if (code.length !== table.length + 1 || !code.startsWith(FORMAT)) return null;
  const shared = new Int32Array(1 + table.length + kind.length);
  const own = new Int32Array(1 + table.length);
  // The intercept of both is at place 0.
  let [sharedCount, ownCount] = [1, 1];
  for (let index = 0; index < table.length; index += 1) {
    const at = code.charCodeAt(index + 1);
    const feature = table[index]!;
    const place = at < ASCII ? feature.shared[at]! : NOTHING;
    if (place === NOTHING) return null;
    if (place === UNTOLD) continue;
    shared[sharedCount++] = place;
    if (feature.own[at]! > 0) own[ownCount++] = feature.own[at]!;
  }
  for (let index = 0; index < kind.length; index += 1) shared[sharedCount++] = kind[index]!;
  return { shared: shared.subarray(0, sharedCount), own: own.subarray(0, ownCount) };
}

const NO_KIND: readonly number[] = [];
const NOTHING = -2;
const UNTOLD = -1;

/** Of one feature: its levels' characters, and by character the places of their weights. */
interface Feature {
  readonly names: { readonly feature: string; readonly levels: ReadonlyMap<string, string> };
  readonly shared: Int16Array;
  readonly own: Int16Array;
}
const tables = new WeakMap<Schema, readonly Feature[]>();

function tableFor(schema: Schema): readonly Feature[] {
  let table = tables.get(schema);
  if (table === undefined) {
    table = schema.features.flatMap(({ name, levels, of }) => (of === 'kind' ? [] : [featureOf(schema, name, levels)]));
    tables.set(schema, table);
  }
  return table;
}

function featureOf(schema: Schema, name: string, levels: readonly string[]): Feature {
  const shared = new Int16Array(ASCII).fill(NOTHING);
  const own = new Int16Array(ASCII);
  shared[UNLISTED.charCodeAt(0)] = UNTOLD;
  const chars = levels.map((level, index) => [level, index.toString(36)] as const);
  for (const [level, char] of chars) {
    const place = schema.places.get(name)!.get(level)!;
    shared[char.charCodeAt(0)] = place.shared;
    own[char.charCodeAt(0)] = place.own;
  }
  return { names: { feature: name, levels: new Map(chars) }, shared, own };
}
