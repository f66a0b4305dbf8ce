/**
 * Quota of caps between the desk and the cells. A cell does not ask for amounts; it states what it holds, and what it wants besides. So a
 * reply that was lost, a request that came twice or too late, and quota that is given back are all the same thing, and what the desk has down for a
 * cell is never less than what the cell may use: a cap is not overrun whatever fails.
 */
import { invariant } from '../../domain/failures.ts';
import type { CapLeaseRow } from '../../store/index.ts';
import type { Deps } from '../deps.ts';
import { quotaUnderWay } from '../lend-quota.ts';
import { Unreachable, type Heard, type Holding } from './away.ts';

/** The timer's `ref` under the kind `desk`. */
export const QUOTA = 'quota';
const EVERY_MS = 30_000;
/** What was not touched for so long is given back. */
const IDLE_MS = 60_000;

/** The desk's side: takes back what the cell no longer holds, then lends of what is left. `lent` null: that of `turn` was heard already. */
export async function heed(deps: Deps, { cell, key, turn, held, want, limit }: Holding): Promise<Heard> {
  return deps.commit((tx) => {
    const known = tx.cells.loan(cell, key) ?? { turn: 0, lent: 0 };
    if (turn < known.turn) return { lent: null, turn: known.turn };
    if (turn === known.turn) return { lent: Math.max(0, known.lent - held), turn };
    const nowMs = deps.clock.nowMs();
    if (held !== known.lent) tx.desk.lend(key, held - known.lent, nowMs);
    const lent = Math.max(0, Math.min(want, limit - tx.desk.lent(key)));
    if (lent > 0) tx.desk.lend(key, lent, nowMs);
    tx.cells.saveLoan({ cell, key, turn, lent: held + lent });
    return { lent, turn };
  });
}

/** A cell's side of `Desk.lendCap`. A desk that cannot be reached lends nothing just now, and another funder is asked. */
export async function borrowFromDesk(deps: Deps, key: string, limit: number, want: number): Promise<number> {
  const lent = await state(deps, key, false, { want, limit });
  if (lent === null) deps.log.warn('desk.unreachable', { what: 'quota', key });
  return lent ?? 0;
}

interface Seen {
  readonly leased: number;
  readonly used: number;
  readonly sinceMs: number;
}
const seen = new WeakMap<Deps, Map<string, Seen>>();

/** Gives back what lies idle, repeats what was not answered, and forgets that windows were exhausted: others may have given back. */
export async function returnQuota(deps: Deps): Promise<void> {
  const nowMs = deps.clock.nowMs();
  const before = seen.get(deps) ?? new Map<string, Seen>();
  const now = new Map<string, Seen>();
  for (const row of deps.store.cells.openLeases()) {
    const known = before.get(row.key);
    const same = known !== undefined && known.leased === row.leased && known.used === row.used;
    const sinceMs = same ? known.sinceMs : nowMs;
    now.set(row.key, { leased: row.leased, used: row.used, sinceMs });
    await settle(deps, row, nowMs - sinceMs >= IDLE_MS && row.leased > row.used);
  }
  seen.set(deps, now);
  deps.exhausted.clear();
  await deps.commit((tx) => tx.feed.setTimer('desk', QUOTA, deps.clock.nowMs() + EVERY_MS));
}

async function settle(deps: Deps, row: CapLeaseRow, idle: boolean): Promise<void> {
  if (!idle && !row.untold) return;
  // Whoever borrows of this window has not written down yet what was lent.
  const underWay = quotaUnderWay(deps);
  if (underWay.has(row.key)) return;
  const told = state(deps, row.key, idle, { want: 0, limit: 0 }).finally(() => underWay.delete(row.key));
  underWay.set(
    row.key,
    told.then(
      () => undefined,
      () => undefined,
    ),
  );
  await told;
}

/** What was lent; null when the desk did not answer or had heard a later one. What is given back is gone here before the desk hears of it. */
async function state(deps: Deps, key: string, onlyUsed: boolean, { want, limit }: Pick<Holding, 'want' | 'limit'>): Promise<number | null> {
  const { away } = deps;
  invariant(away !== null, 'only a cell states what it holds');
  const { turn, held } = await deps.commit((tx) => tx.cells.nextTurn(key, onlyUsed));
  try {
    const { lent, turn: heard } = await away.hold({ cell: deps.cell, key, turn, held, want, limit });
    // This cell was put back from a backup: it goes on from where it was once heard to be.
    if (lent === null) await deps.commit((tx) => tx.cells.raiseTurn(key, heard));
    // What was lent is written down by who wanted it, and until then the statement counts as unanswered.
    if (lent === 0) await deps.commit((tx) => tx.cells.told(key, turn));
    return lent;
  } catch (error) {
    if (error instanceof Unreachable) return null;
    throw error;
  }
}
