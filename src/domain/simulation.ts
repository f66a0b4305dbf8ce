/** What a what-if simulation is asked, and what it says. Plain data, so that it can be computed elsewhere than where it was asked. */
import type { Funder } from './funder.ts';
import type { Policy } from './policy.ts';

/** Which stored applications, and with how much luck. Times are milliseconds since the epoch, of the application's creation. */
export interface SimulationWish {
  readonly fromMs: number | null;
  readonly toMs: number | null;
  readonly channelId: string | null;
  /** Applications of every policy, not only of the one it would replace. */
  readonly everybody?: boolean;
  /** About so many applications, chosen by a stable hash of the borrower; all when there are fewer. */
  readonly sample: number;
  readonly replicates: number;
  readonly seed: number;
}

export interface SimulationJob {
  readonly wish: SimulationWish;
  /** What the candidate would replace. */
  readonly active: Policy;
  readonly candidate: Policy;
  /** The applications that went by this policy; null: all, since one policy decides for all. */
  readonly policyId: string | null;
  readonly funders: readonly Funder[];
}

/** A figure and its 90% interval. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** Per application. */
export interface PolicyOutcome {
  readonly approvals: Estimate;
  /** Expected commission of the approvals, fen; without weights, and before attempts are paid for. */
  readonly revenue_fen: Estimate;
  readonly attempt_cost_fen: Estimate;
  readonly attempts: Estimate;
  /** Distance of the first plan's order from the one in the borrower's interest, 0 to 1. */
  readonly steering: Estimate;
}

/** Shares that were read from the log; the rest rests on the model. */
export interface Observed {
  /** Of the funders asked. */
  readonly asked: number;
  readonly approvals: number;
  readonly revenue_fen: number;
}

export interface FunderShare {
  readonly funder_id: string;
  /** Share of the approvals that are this funder's. */
  readonly active: Estimate;
  readonly candidate: Estimate;
  readonly difference: Estimate;
  /** How often it is asked, per application. */
  readonly asked: { readonly active: number; readonly candidate: number };
}

/** What happened to the same applications. */
export interface Actual {
  readonly approvals: number;
  readonly revenue_fen: number;
  readonly attempt_cost_fen: number;
  readonly attempts: number;
}

/** A second opinion from the order that exploration happened to choose; it leans on the model only where the log says nothing. */
export interface DoublyRobust {
  readonly approvals: Estimate;
  readonly revenue_fen: Estimate;
  /** Applications that it rests on, and what they are worth after weighting. */
  readonly applications: number;
  readonly effective: number;
}

export interface Comparison {
  readonly applications: number;
  /** The active policy's figures should be near it, unless policy, funders or model were changed meanwhile. */
  readonly actual: Actual;
  readonly active: PolicyOutcome & { readonly observed: Observed };
  readonly candidate: PolicyOutcome & { readonly observed: Observed };
  /** Candidate less active. */
  readonly difference: PolicyOutcome;
  readonly funders: readonly FunderShare[];
  /** Of the difference; null, with the reason, where what was logged cannot carry it. */
  readonly doubly_robust: DoublyRobust | { readonly refused: DoublyRobustRefusal };
  /** What the logged answers said of the stored likelihoods. */
  readonly calibration: {
    readonly answers: number;
    /** Spread of the borrowers' quality, log-odds. */
    readonly sigma: number;
    /** Share of borrowers who stay after a refusal. */
    readonly stay: number;
  };
}
export type DoublyRobustRefusal = 'no_exploration' | 'not_a_waterfall' | 'too_few' | 'no_support';

/** Parts of a policy that no stored plan can tell the effect of. */
export type NotSimulated = 'prescreen' | 'deadlines' | 'consent_batch';

export interface SimulationReport extends Comparison {
  /** Applications that could not be used, and why. */
  readonly unusable: { readonly erased: number; readonly open: number };
  /** What differs between the two policies and is not in these figures. */
  readonly not_simulated: readonly NotSimulated[];
  /** Funders in force that no stored plan knew: they are not in these figures. */
  readonly funders_without_history: readonly string[];
}
