/** Counting in spans of ids: the spans together are the whole, and each is found by an index. */
import { sql } from 'drizzle-orm';
import { expect, it } from 'vitest';
import { AFTER_ALL, createStore } from '../../src/store/index.ts';
import { withStore } from './host.ts';

it('spans follow each other without a gap, also where the last is full', () =>
  withStore((open) => {
    const { db } = open();
    const { applications, tallies } = createStore(db);
    expect(tallies.nthApplication('', 2)).toBeNull();
    for (let n = 0; n < 6; n += 1) {
      const [state, submitted] = n === 0 ? ['draft', null] : [n % 2 === 1 ? 'offered' : 'declined', n];
      db.run(sql`INSERT INTO applications (id, borrower_id, channel_id, state, reasons, quarantined, released, refused_recipients, event_seq, created_at_ms, submitted_at_ms, deadline_at_ms, updated_at_ms, plan_id)
        VALUES (${`app_${n}`}, 'bor_1', 'h5', ${state}, '[]', ${n === 5 ? 1 : 0}, 0, '[]', 0, 0, ${submitted}, 0, 0, ${n > 2 ? 'pln' : null})`);
      db.run(
        sql`INSERT INTO deliveries (id, endpoint_id, event_seq, type, state, tries, created_at_ms) VALUES (${`dlv_${n}`}, 'ep_1', ${n}, 't', 'delivered', 1, 0)`,
      );
    }
    const spans: unknown[] = [];
    for (let after: string | null = ''; after !== null;) {
      const last: string | null = tallies.nthApplication(after, 2);
      spans.push(tallies.applications({ after, upTo: last ?? AFTER_ALL }));
      after = last;
    }
    expect(spans).toEqual([
      [
        { state: 'draft', n: 1, submitted: 0, planned: 0, quarantined: 0 },
        { state: 'offered', n: 1, submitted: 1, planned: 0, quarantined: 0 },
      ],
      [
        { state: 'declined', n: 1, submitted: 1, planned: 0, quarantined: 0 },
        { state: 'offered', n: 1, submitted: 1, planned: 1, quarantined: 0 },
      ],
      [
        { state: 'declined', n: 1, submitted: 1, planned: 1, quarantined: 0 },
        { state: 'offered', n: 1, submitted: 1, planned: 1, quarantined: 1 },
      ],
      [],
    ]);
    expect(tallies.deliveries({ after: 'dlv_1', upTo: tallies.nthDelivery('dlv_1', 3)! })).toEqual([{ state: 'delivered', n: 3 }]);
    // Who has been declined is not under way any more, however many they are.
    expect(applications.countUnderWay()).toEqual([
      { state: 'draft', n: 1 },
      { state: 'offered', n: 3 },
    ]);
  }));
