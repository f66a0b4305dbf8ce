import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvariantError } from '../../src/domain/failures.ts';
import { BANDS, bandOf } from '../../src/routing/band.ts';
import type { Band } from '../../src/routing/band.ts';
import { betaMean } from '../../src/routing/beta.ts';
import { generator } from '../../src/routing/draw.ts';
import { afterDeclines, latentAfterDeclines } from '../../src/routing/latent.ts';
import { modelFromJson, modelToJson } from '../../src/routing/likelihood-json.ts';
import { emptyModel, learn, likelihoodsOf, predictBand } from '../../src/routing/likelihood.ts';
import type { LikelihoodModel, Outcome } from '../../src/routing/likelihood.ts';
import { byId, facts, funder } from './world.ts';

const outcome = (over: Partial<Outcome> = {}): Outcome => ({ funderId: 'fnd_a', tier: 1, band: 'fair', approved: true, ...over });
const rate = (model: LikelihoodModel, id = 'fnd_a', band: Band = 'fair', tier = 1): number => betaMean(predictBand(model, id, tier, band));

function taught(model: LikelihoodModel, yes: number, no: number, over: Partial<Outcome> = {}): LikelihoodModel {
  for (let index = 0; index < yes + no; index += 1) model = learn(model, outcome({ ...over, approved: (index * yes) % (yes + no) < yes }));
  return model;
}

describe('the learner', () => {
  it('starts every funder at a fifth, wide open', () => {
    const { alpha, beta } = predictBand(emptyModel(), 'fnd_a', 3, 'prime');
    expect(alpha).toBeCloseTo(1.6, 12);
    expect(beta).toBeCloseTo(6.4, 12);
  });

  it('comes to the rate of a funder in a band, and grows surer', () => {
    const model = taught(emptyModel(null), 300, 700);
    expect(rate(model)).toBeCloseTo(0.3, 2);
    const { alpha, beta } = predictBand(model, 'fnd_a', 1, 'fair');
    expect(alpha + beta).toBeCloseTo(1_008, 6);
  });

  it('starts a new funder where its tier is in that band, and another tier lower', () => {
    let model = taught(emptyModel(null), 150, 50, { tier: 2, band: 'prime' });
    model = taught(model, 20, 180, { tier: 2, band: 'thin' });
    model = taught(model, 20, 180, { tier: 1, band: 'prime', funderId: 'fnd_b' });
    expect(rate(model, 'fnd_new', 'prime', 2)).toBeGreaterThan(0.6);
    expect(rate(model, 'fnd_new', 'thin', 2)).toBeLessThan(0.2);
    expect(rate(model, 'fnd_new', 'prime', 1)).toBeLessThan(0.3);
    const { alpha, beta } = predictBand(model, 'fnd_new', 2, 'prime');
    expect(alpha + beta).toBeCloseTo(8, 9);
  });

  it('carries what a funder shows in one band to its others', () => {
    let model = taught(emptyModel(null), 100, 100, { funderId: 'fnd_b' });
    model = taught(model, 100, 100, { funderId: 'fnd_b', band: 'good' });
    const before = rate(model, 'fnd_a', 'good');
    expect(rate(taught(model, 5, 95), 'fnd_a', 'good')).toBeLessThan(before - 0.1);
    expect(rate(taught(model, 95, 5), 'fnd_a', 'good')).toBeGreaterThan(before + 0.1);
  });

  it('follows a drift when it forgets and lags when it does not', () => {
    const after = (halfLife: number | null) => rate(taught(taught(emptyModel(halfLife), 400, 100), 50, 450));
    expect(after(100)).toBeLessThan(0.15);
    expect(after(null)).toBeGreaterThan(0.4);
  });

  it('changes nothing in place and counts its versions', () => {
    const before = taught(emptyModel(), 3, 4);
    const bytes = modelToJson(before);
    const after = learn(learn(before, outcome()), outcome({ funderId: 'fnd_z', tier: 9 }));
    expect(modelToJson(before)).toBe(bytes);
    expect([before.version, after.version]).toEqual([7, 9]);
    expect(after.funders.get('fnd_a')!.bands[0]).toBe(before.funders.get('fnd_a')!.bands[0]);
  });

  it('gives a proper Beta whatever it is taught', () => {
    const one = fc.record({
      funderId: fc.constantFrom('fnd_a', 'fnd_b'),
      tier: fc.integer({ min: 1, max: 2 }),
      band: fc.constantFrom(...BANDS),
      approved: fc.boolean(),
      asked: fc.record({ prior: fc.constantFrom(0, 0.3, 1), mean: fc.constantFrom(0, 0.1, 1) }),
    });
    fc.assert(
      fc.property(fc.array(one, { maxLength: 120 }), fc.constantFrom(null, 2, 500), (outcomes, halfLife) => {
        const model = outcomes.reduce(learn, emptyModel(halfLife));
        for (const band of BANDS) {
          const { alpha, beta } = predictBand(model, 'fnd_a', 1, band);
          expect(alpha > 0 && beta > 0 && alpha + beta < Infinity).toBe(true);
        }
        expect(modelToJson(modelFromJson(modelToJson(model)))).toBe(modelToJson(model));
      }),
      { numRuns: 200 },
    );
  });

  /** A funder that is only ever asked after another has declined, in a world where their answers hang together as latent.ts has it. */
  it('learns the likelihood before any decline from people whom others declined', () => {
    const next = generator(11, 'world');
    const normal = (): number => Math.sqrt(-2 * Math.log(next())) * Math.cos(2 * Math.PI * next());
    const says = (offset: number, t: number): boolean => next() < 1 / (1 + Math.exp(-(offset + t)));
    let naive = emptyModel(null);
    let model = emptyModel(null);
    let approvals = 0;
    const people = 6_000;
    for (let person = 0; person < people; person += 1) {
      const t = 1.5 * normal();
      approvals += says(0.3, t) ? 1 : 0;
      const first = outcome({ funderId: 'fnd_first', approved: says(0.3, t) });
      const second = outcome({ funderId: 'fnd_second', tier: 2, approved: says(0.3, t) });
      const mean = rate(model, 'fnd_first');
      if (!first.approved) {
        const prior = rate(model, 'fnd_second', 'fair', 2);
        model = learn(model, { ...second, asked: { prior, mean: afterDeclines(prior, latentAfterDeclines([mean])) } });
        naive = learn(naive, second);
      }
      model = learn(model, first);
    }
    const truth = approvals / people;
    expect(Math.abs(rate(model, 'fnd_second', 'fair', 2) - truth)).toBeLessThan(0.04);
    expect(rate(naive, 'fnd_second', 'fair', 2)).toBeLessThan(truth - 0.1);
  });
});

describe('the interface', () => {
  it('predicts by the band of the facts and the tier on the desk', () => {
    const model = taught(emptyModel(), 30, 10, { tier: 2, band: bandOf(facts()) });
    const likelihoods = likelihoodsOf(model, byId(funder('fnd_a', { tier: 2 }), funder('fnd_n', { tier: 2 })));
    expect(likelihoods.version).toBe(40);
    expect(likelihoods.predict('fnd_a', facts())).toEqual(predictBand(model, 'fnd_a', 2, bandOf(facts())));
    expect(likelihoods.predict('fnd_n', facts())).toEqual(predictBand(model, 'fnd_n', 2, bandOf(facts())));
    expect(() => likelihoods.predict('fnd_gone', facts())).toThrow(InvariantError);
  });
});

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

describe('the stored model', () => {
  it('has the same bytes whichever funder was met first', () => {
    const one = learn(learn(emptyModel(null), outcome({ funderId: 'fnd_b', tier: 3 })), outcome());
    const other = learn(learn(emptyModel(null), outcome()), outcome({ funderId: 'fnd_b', tier: 3 }));
    const tidy = { ...JSON.parse(modelToJson(other)), funders: JSON.parse(modelToJson(one)).funders };
    expect(JSON.stringify(tidy)).toBe(modelToJson(one));
    expect(JSON.parse(modelToJson(one)).funders.map(([id]: [string]) => id)).toEqual(['fnd_a', 'fnd_b']);
  });

  it('comes back as it went', () => {
    const model = taught(emptyModel(), 3, 9);
    expect(modelFromJson(modelToJson(model))).toEqual(model);
  });

  it('says where it cannot be read', () => {
    const spoilt = (change: (stored: Record<string, unknown>) => void): (() => unknown) => {
      const stored = JSON.parse(modelToJson(taught(emptyModel(), 1, 1))) as Record<string, unknown>;
      change(stored);
      return () => modelFromJson(JSON.stringify(stored));
    };
    expect(() => modelFromJson('{')).toThrow('not JSON');
    expect(spoilt((stored) => (stored['format'] = 2))).toThrow('at /format');
    expect(spoilt((stored) => (stored['overall'] = [3, 2]))).toThrow('more approvals than outcomes');
    expect(spoilt((stored) => (stored['bands'] = []))).toThrow('at /bands');
    expect(spoilt((stored) => (stored['extra'] = 1))).toThrow(InvariantError);
  });
});
