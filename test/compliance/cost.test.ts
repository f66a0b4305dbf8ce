import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Fee, Instalment } from '../../adapters/contract.ts';
import { allInCost, costCapFor, withinCap } from '../../src/compliance/cost.ts';
import type { AllInCost, PricedOffer } from '../../src/compliance/cost.ts';
import type { CostCap } from '../../src/domain/desk.ts';
import { amountMinor } from '../../src/domain/money.ts';

const part = (dueInMonths: number, principal: number, interest = 0, fee = 0): Instalment => ({
  dueInMonths,
  principal: principal as Instalment['principal'],
  interest: interest as Instalment['interest'],
  fee: fee as Instalment['fee'],
});
const fee = (amount: number, when: Fee['when']): Fee => ({ item: '服务费', payee: 'Payee Ltd.', amount: amount as Fee['amount'], when });
const offer = (amount: number, plan: readonly Instalment[], fees: readonly Fee[] = []): PricedOffer => ({ amount: amountMinor(amount), plan, fees });
const priced = (of: PricedOffer): AllInCost => {
  const cost = allInCost(of);
  if (cost.kind === 'refused') throw new Error(cost.why);
  return cost;
};
/** Equal instalments (等额本息) at a nominal annual rate, each rounded to the fen. */
const annuity = (amount: number, months: number, aprBps: number): Instalment[] => {
  const rate = aprBps / 120_000;
  const level = rate === 0 ? amount / months : (amount * rate) / (1 - (1 + rate) ** -months);
  let left = amount;
  return Array.from({ length: months }, (_, index) => {
    const interest = Math.round(left * rate);
    const principal = index === months - 1 ? left : Math.round(level - interest);
    left -= principal;
    return part(index + 1, principal, interest);
  });
};

describe('the all-in annual cost', () => {
  test('of equal instalments without fees is the rate they were made with', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1_000_000, max: 20_000_000 }),
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 0, max: 3_600 }),
        (amount, months, aprBps) => {
          expect(Math.abs(priced(offer(amount, annuity(amount, months, aprBps))).aprBps - aprBps)).toBeLessThanOrEqual(1);
        },
      ),
    );
  });

  test('of one repayment after n months is its n-th root', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 36 }),
        fc.integer({ min: 1, max: 1_000_000 }),
        fc.integer({ min: 0, max: 300_000 }),
        (months, interest, upfront) => {
          const rate = ((1_000_000 + interest) / (1_000_000 - upfront)) ** (1 / months) - 1;
          fc.pre(rate < 5);
          const cost = priced(offer(1_000_000, [part(months, 1_000_000, interest)], [fee(upfront, 'upfront')]));
          expect(Math.abs(cost.aprBps - 120_000 * rate)).toBeLessThanOrEqual(0.500_001);
        },
      ),
    );
  });

  test('of two instalments is the root of a quadratic', () => {
    // received x q^2 = c1 x q + c2, with q = 1 + monthly rate
    const [received, c1, c2] = [970_000, 520_000, 515_000];
    const q = (c1 + Math.sqrt(c1 * c1 + 4 * received * c2)) / (2 * received);
    const cost = priced(offer(1_000_000, [part(1, 500_000, 20_000), part(2, 500_000, 10_000, 5_000)], [fee(30_000, 'upfront')]));
    expect(cost).toEqual({
      kind: 'cost',
      aprBps: Math.round(120_000 * (q - 1)),
      compoundBps: Math.round((q ** 12 - 1) * 10_000),
      received,
      repaid: c1 + c2,
      charges: 65_000,
    });
  });

  test('of interest alone until the end (先息后本) is the interest', () => {
    const plan = Array.from({ length: 12 }, (_, index) => part(index + 1, index === 11 ? 1_000_000 : 0, 15_000));
    expect(priced(offer(1_000_000, plan))).toMatchObject({ aprBps: 1_800, compoundBps: 1_956, charges: 180_000 });
  });

  test('a flat 1% a month on the first amount (等本等息) is nearly twice what it looks like', () => {
    const plan = Array.from({ length: 12 }, () => 0).map((_, index) => part(index + 1, 100_000, 12_000));
    const cost = priced(offer(1_200_000, plan));
    // Independent: bisection on the annuity formula, 112,000 x (1 - (1+r)^-12) / r = 1,200,000.
    let [low, high] = [0.001, 0.1];
    for (let step = 0; step < 100; step += 1) {
      const middle = (low + high) / 2;
      if ((112_000 * (1 - (1 + middle) ** -12)) / middle > 1_200_000) low = middle;
      else high = middle;
    }
    expect(cost.aprBps).toBe(Math.round(120_000 * low));
    expect(cost.aprBps).toBeGreaterThan(2_100);
  });

  test('monthly fees weigh as interest does, upfront fees as money not received', () => {
    const plan = annuity(2_000_000, 12, 1_800);
    const withFee = priced(offer(2_000_000, plan, [fee(5_000, 'monthly')]));
    expect(withFee.aprBps).toBe(
      priced(
        offer(
          2_000_000,
          plan.map((one) => ({ ...one, fee: amountMinor(5_000) })),
        ),
      ).aprBps,
    );
    expect(withFee.charges).toBe(priced(offer(2_000_000, plan)).charges + 60_000);
    const upfront = priced(offer(2_000_000, plan, [fee(40_000, 'upfront')]));
    expect(upfront).toMatchObject({ received: 1_960_000, repaid: priced(offer(2_000_000, plan)).repaid });
    expect(upfront.aprBps).toBeGreaterThan(1_800);
  });

  test('a monthly fee falls due every month, be the plan one payment at the end or two a month', () => {
    expect(priced(offer(1_000_000, [part(6, 1_000_000)], [fee(1_000, 'monthly')])).charges).toBe(6_000);
    expect(priced(offer(1_000_000, [part(1, 500_000), part(1, 500_000)], [fee(1_000, 'monthly')])).charges).toBe(1_000);
  });

  test('never falls when a charge is added', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 36 }),
        fc.integer({ min: 0, max: 3_600 }),
        fc.nat({ max: 200_000 }),
        fc.nat({ max: 20_000 }),
        (months, aprBps, upfront, monthly) => {
          const plan = annuity(2_000_000, months, aprBps);
          const bare = priced(offer(2_000_000, plan));
          expect(priced(offer(2_000_000, plan, [fee(upfront, 'upfront')])).aprBps).toBeGreaterThanOrEqual(bare.aprBps);
          expect(priced(offer(2_000_000, plan, [fee(monthly, 'monthly')])).aprBps).toBeGreaterThanOrEqual(bare.aprBps);
        },
      ),
    );
  });

  test('is nothing for a loan without charges, rounding included', () => {
    expect(priced(offer(1_000_000, annuity(1_000_000, 3, 0)))).toMatchObject({ aprBps: 0, compoundBps: 0, charges: 0 });
    expect(
      priced(
        offer(
          1_000_000,
          [1, 2, 3].map((month) => part(month, 333_333)),
        ),
      ),
    ).toMatchObject({ aprBps: 0, charges: 0 });
  });
});

describe('a plan that cannot be priced', () => {
  const whole = [part(1, 1_000_000)];
  test.each<[string, PricedOffer]>([
    ['no_plan', offer(1_000_000, [])],
    [
      'no_plan',
      offer(
        1_000_000,
        Array.from({ length: 200_000 }, () => part(1, 5)),
      ),
    ],
    ['bad_month', offer(1_000_000, [part(0, 1_000_000)])],
    ['bad_month', offer(1_000_000, [part(1.5, 1_000_000)])],
    ['bad_month', offer(1_000_000, [part(601, 1_000_000)])],
    ['bad_month', offer(1_000_000, [part(Number.NaN, 1_000_000)])],
    ['bad_amount', offer(1_000_000, [part(1, 1_000_000, -1)])],
    ['bad_amount', offer(1_000_000, [part(1, 1_000_000, 0.5)])],
    ['bad_amount', offer(1_000_000, [part(1, 1_000_000, Number.NaN)])],
    ['bad_amount', offer(1_000_000, whole, [fee(-1, 'monthly')])],
    ['bad_amount', offer(1_000_000, [part(1, 1_000_000, Number.MAX_SAFE_INTEGER)])],
    ['bad_amount', offer(0, [part(1, 0)])],
    ['principal_mismatch', offer(1_000_000, [part(1, 999_998)])],
    ['principal_mismatch', offer(1_000_000, [part(1, 500_000), part(2, 600_000)])],
    ['nothing_received', offer(1_000_000, whole, [fee(1_000_000, 'upfront')])],
    ['nothing_received', offer(1_000_000, whole, [fee(700_000, 'upfront'), fee(700_000, 'upfront')])],
    ['no_rate', offer(1, [part(1, 1, 1_000_000_000)])],
  ])('is refused: %s (%#)', (why, of) => {
    expect(allInCost(of)).toEqual({ kind: 'refused', why });
  });

  test('nothing at all makes it throw or answer without a whole number', () => {
    const number = fc.oneof(fc.integer({ min: -5, max: 50 }), fc.integer({ min: 0, max: 10 ** 12 }), fc.double());
    const plans = fc.array(
      fc.tuple(number, number, number, number).map((parts) => part(...parts)),
      { maxLength: 6 },
    );
    const fees = fc.array(
      fc.tuple(number, fc.constantFrom<Fee['when']>('upfront', 'monthly')).map((parts) => fee(...parts)),
      { maxLength: 3 },
    );
    fc.assert(
      fc.property(fc.boolean(), number, plans, fees, (consistent, amount, plan, charges) => {
        const lent = consistent ? plan.reduce((total, { principal }) => total + principal, 0) : amount;
        const cost = allInCost({ amount: lent as PricedOffer['amount'], plan, fees: charges });
        if (cost.kind === 'cost')
          expect([cost.aprBps, cost.compoundBps, cost.charges].every((value) => Number.isSafeInteger(value) && value >= 0)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});

describe('the cap', () => {
  const cap = (id: string, valid_from: string, max_apr_bps: number, funder_type: CostCap['funder_type'] = 'micro_lender'): CostCap => ({
    id,
    funder_type,
    valid_from,
    max_apr_bps,
    source: 'test',
  });
  const caps = [
    cap('later', '2027-12-31', 1_240),
    cap('first', '2025-10-01', 2_400),
    cap('bank', '2020-01-01', 3_600, 'bank'),
    cap('twin', '2027-12-31', 1_300),
  ];

  test.each([
    ['2025-09-30', null],
    ['2025-10-01', 'first'],
    ['2027-12-30', 'first'],
    ['2027-12-31', 'later'],
    ['2030-01-01', 'later'],
  ])('of a micro-lender on %s', (date, id) => {
    expect(costCapFor(caps, 'micro_lender', date)?.id ?? null).toBe(id);
    expect(costCapFor(caps.toReversed(), 'micro_lender', date)?.id ?? null).toBe(id);
  });

  test('is for one kind of lender alone', () => {
    expect(costCapFor(caps, 'bank', '2026-01-01')?.id).toBe('bank');
    expect(costCapFor(caps, 'consumer_finance', '2026-01-01')).toBeNull();
  });

  test('holds at the figure itself, and nothing passes where there is none', () => {
    expect([withinCap(2_400, caps[1]!), withinCap(2_401, caps[1]!), withinCap(0, null)]).toEqual([true, false, false]);
  });
});
