/** What-if at the desk: starts a simulation of a candidate policy and tells how it stands. One at a time: each keeps a core busy. */
import { DESK_RECORDS } from '../../domain/desk.ts';
import type { DeskSnapshot } from '../../domain/desk.ts';
import { fault, problem, type Fault, type Problem } from '../../domain/failures.ts';
import { idTimeMs, isId, mintId } from '../../domain/ids.ts';
import type { Policy } from '../../domain/policy.ts';
import { readBy } from '../../domain/schema-faults.ts';
import type { SimulationJob, SimulationReport, SimulationWish } from '../../domain/simulation.ts';
import { NothingToSimulateError, type SimulationProgress, type Simulator } from '../../ports/simulator.ts';
import type { DeskRecordRow, Store } from '../../store/index.ts';
import { Unreachable } from '../cells/away.ts';
import type { Deps } from '../deps.ts';
import { iso } from '../view-application.ts';
import { checkRecord } from './check-record.ts';
import { invalid } from './propose-change.ts';

/** Ended simulations that are kept; an older one is forgotten. */
const KEPT = 20;
/** Applications of one simulation at the desk of many cells, which has no thread for it: its other work waits between two slices. */
const MOST_OF_CELLS = 10_000;
/** When to ask again while one runs. */
const RETRY_S = 15;

export interface SimulationView {
  readonly id: string;
  readonly status: 'running' | 'done' | 'failed';
  readonly policy_id: string;
  readonly started_at: string;
  readonly ended_at: string | null;
  readonly progress: SimulationProgress;
  readonly result: SimulationReport | null;
  /** Why it failed. */
  readonly reason: 'nothing_to_simulate' | 'cell_unreachable' | 'failed' | null;
}

/** The simulations of this process. They are not stored: a restart loses them, and says so. */
export interface Simulations {
  readonly simulator: Simulator;
  readonly startedMs: number;
  readonly byId: Map<string, SimulationView>;
}

export function createSimulations(simulator: Simulator, nowMs: number): Simulations {
  return { simulator, startedMs: nowMs, byId: new Map() };
}

/** The policy that an id names: a draft, a proposed change, or a record in force; or its faults, since a draft may have some. Null when there is none. */
export function findPolicy(store: Store, id: string): { readonly value: Policy } | { readonly faults: readonly Fault[] } | null {
  const text = textOf(store, id);
  return text === undefined ? null : readBy(DESK_RECORDS.policy, JSON.parse(text));
}

function textOf(store: Store, id: string): string | undefined {
  if (isId('pdr', id)) return store.desk.draft(id)?.body;
  if (!isId('chg', id)) return unlessRetired(store.desk.record('policy', id))?.body;
  const change = store.desk.change(id);
  return change?.kind === 'policy' && !change.retire ? change.body : undefined;
}

function unlessRetired(row: DeskRecordRow | undefined): DeskRecordRow | undefined {
  return row?.retired === false ? row : undefined;
}

/** What the candidate would replace, and whose past applications tell what that would change: the policy of its id, or the one for everybody. */
export function basisOf(
  { policy, policies }: Pick<DeskSnapshot, 'policy' | 'policies'>,
  candidate: Policy,
): Pick<SimulationJob, 'active' | 'policyId'> {
  const active = policies.get(candidate.id)?.policy ?? policy;
  return { active, policyId: policies.size > 1 ? active.id : null };
}

/** Starts it and does not wait. */
export function simulatePolicy(deps: Deps, policyId: string, given: Policy | undefined, wish: SimulationWish): SimulationView | Problem {
  const found = given === undefined ? findPolicy(deps.store, policyId) : { value: given };
  if (found === null) return problem('not_found', '没有这个策略', 'there is no such policy');
  if ('faults' in found) return invalid(found.faults);
  const candidate = found.value;
  const under = given === undefined ? '' : '/policy';
  const faults = checkRecord(deps, { kind: 'policy', record: candidate }).map((each) => ({ ...each, pointer: `${under}${each.pointer}` }));
  if (given !== undefined && given.id !== policyId)
    faults.unshift(fault('/policy/id', 'other_id', '与路径中的 id 不一致', 'is not the id in the path'));
  if (deps.cells !== null && wish.sample > MOST_OF_CELLS)
    faults.push(fault('/sample', 'too_large', `分布在多个分区时最多 ${MOST_OF_CELLS} 份`, `of many cells at most ${MOST_OF_CELLS}`));
  if (faults.length > 0) return invalid(faults);
  const { byId } = deps.simulations;
  if ([...byId.values()].some(({ status }) => status === 'running'))
    return problem('rate_limited', '已有一个模拟在运行，请稍后再试', 'another simulation is running; one at a time', { retryAfterS: RETRY_S });
  const id = mintId('sim', deps.cell, deps.clock.nowMs(), deps.random.bytes(10));
  const view: SimulationView = {
    id,
    status: 'running',
    policy_id: policyId,
    started_at: iso(deps.clock.nowMs()),
    ended_at: null,
    progress: { done: 0, total: 0 },
    result: null,
    reason: null,
  };
  byId.set(id, view);
  void run(deps, id, candidate, wish);
  return view;
}

export function showSimulation({ simulations, clock }: Pick<Deps, 'simulations' | 'clock'>, id: string): SimulationView | Problem {
  const view = simulations.byId.get(id);
  if (view !== undefined) return view;
  const atMs = isId('sim', id) ? idTimeMs(id) : null;
  if (atMs === null || atMs > clock.nowMs()) return problem('not_found', '没有这个模拟', 'there is no such simulation');
  return atMs < simulations.startedMs
    ? problem('gone', '服务已重启，模拟结果未保存，请重新运行', 'lost by a restart of the service; start it again')
    : problem('gone', '该模拟已被较新的模拟取代，请重新运行', 'newer ones have taken its place; start it again');
}

async function run(deps: Deps, id: string, candidate: Policy, wish: SimulationWish): Promise<void> {
  const snapshot = deps.desk.snapshot();
  const { byId, simulator } = deps.simulations;
  const change = (more: Partial<SimulationView>): void => void byId.set(id, { ...byId.get(id)!, ...more });
  try {
    const basis = basisOf(snapshot, candidate);
    const job = { wish, candidate, ...basis, ...(wish.everybody === true ? { policyId: null } : {}), funders: [...snapshot.funders.values()] };
    const result = await simulator.run(job, (progress) => change({ progress }));
    change({ status: 'done', result });
  } catch (error) {
    const reason = reasonOf(error);
    change({ status: 'failed', reason });
    if (reason !== 'nothing_to_simulate')
      deps.log.error('simulation.failed', { simulation: id, error: error instanceof Error ? error.name : 'unknown' });
  }
  change({ ended_at: iso(deps.clock.nowMs()) });
  for (const old of [...byId.keys()].slice(0, Math.max(0, byId.size - KEPT))) byId.delete(old);
}

function reasonOf(error: unknown): SimulationView['reason'] {
  if (error instanceof NothingToSimulateError) return 'nothing_to_simulate';
  return error instanceof Unreachable ? 'cell_unreachable' : 'failed';
}
