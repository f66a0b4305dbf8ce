/** A cell's events go to the desk in batches, in order, each once: the desk keeps its place in this cell's feed, and what it says of it counts. */
import { backOffMs } from '../../domain/back-off.ts';
import { invariant } from '../../domain/failures.ts';
import type { Deps } from '../deps.ts';
import { Unreachable } from './away.ts';

/** The consumer, and the timer's `ref` under the kind `desk`. */
export const SHIP = 'ship';
const BATCH = 500;
const EVERY_MS = 2_000;
/** With nothing to tell. */
const IDLE_MS = 5_000;

export async function shipEvents(deps: Deps): Promise<void> {
  const { away, store } = deps;
  invariant(away !== null, 'only a cell ships events');
  const after = store.feed.consumer(SHIP)?.cursor ?? 0;
  const events = store.feed.eventsSince(after, BATCH);
  if (events.length === 0) return void (await deps.commit((tx) => tx.feed.setTimer('desk', SHIP, deps.clock.nowMs() + IDLE_MS)));
  try {
    const cursor = await away.ship(after, events);
    // Larger than anything here: this cell was put back from a backup, and what it says until then is known there already.
    if (cursor > store.feed.lastSeq()) deps.log.error('ship.ahead', { desk: cursor, here: store.feed.lastSeq() });
    await deps.commit((tx) => {
      const nowMs = deps.clock.nowMs();
      tx.feed.saveConsumer({ name: SHIP, cursor, state: '', updatedAtMs: nowMs });
      tx.feed.setTimer('desk', SHIP, nowMs + (events.length === BATCH ? 0 : EVERY_MS));
    });
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error;
    const tries = (store.feed.timer('desk', SHIP)?.tries ?? 0) + 1;
    await deps.commit((tx) => tx.feed.setTimer('desk', SHIP, deps.clock.nowMs() + backOffMs(tries, EVERY_MS, 30_000), tries));
  }
}
