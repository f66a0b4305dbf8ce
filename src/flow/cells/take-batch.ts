/** The desk's side of shipping: appends a cell's events to its own feed, each once, whatever is sent again. */
import type { EventRow } from '../../store/index.ts';
import type { Deps } from '../deps.ts';

export interface Batch {
  readonly cell: number;
  /** Where the cell believes the desk to stand in its feed. */
  readonly after: number;
  /** What follows, in order, without a gap. */
  readonly events: readonly EventRow[];
}

/** The consumer that keeps where the desk stands in this cell's feed. */
export function placeOfCell(cell: number): string {
  return `cell/${cell}`;
}

/** `taken` false: it does not follow what is here, and nothing has changed. `cursor` is where the cell is to go on from. */
export async function takeBatch(deps: Deps, { cell, after, events }: Batch): Promise<{ readonly taken: boolean; readonly cursor: number }> {
  const name = placeOfCell(cell);
  return deps.commit((tx) => {
    const known = tx.feed.consumer(name)?.cursor ?? 0;
    if (after !== known || events.some(({ seq }, at) => seq <= (events[at - 1]?.seq ?? after))) return { taken: false, cursor: known };
    const last = events.at(-1);
    if (last === undefined) return { taken: true, cursor: known };
    tx.feed.appendAll(events.map(({ seq: _own, ...event }) => event));
    for (const event of events) noteDisabled(tx.feed, event);
    tx.feed.saveConsumer({ name, cursor: last.seq, state: '', updatedAtMs: deps.clock.nowMs() });
    return { taken: true, cursor: last.seq };
  });
}

/** A receiver that one cell has given up is out of use for all. */
function noteDisabled(feed: Deps['store']['feed'], { type, atMs, data }: EventRow): void {
  const { endpoint_id: endpointId, why } = data;
  if (type !== 'endpoint.disabled' || typeof endpointId !== 'string') return;
  feed.setHealth({ endpointId, failingSinceMs: null, disabledAtMs: atMs, disabledReason: typeof why === 'string' ? why : null });
}
