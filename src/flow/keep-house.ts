/** What is kept for a time and no longer: replies to repeat (7 days), unused verifications and visits (2 days), photos nobody claimed (1 day), raw callbacks (180 days), ended sessions of operators (30 days); at the desk of many cells, events that all have read (7 days). */
import { archiveFeed } from './cells/archive-feed.ts';
import type { Deps } from './deps.ts';
import { PRICING } from './price-volume.ts';
import { ROLLUPS } from './roll-up.ts';
import { CHANGES } from './watch-changes.ts';

const EVERY_MS = 600_000;
const DAY_MS = 86_400_000;
/** Raw callbacks serve disputes; forged and unmatched ones belong to no borrower whose erasure could reach them. */
const RAW_CALLBACKS_MS = 180 * DAY_MS;
/** Longer than any window in which an ID number counts as used. */
const REGISTER_MS = 400 * DAY_MS;
const PHOTOS_AT_ONCE = 200;
/** How long it is told when somebody was last signed in. */
const SESSIONS_MS = 30 * DAY_MS;

export async function keepHouse(deps: Deps): Promise<void> {
  const nowMs = deps.clock.nowMs();
  const photos = deps.store.intake.unclaimedDocuments(nowMs - DAY_MS, PHOTOS_AT_ONCE);
  await deps.commit((tx) => {
    tx.feed.dropReplies(nowMs - 7 * DAY_MS);
    tx.dispatch.forgetCallbacksBefore(nowMs - RAW_CALLBACKS_MS);
    tx.intake.dropVerifications(nowMs - 2 * DAY_MS);
    tx.visits.dropBefore(nowMs - 2 * DAY_MS);
    if (deps.away === null) {
      tx.operators.dropSessionsBefore(nowMs - SESSIONS_MS);
      tx.operators.dropStale(nowMs, nowMs - DAY_MS);
    } else {
      tx.cells.dropGivenBefore(nowMs - DAY_MS);
      tx.cells.dropRegisterBefore(nowMs - REGISTER_MS);
    }
    for (const photo of photos) tx.intake.dropDocument(photo.id);
    tx.feed.setTimer('housekeeping', 'all', nowMs + EVERY_MS);
  });
  for (const photo of photos) await deps.objects.delete(photo.id);
  if (deps.cells === null) return;
  try {
    await archiveFeed(deps, { readers: [ROLLUPS, CHANGES, PRICING] });
  } catch (error) {
    // It is only room that is not made: the next round goes on from the same place.
    deps.log.error('feed.not_archived', { why: error instanceof Error ? error.name : 'unknown' });
  }
}
