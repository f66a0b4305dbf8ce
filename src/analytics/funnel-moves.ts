/** What each event of the feed says of how far an application has come: one table for applications, one for attempts, one for loans. */
import type { FunderCount, FunnelCount } from '../domain/rollups.ts';

/** '': it has not ended, or not any more. */
export type Ended = '' | 'refused' | 'declined' | 'expired' | 'withdrawn' | 'disbursed';

/** An end by itself counts no stage but `disbursed`: it is counted while it lasts. */
interface Move {
  readonly reaches: readonly FunnelCount[];
  readonly ended?: Ended;
}

export const APPLICATION_MOVES: Readonly<Record<string, Move>> = {
  'application.quarantined': { reaches: ['quarantined'], ended: '' },
  'application.released': { reaches: [], ended: '' },
  'application.refused': { reaches: [], ended: 'refused' },
  'application.routing': { reaches: ['passed'], ended: '' },
  'application.needs_consent': { reaches: ['passed'], ended: '' },
  'application.pending': { reaches: ['passed'], ended: '' },
  'application.offered': { reaches: ['passed', 'offered'], ended: '' },
  // Only what has passed can be declined: also where no funder was left to ask.
  'application.declined': { reaches: ['passed'], ended: 'declined' },
  'application.accepted': { reaches: ['accepted'], ended: '' },
  'application.disbursed': { reaches: ['disbursed'], ended: 'disbursed' },
  'application.expired': { reaches: [], ended: 'expired' },
  'application.withdrawn': { reaches: [], ended: 'withdrawn' },
};

export const ATTEMPT_MOVES: Readonly<Record<string, FunderCount>> = {
  'attempt.started': 'attempts',
  'attempt.submitted': 'sent',
  'attempt.unknown': 'unknown',
  'attempt.approved': 'approved',
  'attempt.declined': 'declined',
  'attempt.ineligible': 'ineligible',
  'attempt.failed': 'failed',
  'attempt.cancelled': 'cancelled',
  'attempt.expired': 'expired',
};

/** Counted of the application and of its funder. */
export const LOAN_MOVES: Readonly<Record<string, FunderCount & FunnelCount>> = {
  'loan.overdue': 'overdue',
  'loan.settled': 'settled',
  'loan.written_off': 'written_off',
};

/** Of nobody we know: counted each time, in its own hour. */
export const PAGE_MOVES: Readonly<Record<string, FunnelCount>> = {
  'page.visited': 'visited',
  'page.phone_verified': 'phone_verified',
};

/** Steps of the form, by their names in the events. */
export const STEP_MOVES: Readonly<Record<string, FunnelCount>> = {
  identity: 'step_identity',
  work: 'step_work',
  assets: 'step_assets',
  purpose: 'step_purpose',
  photos: 'step_photos',
};

/** In the order of their bits; only ever added to at the end. */
const STAGES: readonly FunnelCount[] = [
  'submitted',
  'quarantined',
  'refused',
  'passed',
  'sent',
  'approved',
  'offered',
  'accepted',
  'disbursed',
  'overdue',
  'settled',
  'written_off',
  'declined',
  'expired',
  'withdrawn',
  'promoted',
  'clicked',
  'converted',
  'reloan',
  'step_identity',
  'step_work',
  'step_assets',
  'step_purpose',
  'step_photos',
];
const FUNDER_STAGES: readonly FunderCount[] = [
  'attempts',
  'ineligible',
  'sent',
  'unknown',
  'approved',
  'declined',
  'failed',
  'cancelled',
  'expired',
  'offered',
  'accepted',
  'disbursed',
  'overdue',
  'settled',
  'written_off',
];

const bits = new Map(STAGES.map((stage, at) => [stage, 1 << at]));
const funderBits = new Map(FUNDER_STAGES.map((stage, at) => [stage, 1 << at]));

/** 0 for a count that is no stage. */
export function bitOf(stage: FunnelCount): number {
  return bits.get(stage) ?? 0;
}
export function funderBitOf(stage: FunderCount): number {
  return funderBits.get(stage) ?? 0;
}
