import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cellOf, ID_PREFIXES, idFloor, idTimeMs, isId, MAX_CELL, mintId, type IdPrefix } from '../../src/domain/ids.ts';

const prefixes = Object.keys(ID_PREFIXES) as IdPrefix[];
const prefix = fc.constantFrom(...prefixes);
const cell = fc.integer({ min: 0, max: MAX_CELL });
const atMs = fc.integer({ min: 0, max: 2 ** 45 - 1 });
const random = fc.uint8Array({ minLength: 10, maxLength: 16 });

describe('an id', () => {
  it('is of its kind alone, and tells its cell', () => {
    fc.assert(
      fc.property(prefix, cell, atMs, random, (kind, number, nowMs, bytes) => {
        const id = mintId(kind, number, nowMs, bytes);
        expect(id).toMatch(/^[a-z]+_[0-9a-hjkmnp-tv-z]{22}$/);
        expect(prefixes.filter((each) => isId(each, id))).toEqual([kind]);
        expect(cellOf(id)).toBe(number);
      }),
    );
  });

  it('sorts by age, whatever its cell and luck', () => {
    fc.assert(
      fc.property(atMs, atMs, cell, cell, random, random, (left, right, a, b, one, other) => {
        fc.pre(left !== right);
        expect(mintId('app', a, left, one) < mintId('app', b, right, other)).toBe(left < right);
      }),
    );
  });

  it('tells its time, and stands on the right side of any moment', () => {
    fc.assert(
      fc.property(prefix, atMs, atMs, cell, random, (kind, madeMs, momentMs, number, bytes) => {
        const id = mintId(kind, number, madeMs, bytes);
        expect(idTimeMs(id)).toBe(madeMs);
        expect(id >= idFloor(kind, momentMs)).toBe(madeMs >= momentMs);
      }),
    );
    expect(idTimeMs('app_short')).toBeNull();
  });

  it('is the same for the same time, cell and luck, and another for another luck', () => {
    const bytes = new Uint8Array(10);
    const id = mintId('app', 7, 1_800_000_000_000, bytes);
    expect(mintId('app', 7, 1_800_000_000_000, bytes)).toBe(id);
    for (let index = 0; index < 10; index += 1) {
      const other = bytes.slice();
      other[index] = 1;
      expect(mintId('app', 7, 1_800_000_000_000, other)).not.toBe(id);
    }
    // 32 letters of five bits: the top three bits of a byte say nothing.
    expect(
      mintId(
        'app',
        7,
        1_800_000_000_000,
        bytes.map(() => 32),
      ),
    ).toBe(id);
  });

  it('lasts beyond this millennium', () => {
    expect(2 ** 45).toBeGreaterThan(Date.UTC(3_000, 0, 1));
  });

  it.each([
    '',
    'app',
    'app_',
    'app_0123456789',
    `app_${'0'.repeat(21)}`,
    `app_${'0'.repeat(23)}`,
    `app_${'u'.repeat(22)}`,
    `app_${'A'.repeat(22)}`,
    `APP_${'0'.repeat(22)}`,
    `app_${'0'.repeat(21)}\n`,
    `app_${'0'.repeat(22)}\n`,
    `xapp_${'0'.repeat(22)}`,
  ])('%j is none', (text) => {
    expect(isId('app', text)).toBe(false);
  });

  it('of another shape has no cell', () => {
    for (const text of ['', 'app_', 'fnd_river', 'app_not-an-id-at-all-00']) expect(cellOf(text)).toBeNull();
  });

  it('needs its ten bytes and a cell within range: anything else is a bug', () => {
    expect(() => mintId('app', 0, 0, new Uint8Array(9))).toThrow('random bytes');
    for (const wrong of [-1, MAX_CELL + 1]) expect(() => mintId('app', wrong, 0, new Uint8Array(10))).toThrow('cell');
  });
});
