/**
 * npm run eval:pacing -- [--applications 20000] [--days 3] [--seeds 3] [--every 10] [--bound-steps 60] [--first-seed 1] [--json]
 *
 * Days with caps and promised volumes: what was used of each against its target, and the day's value against the bound with hindsight, with
 * prices and without. `--every`: seconds between updates of the prices. The first day starts without prices, each later one with those
 * of the day before. The last line is JSON, with the course of the first seed's last day. docs/routing.md
 */
import { parseArgs } from 'node:util';
import { wholeNumber } from '../../src/cli/arguments.ts';
import { evaluate } from './evaluate.ts';
import { hindsightBound } from './pacing-bound.ts';
import { courseOf, shownPrice } from './pacing-course.ts';
import type { Course } from './pacing-course.ts';
import { playDay } from './pacing-day.ts';
import type { DayPlayed } from './pacing-day.ts';
import { drawDay, targetsFor } from './pacing-world.ts';
import type { Prices, VolumeTarget } from '../../src/routing/dual-price.ts';

evaluate('pacing', main);

interface DayFigures {
  readonly seed: number;
  readonly day: number;
  readonly applications: number;
  readonly in_flight: number;
  readonly bound_fen: number;
  readonly gap: number;
  readonly gap_without_prices: number;
  readonly targets: readonly TargetFigures[];
}

interface TargetFigures {
  readonly target: string;
  readonly volume: number;
  /** Share of the volume. */
  readonly used: number;
  readonly used_without_prices: number;
  readonly price_fen: number;
  readonly hindsight_price_fen: number;
}

function main(): void {
  const { values } = parseArgs({
    options: {
      applications: { type: 'string', default: '20000' },
      days: { type: 'string', default: '3' },
      seeds: { type: 'string', default: '3' },
      every: { type: 'string', default: '10' },
      'bound-steps': { type: 'string', default: '60' },
      'first-seed': { type: 'string', default: '1' },
      json: { type: 'boolean', default: false },
    },
  });
  const first = wholeNumber('--first-seed', values['first-seed'], 0);
  const [applications, days, every, steps] = [
    wholeNumber('--applications', values.applications, 100),
    wholeNumber('--days', values.days, 1),
    wholeNumber('--every', values.every, 1),
    wholeNumber('--bound-steps', values['bound-steps'], 1),
  ];
  const seeds = Array.from({ length: wholeNumber('--seeds', values.seeds, 1) }, (_, index) => first + index);
  const played = seeds.map((seed) => playDays({ applications, days, everyMs: every * 1_000, steps, seed }));
  const results = played.flatMap(({ figures }) => figures);
  if (!values.json) for (const result of results) print(result);
  const later = results.filter(({ day }) => day > 0 || days === 1);
  const mean = (of: (one: DayFigures) => number): number => later.reduce((sum, one) => sum + of(one), 0) / later.length;
  const off = later.flatMap((one) => one.targets.map(({ target, used }) => (target.endsWith('cap') ? Math.abs(1 - used) : Math.max(0, 1 - used))));
  const overruns = results.flatMap(({ targets }) => targets.filter(({ target, used }) => target.endsWith('cap') && used > 1)).length;
  const summary = {
    gap: rounded(mean((one) => one.gap)),
    worst_gap: rounded(Math.max(...later.map((one) => one.gap))),
    gap_without_prices: rounded(mean((one) => one.gap_without_prices)),
    worst_target: rounded(Math.max(...off)),
    overruns,
  };
  if (!values.json) console.log('\nafter the first day:', summary);
  console.log(JSON.stringify({ applications, every_s: every, seeds: seeds.length, ...summary, days: results, course: played[0]!.course }));
}

interface Run {
  readonly applications: number;
  readonly days: number;
  readonly everyMs: number;
  readonly steps: number;
  readonly seed: number;
}

interface Played {
  readonly figures: readonly DayFigures[];
  readonly course: Course & { readonly seed: number; readonly day: number };
}

/** The days one after another, and the course of the last. */
function playDays({ applications: expected, days, everyMs, steps, seed }: Run): Played {
  const targets = targetsFor(expected);
  const rules = { targets, everyMs, cells: 1, crashes: 0, seed };
  let prices: Prices = {};
  let course: Course = { hours: [], targets: [] };
  const figures = Array.from({ length: days }, (_, day) => {
    const applications = drawDay(expected, day, seed);
    const played = playDay(applications, prices, day, { ...rules, priced: true });
    prices = played.prices;
    const without = playDay(applications, {}, day, { ...rules, priced: false });
    const bound = hindsightBound(applications, targets, steps);
    course = courseOf(targets, played, without);
    return {
      seed,
      day,
      applications: applications.length,
      in_flight: played.inFlight,
      bound_fen: Math.round(bound.valueFen),
      gap: rounded(1 - played.valueFen / bound.valueFen),
      gap_without_prices: rounded(1 - without.valueFen / bound.valueFen),
      targets: targets.map((target) => figuresOf(target, played, without, bound.prices)),
    };
  });
  return { figures, course: { seed, day: days - 1, ...course } };
}

function figuresOf(target: VolumeTarget, played: DayPlayed, without: DayPlayed, hindsight: Readonly<Record<string, number>>): TargetFigures {
  const { id, volume } = target;
  return {
    target: id,
    volume,
    used: rounded(played.used[id]! / volume),
    used_without_prices: rounded(without.used[id]! / volume),
    price_fen: shownPrice(target, played.prices[id]!.priceFen),
    hindsight_price_fen: shownPrice(target, hindsight[id]!),
  };
}

function rounded(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}

function print({ seed, day, applications, gap, gap_without_prices: without, in_flight: inFlight, targets }: DayFigures): void {
  console.log(
    `\nseed ${seed} day ${day}: ${applications} applications, gap ${percent(gap)} (without prices ${percent(without)}), ${inFlight} in one update`,
  );
  console.log('  target           used   without    price  with hindsight');
  for (const one of targets) {
    const cells = [
      percent(one.used).padStart(8),
      percent(one.used_without_prices).padStart(9),
      String(one.price_fen).padStart(8),
      String(one.hindsight_price_fen).padStart(8),
    ];
    console.log(`  ${one.target.padEnd(14)}${cells.join(' ')}`);
  }
}

function percent(share: number): string {
  return `${(100 * share).toFixed(2)}%`;
}
