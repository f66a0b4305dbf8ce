/** Where in the feed a time is, found without reading the feed. */
import { sql } from 'drizzle-orm';
import { expect, it } from 'vitest';
import { createStore } from '../../src/store/index.ts';
import { withStore } from './host.ts';

const HOUR = 3_600_000;

it('finds the place of a time also among gaps, equal times and events out of order', () =>
  withStore((open) => {
    const { db } = open();
    const { desk } = createStore(db);
    expect(desk.cursorAt(0)).toBeNull();
    // [seq, hours]: some were taken out, some came at once, one came late and one early.
    const hoursOf = [1, 2, 2, 2, 5, 5.5, 5, 6, 9, 9];
    const feed = [1, 2, 3, 7, 8, 9, 10, 11, 40, 41].map((seq, at) => [seq, hoursOf[at]!] as const);
    for (const [seq, hours] of feed) db.run(sql`INSERT INTO events (seq, type, at_ms, data) VALUES (${seq}, 't', ${hours * HOUR}, '{}')`);
    for (const hours of [0, 1, 1.5, 2, 2.1, 5, 5.2, 5.5, 5.6, 6, 8, 9, 9.1]) {
      const first = feed.find(([, at]) => at >= hours);
      expect([hours, desk.cursorAt(hours * HOUR)]).toEqual([hours, first === undefined ? null : first[0] - 1]);
    }
  }));
