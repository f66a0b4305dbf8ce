/** Replies of several cells as one: what a service of one would have said. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { limitOf, merge } from '../../src/runtime/cells/merge.ts';

interface Page {
  readonly data: readonly { readonly id: string; readonly n: number }[];
  readonly next_cursor: string | null;
}

it('pages of all cells, read to their end, are the list in its order, each row once', () => {
  const ids = fc.uniqueArray(fc.integer({ min: 0, max: 10_000 }), { maxLength: 60 });
  fc.assert(
    fc.property(ids, fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 9 }), (numbers, cells, limit) => {
      const rows = numbers.map((n) => ({ id: `app_${String(n).padStart(6, '0')}`, n }));
      const ask = (cell: number, cursor: string | null): Page => {
        const own = rows.filter(({ n, id }) => n % cells === cell && (cursor === null || id < cursor)).toSorted((a, b) => (a.id < b.id ? 1 : -1));
        const data = own.slice(0, limit);
        return { data, next_cursor: data.length < limit ? null : data.at(-1)!.id };
      };
      const read: string[] = [];
      let cursor: string | null = null;
      for (let turn = 0; turn < 100; turn += 1) {
        const replies = Array.from({ length: cells }, (_, cell) => ask(cell, cursor));
        const page = merge('page', replies, limit) as Page;
        read.push(...page.data.map(({ id }) => id));
        cursor = page.next_cursor;
        if (cursor === null) break;
      }
      expect(read).toEqual(
        rows
          .map(({ id }) => id)
          .toSorted()
          .toReversed(),
      );
    }),
    { numRuns: 100 },
  );
});

it('sums are added, by name and by id', () => {
  const one = {
    at: '2026-11-20T02:00:00.000Z',
    applications: { total: 2, by_state: { offered: 2 } },
    funders: [{ id: 'fnd_b', name: 'B', attempts: 1 }],
  };
  const two = {
    at: '2026-11-20T02:00:01.000Z',
    applications: { total: 3, by_state: { declined: 1, offered: 2 } },
    funders: [
      { id: 'fnd_a', name: 'A', attempts: 4 },
      { id: 'fnd_b', name: 'B', attempts: 2 },
    ],
  };
  const sum = {
    at: two.at,
    applications: { total: 5, by_state: { offered: 4, declined: 1 } },
    funders: [
      { id: 'fnd_a', name: 'A', attempts: 4 },
      { id: 'fnd_b', name: 'B', attempts: 3 },
    ],
  };
  expect(merge('sum', [one, two], 50)).toEqual(sum);
  expect(merge('sum', [two, one], 50)).toEqual(sum);
  expect(merge('queued', [{ queued: 2 }, { queued: 5 }], 50)).toEqual({ queued: 7 });
});

it('an alarm of several cells is one, since the first of them', () => {
  const alarm = (subject: string, detail: string, since: string, seen: string) => ({ subject, kind: 'slow', detail, since, seen_at: seen });
  const merged = merge(
    'alarms',
    [
      { data: [] },
      { data: [alarm('funder/a', 'old', '02:00', '02:05')] },
      { data: [alarm('funder/b', 'b', '01:00', '02:00'), alarm('funder/a', 'new', '02:01', '02:06')] },
    ],
    50,
  );
  expect(merged).toEqual({ data: [alarm('funder/b', 'b', '01:00', '02:00'), alarm('funder/a', 'new', '02:00', '02:06')] });
});

it('a funder that one cell finds broken is shown broken; a cap is lent once and used by each', () => {
  const cell = (state: string, used: number, last: string | null) => ({
    breaker: state === 'closed' ? { state, calls: 10, failures: 1 } : { state, until: '02:10' },
    latency_ms: used * 100,
    caps: [{ id: 'daily', key: 'k', limit: 9, lent: 0, leased: used + 1, used }],
    attempts: { approved: used },
    waiting: [{ state: 'pending', count: used, oldest_at: `02:0${used}`, age_s: 60 - used }],
    last_callback_at: last,
    last_24h: { submitted: used },
    alarms: [],
    callbacks: [{ id: `cbk_${used}` }],
  });
  const desk = {
    ...cell('closed', 0, null),
    id: 'fnd_a',
    caps: [{ id: 'daily', key: 'k', limit: 9, lent: 7, leased: 0, used: 0 }],
    volume: [{ id: 'v', used: 3 }],
  };
  expect(merge('funder', [desk, cell('closed', 2, '02:01'), cell('closed', 3, '02:04')], 50)).toEqual({
    id: 'fnd_a',
    breaker: { state: 'closed', calls: 20, failures: 2 },
    latency_ms: 300,
    caps: [{ id: 'daily', key: 'k', limit: 9, lent: 7, leased: 7, used: 5 }],
    volume: [{ id: 'v', used: 3 }],
    attempts: { approved: 5 },
    waiting: [{ state: 'pending', count: 5, oldest_at: '02:02', age_s: 58 }],
    last_callback_at: '02:04',
    last_24h: { submitted: 5 },
    alarms: [],
    callbacks: [{ id: 'cbk_3' }, { id: 'cbk_2' }],
  });
  // Of all funders at once each is put together for itself, without what is counted of its past.
  const { attempts: _attempts, callbacks: _callbacks, ...standing } = desk;
  const all: { readonly data: readonly object[] }[] = [
    {
      data: [
        { ...standing, tier: 1 },
        { ...standing, id: 'fnd_b', tier: 2 },
      ],
    },
    {
      data: [
        { ...cell('closed', 2, '02:01'), id: 'fnd_b' },
        { ...cell('open', 3, null), id: 'fnd_a' },
      ],
    },
  ];
  const { data } = merge('funders', all, 50) as { data: readonly Record<string, unknown>[] };
  expect(data).toMatchObject([
    { id: 'fnd_a', tier: 1, breaker: { state: 'open' }, caps: [{ lent: 7, used: 3 }] },
    { id: 'fnd_b', tier: 2, breaker: { state: 'closed' }, caps: [{ lent: 7, used: 2 }], last_callback_at: '02:01' },
  ]);
  expect(data.every((funder) => !('attempts' in funder) && !('callbacks' in funder))).toBe(true);
  const broken = merge('funder', [desk, cell('open', 1, null), cell('closed', 1, null)], 50) as { breaker: object; last_callback_at: unknown };
  expect([broken.breaker, broken.last_callback_at]).toEqual([{ state: 'open', until: '02:10' }, null]);
});

it('the limit of a page is read as the routes read it', () => {
  expect([null, '3', '0', '999', 'x', ''].map(limitOf)).toEqual([50, 3, 1, 200, 50, 50]);
});
