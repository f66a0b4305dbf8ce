/**
 * Reads the feed for changes of funders (approval, amount, pace, errors) and settles the alarms they raise. The state stands with its cursor in
 * one commit; the feed read again from the first event gives the same state to the byte.
 */
import { ChangeWatch, type ChangeState } from '../analytics/change-watch.ts';
import { OBSERVED } from '../analytics/change-observations.ts';
import { CHANGE_KINDS, changeAlarms } from '../analytics/change-words.ts';
import type { Store } from '../store/index.ts';
import { bringBack } from './cells/archive-feed.ts';
import type { Deps } from './deps.ts';
import { settleAlarms } from './settle-alarms.ts';
import { perform, type Work } from './work.ts';

const EVERY_MS = 60_000;
/** Events of the feed that are looked at in one commit. */
const SPAN = 4_000;

/** The consumer, and the timer's `ref` under the kind `watch`. */
export const CHANGES = 'changes';

/** Takes up new events, settles the alarms once the feed has been read to its end, and sets its next time. */
export async function watchChanges(deps: Deps): Promise<void> {
  await bringBack(deps, deps.store.feed.consumer(CHANGES)?.cursor ?? 0, SPAN);
  await perform(deps, (work) => {
    const { watch, behind } = takeEvents(work);
    // Of a feed that is still being read the changes are the past's.
    work.setTimer('watch', CHANGES, work.nowMs + (behind ? 0 : EVERY_MS));
    if (!behind) settle(work, watch);
  });
}

/** The state as last saved, and the number of the last event it has seen. */
export function savedChanges(tx: Pick<Store, 'feed'>): { readonly state: ChangeState; readonly cursor: number } {
  const row = tx.feed.consumer(CHANGES);
  return row === undefined ? { state: {}, cursor: 0 } : { state: JSON.parse(row.state) as ChangeState, cursor: row.cursor };
}

/** The state from the whole feed up to an event: what `savedChanges` must equal. */
export function rebuildChanges(tx: Pick<Store, 'feed'>, untilSeq: number): ChangeState {
  const watch = new ChangeWatch();
  for (let cursor = 0; cursor < untilSeq;) {
    const { events, upTo } = tx.feed.read(cursor, Math.min(SPAN, untilSeq - cursor), OBSERVED);
    if (upTo === cursor) break;
    watch.take(events);
    cursor = upTo;
  }
  return watch.state;
}

function takeEvents(work: Work): { readonly watch: ChangeWatch; readonly behind: boolean } {
  const { feed } = work.tx;
  const { state, cursor } = savedChanges(work.tx);
  const { events, upTo, behind } = feed.read(cursor, SPAN, OBSERVED);
  const watch = new ChangeWatch(state);
  watch.take(events);
  if (upTo > cursor) feed.saveConsumer({ name: CHANGES, cursor: upTo, state: JSON.stringify(watch.state), updatedAtMs: work.nowMs });
  return { watch, behind };
}

/** Also subjects of which nothing is left are settled: their alarms are over. */
function settle(work: Work, watch: ChangeWatch): void {
  const found = changeAlarms(watch.changes().filter(({ funderId }) => work.desk.funders.has(funderId))).map(({ subject, kind, words }) => ({
    subject,
    kind,
    detail: `${words.en} ${words.zh}`,
  }));
  const bySubject = Map.groupBy(found, ({ subject }) => subject);
  const own = work.tx.watch.alarms().filter(({ kind }) => (CHANGE_KINDS as readonly string[]).includes(kind));
  for (const subject of new Set([...bySubject.keys(), ...own.map((row) => row.subject)]))
    settleAlarms(work, subject, bySubject.get(subject) ?? [], CHANGE_KINDS);
}
