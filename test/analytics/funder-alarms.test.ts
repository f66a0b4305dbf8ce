/** Hourly counts and what is judged from them. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countEvents, countsOf, NO_COUNTS, type CountedEvent } from '../../src/analytics/attempt-counts.ts';
import { channelAlarms, funderAlarms, type FunderFacts } from '../../src/analytics/funder-alarms.ts';

const HOUR = 3_600_000;
const NOW = 500_000 * HOUR;
const event = (type: string, atMs = NOW, reason?: string, channelId = 'c-1'): CountedEvent => ({
  type: `attempt.${type}`,
  channelId,
  atMs,
  data: { funder_id: 'fnd_a', ...(reason === undefined ? {} : { reason }) },
});

describe('counts', () => {
  it('are by funder and by channel, and of the hours asked for', () => {
    const counts = countEvents(
      {},
      [event('started'), event('ineligible', NOW, 'existing_customer'), event('submitted', NOW - 23 * HOUR), event('approved', NOW - 25 * HOUR)],
      NOW,
    );
    expect(countsOf(counts, 'funder/fnd_a', NOW, 24)).toEqual({ ...NO_COUNTS, prechecks: 1, ineligible: 1, existing: 1, submitted: 1 });
    expect(countsOf(counts, 'channel/c-1', NOW, 48).approved).toBe(1);
    expect(countsOf(counts, 'funder/fnd_b', NOW, 24)).toEqual(NO_COUNTS);
  });

  it('are the same however the feed is cut, and forget what is too old', () => {
    const kinds = fc.constantFrom('started', 'ineligible', 'submitted', 'approved', 'declined', 'pending');
    fc.assert(
      fc.property(fc.array(fc.tuple(kinds, fc.integer({ min: 0, max: 40 }))), fc.nat(), (parts, cut) => {
        const events = parts.map(([kind, hours]) => event(kind, NOW - hours * HOUR));
        const at = events.length === 0 ? 0 : cut % (events.length + 1);
        expect(countEvents(countEvents({}, events.slice(0, at), NOW), events.slice(at), NOW)).toEqual(countEvents({}, events, NOW));
      }),
    );
    expect(countEvents(countEvents({}, [event('started')], NOW), [], NOW + 49 * HOUR)).toEqual({});
  });
});

const quiet: FunderFacts = {
  nowMs: NOW,
  tellsByCallback: true,
  callbacksAtMs: [],
  waiting: [],
  latencyMs: 60_000,
  decisionMs: HOUR,
  counts: NO_COUNTS,
};
const kinds = (facts: Partial<FunderFacts>): string[] => funderAlarms({ ...quiet, ...facts }).map(({ kind }) => kind);

describe('alarms of a funder', () => {
  const waiting = (ageMs: number, state = 'pending') => [{ state, count: 3, oldestMs: NOW - ageMs }];

  it('none while nothing waits, or it is not time yet, or it has no callbacks', () => {
    expect(kinds({})).toEqual([]);
    expect(kinds({ waiting: waiting(9 * 60_000) })).toEqual([]);
    expect(kinds({ waiting: waiting(HOUR), tellsByCallback: false })).toEqual([]);
  });
  it('a gap is measured by the rhythm of its own callbacks', () => {
    const every = (gapMs: number, lastMs: number): number[] => Array.from({ length: 8 }, (_, at) => NOW - lastMs - at * gapMs);
    expect(kinds({ waiting: waiting(HOUR), callbacksAtMs: every(60_000, 16 * 60_000) })).toEqual(['callback_gap']);
    expect(kinds({ waiting: waiting(HOUR), callbacksAtMs: every(10 * 60_000, 16 * 60_000) })).toEqual([]);
    expect(kinds({ waiting: waiting(HOUR), callbacksAtMs: [] })).toEqual(['callback_gap']);
  });
  it('each state has its own limit', () => {
    const stuck = (state: string, ageMs: number): boolean => kinds({ tellsByCallback: false, waiting: waiting(ageMs, state) }).includes('stuck');
    expect([stuck('unknown', HOUR), stuck('unknown', HOUR + 1), stuck('pending', 2 * HOUR), stuck('pending', 2 * HOUR + 1)]).toEqual([
      false,
      true,
      false,
      true,
    ]);
    expect([stuck('disbursing', 25 * HOUR), stuck('contracting', 71 * HOUR), stuck('authorising', 900 * HOUR)]).toEqual([true, false, false]);
  });
  it('people’s data that goes out for nothing', () => {
    expect(kinds({ counts: { ...NO_COUNTS, prechecks: 200, submitted: 3 } })).toEqual(['prechecks_for_nothing']);
    expect(kinds({ counts: { ...NO_COUNTS, prechecks: 200, submitted: 4 } })).toEqual([]);
    expect(kinds({ counts: { ...NO_COUNTS, prechecks: 99 } })).toEqual([]);
    expect(kinds({ counts: { ...NO_COUNTS, submitted: 120, declined: 110 } })).toEqual(['takes_and_never_approves']);
    expect(kinds({ counts: { ...NO_COUNTS, submitted: 120, declined: 110, approved: 1 } })).toEqual([]);
  });
});

it('a channel whose people are customers already, far more often than others’', () => {
  const of = (prechecks: number, existing: number) => ({ ...NO_COUNTS, prechecks, existing });
  expect(channelAlarms(of(200, 100), of(1_000, 100))).toEqual([
    { kind: 'channel_probing', detail: '50% of 200 prechecks are customers already, usual 10%' },
  ]);
  expect(channelAlarms(of(200, 100), of(1_000, 400))).toEqual([]);
  expect(channelAlarms(of(90, 90), of(1_000, 0))).toEqual([]);
  expect(channelAlarms(of(200, 70), of(0, 0))).toHaveLength(1);
});
