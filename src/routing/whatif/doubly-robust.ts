/**
 * A second opinion on the difference, for which the model need not be right. Exploration made the order of some applications partly luck, and
 * the chance of the order that came about can be worked out. An application that went the candidate's way by luck then speaks for those
 * that did not: the model's value of each is corrected by what the logged ones turned out to be worth beyond it (Jiang and Li, Doubly
 * Robust Off-policy Value Evaluation, 2016, over the steps of a waterfall).
 */
import type { DoublyRobust, DoublyRobustRefusal } from '../../domain/simulation.ts';
import type { Policy } from '../../domain/policy.ts';
import { BANDS, bandOf } from '../band.ts';
import { betaMean } from '../beta.ts';
import type { FunderIndex } from './funder-index.ts';
import { hashOf, logOdds } from './collect.ts';
import { Belief, judge } from './quality.ts';
import { recalibrated, sigmaOf, type Calibration } from './recalibrate.ts';
import type { StoredCase } from './stored-case.ts';
import { quantile } from './summarise.ts';
import { walk, type Funders } from './walk.ts';
import { drawnTimes } from './weights.ts';

/** Applications that are looked at: each takes some fifty plans. */
const MOST = 800;
/** Draws from the posterior for the chance of an order. */
const DRAWS = 8;
const LOGGED_DRAWS = 24;
/** A weight beyond it is cut: a little bias for much less noise. */
const MOST_WEIGHT = 30;
/** Fewer applications' worth than these carry no interval. */
const LEAST_EFFECTIVE = 100;
/** Under full support the weights of the first step are 1 on the mean; further off, the candidate does what was never tried. */
const OFF = 0.3;

/** What decided when an application was planned. */
export interface LoggedBy {
  readonly policy: Policy;
  readonly funders: Funders;
}

export class SecondOpinion {
  #kept: { readonly hash: number; readonly stored: StoredCase }[] = [];
  #limit = 2 ** 32;

  /** Keeps a sample of fixed size, by a hash: the same for the same applications in any order. */
  add(stored: StoredCase): void {
    const hash = hashOf(`${stored.applicationId}/dr`);
    if (hash >= this.#limit) return;
    this.#kept.push({ hash, stored });
    if (this.#kept.length <= MOST) return;
    this.#limit /= 2;
    this.#kept = this.#kept.filter((one) => one.hash < this.#limit);
  }

  /** The difference between candidate and active; or why there is none. In slices: whoever takes them may do other work in between. */
  *compare(market: Market, loggedBy: (stored: StoredCase) => LoggedBy, replicates: number, seed: number): Generator<void, Verdict> {
    if (market.active.strategy !== 'waterfall' || market.candidate.strategy !== 'waterfall') return { refused: 'not_a_waterfall' };
    const logged = this.#kept.map(({ stored }) => loggedBy(stored));
    if (logged.some(({ policy }) => policy.strategy !== 'waterfall')) return { refused: 'not_a_waterfall' };
    if (logged.every(({ policy }) => policy.exploration_share === 0)) return { refused: 'no_exploration' };
    if (logged.length < LEAST_EFFECTIVE) return { refused: 'too_few' };
    const lines: Line[] = [];
    for (const [at, { stored }] of this.#kept.entries()) {
      yield;
      lines.push(lineOf(stored, market, logged[at]!));
    }
    return summed(lines, replicates, seed);
  }
}
type Verdict = DoublyRobust | { readonly refused: DoublyRobustRefusal };

export interface Market {
  readonly active: Policy;
  readonly candidate: Policy;
  readonly funders: Funders;
  readonly index: FunderIndex;
  readonly calibration: Calibration;
  /** Share of borrowers who stay after a refusal. */
  readonly stay: number;
}

/** One application: candidate less active, and the weight of its first step. */
interface Line {
  readonly borrower: number;
  readonly approvals: number;
  readonly revenue: number;
  readonly first: number;
}

function lineOf(stored: StoredCase, market: Market, logged: LoggedBy): Line {
  const order = stored.attempts.map(({ funderId }) => funderId);
  const chances = prefixChances(pathsOf(stored, logged.policy, logged.funders, LOGGED_DRAWS, order), order);
  const candidate = corrected(stored, market, market.candidate, chances);
  const active = corrected(stored, market, market.active, chances);
  return {
    borrower: hashOf(stored.borrowerId),
    approvals: candidate.value[0] - active.value[0],
    revenue: candidate.value[1] - active.value[1],
    first: candidate.first,
  };
}

/** A way that a policy might have gone, and the chance of it. */
interface Path {
  readonly chance: number;
  readonly order: readonly string[];
}

/** With its mean, and with draws from the posterior. `along`: only as far as a way is this one. */
function pathsOf(stored: StoredCase, policy: Policy, funders: Funders, draws: number, along?: readonly string[]): Path[] {
  const share = policy.exploration_share;
  const bare = { ...stored, attempts: [], left: false };
  const go = (asIf: StoredCase, exploration_share: number): string[] =>
    walk(
      asIf,
      { ...policy, exploration_share },
      funders,
      along === undefined ? undefined : (stops) => stops.length < along.length && stops.at(-1)!.funderId === along[stops.length - 1],
    ).stops.map(({ funderId }) => funderId);
  const paths: Path[] = share < 1 ? [{ chance: 1 - share, order: go(bare, 0) }] : [];
  if (share === 0) return paths;
  for (let draw = 0; draw < draws; draw += 1) {
    // The luck that it really had is one of them.
    const seed = draw === 0 ? stored.inputs.seed : (stored.inputs.seed + Math.imul(draw, 0x9e3779b1)) >>> 0;
    paths.push({ chance: share / draws, order: go({ ...bare, inputs: { ...stored.inputs, seed } }, 1) });
  }
  return paths;
}

function startsWith(order: readonly string[], prefix: readonly string[], length: number): boolean {
  for (let at = 0; at < length; at += 1) if (order[at] !== prefix[at]) return false;
  return true;
}

function prefixChances(paths: readonly Path[], order: readonly string[]): number[] {
  return order.map((_, at) => paths.reduce((sum, path) => sum + (startsWith(path.order, order, at + 1) ? path.chance : 0), 0));
}

/** Approvals and revenue. */
type Pair = [number, number];

/** The model's value of a policy, corrected step by step along the order that was logged. */
function corrected(stored: StoredCase, market: Market, policy: Policy, logged: readonly number[]): { readonly value: Pair; readonly first: number } {
  const paths = pathsOf(stored, policy, market.funders, DRAWS);
  const order = stored.attempts.map(({ funderId }) => funderId);
  const model = modelOf(stored, market);
  const rest = (length: number): Pair => {
    const along = paths.filter((path) => startsWith(path.order, order, length));
    const chance = along.reduce((sum, path) => sum + path.chance, 0);
    const value: Pair = [0, 0];
    for (const path of along) model(path.order, length).forEach((part, at) => (value[at]! += (path.chance / chance) * part));
    return value;
  };
  const value = rest(0);
  const chances = prefixChances(paths, order);
  let first = 1;
  for (const [at, attempt] of stored.attempts.entries()) {
    const weight = Math.min(MOST_WEIGHT, logged[at]! > 0 ? chances[at]! / logged[at]! : 0);
    if (at === 0) first = weight;
    if (weight === 0 || attempt.answer === 'open') break;
    const p = model.likelihood(order, at);
    const worth: Pair = [1, model.commission(attempt.funderId)];
    const later = rest(at + 1);
    const won = attempt.answer === 'approved' ? 1 : 0;
    const last = at === stored.attempts.length - 1;
    const stays = won === 1 || (last && stored.left) ? 0 : last ? market.stay : 1;
    for (const part of [0, 1] as const) {
      const expected = p * worth[part] + (1 - p) * market.stay * later[part];
      value[part] += weight * (won * worth[part] + stays * later[part] - expected);
    }
    if (won === 1) break;
  }
  return { value, first };
}

interface Model {
  /** Value of what follows the first `from` of an order, when those have declined. */
  (order: readonly string[], from: number): Pair;
  likelihood(order: readonly string[], at: number): number;
  commission(funderId: string): number;
}

/** Likelihoods by the model alone: what this very application turned out to be must not be in them. */
function modelOf({ inputs }: StoredCase, { index, calibration, stay }: Market): Model {
  const band = BANDS.indexOf(bandOf(inputs.facts));
  const sigma = sigmaOf(calibration);
  const judges = new Map(
    inputs.funders.flatMap(({ funderId, likelihood }) => {
      const funder = index.of.get(funderId);
      if (funder === undefined) return [];
      return [[funderId, judge(recalibrated(calibration, funder, band, logOdds(betaMean(likelihood))), sigma)] as const];
    }),
  );
  const commission = (funderId: string): number => {
    const funder = index.of.get(funderId);
    return funder === undefined ? 0 : index.commissionFen(funder, inputs.facts.amount_fen);
  };
  const likelihoods = (order: readonly string[]): number[] => {
    const belief = new Belief();
    return order.map((funderId) => {
      const by = judges.get(funderId);
      if (by === undefined) return 0;
      const { p } = belief.next(by);
      belief.learn(by, false);
      return p;
    });
  };
  const value = (order: readonly string[], from: number): Pair => {
    const sums: Pair = [0, 0];
    let reach = 1;
    likelihoods(order).forEach((p, at) => {
      if (at < from) return;
      sums[0] += reach * p;
      sums[1] += reach * p * commission(order[at]!);
      reach *= (1 - p) * stay;
    });
    return sums;
  };
  return Object.assign(value, { likelihood: (order: readonly string[], at: number) => likelihoods(order.slice(0, at + 1))[at]!, commission });
}

function summed(lines: readonly Line[], replicates: number, seed: number): Verdict {
  const total = lines.reduce((sum, { first }) => sum + first, 0);
  const effective = total ** 2 / lines.reduce((sum, { first }) => sum + first ** 2, 0);
  if (Math.abs(total / lines.length - 1) > OFF || !(effective >= LEAST_EFFECTIVE)) return { refused: 'no_support' };
  const means = (times: (line: Line) => number): Pair => {
    let [weight, approvals, revenue] = [0, 0, 0];
    for (const line of lines) {
      const drawn = times(line);
      weight += drawn;
      approvals += drawn * line.approvals;
      revenue += drawn * line.revenue;
    }
    return [approvals / weight, revenue / weight];
  };
  const value = means(() => 1);
  const drawn = Array.from({ length: replicates }, (_, replicate) => means(({ borrower }) => drawnTimes(borrower, replicate, seed)));
  const estimate = (of: 0 | 1) => {
    const sorted = drawn.map((pair) => pair[of]).toSorted((left, right) => left - right);
    return { value: value[of], low: quantile(sorted, 0.05), high: quantile(sorted, 0.95) };
  };
  return { approvals: estimate(0), revenue_fen: estimate(1), applications: lines.length, effective: Math.round(effective) };
}
