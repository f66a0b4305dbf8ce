/** Carries out a simulation where it makes no borrower wait: a thread on Node; elsewhere whatever the host has. */
import type { SimulationJob, SimulationReport } from '../domain/simulation.ts';

/** How far it has come, in applications looked at. */
export interface SimulationProgress {
  readonly done: number;
  readonly total: number;
}

/** Nothing in the window can be used. */
export class NothingToSimulateError extends Error {
  override name = 'NothingToSimulateError';
}

export interface Simulator {
  /** Rejects with `NothingToSimulateError` where there is nothing, and with anything else where it failed. */
  run(job: SimulationJob, onProgress: (progress: SimulationProgress) => void): Promise<SimulationReport>;
}
