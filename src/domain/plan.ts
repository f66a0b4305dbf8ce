/** What goes into a routing decision and what comes out: plain data, so that a stored decision can be made again to the same bytes. */
import type { Facts } from './applicant.ts';

/** Posterior over a funder's approval of an application like this one: Beta(alpha, beta). */
export interface Likelihood {
  readonly alpha: number;
  readonly beta: number;
}

/** What is known of one funder at the moment of planning, beside its record. */
export interface FunderState {
  readonly funderId: string;
  readonly likelihood: Likelihood;
  /** Smallest remaining room over its caps, or null when it has none; `capId` names the tightest. A cap in money is compared with the amount asked. */
  readonly exhaustedCap: string | null;
  readonly breakerOpen: boolean;
  /** Typical time from submit to decision, milliseconds. */
  readonly latencyMs: number;
  /** When this borrower was last declined here, milliseconds since the epoch. */
  readonly declinedAtMs: number | null;
  /** True when this application already has an attempt here, in whatever state. */
  readonly attempted: boolean;
  /** True when the borrower said no to this recipient. */
  readonly consentRefused: boolean;
}

/** What using up a funder's volume costs beyond the money of this application, fen; below 0 where a promised volume is short. */
export interface VolumePrice {
  /** Of an attempt, whatever the answer. */
  readonly attemptFen?: number;
  /** Of an approval. */
  readonly approvalFen?: number;
}

export interface PlanInputs {
  readonly nowMs: number;
  /** Seeds the exploration draw. */
  readonly seed: number;
  readonly facts: Facts;
  /** Versions of the desk's records the decision was made with. */
  readonly snapshotVersion: number;
  readonly policyVersion: number;
  readonly modelVersion: number;
  readonly funders: readonly FunderState[];
  /** Attempts of this application that count against K. */
  readonly attemptsUsed: number;
  /** `PlanStep.mean`, at its time, of each funder that has declined this application, in the order they declined: what a decline teaches. */
  readonly declinedLikelihoods: readonly number[];
  /** Legal entities this borrower's data went to within the exposure window. */
  readonly exposedEntities: readonly string[];
  /** Cap on annual cost by funder type at `nowMs`, basis points; a type that is absent has none. */
  readonly maxAprBps?: Readonly<Record<string, number>>;
  /** Prices of volume by funder at this moment, for this application; a funder that is absent has none. */
  readonly prices?: Readonly<Record<string, VolumePrice>>;
  /** Spread of the latent quality as learnt so far, 0 to 4 in log-odds; the first guess when absent. */
  readonly latentSigma?: number;
}

export const EXCLUSION_CODES = [
  'paused',
  'off_whitelist',
  'closed_hours',
  'amount',
  'term',
  'age',
  'income',
  'region',
  'rule',
  'cap',
  'breaker',
  'cooling_off',
  'exposure_budget',
  'already_attempted',
  'consent_refused',
  'cost_cap',
  'not_worth_it',
  'beyond_max_attempts',
] as const;
export type ExclusionCode = (typeof EXCLUSION_CODES)[number];

export interface Exclusion {
  readonly funderId: string;
  readonly code: ExclusionCode;
  /** Numbers behind the code, for the operator: limits and actual values, no personal data beyond facts. */
  readonly detail: string;
}

/** One funder of the plan, in the order it is to be tried. */
export interface PlanStep {
  readonly funderId: string;
  readonly tier: number;
  /** Steps with the same number are asked at once; from 0, never falling. A waterfall has one step in each, a rate table all in one. */
  readonly wave: number;
  /** Posterior mean before the declines of this application were taken into account. */
  readonly prior: number;
  /** Posterior mean after what declines have taught, and a 90% interval. */
  readonly mean: number;
  readonly low: number;
  readonly high: number;
  /** The likelihood the decision used: the mean, or a draw when explored. */
  readonly used: number;
  /** Expected commission x weight, in fen (may carry fractions: an expectation, not an amount). */
  readonly valueFen: number;
  readonly costFen: number;
  /** Probability that the borrower is still there after a rejection here. */
  readonly patience: number;
  /** Prices of volume, present when they are not 0: the order goes by `valueFen` less the one and `costFen` plus the other. */
  readonly approvalPriceFen?: number;
  readonly attemptPriceFen?: number;
  /** (p v - c) / (1 - d (1 - p)); routing.md. */
  readonly index: number;
}

export interface Plan {
  readonly steps: readonly PlanStep[];
  readonly excluded: readonly Exclusion[];
  readonly explored: boolean;
  /** Expected value of following the plan, last box included, in fen. */
  readonly expectedValueFen: number;
  /** The order the borrower would choose: likelihood and all-in cost alone. */
  readonly borrowerOrder: readonly string[];
  /** Kendall distance between the two orders over the steps, 0 (same) to 1 (reversed). */
  readonly steering: number;
  /** Present when the policy's bound on steering changed the order. */
  readonly bounded?: true;
}
