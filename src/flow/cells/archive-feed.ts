/**
 * The desk of many cells hears of every event of all of them, and would be full of them within days. What each of its readers has read, and is a week
 * old, is written to the object store in pieces, compressed and sealed, and leaves the table. A reader that is built anew from the first
 * event has them brought back piece by piece, and the next round takes them out again. The one database of a Node instance keeps all: there the feed is
 * the applications' own history as well.
 */
import type { EventRow, SegmentRow } from '../../store/index.ts';
import type { Deps } from '../deps.ts';
import { savedLearntCursor } from '../learnt.ts';

/** How long an event stays at the desk at least. */
const KEPT_MS = 7 * 86_400_000;
/** Events of one piece: some half a megabyte as text, a tenth of it as it lies there. */
const SEGMENT = 2_000;
/** Pieces of one round. Rounds come every ten minutes, so that is five million applications a day. */
const MOST = 100;

export interface ArchiveOptions {
  /** Readers of the desk's feed besides the learner, by the name of their cursor. */
  readonly readers: readonly string[];
  readonly segment?: number;
}

/** Takes out what may go. `readers` that have read nothing yet hold everything back. */
export async function archiveFeed(deps: Deps, { readers, segment = SEGMENT }: ArchiveOptions): Promise<void> {
  const { store, clock } = deps;
  const read = Math.min(deps.learner.now.cursor, savedLearntCursor(store), ...readers.map((name) => store.feed.consumer(name)?.cursor ?? 0));
  for (const row of store.segments.present(read)) await deps.commit((tx) => takeOut(tx.segments, row));
  for (let count = 0; count < MOST; count += 1) {
    const first = store.segments.lastArchived() + 1;
    const last = first + segment - 1;
    // The feed's last event stays, whatever its age: the next one's number follows it.
    if (last > read || last >= store.feed.lastSeq()) return;
    const rows = store.segments.eventsBetween(first, last);
    if (rows.some(({ atMs }) => atMs > clock.nowMs() - KEPT_MS)) return;
    const sealed = deps.vault.serviceKey.seal(placeOf(first, last), await packed(rows));
    // The object first: one that no row names is written once more, a row without its object would be a loss.
    await deps.objects.put(keyOf(first, last), sealed);
    const archivedAtMs = clock.nowMs();
    await deps.commit((tx) => {
      tx.segments.insertSegment({ firstSeq: first, lastSeq: last, bytes: sealed.length, present: false, archivedAtMs });
      tx.segments.takeOut(first, last);
    });
  }
}

/** Brings back what a reader at `cursor` is to read next. Throws when a piece is not in the store, or not what was put there. */
export async function bringBack(deps: Deps, cursor: number, span: number): Promise<void> {
  for (const row of deps.store.segments.absent(cursor, cursor + span)) {
    const { firstSeq: first, lastSeq: last } = row;
    const sealed = await deps.objects.get(keyOf(first, last));
    if (sealed === null) throw new Error(`events ${first} to ${last} of the feed are not in the object store`);
    const rows = await unpacked(deps.vault.serviceKey.open(placeOf(first, last), sealed));
    await deps.commit((tx) => {
      tx.segments.putBack(rows);
      tx.segments.setPresent(first, true);
    });
  }
}

function takeOut(segments: Deps['store']['segments'], { firstSeq, lastSeq }: SegmentRow): void {
  segments.takeOut(firstSeq, lastSeq);
  segments.setPresent(firstSeq, false);
}

function keyOf(first: number, last: number): string {
  return `feed_${first}-${last}`;
}

function placeOf(first: number, last: number): string {
  return `feed/${first}-${last}`;
}

async function packed(rows: readonly EventRow[]): Promise<Uint8Array> {
  return through(new TextEncoder().encode(JSON.stringify(rows)), new CompressionStream('gzip'));
}

async function unpacked(bytes: Uint8Array): Promise<EventRow[]> {
  return JSON.parse(new TextDecoder().decode(await through(bytes, new DecompressionStream('gzip')))) as EventRow[];
}

async function through(bytes: Uint8Array, stream: CompressionStream | DecompressionStream): Promise<Uint8Array> {
  const body = new Blob([bytes as Uint8Array<ArrayBuffer>]).stream().pipeThrough(stream);
  return new Uint8Array(await new Response(body).arrayBuffer());
}
