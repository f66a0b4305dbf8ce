/**
 * Hourly counts of what became of attempts, by funder and by channel, from the event feed. In: events in their order. Out: counts of the last
 * two days, as plain data that is saved with the cursor. It holds no id of any application and must not be asked for single ones.
 */
const HOUR_MS = 3_600_000;
const KEPT_HOURS = 48;

export interface AttemptCounts {
  readonly prechecks: number;
  readonly ineligible: number;
  /** Of the ineligible, those the funder knows already: what a prober of its customers is after. */
  readonly existing: number;
  readonly submitted: number;
  readonly approved: number;
  readonly declined: number;
}

/** By `funder/<id>` or `channel/<id>`, then by hour since the epoch. */
export type CountsBySubject = Readonly<Record<string, Readonly<Record<string, AttemptCounts>>>>;

export interface CountedEvent {
  readonly type: string;
  readonly channelId: string | null;
  readonly atMs: number;
  readonly data: Readonly<Record<string, unknown>>;
}

/** The types that are counted; others need not be handed in. */
export const COUNTED_TYPES = ['attempt.started', 'attempt.ineligible', 'attempt.submitted', 'attempt.approved', 'attempt.declined'] as const;

export const NO_COUNTS: AttemptCounts = { prechecks: 0, ineligible: 0, existing: 0, submitted: 0, approved: 0, declined: 0 };

/** The counts after these events. Hours that are too old at `nowMs` are left out. */
export function countEvents(before: CountsBySubject, events: readonly CountedEvent[], nowMs: number): CountsBySubject {
  const oldest = Math.floor(nowMs / HOUR_MS) - KEPT_HOURS;
  const next: Record<string, Record<string, AttemptCounts>> = {};
  for (const [subject, hours] of Object.entries(before)) {
    const kept = Object.entries(hours).filter(([hour]) => Number(hour) > oldest);
    if (kept.length > 0) next[subject] = Object.fromEntries(kept);
  }
  for (const event of events) {
    const step = stepOf(event);
    const funderId = event.data['funder_id'];
    if (step === null || typeof funderId !== 'string') continue;
    const hour = String(Math.floor(event.atMs / HOUR_MS));
    for (const subject of [`funder/${funderId}`, `channel/${event.channelId ?? ''}`]) {
      const hours = (next[subject] ??= {});
      const counts = { ...(hours[hour] ?? NO_COUNTS) };
      for (const name of step) counts[name] += 1;
      hours[hour] = counts;
    }
  }
  return next;
}

/** The sum of the last `hours` hours of one subject, the running one included. */
export function countsOf(counts: CountsBySubject, subject: string, nowMs: number, hours: number): AttemptCounts {
  const from = Math.floor(nowMs / HOUR_MS) - hours + 1;
  const sum = { ...NO_COUNTS };
  for (const [hour, part] of Object.entries(counts[subject] ?? {})) {
    if (Number(hour) < from) continue;
    for (const name of Object.keys(sum) as (keyof AttemptCounts)[]) sum[name] += part[name];
  }
  return sum;
}

function stepOf({ type, data }: CountedEvent): readonly (keyof AttemptCounts)[] | null {
  switch (type) {
    case 'attempt.started':
      return ['prechecks'];
    case 'attempt.ineligible':
      return data['reason'] === 'existing_customer' ? ['ineligible', 'existing'] : ['ineligible'];
    case 'attempt.submitted':
      return ['submitted'];
    case 'attempt.approved':
      return ['approved'];
    case 'attempt.declined':
      return ['declined'];
    default:
      return null;
  }
}
