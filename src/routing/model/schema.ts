/** What the model may know of an application and of a funder's kind: named features with named levels, and nothing that is not listed. */
import { invariant } from '../../domain/failures.ts';

/** One feature. */
export interface Feature {
  readonly name: string;
  readonly levels: readonly string[];
  /**
   * `application`: of the applicant and the loan. `crossed`: the same, and every funder has its own departure from the shared weight of each
   * level. `kind`: of the funder; those who share its levels are peers, from whom a newcomer starts.
   */
  readonly of: 'application' | 'crossed' | 'kind';
}

/** A feature's name and the level an application has of it. */
export type Level = readonly [name: string, level: string];

/** Places of the weights that apply: in the shared belief, and in a funder's. Place 0 is the intercept of both. */
export interface Encoded {
  readonly shared: Int32Array;
  readonly own: Int32Array;
}

/** A list of features made ready. */
export interface Schema {
  readonly features: readonly Feature[];
  /** Number of weights, intercept included. */
  readonly sharedSize: number;
  readonly ownSize: number;
  /** Names the features and their levels, in order: a stored model fits only the schema of the same print. */
  readonly print: string;
  /** Places by feature and level; `own` is 0 for a feature that is not crossed. */
  readonly places: ReadonlyMap<string, ReadonlyMap<string, { readonly shared: number; readonly own: number }>>;
}

/** Makes a schema. Throws InvariantError when a feature or one of its levels is listed twice. */
export function schemaOf(features: readonly Feature[]): Schema {
  let shared = 1;
  let own = 1;
  const places = new Map<string, Map<string, { shared: number; own: number }>>();
  for (const { name, levels, of: what } of features) {
    invariant(!places.has(name), `feature ${name} is listed twice`);
    const perFunder = what === 'crossed';
    const of = new Map<string, { shared: number; own: number }>();
    for (const level of levels) {
      invariant(!of.has(level), `a level of feature ${name} is listed twice`);
      of.set(level, { shared, own: perFunder ? own : 0 });
      shared += 1;
      if (perFunder) own += 1;
    }
    places.set(name, of);
  }
  return { features, sharedSize: shared, ownSize: own, print: printOf(features), places };
}

/** The intercept and the places of the levels given. A feature or level that the schema does not list is passed over: it says nothing either way. */
export function encode(schema: Schema, levels: readonly Level[]): Encoded {
  const { shared, own } = collect(schema, levels);
  return { shared: Int32Array.from([0, ...shared]), own: Int32Array.from([0, ...own]) };
}

/** The same without the intercept: what is added for the funder's own kind. Only its shared weights count. */
export function encodeKind(schema: Schema, levels: readonly Level[]): Int32Array {
  return Int32Array.from(collect(schema, levels).shared);
}

function collect(schema: Schema, levels: readonly Level[]): { shared: number[]; own: number[] } {
  const shared: number[] = [];
  const own: number[] = [];
  for (const [name, level] of levels) {
    const at = schema.places.get(name)?.get(level);
    if (at === undefined || shared.includes(at.shared)) continue;
    shared.push(at.shared);
    if (at.own > 0) own.push(at.own);
  }
  // In order, so that equal levels give equal sums to the last bit, however they were listed.
  return { shared: shared.toSorted((left, right) => left - right), own: own.toSorted((left, right) => left - right) };
}

/** FNV-1a over the features as text, 64 bits in hexadecimal. */
function printOf(features: readonly Feature[]): string {
  const text = JSON.stringify(features.map(({ name, levels, of }) => [name, levels, of]));
  let value = 0xcbf29ce484222325n;
  for (let index = 0; index < text.length; index += 1) {
    value = BigInt.asUintN(64, (value ^ BigInt(text.charCodeAt(index))) * 0x100000001b3n);
  }
  return value.toString(16).padStart(16, '0');
}
