import { describe, expect, it } from 'vitest';
import { hindsightBound } from '../../bench/eval/pacing-bound.ts';
import { courseOf } from '../../bench/eval/pacing-course.ts';
import { playDay } from '../../bench/eval/pacing-day.ts';
import { drawDay, targetsFor } from '../../bench/eval/pacing-world.ts';
import { InvariantError } from '../../src/domain/failures.ts';
import { flatDay, learnDay, newDayLearner, progressOf } from '../../src/routing/pacing.ts';
import type { DayLearner } from '../../src/routing/pacing.ts';

const HOUR_MS = 3_600_000;
const MIDNIGHT_MS = Date.UTC(2026, 2, 9, 16);
const flat = flatDay('Asia/Shanghai');
const day = { window: 'day', timeZone: 'Asia/Shanghai', hours: [0, 24] } as const;
const progress = (of: Parameters<typeof progressOf>[0], hour: number, shape = flat): number =>
  progressOf(of, MIDNIGHT_MS + hour * HOUR_MS, shape).progress;

describe('how far a day has come', () => {
  it('is by the clock on a flat day, and by the traffic on another', () => {
    expect(progress(day, 6)).toBe(0.25);
    expect(progress(day, 6.5)).toBeCloseTo(6.5 / 24, 12);
    const evening = { ...flat, hours: flat.hours.map((_, hour) => (hour >= 18 ? 1 : 0)) };
    expect(progress(day, 18, evening)).toBe(0);
    expect(progress(day, 19.5, evening)).toBeCloseTo(0.25, 12);
  });

  it('counts the hours in which the funder is open, and falls back to the clock where no traffic was seen in them', () => {
    const office = { ...day, hours: [9, 17] as const };
    expect([8, 9, 13, 17, 23].map((hour) => progress(office, hour))).toEqual([0, 0, 0.5, 1, 1]);
    const night = { ...flat, hours: flat.hours.map((_, hour) => (hour < 6 ? 1 : 0)) };
    expect(progress(office, 13, night)).toBe(0.5);
  });

  it('is in the time zone of the funder, where hours may begin at half past', () => {
    expect(progressOf({ ...day, timeZone: 'Asia/Kolkata' }, MIDNIGHT_MS, flat)).toMatchObject({ window: '2026-03-09' });
    expect(progressOf({ ...day, timeZone: 'Asia/Kolkata' }, MIDNIGHT_MS, flat).progress).toBeCloseTo(21.5 / 24, 12);
    expect(progressOf({ ...day, timeZone: 'Asia/Kolkata', window: 'hour' }, MIDNIGHT_MS, flat)).toEqual({ window: '2026-03-09T21', progress: 0.5 });
    const noon = { ...flat, hours: flat.hours.map((_, hour) => (hour === 12 ? 1 : 0)) };
    // Noon in Shanghai is 13 in Tokyo.
    expect(progressOf({ ...day, timeZone: 'Asia/Tokyo' }, MIDNIGHT_MS + 11.5 * HOUR_MS, noon).progress).toBe(0);
    expect(progressOf({ ...day, timeZone: 'Asia/Tokyo' }, MIDNIGHT_MS + 12.5 * HOUR_MS, noon).progress).toBeCloseTo(0.5, 12);
  });

  it('never goes back within a day', () => {
    const ofDay = Array.from({ length: 24 * 12 }, (_, at) => progress(day, at / 12));
    expect(ofDay).toEqual(ofDay.toSorted((left, right) => left - right));
  });

  it('wants 24 weights, and knows no end where there is no such zone', () => {
    expect(() => progressOf(day, MIDNIGHT_MS, { ...flat, hours: [1] })).toThrow(InvariantError);
    expect(progressOf({ ...day, timeZone: 'Mars/Base' }, MIDNIGHT_MS, flat)).toEqual({ window: 'none', progress: 0 });
  });
});

describe('the shape of a day', () => {
  const start = newDayLearner('Asia/Shanghai');
  const arrivalsAt = (busy: number, hour: number): number => (hour === busy ? 200 : 20);
  const taught = (rounds: number, busy: number, from = start, firstHour = 0) => {
    let learner = from;
    for (let at = firstHour; at < rounds * 24; at += 1) learner = learnDay(learner, arrivalsAt(busy, at % 24), MIDNIGHT_MS + (at + 0.5) * HOUR_MS);
    return learner;
  };
  const share = ({ shape }: DayLearner, hour: number): number => shape.hours[hour]! / shape.hours.reduce((sum, each) => sum + each, 0);

  it('is learnt from whole days, follows a change, and is plain data', () => {
    const first = taught(20, 10);
    expect(share(first, 10)).toBeCloseTo(200 / 660, 6);
    // Begun in the middle of a day, as after a move to another machine.
    const second = taught(60, 20, JSON.parse(JSON.stringify({ ...first, date: '' })) as DayLearner);
    expect(share(second, 20)).toBeCloseTo(200 / 660, 2);
    expect(share(second, 10)).toBeLessThan(0.04);
  });

  it('stays flat on a day that was not seen from its beginning: half a day looks as if all traffic came in it', () => {
    const late = taught(1, 10, start, 9);
    expect(late.shape).toEqual(flat);
    expect(taught(2, 10, start, 9).shape).toEqual(flat);
    expect(share(taught(3, 10, start, 9), 10)).toBeCloseTo(200 / 660, 6);
  });

  it('learns nothing from nothing', () => {
    let quiet = start;
    for (let hour = 0; hour < 100; hour += 1) quiet = learnDay(quiet, 0, MIDNIGHT_MS + hour * HOUR_MS);
    expect(quiet.shape).toEqual(flat);
    expect(learnDay(newDayLearner('Mars/Base'), 5, MIDNIGHT_MS)).toEqual(newDayLearner('Mars/Base'));
  });
});

describe('a simulated day', () => {
  const applications = drawDay(1_500, 0, 5);
  const targets = targetsFor(1_500);
  const rules = { targets, everyMs: 30_000, priced: true, cells: 1, crashes: 0, seed: 5 };
  const yesterday = playDay(drawDay(1_500, 0, 4), {}, 0, rules).prices;
  const rolled = Object.fromEntries(Object.entries(yesterday).map(([id, of]) => [id, { ...of, window: 'yesterday' }]));

  it('uses the volumes it should, and is worth nearly what hindsight could make of it', () => {
    const played = playDay(applications, rolled, 0, rules);
    const without = playDay(applications, {}, 0, { ...rules, priced: false });
    const bound = hindsightBound(applications, targets, 20);
    for (const { id, kind, volume } of targets) {
      expect(played.used[id]! / volume).toBeGreaterThan(0.95);
      if (kind === 'cap') expect(played.used[id]!).toBeLessThanOrEqual(volume);
    }
    // A promise may be missed by a little, and is worth money to miss: less than the gap that prices close.
    expect(played.valueFen).toBeLessThan(1.005 * bound.valueFen);
    expect(1 - played.valueFen / bound.valueFen).toBeLessThan(0.05);
    expect(1 - without.valueFen / bound.valueFen).toBeGreaterThan(0.08);
  });

  it('is told by the quarter of an hour, up to what was used of it', () => {
    const played = playDay(applications, rolled, 0, rules);
    const { hours, targets: courses } = courseOf(targets, played, playDay(applications, {}, 0, { ...rules, priced: false }));
    expect(hours).toEqual(Array.from({ length: 96 }, (_, quarter) => (quarter + 1) / 4));
    for (const [index, { used, expected, used_without_prices: without }] of courses.entries()) {
      const { id, volume } = targets[index]!;
      expect([used.at(-1), expected.at(-1)]).toEqual([expect.closeTo(played.used[id]! / volume, 3), 1]);
      for (const series of [used, expected, without]) expect(series).toEqual(series.toSorted((left, right) => left - right));
    }
    // A cap is used up by the first comers when nothing holds them back.
    expect(courses[0]!.used_without_prices[60]).toBeGreaterThan(courses[0]!.used[60]! + 0.2);
  });

  it('never goes over a cap, with several cells that borrow quota and die with it, and prices that come late', () => {
    const rough = { ...rules, cells: 4, crashes: 0.02, everyMs: 20 * 60_000 };
    for (const priced of [true, false]) {
      const played = playDay(applications, {}, 0, { ...rough, priced });
      for (const { id, kind, volume } of targets) if (kind === 'cap') expect(played.used[id]!).toBeLessThanOrEqual(volume);
    }
  });

  it('has a bound that holds without prices too, and falls as it is sought longer', () => {
    const unbound = hindsightBound(applications, [], 1);
    const [rough, fine] = [hindsightBound(applications, targets, 2), hindsightBound(applications, targets, 20)];
    expect(fine.valueFen).toBeLessThan(rough.valueFen);
    expect(fine.valueFen).toBeLessThan(unbound.valueFen);
  });
});
