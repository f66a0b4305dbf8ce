/**
 * The likelihood model: logistic regression whose weights are beliefs. The log-odds of an approval are a sum of shared weights (the
 * application's levels and the funder's kind) and of the funder's own departures (its intercept and its crosses). In: decided attempts
 * with the levels they were decided on, in the order they arrive. Out: a new model; the old one is never changed, so a decision that is
 * rolled back leaves no trace. It must not see an applicant, read a clock or draw luck. docs/likelihood.md
 */
import { learnCalibration, moderated, noCalibration } from './calibration.ts';
import { copyGaussian, covarianceWith, fade, independent, observe } from './gaussian.ts';
import type { Gaussian } from './gaussian.ts';
import type { Encoded, Schema } from './schema.ts';

/** A funder's belief and when it was last brought up to date, milliseconds since the epoch. */
export interface Own {
  readonly belief: Gaussian;
  readonly atMs: number;
}

/** A model state. */
export interface Model {
  readonly schema: Schema;
  /** Outcomes learnt. */
  readonly version: number;
  readonly shared: Gaussian;
  readonly sharedAtMs: number;
  readonly funders: ReadonlyMap<string, Own>;
  readonly calibration: Gaussian;
}

/** One decided attempt. */
export interface Decided {
  readonly funderId: string;
  /** Levels when the decision was made, the funder's kind among them. */
  readonly levels: Encoded;
  readonly approved: boolean;
  /** When the outcome arrived, milliseconds since the epoch. */
  readonly atMs: number;
  /** How much it says, 1 for an ordinary outcome; see `weightAfterDeclines`. At most 10 counts. */
  readonly weight: number;
}

/** Variances of the prior, in log-odds squared, and the pace of forgetting. Chosen by cross-validation: docs/likelihood.md. */
export const SETTINGS = {
  sharedIntercept: 4,
  shared: 0.05,
  kind: 0.5,
  ownIntercept: 0.5,
  own: 0.1,
  /** Share of the distance from the prior that is lost, per year (as a rate). */
  sharedRate: 0.02,
  ownRate: 0.1,
  /** What each outcome of a funder adds to the variance of its intercept: its answers may have moved since the last. */
  perOutcome: 0.0003,
  /** Log-odds of an approval where nothing is known: a fifth. */
  start: Math.log(0.2 / 0.8),
  /** The model's word is taken for recalibration only where it was this sure (variance of the log-odds). */
  sureEnough: 0.5,
} as const;

const DAY_MS = 86_400_000;
const YEAR_MS = 365.25 * DAY_MS;
const HEAVIEST = 10;

/** A model that has learnt nothing. */
export function emptyModel(schema: Schema): Model {
  const prior = sharedPrior(schema);
  return {
    schema,
    version: 0,
    shared: independent(prior.mean, prior.variance),
    sharedAtMs: 0,
    funders: new Map(),
    calibration: noCalibration(),
  };
}

/** The model after more outcomes, in this order; how they are cut into calls makes no difference, to the last bit. */
export function learn(model: Model, outcomes: readonly Decided[]): Model {
  if (outcomes.length === 0) return model;
  const priors = { shared: sharedPrior(model.schema), own: ownPrior(model.schema) };
  const shared = copyGaussian(model.shared);
  const calibration = copyGaussian(model.calibration);
  const funders = new Map(model.funders);
  const copied = new Map<string, Gaussian>();
  const scratch = { shared: new Float64Array(model.schema.sharedSize), own: new Float64Array(model.schema.ownSize) };
  let sharedAtMs = model.sharedAtMs;
  for (const outcome of outcomes) {
    const { funderId, atMs, levels } = outcome;
    // Once a day is enough for weights that move this slowly, and it costs as much as learning.
    if (atMs - sharedAtMs >= DAY_MS) {
      fade(shared, keptAfter(atMs - sharedAtMs, SETTINGS.sharedRate), priors.shared.mean, priors.shared.variance);
      sharedAtMs = atMs;
    }
    const known = funders.get(funderId);
    let own = copied.get(funderId);
    if (own === undefined) {
      own = known === undefined ? independent(priors.own.mean, priors.own.variance) : copyGaussian(known.belief);
      copied.set(funderId, own);
    }
    const since = known === undefined ? 0 : atMs - known.atMs;
    if (since > 0) fade(own, keptAfter(since, SETTINGS.ownRate), priors.own.mean, priors.own.variance);
    funders.set(funderId, { belief: own, atMs: known === undefined ? atMs : Math.max(atMs, known.atMs) });
    teach(shared, own, calibration, levels, outcome, scratch);
  }
  return { schema: model.schema, version: model.version + outcomes.length, shared, sharedAtMs, funders, calibration };
}

/**
 * The weight of an outcome that was asked after declines of the same application: the ratio of its probability without and with what those
 * declines had taught, so that what is learnt stays the likelihood before any decline. `prior` and `mean` are the plan step's.
 */
export function weightAfterDeclines(approved: boolean, prior: number, mean: number): number {
  const ratio = approved ? prior / mean : (1 - prior) / (1 - mean);
  return Number.isFinite(ratio) ? Math.min(HEAVIEST, Math.max(1 / HEAVIEST, ratio)) : 1;
}

/** What is left of a departure after a time, at a rate per year. */
export function keptAfter(durationMs: number, rate: number): number {
  return Math.exp((-rate * durationMs) / YEAR_MS);
}

function sharedPrior(schema: Schema): { readonly mean: Float64Array; readonly variance: Float64Array } {
  const mean = new Float64Array(schema.sharedSize);
  const variance = new Float64Array(schema.sharedSize).fill(SETTINGS.shared);
  for (const { name, of } of schema.features) {
    if (of === 'kind') for (const at of schema.places.get(name)!.values()) variance[at.shared] = SETTINGS.kind;
  }
  mean[0] = SETTINGS.start;
  variance[0] = SETTINGS.sharedIntercept;
  return { mean, variance };
}

export function ownPrior(schema: Schema): { readonly mean: Float64Array; readonly variance: Float64Array } {
  const variance = new Float64Array(schema.ownSize).fill(SETTINGS.own);
  variance[0] = SETTINGS.ownIntercept;
  return { mean: new Float64Array(schema.ownSize), variance };
}

/** One assumed-density step for both beliefs, which are taken as independent of each other; several for a heavy outcome, none heavier than 1, which keeps the covariance positive. */
function teach(
  shared: Gaussian,
  own: Gaussian,
  calibration: Gaussian,
  levels: Encoded,
  { approved, weight }: Decided,
  scratch: { readonly shared: Float64Array; readonly own: Float64Array },
): void {
  let left = Math.min(HEAVIEST, weight);
  for (let first = true; left > 0; first = false, left -= 1) {
    const part = Math.min(1, left);
    const alongShared = covarianceWith(shared, levels.shared, scratch.shared);
    const alongOwn = covarianceWith(own, levels.own, scratch.own);
    const mean = total(shared.mean, levels.shared) + total(own.mean, levels.own);
    const variance = total(alongShared, levels.shared) + total(alongOwn, levels.own);
    const said = moderated(mean, variance);
    if (first && variance < SETTINGS.sureEnough) learnCalibration(calibration, said.logOdds, approved);
    observe(shared, alongShared, part * said.gradient(approved), part * said.curvature);
    observe(own, alongOwn, part * said.gradient(approved), part * said.curvature);
  }
  own.covariance[0]! += SETTINGS.perOutcome;
}

function total(of: Float64Array, at: Int32Array): number {
  let sum = 0;
  for (let index = 0; index < at.length; index += 1) sum += of[at[index]!]!;
  return sum;
}
