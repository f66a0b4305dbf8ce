/**
 * npm run eval:likelihood -- --data FILE [--warm-years 2014,2015] [--test-year 2016] [--delay 0] [--min-rows 150] [--seeds 5] [--json]
 *
 * How well the likelihood model predicts a year it was not tuned on, beside simple learners. The last line is JSON. docs/likelihood.md
 */
import { parseArgs } from 'node:util';
import { wholeNumber } from '../../src/cli/arguments.ts';
import { evaluate } from './evaluate.ts';
import { DataError, readRows } from './hmda.ts';
import { frozenLogistic, funderRate, ours, window125 } from './predictors.ts';
import type { Predictor } from './predictors.ts';
import { prepare, runTrial } from './prequential.ts';
import type { Prepared, Trial } from './prequential.ts';
import { meanScores, reliability, scoresOf } from './scores.ts';
import type { Scored, Scores } from './scores.ts';

const CANDIDATES: Readonly<Record<string, (prepared: Prepared) => Predictor>> = {
  ours: ({ encoder }) => ours(encoder),
  funder_rate: funderRate,
  frozen_logistic: ({ encoder, panel }) => frozenLogistic(encoder, panel),
  window_125: window125,
};

evaluate('likelihood', main);

function main(): void {
  const { values } = parseArgs({
    options: {
      data: { type: 'string' },
      'warm-years': { type: 'string', default: '2014,2015' },
      'test-year': { type: 'string', default: '2016' },
      delay: { type: 'string', default: '0' },
      'min-rows': { type: 'string', default: '150' },
      seeds: { type: 'string', default: '5' },
      json: { type: 'boolean', default: false },
    },
  });
  if (values.data === undefined) throw new DataError('--data FILE is needed');
  const trial: Trial = {
    warmYears: values['warm-years'].split(',').map((year) => wholeNumber('--warm-years', year, 0)),
    testYear: wholeNumber('--test-year', values['test-year'], 0),
    delay: wholeNumber('--delay', values.delay, 0),
    minRows: wholeNumber('--min-rows', values['min-rows'], 1),
  };
  const seeds = Array.from({ length: wholeNumber('--seeds', values.seeds, 1) }, (_, index) => index + 1);
  const prepared = prepare(readRows(values.data), trial);
  const runs = Object.entries(CANDIDATES).map(
    ([name, make]) => [name, seeds.map((seed) => runTrial(prepared, trial, seed, make(prepared)))] as const,
  );
  const figures = Object.fromEntries(runs.map(([name, of]) => [name, meanScores(of.map(scoresOf))]));
  const panel = { lenders: prepared.panel.size, tested: new Set(prepared.test.map((row) => row.lender)).size, rows: prepared.test.length };
  if (!values.json) print(figures, runs[0]![1].flat(), `${trial.testYear}: ${panel.lenders} lenders, ${panel.rows} rows, delay ${trial.delay}`);
  const rounded = Object.fromEntries(Object.entries(figures).map(([name, scores]) => [name, roundScores(scores)]));
  const asked = { warm_years: trial.warmYears, test_year: trial.testYear, delay: trial.delay, min_rows: trial.minRows, seeds: seeds.length };
  const [ourBins, ...baselineBins] = runs.map(([name, of]) => [name, reliability(of.flat())] as const);
  const reliable = { reliability: ourBins![1], reliability_of_baselines: Object.fromEntries(baselineBins) };
  console.log(JSON.stringify({ ...rounded, panel, ...asked, ...reliable }));
}

function print(figures: Readonly<Record<string, Scores>>, scored: readonly Scored[], title: string): void {
  console.log(`${title}\n\n                     AUC  log-loss    Brier      ECE`);
  for (const [name, { auc, log_loss: loss, brier, ece }] of Object.entries(figures)) {
    console.log(`${name.padEnd(16)} ${[auc, loss, brier, ece].map((one) => one.toFixed(4).padStart(8)).join(' ')}`);
  }
  console.log('\nours, all shuffles: said against seen\n   from      rows     said     seen');
  for (const [index, { rows, said, seen }] of reliability(scored).entries()) {
    console.log(`   ${(index / 10).toFixed(1)} ${String(rows).padStart(9)} ${said.toFixed(4).padStart(8)} ${seen.toFixed(4).padStart(8)}`);
  }
}

function roundScores(scores: Scores): Scores {
  const round = (value: number): number => Math.round(value * 1e5) / 1e5;
  return { auc: round(scores.auc), log_loss: round(scores.log_loss), brier: round(scores.brier), ece: round(scores.ece) };
}
