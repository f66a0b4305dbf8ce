/**
 * Simulations on Node: each in a thread of its own with a connection of its own, so that no borrower waits for one. The thread is handed
 * the keys it needs to open what is sealed; they never leave the process.
 */
import { Worker } from 'node:worker_threads';
import { NothingToSimulateError, type Simulator } from '../../ports/simulator.ts';
import type { MasterKey } from '../vault.ts';
import type { SimulatorOrder, SimulatorWord } from './simulator-thread.ts';

export interface ThreadedSimulator extends Simulator {
  /** Ends what runs; its caller is told that it failed. */
  stop(): Promise<void>;
}

/** The thread ended without a word: it ran out of memory, or the server is stopping. */
class SimulationLostError extends Error {
  override name = 'SimulationLostError';
}

export function threadedSimulator(path: string, masterKeys: readonly MasterKey[]): ThreadedSimulator {
  const running = new Set<Worker>();
  return {
    run: (job, onProgress) =>
      new Promise((resolve, reject) => {
        const order: SimulatorOrder = { path, masterKeys, job };
        const thread = new Worker(new URL('./simulator-thread.ts', import.meta.url), { workerData: order, env: {}, execArgv: [] });
        thread.unref();
        running.add(thread);
        thread.on('message', (word: SimulatorWord) => {
          if (word.kind === 'progress') onProgress(word.progress);
          else if (word.kind === 'done') resolve(word.report);
          else if (word.kind === 'nothing') reject(new NothingToSimulateError('no application of this window can be used'));
          else reject(Object.assign(new Error('the simulation failed'), { name: word.error }));
        });
        thread.once('error', reject);
        thread.once('exit', () => {
          running.delete(thread);
          reject(new SimulationLostError('the thread ended without a result'));
        });
      }),
    async stop() {
      await Promise.all([...running].map((thread) => thread.terminate()));
    },
  };
}
