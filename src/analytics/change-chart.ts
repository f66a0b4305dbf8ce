/** One chart: evidence that one rate of one segment has changed, and, once it is enough, the change that stands until it is over. */
import {
  add,
  noEvidence,
  noSums,
  strength,
  sureness,
  weigh,
  weighReturn,
  type Direction,
  type Evidence,
  type Seen,
  type Sums,
} from './change-detector.ts';
import type { Cells } from './change-reference.ts';

/** A change that was found and is not over. Changed in place. */
export interface Standing {
  readonly direction: Direction;
  readonly raisedMs: number;
  /** The rate before, and of how many. */
  readonly before: number;
  readonly beforeN: number;
  /** By how much the odds had changed when it was found. */
  readonly factor: number;
  readonly sure: number;
  /** Since the change began, as far as that can be told. */
  readonly sums: Sums;
  /** Shiryaev-Roberts sum for "it is as it was". */
  back: number;
  /** What was seen since it was found: the new reference, should it last. */
  readonly fresh: Cells;
}

/** Changed in place. */
export interface Chart {
  evidence: Partial<Record<Direction, Evidence>>;
  /** The last outcomes, older ones fading: sums of outcomes, of what was likely, and of squared differences. */
  recent: [outcome: number, likely: number, square: number];
  standing: Standing | null;
}

/** How much evidence raises an alarm, by direction: at most one false alarm in so many outcomes. A direction that is not named is not followed. */
export type Limits = Readonly<Partial<Record<Direction, number>>>;

/** Outcomes after which one counts a third in `recent`. */
const RECENT = 150;
/** Evidence that ends an alarm; a wrong end costs less than a wrong alarm. */
const BACK = 1_000;
/** What was found is larger than what is, since it was found when it was largest; a return is told apart from so much of it, in log-odds. */
const LASTING = 0.5;
const MOST_FACTOR = 8;
/** The least change of the odds a return is told apart from. */
const LEAST_FACTOR = 1.25;

export function newChart(): Chart {
  return { evidence: {}, recent: [0, 0, 0], standing: null };
}

/** Takes in an outcome; returns true when it raised an alarm. `before` tells the rate so far when asked. */
export function step(chart: Chart, seen: Seen, slack: number, limits: Limits, before: () => { readonly n: number; readonly rate: number }): boolean {
  const { recent } = chart;
  const keep = 1 - 1 / RECENT;
  recent[0] = recent[0] * keep + seen.outcome;
  recent[1] = recent[1] * keep + seen.likely;
  recent[2] = recent[2] * keep * keep + (seen.outcome - seen.likely) ** 2;
  for (const direction of ['down', 'up'] as const) {
    const limit = limits[direction];
    if (limit === undefined) continue;
    const evidence = (chart.evidence[direction] ??= noEvidence());
    weigh(evidence, direction, seen, slack);
    if (strength(evidence) < limit) continue;
    const { n, rate } = before();
    chart.standing = {
      direction,
      raisedMs: seen.atMs,
      before: rate,
      beforeN: n,
      factor: factorOf(direction, evidence.sums),
      sure: sureness(evidence),
      sums: evidence.sums.n === 0 ? noSums() : evidence.sums,
      back: 0,
      fresh: {},
    };
    chart.evidence = {};
    return true;
  }
  return false;
}

/** Takes in an outcome while a change stands; returns true when things are as they were again, and then it stands no more. */
export function stepStanding(chart: Chart, standing: Standing, seen: Seen): boolean {
  add(standing.sums, seen);
  standing.back = weighReturn(standing.back, seen, standing.factor);
  if (standing.back < BACK) return false;
  chart.standing = null;
  return true;
}

/** By how much the odds have changed, within what a return can be told apart from. */
function factorOf(direction: Direction, { n, x, e }: Sums): number {
  const odds = (sum: number): number => (sum + 0.5) / (n - sum + 0.5);
  const ratio = odds(x) / odds(e);
  const size = Math.min(MOST_FACTOR, Math.max(LEAST_FACTOR, (direction === 'down' ? 1 / ratio : ratio) ** LASTING));
  return direction === 'down' ? 1 / size : size;
}
