/**
 * The three life cycles, each one literal table: state -> event -> state.
 * `advance` is pure; an edge that is not in the table is a typed refusal, never an exception.
 * `docs/states.md` is rendered from these tables and a test holds the two together.
 */

type Table = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** Life of an application. Each event names what happened, not what is wanted. */
export const APPLICATION_STATES = {
  draft: { submitted: 'screening', withdrawn: 'withdrawn', expired: 'expired', erased: 'erased' },
  screening: { passed: 'routing', refused: 'refused', quarantined: 'screening', withdrawn: 'withdrawn', expired: 'expired', erased: 'erased' },
  routing: {
    consent_missing: 'needs_consent',
    funder_pending: 'pending',
    offer_received: 'offered',
    all_declined: 'declined',
    withdrawn: 'withdrawn',
    expired: 'expired',
    erased: 'erased',
  },
  needs_consent: {
    consent_given: 'routing',
    offer_received: 'offered',
    all_declined: 'declined',
    withdrawn: 'withdrawn',
    expired: 'expired',
    erased: 'erased',
  },
  pending: { funder_answered: 'routing', offer_received: 'offered', withdrawn: 'withdrawn', expired: 'expired', erased: 'erased' },
  offered: { offer_received: 'offered', accepted: 'accepted', offers_gone: 'routing', withdrawn: 'withdrawn', expired: 'expired', erased: 'erased' },
  accepted: { disbursed: 'disbursed', disbursement_failed: 'declined', withdrawn: 'withdrawn', expired: 'expired', erased: 'erased' },
  disbursed: { erased: 'erased' },
  refused: { released: 'screening', erased: 'erased' },
  declined: { offer_received: 'offered', erased: 'erased' },
  expired: { erased: 'erased' },
  withdrawn: { erased: 'erased' },
  erased: {},
} as const satisfies Table;

/** Life of one attempt: one application at one funder. */
export const ATTEMPT_STATES = {
  planned: { precheck_started: 'checking', submit_started: 'submitting', cancelled: 'cancelled' },
  checking: {
    ineligible: 'ineligible',
    bid_received: 'quoted',
    borrower_needed: 'authorising',
    submit_started: 'submitting',
    check_failed: 'failed',
    cancelled: 'cancelled',
  },
  /** It has bid and waits until it is chosen, or somebody dearer is. */
  quoted: { borrower_needed: 'authorising', submit_started: 'submitting', cancelled: 'cancelled', expired: 'expired' },
  /** The borrower is on the funder's page; the full application has not been sent. */
  authorising: {
    submit_started: 'submitting',
    ineligible: 'ineligible',
    declined: 'declined',
    cancelled: 'cancelled',
    expired: 'expired',
  },
  submitting: {
    answer_lost: 'unknown',
    accepted: 'pending',
    approved: 'approved',
    declined: 'declined',
    not_accepted: 'failed',
    cancelled: 'cancelled',
  },
  unknown: {
    accepted: 'pending',
    approved: 'approved',
    declined: 'declined',
    never_received: 'failed',
    cancelled: 'cancelled',
    expired: 'expired',
  },
  pending: { approved: 'approved', declined: 'declined', cancelled: 'cancelled', expired: 'expired', funder_failed: 'failed' },
  approved: { cancelled: 'cancelled', expired: 'expired', declined: 'declined' },
  ineligible: {},
  declined: {},
  failed: {},
  cancelled: {},
  expired: {},
} as const satisfies Table;

/** Life of a loan after acceptance. */
export const LOAN_STATES = {
  contracting: { draw_started: 'disbursing', disbursed: 'active', failed: 'failed' },
  disbursing: { disbursed: 'active', failed: 'failed' },
  active: { overdue: 'overdue', settled: 'settled' },
  overdue: { caught_up: 'active', settled: 'settled', written_off: 'written_off' },
  settled: {},
  failed: {},
  written_off: {},
} as const satisfies Table;

export type ApplicationState = keyof typeof APPLICATION_STATES;
export type AttemptState = keyof typeof ATTEMPT_STATES;
export type LoanState = keyof typeof LOAN_STATES;
type EventsOf<T extends Table> = { [S in keyof T]: keyof T[S] }[keyof T] & string;
export type ApplicationEdge = EventsOf<typeof APPLICATION_STATES>;
export type AttemptEdge = EventsOf<typeof ATTEMPT_STATES>;
export type LoanEdge = EventsOf<typeof LOAN_STATES>;

/** The state that `event` leads to from `state`, or null when the table has no such edge. */
export function advanceApplication(state: ApplicationState, event: ApplicationEdge): ApplicationState | null {
  return step(APPLICATION_STATES, state, event) as ApplicationState | null;
}
export function advanceAttempt(state: AttemptState, event: AttemptEdge): AttemptState | null {
  return step(ATTEMPT_STATES, state, event) as AttemptState | null;
}
export function advanceLoan(state: LoanState, event: LoanEdge): LoanState | null {
  return step(LOAN_STATES, state, event) as LoanState | null;
}

/** States in which nothing more is owed by us to the borrower or by a funder to us. */
export const APPLICATION_ENDED: ReadonlySet<ApplicationState> = new Set(['refused', 'declined', 'expired', 'withdrawn', 'erased', 'disbursed']);
/**
 * Attempts whose outcome at the funder is still open: they hold their caps and, when exclusive, block the next funder. One that has merely bid
 * blocks nobody: bids are there to be compared.
 */
export const ATTEMPT_OPEN: ReadonlySet<AttemptState> = new Set(['planned', 'checking', 'authorising', 'submitting', 'unknown', 'pending']);

function step(table: Table, state: string, event: string): string | null {
  const edges = table[state];
  return edges !== undefined && Object.hasOwn(edges, event) ? edges[event]! : null;
}
