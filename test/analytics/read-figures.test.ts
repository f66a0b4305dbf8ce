import { describe, expect, it } from 'vitest';
import { FIGURES } from '../../src/analytics/figures.ts';
import { funnelStages, medianMs, running, shareOf } from '../../src/analytics/read-figures.ts';
import { DECIDED_COUNTS, DECIDED_WITHIN_MS, FUNDER_COUNTS, FUNNEL_COUNTS, type FunderCount, type FunnelCount } from '../../src/domain/rollups.ts';

const funnel = (counts: Partial<Record<FunnelCount, number>>) =>
  ({ ...Object.fromEntries(FUNNEL_COUNTS.map((name) => [name, 0])), ...counts }) as Record<FunnelCount, number>;
const times = (counts: Partial<Record<FunderCount, number>>) =>
  ({ ...Object.fromEntries(FUNDER_COUNTS.map((name) => [name, 0])), ...counts }) as Record<FunderCount, number>;

describe('a cohort', () => {
  const stage = (counts: Partial<Record<FunnelCount, number>>, name: string, over = true) =>
    funnelStages(funnel(counts), over).find((each) => each.stage === name)!;

  it('is mature once its time is over and 99 of 100 are decided', () => {
    expect(stage({ submitted: 200, open: 2 }, 'passed').mature).toBe(true);
    expect(stage({ submitted: 200, open: 3 }, 'passed').mature).toBe(false);
    expect(stage({ submitted: 200, open: 0 }, 'passed', false).mature).toBe(false);
  });

  it('is as to repayment mature when its loans are over, too', () => {
    const paid = { submitted: 200, disbursed: 100, settled: 80 };
    expect([running(funnel(paid)), stage(paid, 'disbursed').mature, stage(paid, 'settled').mature]).toEqual([20, true, false]);
    expect(stage({ ...paid, settled: 95, written_off: 5 }, 'overdue').mature).toBe(true);
  });

  it('has each stage as a share of the one it comes from', () => {
    const counts = { submitted: 3, passed: 2, declined: 1, started: 4 };
    expect([stage(counts, 'submitted').of_before, stage(counts, 'passed').of_before, stage(counts, 'declined').of_before]).toEqual([
      0.75, 0.6667, 0.5,
    ]);
    expect([stage(counts, 'started').of_before, stage(counts, 'disbursed').of_before, shareOf(0, 0)]).toEqual([null, null, null]);
  });
});

describe('the median of times', () => {
  it('lies in the part that holds the middle one', () => {
    expect(medianMs(times({}))).toBeNull();
    const inPart = medianMs(times({ decided_2s: 10, decided_8s: 100, decided_1m: 20 }))!;
    expect(inPart).toBeGreaterThan(4_000);
    expect(inPart).toBeLessThan(8_000);
    expect(medianMs(times({ decided_4s: 1, decided_later: 5 }))).toBe(DECIDED_WITHIN_MS.at(-1));
  });

  it('is within a factor of two of the true one, whatever the times', () => {
    for (const trueMs of [700, 3_000, 20_000, 200_000]) {
      const sorted = Array.from({ length: 501 }, (_, n) => trueMs * 1.01 ** (n - 250));
      const counts = times({});
      for (const ms of sorted) {
        const part = DECIDED_WITHIN_MS.findIndex((bound) => ms <= bound);
        counts[DECIDED_COUNTS[part === -1 ? DECIDED_WITHIN_MS.length : part]!] += 1;
      }
      expect(Math.abs(Math.log2(medianMs(counts)! / trueMs))).toBeLessThan(1);
    }
  });
});

it('every count has one definition in both languages, and what it is a share of is a count', () => {
  const ids = (kind: string): string[] => FIGURES.filter((figure) => figure.kind === kind).map(({ id }) => id);
  expect([ids('funnel'), ids('funder')]).toEqual([[...FUNNEL_COUNTS], [...FUNDER_COUNTS]]);
  for (const { kind, of, name, meaning } of FIGURES) {
    expect([name.zh, meaning.zh].every((words) => /[\u4e00-\u9fff]/.test(words)) && meaning.en !== '' && name.en !== '').toBe(true);
    if (of !== null) expect(ids(kind)).toContain(of);
  }
  expect(DECIDED_COUNTS).toHaveLength(DECIDED_WITHIN_MS.length + 1);
});
