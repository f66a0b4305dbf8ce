/** The likelihood model: it recovers planted rates, follows drift, starts a newcomer from its peers, and is a value. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { generator } from '../../src/routing/draw.ts';
import { calibrated, learnCalibration, noCalibration, sigmoid } from '../../src/routing/model/calibration.ts';
import { covarianceWith, diagonal, fade, independent, observe, sumAt } from '../../src/routing/model/gaussian.ts';
import { emptyModel, learn, SETTINGS, weightAfterDeclines } from '../../src/routing/model/model.ts';
import type { Decided, Model } from '../../src/routing/model/model.ts';
import { modelFromJson, modelToJson } from '../../src/routing/model/model-json.ts';
import { predictor } from '../../src/routing/model/predict.ts';
import type { Prediction } from '../../src/routing/model/predict.ts';
import { encode, encodeKind, schemaOf } from '../../src/routing/model/schema.ts';
import type { Level } from '../../src/routing/model/schema.ts';

const YEAR_MS = 365.25 * 86_400_000;
const schema = schemaOf([
  { name: 'grade', levels: ['high', 'low'], of: 'crossed' },
  { name: 'colour', levels: ['red', 'blue'], of: 'application' },
  { name: 'tier', levels: ['1', '2'], of: 'kind' },
]);

interface Case {
  readonly funderId: string;
  readonly levels: readonly Level[];
  readonly approved: boolean;
  readonly atMs?: number;
  readonly weight?: number;
}

function decided({ funderId, levels, approved, atMs = 0, weight = 1 }: Case): Decided {
  return { funderId, levels: encode(schema, levels), approved, atMs, weight };
}

function ask(model: Model, funderId: string, application: readonly Level[], kind: readonly Level[] = [], atMs = 0): Prediction {
  return predictor(model, encode(schema, application), atMs)({ funderId, kind: encodeKind(schema, kind) });
}

/** Outcomes of a funder of a tier, half of them of each grade, approved at these rates. */
function stream(funderId: string, tier: string, rates: { high: number; low: number }, count: number, seed: number, atMs = 0): Case[] {
  const next = generator(seed, funderId);
  return Array.from({ length: count }, () => {
    const grade = next() < 0.5 ? 'high' : 'low';
    return {
      funderId,
      levels: [
        ['grade', grade],
        ['tier', tier],
      ],
      approved: next() < rates[grade],
      atMs,
    };
  });
}

const learned = (cases: readonly Case[], model = emptyModel(schema)): Model => learn(model, cases.map(decided));
const mixed = (...streams: Case[][]): Case[] => streams[0]!.flatMap((_, index) => streams.map((one) => one[index]!));
const HIGH: Level = ['grade', 'high'];
const LOW: Level = ['grade', 'low'];

describe('what it believes', () => {
  it('starts at a fifth, unsure, for whoever asks', () => {
    const { p, variance } = ask(emptyModel(schema), 'new', [HIGH]);
    expect(p).toBeGreaterThan(0.2);
    expect(p).toBeLessThan(0.4);
    expect(variance).toBeGreaterThan(SETTINGS.sharedIntercept);
  });

  it('finds rates per funder and grade, a cross included', () => {
    const model = learned(mixed(stream('a', '1', { high: 0.9, low: 0.3 }, 3_000, 1), stream('b', '1', { high: 0.4, low: 0.6 }, 3_000, 2)));
    const kind: Level[] = [['tier', '1']];
    expect(ask(model, 'a', [HIGH], kind).p).toBeCloseTo(0.9, 1);
    expect(ask(model, 'a', [LOW], kind).p).toBeCloseTo(0.3, 1);
    expect(ask(model, 'b', [HIGH], kind).p).toBeCloseTo(0.4, 1);
    expect(ask(model, 'b', [LOW], kind).p).toBeCloseTo(0.6, 1);
  });

  it('is surer of a funder the more it has seen of it, and of no other', () => {
    const model = learned(stream('a', '1', { high: 0.5, low: 0.5 }, 300, 3));
    const [known, unknown] = [ask(model, 'a', [HIGH]), ask(model, 'b', [HIGH])];
    expect(known.ownVariance).toBeLessThan(0.3 * unknown.ownVariance);
    expect(known.variance).toBeGreaterThan(known.ownVariance * 0.9);
  });

  it('judges a newcomer as its peers are', () => {
    const streams = ['a', 'b', 'c', 'd'].flatMap((id, index) => [
      stream(`${id}1`, '1', { high: 0.2, low: 0.2 }, 300, index),
      stream(`${id}2`, '2', { high: 0.7, low: 0.7 }, 300, index),
    ]);
    const model = learned(mixed(...streams));
    const strict = ask(model, 'newcomer', [HIGH], [['tier', '1']]);
    const lenient = ask(model, 'newcomer', [HIGH], [['tier', '2']]);
    expect(lenient.p - strict.p).toBeGreaterThan(0.2);
    expect(lenient.ownVariance).toBeGreaterThan(0.4);
  });

  it('says nothing from a level it does not list', () => {
    const model = learned(stream('a', '1', { high: 0.9, low: 0.3 }, 500, 4));
    const bare = ask(model, 'a', []);
    expect(
      ask(model, 'a', [
        ['grade', 'odd'],
        ['planet', 'mars'],
      ]),
    ).toEqual(bare);
  });

  it('the order in which levels are listed or repeated makes no difference', () => {
    const left = encode(schema, [HIGH, ['colour', 'red']]);
    expect(encode(schema, [['colour', 'red'], HIGH, HIGH])).toEqual(left);
  });
});

describe('drift', () => {
  it('follows a funder that changes its mind, within two hundred outcomes', () => {
    const before = learned(stream('a', '1', { high: 0.6, low: 0.6 }, 1_000, 5));
    const after = learned(stream('a', '1', { high: 0.2, low: 0.2 }, 200, 6, YEAR_MS / 2), before);
    expect(ask(before, 'a', [HIGH], [['tier', '1']]).p).toBeCloseTo(0.6, 1);
    expect(ask(after, 'a', [HIGH], [['tier', '1']], YEAR_MS / 2).p).toBeLessThan(0.35);
  });

  it('an idle funder goes back to its peers and is less sure of itself, slowly', () => {
    const model = learned(mixed(stream('good', '1', { high: 0.9, low: 0.9 }, 500, 7), stream('poor', '1', { high: 0.3, low: 0.3 }, 500, 8)));
    const at = (years: number): Prediction => ask(model, 'good', [HIGH], [['tier', '1']], years * YEAR_MS);
    const peers = ask(model, 'nobody', [HIGH], [['tier', '1']]);
    expect(at(1).p).toBeLessThan(at(0).p);
    expect(at(1).ownVariance).toBeGreaterThan(at(0).ownVariance);
    expect(at(1).p).toBeGreaterThan(at(0).p - 0.1);
    expect(at(1_000).p).toBeCloseTo(peers.p, 6);
    expect(at(1_000).ownVariance).toBeCloseTo(peers.ownVariance, 6);
  });

  it('time that runs backwards is no time', () => {
    const late = learned(stream('a', '1', { high: 0.5, low: 0.5 }, 50, 9, YEAR_MS));
    const one: Case = { funderId: 'a', levels: [HIGH], approved: true, atMs: 0 };
    expect(learned([one], late)).toEqual(learned([{ ...one, atMs: YEAR_MS }], late));
    expect(ask(late, 'a', [HIGH], [], 0)).toEqual(ask(late, 'a', [HIGH], [], YEAR_MS));
  });
});

describe('outcomes asked after declines', () => {
  it('weigh by the ratio of their probabilities, within bounds', () => {
    expect(weightAfterDeclines(true, 0.4, 0.2)).toBe(2);
    expect(weightAfterDeclines(false, 0.4, 0.2)).toBeCloseTo(0.75, 12);
    expect(weightAfterDeclines(true, 0.4, 0.001)).toBe(10);
    expect(weightAfterDeclines(false, 1, 0.2)).toBe(0.1);
    expect(weightAfterDeclines(true, 0, 0)).toBe(1);
  });

  it('a heavier outcome moves further and leaves the belief sound', () => {
    const p = (weight: number): number => ask(learned([{ funderId: 'a', levels: [HIGH], approved: true, weight }]), 'a', [HIGH]).p;
    expect(p(0)).toBeCloseTo(ask(emptyModel(schema), 'a', [HIGH]).p, 4);
    expect([p(0), p(0.1), p(1), p(2.5), p(10)]).toEqual([p(0), p(0.1), p(1), p(2.5), p(10)].toSorted((left, right) => left - right));
    expect(p(50)).toBe(p(10));
  });
});

describe('a model is a value', () => {
  const cases = fc.array(
    fc.record({
      funderId: fc.constantFrom('a', 'b', 'c'),
      levels: fc.constant<readonly Level[]>([HIGH]),
      approved: fc.boolean(),
      atMs: fc.integer({ min: 0, max: 3 * YEAR_MS }),
      weight: fc.double({ min: 0.1, max: 10, noNaN: true }),
    }),
    { minLength: 1, maxLength: 30 },
  );

  it('learning leaves the old one as it was, to the byte', () => {
    const model = learned(stream('a', '1', { high: 0.6, low: 0.2 }, 40, 10));
    const before = modelToJson(model);
    fc.assert(
      fc.property(cases, (of) => {
        learned(of, model);
        expect(modelToJson(model)).toBe(before);
      }),
      { numRuns: 30 },
    );
  });

  it('however outcomes are cut into calls, and through storage, the bytes are the same', () => {
    fc.assert(
      fc.property(cases, fc.nat(), (of, cut) => {
        const at = cut % (of.length + 1);
        const half = modelFromJson(schema, modelToJson(learned(of.slice(0, at))));
        expect(modelToJson(learned(of.slice(at), half))).toBe(modelToJson(learned(of)));
      }),
      { numRuns: 60 },
    );
  });

  it('its beliefs stay beliefs: finite, with positive variances', () => {
    fc.assert(
      fc.property(cases, (of) => {
        const model = learned([...of, ...of, ...of]);
        for (const { mean, covariance } of [model.shared, model.calibration, ...[...model.funders.values()].map((own) => own.belief)]) {
          expect(mean.every(Number.isFinite)).toBe(true);
          expect(mean.every((_, row) => covariance[diagonal(row)]! > 0)).toBe(true);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('no outcome, no new model', () => {
    const model = emptyModel(schema);
    expect(learn(model, [])).toBe(model);
    expect(learned(stream('a', '1', { high: 1, low: 1 }, 7, 1)).version).toBe(7);
  });
});

describe('recalibration', () => {
  it('changes nothing before it has learnt', () => {
    fc.assert(
      fc.property(fc.double({ min: -8, max: 8, noNaN: true }), (logOdds) => {
        const bent = calibrated(noCalibration(), logOdds);
        expect(bent.logOdds).toBeCloseTo(logOdds, 12);
        expect(bent.slope).toBe(1);
      }),
    );
  });

  it('learns that the model is too bold', () => {
    const belief = noCalibration();
    const next = generator(11, 'bold');
    for (let round = 0; round < 8_000; round += 1) {
      const logOdds = 6 * next() - 3;
      learnCalibration(belief, logOdds, next() < sigmoid(0.5 * logOdds));
    }
    for (const logOdds of [-2.5, -1, 1, 2.5]) expect(calibrated(belief, logOdds).logOdds).toBeCloseTo(0.5 * logOdds, 0);
  });

  it('never turns an order round, whatever its weights', () => {
    const weights = fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: 7, maxLength: 7 });
    const point = fc.double({ min: -6, max: 6, noNaN: true });
    fc.assert(
      fc.property(weights, point, point, (mean, left, right) => {
        fc.pre(right - left > 1e-6);
        const belief = { mean: Float64Array.from(mean), covariance: noCalibration().covariance };
        expect(calibrated(belief, left).logOdds).toBeLessThan(calibrated(belief, right).logOdds);
      }),
    );
  });
});

describe('beliefs', () => {
  /** The same by whole matrices. */
  const dense = (covariance: Float64Array, size: number): number[][] =>
    Array.from({ length: size }, (_, row) =>
      Array.from({ length: size }, (__, column) => covariance[diagonal(Math.max(row, column)) - Math.abs(row - column)]!),
    );

  it('moments, covariances and updates agree with whole matrices', () => {
    const belief = independent([1, 2, 3], [4, 5, 6]);
    observe(belief, covarianceWith(belief, [0, 2], new Float64Array(3)), 0.1, 0.05);
    const matrix = dense(belief.covariance, 3);
    expect(matrix[0]).toEqual([4 - 0.05 * 16, 0, -0.05 * 24]);
    expect([...belief.mean]).toEqual([1.4, 2, 3.6]);
    const { mean, variance } = sumAt(belief, [0, 2]);
    expect(mean).toBeCloseTo(5, 12);
    expect(variance).toBeCloseTo(matrix[0]![0]! + 2 * matrix[0]![2]! + matrix[2]![2]!, 12);
    const along = covarianceWith(belief, [2, 0], new Float64Array(3), [2, 0.5]);
    for (const row of [0, 1, 2]) expect(along[row]).toBeCloseTo(2 * matrix[row]![2]! + 0.5 * matrix[row]![0]!, 12);
  });

  it('what fades goes to the prior, and nothing fades in no time', () => {
    const belief = independent([1, -1], [0.5, 0.5]);
    fade(belief, 1, [0, 0], [2, 2]);
    expect([...belief.mean, ...belief.covariance]).toEqual([1, -1, 0.5, 0, 0.5]);
    fade(belief, 0, [0.25, 0], [2, 3]);
    expect([...belief.mean, ...belief.covariance]).toEqual([0.25, 0, 2, 0, 3]);
  });
});
