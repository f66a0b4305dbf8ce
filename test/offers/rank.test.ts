import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Facts } from '../../src/domain/applicant.ts';
import { PartnerOffer } from '../../src/domain/desk.ts';
import { claimsApproval, expectedFen, offerRates, PRIOR_STRENGTH, rankOffers, type OfferEvidence, type RankInputs } from '../../src/offers/rank.ts';

const NOW = Date.UTC(2026, 2, 1);
const DAY = 86_400_000;
const facts: Facts = {
  age: 30,
  sex: 'm',
  region: '110105',
  monthly_income_fen: 800_000,
  employment: 'salaried',
  employer_type: null,
  years_employed: 3,
  education: null,
  housing_fund: null,
  social_security: null,
  house: null,
  car: null,
  policy: null,
  credit_card: null,
  zhima_band: null,
  amount_fen: 1_000_000,
  term_months: 12,
  purpose: 'consumption',
  channel: 'h5-demo',
  variant: null,
  hour: 14,
};
type Sketch = Partial<Omit<PartnerOffer, 'id'>>;
const offer = (name: string, sketch: Sketch = {}): PartnerOffer =>
  PartnerOffer.parse({
    id: `pof_${name}`,
    partner_id: 'ptn_one',
    class: 'loan_product',
    title: { zh: '某产品', en: 'A product' },
    text: { zh: '了解一下', en: 'Take a look' },
    url: 'https://partner.example/?c={click_id}',
    status: 'live',
    payouts: { click_fen: 100 },
    prior: { click: 0.1, lead: 0.2, sale: 0.1 },
    ...sketch,
  });
const rank = (offers: readonly PartnerOffer[], more: Partial<RankInputs> = {}) =>
  rankOffers({ nowMs: NOW, facts, offers, evidence: new Map(), impressions: new Map(), ...more });
const shownIds = (result: ReturnType<typeof rank>): string[] => result.groups.flatMap((group) => group.offers.map(({ offerId }) => offerId));

describe('expected earnings', () => {
  test('follow the chain show, click, lead, sale', () => {
    const rates = { click: 0.1, lead: 0.2, sale: 0.5 };
    expect(expectedFen({ click_fen: 100, lead_fen: 1_000, sale_fen: 10_000 }, rates)).toBeCloseTo(0.1 * (100 + 0.2 * (1_000 + 0.5 * 10_000)));
  });

  test('without evidence the rates are the operators’ guess', () => {
    const rates = offerRates({ click: 0.1, lead: 0.2, sale: 0.3 }, undefined);
    expect([rates.click, rates.lead, rates.sale]).toEqual([0.1, 0.2, 0.3].map((rate) => expect.closeTo(rate, 12)));
  });

  test('the guess weighs as much as its pseudo-count, and evidence takes over', () => {
    const prior = { click: 0.5, lead: 0.5, sale: 0.5 };
    expect(offerRates(prior, { shown: PRIOR_STRENGTH, clicks: 0, leads: 0, sales: 0 }).click).toBe(0.25);
    expect(offerRates(prior, { shown: 100_000, clicks: 3_000, leads: 300, sales: 3 })).toEqual({
      click: expect.closeTo(0.03, 3),
      lead: expect.closeTo(0.1, 2),
      sale: expect.closeTo(0.04, 1),
    });
  });

  test('every rate stays a probability, whatever the counts and even for postbacks out of step', () => {
    const count = fc.nat({ max: 10_000 });
    const guess = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(
        fc.record({ click: guess, lead: guess, sale: guess }),
        fc.record({ shown: count, clicks: count, leads: count, sales: count }),
        (prior, evidence) => {
          for (const rate of Object.values(offerRates(prior, evidence))) expect(rate >= 0 && rate <= 1).toBe(true);
        },
      ),
    );
  });
});

describe('the ranking', () => {
  test('puts the better earner first, and evidence can turn it round', () => {
    const offers = [
      offer('cheap', { payouts: { click_fen: 50, lead_fen: 0, sale_fen: 0 } }),
      offer('dear', { payouts: { click_fen: 300, lead_fen: 0, sale_fen: 0 } }),
    ];
    expect(shownIds(rank(offers))).toEqual(['pof_dear', 'pof_cheap']);
    const evidence = new Map<string, OfferEvidence>([
      ['pof_dear', { shown: 5_000, clicks: 5, leads: 0, sales: 0 }],
      ['pof_cheap', { shown: 5_000, clicks: 900, leads: 0, sales: 0 }],
    ]);
    expect(shownIds(rank(offers, { evidence }))).toEqual(['pof_cheap', 'pof_dear']);
  });

  test('does not depend on the order the offers come in', () => {
    const offers = ['a', 'b', 'c', 'd'].map((name, index) => offer(name, { class: index % 2 === 0 ? 'insurance' : 'loan_product' }));
    fc.assert(fc.property(fc.shuffledSubarray(offers, { minLength: 4 }), (shuffled) => void expect(rank(shuffled)).toEqual(rank(offers))));
  });

  test('classes never mix, and every group carries its notice', () => {
    const { groups } = rank([
      offer('loan', { payouts: { click_fen: 900, lead_fen: 0, sale_fen: 0 } }),
      offer('cover', { class: 'insurance' }),
      offer('card', { class: 'credit_card', payouts: { click_fen: 2_000, lead_fen: 0, sale_fen: 0 } }),
      offer('loan2'),
    ]);
    expect(groups.map((group) => [group.class, group.offers.map(({ offerId }) => offerId)])).toEqual([
      ['credit_card', ['pof_card']],
      ['loan_product', ['pof_loan', 'pof_loan2']],
      ['insurance', ['pof_cover']],
    ]);
    for (const group of groups) {
      expect(group.notice.zh).toContain('广告');
      expect(group.notice.en).toMatch(/^Advertisement/);
    }
    expect(groups[1]!.notice.en).toContain('Not a decision');
  });

  test('nothing in, nothing out', () => expect(rank([])).toEqual({ groups: [], leftOut: [] }));
});

describe('who is left out, and why', () => {
  const whyOf = (one: PartnerOffer, more: Partial<RankInputs> = {}) => rank([one], more).leftOut[0];

  test('paused', () => expect(whyOf(offer('a', { status: 'paused' }))).toEqual({ offerId: 'pof_a', code: 'paused', detail: '' }));
  test.each([
    [{ '>=': [{ var: 'age' }, 31] }, 'rule'],
    [{ in: [{ var: 'region' }, ['310101']] }, 'rule'],
    [false, 'rule'],
    [{ var: 'car' }, 'rule'],
    [{ no_such_operator: [1] }, 'rule_broken'],
    [{ '<': [{ var: 'agee' }, 31] }, 'rule_broken'],
  ])('rule %j: %s', (rule, code) => expect(whyOf(offer('a', { rule }))?.code).toBe(code));
  test.each([
    [true],
    [{ '>=': [{ var: 'age' }, 30] }],
    [{ and: [{ '==': [{ var: 'channel' }, 'h5-demo'] }, { '<': [{ var: 'monthly_income_fen' }, 900_000] }] }],
  ])('a rule that holds lets it in: %j', (rule) => expect(shownIds(rank([offer('a', { rule })]))).toEqual(['pof_a']));

  test('shown often enough within the window', () => {
    const impressions = (...daysAgo: number[]) => ({ impressions: new Map([['pof_a', daysAgo.map((days) => NOW - days * DAY)]]) });
    const twiceAWeek = offer('a', { frequency: { max: 2, window_days: 7 } });
    expect(whyOf(twiceAWeek, impressions(0, 6.9))).toEqual({ offerId: 'pof_a', code: 'frequency', detail: '2 of 2 in 7 days' });
    expect(whyOf(twiceAWeek, impressions(0, 7))).toBeUndefined();
    expect(whyOf(twiceAWeek, { impressions: new Map([['pof_b', [NOW, NOW, NOW]]]) })).toBeUndefined();
  });

  test.each(['100%通过，秒到账', '黑户必过', 'Guaranteed approval!', 'You have been approved', 'Pre-approved for you', '您已获批'])(
    'a text that claims approval: %s',
    (text) => {
      expect(whyOf(offer('a', { text: { zh: text, en: text } }))?.code).toBe('claims_approval');
    },
  );
  test('a text that does not', () =>
    expect(
      claimsApproval({
        title: { zh: '最高可借 20 万', en: 'Up to 200,000' },
        text: { zh: '是否通过由机构决定', en: 'Subject to approval by the lender' },
      }),
    ).toBe(false));
});
