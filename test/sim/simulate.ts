/** Runs one seed: so many steps of trouble, then peace until everything has come to its end. */
import type { Ledger } from './ledger.ts';
import { judgeEnd, settleDown } from './liveness.ts';
import type { Sabotage } from './mutation.ts';
import type { Mix } from './setting.ts';
import { turn } from './timeline.ts';
import { World, type Violation } from './world.ts';

export interface SimOptions {
  readonly seed: number;
  /** Entries taken from the timeline while there is trouble. */
  readonly steps: number;
  readonly keepTrace?: boolean;
  /** Opens the disk anew from its bytes after each crash; slower, and the same trace. */
  readonly coldDisk?: boolean;
  readonly sabotage?: Sabotage;
  /** This mix of funders, whatever the seed would have. */
  readonly mix?: Mix | null;
}

export interface SimResult {
  readonly seed: number;
  readonly hash: string;
  /** In trouble, and in peace after it. */
  readonly steps: number;
  readonly peaceSteps: number;
  readonly applications: number;
  readonly attempts: number;
  /** How often each thing happened, by type of event. */
  readonly events: Readonly<Record<string, number>>;
  readonly deaths: number;
  readonly violation: (Violation & { readonly step: number }) | null;
  readonly lines: readonly string[];
}

export async function simulate(options: SimOptions): Promise<SimResult> {
  const world = new World(options.seed, {
    keepTrace: options.keepTrace ?? false,
    coldDisk: options.coldDisk ?? false,
    sabotage: options.sabotage ?? null,
    mix: options.mix ?? null,
  });
  let steps = 0;
  let peaceSteps = 0;
  try {
    world.begin();
    while (steps < options.steps && world.violation === null && world.timeline.step()) {
      steps += 1;
      await turn();
    }
    if (world.violation === null) {
      peaceSteps = await settleDown(world);
      if (world.violation === null) judgeEnd(world);
    }
    const { violation, ledger, trace } = world;
    return {
      seed: options.seed,
      hash: trace.hash,
      steps,
      peaceSteps,
      applications: ledger.rows('applications').size,
      attempts: ledger.rows('attempts').size,
      events: tally(ledger),
      deaths: world.deaths,
      violation: violation === null ? null : { ...violation, step: steps + peaceSteps },
      lines: trace.lines,
    };
  } finally {
    world.dispose();
  }
}

function tally(ledger: Ledger): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { type } of ledger.rows('events').values()) counts[type] = (counts[type] ?? 0) + 1;
  return counts;
}
