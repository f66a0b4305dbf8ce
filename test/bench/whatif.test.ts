/** The honesty test of what-if, in small: the same code as `npm run eval:whatif`, with fewer runs. */
import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { drawLog, drawMarket, truthOf } from '../../bench/eval/whatif-market.ts';
import { playRun } from '../../bench/eval/whatif-run.ts';

describe('the made-up market', () => {
  it('pays what its log shows, and is the same for a seed', () => {
    const market = drawMarket(5);
    const log = drawLog(market, 2_000, 5);
    const approved = log.cases.filter(({ attempts }) => attempts.at(-1)?.answer === 'approved').length / log.cases.length;
    // Five standard errors.
    expect(Math.abs(truthOf(market, log, market.active, 4).approvals - approved)).toBeLessThan(0.05);
    expect(drawLog(market, 40, 5)).toEqual(drawLog(market, 40, 5));
    expect(drawLog(market, 40, 6)).not.toEqual(drawLog(market, 40, 5));
  });
});

describe('the interval of the difference', () => {
  it('holds the truth mostly, where one that believes the stored likelihoods mostly does not', { timeout: 60_000 }, () => {
    const runs = [1, 2, 6, 9, 21].map((seed) => playRun(seed, 500, { draws: 4, second: false }));
    const held = (method: 'ours' | 'naive'): number =>
      runs.filter(({ approvals }) => {
        const { estimate, truth } = approvals[method];
        return estimate.low <= truth && truth <= estimate.high;
      }).length;
    expect(held('ours')).toBeGreaterThanOrEqual(4);
    expect(held('naive')).toBeLessThan(held('ours'));
    for (const { approvals, observed } of runs) {
      expect(approvals.ours.estimate.high - approvals.ours.estimate.low).toBeLessThan(0.25);
      expect(observed).toBeGreaterThan(0.1);
    }
  });
});

it('is told as a table and as JSON', { timeout: 60_000 }, () => {
  const command = new URL('../../bench/eval/whatif.ts', import.meta.url).pathname;
  const lines = execFileSync(process.execPath, [command, '--runs', '1', '--applications', '200'], { encoding: 'utf8' }).trim().split('\n');
  expect(lines[0]).toBe('difference in approvals per application');
  const told = JSON.parse(lines.at(-1)!) as { runs: number; results: Record<string, Record<string, { runs: number; covered: number }>> };
  expect(told.runs).toBe(1);
  for (const figures of Object.values(told.results)) expect(Object.keys(figures)).toEqual(['ours', 'naive', 'doubly_robust']);
  expect(told.results['approvals']!['ours']!.runs).toBe(1);
});
