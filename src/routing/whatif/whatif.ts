/**
 * What if another policy had decided? In: stored applications, one at a time, with what the funders answered; the policy in force and a
 * candidate. Out: what each would make of them, what the candidate would change, and how far that can be trusted (docs/what-if.md).
 * It keeps some dozens of bytes of each application, reads no store and no clock, and draws its luck from a seed.
 */
import type { Policy } from '../../domain/policy.ts';
import type { Comparison } from '../../domain/simulation.ts';
import { BANDS } from '../band.ts';
import { LATENT_SIGMA } from '../latent.ts';
import { collect } from './collect.ts';
import { Cases } from './columns.ts';
import { SecondOpinion, type LoggedBy } from './doubly-robust.ts';
import { indexFunders } from './funder-index.ts';
import { recalibrate, sigmaOf } from './recalibrate.ts';
import { drawReplicates } from './replicates.ts';
import type { StoredCase } from './stored-case.ts';
import { summarise } from './summarise.ts';
import { sumUp } from './value.ts';
import type { Funders } from './walk.ts';

export interface WhatIfOptions {
  readonly active: Policy;
  readonly candidate: Policy;
  /** Funders in force: both policies choose among them, and their terms are what an approval earns. */
  readonly funders: Funders;
  /** What decided when an application was planned. */
  readonly loggedBy: (stored: StoredCase) => LoggedBy;
  /** Replicates of the bootstrap. */
  readonly replicates: number;
  readonly seed: number;
}

export interface WhatIf {
  add(stored: StoredCase): void;
  readonly count: number;
  /** To be called once, when all have been added; at least one must have been. Some milliseconds' work in each slice, and the comparison at the end. */
  slices(): Generator<void, Comparison>;
}

/** All slices at once. */
export function resultOf(simulation: Pick<WhatIf, 'slices'>): Comparison {
  const slices = simulation.slices();
  for (;;) {
    const slice = slices.next();
    if (slice.done === true) return slice.value;
  }
}

export function whatIf({ active, candidate, funders, loggedBy, replicates, seed }: WhatIfOptions): WhatIf {
  const index = indexFunders(funders);
  const cases = new Cases(index.ids.length * BANDS.length);
  const policies = { active, candidate: JSON.stringify(active) === JSON.stringify(candidate) ? active : candidate };
  const opinion = new SecondOpinion();
  let sigma = 0;
  return {
    get count() {
      return cases.count;
    },
    add(stored) {
      sigma += stored.inputs.latentSigma ?? LATENT_SIGMA;
      collect(cases, stored, policies, funders, index);
      opinion.add(stored);
    },
    *slices() {
      const calibration = yield* recalibrate(cases, index.ids.length, sigma / Math.max(1, cases.count));
      const drawn = yield* drawReplicates(cases, calibration, replicates, seed);
      const stay = drawn.stay[replicates]!;
      const market = { ...policies, funders, index, calibration, stay };
      return {
        ...summarise(cases, yield* sumUp(cases, calibration, drawn, index, seed), index),
        doubly_robust: yield* opinion.compare(market, loggedBy, replicates, seed),
        calibration: { answers: calibration.answers, sigma: sigmaOf(calibration), stay },
      };
    },
  };
}
