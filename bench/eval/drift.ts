/**
 * npm run eval:drift -- --data FILE [--runs 40] [--rounds 5000] [--delays 0,500] [--arms 10] [--min-rows 40] [--first-run 1] [--json]
 *
 * Regret of choosing by the likelihood model while real approval rates move, beside simple learners. The last line is JSON. docs/likelihood.md
 */
import { parseArgs } from 'node:util';
import { generator } from '../../src/routing/draw.ts';
import { wholeNumber } from '../../src/cli/arguments.ts';
import { armsOf, drawArms } from './arms.ts';
import { BANDITS } from './bandits.ts';
import { evaluate } from './evaluate.ts';
import { DataError, readRows } from './hmda.ts';
import { regretPer1000, summary } from './regret.ts';

evaluate('drift', main);

function main(): void {
  const { values } = parseArgs({
    options: {
      data: { type: 'string' },
      runs: { type: 'string', default: '40' },
      rounds: { type: 'string', default: '5000' },
      delays: { type: 'string', default: '0,500' },
      arms: { type: 'string', default: '10' },
      'min-rows': { type: 'string', default: '40' },
      'first-run': { type: 'string', default: '1' },
      json: { type: 'boolean', default: false },
    },
  });
  if (values.data === undefined) throw new DataError('--data FILE is needed');
  const [count, roundsPerPhase, first] = [
    wholeNumber('--arms', values.arms, 2),
    wholeNumber('--rounds', values.rounds, 1),
    wholeNumber('--first-run', values['first-run'], 1),
  ];
  const all = armsOf(readRows(values.data), wholeNumber('--min-rows', values['min-rows'], 1), count);
  const runs = Array.from({ length: wholeNumber('--runs', values.runs, 2) }, (_, index) => first + index);
  const chosen = runs.map((run) => drawArms(all, count, generator(run, 'arms')));
  const delays = values.delays.split(',').map((delay) => wholeNumber('--delays', delay, 0));
  const results = delays.map((delay) => {
    const byRun = Object.entries(BANDITS).map(
      ([name, make]) =>
        [name, runs.map((run, index) => regretPer1000(chosen[index]!, make(chosen[index]!), { roundsPerPhase, delay }, run))] as const,
    );
    return compare(delay, Object.fromEntries(byRun));
  });
  if (!values.json) for (const result of results) print(result);
  console.log(JSON.stringify({ lenders: all.length, arms: count, runs: runs.length, rounds_per_phase: roundsPerPhase, delays: results }));
}

type Summary = ReturnType<typeof summary>;
interface Result {
  readonly delay: number;
  readonly regret_per_1000: Readonly<Record<string, Summary>>;
  readonly best_other: string;
  /** Ours less the best other's, run by run: the same arms and the same luck. */
  readonly ours_less_best_other: Summary;
}

function compare(delay: number, byRun: Readonly<Record<string, readonly number[]>>): Result {
  const means = Object.fromEntries(Object.entries(byRun).map(([name, of]) => [name, rounded(summary(of))]));
  const others = Object.keys(byRun).filter((name) => name !== 'ours');
  const bestOther = others.toSorted((left, right) => means[left]!.mean - means[right]!.mean)[0]!;
  const differences = byRun['ours']!.map((value, index) => value - byRun[bestOther]![index]!);
  return { delay, regret_per_1000: means, best_other: bestOther, ours_less_best_other: rounded(summary(differences)) };
}

function print({ delay, regret_per_1000: regret, best_other: other, ours_less_best_other: less }: Result): void {
  console.log(`\ndelay ${delay}: regret per 1,000 rounds, standard error`);
  for (const [name, { mean, error }] of Object.entries(regret))
    console.log(`  ${name.padEnd(20)} ${mean.toFixed(2).padStart(7)} ${error.toFixed(2).padStart(6)}`);
  console.log(`  ours less ${other}: ${less.mean.toFixed(2)} (${less.error.toFixed(2)})`);
}

function rounded({ mean, error }: Summary): Summary {
  return { mean: Math.round(mean * 1_000) / 1_000, error: Math.round(error * 1_000) / 1_000 };
}
