/**
 * npm run eval:whatif -- [--runs 100] [--applications 3000] [--first-seed 1] [--json]
 *
 * Whether the intervals of a what-if simulation are honest: in made-up markets of which everything is known, how often the 90% interval of
 * the difference holds the truth; beside a bootstrap that believes the stored likelihoods, and the doubly robust figure. The last line
 * is JSON. docs/what-if.md
 */
import { parseArgs } from 'node:util';
import { wholeNumber } from '../../src/cli/arguments.ts';
import { evaluate } from './evaluate.ts';
import { playRun, type Run, type Verdict } from './whatif-run.ts';

const METHODS = ['ours', 'naive', 'doubly_robust'] as const;

evaluate('whatif', main);

function main(): void {
  const { values } = parseArgs({
    options: {
      runs: { type: 'string', default: '100' },
      applications: { type: 'string', default: '3000' },
      'first-seed': { type: 'string', default: '1' },
      json: { type: 'boolean', default: false },
    },
  });
  const applications = wholeNumber('--applications', values.applications, 200);
  const first = wholeNumber('--first-seed', values['first-seed'], 1);
  const count = wholeNumber('--runs', values.runs, 1);
  const runs: Run[] = [];
  for (let at = 0; at < count; at += 1) {
    runs.push(playRun(first + at, applications));
    if (process.stderr.isTTY) process.stderr.write(`\rrun ${at + 1} of ${count} `);
  }
  if (process.stderr.isTTY) process.stderr.write('\r');
  const results = { approvals: summary(runs.map((run) => run.approvals)), revenue_fen: summary(runs.map((run) => run.revenue_fen)) };
  if (!values.json) for (const [name, of] of Object.entries(results)) print(name, of);
  const observed = runs.reduce((sum, run) => sum + run.observed, 0) / count;
  console.log(JSON.stringify({ runs: count, applications, observed: round(observed), results }));
}

interface Line {
  /** Runs in which there was a figure at all. */
  readonly runs: number;
  readonly covered: number;
  readonly width: number;
  readonly bias: number;
  readonly rmse: number;
}

function summary(runs: readonly Readonly<Record<(typeof METHODS)[number], Verdict | null>>[]): Readonly<Record<string, Line>> {
  return Object.fromEntries(
    METHODS.map((method) => {
      const verdicts = runs.map((run) => run[method]).filter((verdict) => verdict !== null);
      const mean = (of: (verdict: Verdict) => number): number => verdicts.reduce((sum, one) => sum + of(one), 0) / verdicts.length;
      const error = ({ estimate, truth }: Verdict): number => estimate.value - truth;
      return [
        method,
        {
          runs: verdicts.length,
          covered: verdicts.filter(({ estimate, truth }) => estimate.low <= truth && truth <= estimate.high).length,
          width: round(mean(({ estimate }) => estimate.high - estimate.low)),
          bias: round(mean(error)),
          rmse: round(Math.sqrt(mean((verdict) => error(verdict) ** 2))),
        },
      ];
    }),
  );
}

function print(name: string, of: Readonly<Record<string, Line>>): void {
  console.log(`difference in ${name} per application`);
  console.log('  method         runs  truth in the 90% interval  width       bias        rmse');
  for (const [method, { runs, covered, width, bias, rmse }] of Object.entries(of))
    console.log(
      `  ${method.padEnd(13)} ${String(runs).padStart(5)}  ${`${covered} of ${runs}`.padEnd(25)}  ${cell(width)}  ${cell(bias)}  ${cell(rmse)}`,
    );
}

function cell(value: number): string {
  return String(value).padEnd(10);
}

function round(value: number): number {
  return Number(value.toPrecision(4));
}
