/** The coarse bands by which funders are watched: what a band is, and that it never falls when something about the applicant improves. */
import { describe, expect, it } from 'vitest';
import { BANDS, bandOf } from '../../src/routing/band.ts';
import { facts } from './world.ts';

describe('bands', () => {
  const weak = facts({ monthly_income_fen: 200_000, employment: 'freelance', housing_fund: null, social_security: 'none', zhima_band: 'under_600' });
  const strong = facts({
    monthly_income_fen: 2_000_000,
    employment: 'civil_servant',
    housing_fund: '2y_plus',
    social_security: '2y_plus',
    zhima_band: '750_plus',
  });

  it('run from prime to thin', () => {
    expect([bandOf(strong), bandOf(facts()), bandOf(weak)]).toEqual(['prime', 'good', 'thin']);
    expect(bandOf(facts({ housing_fund: 'none', zhima_band: 'none' }))).toBe('fair');
    expect(bandOf(facts({ housing_fund: 'none', social_security: null, zhima_band: null }))).toBe('low');
  });

  it('never fall when one thing improves, and take what was not told as not there', () => {
    const rank = (over: Parameters<typeof facts>[0], of = weak): number => BANDS.indexOf(bandOf({ ...of, ...over }));
    for (const base of [weak, strong, facts()]) {
      const incomes = [0, 299_999, 300_000, 600_000, 1_200_000].map((monthly_income_fen) => rank({ monthly_income_fen }, base));
      expect(incomes).toEqual(incomes.toSorted((left, right) => right - left));
      const funds = ['none', 'under_1y', '1y_2y', '2y_plus'].map((housing_fund) => rank({ housing_fund }, base));
      expect(funds).toEqual(funds.toSorted((left, right) => right - left));
      const zhima = ['under_600', '600_650', '650_700', '700_750', '750_plus'].map((zhima_band) => rank({ zhima_band }, base));
      expect(zhima).toEqual(zhima.toSorted((left, right) => right - left));
      expect(rank({ zhima_band: null }, base)).toBe(rank({ zhima_band: 'none' }, base));
    }
  });
});
