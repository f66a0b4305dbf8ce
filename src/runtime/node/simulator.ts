/**
 * Simulations on Node: each in a thread of its own with a connection of its own, so that no borrower waits for one. The thread is handed
 * the keys it needs to open what is sealed; they never leave the process. The last one to end stays for a while: loading takes longer than most
 * simulations, and whoever turns one knob turns the next.
 */
import { Worker } from 'node:worker_threads';
import { NothingToSimulateError, type Simulator } from '../../ports/simulator.ts';
import type { MasterKey } from '../vault.ts';
import type { SimulatorData, SimulatorWord } from './simulator-thread.ts';

export interface ThreadedSimulator extends Simulator {
  /** Ends what runs; its caller is told that it failed. */
  stop(): Promise<void>;
}

/** The thread ended without a word: it ran out of memory, or the server is stopping. */
class SimulationLostError extends Error {
  override name = 'SimulationLostError';
}

/** How long a thread waits for the next simulation, with all that the last one left in its memory. */
const IDLE_MS = 60_000;

export function threadedSimulator(path: string, masterKeys: readonly MasterKey[]): ThreadedSimulator {
  const threads = new Set<Worker>();
  let idle: Worker | null = null;
  let retiring: NodeJS.Timeout | undefined;

  function take(): Worker {
    clearTimeout(retiring);
    const thread = idle ?? start();
    idle = null;
    return thread;
  }

  function start(): Worker {
    const data: SimulatorData = { path, masterKeys };
    const thread = new Worker(new URL('./simulator-thread.ts', import.meta.url), { workerData: data, env: {}, execArgv: [] });
    threads.add(thread);
    thread.once('exit', () => {
      threads.delete(thread);
      if (idle === thread) idle = null;
    });
    return thread;
  }

  function giveBack(thread: Worker): void {
    if (idle !== null) return void thread.terminate();
    idle = thread;
    retiring = setTimeout(() => void thread.terminate(), IDLE_MS).unref();
  }

  return {
    run: (job, onProgress) =>
      new Promise((resolve, reject) => {
        const thread = take();
        const onWord = (word: SimulatorWord): void => {
          if (word.kind === 'progress') return onProgress(word.progress);
          thread.off('message', onWord).off('error', reject).off('exit', onExit);
          giveBack(thread);
          if (word.kind === 'done') resolve(word.report);
          else if (word.kind === 'nothing') reject(new NothingToSimulateError('no application of this window can be used'));
          else reject(Object.assign(new Error('the simulation failed'), { name: word.error }));
        };
        const onExit = (): void => reject(new SimulationLostError('the thread ended without a result'));
        thread.on('message', onWord).once('error', reject).once('exit', onExit);
        thread.unref();
        thread.postMessage(job);
      }),
    async stop() {
      clearTimeout(retiring);
      await Promise.all([...threads].map((thread) => thread.terminate()));
    },
  };
}
