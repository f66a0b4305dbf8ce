import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { outcomesOf } from '../../src/analytics/outcomes.ts';

const NONE = { sent: 0, approved: 0, accepted: 0, disbursed: 0, declined: 0, expired: 0, open: 0 };

describe('what became of those handed over', () => {
  it('adds up to them, whatever was counted', () => {
    const n = fc.nat(50);
    fc.assert(
      fc.property(fc.record({ sent: n, approved: n, accepted: n, disbursed: n, declined: n, expired: n, open: n }), (counts) => {
        const parts = Object.values(outcomesOf(counts));
        expect(Math.min(...parts)).toBeGreaterThanOrEqual(0);
        expect(parts.reduce((sum, part) => sum + part, 0)).toBe(counts.sent);
      }),
    );
  });

  it('puts each where it came to most', () => {
    expect(outcomesOf({ ...NONE, sent: 20, approved: 8, accepted: 5, disbursed: 3, declined: 9, expired: 1, open: 2 })).toEqual({
      disbursed: 3,
      accepted: 2,
      approved: 3,
      declined: 9,
      lost: 1,
      undecided: 2,
    });
    // Declined, and then approved after all.
    expect(outcomesOf({ ...NONE, sent: 1, approved: 1, declined: 1 })).toMatchObject({ approved: 1, declined: 0 });
    // Nobody is waited for any more, and no word ever came.
    expect(outcomesOf({ ...NONE, sent: 2, open: 0 })).toMatchObject({ lost: 2, undecided: 0 });
  });
});
