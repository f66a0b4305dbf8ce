/** The names of all invariants, what a check of a commit looks at, and the one that everything shares: what waits has a timer. */
import { ATTEMPT_OPEN, type AttemptState } from '../../src/domain/states.ts';
import type { Change, Ledger } from './ledger.ts';
import type { Rows } from './watched.ts';

export interface CommitView {
  readonly changes: readonly Change[];
  readonly ledger: Ledger;
  /** Strategy of the policy that a plan was made by. */
  readonly strategyOf: (plan: Rows['plans']) => string;
  /** Limit of a cap window by its key. */
  readonly capLimit: (key: string) => number;
  readonly nowMs: number;
  /** What the policy of an application multiplies a funder's bids by, as the service knew it at this commit. */
  readonly weightOf: (applicationId: string, funderId: string) => number;
  readonly fail: (invariant: string, detail: string) => void;
}

export const INVARIANTS = [
  'one_winner',
  'offer_is_backed',
  'exclusive_attempt',
  'legal_transition',
  'event_sequence',
  'one_application_per_key',
  'cap_ledger',
  'released_on_sure_no',
  'timer_exists',
  'erased_is_null',
  'delivery_ends_once',
  'callback_once',
  'consent_covers_request',
  'receipt_covers_request',
  'submitted_once',
  'exclusive_at_funders',
  'cap_at_funder',
  'one_loan_at_funders',
  'no_personal_data_elsewhere',
  'best_bid_first',
  'quoted_is_thin',
  'authorised_first',
  'card_is_granted',
  'drawn_once',
  'drawn_as_accepted',
  'repaid_once',
  'links_stay_hidden',
  'acknowledged_is_kept',
  'same_bytes_on_replay',
  'no_internal_error',
  'ledger_is_complete',
  'ends',
  'loan_ends',
  'repayment_ends',
  'delivered_or_dead',
  'no_attempt_left_open',
  'counts_agree',
  'plans_can_be_made_again',
  'changes_end',
] as const;
export type Invariant = (typeof INVARIANTS)[number];

export type Waiter = 'application' | 'attempt' | 'loan' | 'repayment' | 'delivery' | 'callback';

/** Whatever still has to happen has a timer that will see to it. */
export function needTimer(view: CommitView, kind: Waiter, ref: string): void {
  if (view.ledger.hasTimer(kind, ref) || !WAITERS[kind](view.ledger, ref)) return;
  view.fail('timer_exists', `${kind} ${ref} waits and nothing will wake it`);
}

const APPLICATION_WAITS = new Set(['draft', 'screening', 'routing', 'needs_consent', 'pending', 'offered']);
const LOAN_WAITS = new Set(['contracting', 'disbursing', 'active', 'overdue']);

export const WAITERS: Readonly<Record<Waiter, (ledger: Ledger, ref: string) => boolean>> = {
  application: (ledger, ref) => APPLICATION_WAITS.has(ledger.get('applications', ref)?.state ?? ''),
  loan: (ledger, ref) => LOAN_WAITS.has(ledger.get('loans', ref)?.state ?? ''),
  repayment: (ledger, ref) => isUnderWay(ledger.get('repayments', ref)),
  delivery: (ledger, ref) => ledger.get('deliveries', ref)?.state === 'waiting',
  callback: (ledger, ref) => ledger.get('callbacks', ref)?.state === 'received',
  attempt(ledger, ref) {
    const attempt = ledger.get('attempts', ref);
    if (attempt === undefined) return false;
    if (ATTEMPT_OPEN.has(attempt.state as AttemptState) || attempt.state === 'quoted') return true;
    // Approved, and neither to be taken nor taken: it is being taken back.
    const stands = (state: string): boolean => state === 'open' || state === 'accepted';
    return (
      attempt.state === 'approved' && !ledger.of('offers', attempt.applicationId).some((offer) => offer.attemptId === ref && stands(offer.state))
    );
  },
};

export function isErased(view: CommitView, borrowerId: string): boolean {
  return typeof view.ledger.get('borrowers', borrowerId)?.erasedAtMs === 'number';
}

export function isUnderWay(row: Rows['repayments'] | undefined): boolean {
  return row !== undefined && row.state !== 'repaid' && row.state !== 'failed';
}
