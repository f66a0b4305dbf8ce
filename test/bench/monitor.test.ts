/** The made-up traffic that monitors are judged on is what it says it is, and the plain monitors beside ours do alarm. */
import { describe, expect, it } from 'vitest';
import { emptyQuiet, runPlanted, runQuiet, warmUp } from '../../bench/eval/monitor-runs.ts';
import { LEVEL, levelFor, Stream, type Attempt, type Turn } from '../../bench/eval/monitor-stream.ts';

function firsts(turn: Turn, applications: number, seed = 3): Attempt[] {
  const stream = new Stream(seed);
  stream.turn(turn);
  return Array.from({ length: applications }, () => stream.next()[0]!).filter(({ funder }) => funder === 0);
}
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('the stream', () => {
  it.each([0.2, 0.1, 0.05])('approves the share it is set to: %f', (rate) => {
    const attempts = firsts({ funder: levelFor(rate) - LEVEL }, 30_000);
    expect(mean(attempts.map(({ live }) => live))).toBeCloseTo(rate, 2);
    expect(mean(attempts.map(({ approved }) => Number(approved))) / rate).toBeCloseTo(1, 0.7);
    expect(mean(attempts.map(({ calm }) => calm))).toBeCloseTo(0.2, 1.8);
  });

  it('doubles the weak channel without touching anybody’s likelihood, and is the same for a seed', () => {
    const weak = (turn: Turn): number => mean(firsts(turn, 20_000).map(({ events }) => Number(events[0]!.channelId === 'weak')));
    // Shares wobble from day to day.
    expect(weak({ weak: 2 }) / weak({})).toBeCloseTo(2, 0.3);
    for (const { calm, live } of firsts({ weak: 2 }, 500)) expect(live).toBe(calm);
    expect(firsts({}, 300)).toEqual(firsts({}, 300));
    expect(firsts({}, 300)).not.toEqual(firsts({}, 300, 4));
  });

  it('has a model that follows a change, which is why nothing is judged against it', () => {
    const attempts = firsts({ funder: levelFor(0.05) - LEVEL }, 6_000);
    expect(mean(attempts.slice(0, 20).map(({ said }) => said))).toBeGreaterThan(0.12);
    expect(mean(attempts.slice(-500).map(({ said }) => said))).toBeLessThan(0.09);
  });
});

describe('the runs', () => {
  it('count false alarms of every monitor', () => {
    const quiet = emptyQuiet();
    runQuiet(quiet, 5, 12_000);
    expect([quiet.applications, quiet.alarms]).toEqual([12_000, {}]);
    expect(quiet.attempts).toBeGreaterThan(15_000);
    expect(quiet.plain['window of 200']![0]).toBeGreaterThan(0);
    expect(quiet.plain['window of 200']!.at(-1)).toBe(0);
  });

  it('find a planted change, tell how far the split is off, and let the plain ones find it too', () => {
    const settings = { 'window of 200': 0.55, 'EWMA 0.02': -3.2 };
    const plan = { turn: { funder: levelFor(0.05) - LEVEL }, figure: 'approval', segment: '', guilty: true } as const;
    const run = runPlanted(9, plan, warmUp(9), settings);
    expect(run).toMatchObject({ wronged: false, cause: 'funder' });
    expect(run.delay).toBeLessThan(250);
    expect(run.split).toHaveLength(2);
    expect(Math.abs(run.split[1]!.traffic)).toBeLessThan(2);
    expect(run.plain['window of 200']!.delay).toBeLessThan(400);
    expect(run.plain['EWMA 0.02']!.delay).toBeLessThan(400);
  });
});
