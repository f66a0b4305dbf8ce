/** A day of applications, and funders with caps and promised volumes. Everything is drawn from the seed. */
import type { Facts } from '../../src/domain/applicant.ts';
import type { Funder } from '../../src/domain/funder.ts';
import { Policy } from '../../src/domain/policy.ts';
import { generator } from '../../src/routing/draw.ts';
import type { VolumeTarget } from '../../src/routing/dual-price.ts';
import type { DayShape } from '../../src/routing/pacing.ts';
import { worthOf } from '../../src/routing/value.ts';
import type { Worth } from '../../src/routing/value.ts';
import { FACTS, benchFunder } from './plan-speed.ts';

export const ZONE = 'Asia/Shanghai';
export const DAY_MS = 86_400_000;
/** Midnight in Shanghai. */
export const MIDNIGHT_MS = Date.UTC(2026, 2, 9, 16);

export const POLICY = Policy.parse({
  id: 'pol_pacing',
  name: 'pacing',
  strategy: 'waterfall',
  max_attempts: 4,
  exploration_share: 0,
  exposure_cost_fen: 20,
});

/** Weights of the hours: quiet nights, peaks before noon and in the evening. */
export const SHAPE: DayShape = { timeZone: ZONE, hours: [2, 1, 1, 1, 1, 2, 4, 7, 10, 13, 15, 14, 12, 12, 13, 13, 12, 11, 12, 14, 16, 15, 10, 5] };

interface Lender {
  readonly funder: Funder;
  readonly a: number;
  readonly b: number;
  readonly latencyMs: number;
}

export interface Application {
  readonly atMs: number;
  readonly facts: Facts;
  /** By lender. */
  readonly likelihoods: readonly number[];
  readonly worths: readonly Worth[];
  /** A uniform number by lender: approved when it is below the likelihood. */
  readonly answers: readonly number[];
  /** A uniform number by lender: the borrower leaves after its no when it is not below d. */
  readonly restless: readonly number[];
}

/** What the funders' terms are: shares of an average day's applications. */
const LENDERS = [
  // a, b, cpa, cps, latency seconds, opening hours
  [-2.2, 1.2, 24_000, 0, 8, 0, 24],
  [-1.6, 0.6, 18_000, 0, 40, 0, 24],
  [-1.2, 1.0, 6_000, 60, 3, 0, 24],
  [-0.9, 0.4, 13_000, 0, 90, 8, 22],
  [-0.5, 0.9, 9_000, 0, 5, 0, 24],
  [-0.2, 0.5, 7_500, 0, 20, 0, 24],
  [0.2, 0.7, 5_500, 0, 12, 9, 18],
  [0.6, 0.3, 4_000, 0, 4, 0, 24],
] as const;

export const lenders: readonly Lender[] = LENDERS.map(([a, b, cpa, cps, latency, from, to], index) => ({
  funder: { ...benchFunder(`fnd_${index}`, 1 + Math.floor(index / 3), { cpa_fen: cpa, cps_bps: cps, attempt_cost_fen: 60 }), hours: [from, to] },
  a,
  b,
  latencyMs: latency * 1_000,
}));
export const funders: ReadonlyMap<string, Funder> = new Map(lenders.map(({ funder }) => [funder.id, funder]));

/**
 * Targets as shares of the day's applications (for sums: of their mean amount): two caps on submits, one of them of a funder open for part of the
 * day; a cap on approvals; a cap on the sum; a promise of submits and one of approvals, both above what the funder would get by itself.
 */
export function targetsFor(applications: number): readonly VolumeTarget[] {
  const make = (
    lender: number,
    kind: VolumeTarget['kind'],
    of: VolumeTarget['of'],
    unit: VolumeTarget['unit'],
    volume: number,
    scaleFen: number,
  ): VolumeTarget => ({
    id: `${lenders[lender]!.funder.id}/${kind}`,
    funderId: lenders[lender]!.funder.id,
    kind,
    of,
    unit,
    window: 'day',
    volume: Math.round(volume * applications),
    timeZone: ZONE,
    hours: lenders[lender]!.funder.hours,
    scaleFen,
    floorFen: kind === 'promise' ? 2 * scaleFen : 0,
  });
  return [
    make(0, 'cap', 'attempt', 'count', 0.3, 4_000),
    make(1, 'cap', 'approval', 'count', 0.06, 18_000),
    make(2, 'cap', 'attempt', 'amount_fen', 0.25 * MEAN_AMOUNT_FEN, 5_000 / MEAN_AMOUNT_FEN),
    make(3, 'cap', 'attempt', 'count', 0.15, 4_000),
    make(5, 'promise', 'attempt', 'count', 0.42, 2_500),
    make(7, 'promise', 'approval', 'count', 0.11, 4_000),
  ];
}

const MEAN_AMOUNT_FEN = 2_000_000;

/** The applications of a day, in order of arrival. Their number and the weight of each hour differ from what is expected by some percent. */
export function drawDay(expected: number, day: number, seed: number): Application[] {
  const next = generator(seed, `day ${day}`);
  const actual = Math.round(expected * (0.92 + 0.16 * next()));
  const weights = SHAPE.hours.map((weight) => weight * (0.85 + 0.3 * next()));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const times = Array.from({ length: actual }, () => {
    let [hour, left] = [0, next() * total];
    while (hour < 23 && left >= weights[hour]!) left -= weights[hour++]!;
    return MIDNIGHT_MS + day * DAY_MS + Math.floor((hour + next()) * 3_600_000);
  });
  return times.toSorted((left, right) => left - right).map((atMs) => drawApplication(atMs, next));
}

function drawApplication(atMs: number, next: () => number): Application {
  const x = Math.sqrt(-2 * Math.log(next())) * Math.cos(2 * Math.PI * next());
  const facts = { ...FACTS, amount_fen: 10_000 * Math.round(100 + 200 * next()) };
  return {
    atMs,
    facts,
    likelihoods: lenders.map(({ a, b }) => 1 / (1 + Math.exp(-(a + b * x + 0.8 * (next() - 0.5))))),
    worths: lenders.map(({ funder, latencyMs }) => worthOf(funder, POLICY, facts.amount_fen, latencyMs)),
    answers: lenders.map(next),
    restless: lenders.map(next),
  };
}
