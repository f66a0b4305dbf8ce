/** A cell's side: brings its copy of the desk up to date, all of what changed in one commit, and puts it into use. */
import { InvariantError } from '../../domain/failures.ts';
import type { CopiedRow, Store } from '../../store/index.ts';
import type { Deps } from '../deps.ts';
import { learntFromJson, saveLearnt, type Learnt } from '../learnt.ts';
import { loadPricing, PRICING } from '../price-volume.ts';
import type { Away, DeskChanges } from './away.ts';

const COPY = 'desk';
/** The learnt snapshot is large; a cell takes a new one no more often than that. */
const LEARNT_EVERY_MS = 10_000;
const learntAt = new WeakMap<Deps, number>();

/** The desk's revision that this cell has; 0: none yet. */
export function copiedRevision(tx: Pick<Store, 'feed'>): number {
  return tx.feed.consumer(COPY)?.cursor ?? 0;
}

/** Rejects with `Unreachable` when the desk does not answer; nothing has changed then. `reload` reads the desk's tables again. */
export async function copyDesk(deps: Deps, away: Away, reload: () => void): Promise<void> {
  const nowMs = deps.clock.nowMs();
  const known = { revision: copiedRevision(deps.store), pricedAtMs: deps.store.feed.consumer(PRICING)?.updatedAtMs ?? 0 };
  const wantsLearnt = nowMs - (learntAt.get(deps) ?? Number.NEGATIVE_INFINITY) >= LEARNT_EVERY_MS;
  const first = await away.deskChanges({ ...known, learnt: wantsLearnt ? deps.learner.now.cursor : null });
  const pages = [first.rows];
  let last: DeskChanges = first;
  while (last.behind) {
    last = await away.deskChanges({ revision: last.upTo, learnt: null, pricedAtMs: Number.MAX_SAFE_INTEGER });
    // Put back from a backup while it was being read: the next copy begins anew.
    if (last.whole) return;
    pages.push(last.rows);
  }
  const learnt = readLearnt(deps, first.learnt);
  const changed = first.whole || last.upTo !== known.revision;
  if (changed || learnt !== null || first.pricing !== null) {
    await deps.commit((tx) => {
      if (first.whole) tx.cells.dropCopy();
      for (const rows of pages) for (const row of rows) put(tx, row);
      if (changed) tx.feed.saveConsumer({ name: COPY, cursor: last.upTo, state: '', updatedAtMs: nowMs });
      if (learnt !== null) saveLearnt(tx, learnt, nowMs);
      if (first.pricing !== null) tx.feed.saveConsumer({ name: PRICING, ...first.pricing });
    });
  }
  if (changed) reload();
  if (wantsLearnt) learntAt.set(deps, nowMs);
  if (learnt !== null) {
    deps.learner.now = learnt;
    deps.publishLearnt(learnt);
  }
  if (changed || first.pricing !== null) deps.publishPrices(loadPricing(deps));
}

/** One of another version of the program is left alone: what is known of funders' answers is no reason to miss what the desk decides. */
function readLearnt(deps: Deps, told: DeskChanges['learnt']): Learnt | null {
  if (told === null) return null;
  try {
    return learntFromJson(told.snapshot, told.cursor);
  } catch (error) {
    if (!(error instanceof InvariantError)) throw error;
    deps.log.error('model.refused', { snapshot: 'desk', cursor: told.cursor, why: error.message });
    return null;
  }
}

function put(tx: Store, copied: CopiedRow): void {
  if (copied.source !== 'endpoint_health') return tx.cells.putCopy(copied);
  const { row } = copied;
  const own = row === null ? undefined : tx.feed.health(row.endpointId);
  if (row !== null && (own?.disabledAtMs ?? null) !== row.disabledAtMs) tx.feed.setHealth(row);
}
