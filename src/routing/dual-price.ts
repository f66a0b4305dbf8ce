/**
 * Prices of volume. A funder that can take only so much today, or to which so much was promised, has its volume priced, so that the
 * applications worth most to it get it and the whole day shares it, rather than the first comers. In: what was used since the last
 * update. Out: new prices, as plain data that whoever calls may save. It must not read a clock. It reserves nothing: a hard cap is kept by
 * reservations before the submit (dispatch/caps.ts), whatever the prices are. docs/routing.md
 */
import type { PlanInputs, VolumePrice } from '../domain/plan.ts';
import { progressOf } from './pacing.ts';
import type { DayShape } from './pacing.ts';

/** A volume to be paced over a window of the funder's calendar. */
export interface VolumeTarget {
  readonly id: string;
  readonly funderId: string;
  /** `cap`: at most so much. `promise`: at least. */
  readonly kind: 'cap' | 'promise';
  /** What uses it up: submits, or approvals. */
  readonly of: 'attempt' | 'approval';
  /** Applications, or the sum of their amounts. */
  readonly unit: 'count' | 'amount_fen';
  readonly window: 'hour' | 'day';
  /** In its unit. */
  readonly volume: number;
  readonly timeZone: string;
  /** The funder's opening hours, `from <= hour < to`; no volume is expected outside them. */
  readonly hours: readonly [number, number];
  /** What a unit is roughly worth, fen: a commission for approvals, a commission x likelihood for submits. The price moves in proportion to it. */
  readonly scaleFen: number;
  /** The most that a unit may be subsidised by to keep a promise, fen; a cap may not. */
  readonly floorFen: number;
}

/** One target's price and where its window stands. */
export interface Paced {
  /** l: fen per unit. */
  readonly priceFen: number;
  /** The window it was last updated in, and what was used of it then. */
  readonly window: string;
  readonly used: number;
  /** Share of the window's traffic that was expected by then, 0 to 1. */
  readonly progress: number;
  /** The price it has settled on, which the next window starts with: towards its end a window makes up for little things by large moves. */
  readonly settledFen: number;
}

/** By target id. Plain data. */
export type Prices = Readonly<Record<string, Paced>>;

/** Use of one target. */
export interface Use {
  readonly targetId: string;
  /** In the target's unit; below 0 where an attempt did not come about and its reservation was given back. */
  readonly amount: number;
}

/**
 * eta: a hundredth of the volume too much raises the price by a tenth of the scale. Larger follows the target more closely and makes the
 * price jump with chance; chosen on `eval:pacing`.
 */
const GAIN = 10;
/** Share of a window over which a price settles. */
const SETTLING = 0.3;

/**
 * The prices after a time, at `nowMs`, given what was used since the last update. For each target
 *
 *     l <- [ l + eta (used - rest x share) ]     eta = gain x scale / volume
 *
 * where `rest` is what was left of the volume and `share` the part of the window's remaining traffic that was expected in that time:
 * what was missed is made up over the rest of the day. A cap's price is never below 0; a promise's is never above 0 nor below
 * its floor. A new window starts with the price on which the last had settled: one day is much like another.
 */
export function updatePrices(prices: Prices, targets: readonly VolumeTarget[], uses: readonly Use[], nowMs: number, shape: DayShape): Prices {
  const used = new Map<string, number>();
  for (const { targetId, amount } of uses) used.set(targetId, (used.get(targetId) ?? 0) + amount);
  return Object.fromEntries(targets.map((target) => [target.id, updated(prices[target.id], target, used.get(target.id) ?? 0, nowMs, shape)]));
}

/**
 * The prices of an application, as `PlanInputs.prices`: those of its funders' targets added up, in whole fen; funders without one are absent.
 * Undefined when there is none.
 */
export function pricesFor(prices: Prices, targets: readonly VolumeTarget[], amountFen: number): PlanInputs['prices'] {
  const sums = new Map<string, { attemptFen: number; approvalFen: number }>();
  for (const { id, funderId, of, unit } of targets) {
    const perUnit = prices[id]?.priceFen ?? 0;
    if (perUnit === 0) continue;
    const sum = sums.get(funderId) ?? { attemptFen: 0, approvalFen: 0 };
    sum[of === 'attempt' ? 'attemptFen' : 'approvalFen'] += unit === 'count' ? perUnit : perUnit * amountFen;
    sums.set(funderId, sum);
  }
  const priced = [...sums].flatMap(([funderId, sum]): [string, VolumePrice][] => {
    const [attemptFen, approvalFen] = [Math.round(sum.attemptFen), Math.round(sum.approvalFen)];
    if (attemptFen === 0 && approvalFen === 0) return [];
    return [[funderId, { ...(attemptFen === 0 ? {} : { attemptFen }), ...(approvalFen === 0 ? {} : { approvalFen }) }]];
  });
  return priced.length === 0 ? undefined : Object.fromEntries(priced);
}

function updated(before: Paced | undefined, target: VolumeTarget, used: number, nowMs: number, shape: DayShape): Paced {
  const { window, progress } = progressOf(target, nowMs, shape);
  if (before === undefined) return { priceFen: 0, window, used, progress, settledFen: 0 };
  const { settledFen } = before;
  if (before.window !== window) return { priceFen: settledFen, window, used, progress, settledFen };
  const rest = Math.max(0, target.volume - before.used);
  const passed = Math.max(0, progress - before.progress);
  const ahead = 1 - before.progress;
  const aim = ahead > 0 ? rest * Math.min(1, passed / ahead) : 0;
  // A volume of nothing is never worth pacing: the reservation refuses it.
  const step = target.volume === 0 ? 0 : (GAIN * target.scaleFen * (used - aim)) / target.volume;
  const priceFen = bounded(before.priceFen + step, target);
  const pull = 1 - Math.exp(-passed / SETTLING);
  return { priceFen, window, used: before.used + used, progress, settledFen: settledFen + pull * (before.priceFen - settledFen) };
}

function bounded(priceFen: number, { kind, floorFen }: VolumeTarget): number {
  return kind === 'cap' ? Math.max(0, priceFen) : Math.min(0, Math.max(-floorFen, priceFen));
}
