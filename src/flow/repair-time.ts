/**
 * When a running loan is next asked about, though nobody has told anything: once a night after 01:00 on the funder's wall, when its own books of
 * the day are closed (T+1). Some funders tell of a disbursement once and never again.
 */
import { fnv1a } from '../domain/fnv.ts';
import { localTime } from '../routing/local-time.ts';

const HOUR_MS = 3_600_000;
const FROM_HOUR = 1;
/** The night's questions are spread over so many hours, each loan at its own time. */
const SPREAD_HOURS = 4;

/** The next such time after now. `spread`: any text that is the loan's own. An unknown zone counts as UTC+8. */
export function nextRepairMs(nowMs: number, timeZone: string, spread: string): number {
  const offsetMs = Math.floor((fnv1a(spread) / 2 ** 32) * SPREAD_HOURS * HOUR_MS);
  const hourMs = Math.floor(nowMs / HOUR_MS) * HOUR_MS;
  // A day of 25 hours, and the zones that are half an hour off: two nights ahead there is surely one.
  for (let ahead = 1; ahead <= 50; ahead += 1) {
    const atMs = hourMs + ahead * HOUR_MS;
    const local = localTime(atMs, timeZone) ?? localTime(atMs, 'Asia/Shanghai');
    if (local?.hour === FROM_HOUR) return atMs + offsetMs;
  }
  return nowMs + 24 * HOUR_MS;
}
