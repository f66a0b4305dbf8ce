/** What a simulation reads of one stored application: the inputs of its first plan, and what the funders then said. */
import type { PlanInputs } from '../../domain/plan.ts';

/**
 * `no`: it was tried and could not be had (found ineligible beforehand, failed, ran out of time), which says nothing of the borrower's credit.
 * `open`: no answer is known, as where we called the attempt off.
 */
export type LoggedAnswer = 'approved' | 'declined' | 'no' | 'open';

/** One attempt as it was logged. */
export interface LoggedAttempt {
  readonly funderId: string;
  /** Attempts with the same number were made at once; from 0. */
  readonly wave: number;
  readonly answer: LoggedAnswer;
  /** Whether it was submitted, and so counts against K and is paid for. */
  readonly submitted: boolean;
}

export interface StoredCase {
  readonly applicationId: string;
  /** Whoever applies twice is drawn twice or not at all. */
  readonly borrowerId: string;
  /** The policy it was given; null: made while one decided for all. */
  readonly policyId: string | null;
  /** Inputs of the first plan. */
  readonly inputs: PlanInputs;
  /** In the order they were made. */
  readonly attempts: readonly LoggedAttempt[];
  /** True when the borrower was gone (withdrew, let it expire) after the last of the attempts, with nothing won. */
  readonly left: boolean;
}
