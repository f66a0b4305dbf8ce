/** Events that leave the table for the object store and come back: the same to the byte on both hosts, with what a host allows of one statement. */
import { expect, it } from 'vitest';
import { archiveFeed, bringBack } from '../../src/flow/cells/archive-feed.ts';
import type { Deps } from '../../src/flow/deps.ts';
import { createVault } from '../../src/runtime/vault.ts';
import { createStore, type EventRow } from '../../src/store/index.ts';
import { withStore } from './host.ts';

const NOW_MS = 1_800_000_000_000;
const vault = createVault({ masterKeys: [{ version: 1, key: new Uint8Array(32).fill(7) }], current: 1 }, (count) =>
  crypto.getRandomValues(new Uint8Array(count)),
);

it('goes out and comes back as it was', () =>
  withStore(async (open) => {
    const { db, transact } = open();
    const store = createStore(db);
    const events = Array.from({ length: 300 }, (_, at): Omit<EventRow, 'seq'> => {
      const data = { at, names: ['张伟', null, 1.5], 'a"b': `\u0000${'x'.repeat(at)}` };
      const application = at % 50 === 7 ? null : `app_${at}`;
      return { type: 'attempt.sent', applicationId: application, applicationSeq: application === null ? null : 1, channelId: null, atMs: at, data };
    });
    const objects = new Map<string, Uint8Array>();
    const commit = async (work: (tx: typeof store) => unknown): Promise<unknown> => {
      let made: unknown;
      transact(() => (made = work(store)));
      return made;
    };
    await commit((tx) => tx.feed.appendAll(events));
    await commit((tx) => {
      for (const name of ['likelihood-model', 'reader']) tx.feed.saveConsumer({ name, cursor: 300, state: '', updatedAtMs: 0 });
    });
    const deps = {
      store,
      commit,
      vault,
      objects: { put: async (key: string, bytes: Uint8Array) => void objects.set(key, bytes), get: async (key: string) => objects.get(key) ?? null },
      clock: { nowMs: () => NOW_MS },
      learner: { now: { cursor: 300 } },
    } as unknown as Deps;
    const before = store.feed.eventsSince(0, 1_000);
    await archiveFeed(deps, { readers: ['reader'], segment: 250 });
    expect(store.segments.absent(0, 300)).toMatchObject([{ firstSeq: 1, lastSeq: 250, present: false, bytes: objects.get('feed_1-250')!.length }]);
    expect(store.feed.eventsSince(0, 1_000)).toHaveLength(50 + 5);
    expect(store.feed.read(0, 100, ['attempt.sent'])).toEqual({ events: [], upTo: 0, behind: true });
    await bringBack(deps, 0, 100);
    expect(store.feed.eventsSince(0, 1_000)).toEqual(before);
    expect(store.feed.read(0, 100, ['attempt.sent'])).toMatchObject({ upTo: 100, behind: true });
    await archiveFeed(deps, { readers: ['reader'], segment: 250 });
    expect([store.feed.eventsSince(0, 1_000).length, objects.size]).toEqual([55, 1]);
  }));
