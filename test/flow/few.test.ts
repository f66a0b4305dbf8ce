import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Few } from '../../src/flow/few.ts';

it('holds what a map holds, in the order in which it came', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c', 'd'), fc.nat())), (writes) => {
      const [few, map] = [new Few<number>(), new Map<string, number>()];
      for (const [id, value] of writes) {
        few.set(id, value);
        map.set(id, value);
        for (const each of ['a', 'b', 'c', 'd']) expect([few.get(each), few.has(each)]).toEqual([map.get(each), map.has(each)]);
      }
      const seen: [string, number][] = [];
      few.each((value, id) => seen.push([id, value]));
      expect(seen).toEqual([...map]);
    }),
  );
});
