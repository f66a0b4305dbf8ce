/** Forgeries that differ in one character, and faults that come in measured doses. */
import { describe, expect, it } from 'vitest';
import type { FaultName, Faults } from '../../src/sandbox/faults.ts';
import { FaultPlan } from '../../src/sandbox/faults.ts';
import { spoilSignature } from '../../src/sandbox/forge.ts';

describe('a forgery', () => {
  it.each([
    ['a header', { headers: { 'X-Sign': 'abcdef', 'x-sign-type': 'RSA2' }, body: '{"sign":"zz"}' }],
    ['a header of another name', { headers: { 'x-river-signature': 'v1=0000' }, body: '' }],
    ['a JSON field', { headers: { 'content-type': 'application/json' }, body: '{"signType":"RSA2","a":1,"sign" : "MEUCIQ=="}' }],
    ['a form field', { headers: {}, body: 'a=1&sign=ab%2Bcd%2Fef%3D&b=2' }],
    ['an XML element', { headers: {}, body: '<r><signType>x</signType><sign>ABCDEF</sign></r>' }],
    ['an XML element in CDATA', { headers: {}, body: '<r><signature><![CDATA[ABCDEF]]></signature></r>' }],
  ])('changes one character of the signature in %s, and nothing else', (_, message) => {
    const forged = spoilSignature(message);
    const [before, after] = [JSON.stringify(message), JSON.stringify(forged)];
    expect(after).toHaveLength(before.length);
    const changed = [...before].flatMap((letter, index) => (letter === after[index] ? [] : [index]));
    expect(changed).toHaveLength(1);
    expect(before.slice(0, changed[0])).toMatch(/sign(?!.?type)[^&,]*$/i);
    expect(() => decodeURIComponent(forged.body)).not.toThrow();
  });
  it('is not made of a message without a signature', () => {
    expect(() => spoilSignature({ headers: { 'content-type': 'text/plain', 'x-sign-type': 'none' }, body: '{"design":"x","signed":"y"}' })).toThrow(
      /no signature/,
    );
  });
});

describe('faults', () => {
  const hits = (faults: Faults, name: FaultName, times: number, seed = 1): boolean[] => {
    const plan = new FaultPlan(seed, faults);
    return Array.from({ length: times }, () => plan.hits(name));
  };

  it('hit the next so many and no more, or a share that the seed fixes', () => {
    expect(hits({ drop: { next: 2 } }, 'drop', 4)).toEqual([true, true, false, false]);
    expect(hits({ drop: { next: 2 } }, 'garbage', 2)).toEqual([false, false]);
    const share = hits({ garbage: { share: 0.3 } }, 'garbage', 1_000);
    expect(Math.abs(share.filter(Boolean).length - 300)).toBeLessThan(50);
    expect(hits({ garbage: { share: 0.3 } }, 'garbage', 1_000)).toEqual(share);
    expect(hits({ garbage: { share: 0.3 } }, 'garbage', 1_000, 2)).not.toEqual(share);
    expect([hits({ drop: { share: 0 } }, 'drop', 50), hits({ drop: { share: 1 } }, 'drop', 50)].map((all) => new Set(all))).toEqual([
      new Set([false]),
      new Set([true]),
    ]);
  });
  it('are replaced whole, and counted anew', () => {
    const plan = new FaultPlan(1, { slow: { next: 1, ms: 70 } });
    expect([plan.slowMs(), plan.slowMs()]).toEqual([70, 0]);
    plan.set({ slow: { next: 1, ms: 30 } });
    expect([plan.slowMs(), plan.slowMs()]).toEqual([30, 0]);
    plan.set({ drop: { next: 1 } });
    expect([plan.slowMs(), plan.hits('drop')]).toEqual([0, true]);
  });
  it('that mean nothing are refused, and change nothing', () => {
    const plan = new FaultPlan(1, { drop: { share: 1 } });
    for (const dose of [{ share: -0.1 }, { share: 1.1 }, { share: Number.NaN }, { next: 1.5 }, { next: -1 }]) {
      expect(() => plan.set({ garbage: dose })).toThrow(/fault garbage/);
    }
    expect(() => plan.set({ slow: { next: 1, ms: Number.NaN } })).toThrow(/fault slow/);
    expect(plan.hits('drop')).toBe(true);
  });
});
