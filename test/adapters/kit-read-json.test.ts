/** Reading JSON of others: values, never an inherited property, never beyond the limits. */
import { describe, expect, it } from 'vitest';
import { at, listOf, lookUp, parseJson, readJson, textAt } from '../../adapters/kit/read-json.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('reading JSON', () => {
  it('takes objects of others, and nothing that is too deep, too long or not UTF-8', () => {
    expect(readJson(bytes('{"a":[1,"é"]}'))).toEqual({ a: [1, 'é'] });
    expect(readJson(bytes(`${'['.repeat(32)}${']'.repeat(32)}`))).toBeDefined();
    expect(readJson(bytes(`${'['.repeat(33)}${']'.repeat(33)}`))).toBeUndefined();
    expect(readJson(bytes(`"${'['.repeat(100)}\\"[["`))).toBe(`${'['.repeat(100)}"[[`);
    expect(readJson(bytes(`"${'x'.repeat(262_144)}"`))).toBeUndefined();
    expect(readJson(new Uint8Array([0x22, 0xff, 0x22]))).toBeUndefined();
    expect([readJson(bytes('')), readJson(bytes('{')), readJson(bytes('undefined')), parseJson('NaN')]).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });
  it('follows own properties alone', () => {
    const value = readJson(bytes('{"a":{"b":1},"__proto__":{"polluted":1}}'));
    expect([
      at(value, 'a', 'b'),
      at(value, 'constructor'),
      at(value, 'a', 'toString'),
      at(value, 'polluted'),
      at(undefined, 'a'),
      at([1], '0'),
    ]).toEqual([1, undefined, undefined, undefined, undefined, undefined]);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    expect(textAt(value, 'a', 'b')).toBeNull();
    expect([lookUp({ a: 1 }, 'a'), lookUp({ a: 1 }, 'constructor'), lookUp({ a: 1 }, '__proto__')]).toEqual([1, null, null]);
  });
  it('takes a list written into a string', () => {
    expect([listOf('[3,6]'), listOf([3]), listOf('{}'), listOf(null), listOf('[')]).toEqual([[3, 6], [3], null, null, null]);
  });
});
