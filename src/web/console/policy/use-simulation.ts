/** The what-if of a policy on past applications, asked anew whenever what it is asked about has changed. One runs at a time on the server: others wait. */
import { useEffect, useState } from 'react';
import type { SimulationReport } from '../../../domain/simulation.ts';
import { ask, Refused, type ProblemBody } from '../api.ts';
import type { Simulation } from './records.ts';

export interface SimulationWish {
  /** A draft, a change or a policy. */
  readonly id: string;
  /** Tells one state of it from the next: a revision, a version. */
  readonly stamp: string;
  readonly days: number | null;
  readonly channel: string | null;
}
export interface Asking {
  /** `busy`: somebody else's is running, and this one waits for it. */
  readonly status: 'idle' | 'busy' | 'running' | 'done' | 'failed';
  readonly progress: Simulation['progress'];
  /** The last answer; of an earlier question while a new one is under way. */
  readonly result: SimulationReport | null;
  readonly reason: Simulation['reason'] | 'network';
  readonly problem: ProblemBody | null;
  /** Nothing went by this policy yet, so the applications of all policies were asked. */
  readonly everybody: boolean;
}

const MOST_APPLICATIONS = 10_000;
const DAY_MS = 86_400_000;
const FIRST_LOOK_MS = 150;
const LAST_LOOK_MS = 1_200;
const BUSY_MS = 1_500;
const NOTHING: Asking = { status: 'idle', progress: { done: 0, total: 0 }, result: null, reason: null, problem: null, everybody: false };

/** `wish` null: nothing is asked. */
export function useSimulation(wish: SimulationWish | null): Asking {
  const [asking, setAsking] = useState(NOTHING);
  const key = wish === null ? null : JSON.stringify(wish);
  useEffect(() => {
    if (key === null) return undefined;
    const control = new AbortController();
    const tell = (more: Partial<Asking>): void => {
      if (!control.signal.aborted) setAsking((was) => ({ ...was, ...more }));
    };
    tell({ status: 'running', progress: NOTHING.progress, reason: null, problem: null });
    follow(JSON.parse(key) as SimulationWish, control.signal, tell).catch((error: unknown) =>
      tell({ status: 'failed', reason: error instanceof Refused ? 'failed' : 'network', problem: error instanceof Refused ? error.problem : null }),
    );
    return () => control.abort();
  }, [key]);
  return asking;
}

async function follow(wish: SimulationWish, signal: AbortSignal, tell: (more: Partial<Asking>) => void): Promise<void> {
  const own = await ended(wish, 'own', signal, tell);
  const everybody = own.reason === 'nothing_to_simulate';
  const simulation = everybody ? await ended(wish, 'all', signal, tell) : own;
  if (simulation.status === 'done') tell({ status: 'done', result: simulation.result, progress: simulation.progress, everybody });
  else tell({ status: 'failed', reason: simulation.reason, result: null, everybody });
}

type Applications = 'own' | 'all';
type Tell = (more: Partial<Asking>) => void;

async function ended(wish: SimulationWish, applications: Applications, signal: AbortSignal, tell: Tell): Promise<Simulation> {
  let simulation = await start(wish, applications, signal, tell);
  for (let waitMs = FIRST_LOOK_MS; simulation.status === 'running'; waitMs = Math.min(LAST_LOOK_MS, waitMs * 1.5)) {
    tell({ status: 'running', progress: simulation.progress });
    await rest(waitMs, signal);
    simulation = await ask<Simulation>('GET', `/v1/desk/simulations/${simulation.id}`, undefined, { signal });
  }
  return simulation;
}

async function start(wish: SimulationWish, applications: Applications, signal: AbortSignal, tell: Tell): Promise<Simulation> {
  const body = {
    sample: MOST_APPLICATIONS,
    applications,
    ...(wish.days === null ? {} : { from: new Date(Date.now() - wish.days * DAY_MS).toISOString() }),
    ...(wish.channel === null ? {} : { channel: wish.channel }),
  };
  for (;;) {
    try {
      return await ask<Simulation>('POST', `/v1/desk/policies/${wish.id}/simulate`, body, { signal });
    } catch (error) {
      if (!(error instanceof Refused) || error.problem.status !== 429) throw error;
      tell({ status: 'busy' });
      await rest(BUSY_MS, signal);
    }
  }
}

async function rest(ms: number, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => (clearTimeout(timer), reject(new DOMException('aborted', 'AbortError'))), { once: true });
  });
}
