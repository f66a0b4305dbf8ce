import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareArms, estimatesOf, type ArmTotals } from '../../src/analytics/compare-arms.ts';

const arm = (applications: number, offered: number, revenues: readonly number[] = []): ArmTotals => ({
  applications,
  offered,
  revenue: revenues.reduce((sum, each) => sum + each, 0),
  revenueSquares: revenues.reduce((sum, each) => sum + each * each, 0),
});
const share = (of: ArmTotals, other: ArmTotals): number => compareArms(of, other).offeredShare!;

/** P(Beta(1 + x, 1 + m - x) > Beta(1 + y, 1 + n - y)), summed term by term. */
function exactly(champion: ArmTotals, challenger: ArmTotals): number {
  const [a, b] = [1 + champion.offered, 1 + champion.applications - champion.offered];
  const [c, d] = [1 + challenger.offered, 1 + challenger.applications - challenger.offered];
  const logBeta = (x: number, y: number): number => logFactorial(x - 1) + logFactorial(y - 1) - logFactorial(x + y - 1);
  let sum = 0;
  for (let i = 0; i < c; i += 1) sum += Math.exp(logBeta(a + i, b + d) - Math.log(d + i) - logBeta(1 + i, d) - logBeta(a, b));
  return sum;
}
function logFactorial(n: number): number {
  let sum = 0;
  for (let k = 2; k <= n; k += 1) sum += Math.log(k);
  return sum;
}

describe('the share of offers', () => {
  it('has the posterior’s interval: of nothing but two applications, and of thousands', () => {
    const { offeredShare } = estimatesOf(arm(2, 1));
    // Beta(2, 2): the 5% point solves 3x^2 - 2x^3 = 0.05.
    expect([offeredShare!.value, offeredShare!.low, offeredShare!.high]).toEqual([0.5, expect.closeTo(0.13535, 4), expect.closeTo(0.86465, 4)]);
    const many = estimatesOf(arm(10_000, 2_500)).offeredShare!;
    expect([many.low, many.high]).toEqual([expect.closeTo(0.25 - 1.645 * 0.00433, 3), expect.closeTo(0.25 + 1.645 * 0.00433, 3)]);
  });

  it('compares as the exact sum does', () => {
    const any = fc.integer({ min: 1, max: 200 }).chain((n) => fc.nat(n).map((x) => arm(n, x)));
    fc.assert(
      fc.property(any, any, (champion, challenger) => {
        expect(share(champion, challenger)).toBeCloseTo(exactly(champion, challenger), 3);
        expect(share(champion, challenger) + share(challenger, champion)).toBeCloseTo(1, 3);
      }),
      { numRuns: 200 },
    );
  });

  it('compares very different numbers of applications', () => {
    expect(share(arm(1_000_000, 200_000), arm(10, 2))).toBeCloseTo(exactly(arm(1_000_000, 200_000), arm(10, 2)), 2);
    expect(share(arm(1_000_000, 200_000), arm(1_000_000, 202_000))).toBeGreaterThan(0.999);
  });
});

describe('revenue', () => {
  it('is a mean with its interval; the better mean is the likelier the surer both are', () => {
    const few = [0, 0, 1_000, 3_000];
    const { revenueFen } = estimatesOf(arm(4, 2, few));
    expect([revenueFen!.value, revenueFen!.high - revenueFen!.value]).toEqual([1_000, expect.closeTo((1.645 * Math.sqrt(6e6 / 3)) / 2, -1)]);
    const often = (times: number, add: number) => Array.from({ length: times }, () => few.map((each) => each + add)).flat();
    const better = (times: number): number => compareArms(arm(4 * times, 0, often(times, 0)), arm(4 * times, 0, often(times, 200))).revenueFen!;
    expect([better(1), better(10), better(1_000)].map((each) => Math.round(each * 100) / 100)).toEqual([0.58, 0.76, 1]);
    expect(compareArms(arm(4, 0, few), arm(4, 0, few)).revenueFen).toBeCloseTo(0.5, 6);
  });

  it('says nothing where there is nothing to say', () => {
    expect(estimatesOf(arm(0, 0))).toEqual({ offeredShare: null, revenueFen: null });
    expect(compareArms(arm(0, 0), arm(5, 5))).toEqual({ offeredShare: null, revenueFen: null });
    expect(compareArms(arm(5, 0), arm(5, 5)).revenueFen).toBeNull();
  });
});
