/** Plays a day: applications planned by `makePlan` at the prices last published, attempts in flight between updates, caps kept by leases. */
import { leaseChunk } from '../../src/dispatch/caps.ts';
import type { PlanInputs } from '../../src/domain/plan.ts';
import { generator } from '../../src/routing/draw.ts';
import { pricesFor, updatePrices } from '../../src/routing/dual-price.ts';
import type { Prices, Use, VolumeTarget } from '../../src/routing/dual-price.ts';
import { makePlan } from '../../src/routing/plan.ts';
import { DAY_MS, MIDNIGHT_MS, POLICY, SHAPE, funders, lenders } from './pacing-world.ts';
import type { Application } from './pacing-world.ts';

export interface DayRules {
  readonly targets: readonly VolumeTarget[];
  /** Milliseconds between two updates of the prices. */
  readonly everyMs: number;
  /** False: the prices stay at 0, and only the hard caps work. */
  readonly priced: boolean;
  /** Processes that borrow quota from the desk, each for itself. */
  readonly cells: number;
  /** Probability that a cell dies in a time between updates, losing what it had borrowed. */
  readonly crashes: number;
  readonly seed: number;
}

export interface DayPlayed {
  /** Of each target, in its unit. */
  readonly used: Readonly<Record<string, number>>;
  /** Sum of p v - c over the attempts made: the day's value without the luck of its answers. Fen. */
  readonly valueFen: number;
  /** Most applications that were under way when prices were updated. */
  readonly inFlight: number;
  readonly prices: Prices;
  /** How the day stood at the end of each quarter of an hour. */
  readonly course: readonly Moment[];
}

/** The state of every target at one time of the day. */
export interface Moment {
  readonly hour: number;
  /** In the targets' units, as `DayPlayed.used`. */
  readonly used: Readonly<Record<string, number>>;
  readonly prices: Prices;
}

const QUARTER_MS = 900_000;

interface Underway {
  readonly application: Application;
  readonly cell: Cell;
  readonly tried: Set<number>;
  attempts: number;
}

/** Quota borrowed by cap, and caps known to be used up. */
interface Cell {
  readonly leased: Map<string, number>;
  readonly exhausted: Set<string>;
}

export function playDay(applications: readonly Application[], before: Prices, day: number, rules: DayRules): DayPlayed {
  const { targets, everyMs, cells: count, crashes } = rules;
  const desk = new Map(targets.map(({ id }) => [id, 0]));
  const cells = Array.from({ length: count }, (): Cell => ({ leased: new Map(), exhausted: new Set() }));
  const used: Record<string, number> = Object.fromEntries(targets.map(({ id }) => [id, 0]));
  const accident = generator(rules.seed, `accidents ${day}`);
  const startMs = MIDNIGHT_MS + day * DAY_MS;
  const waiting = Map.groupBy(
    applications.map((application, index): [number, Underway] => [application.atMs, underway(application, cells[index % count]!)]),
    ([atMs]) => Math.floor((atMs - startMs) / everyMs),
  );
  let [valueFen, inFlight] = [0, 0];
  let prices = before;
  const course: Moment[] = [];
  for (let tick = 0; tick * everyMs < DAY_MS || waiting.size > 0; tick += 1) {
    const uses: Use[] = [];
    // It grows while it is gone through: a quick funder answers before the next update.
    const due = waiting.get(tick) ?? [];
    for (const [atMs, one] of due) {
      const asked = askNext(one, atMs, rules.priced ? prices : {}, targets, desk);
      if (asked === null) continue;
      const { lender, gain } = asked;
      valueFen += gain;
      uses.push(...usesOf(targets, one.application, lender));
      if (!goesOn(one.application, lender)) continue;
      const thenMs = atMs + lenders[lender]!.latencyMs;
      const then = Math.floor((thenMs - startMs) / everyMs);
      if (then === tick) due.push([thenMs, one]);
      else if (waiting.has(then)) waiting.get(then)!.push([thenMs, one]);
      else waiting.set(then, [[thenMs, one]]);
    }
    waiting.delete(tick);
    inFlight = Math.max(inFlight, due.length);
    for (const { targetId, amount } of uses) used[targetId]! += amount;
    for (const cell of cells) if (accident() < crashes) cell.leased.clear();
    const nowMs = Math.min((tick + 1) * everyMs, DAY_MS - 1);
    prices = updatePrices(prices, targets, uses, startMs + nowMs, SHAPE);
    if (nowMs >= (course.length + 1) * QUARTER_MS) course.push({ hour: nowMs / 3_600_000, used: { ...used }, prices });
  }
  course.push({ hour: 24, used: { ...used }, prices });
  return { used, valueFen, inFlight, prices, course };
}

function underway(application: Application, cell: Cell): Underway {
  return { application, cell, tried: new Set(), attempts: 0 };
}

/** The first funder of the plan that still has room, its quota reserved; replanned without one that has none. Null: nobody is left. */
function askNext(
  one: Underway,
  atMs: number,
  prices: Prices,
  targets: readonly VolumeTarget[],
  desk: Map<string, number>,
): { lender: number; gain: number } | null {
  const { application, cell, tried } = one;
  for (;;) {
    const [step] = makePlan(inputsOf(one, atMs, pricesFor(prices, targets, application.facts.amount_fen)), POLICY, funders).steps;
    if (step === undefined) return null;
    const lender = lenders.findIndex(({ funder }) => funder.id === step.funderId);
    if (!reserve(targets, application, lender, cell, desk)) continue;
    tried.add(lender);
    one.attempts += 1;
    const { valueFen, costFen } = application.worths[lender]!;
    return { lender, gain: application.likelihoods[lender]! * valueFen - costFen };
  }
}

/** All or nothing. A cap on approvals wants room at the submit; what a no gives back it gives back at once. */
function reserve(targets: readonly VolumeTarget[], application: Application, lender: number, cell: Cell, desk: Map<string, number>): boolean {
  const caps = targets.filter(({ funderId, kind }) => kind === 'cap' && funderId === lenders[lender]!.funder.id);
  for (const { id, unit, volume } of caps) {
    const need = unit === 'count' ? 1 : application.facts.amount_fen;
    const lent = desk.get(id)!;
    if ((cell.leased.get(id) ?? 0) < need) {
      const more = Math.min(leaseChunk(volume, need), volume - lent);
      desk.set(id, lent + more);
      cell.leased.set(id, (cell.leased.get(id) ?? 0) + more);
    }
    if ((cell.leased.get(id) ?? 0) >= need) continue;
    cell.exhausted.add(lenders[lender]!.funder.id);
    return false;
  }
  for (const { id, unit, of } of caps) {
    if (of === 'approval' && !isApproved(application, lender)) continue;
    cell.leased.set(id, cell.leased.get(id)! - (unit === 'count' ? 1 : application.facts.amount_fen));
  }
  return true;
}

function usesOf(targets: readonly VolumeTarget[], application: Application, lender: number): Use[] {
  return targets.flatMap(({ id, funderId, of, unit }) => {
    if (funderId !== lenders[lender]!.funder.id || (of === 'approval' && !isApproved(application, lender))) return [];
    return [{ targetId: id, amount: unit === 'count' ? 1 : application.facts.amount_fen }];
  });
}

function isApproved({ answers, likelihoods }: Application, lender: number): boolean {
  return answers[lender]! < likelihoods[lender]!;
}

function goesOn(application: Application, lender: number): boolean {
  return !isApproved(application, lender) && application.restless[lender]! < application.worths[lender]!.patience;
}

function inputsOf({ application, cell, tried, attempts }: Underway, atMs: number, prices: PlanInputs['prices']): PlanInputs {
  return {
    nowMs: atMs,
    seed: 1,
    facts: application.facts,
    snapshotVersion: 1,
    policyVersion: 1,
    modelVersion: 1,
    funders: lenders.map(({ funder, latencyMs }, lender) => ({
      funderId: funder.id,
      likelihood: { alpha: 100 * application.likelihoods[lender]!, beta: 100 * (1 - application.likelihoods[lender]!) },
      exhaustedCap: cell.exhausted.has(funder.id) ? 'day' : null,
      breakerOpen: false,
      latencyMs,
      declinedAtMs: null,
      attempted: tried.has(lender),
      consentRefused: false,
    })),
    attemptsUsed: attempts,
    // Here funders answer independently, so that the bound is the best there is.
    declinedLikelihoods: [],
    exposedEntities: [],
    ...(prices === undefined ? {} : { prices }),
  };
}
