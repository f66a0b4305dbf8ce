/** A simulation for the command line: this instance's data, opened to read, with no server needed and none disturbed. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Policy } from '../../domain/policy.ts';
import type { SimulationReport, SimulationWish } from '../../domain/simulation.ts';
import { buildSnapshot } from '../../flow/desk/build-snapshot.ts';
import { readBy } from '../../domain/schema-faults.ts';
import { basisOf, findPolicy } from '../../flow/desk/simulate-policy.ts';
import type { SimulationProgress } from '../../ports/simulator.ts';
import { createStore } from '../../store/index.ts';
import type { Config } from './config.ts';
import { DATABASE_FILE, masterKeysOf } from './data-dir.ts';
import { openReadOnly } from './read-only.ts';
import { simulateFile } from './simulate-file.ts';

export interface PreparedSimulation {
  run(wish: SimulationWish, onProgress: (progress: SimulationProgress) => void): Promise<SimulationReport>;
}

/** The faults of the policy, a line each, when there are any. Throws when there is no database yet. */
export function prepareSimulation(
  config: Pick<Config, 'dataDir' | 'masterKeys'>,
  given: { readonly id: string } | { readonly policy: unknown },
): PreparedSimulation | string[] {
  const path = join(config.dataDir, DATABASE_FILE);
  if (!existsSync(path)) throw new Error(`there is no database in ${config.dataDir}; set MILLRACE_DATA_DIR to that of the instance`);
  const data = openReadOnly(path);
  try {
    const store = createStore(data.db);
    const snapshot = buildSnapshot(store);
    const { funders } = snapshot;
    const found = 'id' in given ? findPolicy(store, given.id) : readBy(Policy, given.policy);
    if (found === null) return ['there is no such policy, draft or change'];
    if ('faults' in found) return found.faults.map(({ pointer, message }) => `${pointer}: ${message.en}`);
    const candidate = found.value;
    const unknown = Object.keys(candidate.weights).filter((id) => !funders.has(id));
    if (unknown.length > 0) return unknown.map((id) => `/weights/${id}: there is no such funder`);
    const job = { candidate, ...basisOf(snapshot, candidate), funders: [...funders.values()] };
    return { run: (wish, onProgress) => simulateFile(path, masterKeysOf(config), { ...job, wish }, onProgress) };
  } finally {
    data.close();
  }
}
