/** From a model to likelihoods: the shared part of an application once, then each funder by its own few weights. */
import type { Likelihood } from '../../domain/plan.ts';
import { calibrated, moderated, sigmoid } from './calibration.ts';
import { sumAt } from './gaussian.ts';
import type { Moments } from './gaussian.ts';
import { keptAfter, ownPrior, SETTINGS } from './model.ts';
import type { Model } from './model.ts';
import type { Encoded } from './schema.ts';

/** A funder as the model sees it: who, and what kind (`encodeKind`), by which a funder that is not known yet is judged as its peers are. */
export interface Asked {
  readonly funderId: string;
  readonly kind: Int32Array;
}

/** What is believed of one funder's answer. */
export interface Prediction {
  /** Probability of an approval. */
  readonly p: number;
  /** Variance of the log-odds, recalibrated: all that is not known. */
  readonly variance: number;
  /** Its part that concerns this funder alone. What is not known of the application moves every funder alike, and teaches no order. */
  readonly ownVariance: number;
  /** The model's own log-odds before recalibration. */
  readonly raw: number;
}

/** Beyond these log-odds (one in eleven hundred) no amount of evidence is believed. */
const EDGE = 7;
const LEAST_VARIANCE = 1e-6;

/**
 * Predictions for one application at `atMs`. The returned function costs O(k^2) for k levels that are per funder, whatever the number of
 * funders; funders that are asked about with the same `kind` (the same array) share the rest.
 */
export function predictor(model: Model, levels: Encoded, atMs: number): (asked: Asked) => Prediction {
  const prior = ownPrior(model.schema).variance;
  let spread = 0;
  for (const at of levels.own) spread += prior[at]!;
  const ofKind = new Map<Int32Array, Moments>();
  return ({ funderId, kind }) => {
    let shared = ofKind.get(kind);
    if (shared === undefined) ofKind.set(kind, (shared = sumAt(model.shared, joined(levels.shared, kind))));
    const own = model.funders.get(funderId);
    if (own === undefined) return predictionOf(model, shared, { mean: 0, variance: spread });
    const now = sumAt(own.belief, levels.own);
    const kept = keptAfter(Math.max(0, atMs - own.atMs), SETTINGS.ownRate);
    return predictionOf(model, shared, { mean: kept * now.mean, variance: kept * kept * now.variance + (1 - kept * kept) * spread });
  };
}

function joined(left: Int32Array, right: Int32Array): Int32Array {
  if (right.length === 0) return left;
  const all = new Int32Array(left.length + right.length);
  all.set(left);
  all.set(right, left.length);
  return all;
}

/**
 * How much of the variance exploration acts on. Drawing from a narrowed posterior costs less than from the whole one (Chapelle and Li, 2011;
 * in eval:drift a third of the regret, a tenth where outcomes are late), above all because a Beta's log-odds have a long tail upwards.
 */
const NARROWED = 0.5;

/**
 * The prediction as the Beta that routing draws from: the same mean, and log-odds that vary by a half of what is not known of this funder.
 * The variance of a Beta's log-odds is the sum of trigamma(alpha) and trigamma(beta), here by 1/x + 1/(2 x^2), which leaves a quadratic
 * in 1/(alpha + beta).
 */
export function betaOf({ p, ownVariance }: Prediction): Likelihood {
  const variance = NARROWED * ownVariance;
  const first = 1 / p + 1 / (1 - p);
  const second = (1 / (p * p) + 1 / ((1 - p) * (1 - p))) / 2;
  const strength = (first + Math.sqrt(first * first + 4 * second * variance)) / (2 * variance);
  return { alpha: strength * p, beta: strength * (1 - p) };
}

function predictionOf(model: Model, shared: Moments, own: Moments): Prediction {
  const raw = moderated(shared.mean + own.mean, shared.variance + own.variance).logOdds;
  const bent = calibrated(model.calibration, raw);
  const stretch = bent.slope * bent.slope;
  return {
    p: sigmoid(Math.min(EDGE, Math.max(-EDGE, bent.logOdds))),
    variance: stretch * (shared.variance + own.variance),
    ownVariance: Math.max(LEAST_VARIANCE, stretch * own.variance),
    raw,
  };
}
