/** A simulation over a database file, in the thread that calls. */
import { randomFillSync } from 'node:crypto';
import type { SimulationJob, SimulationReport } from '../../domain/simulation.ts';
import { trafficHere } from '../../flow/desk/read-traffic.ts';
import { replayTraffic } from '../../flow/desk/replay-traffic.ts';
import { createOpenKeys } from '../../flow/open-keys.ts';
import type { SimulationProgress } from '../../ports/simulator.ts';
import { createStore } from '../../store/index.ts';
import { createVault, type MasterKey } from '../vault.ts';
import { openReadOnly } from './read-only.ts';

/** Borrowers whose keys are kept open; past traffic comes by age, so few come back soon. */
const OPEN_KEYS = 64;
const PAGE = 500;

/** Rejects with `NothingToSimulateError` when no application of the window can be used, and with a seal's error when the keys are not the data's. */
export async function simulateFile(
  path: string,
  masterKeys: readonly MasterKey[],
  job: SimulationJob,
  onProgress: (progress: SimulationProgress) => void,
): Promise<SimulationReport> {
  const vault = createVault({ masterKeys, current: masterKeys.at(-1)!.version }, (count) => randomFillSync(new Uint8Array(count)));
  const data = openReadOnly(path);
  try {
    const store = createStore(data.db);
    const host = { store, traffic: trafficHere(store, PAGE), keys: createOpenKeys(vault, OPEN_KEYS), onProgress, pause: async () => undefined };
    return await replayTraffic(host, job);
  } finally {
    data.close();
  }
}
