/** Simulations in a thread of their own: the same figures as in this one, progress on the way, and an end when the server ends. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fillDatabase, type Traffic } from '../../bench/whatif-traffic.ts';
import type { SimulationJob } from '../../src/domain/simulation.ts';
import { NothingToSimulateError, type SimulationProgress } from '../../src/ports/simulator.ts';
import { simulateFile } from '../../src/runtime/node/simulate-file.ts';
import { threadedSimulator } from '../../src/runtime/node/simulator.ts';

const SLOW_MS = 60_000;
const folder = mkdtempSync(join(tmpdir(), 'millrace-simulator-'));
let traffic: Traffic;
let job: SimulationJob;

beforeAll(() => {
  traffic = fillDatabase(join(folder, 'millrace.db'), 1_200, 6, 2, () => undefined);
  const { policy, funders } = traffic;
  const wish = { fromMs: null, toMs: null, channelId: null, sample: 90, replicates: 20, seed: 1 };
  job = { wish, active: policy, candidate: { ...policy, max_attempts: 2 }, policyId: null, funders };
}, SLOW_MS);
afterAll(() => rmSync(folder, { recursive: true }));

describe('a simulation in a thread', { timeout: SLOW_MS }, () => {
  it('says how far it is, and what it would say here', async () => {
    const seen: SimulationProgress[] = [];
    const report = await threadedSimulator(traffic.path, traffic.masterKeys).run(job, (progress) => seen.push(progress));
    expect(report).toEqual(await simulateFile(traffic.path, traffic.masterKeys, job, () => undefined));
    expect(seen).toEqual([500, 1_000, 1_200].map((done) => ({ done, total: 1_200 })));
    // A hash chooses: about so many.
    expect(report.applications).toBeGreaterThan(50);
    expect(report.applications).toBeLessThan(130);
  });

  it('fails by name: nothing in the window, keys of other data, no file', async () => {
    const run = (path: string, masterKeys: Traffic['masterKeys'], wish = job.wish): Promise<unknown> =>
      threadedSimulator(path, masterKeys).run({ ...job, wish }, () => undefined);
    await expect(run(traffic.path, traffic.masterKeys, { ...job.wish, toMs: 1 })).rejects.toThrow(NothingToSimulateError);
    await expect(run(traffic.path, [{ version: 1, key: new Uint8Array(32) }])).rejects.toMatchObject({ name: 'SealBrokenError' });
    await expect(run(`${traffic.path}.none`, traffic.masterKeys)).rejects.toMatchObject({ name: 'SqliteError' });
  });

  it('follows another, one that failed too, and runs beside another', async () => {
    const simulator = threadedSimulator(traffic.path, traffic.masterKeys);
    const run = (seed: number): Promise<unknown> => simulator.run({ ...job, wish: { ...job.wish, seed } }, () => undefined);
    const [first] = await Promise.all([run(1), run(2)]);
    await expect(simulator.run({ ...job, wish: { ...job.wish, toMs: 1 } }, () => undefined)).rejects.toThrow(NothingToSimulateError);
    expect(await run(1)).toEqual(first);
    await simulator.stop();
  });

  it('is lost when the server stops, and its caller is told, in a thread that has served before too', async () => {
    const simulator = threadedSimulator(traffic.path, traffic.masterKeys);
    for (let round = 0; round < 2; round += 1) {
      const running = simulator.run(job, () => undefined);
      const told = expect(running).rejects.toMatchObject({ name: 'SimulationLostError' });
      await simulator.stop();
      await told;
      if (round === 0) await simulator.run(job, () => undefined);
    }
  });
});
