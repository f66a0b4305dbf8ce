/**
 * Keeps the read models: a consumer of the feed that adds new events to the hourly and daily counts, rows and cursor in one commit. Emptied and
 * read again from the first event they are the same rows, however the feed is cut.
 */
import { COUNTED_EVENTS, FunnelFold } from '../analytics/funnel-fold.ts';
import type { Store } from '../store/index.ts';
import { bringBack } from './cells/archive-feed.ts';
import type { Deps } from './deps.ts';
import { perform } from './work.ts';

/** The consumer, and the timer's `ref` under the kind `watch`. */
export const ROLLUPS = 'rollups';
/** To be raised when what an event counts as has changed: everything is then counted again from the first event. */
const RULES = 'rules 3';
const EVERY_MS = 5_000;
/** Events of the feed that are looked at in one commit: some ten milliseconds during which no borrower is served. */
export const SPAN = 500;

/** Takes up new events and sets its next time: at once while there are more. */
export async function rollUp(deps: Deps): Promise<void> {
  await bringBack(deps, rolledUpTo(deps.store), SPAN);
  await perform(deps, (work) => {
    const { behind } = addEvents(work.tx, SPAN, work.nowMs);
    work.setTimer('watch', ROLLUPS, work.nowMs + (behind ? 0 : EVERY_MS));
  });
}

/** Adds the next `span` events of the feed. Call it in a commit. */
export function addEvents(tx: Pick<Store, 'feed' | 'rollups'>, span: number, nowMs: number): { readonly behind: boolean } {
  const saved = tx.feed.consumer(ROLLUPS);
  if (saved !== undefined && saved.state !== RULES) tx.rollups.clear();
  const cursor = rolledUpTo(tx);
  const { events, upTo, behind } = tx.feed.read(cursor, span, COUNTED_EVENTS);
  if (upTo === cursor) return { behind };
  const fold = new FunnelFold((id) => tx.rollups.progressOf(id));
  for (const event of events) fold.take(event);
  for (const row of fold.progress.values()) tx.rollups.saveProgress(row);
  const { funnel, funders, refusals } = fold.sheet.rows();
  for (const row of funnel) tx.rollups.addFunnel(row);
  for (const row of funders) tx.rollups.addFunder(row);
  for (const row of refusals) tx.rollups.addRefusal(row);
  tx.feed.saveConsumer({ name: ROLLUPS, cursor: upTo, state: RULES, updatedAtMs: nowMs });
  return { behind };
}

/** Number of the last event that is counted. */
export function rolledUpTo(tx: Pick<Store, 'feed'>): number {
  const saved = tx.feed.consumer(ROLLUPS);
  return saved?.state === RULES ? saved.cursor : 0;
}
