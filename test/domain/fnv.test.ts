import { expect, it } from 'vitest';
import { fnv1a } from '../../src/domain/fnv.ts';

// Published vectors of FNV-1a 32; ASCII, for which UTF-16 units are the octets.
it.each([
  ['', 0x811c9dc5],
  ['a', 0xe40c292c],
  ['foobar', 0xbf9cf968],
])('%j hashes to the published value', (text, hash) => {
  expect(fnv1a(text)).toBe(hash);
});

it('another start is another hash, and also unsigned', () => {
  const other = fnv1a('foobar', -1);
  expect(other).not.toBe(fnv1a('foobar'));
  expect(other).toBeGreaterThanOrEqual(0);
});
