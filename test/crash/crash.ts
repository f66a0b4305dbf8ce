/** Runs many lives and adds up what they say. */
import { renderSampleCard } from '../../fixtures/id-photos/render.ts';
import { createDice, type Dice } from '../../fixtures/demo/dice.ts';
import type { Fault } from './faults.ts';
import { live, type LifeReport } from './life.ts';

export interface CrashOptions {
  readonly cycles: number;
  readonly seed: number;
  /** Lives at once. */
  readonly jobs: number;
  /** Cycles on one data folder, before it is left in peace and looked over. */
  readonly cyclesPerLife: number;
  readonly onCycle?: () => void;
  /** True: no further life is begun; what was done until then is reported. */
  readonly stopped?: () => boolean;
  readonly fault?: (dice: Dice) => Fault;
  /** Whether the data of a life in which something was wrong stays for a look; it does unless this is false. */
  readonly keepData?: boolean;
}

export interface CrashReport {
  readonly cycles: number;
  readonly lives: number;
  readonly deaths: Readonly<Record<string, number>>;
  readonly requests: number;
  readonly applications: number;
  readonly acknowledged: number;
  readonly replays: number;
  readonly callbacks: number;
  readonly webhooks: number;
  readonly inspections: number;
  readonly lost: readonly string[];
  readonly torn: readonly string[];
  /** Whatever else should not have been: errors in the log, 5xx, exit codes. */
  readonly faults: readonly string[];
}

export async function crash(options: CrashOptions): Promise<CrashReport> {
  const photo = await renderSampleCard('id_front', 1);
  const dice = createDice(options.seed);
  const lives: { readonly cycles: number; readonly seed: number }[] = [];
  for (let left = options.cycles; left > 0; left -= options.cyclesPerLife)
    lives.push({ cycles: Math.min(left, options.cyclesPerLife), seed: dice.between(1, 2 ** 31) });
  const reports: LifeReport[] = [];
  let next = 0;
  let cycles = 0;
  const job = async (): Promise<void> => {
    while (next < lives.length && options.stopped?.() !== true) {
      const one = lives[next++]!;
      cycles += one.cycles;
      reports.push(
        await live({
          ...one,
          photo,
          onCycle: options.onCycle ?? (() => undefined),
          keepData: options.keepData ?? true,
          ...(options.fault === undefined ? {} : { fault: options.fault }),
        }),
      );
    }
  };
  await Promise.all(Array.from({ length: Math.min(options.jobs, lives.length) }, job));
  return sum(cycles, reports);
}

function sum(cycles: number, reports: readonly LifeReport[]): CrashReport {
  const total = (of: (report: LifeReport) => number): number => reports.reduce((count, report) => count + of(report), 0);
  const deaths: Record<string, number> = {};
  for (const report of reports) for (const [cause, count] of Object.entries(report.deaths)) deaths[cause] = (deaths[cause] ?? 0) + count;
  return {
    cycles,
    lives: reports.length,
    deaths,
    requests: total(({ ledger }) => ledger.requests),
    applications: total(({ ledger }) => ledger.asked.size),
    acknowledged: total(({ ledger }) => ledger.acknowledged),
    replays: total(({ ledger }) => ledger.replays),
    callbacks: total(({ callbacks }) => callbacks),
    webhooks: total(({ delivered }) => delivered),
    inspections: total(({ inspections }) => inspections),
    lost: reports.flatMap(({ ledger }) => unique(ledger.lost)),
    torn: reports.flatMap(({ ledger }) => unique(ledger.torn)),
    faults: reports.flatMap(({ ledger }) => unique(ledger.faults)),
  };
}

/** What is lost stays lost and is found again at every inspection. */
function unique(texts: readonly string[]): string[] {
  return [...new Set(texts)];
}
