/**
 * Reads past traffic out of the store, one application at a time in the order of its ids, and hands it to the what-if of routing. What is
 * sealed is opened here and forgotten at once; nothing is written. It may take a while, so it says how far it is and pauses between pages.
 */
import type { NotSimulated, SimulationJob, SimulationReport } from '../../domain/simulation.ts';
import type { Policy } from '../../domain/policy.ts';
import { NothingToSimulateError, type SimulationProgress } from '../../ports/simulator.ts';
import { hashOf } from '../../routing/whatif/collect.ts';
import type { LoggedAttempt, StoredCase } from '../../routing/whatif/stored-case.ts';
import { whatIf } from '../../routing/whatif/whatif.ts';
import type { PastAttempt, Store, TrafficRow } from '../../store/index.ts';
import type { OpenKeys } from '../open-keys.ts';
import { inputsFromJson } from '../plan-inputs.ts';
import { routingRecordsAt } from './build-snapshot.ts';

const PAGE = 500;
const HASHES = 2 ** 32;

export interface ReplayHost {
  readonly store: Store;
  readonly keys: OpenKeys;
  readonly onProgress: (progress: SimulationProgress) => void;
  /** Lets others work between two pages. */
  readonly pause: () => Promise<void>;
}

/** Rejects with `NothingToSimulateError` when no application of the window can be used. */
export async function replayTraffic(host: ReplayHost, { wish, active, candidate, policyId, funders }: SimulationJob): Promise<SimulationReport> {
  const { store } = host;
  const filter = { ...wish, policyId };
  const total = store.traffic.count(filter);
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
  let after = '';
  for (;;) {
    const rows = store.traffic.page(filter, after, PAGE);
    for (const row of rows) {
      if (hashOf(row.borrowerId) >= kept) continue;
      const stored = readCase(host, row);
      if (stored === null) continue;
      if (typeof stored === 'string') unusable[stored] += 1;
      else {
        simulation.add(stored);
        if (unknown.size > 0) for (const { funderId } of stored.inputs.funders) unknown.delete(funderId);
      }
    }
    done += rows.length;
    host.onProgress({ done, total });
    if (rows.length < PAGE) break;
    after = rows.at(-1)!.id;
    await host.pause();
  }
  if (simulation.count === 0) throw new NothingToSimulateError('no application of this window can be used');
  return {
    ...simulation.result(),
    unusable,
    not_simulated: notSimulated(active, candidate),
    funders_without_history: [...unknown].toSorted(),
  };
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

const decoder = new TextDecoder();
const OPEN = new Set<TrafficRow['state']>(['routing', 'needs_consent', 'pending']);

function readCase({ store, keys }: ReplayHost, row: TrafficRow): StoredCase | 'erased' | 'open' | null {
  if (row.state === 'erased') return 'erased';
  if (OPEN.has(row.state)) return 'open';
  const plan = store.traffic.firstPlan(row.id);
  const borrower = store.applications.borrowerById(row.borrowerId);
  const key = borrower === undefined ? null : keys.of(borrower);
  // Withdrawn before there was a plan: no policy had a part in it.
  if (plan === undefined) return null;
  if (key === null || plan.inputsSealed === null) return 'erased';
  const inputs = inputsFromJson(decoder.decode(key.open(`plans/${plan.id}/inputs`, plan.inputsSealed)), plan);
  const attempts = readAttempts(store, row.id);
  const gone = row.state === 'withdrawn' || row.state === 'expired';
  const { policyId } = plan;
  return {
    applicationId: row.id,
    borrowerId: row.borrowerId,
    policyId,
    inputs,
    attempts,
    left: gone && !attempts.some(({ answer }) => answer === 'approved'),
  };
}

function readAttempts(store: Store, applicationId: string): LoggedAttempt[] {
  let wave = -1;
  let plan = '';
  return store.traffic.attemptsOf(applicationId).map((row) => {
    if (row.planId !== plan) wave += 1;
    plan = row.planId;
    return { funderId: row.funderId, wave, answer: answerOf(store, applicationId, row), submitted: row.submittedAtMs !== null };
  });
}

/** What was approved and then came to nothing was approved all the same: it left an offer behind. */
function answerOf(store: Store, applicationId: string, row: PastAttempt): LoggedAttempt['answer'] {
  switch (row.state) {
    case 'approved':
    case 'declined':
      return row.state;
    case 'ineligible':
    case 'failed':
      return 'no';
    case 'cancelled':
    case 'expired': {
      const offered = store.offers.ofApplication(applicationId).some((offer) => offer.attemptId === row.id);
      return offered ? 'approved' : row.state === 'expired' ? 'no' : 'open';
    }
    default:
      return 'open';
  }
}

function notSimulated(active: Policy, candidate: Policy): NotSimulated[] {
  const parts = ['prescreen', 'deadlines', 'consent_batch'] as const;
  return parts.filter((part) => JSON.stringify(active[part]) !== JSON.stringify(candidate[part]));
}
