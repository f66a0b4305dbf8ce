/**
 * The learner of approval likelihoods. In: one decided attempt at a time (funder, tier, band, approved). Out: Beta(alpha, beta) for a funder
 * and an applicant. It keeps counts alone, no applicant; a model is a value and is never changed in place, so a decision that is rolled
 * back leaves no trace in it. A pending attempt is not an outcome: it must not be taught as a decline.
 */
import type { Facts } from '../domain/applicant.ts';
import { invariant } from '../domain/failures.ts';
import type { Funder } from '../domain/funder.ts';
import type { Likelihood } from '../domain/plan.ts';
import { BANDS, bandOf } from './band.ts';
import type { Band } from './band.ts';

/** What routing asks of any learner. A better one replaces this module behind it. */
export interface Likelihoods {
  /** The posterior over this funder's approval of an application with these facts, before any decline of it. */
  predict(funderId: string, facts: Facts): Likelihood;
  /** Changes with every outcome learnt. */
  readonly version: number;
}

/** Approvals among outcomes; not whole numbers, since outcomes fade and may be weighted. */
export interface Cell {
  readonly yes: number;
  readonly all: number;
}

/** What is known of one funder: a cell per band, and how it departs from its tier: approvals beside those its tier led to expect. */
export interface FunderCells {
  readonly bands: readonly Cell[];
  readonly whole: Cell;
  readonly expected: number;
}

/** A model state: counts per level, each level the prior of the next. Cells are in the order of `BANDS`. */
export interface LikelihoodModel {
  readonly version: number;
  /** Outcomes of a cell after which an old one counts half; null never forgets. */
  readonly halfLife: number | null;
  readonly overall: Cell;
  readonly bands: readonly Cell[];
  readonly tiers: ReadonlyMap<number, readonly Cell[]>;
  readonly funders: ReadonlyMap<string, FunderCells>;
}

/** One decided attempt. `asked` is the plan step's prior and mean when it was asked after declines of the same application. */
export interface Outcome {
  readonly funderId: string;
  readonly tier: number;
  readonly band: Band;
  readonly approved: boolean;
  readonly asked?: { readonly prior: number; readonly mean: number };
}

/** A funder approves a fifth of what it is sent: where an empty model starts. */
const FIRST_GUESS = 0.2;
/** Pseudo-counts by which a level leans on the one above it. */
const LEAN = { overall: 20, band: 10, tier: 10, funder: 5, cell: 8 } as const;
const EDGE = 0.005;
const NONE: Cell = { yes: 0, all: 0 };
const NO_CELLS: readonly Cell[] = BANDS.map(() => NONE);
const NEW_FUNDER: FunderCells = { bands: NO_CELLS, whole: NONE, expected: 0 };

/** A model that has learnt nothing. The default half-life errs to the slow side: forgetting too fast costs more than too slow. */
export function emptyModel(halfLife: number | null = 500): LikelihoodModel {
  return { version: 0, halfLife, overall: NONE, bands: NO_CELLS, tiers: new Map(), funders: new Map() };
}

/** The model as routing sees it. A funder it has never met starts as its tier's peers do in that band. */
export function likelihoodsOf(model: LikelihoodModel, funders: ReadonlyMap<string, Funder>): Likelihoods {
  const known = new Map<string, Map<Band, Likelihood>>([...funders.keys()].map((id) => [id, new Map()]));
  let of: { readonly facts: Facts; readonly band: Band } | null = null;
  return {
    version: model.version,
    predict(funderId, facts) {
      if (of?.facts !== facts) of = { facts, band: bandOf(facts) };
      const { band } = of;
      const bands = known.get(funderId);
      const tier = funders.get(funderId)?.tier;
      invariant(tier !== undefined && bands !== undefined, 'likelihood asked for a funder that is not on the desk');
      let likelihood = bands.get(band);
      if (likelihood === undefined) bands.set(band, (likelihood = predictBand(model, funderId, tier, band)));
      return likelihood;
    },
  };
}

/** The posterior for a band: its own outcomes over a prior worth 8, which is its tier's rate in that band shifted by the funder's departure from its tier. */
export function predictBand(model: LikelihoodModel, funderId: string, tier: number, band: Band): Likelihood {
  const at = BANDS.indexOf(band);
  const cells = model.funders.get(funderId);
  const peers = tierRate(model, tier, at);
  const prior = cells === undefined ? peers : shifted(peers, cells);
  const own = cells?.bands[at] ?? NONE;
  return { alpha: own.yes + LEAN.cell * prior, beta: own.all - own.yes + LEAN.cell * (1 - prior) };
}

/**
 * The model after one more outcome. Touches one cell per level; the rest is shared with the old model (the two tables of pointers are copied).
 * An outcome from people whom others have declined says less against a funder than one from anybody: it is weighted by the ratio of the
 * outcome's probability without and with those declines, so that what is learnt stays the likelihood before any decline.
 */
export function learn(model: LikelihoodModel, outcome: Outcome): LikelihoodModel {
  const at = BANDS.indexOf(outcome.band);
  const weight = weightOf(outcome);
  const keep = model.halfLife === null ? 1 : 2 ** (-1 / model.halfLife);
  const add = ({ yes, all }: Cell): Cell => ({ yes: yes * keep + (outcome.approved ? weight : 0), all: all * keep + weight });
  const addAt = (cells: readonly Cell[]): readonly Cell[] => cells.with(at, add(cells[at]!));
  const before = model.funders.get(outcome.funderId) ?? NEW_FUNDER;
  const expected = before.expected * keep + weight * tierRate(model, outcome.tier, at);
  return {
    version: model.version + 1,
    halfLife: model.halfLife,
    overall: add(model.overall),
    bands: addAt(model.bands),
    tiers: new Map(model.tiers).set(outcome.tier, addAt(model.tiers.get(outcome.tier) ?? NO_CELLS)),
    funders: new Map(model.funders).set(outcome.funderId, { bands: addAt(before.bands), whole: add(before.whole), expected }),
  };
}

function tierRate(model: LikelihoodModel, tier: number, at: number): number {
  const overall = leaning(model.overall, FIRST_GUESS, LEAN.overall);
  const band = leaning(model.bands[at]!, overall, LEAN.band);
  const cells = model.tiers.get(tier);
  return cells === undefined ? band : leaning(cells[at]!, band, LEAN.tier);
}

function leaning({ yes, all }: Cell, on: number, strength: number): number {
  return (yes + strength * on) / (all + strength);
}

/** Moves a rate by the log-odds of approvals seen over approvals expected, both held back by a few pseudo-counts. */
function shifted(rate: number, { whole, expected }: FunderCells): number {
  const odds =
    ((whole.yes + LEAN.funder) / (expected + LEAN.funder)) * ((whole.all - expected + LEAN.funder) / (whole.all - whole.yes + LEAN.funder));
  const moved = (rate * odds) / (rate * odds + 1 - rate);
  return Math.min(1 - EDGE, Math.max(EDGE, moved));
}

function weightOf({ approved, asked }: Outcome): number {
  if (asked === undefined) return 1;
  const ratio = approved ? asked.prior / asked.mean : (1 - asked.prior) / (1 - asked.mean);
  return Number.isFinite(ratio) ? Math.min(10, Math.max(0.1, ratio)) : 1;
}
