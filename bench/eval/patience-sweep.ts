/** How patience turns the order of two funders round: a likely one that pays little and an unlikely one that pays much. Planned by `makePlan`. */
import type { PlanInputs } from '../../src/domain/plan.ts';
import { Policy } from '../../src/domain/policy.ts';
import { makePlan } from '../../src/routing/plan.ts';
import { FACTS, NOON_MS, benchFunder } from './plan-speed.ts';

/** What is known of a funder that answers at once. */
interface Side {
  readonly id: string;
  readonly likelihood: number;
  readonly cpaFen: number;
}

const LIKELY: Side = { id: 'fnd_likely', likelihood: 0.6, cpaFen: 6_000 };
const PAYING: Side = { id: 'fnd_paying', likelihood: 0.1, cpaFen: 24_000 };
const EXPOSURE_COSTS_FEN = [0, 2_000];
const STEPS = 100;

export interface Sweep {
  readonly exposure_cost_fen: number;
  /** Who goes first at each patience, and both indices, fen. */
  readonly points: readonly { readonly patience: number; readonly first: string; readonly likely_fen: number; readonly paying_fen: number }[];
  /** The least patience at which the one that pays more goes first; null when there is none. */
  readonly turns_at: number | null;
}

export interface PatienceSweep {
  readonly likely: { readonly likelihood: number; readonly cpa_fen: number };
  readonly paying: { readonly likelihood: number; readonly cpa_fen: number };
  readonly sweeps: readonly Sweep[];
}

export function sweepPatience(): PatienceSweep {
  const shown = ({ likelihood, cpaFen }: Side): PatienceSweep['likely'] => ({ likelihood, cpa_fen: cpaFen });
  return { likely: shown(LIKELY), paying: shown(PAYING), sweeps: EXPOSURE_COSTS_FEN.map(sweepAt) };
}

function sweepAt(exposureCostFen: number): Sweep {
  const points = Array.from({ length: STEPS + 1 }, (_, step) => pointAt(step / STEPS, exposureCostFen));
  return { exposure_cost_fen: exposureCostFen, points, turns_at: points.find(({ first }) => first === PAYING.id)?.patience ?? null };
}

function pointAt(patience: number, exposureCostFen: number): Sweep['points'][number] {
  const policy = Policy.parse({
    id: 'pol_patience',
    name: 'patience',
    strategy: 'waterfall',
    patience,
    exposure_cost_fen: exposureCostFen,
    exploration_share: 0,
  });
  const { steps } = makePlan(INPUTS, policy, FUNDERS);
  const indexOf = ({ id }: Side): number => Math.round(100 * steps.find(({ funderId }) => funderId === id)!.index) / 100;
  return { patience, first: steps[0]!.funderId, likely_fen: indexOf(LIKELY), paying_fen: indexOf(PAYING) };
}

const SIDES = [LIKELY, PAYING];
const FUNDERS = new Map(SIDES.map(({ id, cpaFen }) => [id, benchFunder(id, 1, { cpa_fen: cpaFen })]));
const INPUTS: PlanInputs = {
  nowMs: NOON_MS,
  seed: 1,
  facts: FACTS,
  snapshotVersion: 1,
  policyVersion: 1,
  modelVersion: 1,
  funders: SIDES.map(({ id, likelihood }) => ({
    funderId: id,
    likelihood: { alpha: 100 * likelihood, beta: 100 * (1 - likelihood) },
    exhaustedCap: null,
    breakerOpen: false,
    latencyMs: 0,
    declinedAtMs: null,
    attempted: false,
    consentRefused: false,
  })),
  attemptsUsed: 0,
  declinedLikelihoods: [],
  exposedEntities: [],
};
