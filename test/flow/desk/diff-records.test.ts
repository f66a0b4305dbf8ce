import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diffRecords } from '../../../src/flow/desk/diff-records.ts';

describe('the diff an approver reads', () => {
  it('names each member that was added, removed or changed', () => {
    expect(diffRecords({ a: 1, b: { c: 2, gone: true } }, { a: 1, b: { c: 3 }, d: [] })).toEqual([
      { pointer: '/b/c', change: 'changed', from: 2, to: 3 },
      { pointer: '/b/gone', change: 'removed', from: true },
      { pointer: '/d', change: 'added', to: [] },
    ]);
  });

  it('compares lists of things with ids by their ids, not their places', () => {
    const before = {
      caps: [
        { id: 'day', limit: 10 },
        { id: 'hour', limit: 2 },
      ],
    };
    const after = {
      caps: [
        { id: 'total', limit: 99 },
        { id: 'day', limit: 20 },
        { id: 'hour', limit: 2 },
      ],
    };
    expect(diffRecords(before, after)).toEqual([
      { pointer: '/caps/day/limit', change: 'changed', from: 10, to: 20 },
      { pointer: '/caps/total', change: 'added', to: { id: 'total', limit: 99 } },
    ]);
  });

  it('does not take another order, or a list for an object, as no change', () => {
    const [one, two] = [{ id: 'a' }, { id: 'b' }];
    expect(diffRecords({ rules: [one, two] }, { rules: [two, one] })).toEqual([
      { pointer: '/rules', change: 'changed', from: [one, two], to: [two, one] },
    ]);
    expect(diffRecords([one], { a: one })).toHaveLength(1);
  });

  it('shows a rule and a plain list as one value', () => {
    expect(diffRecords({ rule: { '>': [{ var: 'age' }, 30] } }, { rule: { '>': [{ var: 'age' }, 40] } })).toHaveLength(1);
    expect(diffRecords({ terms: [3, 6] }, { terms: [3, 6, 12] })).toEqual([{ pointer: '/terms', change: 'changed', from: [3, 6], to: [3, 6, 12] }]);
  });

  it('takes a record that comes or goes as one difference, and escapes pointers', () => {
    expect(diffRecords(undefined, { a: 1 })).toEqual([{ pointer: '', change: 'added', to: { a: 1 } }]);
    expect(diffRecords({ a: 1 }, undefined)).toEqual([{ pointer: '', change: 'removed', from: { a: 1 } }]);
    expect(diffRecords({ 'x/y~z': 1 }, { 'x/y~z': 2 })[0]?.pointer).toBe('/x~1y~0z');
  });

  it('is empty for equal values and only for them, whatever the order of members', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (left, right) => {
        expect(diffRecords(left, structuredClone(left))).toEqual([]);
        const same = JSON.stringify(sorted(left)) === JSON.stringify(sorted(right));
        expect(diffRecords(left, right).length === 0).toBe(same);
      }),
    );
  });
});

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return Object.is(value, -0) ? 0 : value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, each]) => [name, sorted(each)]),
  );
}
