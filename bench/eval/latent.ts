/**
 * npm run eval:latent -- [--seeds 20] [--past 3000] [--applicants 2000] [--first-seed 1] [--json]
 *
 * What replanning after declines is worth where funders judge alike, beside fixed orders and the oracle that knows every answer. At most
 * three attempts. The last line is JSON. docs/routing.md
 */
import { parseArgs } from 'node:util';
import { wholeNumber } from '../../src/cli/arguments.ts';
import { evaluate } from './evaluate.ts';
import { STRATEGIES, playMarket } from './latent-play.ts';
import type { Outcome, Strategy } from './latent-play.ts';
import { CORRELATIONS, drawMarket } from './latent-world.ts';
import { summary } from './regret.ts';

evaluate('latent', main);

function main(): void {
  const { values } = parseArgs({
    options: {
      seeds: { type: 'string', default: '20' },
      past: { type: 'string', default: '3000' },
      applicants: { type: 'string', default: '2000' },
      'first-seed': { type: 'string', default: '1' },
      json: { type: 'boolean', default: false },
    },
  });
  const [past, applicants, first] = [
    wholeNumber('--past', values.past, 1),
    wholeNumber('--applicants', values.applicants, 1),
    wholeNumber('--first-seed', values['first-seed'], 1),
  ];
  const seeds = Array.from({ length: wholeNumber('--seeds', values.seeds, 2) }, (_, index) => first + index);
  const results = CORRELATIONS.map((correlation) => {
    const outcomes = seeds.map((seed) => playMarket(drawMarket(correlation, seed), past, applicants, seed));
    return {
      correlation: correlation.name,
      sigma: correlation.sigma,
      sigma_learnt: figure(outcomes.map((one) => one.sigma)),
      ...figuresOf(outcomes),
    };
  });
  if (!values.json) for (const result of results) print(result);
  console.log(JSON.stringify({ seeds: seeds.length, past, applicants, results }));
}

interface Figure {
  readonly mean: number;
  readonly error: number;
}
interface Line {
  readonly approved_within_3: Figure;
  readonly value_fen: Figure;
  readonly share_of_oracle: Figure;
  readonly attempts: Figure;
  /** Value of the planner less this one's, market by market: the same applicants and the same luck. */
  readonly planner_more_fen: Figure;
}

/** `approvals_more_than_p`: approvals within three by the planner that is asked for approvals, less those by p, market by market. */
function figuresOf(outcomes: readonly Outcome[]): { readonly approvals_more_than_p: Figure; readonly strategies: Readonly<Record<Strategy, Line>> } {
  const lines = STRATEGIES.map((name): [Strategy, Line] => {
    const of = outcomes.map((one) => one.byStrategy[name]);
    return [
      name,
      {
        approved_within_3: figure(of.map((one) => one.approved)),
        value_fen: figure(of.map((one) => one.value)),
        share_of_oracle: figure(of.map((one, index) => one.value / outcomes[index]!.byStrategy.oracle.value)),
        attempts: figure(of.map((one) => one.attempts)),
        planner_more_fen: figure(of.map((one, index) => outcomes[index]!.byStrategy.planner.value - one.value)),
      },
    ];
  });
  const more = outcomes.map(({ byStrategy }) => byStrategy['planner for approvals'].approved - byStrategy.p.approved);
  return { approvals_more_than_p: figure(more), strategies: Object.fromEntries(lines) as Record<Strategy, Line> };
}

function figure(values: readonly number[]): Figure {
  const { mean, error } = summary(values);
  return { mean: rounded(mean), error: rounded(error) };
}

function rounded(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}

function print({
  correlation,
  sigma,
  sigma_learnt: learnt,
  approvals_more_than_p: more,
  strategies,
}: { correlation: string; sigma: number; sigma_learnt: Figure } & ReturnType<typeof figuresOf>): void {
  console.log(`\n${correlation}: sigma ${sigma}, learnt ${learnt.mean.toFixed(2)} (${learnt.error.toFixed(2)})`);
  console.log(`approvals within 3 by the planner for approvals, more than by p: ${more.mean.toFixed(4)} (${more.error.toFixed(4)})`);
  console.log('                            within 3           value, fen        of oracle  attempts  planner has more');
  for (const [name, line] of Object.entries(strategies)) {
    const pair = ({ mean, error }: Figure, digits: number): string => `${mean.toFixed(digits)} (${error.toFixed(digits)})`.padStart(18);
    const cells = [
      pair(line.approved_within_3, 4),
      pair(line.value_fen, 0),
      pair(line.share_of_oracle, 3),
      line.attempts.mean.toFixed(2).padStart(6),
      pair(line.planner_more_fen, 0),
    ];
    console.log(`  ${name.padEnd(24)}${cells.join('')}`);
  }
}
