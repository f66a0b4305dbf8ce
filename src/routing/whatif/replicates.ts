/**
 * What might as well have been: in each replicate other borrowers are drawn, and with them other answers, from which the likelihoods are
 * recalibrated anew. One step from the fit at hand serves for each. Where hardly anything was seen, the prior is drawn instead, so
 * that not knowing a funder makes the interval wide and not narrow.
 */
import type { Cases } from './columns.ts';
import { PARTS, hold, partVariances, priorsOf, sigmaOf, type Calibration } from './recalibrate.ts';
import { solve } from './spd.ts';
import { drawnTimes, normals } from './weights.ts';

export interface Replicates {
  readonly count: number;
  /** Departures from the calibration: replicate by funder by part. */
  readonly parts: Float32Array;
  /** Departures of the spread of the quality. */
  readonly sigma: Float64Array;
  /** Share of borrowers who stay after a refusal, by replicate; the last is that of all as they were. */
  readonly stay: Float64Array;
}

/** Share that stays when nothing was seen, and the weight of that belief in refusals. */
const STAY = { share: 0.95, weight: 2 } as const;

/** Applications of one slice. */
const SLICE = 128;

/** In slices: whoever takes them may do other work in between. */
export function* drawReplicates(cases: Cases, at: Calibration, count: number, seed: number): Generator<void, Replicates> {
  const size = at.values.length;
  const scores = new Float64Array(count * size);
  const [stayed, left] = [new Float64Array(count + 1), new Float64Array(count + 1)];
  for (let index = 0; index < cases.count; index += 1) {
    if (index % SLICE === 0) yield;
    const held = hold(cases, index, at);
    const borrower = cases.borrower.at(index);
    const [stays, leaves] = [cases.stayed.at(index), cases.left.at(index)];
    stayed[count]! += stays;
    left[count]! += leaves;
    if (held.length === 0 && stays + leaves === 0) continue;
    const places = held.flatMap((one) => one.at);
    const steps = Float64Array.from(held.flatMap((one) => one.by.map((by) => by * one.surprise)));
    for (let replicate = 0; replicate < count; replicate += 1) {
      const times = drawnTimes(borrower, replicate, seed);
      stayed[replicate]! += times * stays;
      left[replicate]! += times * leaves;
      if (times === 1) continue;
      for (let step = 0; step < steps.length; step += 1) scores[replicate * size + places[step]!]! += (times - 1) * steps[step]!;
    }
  }
  return {
    count,
    ...(yield* departures(scores, at, count, seed)),
    stay: stayed.map((stays, replicate) => (stays + STAY.weight * STAY.share) / (stays + left[replicate]! + STAY.weight)),
  };
}

function* departures(scores: Float64Array, at: Calibration, count: number, seed: number): Generator<void, Pick<Replicates, 'parts' | 'sigma'>> {
  const size = at.values.length;
  const funders = at.places.length;
  const parts = new Float32Array(count * funders * PARTS);
  const sigma = new Float64Array(count);
  const priors = priorsOf(at, size);
  const normal = normals(seed, 'prior');
  for (let replicate = 0; replicate < count; replicate += 1) {
    yield;
    const right = Float64Array.from(priors, ({ variance }, place) => scores[replicate * size + place]! + normal() / Math.sqrt(variance));
    const moved = solve(at.lower, size, right);
    // As large as what those that were asked are off by in common, in either direction: being asked is to be thought too well of.
    const unseen = normal() * (at.values[size - 2]! + moved[size - 2]!);
    at.places.forEach((place, funder) => {
      const to = (replicate * funders + funder) * PARTS;
      if (place >= 0) {
        parts.set(moved.subarray(place * PARTS, (place + 1) * PARTS), to);
        parts[to]! += moved[size - 2]!;
        return;
      }
      // Nothing was seen of it: it may be off as any may, and together with the others of which nothing was seen.
      partVariances(at, funder).forEach((variance, part) => (parts[to + part] = normal() * Math.sqrt(variance)));
      parts[to]! += unseen;
    });
    const now = sigmaOf(at);
    sigma[replicate] = Math.max(-now, Math.min(now, moved[size - 1]!));
  }
  return { parts, sigma };
}

/** By how much a replicate moves the log-odds of a funder's likelihood. */
export function departure({ parts }: Replicates, funders: number, replicate: number, funder: number, band: number, lean: number): number {
  const from = (replicate * funders + funder) * PARTS;
  return parts[from]! + parts[from + 1]! * lean + parts[from + 2 + band]!;
}
