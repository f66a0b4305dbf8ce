import type { AlarmRow } from '../../store/index.ts';
import type { Deps } from '../deps.ts';
import { iso } from '../view-application.ts';

/** What needs somebody to look, the oldest first. */
export function listAlarms(deps: Pick<Deps, 'store'>) {
  return deps.store.watch.alarms().map(alarmView);
}

export function alarmView(row: AlarmRow) {
  return { subject: row.subject, kind: row.kind, detail: row.detail, since: iso(row.sinceMs), seen_at: iso(row.seenAtMs) };
}
