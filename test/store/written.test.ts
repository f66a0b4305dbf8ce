/** Rows at hand from writing them are the rows of the table, whatever is done in between; and a failed transaction leaves none. */
import { sql } from 'drizzle-orm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createGroupCommit } from '../../src/store/group-commit.ts';
import { createStore, type ApplicationRow, type AttemptRow, type ConsentRow, type Store } from '../../src/store/index.ts';
import { applications, attempts, consents } from '../../src/store/schema/index.ts';
import { withStore, type Open } from './host.ts';
import { rowsOf } from './tables.ts';

const IDS = ['app_1', 'app_2', 'app_3'] as const;
const id = fc.constantFrom(...IDS);

/** One row of each table, of random values but under a given id. */
const sample = <R>(table: Parameters<typeof rowsOf>[0], seed: number, more: Partial<R>): R => ({
  ...(fc.sample(rowsOf(table), { seed, numRuns: 1 })[0] as R),
  ...more,
});
const application = (at: string, seed: number): ApplicationRow =>
  sample<ApplicationRow>(applications, seed, { id: at, state: 'routing', reasons: [], refusedRecipients: [] });
const attempt = (at: string, seed: number): AttemptRow =>
  sample<AttemptRow>(attempts, seed, {
    id: at.replace('app', 'att'),
    applicationId: at,
    funderId: 'fnd',
    state: 'submitting',
    reserved: [],
    reason: null,
  });
const consent = (at: string, seed: number): ConsentRow =>
  sample<ConsentRow>(consents, seed, { id: `cns_${seed}`, applicationId: at, withdrawnAtMs: null });

/** A consent comes after its application, whose id is made with it. */
const mayAgree = (tx: Store, at: string, seed: number): boolean =>
  tx.applications.byId(at) !== undefined && tx.dispatch.consentsOf(at).every((row) => row.id !== `cns_${seed}`);

type Change = (tx: Store, at: string, seed: number) => void;
const CHANGES: Readonly<Record<string, Change>> = {
  insert: (tx, at, seed) => {
    if (tx.applications.byId(at) !== undefined) return;
    tx.applications.insert(application(at, seed));
    tx.dispatch.insert(attempt(at, seed));
  },
  consent: (tx, at, seed) => {
    if (mayAgree(tx, at, seed)) tx.dispatch.insertConsents([consent(at, seed)]);
  },
  one_consent: (tx, at, seed) => {
    if (mayAgree(tx, at, seed)) tx.dispatch.insertConsent(consent(at, seed));
  },
  withdraw: (tx, at, seed) => tx.dispatch.withdrawConsents(at, seed),
  withdraw_one: (tx, at, seed) => tx.dispatch.withdrawConsent(at, tx.dispatch.consentsOf(at)[0]?.recipient ?? 'nobody', seed),
  save: (tx, at, seed) => {
    const row = tx.applications.byId(at);
    if (row !== undefined) tx.applications.save({ ...row, state: 'pending', eventSeq: seed }, row.state);
  },
  save_body: (tx, at, seed) => {
    const row = tx.applications.byId(at);
    if (row !== undefined) tx.applications.saveBody({ ...row, bodySealed: Buffer.from([seed % 256]) });
  },
  save_indexes: (tx, at) => {
    const row = tx.applications.byId(at);
    if (row !== undefined) tx.applications.saveIndexes({ ...row, idIndex: null });
  },
  save_attempt: (tx, at, seed) => {
    const row = tx.dispatch.byId(at.replace('app', 'att'));
    if (row !== undefined) tx.dispatch.save({ ...row, state: 'pending', polls: seed }, row.state);
  },
  scribble: (tx, at) => {
    // Rows handed out are the taker's own.
    const row = tx.applications.byId(at);
    if (row !== undefined) row.state = 'declined';
    (tx.dispatch.consentsOf(at) as unknown[]).length = 0;
  },
};

function world(open: Open) {
  const { db, transact } = open();
  const store = createStore(db);
  const commit = createGroupCommit({
    store,
    transact,
    defer: queueMicrotask,
    onDiskFailure: () => undefined,
    onRollback: () => store.written.clear(),
  });
  const look = () =>
    IDS.map((at) => [store.applications.byId(at), store.dispatch.byId(at.replace('app', 'att')), store.dispatch.consentsOf(at)] as const);
  return { db, store, commit, look };
}

describe('rows at hand', () => {
  it('are those of the tables after any changes, kept or undone', () =>
    withStore(async (open) => {
      const { db, store, commit, look } = world(open);
      const step = fc.record({ change: fc.constantFrom(...Object.keys(CHANGES)), at: id, seed: fc.nat(40), fails: fc.boolean() });
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 14 }), async (steps) => {
          for (const table of [applications, attempts, consents]) db.delete(table).run();
          store.written.clear();
          for (const { change, at, seed, fails } of steps) {
            const done = commit((tx) => {
              CHANGES[change]!(tx, at, seed);
              if (fails) throw new Error('not this one');
            });
            await done.catch(() => undefined);
            const atHand = look();
            store.written.clear();
            expect(atHand).toEqual(look());
          }
        }),
        { numRuns: 60 },
      );
    }));

  it('spare the reading while nothing has changed them', () =>
    withStore((open) => {
      const { db, store } = world(open);
      store.applications.insert(application('app_1', 1));
      // Behind the store's back, which nothing does: what shows that the table was not asked.
      db.run(sql`DELETE FROM applications`);
      expect(store.applications.byId('app_1')?.id).toBe('app_1');
      store.written.clear();
      expect(store.applications.byId('app_1')).toBeUndefined();
    }));

  it('are no more than a thousand or so', () =>
    withStore((open) => {
      const { db, store } = world(open);
      for (let at = 0; at < 1_200; at += 1) store.applications.insert(application(`app_${at}`, 1));
      db.run(sql`DELETE FROM applications`);
      expect(store.applications.byId('app_0')).toBeUndefined();
      expect(store.applications.byId('app_1199')).toBeDefined();
    }));
});
