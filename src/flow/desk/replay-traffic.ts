/**
 * Hands past traffic to the what-if of routing, one application at a time in the order of its ids. What is sealed is opened here and
 * forgotten at once; nothing is written. It may take a while, so it says how far it is and pauses between pages.
 */
import type { Comparison, NotSimulated, SimulationJob, SimulationReport } from '../../domain/simulation.ts';
import type { Policy } from '../../domain/policy.ts';
import { NothingToSimulateError, type SimulationProgress } from '../../ports/simulator.ts';
import type { LoggedAttempt, StoredCase } from '../../routing/whatif/stored-case.ts';
import { whatIf, type WhatIf } from '../../routing/whatif/whatif.ts';
import type { Store } from '../../store/index.ts';
import type { OpenKeys } from '../open-keys.ts';
import { openInputs } from '../plan-inputs.ts';
import { routingRecordsAt } from './build-snapshot.ts';
import { STILL_OPEN, type PastCase, type Traffic } from './read-traffic.ts';

const HASHES = 2 ** 32;

export interface ReplayHost {
  /** Of the desk: what was in force when. */
  readonly store: Store;
  readonly traffic: Traffic;
  readonly keys: OpenKeys;
  readonly onProgress: (progress: SimulationProgress) => void;
  /** Lets others work between two pages. */
  readonly pause: () => Promise<void>;
}

/** Rejects with `NothingToSimulateError` when no application of the window can be used. */
export async function replayTraffic(host: ReplayHost, { wish, active, candidate, policyId, funders }: SimulationJob): Promise<SimulationReport> {
  const { store, traffic } = host;
  const { fromMs, toMs, channelId } = wish;
  const filter = { fromMs, toMs, channelId, policyId };
  const total = await traffic.count(filter);
  const kept = total === 0 ? 1 : (wish.sample / total) * HASHES;
  const inForce = new Map(funders.map((funder) => [funder.id, funder]));
  const simulation = whatIf({
    active,
    candidate,
    funders: inForce,
    replicates: wish.replicates,
    seed: wish.seed,
    loggedBy: loggedPolicies(store),
  });
  const unusable = { erased: 0, open: 0 };
  const unknown = new Set(inForce.keys());
  let done = 0;
  for await (const { cases, looked } of traffic.pages(filter, kept)) {
    for (const past of cases) {
      const stored = readCase(host.keys, past);
      if (stored === null) continue;
      if (typeof stored === 'string') unusable[stored] += 1;
      else {
        simulation.add(stored);
        if (unknown.size > 0) for (const { funderId } of stored.inputs.funders) unknown.delete(funderId);
      }
    }
    done += looked;
    host.onProgress({ done, total });
    await host.pause();
  }
  if (simulation.count === 0) throw new NothingToSimulateError('no application of this window can be used');
  return {
    ...(await inSlices(simulation, host.pause)),
    unusable,
    not_simulated: notSimulated(active, candidate),
    funders_without_history: [...unknown].toSorted(),
  };
}

async function inSlices(simulation: WhatIf, pause: ReplayHost['pause']): Promise<Comparison> {
  const slices = simulation.slices();
  for (;;) {
    const slice = slices.next();
    if (slice.done === true) return slice.value;
    await pause();
  }
}

/** What decided at the time, which exploration's chances depend on; read once for each version of the desk and each policy. */
function loggedPolicies(store: Store): (stored: StoredCase) => ReturnType<typeof routingRecordsAt> {
  const known = new Map<string, ReturnType<typeof routingRecordsAt>>();
  return ({ inputs: { snapshotVersion }, policyId }) => {
    const name = `${snapshotVersion} ${policyId ?? ''}`;
    let records = known.get(name);
    if (records === undefined) known.set(name, (records = routingRecordsAt(store, snapshotVersion, policyId)));
    return records;
  };
}

function readCase(keys: OpenKeys, { id, borrowerId, state, dataKey, plan, attempts: made }: PastCase): StoredCase | 'erased' | 'open' | null {
  if (state === 'erased') return 'erased';
  if (STILL_OPEN.has(state)) return 'open';
  const key = keys.of({ id: borrowerId, dataKey: dataKey as Buffer | null });
  // Withdrawn before there was a plan: no policy had a part in it.
  if (plan === null) return null;
  const inputs = openInputs(key, plan);
  if (inputs === null) return 'erased';
  const attempts = attemptsOf(made);
  const gone = state === 'withdrawn' || state === 'expired';
  const { policyId } = plan;
  return { applicationId: id, borrowerId, policyId, inputs, attempts, left: gone && !attempts.some(({ answer }) => answer === 'approved') };
}

function attemptsOf(made: PastCase['attempts']): LoggedAttempt[] {
  let wave = -1;
  let plan = '';
  return made.map((row) => {
    if (row.planId !== plan) wave += 1;
    plan = row.planId;
    return { funderId: row.funderId, wave, answer: answerOf(row), submitted: row.submittedAtMs !== null };
  });
}

function answerOf({ state, offered }: PastCase['attempts'][number]): LoggedAttempt['answer'] {
  switch (state) {
    case 'approved':
    case 'declined':
      return state;
    case 'ineligible':
    case 'failed':
      return 'no';
    case 'cancelled':
      return offered ? 'approved' : 'open';
    case 'expired':
      return offered ? 'approved' : 'no';
    default:
      return 'open';
  }
}

function notSimulated(active: Policy, candidate: Policy): NotSimulated[] {
  const parts = ['prescreen', 'deadlines', 'consent_batch'] as const;
  return parts.filter((part) => JSON.stringify(active[part]) !== JSON.stringify(candidate[part]));
}
