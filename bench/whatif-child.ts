/** The process that bench/whatif.ts measures: one simulation, and nothing else that would take memory. */
import { simulateFile } from '../src/runtime/node/simulate-file.ts';
import type { Traffic } from './whatif-traffic.ts';

export interface Order extends Traffic {
  readonly sample: number;
}
export interface Measured {
  readonly applications: number;
  readonly seconds: number;
  /** Of them, until the last application was read and walked. */
  readonly read: number;
  /** Of the processor: what the wall clock would be on a machine with nothing else to do. */
  readonly cpu: number;
  readonly peakRssBytes: number;
}

process.once('message', (order: Order) => void simulate(order));

async function simulate({ path, masterKeys, policy, funders, sample }: Order): Promise<void> {
  const startedMs = performance.now();
  let readMs = startedMs;
  const candidate = { ...policy, max_attempts: 4, weights: { [funders[0]!.id]: 3, [funders.at(-1)!.id]: 0 } };
  const wish = { fromMs: null, toMs: null, channelId: null, sample, replicates: 200, seed: 1 };
  const report = await simulateFile(path, masterKeys, { active: policy, candidate, policyId: null, funders, wish }, ({ done, total }) => {
    readMs = performance.now();
    process.send?.({ done, total });
  });
  const seconds = (performance.now() - startedMs) / 1_000;
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  const used = { cpu: (userCPUTime + systemCPUTime) / 1e6, peakRssBytes: maxRSS * 1_024 };
  process.send?.({ applications: report.applications, seconds, read: (readMs - startedMs) / 1_000, ...used } satisfies Measured, () =>
    process.disconnect(),
  );
}
