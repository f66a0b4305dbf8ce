/** The desk's side: what of it a cell has not got yet. */
import type { Deps } from '../deps.ts';
import { learntToJson } from '../learnt.ts';
import { PRICING } from '../price-volume.ts';
import type { DeskChanges, KnownDesk } from './away.ts';

/** Rows in one reply: a desk of usual size fits, a long blacklist takes several. */
const MOST_ROWS = 2_000;

export function deskChanges(deps: Deps, known: KnownDesk): DeskChanges {
  const { store, learner } = deps;
  // A desk that was put back from a backup: the cell's copy is of a life that is no more.
  const whole = known.revision > store.cells.revision();
  const { rows, upTo } = store.cells.changedAfter(whole ? 0 : known.revision, MOST_ROWS);
  const wantsLearnt = known.learnt !== null && (whole || learner.now.cursor > known.learnt);
  const pricing = store.feed.consumer(PRICING);
  return {
    whole,
    rows,
    upTo,
    behind: upTo < store.cells.revision(),
    learnt: wantsLearnt ? { cursor: learner.now.cursor, snapshot: learntToJson(learner.now) } : null,
    pricing: pricing !== undefined && (whole || pricing.updatedAtMs > known.pricedAtMs) ? pricing : null,
  };
}
