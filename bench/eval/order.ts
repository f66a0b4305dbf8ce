/**
 * npm run eval:order -- [--instances 10000] [--sizes 10,100,1000,10000] [--rounds 200] [--seed 1] [--json]
 *
 * Whether order and choice are exact, by brute force, what a plan costs by the number of funders, and how patience moves the order. The last line is JSON. docs/routing.md
 */
import { parseArgs } from 'node:util';
import { wholeNumber } from '../../src/cli/arguments.ts';
import { evaluate } from './evaluate.ts';
import { KINDS, checkExactness } from './order-instances.ts';
import { sweepPatience } from './patience-sweep.ts';
import { CASES, timePlans } from './plan-speed.ts';
import type { Timing } from './plan-speed.ts';

evaluate('order', main);

function main(): void {
  const { values } = parseArgs({
    options: {
      instances: { type: 'string', default: '10000' },
      sizes: { type: 'string', default: '10,100,1000,10000' },
      rounds: { type: 'string', default: '200' },
      seed: { type: 'string', default: '1' },
      json: { type: 'boolean', default: false },
    },
  });
  const instances = wholeNumber('--instances', values.instances, 1);
  const seed = wholeNumber('--seed', values.seed, 0);
  const rounds = wholeNumber('--rounds', values.rounds, 3);
  const sizes = values.sizes.split(',').map((size) => wholeNumber('--sizes', size, 2));
  const exactness = Object.fromEntries(KINDS.map((kind) => [kind, checkExactness(kind, instances, seed)]));
  const speed = CASES.map((name) => ({ case: name, sizes: withGrowth(timePlans(name, sizes, rounds)) }));
  const patience = sweepPatience();
  if (!values.json) {
    console.log(`exactness against brute force, ${instances} instances each`);
    for (const [kind, of] of Object.entries(exactness))
      console.log(`  ${kind.padEnd(14)} ${of.differences} differences, worst ${of.worst.toExponential(1)}`);
    for (const { case: name, sizes: of } of speed) {
      console.log(`\n${name}: funders, median ms, fastest tenth ms, growth (median, fastest tenth), growth of n log n`);
      for (const one of of) console.log(`  ${[one.funders, one.median_ms, one.fast_ms, ...Object.values(one.growth ?? {})].map(cell).join('')}`);
    }
    console.log('\nleast patience at which the funder that pays more goes before the likelier one');
    for (const { exposure_cost_fen: cost, turns_at: at } of patience.sweeps) console.log(`  cost of an attempt ${cost} fen: ${at ?? 'never'}`);
  }
  console.log(JSON.stringify({ instances, seed, exactness, speed, patience }));
}

/** Beside each size how much longer it takes than the one before it, and how much longer n log n would. */
function withGrowth(timings: readonly Timing[]) {
  return timings.map((timing, index) => {
    const before = timings[index - 1];
    if (before === undefined) return { ...timing, growth: null };
    const ratio = (of: (one: Timing) => number): number => Math.round((100 * of(timing)) / of(before)) / 100;
    return {
      ...timing,
      growth: {
        median: ratio((one) => one.median_ms),
        fast: ratio((one) => one.fast_ms),
        n_log_n: ratio((one) => one.funders * Math.log(one.funders)),
      },
    };
  });
}

function cell(value: number): string {
  return String(value).padStart(10);
}
