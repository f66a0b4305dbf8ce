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

/** A day's shape as it is learnt: by whole days alone, since half a day looks as if all traffic came in it. Plain data. */
export interface DayLearner {
  readonly shape: DayShape;
  /** Whole days that the shape was made of. */
  readonly days: number;
  /** The day that is being counted, and whether it was counted from its beginning. */
  readonly date: string;
  readonly whole: boolean;
  readonly counts: readonly number[];
}

/** A shape is as good as this many days after as many; from then on old ones fade. */
const LASTING_DAYS = 10;
const NO_COUNTS: readonly number[] = Array.from({ length: 24 }, () => 0);

export function newDayLearner(timeZone: string): DayLearner {
  return { shape: flatDay(timeZone), days: 0, date: '', whole: false, counts: NO_COUNTS };
}

/**
 * After `arrivals` in the time since the last call, which ended at `nowMs`; call it at least every hour. A day that has ended, and was seen whole, moves
 * the shape: the first is the shape, the tenth and every later one is a tenth of it. A zone that does not exist learns nothing.
 */
export function learnDay(learner: DayLearner, arrivals: number, nowMs: number): DayLearner {
  const local = localTime(nowMs, learner.shape.timeZone);
  if (local === null) return learner;
  const counted = (counts: readonly number[]): number[] => counts.map((each, hour) => each + (hour === local.hour ? arrivals : 0));
  if (local.date === learner.date) return { ...learner, counts: counted(learner.counts) };
  return { ...dayEnded(learner), date: local.date, whole: learner.date !== '' && local.hour === 0, counts: counted(NO_COUNTS) };
}

function dayEnded(learner: DayLearner): DayLearner {
  const { shape, days, whole, counts } = learner;
  const total = counts.reduce((sum, each) => sum + each, 0);
  if (!whole || total === 0) return learner;
  const weight = 1 / Math.min(LASTING_DAYS, days + 1);
  const before = shape.hours.reduce((sum, each) => sum + each, 0);
  const hours = shape.hours.map((each, hour) => (1 - weight) * (each / before) + weight * (counts[hour]! / total));
  return { ...learner, shape: { timeZone: shape.timeZone, hours }, days: days + 1 };
}

/** Where a window of the target stands: its name on the funder's calendar, and the share of its traffic that is expected to have come by now. */
export interface Progress {
  readonly window: string;
  readonly progress: number;
}

/** The name of a window on the target's calendar. In a zone that does not exist there is one, without end. */
export function windowOf({ window, timeZone }: Pick<VolumeTarget, 'window' | 'timeZone'>, atMs: number): string {
  const local = localTime(atMs, timeZone);
  if (local === null) return 'none';
  return window === 'hour' ? `${local.date}T${String(local.hour).padStart(2, '0')}` : local.date;
}

/** Throws InvariantError for a shape without 24 weights. A zone that does not exist is a window without end, in which nothing is expected. */
export function progressOf(target: Pick<VolumeTarget, 'window' | 'timeZone' | 'hours'>, nowMs: number, shape: DayShape): Progress {
  invariant(shape.hours.length === 24, 'a day has 24 hours');
  const local = localTime(nowMs, target.timeZone);
  const window = windowOf(target, nowMs);
  if (local === null) return { window, progress: 0 };
  const within = minuteOf(nowMs, target.timeZone) / 60;
  if (target.window === 'hour') return { window, progress: within };
  const weights = weightsOf(target, nowMs, local.hour, shape);
  const total = weights.reduce((sum, each) => sum + each, 0);
  if (total === 0) return { window, progress: 0 };
  let passed = within * weights[local.hour]!;
  for (let hour = 0; hour < local.hour; hour += 1) passed += weights[hour]!;
  return { window, progress: Math.min(1, passed / total) };
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
