/**
 * Holds the stored likelihoods against what the funders answered, and says by how much each is off and how surely that is known. In log-odds:
 * the stored one, plus a shift of the funder, plus a shift of the funder in a band, plus a slope; all shrunk, the more the less was seen. The
 * spread of the borrower's quality is found together with them: funders that are only asked after others have declined would otherwise seem
 * stricter, or more lenient, than they are.
 */
import { BANDS } from '../band.ts';
import { LARGEST_SIGMA, LATENT_SIGMA } from '../latent.ts';
import { APPROVED, DECLINED, type Cases } from './columns.ts';
import { Belief, judge } from './quality.ts';
import { factor, solve } from './spd.ts';

/** Shift, slope, and a shift in each band. */
export const PARTS = 2 + BANDS.length;
/** The system to be solved grows with the funders; of more than these, those asked least keep their stored likelihoods. */
const MOST_FUNDERS = 120;
const ROUNDS = 7;
/** The rounds before the last two look at so many applications, evenly taken: they need only come near. */
const FIRST_LOOK = 12_000;
const FULL_ROUNDS = 2;
/** Applications of one slice. */
const SLICE = 256;
/** What is believed of spreads before anything is seen, log-odds, and the weight of that belief in funders or cells. */
const BELIEF = { funder: { spread: 0.5, weight: 4 }, cell: { spread: 0.3, weight: 8 }, slope: 0.5, common: 0.5, sigma: 1 } as const;
const SMALLEST_SIGMA = 0.2;
const REACH = 3;
const MOST_STEP = 1;

export interface Spread {
  readonly funder: number;
  readonly cell: number;
}

/** How far stored likelihoods are off, as found; and what a replicate needs to draw how far they might be off as well. */
export interface Calibration {
  /** By place and part; then what is common to all that were asked, and the spread of the quality. */
  readonly values: Float64Array;
  /** Place of each funder among the parts; -1 when it was never asked, or is beyond the most that are looked at. */
  readonly places: readonly number[];
  /** Mean of the stored log-odds of the answers of each funder in each band: where the slope turns. */
  readonly centres: Float64Array;
  readonly spread: Spread;
  /** By funder and band: the variance that the stored likelihoods gave themselves, log-odds; the mean over the bands where none was stored. */
  readonly doubts: Float64Array;
  /** Cholesky factor of the information, prior included. */
  readonly lower: Float64Array;
  readonly answers: number;
}

/** `sigma`: the spread of the latent quality that the plans were made with. In slices: whoever takes them may do other work in between. */
export function* recalibrate(cases: Cases, funders: number, sigma: number): Generator<void, Calibration> {
  const { places, centres, used } = askedFunders(cases, funders);
  const values = new Float64Array(used * PARTS + 2);
  values[values.length - 1] = bounded(sigma);
  const spread = { funder: BELIEF.funder.spread, cell: BELIEF.cell.spread };
  let at: Calibration = { values, places, centres, spread, doubts: doubtsOf(cases, funders), lower: new Float64Array(0), answers: 0 };
  for (let round = 0; round < ROUNDS; round += 1) {
    const every = round < ROUNDS - FULL_ROUNDS ? Math.max(1, Math.floor(cases.count / FIRST_LOOK)) : 1;
    at = yield* improved(cases, at, every);
  }
  return at;
}

export function sigmaOf({ values }: Calibration): number {
  return values[values.length - 1]!;
}

/** The recalibrated log-odds of a stored likelihood of this funder in this band. One that was never asked stays as it is: those asked were asked because they were thought well of, so their faults are not its. */
export function recalibrated(at: Calibration, funder: number, band: number, logit: number): number {
  const { values, places } = at;
  if (places[funder]! < 0) return logit;
  const from = places[funder]! * PARTS;
  return logit + values[values.length - 2]! + values[from]! + values[from + 1]! * leaning(at, funder, band, logit) + values[from + 2 + band]!;
}

/** The stored log-odds as the slope sees it; 0 where there is nothing to compare it with. */
export function leaning({ centres }: Pick<Calibration, 'centres'>, funder: number, band: number, logit: number): number {
  const centre = centres[funder * BANDS.length + band]!;
  return Number.isNaN(centre) ? 0 : Math.max(-REACH, Math.min(REACH, logit - centre));
}

/** An answer held against what was expected: the numbers it depends on, the derivatives in them, and how surprising it was. */
export interface Held {
  /** Places among the values, and the derivative of the likelihood in each. */
  readonly at: readonly number[];
  readonly by: readonly number[];
  /** (answer - p) / p (1 - p), and 1 / p (1 - p). */
  readonly surprise: number;
  readonly weight: number;
}

/** The answers of one application in the order they came, each held against what those before it leave. */
export function hold(cases: Cases, index: number, at: Calibration): Held[] {
  const held: Held[] = [];
  const belief = new Belief();
  const band = cases.band.at(index);
  const sigma = sigmaOf(at);
  const stops: number[] = [];
  for (let stop = cases.from(index, 0); stop < cases.to(index, 0); stop += 1) {
    const answer = cases.answer.at(stop);
    if (answer !== DECLINED && answer !== APPROVED) continue;
    const by = judge(recalibrated(at, cases.funder.at(stop), band, cases.logit.at(stop)), sigma);
    const { p, own, before, sigma: bySigma } = belief.next(by);
    stops.push(stop);
    held.push(against(cases, at, band, stops, [...before, own], bySigma, p, answer === APPROVED));
    belief.learn(by, answer === APPROVED);
  }
  return held;
}

function against(
  cases: Cases,
  at: Calibration,
  band: number,
  stops: readonly number[],
  slopes: readonly number[],
  bySigma: number,
  p: number,
  approved: boolean,
): Held {
  const places: number[] = [];
  const by: number[] = [];
  let common = 0;
  stops.forEach((stop, order) => {
    const funder = cases.funder.at(stop);
    const from = at.places[funder]! * PARTS;
    if (from < 0) return;
    common += slopes[order]!;
    places.push(from, from + 1, from + 2 + band);
    by.push(slopes[order]!, slopes[order]! * leaning(at, funder, band, cases.logit.at(stop)), slopes[order]!);
  });
  places.push(at.values.length - 2, at.values.length - 1);
  by.push(common, bySigma);
  const weight = 1 / (p * (1 - p));
  return { at: places, by, surprise: ((approved ? 1 : 0) - p) * weight, weight };
}

/** One step of Fisher scoring on each `every`-th application, then of the spreads between funders and cells. */
function* improved(cases: Cases, at: Calibration, every: number): Generator<void, Calibration> {
  const size = at.values.length;
  const right = new Float64Array(size);
  const matrix = new Float64Array(size * size);
  let answers = 0;
  for (let index = 0; index < cases.count; index += every) {
    if (index % (SLICE * every) === 0) yield;
    for (const { at: places, by, surprise, weight } of hold(cases, index, at)) {
      answers += 1;
      for (let row = 0; row < places.length; row += 1) {
        right[places[row]!]! += surprise * by[row]!;
        const scaled = weight * by[row]!;
        for (let column = 0; column < places.length; column += 1) matrix[places[row]! * size + places[column]!]! += scaled * by[column]!;
      }
    }
  }
  priorsOf(at, size).forEach(({ mean, variance }, place) => {
    matrix[place * size + place]! += 1 / variance;
    right[place]! -= (at.values[place]! - mean) / variance;
  });
  const lower = factor(matrix, size);
  const steps = solve(lower, size, right);
  const values = at.values.map((value, place) => value + Math.max(-MOST_STEP, Math.min(MOST_STEP, steps[place]!)));
  values[size - 1] = bounded(values[size - 1]!);
  return { ...at, values, lower, answers, spread: spreadOf(at, values, matrix) };
}

/** What is believed of the values before anything is seen. */
export function priorsOf(at: Calibration, size: number): { readonly mean: number; readonly variance: number }[] {
  const priors = Array.from({ length: size }, () => ({ mean: 0, variance: 0 }));
  at.places.forEach((place, funder) => {
    if (place < 0) return;
    partVariances(at, funder).forEach((variance, part) => (priors[place * PARTS + part] = { mean: 0, variance }));
  });
  priors[size - 2] = { mean: 0, variance: BELIEF.common ** 2 };
  priors[size - 1] = { mean: LATENT_SIGMA, variance: BELIEF.sigma ** 2 };
  return priors;
}

/**
 * How far the parts of a funder may be off: as much as others are found to be, and as much as its stored likelihoods said themselves. What
 * they were unsure of in every band alike is taken for one fault of all bands, which does not average out.
 */
export function partVariances({ doubts, spread }: Pick<Calibration, 'doubts' | 'spread'>, funder: number): number[] {
  const own = BANDS.map((_, band) => doubts[funder * BANDS.length + band]!);
  const common = Math.min(...own);
  return [spread.funder ** 2 + common, BELIEF.slope ** 2, ...own.map((doubt) => spread.cell ** 2 + doubt - common)];
}

/**
 * Empirical Bayes, one step: what is off by the stored likelihoods' own account is told apart from what is off beyond it by the share that either
 * has in the variance believed so far.
 */
function spreadOf(at: Calibration, values: Float64Array, matrix: Float64Array): Spread {
  const size = values.length;
  let [own, cells] = [0, 0];
  at.places.forEach((place, funder) => {
    if (place < 0) return;
    const from = place * PARTS;
    const block = Float64Array.from(
      { length: PARTS * PARTS },
      (_, spot) => matrix[(from + Math.floor(spot / PARTS)) * size + from + (spot % PARTS)]!,
    );
    const lower = factor(block, PARTS);
    partVariances(at, funder).forEach((variance, part) => {
      if (part === 1) return;
      const unit = Float64Array.from({ length: PARTS }, (_, spot) => (spot === part ? 1 : 0));
      const square = values[from + part]! ** 2 + solve(lower, PARTS, unit)[part]!;
      const beyond = (part === 0 ? at.spread.funder : at.spread.cell) ** 2;
      const share = beyond / variance;
      const found = share ** 2 * square + share * (variance - beyond);
      if (part === 0) own += found;
      else cells += found;
    });
  });
  const funders = (size - 2) / PARTS;
  const blended = (sum: number, count: number, { spread, weight }: { spread: number; weight: number }): number =>
    Math.sqrt((sum + weight * spread ** 2) / (count + weight));
  return { funder: blended(own, funders, BELIEF.funder), cell: blended(cells, funders * BANDS.length, BELIEF.cell) };
}

function doubtsOf({ doubt, doubted }: Cases, funders: number): Float64Array {
  const doubts = new Float64Array(doubt.length);
  for (let funder = 0; funder < funders; funder += 1) {
    const cells = BANDS.map((_, band) => funder * BANDS.length + band);
    const known = cells.filter((cell) => doubted[cell]! > 0).map((cell) => doubt[cell]! / doubted[cell]!);
    const mean = known.length === 0 ? 1 : known.reduce((sum, one) => sum + one, 0) / known.length;
    for (const cell of cells) doubts[cell] = doubted[cell]! > 0 ? doubt[cell]! / doubted[cell]! : mean;
  }
  return doubts;
}

function askedFunders(cases: Cases, funders: number): Pick<Calibration, 'places' | 'centres'> & { readonly used: number } {
  const [sums, counts] = [new Float64Array(funders * BANDS.length), new Float64Array(funders * BANDS.length)];
  const asked = new Float64Array(funders);
  for (let index = 0; index < cases.count; index += 1) {
    for (let stop = cases.from(index, 0); stop < cases.to(index, 0); stop += 1) {
      const answer = cases.answer.at(stop);
      if (answer !== DECLINED && answer !== APPROVED) continue;
      const cell = cases.funder.at(stop) * BANDS.length + cases.band.at(index);
      sums[cell]! += cases.logit.at(stop);
      counts[cell]! += 1;
      asked[cases.funder.at(stop)]! += 1;
    }
  }
  const most = [...asked.keys()].filter((funder) => asked[funder]! > 0).toSorted((left, right) => asked[right]! - asked[left]! || left - right);
  const places = Array.from({ length: funders }, () => -1);
  most.slice(0, MOST_FUNDERS).forEach((funder, place) => (places[funder] = place));
  return { places, centres: sums.map((sum, cell) => sum / counts[cell]!), used: Math.min(most.length, MOST_FUNDERS) };
}

function bounded(sigma: number): number {
  return Math.max(SMALLEST_SIGMA, Math.min(LARGEST_SIGMA - SMALLEST_SIGMA, sigma));
}
