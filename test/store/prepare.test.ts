/** Our quicker way through drizzle gives what drizzle gives: for every table, every kind of column and null. */
import { and, count, desc, eq, max, sql } from 'drizzle-orm';
import { getTableConfig, type SQLiteTable } from 'drizzle-orm/sqlite-core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arg, fast, insertAllInto, insertInto, saveOf } from '../../src/store/prepare.ts';
import { applications, attempts, consents, deskSecrets, documents, events } from '../../src/store/schema/index.ts';
import { withStore, type Open } from './host.ts';
import { columnsOf, rowsOf, TABLES } from './tables.ts';

function bare(open: Open) {
  const { db } = open();
  // Their own rules have their own tests; here any row must go in.
  db.run(sql`DROP TRIGGER receipts_need_live_consent`);
  return db;
}

describe.each(TABLES)('%s', (_, table) => {
  it('rows come back as they went in, by our statements and by drizzle’s', () =>
    withStore((open) => {
      const db = bare(open);
      const insert = insertInto(db, table, { orIgnore: true });
      const quick = fast(db.select().from(table).prepare());
      fc.assert(
        fc.property(rowsOf(table), (row) => {
          db.run(sql`DELETE FROM ${table} WHERE 1 = ${getTableConfig(table).name === 'audit' ? 0 : 1}`);
          const went = insert(row as never);
          const theirs = db.select().from(table).all();
          expect(quick.all()).toEqual(theirs);
          expect(quick.get()).toEqual(theirs[0]);
          if (went && theirs.length === 1) expect(theirs).toEqual([row]);
        }),
        { numRuns: 20 },
      );
      expect(db.select({ n: count() }).from(table).get()!.n).toBeGreaterThan(0);
    }));

  it('some columns by name are found the same way', () =>
    withStore((open) => {
      const db = bare(open);
      const [key, column] = columnsOf(table)[0]!;
      const insert = insertInto(db, table, { orIgnore: true });
      fc.assert(
        fc.property(rowsOf(table), (row) => void insert(row as never)),
        { numRuns: 12 },
      );
      const query = () =>
        db
          .select({ [key]: column, n: count(), newest: max(column) })
          .from(table)
          .where(eq(column, arg('wanted')))
          .groupBy(column);
      for (const { wanted } of db.select({ wanted: column }).from(table).all()) {
        expect(fast(query().prepare()).all({ wanted })).toEqual(query().prepare().all({ wanted }));
      }
      expect([fast(query().prepare()).get({ wanted: 'no such' }), fast(query().prepare()).all({ wanted: 'no such' })]).toEqual([undefined, []]);
    }));
});

const row = (id: string, more: object = {}) => ({
  id,
  applicationId: 'app',
  borrowerId: 'bor',
  funderId: `fnd_${id}`,
  ordinal: 0,
  planId: 'pln',
  state: 'pending' as const,
  funderRef: null,
  eventAtMs: null,
  likelihood: 1,
  prior: 1,
  reason: null,
  reserved: [],
  amountFen: 1,
  polls: 0,
  submittedAtMs: null,
  decidedAtMs: null,
  bidFen: null,
  validUntilMs: null,
  deadlineAtMs: 1,
  createdAtMs: 1,
  ...more,
});

describe('a save', () => {
  it('writes the named columns and no other, where the others are as they were', () =>
    withStore((open) => {
      const { db } = open();
      const insert = insertInto(db, attempts);
      const save = saveOf(db, attempts, ['state', 'reason', 'reserved', 'funderRef'], ['id', 'state']);
      insert(row('a'));
      insert(row('b'));
      const changed = {
        ...row('a'),
        state: 'declined' as const,
        reason: { code: 'credit', detail: '' },
        reserved: ['k#1'],
        funderRef: 'x',
        amountFen: 999,
      };
      expect(save(changed, { id: 'a', state: 'pending' })).toBe(true);
      expect(db.select().from(attempts).orderBy(attempts.id).all()).toEqual([{ ...changed, amountFen: 1 }, row('b')]);
      // Back to null: not the text "null".
      expect(save({ ...changed, reason: null }, { id: 'a', state: 'declined' })).toBe(true);
      expect(db.all(sql`SELECT reason, reserved FROM attempts WHERE id = 'a'`)).toEqual([{ reason: null, reserved: '["k#1"]' }]);
    }));

  it('that lost the race is a false and changes nothing', () =>
    withStore((open) => {
      const { db } = open();
      insertInto(db, attempts)(row('a'));
      const save = saveOf(db, attempts, ['state'], ['id', 'state']);
      expect([
        save({ ...row('a'), state: 'approved' }, { id: 'a', state: 'unknown' }),
        save({ ...row('a'), state: 'approved' }, { id: 'other', state: 'pending' }),
      ]).toEqual([false, false]);
      expect(db.select().from(attempts).all()).toEqual([row('a')]);
    }));

  it('an insert of a known key throws, or with orIgnore is a false', () =>
    withStore((open) => {
      const { db } = open();
      expect(insertInto(db, attempts)(row('a'))).toBe(true);
      expect(() => insertInto(db, attempts)(row('a'))).toThrow(/UNIQUE/);
      const gently = insertInto(db, attempts, { orIgnore: true });
      expect([gently(row('a', { amountFen: 7 })), gently(row('b'))]).toEqual([false, true]);
      expect(
        db
          .select({ n: count(), sum: sql<number>`sum(amount_fen)` })
          .from(attempts)
          .get(),
      ).toEqual({ n: 2, sum: 2 });
    }));
});

it.each<[string, SQLiteTable]>([
  ['events', events],
  ['consents', consents],
  ['documents', documents],
])('%s go in many at once, on a host that binds no more than a hundred values', (_, table) =>
  withStore((open) => {
    const { db } = open();
    const key = 'seq' in table ? 'seq' : 'id';
    const rows = fc.sample(rowsOf(table), { seed: 1, numRuns: 21 }).map((row, at) => ({ ...row, [key]: key === 'seq' ? at + 1 : `row ${100 + at}` }));
    insertAllInto(db, table)(rows as never);
    expect(
      db
        .select()
        .from(table)
        .orderBy(sql`${sql.identifier(key)}`)
        .all(),
    ).toEqual(rows);
  }),
);

describe('what cannot be made quick', () => {
  it('is left to drizzle: joins with nested rows', () =>
    withStore((open) => {
      const { db } = open();
      insertInto(db, attempts)(row('a'));
      const prepared = db
        .select({ attempt: attempts, application: { id: applications.id } })
        .from(attempts)
        .leftJoin(applications, eq(applications.id, attempts.applicationId))
        .prepare();
      expect(fast(prepared)).toBe(prepared);
      expect(fast(prepared).all()).toEqual([{ attempt: row('a'), application: null }]);
    }));

  it('literals beside placeholders stay in their places', () =>
    withStore((open) => {
      const { db } = open();
      const insert = insertInto(db, events);
      for (let seq = 1; seq <= 6; seq += 1)
        insert({
          seq,
          type: seq % 2 === 0 ? 'even' : 'odd',
          applicationId: 'app',
          applicationSeq: seq,
          channelId: null,
          atMs: seq * 10,
          data: { seq },
        });
      const query = db
        .select()
        .from(events)
        .where(and(eq(events.type, 'even'), eq(events.applicationId, arg('id')), sql`at_ms >= ${20} AND at_ms < ${arg('untilMs')}`))
        .orderBy(desc(events.seq))
        .limit(2);
      const found = fast(query.prepare()).all({ id: 'app', untilMs: 60 });
      expect(found).toEqual(query.prepare().all({ id: 'app', untilMs: 60 }));
      expect(found.map(({ seq }) => seq)).toEqual([4, 2]);
    }));

  it('a write without rows to give runs, with and without returning', () =>
    withStore((open) => {
      const { db } = open();
      insertInto(db, deskSecrets)({ owner: 'o', slot: 's', sealed: Buffer.from('x'), createdAtMs: 1, expiresAtMs: null });
      fast(
        db
          .update(deskSecrets)
          .set({ expiresAtMs: arg('at') })
          .where(eq(deskSecrets.owner, arg('owner')))
          .prepare(),
      ).run({ at: 5, owner: 'o' });
      fast(
        db
          .update(deskSecrets)
          .set({ createdAtMs: arg('at') })
          .where(eq(deskSecrets.owner, arg('owner')))
          .returning({ slot: deskSecrets.slot })
          .prepare(),
      ).run({ at: 6, owner: 'o' });
      expect(db.select().from(deskSecrets).all()).toMatchObject([{ createdAtMs: 6, expiresAtMs: 5 }]);
    }));
});
