/** What all have read leaves the desk for the object store, and comes back for whoever begins again at the first event. */
import { sql } from 'drizzle-orm';
import { afterEach, expect, it } from 'vitest';
import { archiveFeed } from '../../src/flow/cells/archive-feed.ts';
import { takeBatch } from '../../src/flow/cells/take-batch.ts';
import type { Deps } from '../../src/flow/deps.ts';
import { keepHouse } from '../../src/flow/keep-house.ts';
import { learntToJson } from '../../src/flow/learnt.ts';
import { PRICING } from '../../src/flow/price-volume.ts';
import { rolledUpTo, ROLLUPS } from '../../src/flow/roll-up.ts';
import { CHANGES, savedChanges } from '../../src/flow/watch-changes.ts';
import { DESK_CELL } from '../../src/runtime/cells/generations.ts';
import type { EventRow } from '../../src/store/index.ts';
import { idNumberOf, makeCells, phoneOf, type Cells } from './world.ts';

const WEEK_MS = 7 * 86_400_000;
const READERS = { readers: [ROLLUPS, CHANGES, PRICING], segment: 20 } as const;
const TABLES = ['funnel_rollups', 'funder_rollups', 'refusal_rollups', 'funnel_progress'];

let world: Cells;
afterEach(() => world.close());

const later = (deps: Deps, byMs = WEEK_MS): Deps => ({ ...deps, clock: { ...deps.clock, nowMs: () => deps.clock.nowMs() + byMs } });
const rows = (table: string): unknown[] => world.databases.get(DESK_CELL)!.db.all(sql.raw(`SELECT * FROM ${table} ORDER BY 1, 2, 3, 4`));
const seqs = (): number[] => (rows('events') as { readonly seq: number }[]).map(({ seq }) => seq);
const segments = (): string[] =>
  (rows('feed_segments') as { readonly first_seq: number; readonly last_seq: number; readonly present: number }[]).map(
    ({ first_seq: first, last_seq: last, present }) => `${first}-${last}${present === 1 ? ' present' : ''}`,
  );

/** Time goes on until it is so. Packing takes time of its own, which the clock of the test knows nothing of; what never comes ends in the next assertion. */
async function until(so: () => boolean): Promise<void> {
  for (let turn = 0; turn < 1_000 && !so(); turn += 1) {
    await world.settle(5_000);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}
const allRead = ({ store, learner }: Deps): boolean =>
  [rolledUpTo(store), savedChanges(store).cursor, learner.savedCursor].every((cursor) => cursor === store.feed.lastSeq());

/** A desk that heard of a dozen applications and has read all of it, its learner saved too. */
async function livedDesk(): Promise<Deps> {
  world = await makeCells({ cells: '2' });
  await world.call('GET', '/v1/desk/summary', { key: world.keys.operator });
  for (let n = 0; n < 12; n += 1) await world.apply({ phone: phoneOf(n), id_number: idNumberOf(n) });
  await world.settle(150_000);
  const { deps } = await world.service(DESK_CELL);
  const last = deps.store.feed.lastSeq();
  expect(last).toBeGreaterThan(80);
  expect([rolledUpTo(deps.store), savedChanges(deps.store).cursor, deps.learner.savedCursor]).toEqual([last, last, last]);
  return deps;
}

it('takes out in whole pieces what is a week old and read by all, but for the last event and those of the desk itself', async () => {
  const deps = await livedDesk();
  const last = deps.store.feed.lastSeq();
  await archiveFeed(deps, READERS);
  expect([segments(), seqs()]).toEqual([[], Array.from({ length: last }, (_, at) => at + 1)]);

  // One reader that stands at 45, and one that has never read.
  await deps.commit((tx) => tx.feed.saveConsumer({ name: 'slow', cursor: 45, state: '', updatedAtMs: 0 }));
  await archiveFeed(later(deps), { ...READERS, readers: ['slow', 'never'] });
  expect(segments()).toEqual([]);
  const own = (rows('events') as { readonly seq: number; readonly application_id: string | null }[]).filter((row) => row.application_id === null);
  await archiveFeed(later(deps), { ...READERS, readers: [...READERS.readers, 'slow'] });
  expect(segments()).toEqual(['1-20', '21-40']);
  expect(seqs()).toEqual([...own.map(({ seq }) => seq).filter((seq) => seq <= 40), ...Array.from({ length: last - 40 }, (_, at) => at + 41)]);

  await archiveFeed(later(deps), READERS);
  const pieces = Math.floor((last - 1) / 20);
  expect(segments()).toHaveLength(pieces);
  expect([...world.objects.keys()]).toHaveLength(pieces);
  for (const bytes of world.objects.values()) expect(Buffer.from(bytes).toString('latin1')).not.toMatch(/app_|fnd_|application/);
  // What comes now is numbered on.
  await world.apply({ phone: phoneOf(20), id_number: idNumberOf(20) });
  await world.settle(10_000);
  expect(deps.store.feed.lastSeq()).toBeGreaterThan(last);
  expect(rolledUpTo(deps.store)).toBe(deps.store.feed.lastSeq());
});

it('figures and model made again from the first event are the same, and what came back for it is taken out again', async () => {
  const deps = await livedDesk();
  const before = TABLES.map(rows);
  const changes = JSON.stringify(savedChanges(deps.store).state);
  const learnt = learntToJson(deps.learner.now);
  await archiveFeed(later(deps), READERS);
  const archived = segments();
  expect(archived.length).toBeGreaterThan(3);

  await deps.commit((tx) => {
    tx.feed.saveConsumer({ ...tx.feed.consumer(ROLLUPS)!, state: 'other rules' });
    tx.feed.saveConsumer({ name: CHANGES, cursor: 0, state: '{}', updatedAtMs: 0 });
    for (const name of ['likelihood-model', 'likelihood-model-kept']) tx.feed.saveConsumer({ name, cursor: 0, state: 'unreadable', updatedAtMs: 0 });
  });
  await world.kill(DESK_CELL);
  const again = (await world.service(DESK_CELL)).deps;
  expect(again.learner.now.cursor).toBe(0);
  await until(() => allRead(again));
  expect(TABLES.map(rows)).toEqual(before);
  expect(JSON.stringify(savedChanges(again.store).state)).toBe(changes);
  expect(learntToJson(again.learner.now)).toBe(learnt);
  expect(segments()).toEqual(archived.map((one) => `${one} present`));

  const puts = world.objects.size;
  await archiveFeed(later(again), READERS);
  expect([segments(), world.objects.size]).toEqual([archived, puts]);
  expect(again.store.segments.eventsBetween(1, 20).every(({ applicationId }) => applicationId === null)).toBe(true);
});

it('a reader never goes past what is not there: it waits, and goes on once the piece is back', async () => {
  const deps = await livedDesk();
  const before = TABLES.map(rows);
  await archiveFeed(later(deps), READERS);
  const lost = [...world.objects].find(([key]) => key.endsWith('21-40'))!;
  world.objects.delete(lost[0]);
  await deps.commit((tx) => tx.feed.saveConsumer({ ...tx.feed.consumer(ROLLUPS)!, state: 'other rules' }));
  await until(() => segments()[0] === '1-20 present');
  // The first piece came back; the figures stay as they were until all of the first step is there.
  expect(segments().slice(0, 2)).toEqual(['1-20 present', '21-40']);
  expect([rolledUpTo(deps.store), TABLES.map(rows)]).toEqual([0, before]);
  const [all, { feed }] = [['application.submitted', 'attempt.approved', 'attempt.declined'], deps.store];
  expect(feed.read(0, 500, all)).toMatchObject({ upTo: 20, behind: true });
  expect(feed.read(20, 500, all)).toEqual({ events: [], upTo: 20, behind: true });
  expect(feed.read(feed.lastSeq() - 1, 500, all)).toMatchObject({ upTo: feed.lastSeq(), behind: false });
  // Another piece in its place is not taken for it.
  world.objects.set(lost[0], world.objects.get(lost[0].replace('21-40', '1-20'))!);
  await world.settle(120_000);
  expect(segments()[1]).toBe('21-40');
  world.objects.set(...lost);
  await until(() => allRead(deps));
  expect(TABLES.map(rows)).toEqual(before);
});

it('a piece whose object was written and nothing more is written again', async () => {
  const deps = await livedDesk();
  const cut: Deps = { ...later(deps), commit: () => Promise.reject(new Error('cut off')) };
  await expect(archiveFeed(cut, READERS)).rejects.toThrow('cut off');
  expect([segments(), world.objects.size, seqs().length]).toEqual([[], 1, deps.store.feed.lastSeq()]);
  await archiveFeed(later(deps), READERS);
  expect(segments()[0]).toBe('1-20');
  expect([...world.objects.keys()].filter((key) => key.endsWith('_1-20'))).toHaveLength(1);
});

it('is part of housekeeping at the desk, in pieces of two thousand, and housekeeping goes on without a store', async () => {
  const deps = await livedDesk();
  const from = deps.store.feed.lastSeq();
  const events = Array.from({ length: 2_100 }, (_, at): EventRow => {
    const seq = at + 1;
    return {
      seq,
      type: 'application.drafted',
      applicationId: `app_${seq}`,
      applicationSeq: 1,
      channelId: 'h5-demo',
      atMs: deps.clock.nowMs(),
      data: {},
    };
  });
  expect((await takeBatch(deps, { cell: 9, after: 0, events })).taken).toBe(true);
  await world.settle(150_000);
  const why: unknown[] = [];
  const log = { ...deps.log, error: (event: string, fields: object = {}) => void why.push({ event, ...fields }) };
  const objects = { ...deps.objects, put: () => Promise.reject(new Error('the bucket is away')) };
  await keepHouse({ ...later(deps), log, objects });
  expect([why, segments()]).toEqual([[{ event: 'feed.not_archived', why: 'Error' }], []]);
  await keepHouse(later(deps));
  expect(segments()).toEqual(['1-2000']);
  expect(seqs().filter((seq) => seq > 2_000)).toHaveLength(from + 100);
});
