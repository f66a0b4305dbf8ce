import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { capNeeds, leaseChunk, readReservation, reservation, windowOf } from '../../src/dispatch/caps.ts';
import type { Cap } from '../../src/domain/funder.ts';

const at = (text: string): number => Date.parse(text);
const cap = (id: string, unit: Cap['unit'], window: Cap['window'], limit: number): Cap => ({ id, unit, window, limit });

describe('a window', () => {
  it.each([
    ['Asia/Shanghai', '2026-11-20T15:59:59.999Z', '2026-11-20', '2026-11-20T23'],
    ['Asia/Shanghai', '2026-11-20T16:00:00Z', '2026-11-21', '2026-11-21T00'],
    ['UTC', '2026-12-31T23:59:59Z', '2026-12-31', '2026-12-31T23'],
    ['America/New_York', '2026-11-20T04:59:59Z', '2026-11-19', '2026-11-19T23'],
    ['America/New_York', '2026-11-20T05:00:00Z', '2026-11-20', '2026-11-20T00'],
    ['Asia/Kolkata', '2026-11-20T18:29:59Z', '2026-11-20', '2026-11-20T23'],
    ['Asia/Kolkata', '2026-11-20T18:30:00Z', '2026-11-21', '2026-11-21T00'],
    ['Pacific/Kiritimati', '2026-12-31T10:00:00Z', '2027-01-01', '2027-01-01T00'],
  ])('of %s at %s is the day %s and the hour %s', (zone, time, day, hour) => {
    expect([windowOf('day', zone, at(time)), windowOf('hour', zone, at(time)), windowOf('total', zone, at(time))]).toEqual([day, hour, 'total']);
  });

  it('of a day that has 23 or 25 hours is still that day', () => {
    const zone = 'America/New_York';
    const days = (from: string, hours: number): number[] => {
      const counts = new Map<string, number>();
      for (let hour = 0; hour < hours; hour += 1) {
        const day = windowOf('day', zone, at(from) + hour * 3_600_000);
        counts.set(day, (counts.get(day) ?? 0) + 1);
      }
      return [...counts.values()];
    };
    expect(days('2026-03-08T05:00:00Z', 23)).toEqual([23]);
    expect(days('2026-11-01T04:00:00Z', 25)).toEqual([25]);
  });

  it('in China is reckoned as the calendar has it', () => {
    const calendar = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai', dateStyle: 'short', timeStyle: 'medium' });
    fc.assert(
      fc.property(fc.integer({ min: at('2020-01-01T00:00:00Z'), max: at('2040-01-01T00:00:00Z') }), (ms) => {
        expect(windowOf('hour', 'Asia/Shanghai', ms)).toBe(calendar.format(ms).slice(0, 13).replace(' ', 'T'));
      }),
    );
  });
});

it('a submit needs one of each count and its amount of each sum, in the window it falls into', () => {
  const funder = {
    id: 'fnd_a',
    time_zone: 'Asia/Shanghai',
    caps: [cap('n', 'count', 'hour', 5), cap('sum', 'amount_fen', 'day', 1_000), cap('all', 'count', 'total', 9)],
  };
  expect(capNeeds(funder, 700, at('2026-11-20T16:30:00Z'))).toEqual([
    { key: 'fnd_a/n/2026-11-21T00', capId: 'n', limit: 5, need: 1 },
    { key: 'fnd_a/sum/2026-11-21', capId: 'sum', limit: 1_000, need: 700 },
    { key: 'fnd_a/all/total', capId: 'all', limit: 9, need: 1 },
  ]);
  expect(capNeeds({ ...funder, caps: [] }, 700, 0)).toEqual([]);
});

it('a loan of quota is a fiftieth of the limit, rounded up, and never less than what is needed', () => {
  expect([leaseChunk(200, 1), leaseChunk(49, 1), leaseChunk(51, 1), leaseChunk(1_000, 700), leaseChunk(0, 1)]).toEqual([4, 1, 2, 700, 1]);
});

it('a reservation is read back as it was written, whatever the cap is called', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), fc.maxSafeNat(), (key, need) => {
      expect(readReservation(reservation({ key, capId: 'c', limit: 1, need }))).toEqual({ key, amount: need });
    }),
  );
  expect(() => readReservation('#5')).toThrow('malformed');
  expect(() => readReservation('nothing')).toThrow('malformed');
});
