/** The rows of the read models: what they are keyed by and what they count. `docs/figures.md` says what each count means. */

/** Counts and sums of applications, and of visits before there are any. Sums end in `_fen`; `open` are those submitted and not ended. */
export const FUNNEL_COUNTS = [
  'visited',
  'phone_verified',
  'started',
  'step_identity',
  'step_work',
  'step_assets',
  'step_purpose',
  'step_photos',
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
  'open',
  'asked_fen',
  'accepted_fen',
  'disbursed_fen',
  'commission_fen',
  'partner_shown',
  'partner_clicks',
  'partner_leads',
  'partner_sales',
  'partner_earned_fen',
] as const;
export type FunnelCount = (typeof FUNNEL_COUNTS)[number];

/** Upper bounds of the times a funder takes to decide, milliseconds; the last part of the histogram has none. */
export const DECIDED_WITHIN_MS = [1_000, 2_000, 4_000, 8_000, 15_000, 30_000, 60_000, 300_000, 1_800_000, 7_200_000, 43_200_000] as const;
const DECIDED = [
  'decided_1s',
  'decided_2s',
  'decided_4s',
  'decided_8s',
  'decided_15s',
  'decided_30s',
  'decided_1m',
  'decided_5m',
  'decided_30m',
  'decided_2h',
  'decided_12h',
  'decided_later',
] as const;
/** One name for each part of the histogram, the shortest times first. */
export const DECIDED_COUNTS: readonly FunderCount[] = DECIDED;

/** Counts and sums of one application at one funder. */
export const FUNDER_COUNTS = [
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
  'open',
  'asked_fen',
  'granted_fen',
  'disbursed_fen',
  'commission_fen',
  'latency_ms',
  ...DECIDED,
] as const;
export type FunderCount = (typeof FUNDER_COUNTS)[number];

/** What became of an application that was handed to a funder. */
export const OUTCOMES = ['disbursed', 'accepted', 'approved', 'declined', 'lost', 'undecided'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/**
 * `cohort`: an application counts in the hour it was submitted (a draft: begun), in everything that became of it, however late. `activity`: it
 * counts in the hour in which it first came so far.
 */
export type RollupBasis = 'cohort' | 'activity';
/** `day`: of China. */
export type RollupStep = 'hour' | 'day';

/** Of an application as it was submitted; '' where it has none. */
export interface RollupDimensions {
  readonly channelId: string;
  readonly variant: string;
  readonly policyId: string;
  readonly segmentId: string;
  readonly arm: string;
}
export interface RollupKey extends RollupDimensions {
  readonly basis: RollupBasis;
  readonly step: RollupStep;
  /** Start of the hour or day, milliseconds since the epoch. */
  readonly startMs: number;
}
export type FunnelRollup = RollupKey & Record<FunnelCount, number>;
export type FunderRollup = RollupKey & { readonly funderId: string } & Record<FunderCount, number>;
/** Applications that prescreen refused for a reason; one may have several. */
export type RefusalRollup = RollupKey & { readonly reason: string; n: number };

export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;
/** China has one time all year. */
const CHINA_MS = 8 * HOUR_MS;

/** Where the hour or day of this moment begins. */
export function startOf(step: RollupStep, atMs: number): number {
  return step === 'hour' ? Math.floor(atMs / HOUR_MS) * HOUR_MS : Math.floor((atMs + CHINA_MS) / DAY_MS) * DAY_MS - CHINA_MS;
}
