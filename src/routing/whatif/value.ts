/** Values the ways of all applications: once as they are, and once in every replicate. */
import { APPROVED, DECLINED, MODELLED, type Cases } from './columns.ts';
import type { FunderIndex } from './funder-index.ts';
import { Belief, judge } from './quality.ts';
import { leaning, recalibrated, sigmaOf, type Calibration } from './recalibrate.ts';
import { departure, type Replicates } from './replicates.ts';
import { drawnTimes } from './weights.ts';

/** What is summed of a way, in this order; then for each funder how often it is asked, and how often it approves. */
export const FIGURES = [
  'approvals',
  'approvals_observed',
  'revenue',
  'revenue_observed',
  'cost',
  'attempts',
  'asked',
  'asked_observed',
  'steering',
] as const;
export type FigureName = (typeof FIGURES)[number];
const AT = Object.fromEntries(FIGURES.map((name, at) => [name, at])) as Record<FigureName, number>;

/** One stop, ready to be valued many times. */
export interface ReadyStop {
  readonly funder: number;
  readonly answer: number;
  readonly together: boolean;
  readonly stays: boolean;
  readonly counts: boolean;
  readonly commissionFen: number;
  readonly costFen: number;
  /** Log-odds of approval after all that is known of the borrower, and what they move by with each judge met so far (in that order) and with the spread. */
  readonly logit: number;
  readonly by: Float64Array;
  readonly bySigma: number;
}

/** A way, ready to be valued: its stops, and the judges that its likelihoods depend on. */
interface ReadyWay {
  readonly stops: readonly ReadyStop[];
  readonly judges: readonly { readonly funder: number; readonly lean: number }[];
  readonly modelled: boolean;
}

/** Sums over the applications: replicate by way (active, candidate) by figure; replicate `count` is the applications as they are. */
export interface Sums {
  readonly weights: Float64Array;
  readonly figures: Float64Array;
  readonly width: number;
}

/** Applications that are valued in one slice. */
const SLICE = 32;

/** In slices: whoever takes them may do other work in between. */
export function* sumUp(cases: Cases, calibration: Calibration, replicates: Replicates, index: FunderIndex, seed: number): Generator<void, Sums> {
  const { count } = replicates;
  const width = FIGURES.length + 2 * index.ids.length;
  const weights = new Float64Array(count + 1);
  const figures = new Float64Array((count + 1) * 2 * width);
  const moves = new Float64Array(MOST_JUDGES);
  for (let one = 0; one < cases.count; one += 1) {
    if (one % SLICE === 0) yield;
    const ways = [1, 2].map((way) => ready(cases, one, way, calibration, index));
    const [borrower, band] = [cases.borrower.at(one), cases.band.at(one)];
    for (let replicate = 0; replicate <= count; replicate += 1) {
      const times = replicate === count ? 1 : drawnTimes(borrower, replicate, seed);
      if (times === 0) continue;
      weights[replicate]! += times;
      ways.forEach((way, at) => {
        const from = (replicate * 2 + at) * width;
        const exact = replicate === count || !way.modelled;
        way.judges.forEach(({ funder, lean }, place) => {
          moves[place] = exact ? 0 : departure(replicates, index.ids.length, replicate, funder, band, lean);
        });
        addWay(figures, from, way.stops, times, replicates.stay[replicate]!, moves, exact ? 0 : replicates.sigma[replicate]!, index.ids.length);
        figures[from + AT.steering]! += times * cases.steering[at]!.at(one);
      });
    }
  }
  return { weights, figures, width };
}

/** More than a log and a way of the longest policy can hold: 50 attempts each. */
const MOST_JUDGES = 512;

/** The stops of a way with their likelihoods, given every answer in the log and the declines on the way: who was approved elsewhere is a better borrower than the average. */
function ready(cases: Cases, one: number, way: number, at: Calibration, index: FunderIndex): ReadyWay {
  const [band, amountFen, sigma] = [cases.band.at(one), cases.amount.at(one), sigmaOf(at)];
  const judges: { funder: number; lean: number }[] = [];
  const stops: ReadyStop[] = [];
  let belief: Belief | null = null;
  const meet = (stop: number) => {
    const [funder, logit] = [cases.funder.at(stop), cases.logit.at(stop)];
    judges.push({ funder, lean: leaning(at, funder, band, logit) });
    return judge(recalibrated(at, funder, band, logit), sigma);
  };
  const know = (): Belief => {
    const made = new Belief();
    for (let stop = cases.from(one, 0); stop < cases.to(one, 0); stop += 1) {
      const answer = cases.answer.at(stop);
      if (answer === APPROVED || answer === DECLINED) made.learn(meet(stop), answer === APPROVED);
    }
    return made;
  };
  for (let stop = cases.from(one, way); stop < cases.to(one, way); stop += 1) {
    const [funder, answer] = [cases.funder.at(stop), cases.answer.at(stop)];
    let likely: Pick<ReadyStop, 'logit' | 'by' | 'bySigma'> = CERTAIN;
    if (answer === MODELLED) {
      belief ??= know();
      const by = meet(stop);
      const { p, own, before, sigma: bySigma } = belief.next(by);
      const scale = 1 / (p * (1 - p));
      likely = { logit: Math.log(p / (1 - p)), by: Float64Array.from([...before, own], (each) => each * scale), bySigma: bySigma * scale };
      belief.learn(by, false);
    }
    stops.push({
      funder,
      answer,
      together: cases.together.at(stop) === 1,
      stays: cases.stays.at(stop) === 1,
      counts: cases.counts.at(stop) === 1,
      commissionFen: index.commissionFen(funder, amountFen),
      costFen: index.attemptCostFen(funder),
      ...likely,
    });
  }
  return { stops, judges, modelled: belief !== null };
}

const CERTAIN = { logit: 0, by: new Float64Array(0), bySigma: 0 } as const;

/** Follows the way to the first approval. Those asked together are all asked, and the first of them that approves wins. */
function addWay(
  sums: Float64Array,
  from: number,
  stops: readonly ReadyStop[],
  times: number,
  stay: number,
  moves: Float64Array,
  sigma: number,
  funders: number,
): void {
  const byFunder = from + FIGURES.length;
  let [reach, asked] = [times, times];
  for (let place = 0; place < stops.length; place += 1) {
    const stop = stops[place]!;
    if (!stop.together) {
      if (place > 0 && !stop.stays) reach *= stay;
      asked = reach;
    }
    const known = stop.answer !== MODELLED;
    const p = known ? (stop.answer === APPROVED ? 1 : 0) : likelihoodOf(stop, moves, sigma);
    const won = reach * p;
    sums[from + AT.approvals]! += won;
    sums[from + AT.revenue]! += won * stop.commissionFen;
    sums[from + AT.asked]! += asked;
    if (known) {
      sums[from + AT.approvals_observed]! += won;
      sums[from + AT.revenue_observed]! += won * stop.commissionFen;
      sums[from + AT.asked_observed]! += asked;
    }
    if (stop.counts) {
      sums[from + AT.attempts]! += asked;
      sums[from + AT.cost]! += asked * stop.costFen;
    }
    sums[byFunder + stop.funder]! += asked;
    sums[byFunder + funders + stop.funder]! += won;
    reach -= won;
  }
}

function likelihoodOf({ logit, by, bySigma }: ReadyStop, moves: Float64Array, sigma: number): number {
  let moved = logit + bySigma * sigma;
  for (let place = 0; place < by.length; place += 1) moved += by[place]! * moves[place]!;
  return 1 / (1 + Math.exp(-moved));
}
