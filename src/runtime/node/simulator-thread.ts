/** The thread of simulator.ts: one simulation after another, each on a connection of its own that can only read. Says how far it is, and then what came of it. */
import { parentPort, workerData } from 'node:worker_threads';
import { invariant } from '../../domain/failures.ts';
import type { SimulationJob, SimulationReport } from '../../domain/simulation.ts';
import { NothingToSimulateError, type SimulationProgress } from '../../ports/simulator.ts';
import type { MasterKey } from '../vault.ts';
import { simulateFile } from './simulate-file.ts';

/** Jobs come as messages. */
export interface SimulatorData {
  readonly path: string;
  readonly masterKeys: readonly MasterKey[];
}
/** `failed` carries the error's name alone; its message may hold paths. */
export type SimulatorWord =
  | { readonly kind: 'progress'; readonly progress: SimulationProgress }
  | { readonly kind: 'done'; readonly report: SimulationReport }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'failed'; readonly error: string };

invariant(parentPort !== null, 'this is a thread of the server');
const port = parentPort;
const say = (word: SimulatorWord): void => port.postMessage(word);
const { path, masterKeys } = workerData as SimulatorData;
port.on('message', (job: SimulationJob) => void simulate(job));

async function simulate(job: SimulationJob): Promise<void> {
  try {
    say({ kind: 'done', report: await simulateFile(path, masterKeys, job, (progress) => say({ kind: 'progress', progress })) });
  } catch (error) {
    if (error instanceof NothingToSimulateError) say({ kind: 'nothing' });
    else say({ kind: 'failed', error: error instanceof Error ? error.name : 'unknown' });
  }
}
