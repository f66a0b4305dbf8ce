/** Random feeds: applications that go every way the types of events allow, sensible or not, over a few hours and channels; and the tables they become. */
import { sql } from 'drizzle-orm';
import fc from 'fast-check';
import { addEvents } from '../../src/flow/roll-up.ts';
import { COUNTED_EVENTS } from '../../src/analytics/funnel-fold.ts';
import { createStore, type EventRow, type Store } from '../../src/store/index.ts';
import { memory } from '../store/host-node.ts';

export type FeedEvent = Omit<EventRow, 'seq'>;
const START_MS = Date.parse('2026-11-20T13:30:00Z');
const FUNDERS = ['fnd_a', 'fnd_b', 'fnd_c'];

const step = fc.record({
  app: fc.nat(6),
  type: fc.constantFrom(
    ...COUNTED_EVENTS,
    'application.submitted',
    'application.submitted',
    'attempt.approved',
    'attempt.declined',
    'application.erased',
  ),
  funder: fc.option(fc.constantFrom(...FUNDERS), { nil: undefined, freq: 6 }),
  afterMs: fc.nat(2 * 3_600_000),
  repeated: fc.nat(9).map((n) => n === 0),
  fen: fc.integer({ min: 0, max: 5_000 }),
  word: fc.nat(4),
});

/** Events as the feed holds them; now and then one comes twice. */
export const feeds: fc.Arbitrary<readonly FeedEvent[]> = fc.array(step, { maxLength: 60 }).map((steps) => {
  const seqs = new Map<number, number>();
  let atMs = START_MS;
  return steps.flatMap(({ app, type, funder, afterMs, repeated, fen, word }): FeedEvent[] => {
    const applicationSeq = (seqs.get(app) ?? 0) + 1;
    seqs.set(app, applicationSeq);
    atMs += afterMs;
    if (type.startsWith('page.'))
      return [{ type, applicationId: null, applicationSeq: null, channelId: app % 2 === 0 ? 'h5' : 'shop', atMs, data: { variant: 'b' } }];
    const event: FeedEvent = {
      type,
      applicationId: `app_${app}`,
      applicationSeq,
      channelId: app % 2 === 0 ? 'h5' : 'shop',
      atMs,
      data: {
        ...(/^(attempt|offer|loan)|accepted|disbursed/.test(type) && funder !== undefined ? { funder_id: funder } : {}),
        ...(type === 'application.submitted'
          ? { variant: app % 3 === 0 ? null : 'b', policy_id: 'pol_x', segment_id: 'seg_y', arm: 'champion', after_loan: `app_${fen % 8}` }
          : {}),
        amount_fen: fen,
        asked_fen: 5_000,
        commission_fen: fen % 100,
        earned_fen: fen % 50,
        count: word,
        step: ['identity', 'work', 'assets', 'photos', 'dance'][word],
        latency_ms: fen * 7,
        kind: ['lead', 'sale', 'reversal', 'lead', 'other'][word],
        reasons: [['student'], ['student', 'under_age'], [], ['blacklisted'], ['under_age']][word],
      },
    };
    return repeated ? [event, event] : [event];
  });
});

const { db } = memory();
const store = createStore(db);

/** A store whose feed holds these events, rolled up by so many at a time (the last for all the rest). It is the same store each time, emptied. */
export function rolled(events: readonly FeedEvent[], spans: readonly number[]): { readonly store: Store; readonly rows: () => unknown } {
  db.run(sql`DELETE FROM events`);
  db.run(sql`DELETE FROM consumers`);
  store.rollups.clear();
  for (const event of events) store.feed.append(event);
  for (let at = 0; addEvents(store, spans[Math.min(at, spans.length - 1)]!, 0).behind; at += 1);
  return { store, rows: () => tables((query) => db.all(query)) };
}

/** Every row of the read models, in the order of their keys. */
export function tables(all: (query: ReturnType<typeof sql>) => unknown[]): unknown {
  return ['funnel_rollups', 'funder_rollups', 'refusal_rollups', 'funnel_progress'].map((name) =>
    all(sql`SELECT * FROM ${sql.identifier(name)} ORDER BY 1, 2, 3, 4, 5, 6, 7, 8, 9`),
  );
}
