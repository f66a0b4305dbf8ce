/** What goes through every row, or is asked every few seconds by a machine: how long it takes, and for how long at a time nobody else is served. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { showSummary } from '../../src/flow/desk/show-summary.ts';
import { createMetrics } from '../../src/runtime/node/metrics.ts';
import type { RunningServer } from '../../src/runtime/node/server.ts';
import { round } from '../measure.ts';

export interface Pass {
  readonly name: string;
  readonly ms: number;
  /** The longest time between two turns of the loop. */
  readonly longest_pause_ms: number;
}

export async function wholePasses({ service }: RunningServer): Promise<Pass[]> {
  const metrics = createMetrics(service);
  return [await pass('summary', () => showSummary(service.deps)), await pass('metrics', () => metrics.text())];
}

async function pass(name: string, run: () => Promise<unknown>): Promise<Pass> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const fromMs = performance.now();
  await run();
  const ms = performance.now() - fromMs;
  // The pause in which it ended is known a turn later.
  await new Promise((resolve) => setTimeout(resolve, 20));
  delay.disable();
  return { name, ms: round(ms, 1), longest_pause_ms: round(delay.max / 1e6, 1) };
}
