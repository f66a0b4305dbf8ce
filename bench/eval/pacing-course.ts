/** A played day as series, for a picture: how the use of every target ran beside what was expected of it, and its price. */
import type { VolumeTarget } from '../../src/routing/dual-price.ts';
import type { DayPlayed } from './pacing-day.ts';

/** One target through the day; every series has a figure for each of `Course.hours`. */
export interface TargetCourse {
  readonly target: string;
  readonly kind: VolumeTarget['kind'];
  readonly of: VolumeTarget['of'];
  readonly unit: VolumeTarget['unit'];
  /** Share of the volume that was to be used by then, going by the hours' usual traffic. */
  readonly expected: readonly number[];
  readonly used: readonly number[];
  readonly used_without_prices: readonly number[];
  /** Fen of one unit; of a volume of money, of `SHOWN_AMOUNT_FEN`. */
  readonly price_fen: readonly number[];
}

export interface Course {
  readonly hours: readonly number[];
  readonly targets: readonly TargetCourse[];
}

/** A price by the fen is shown for an amount of 20,000 yuan. */
const SHOWN_AMOUNT_FEN = 2_000_000;

/** A price per unit as fen that can be read. */
export function shownPrice({ unit }: VolumeTarget, priceFen: number): number {
  return Math.round(priceFen * (unit === 'count' ? 1 : SHOWN_AMOUNT_FEN));
}

export function courseOf(targets: readonly VolumeTarget[], priced: DayPlayed, without: DayPlayed): Course {
  const share = (of: DayPlayed, { id, volume }: VolumeTarget): number[] => of.course.map(({ used }) => rounded(used[id]! / volume));
  return {
    hours: priced.course.map(({ hour }) => hour),
    targets: targets.map((target) => ({
      target: target.id,
      kind: target.kind,
      of: target.of,
      unit: target.unit,
      expected: priced.course.map(({ prices }) => rounded(prices[target.id]!.progress)),
      used: share(priced, target),
      used_without_prices: share(without, target),
      price_fen: priced.course.map(({ prices }) => shownPrice(target, prices[target.id]!.priceFen)),
    })),
  };
}

function rounded(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}
