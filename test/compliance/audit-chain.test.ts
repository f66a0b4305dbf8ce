import { createHash, createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CHAIN_START, chainHash, verifyChain } from '../../src/compliance/audit-chain.ts';
import type { ChainedRecord, ChainHead, TextHash } from '../../src/compliance/audit-chain.ts';
import { canonicalJson } from '../../src/compliance/canonical-json.ts';

const sha256Hex: TextHash = (text) => createHash('sha256').update(text).digest('hex');
const chainOf = (records: readonly unknown[], hash: TextHash = sha256Hex): { chain: ChainedRecord[]; head: ChainHead } => {
  let last = CHAIN_START;
  const chain = records.map((record) => ({ record, hash: (last = chainHash(last, record, hash)) }));
  return { chain, head: { count: chain.length, hash: last } };
};
const record = fc.record({
  at: fc.nat(),
  who: fc.string(),
  what: fc.constantFrom('funder.saved', 'policy.published'),
  detail: fc.dictionary(fc.string({ maxLength: 4 }), fc.jsonValue({ maxDepth: 1 }), { maxKeys: 3 }),
});
const records = fc.array(record, { minLength: 1, maxLength: 12 });

describe('the audit chain', () => {
  test('holds when nothing was touched, also through storage', () => {
    fc.assert(
      fc.property(fc.array(record, { maxLength: 12 }), (entries) => {
        const { chain, head } = chainOf(entries);
        expect(verifyChain(chain, head, sha256Hex)).toEqual({ ok: true });
        expect(verifyChain(JSON.parse(JSON.stringify(chain)) as ChainedRecord[], head, sha256Hex)).toEqual({ ok: true });
      }),
    );
  });

  test('shows every flipped bit of a record or a hash, and where', () => {
    fc.assert(
      fc.property(records, fc.nat(), fc.nat(), fc.boolean(), (entries, which, where, inHash) => {
        const { chain, head } = chainOf(entries);
        const at = which % chain.length;
        const victim = chain[at]!;
        const flip = (text: string): string => {
          const bytes = Buffer.from(text);
          bytes[where % bytes.length]! ^= 1;
          return bytes.toString();
        };
        chain[at] = inHash ? { ...victim, hash: flip(victim.hash) } : { ...victim, record: parsed(flip(canonicalJson(victim.record))) };
        // The last digit of a long number may flip without changing the number it reads as.
        fc.pre(inHash || spelled(chain[at].record) !== canonicalJson(victim.record));
        expect(verifyChain(chain, head, sha256Hex)).toEqual({ ok: false, at, why: 'record' });
      }),
    );
  });

  test('shows every deletion, insertion, swap and truncation', () => {
    const distinct = fc.uniqueArray(record, { minLength: 2, maxLength: 12, selector: canonicalJson });
    fc.assert(
      fc.property(distinct, fc.nat(), fc.nat(), (entries, one, two) => {
        const { chain, head } = chainOf(entries);
        const [a, b] = [one % chain.length, two % chain.length];
        expect(verifyChain(chain.toSpliced(a, 1), head, sha256Hex).ok).toBe(false);
        expect(verifyChain(chain.toSpliced(a, 0, chain[b]!), head, sha256Hex).ok).toBe(false);
        expect(verifyChain(chain.slice(0, a), head, sha256Hex)).toEqual({ ok: false, at: a, why: 'count' });
        if (a !== b) expect(verifyChain(chain.with(a, chain[b]!).with(b, chain[a]!), head, sha256Hex).ok).toBe(false);
      }),
    );
  });

  test('shows a tail that was taken off or chained on again, though it fits in itself', () => {
    const { chain, head } = chainOf([1, 2, 3]);
    expect(verifyChain(chainOf([1, 2]).chain, head, sha256Hex)).toEqual({ ok: false, at: 2, why: 'count' });
    expect(verifyChain(chainOf([1, 2, 3, 4]).chain, head, sha256Hex)).toEqual({ ok: false, at: 3, why: 'count' });
    expect(verifyChain(chainOf([1, 2, 4]).chain, head, sha256Hex)).toEqual({ ok: false, at: 3, why: 'head' });
    expect(verifyChain([], { count: 0, hash: CHAIN_START }, sha256Hex)).toEqual({ ok: true });
    expect(verifyChain([], head, sha256Hex)).toEqual({ ok: false, at: 0, why: 'count' });
    expect(verifyChain(chain, { count: 3, hash: CHAIN_START }, sha256Hex)).toEqual({ ok: false, at: 3, why: 'head' });
  });

  test('a record altered into what JSON cannot hold is a finding, not a failure', () => {
    const { chain, head } = chainOf([{ n: 1e308 }]);
    const altered = [{ ...chain[0]!, record: JSON.parse('{"n":1e309}') as unknown }];
    expect(verifyChain(altered, head, sha256Hex)).toEqual({ ok: false, at: 0, why: 'record' });
  });

  test('under a keyed hash nobody without the key can make it again', () => {
    const keyed =
      (key: string): TextHash =>
      (text) =>
        createHmac('sha256', key).update(text).digest('base64url');
    const forged = chainOf([1, 9, 3], keyed('guess'));
    expect(verifyChain(forged.chain, forged.head, keyed('real'))).toEqual({ ok: false, at: 0, why: 'record' });
  });
});

describe('canonical JSON', () => {
  test('the spelling is fixed', () => {
    // Key order after RFC 8785, 3.2.3: UTF-16 code units, so the emoji (a surrogate pair) comes before U+FB33.
    const value = { '\u20ac': 1, '\r': 2, '\ufb33': 3, 1: 4, '\ud83d\ude00': 5, '\u0080': 6, '\u00f6': 7 };
    expect(canonicalJson(value)).toBe('{"\\r":2,"1":4,"\u0080":6,"\u00f6":7,"\u20ac":1,"\ud83d\ude00":5,"\ufb33":3}');
    expect(canonicalJson([1e21, -0, 4.5, 2e-3, 1e-27, '\u000f"\\/', true, null])).toBe('[1e+21,0,4.5,0.002,1e-27,"\\u000f\\"\\\\/",true,null]');
    expect(canonicalJson({ b: undefined, a: { d: [], c: {} } })).toBe('{"a":{"c":{},"d":[]}}');
  });

  test('one value has one spelling, whatever the order of its keys, and it reads back', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        const shuffled = Object.fromEntries(Object.entries(value).toReversed());
        expect(canonicalJson(shuffled)).toBe(canonicalJson(value));
        expect(canonicalJson(JSON.parse(canonicalJson(value)))).toBe(canonicalJson(value));
      }),
    );
  });

  test.each([[Number.NaN], [Infinity], [undefined], [[undefined]], [1n], [() => 1], [new Date(0)], [new Map()], [Symbol('x')]])(
    'refuses what JSON cannot hold (%#)',
    (value) => {
      expect(() => canonicalJson({ value: [value] })).toThrow(/canonical JSON/);
    },
  );
});

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function spelled(value: unknown): string | null {
  try {
    return canonicalJson(value);
  } catch {
    return null;
  }
}
