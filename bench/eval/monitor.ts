/**
 * npm run eval:monitor -- [--runs 40] [--quiet-runs 40] [--quiet-applications 50000] [--first-run 1] [--json]
 *
 * How soon a change of a funder is found, how often one is found that is none, and how well it is told from a change of the traffic; beside plain
 * monitors that were given as many false alarms. The last line is JSON. docs/monitoring.md
 */
import { parseArgs } from 'node:util';
import { wholeNumber } from '../../src/cli/arguments.ts';
import { evaluate } from './evaluate.ts';
import { PLAIN } from './monitor-baselines.ts';
import { emptyQuiet, runPlanted, runQuiet, warmUp, type Plan, type Planted, type Quiet } from './monitor-runs.ts';
import { LEVEL, levelFor } from './monitor-stream.ts';

const TO_10 = levelFor(0.1) - LEVEL;
const APPROVAL = { figure: 'approval', segment: '', guilty: true } as const;
const PLANS: Readonly<Record<string, Plan>> = {
  '20 to 10': { ...APPROVAL, turn: { funder: TO_10 } },
  '20 to 5': { ...APPROVAL, turn: { funder: levelFor(0.05) - LEVEL } },
  '20 to 10 and mix': { ...APPROVAL, turn: { funder: TO_10, weak: 2 } },
  'mix alone': { figure: 'traffic', segment: '', guilty: false, turn: { weak: 2 } },
  'worse people, unseen': { ...APPROVAL, guilty: false, turn: { hidden: -0.8 } },
  'one channel halved': { ...APPROVAL, segment: 'channel/ads', turn: { funderChannel: { channel: 'ads', shift: -1 } } },
  'limits halved': { figure: 'amount', segment: '', guilty: true, turn: { limits: 0.5 } },
  'latency doubled': { figure: 'latency', segment: '', guilty: true, turn: { latency: 2 } },
};

evaluate('monitor', main);

function main(): void {
  const { values } = parseArgs({
    options: {
      runs: { type: 'string', default: '40' },
      'quiet-runs': { type: 'string', default: '40' },
      'quiet-applications': { type: 'string', default: '50000' },
      'first-run': { type: 'string', default: '1' },
      json: { type: 'boolean', default: false },
    },
  });
  const first = wholeNumber('--first-run', values['first-run'], 1);
  const applications = wholeNumber('--quiet-applications', values['quiet-applications'], 1);
  const quiet = emptyQuiet();
  for (let run = 0; run < wholeNumber('--quiet-runs', values['quiet-runs'], 1); run += 1) runQuiet(quiet, first + run, applications);
  const settings = settingsOf(quiet);
  const results: Record<string, Planted[]> = Object.fromEntries(Object.keys(PLANS).map((name) => [name, []]));
  for (let run = 0; run < wholeNumber('--runs', values.runs, 1); run += 1) {
    const seed = 1_000_000 + first + run;
    const warm = warmUp(seed);
    for (const [name, plan] of Object.entries(PLANS)) results[name]!.push(runPlanted(seed, plan, warm, settings));
  }
  const summary = {
    quiet: quietOf(quiet, settings),
    planted: Object.fromEntries(Object.entries(results).map(([name, runs]) => [name, plantedOf(runs)])),
  };
  if (!values.json) print(summary);
  console.log(JSON.stringify(summary));
}

/** Of each plain monitor the most sensitive setting with at most one false alarm in 100,000 applications. */
function settingsOf({ applications, plain }: Quiet): Record<string, number> {
  return Object.fromEntries(
    Object.entries(PLAIN).map(([name, { settings }]) => {
      const at = plain[name]!.findIndex((alarms) => (alarms / applications) * 100_000 <= 1);
      return [name, settings[at < 0 ? settings.length - 1 : at]!];
    }),
  );
}

function quietOf({ applications, attempts, alarms, plain }: Quiet, settings: Readonly<Record<string, number>>) {
  const per = (count: number, of: number): number => rounded((count / of) * 100_000, 2);
  const all = Object.values(alarms).reduce((sum, count) => sum + count, 0);
  return {
    applications,
    at_funders: attempts,
    false_alarms: all,
    per_100000: per(all, applications),
    /** Upper end of the 95% interval of a Poisson count. */
    per_100000_at_most: per(poissonUpper(all), applications),
    by_kind: alarms,
    plain: Object.fromEntries(
      Object.entries(settings).map(([name, setting]) => [
        name,
        { setting: rounded(setting, 3), per_100000: per(plain[name]![PLAIN[name]!.settings.indexOf(setting)]!, applications) },
      ]),
    ),
  };
}

function plantedOf(runs: readonly Planted[]) {
  const [early, late] = [0, 1].map((at) => runs.flatMap(({ split }) => (split[at] === undefined ? [] : [split[at]])));
  const share = (those: (run: Planted) => boolean): number => rounded(runs.filter(those).length / runs.length, 3);
  return {
    runs: runs.length,
    found: share(({ delay }) => delay !== null),
    ...delays(runs.map(({ delay }) => delay)),
    blamed_traffic: share(({ cause }) => cause === 'traffic'),
    blamed_an_innocent_funder: share(({ wronged }) => wronged),
    split_error_points: { at_alarm: errorOf(early!), after_500: errorOf(late!) },
    plain: Object.fromEntries(
      Object.keys(PLAIN).map((name) => [
        name,
        { ...delays(runs.map(({ plain }) => plain[name]!.delay)), blamed_an_innocent_funder: share(({ plain }) => plain[name]!.wronged) },
      ]),
    ),
  };
}

interface Delays {
  readonly median: number | null;
  readonly p90: number | null;
  /** Of every run that found it, ascending. */
  readonly delays: readonly number[];
}

/** Medians over all runs; one that found nothing counts as later than any. */
function delays(of: readonly (number | null)[]): Delays {
  const sorted = of.map((delay) => delay ?? Number.POSITIVE_INFINITY).toSorted((left, right) => left - right);
  const at = (share: number): number | null => {
    const value = sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!;
    return value === Number.POSITIVE_INFINITY ? null : value;
  };
  return { median: at(0.5), p90: at(0.9), delays: sorted.filter((delay) => delay !== Number.POSITIVE_INFINITY) };
}

/** Mean and mean absolute error in points of the rate. */
function errorOf(split: readonly { readonly traffic: number; readonly funder: number }[]) {
  const mean = (of: (each: { readonly traffic: number; readonly funder: number }) => number): number | null =>
    split.length === 0 ? null : rounded(split.reduce((sum, each) => sum + of(each), 0) / split.length, 2);
  return {
    traffic: mean(({ traffic }) => Math.abs(traffic)),
    funder: mean(({ funder }) => Math.abs(funder)),
    traffic_bias: mean(({ traffic }) => traffic),
    funder_bias: mean(({ funder }) => funder),
  };
}

/** The rate at which so few or fewer would be seen one time in forty, by bisection. */
function poissonUpper(count: number): number {
  let [low, high] = [count, count + 10 + 5 * Math.sqrt(count + 1)];
  for (let step = 0; step < 60; step += 1) {
    const middle = (low + high) / 2;
    let term = Math.exp(-middle);
    let sum = term;
    for (let k = 1; k <= count; k += 1) sum += term *= middle / k;
    if (sum > 0.025) low = middle;
    else high = middle;
  }
  return high;
}

function print({
  quiet,
  planted,
}: {
  readonly quiet: ReturnType<typeof quietOf>;
  readonly planted: Readonly<Record<string, ReturnType<typeof plantedOf>>>;
}): void {
  const { plain } = quiet;
  console.log(
    `quiet: ${quiet.applications} applications, ${quiet.false_alarms} false alarms: ${quiet.per_100000} per 100,000 (at most ${quiet.per_100000_at_most})`,
  );
  for (const [name, { setting, per_100000: rate }] of Object.entries(plain)) console.log(`  ${name} at ${setting}: ${rate} per 100,000`);
  console.log(`\n${'applications until found, median (p90)'.padEnd(40)}${['ours', ...Object.keys(plain)].map((name) => name.padStart(24)).join('')}`);
  const cell = (of: { readonly median: number | null; readonly p90: number | null }): string =>
    `${of.median ?? 'never'} (${of.p90 ?? 'never'})`.padStart(24);
  for (const [name, of] of Object.entries(planted)) console.log(`${name.padEnd(40)}${cell(of)}${Object.values(of.plain).map(cell).join('')}`);
  console.log('\nshare of runs in which a funder was blamed that had not changed');
  const blame = (share: number): string => share.toFixed(2).padStart(24);
  for (const [name, of] of Object.entries(planted))
    console.log(
      `${name.padEnd(40)}${blame(of.blamed_an_innocent_funder)}${Object.values(of.plain)
        .map((each) => blame(each.blamed_an_innocent_funder))
        .join('')}`,
    );
  console.log('\nerror of the split, points of the rate: traffic, funder (at the alarm; 500 applications later)');
  for (const [name, { split_error_points: error }] of Object.entries(planted).filter(([, of]) => of.split_error_points.at_alarm.traffic !== null))
    console.log(`${name.padEnd(40)} ${error.at_alarm.traffic}, ${error.at_alarm.funder}; ${error.after_500.traffic}, ${error.after_500.funder}`);
}

function rounded(value: number, digits: number): number {
  return Math.round(value * 10 ** digits) / 10 ** digits;
}
