import { invariant } from '../domain/failures.ts';
import type { VolumeTarget } from './dual-price.ts';
import { localTime } from './local-time.ts';

/** How much of a day's traffic comes in each hour, by the clock of one time zone. Plain data. */
export interface DayShape {
  readonly timeZone: string;
  /** 24 weights, none below 0; only their proportions matter. */
  readonly hours: readonly number[];
}

/** A day without a shape. */
export function flatDay(timeZone: string): DayShape {
  return { timeZone, hours: Array.from({ length: 24 }, () => 1) };
}

/** Days after which what was seen counts half. */
const HALF_LIFE_DAYS = 7;

/**
 * The shape after `arrivals` applications in the time since the last update, which ended at `nowMs`. What was seen fades by the arrivals
 * that a usual day has, so that a busy day teaches more than a quiet one. A zone that does not exist learns nothing.
 */
export function learnDayShape(shape: DayShape, arrivals: number, nowMs: number): DayShape {
  const local = localTime(nowMs, shape.timeZone);
  if (arrivals <= 0 || local === null) return shape;
  const total = shape.hours.reduce((sum, each) => sum + each, 0);
  const aDay = Math.max(total / LASTING_DAYS, LEAST_A_DAY);
  const kept = 2 ** (-arrivals / (aDay * HALF_LIFE_DAYS));
  return { timeZone: shape.timeZone, hours: shape.hours.map((each, hour) => kept * each + (hour === local.hour ? arrivals : 0)) };
}

/** The days that the faded sum amounts to. */
const LASTING_DAYS = HALF_LIFE_DAYS / Math.LN2;
const LEAST_A_DAY = 100;

/** Where a window of the target stands: its name on the funder's calendar, and the share of its traffic that is expected to have come by now. */
export interface Progress {
  readonly window: string;
  readonly progress: number;
}

/** Throws InvariantError for a shape without 24 weights. A zone that does not exist is a window without end, in which nothing is expected. */
export function progressOf(target: Pick<VolumeTarget, 'window' | 'timeZone' | 'hours'>, nowMs: number, shape: DayShape): Progress {
  invariant(shape.hours.length === 24, 'a day has 24 hours');
  const local = localTime(nowMs, target.timeZone);
  if (local === null) return { window: 'none', progress: 0 };
  const within = minuteOf(nowMs, target.timeZone) / 60;
  if (target.window === 'hour') return { window: `${local.date}T${String(local.hour).padStart(2, '0')}`, progress: within };
  const weights = weightsOf(target, nowMs, local.hour, shape);
  const total = weights.reduce((sum, each) => sum + each, 0);
  if (total === 0) return { window: local.date, progress: 0 };
  let passed = within * weights[local.hour]!;
  for (let hour = 0; hour < local.hour; hour += 1) passed += weights[hour]!;
  return { window: local.date, progress: Math.min(1, passed / total) };
}

const MINUTE_MS = 60_000;
const QUARTER_MS = 15 * MINUTE_MS;

/** Minutes past the hour on the wall, with their fraction: zones differ from UTC by quarters of an hour. */
function minuteOf(nowMs: number, timeZone: string): number {
  const quarter = Math.floor(nowMs / QUARTER_MS);
  const hour = localTime(nowMs, timeZone)?.hour;
  let passed = 0;
  while (passed < 3 && localTime((quarter - passed - 1) * QUARTER_MS, timeZone)?.hour === hour) passed += 1;
  return passed * 15 + (nowMs - quarter * QUARTER_MS) / MINUTE_MS;
}

/** The shape by the hours of the target's zone, nothing outside its opening hours; flat where no traffic has been seen in them. */
function weightsOf(
  { timeZone, hours: [from, to] }: Pick<VolumeTarget, 'timeZone' | 'hours'>,
  nowMs: number,
  hour: number,
  shape: DayShape,
): number[] {
  const there = timeZone === shape.timeZone ? hour : (localTime(nowMs, shape.timeZone)?.hour ?? hour);
  const shift = there - hour + 24;
  const weights = shape.hours.map((_, own) => (own >= from && own < to ? shape.hours[(own + shift) % 24]! : 0));
  return weights.some((each) => each > 0) ? weights : weights.map((_, own) => (own >= from && own < to ? 1 : 0));
}
