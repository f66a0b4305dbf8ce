import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Fee, FunderOffer } from '../../adapters/contract.ts';
import { allInCost } from '../../src/compliance/cost.ts';
import { disclose, mayConfirm, renderDisclosure } from '../../src/compliance/disclosure.ts';
import type { DisclosureInput } from '../../src/compliance/disclosure.ts';
import { amountMinor } from '../../src/domain/money.ts';

const sha256Hex = (text: string): string => createHash('sha256').update(text).digest('hex');
const fen = amountMinor;
const OFFER: FunderOffer = {
  amount: fen(1_200_000),
  termMonths: 3,
  quotedAprBps: 1_800,
  plan: [1, 2, 3].map((month) => ({ dueInMonths: month, principal: fen(400_000), interest: fen(18_000 - 6_000 * (month - 1)), fee: fen(1_000) })),
  fees: [
    { item: '担保费', payee: '丙融资担保有限公司', amount: fen(24_000), when: 'upfront' },
    { item: '会员费', payee: '乙科技有限公司', amount: fen(600), when: 'monthly' },
    { item: '账户费', payee: '乙科技有限公司', amount: fen(0), when: 'monthly' },
  ],
  expiresAtMs: null,
};
const LENDER = { name: '甲银行', legalEntity: '甲银行股份有限公司' };
const inputOf = (offer: FunderOffer = OFFER, defaultCosts: DisclosureInput['defaultCosts'] = []): DisclosureInput => {
  const cost = allInCost(offer);
  if (cost.kind === 'refused') throw new Error(cost.why);
  return { offer, cost, lender: LENDER, defaultCosts };
};

describe('the disclosure', () => {
  const { disclosure, json, hash } = disclose(inputOf(), sha256Hex);

  test('lists every charge with method, rate, payee and amount', () => {
    expect(disclosure.items.map(({ item, rateBps, payee, amount }) => [item.zh, rateBps, payee, amount])).toEqual([
      ['利息', 1_800, '甲银行股份有限公司', 36_000],
      ['分期服务费', 25, '甲银行股份有限公司', 3_000],
      ['担保费', 200, '丙融资担保有限公司', 24_000],
      ['会员费', 5, '乙科技有限公司', 1_800],
    ]);
    expect(disclosure.items.every(({ method }) => method.zh !== '' && method.en !== '')).toBe(true);
  });

  test('carries our own annual cost, above the quoted one, and what is received and repaid', () => {
    expect(disclosure).toMatchObject({ received: 1_176_000, repaid: 1_240_800, charges: 64_800, quotedAprBps: 1_800, aprBps: disclosure.aprBps });
    expect(disclosure.aprBps).toBeGreaterThan(3_000);
  });

  test('the table adds up to the charges', () => {
    const fees = fc.array(
      fc.record<Fee>({
        item: fc.constant('费'),
        payee: fc.constant('甲'),
        amount: fc.nat({ max: 20_000 }).map(fen),
        when: fc.constantFrom('upfront', 'monthly'),
      }),
      { maxLength: 4 },
    );
    fc.assert(
      fc.property(fees, fc.nat({ max: 50_000 }), fc.integer({ min: -3, max: 3 }), (charges, interest, rounding) => {
        const plan = OFFER.plan.map((part, index) => ({
          ...part,
          interest: fen(interest + 1),
          principal: fen(part.principal + (index === 2 ? rounding : 0)),
        }));
        const made = disclose(inputOf({ ...OFFER, plan, fees: charges }), sha256Hex).disclosure;
        expect(made.items.reduce((total, { amount }) => total + amount, 0)).toBe(made.charges);
        expect(made.repaid - made.received).toBe(made.charges);
      }),
    );
  });

  test('the stored text reads back to it, and the hash is of that text', () => {
    expect(JSON.parse(json)).toEqual(disclosure);
    expect(hash).toBe(sha256Hex(json));
    expect(disclose(inputOf(structuredClone(OFFER)), sha256Hex).hash).toBe(hash);
  });

  test('any other figure, payee or lender has another hash', () => {
    const others: DisclosureInput[] = [
      inputOf({ ...OFFER, quotedAprBps: 1_799 }),
      inputOf({ ...OFFER, fees: OFFER.fees.slice(1) }),
      inputOf({ ...OFFER, fees: OFFER.fees.map((fee) => ({ ...fee, payee: '丁' })) }),
      { ...inputOf(), lender: { ...LENDER, legalEntity: '丁' } },
      inputOf(OFFER, [{ item: { zh: '罚息', en: 'Penalty interest' }, method: { zh: '日利率0.07%', en: '0.07% a day' }, payee: '甲' }]),
    ];
    expect(new Set([hash, ...others.map((other) => disclose(other, sha256Hex).hash)]).size).toBe(others.length + 1);
  });

  test('says what default costs, or that the lender has not told', () => {
    const told = disclose(
      inputOf(OFFER, [{ item: { zh: '罚息', en: 'Penalty interest' }, method: { zh: '日利率0.07%', en: '0.07% a day' }, payee: '甲银行' }]),
      sha256Hex,
    ).disclosure;
    expect(told.defaultNote).toBeNull();
    expect(renderDisclosure(told, 'zh')).toContain('罚息｜日利率0.07%｜收取方：甲银行');
    expect(disclosure.defaultNote).not.toBeNull();
    expect(renderDisclosure(disclosure, 'zh')).toContain('出资方未向本平台列明逾期费用');
  });

  test('as text it holds the whole table in either language and ends with the promise', () => {
    const zh = renderDisclosure(disclosure, 'zh').split('\n');
    expect(zh.slice(0, 6)).toEqual([
      '出资方：甲银行（甲银行股份有限公司）',
      '贷款金额：12000.00元',
      '实际到账：11760.00元',
      '期限：3个月',
      '还款总额：12408.00元',
      '息费合计：648.00元',
    ]);
    expect(zh[6]).toContain(`综合融资成本（年化）：${(disclosure.aprBps / 100).toFixed(2)}%（单利`);
    expect(zh).toContain('担保费｜放款时一次性收取，费率为占贷款金额的比例｜2.00%｜收取方：丙融资担保有限公司｜240.00元');
    expect(zh.at(-1)).toBe('除上述项目外，不收取任何其他费用。');
    const en = renderDisclosure(disclosure, 'en').split('\n');
    expect(en).toHaveLength(zh.length);
    expect(en[2]).toBe('You receive: CNY 11760.00');
    expect(en.at(-1)).toBe('Nothing is charged beyond what is listed above.');
  });
});

describe('confirming', () => {
  const at = { shownAtMs: 100_000, confirmedAtMs: 105_000, readingS: 5, validUntilMs: 200_000 };
  test.each([
    ['when the reading time is over', {}, { kind: 'ok' }],
    ['a millisecond early', { confirmedAtMs: 104_999 }, { kind: 'too_early', waitMs: 1 }],
    ['before it was shown', { confirmedAtMs: 99_000 }, { kind: 'too_early', waitMs: 6_000 }],
    ['at once where no time is asked for', { readingS: 0, confirmedAtMs: 100_000 }, { kind: 'ok' }],
    ['without having been shown', { shownAtMs: null }, { kind: 'not_shown' }],
    ['in the last millisecond', { confirmedAtMs: 199_999 }, { kind: 'ok' }],
    ['when the offer is over', { confirmedAtMs: 200_000 }, { kind: 'expired' }],
    ['over and never shown', { confirmedAtMs: 200_000, shownAtMs: null }, { kind: 'expired' }],
  ])('%s', (_, over, answer) => {
    expect(mayConfirm({ ...at, ...over })).toEqual(answer);
  });
});
