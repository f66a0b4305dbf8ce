/**
 * What is wrong with a funder or a channel right now, judged from ages and counts. In: what waits and since when, the callbacks of late, the
 * counts of a day. Out: alarms, each by kind, with the numbers behind it. It knows nothing of how they are stored or told.
 */
import type { AttemptCounts } from './attempt-counts.ts';

export const ALARM_KINDS = ['callback_gap', 'stuck', 'prechecks_for_nothing', 'takes_and_never_approves', 'channel_probing'] as const;
export type AlarmKind = (typeof ALARM_KINDS)[number];

export interface Alarm {
  readonly kind: AlarmKind;
  /** For the operator: the numbers, no ids of applications. */
  readonly detail: string;
}

/** What stands in one state at a funder. */
export interface Waiting {
  readonly state: string;
  readonly count: number;
  readonly oldestMs: number;
}

export interface FunderFacts {
  readonly nowMs: number;
  readonly tellsByCallback: boolean;
  /** When its last callbacks came, newest first, milliseconds since the epoch. */
  readonly callbacksAtMs: readonly number[];
  readonly waiting: readonly Waiting[];
  /** Typical time from submit to decision, milliseconds. */
  readonly latencyMs: number;
  /** How long a decision may take by the funder's record, milliseconds. */
  readonly decisionMs: number;
  /** Of the last 24 hours. */
  readonly counts: AttemptCounts;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** Below so many a share says nothing. */
const LEAST = 100;
const LEAST_SUBMITTED = 100;

/** How long something may stand in a state before somebody should look, milliseconds. */
function limitMs(state: string, decisionMs: number): number {
  switch (state) {
    case 'unknown':
      return HOUR_MS;
    case 'pending':
      return 2 * decisionMs;
    case 'disbursing':
      return 24 * HOUR_MS;
    case 'contracting':
      return 72 * HOUR_MS;
    default:
      return Number.POSITIVE_INFINITY;
  }
}

export function funderAlarms(facts: FunderFacts): Alarm[] {
  const { counts } = facts;
  const alarms: Alarm[] = [];
  const gap = callbackGap(facts);
  if (gap !== null) alarms.push(gap);
  const stuck = facts.waiting.filter((each) => facts.nowMs - each.oldestMs > limitMs(each.state, facts.decisionMs));
  if (stuck.length > 0)
    alarms.push({
      kind: 'stuck',
      detail: stuck.map((each) => `${each.state}: ${each.count}, oldest ${spanOf(facts.nowMs - each.oldestMs)}`).join('; '),
    });
  // A precheck hands over personal data; where hardly any leads to more, it is handed over for nothing, or for something else.
  if (counts.prechecks >= LEAST && counts.submitted < counts.prechecks * 0.02)
    alarms.push({ kind: 'prechecks_for_nothing', detail: `${counts.prechecks} prechecks, ${counts.submitted} taken further` });
  if (counts.submitted >= LEAST_SUBMITTED && counts.approved === 0 && counts.declined >= LEAST_SUBMITTED / 2)
    alarms.push({ kind: 'takes_and_never_approves', detail: `${counts.submitted} submitted, ${counts.declined} declined, none approved` });
  return alarms;
}

/**
 * A channel whose people funders know already far more often than the others' do: it may be asking who is whose customer (撞库滥用).
 * `others`: the counts of all other channels together.
 */
export function channelAlarms(counts: AttemptCounts, others: AttemptCounts): Alarm[] {
  if (counts.prechecks < LEAST) return [];
  const share = counts.existing / counts.prechecks;
  const usual = others.prechecks < LEAST ? 0.1 : others.existing / others.prechecks;
  if (share < 0.3 || share < 3 * usual) return [];
  return [
    {
      kind: 'channel_probing',
      detail: `${Math.round(share * 100)}% of ${counts.prechecks} prechecks are customers already, usual ${Math.round(usual * 100)}%`,
    },
  ];
}

/** Silence that is longer than this funder's own rhythm while things wait for its word. */
function callbackGap({ nowMs, tellsByCallback, callbacksAtMs, waiting, latencyMs }: FunderFacts): Alarm | null {
  if (!tellsByCallback) return null;
  const waits = waiting.filter(({ state }) => state === 'pending' || state === 'unknown' || state === 'disbursing');
  const oldestMs = Math.min(...waits.map((each) => each.oldestMs));
  const longMs = Math.max(10 * MINUTE_MS, 4 * latencyMs);
  if (!(nowMs - oldestMs > longMs)) return null;
  const lastMs = Math.max(callbacksAtMs[0] ?? Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY);
  const silentMs = nowMs - Math.max(lastMs, oldestMs);
  if (silentMs <= Math.max(15 * MINUTE_MS, 6 * usualGapMs(callbacksAtMs))) return null;
  const count = waits.reduce((sum, each) => sum + each.count, 0);
  return { kind: 'callback_gap', detail: `${count} wait, no callback for ${spanOf(silentMs)}` };
}

/** Median time between two callbacks; 0 when there were too few to tell. */
function usualGapMs(atMs: readonly number[]): number {
  const gaps = atMs.slice(1).map((earlier, at) => atMs[at]! - earlier);
  return gaps.length < 3 ? 0 : gaps.toSorted((a, b) => a - b)[Math.floor(gaps.length / 2)]!;
}

function spanOf(ms: number): string {
  if (ms < 2 * HOUR_MS) return `${Math.floor(ms / MINUTE_MS)} min`;
  return ms < 72 * HOUR_MS ? `${Math.floor(ms / HOUR_MS)} h` : `${Math.floor(ms / (24 * HOUR_MS))} d`;
}
