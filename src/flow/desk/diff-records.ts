/** What a proposed record changes, member by member, for the person who is to approve it. */

export interface Difference {
  /** JSON pointer into the record. */
  readonly pointer: string;
  readonly change: 'added' | 'removed' | 'changed';
  readonly from?: unknown;
  readonly to?: unknown;
}

/**
 * Differences in the order of the pointers. Lists whose members all carry an `id` (caps, rules) are compared by it and pointed at as
 * `/caps/daily`; other lists are compared as a whole, since an index says little once something was inserted. A JsonLogic rule is one value.
 */
export function diffRecords(from: unknown, to: unknown, pointer = ''): Difference[] {
  if (sameJson(from, to)) return [];
  if (from === undefined) return [{ pointer, change: 'added', to }];
  if (to === undefined) return [{ pointer, change: 'removed', from }];
  const before = membersOf(from);
  const after = membersOf(to);
  if (before === null || after === null || WHOLE.test(pointer)) return [{ pointer, change: 'changed', from, to }];
  const names = [...new Set([...before.keys(), ...after.keys()])].toSorted();
  const found = names.flatMap((name) =>
    diffRecords(before.get(name), after.get(name), `${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`),
  );
  // The members are equal and the whole is not: another order, which must not look like no change at all.
  return found.length > 0 ? found : [{ pointer, change: 'changed', from, to }];
}

const WHOLE = /\/(rule|when)$/;

/** Members by name; null for what is compared as one value. */
function membersOf(value: unknown): ReadonlyMap<string, unknown> | null {
  if (typeof value !== 'object' || value === null) return null;
  if (!Array.isArray(value)) return new Map(Object.entries(value));
  const ids = value.map((item: unknown) => (typeof item === 'object' && item !== null ? (item as { id?: unknown }).id : undefined));
  if (value.length > 0 && ids.every((id) => typeof id === 'string') && new Set(ids).size === ids.length) {
    return new Map(value.map((item: unknown, index) => [ids[index] as string, item]));
  }
  return null;
}

/** Equal whatever the order of members. */
function sameJson(left: unknown, right: unknown): boolean {
  if (left === right) return true;
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null || Array.isArray(left) !== Array.isArray(right))
    return false;
  const names = Object.keys(left);
  return (
    names.length === Object.keys(right).length &&
    names.every((name) => Object.hasOwn(right, name) && sameJson((left as Record<string, unknown>)[name], (right as Record<string, unknown>)[name]))
  );
}
