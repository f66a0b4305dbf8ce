import type { Work } from './work.ts';

/** One alarm as a watch found it. */
export interface FoundAlarm {
  readonly subject: string;
  readonly kind: string;
  /** For the operator: numbers, no ids of applications, nobody's data. */
  readonly detail: string;
}

/**
 * Raises what is new, keeps what stands, takes back what is over. `kinds` are those this watch speaks of: other watches' alarms on the same
 * subject are not its business.
 */
export function settleAlarms(work: Work, subject: string, found: readonly FoundAlarm[], kinds: readonly string[]): void {
  const { watch } = work.tx;
  const standing = watch.alarmsOf(subject).filter((row) => kinds.includes(row.kind));
  for (const { kind, detail } of found) {
    const known = standing.find((row) => row.kind === kind);
    watch.saveAlarm({ subject, kind, detail, sinceMs: known?.sinceMs ?? work.nowMs, seenAtMs: work.nowMs });
    if (known !== undefined) continue;
    work.emitGeneral('alarm.raised', { subject, kind, detail });
    work.deps.log.warn('alarm.raised', { subject, kind, detail });
  }
  for (const row of standing) {
    if (found.some((alarm) => alarm.kind === row.kind)) continue;
    watch.dropAlarm(subject, row.kind);
    work.emitGeneral('alarm.cleared', { subject, kind: row.kind, since: new Date(row.sinceMs).toISOString() });
  }
}
