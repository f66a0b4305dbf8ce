import { and, desc, eq, gte, inArray, isNull, lt, sql } from 'drizzle-orm';
import { NO_TEXT } from '../../domain/consent-line.ts';
import { applications, attempts, callbacks, capLeases, consents, receipts } from '../schema/index.ts';
import type { Database } from '../database.ts';
import { arg, changing, fast, insertAllInto, insertInto, saveOf } from '../prepare.ts';
import type { JustWritten } from '../written.ts';

export type AttemptRow = typeof attempts.$inferSelect;
export type ConsentRow = typeof consents.$inferSelect;
export type ReceiptRow = typeof receipts.$inferSelect;
export type CallbackRow = typeof callbacks.$inferSelect;
export type CapLeaseRow = typeof capLeases.$inferSelect;

/** In the dedupe key of a kept reply that nobody could read; a callback never has it. */
export const REPLY_MARK = '#reply#';

/** Attempts, consents and receipts, callbacks and cap leases. */
export function dispatchQueries(db: Database, written: JustWritten) {
  const byId = fast(
    db
      .select()
      .from(attempts)
      .where(eq(attempts.id, arg('id')))
      .prepare(),
  );
  const ofApplication = fast(
    db
      .select()
      .from(attempts)
      .where(eq(attempts.applicationId, arg('applicationId')))
      .orderBy(attempts.ordinal)
      .prepare(),
  );
  const byFunderRef = fast(
    db
      .select()
      .from(attempts)
      .where(and(eq(attempts.funderId, arg('funderId')), eq(attempts.funderRef, arg('funderRef'))))
      .prepare(),
  );
  const ofBorrower = fast(
    db
      .select({
        funderId: attempts.funderId,
        state: attempts.state,
        decidedAtMs: attempts.decidedAtMs,
        submittedAtMs: attempts.submittedAtMs,
        createdAtMs: attempts.createdAtMs,
      })
      .from(attempts)
      .where(
        and(
          inArray(
            attempts.applicationId,
            db
              .select({ id: applications.id })
              .from(applications)
              .where(eq(applications.borrowerId, arg('borrowerId'))),
          ),
          gte(attempts.createdAtMs, arg('sinceMs')),
        ),
      )
      .prepare(),
  );
  const consentsOf = fast(
    db
      .select()
      .from(consents)
      .where(eq(consents.applicationId, arg('applicationId')))
      .prepare(),
  );
  const withdrawConsents = fast(
    db
      .update(consents)
      .set({ withdrawnAtMs: arg('nowMs') })
      .where(and(eq(consents.applicationId, arg('applicationId')), isNull(consents.withdrawnAtMs)))
      .prepare(),
  );
  const withdrawConsent = fast(
    db
      .update(consents)
      .set({ withdrawnAtMs: arg('nowMs') })
      .where(and(eq(consents.applicationId, arg('applicationId')), eq(consents.recipient, arg('recipient')), isNull(consents.withdrawnAtMs)))
      .prepare(),
  );
  const renewNo = fast(
    db
      .update(consents)
      .set({ agreedAtMs: arg('nowMs'), withdrawnAtMs: arg('nowMs') })
      .where(and(eq(consents.applicationId, arg('applicationId')), eq(consents.recipient, arg('recipient')), eq(consents.textHash, NO_TEXT)))
      .prepare(),
  );
  const receiptsOf = fast(
    db
      .select()
      .from(receipts)
      .where(eq(receipts.attemptId, arg('attemptId')))
      .orderBy(receipts.createdAtMs)
      .prepare(),
  );
  const finishReceipt = saveOf(db, receipts, ['exchangeSealed', 'outcome', 'latencyMs'], ['attemptId', 'id']);
  const saveAttempt = saveOf(
    db,
    attempts,
    ['state', 'funderRef', 'eventAtMs', 'reason', 'reserved', 'polls', 'submittedAtMs', 'decidedAtMs', 'deadlineAtMs', 'bidFen', 'validUntilMs'],
    ['id', 'state'],
  );
  const insertAttempt = insertInto(db, attempts);
  const insertConsent = insertInto(db, consents);
  const insertConsents = insertAllInto(db, consents);
  /** In the order in which the table gives them: by id. */
  function noteConsents(rows: readonly ConsentRow[]): void {
    for (const row of rows) {
      const known = written.consents.get(row.applicationId);
      if (known === undefined) continue;
      const after = known.findIndex((each) => each.id > row.id);
      written.consents.put(row.applicationId, known.toSpliced(after === -1 ? known.length : after, 0, row));
    }
  }
  const callbackById = fast(
    db
      .select()
      .from(callbacks)
      .where(eq(callbacks.id, arg('id')))
      .prepare(),
  );
  const callbackByKey = fast(
    db
      .select({ id: callbacks.id })
      .from(callbacks)
      .where(and(eq(callbacks.dedupeKey, arg('dedupeKey')), inArray(callbacks.state, ['received', 'processed', 'ignored'])))
      .prepare(),
  );
  const callbacksOf = fast(
    db
      .select()
      .from(callbacks)
      .where(eq(callbacks.attemptId, arg('attemptId')))
      .prepare(),
  );
  const recentCallbacks = fast(
    db
      .select()
      .from(callbacks)
      .where(and(eq(callbacks.funderId, arg('funderId')), sql`instr(${callbacks.dedupeKey}, ${REPLY_MARK}) = 0`))
      .orderBy(desc(callbacks.receivedAtMs), desc(callbacks.id))
      .limit(sql.placeholder('limit'))
      .prepare(),
  );
  const saveCallback = saveOf(db, callbacks, ['state', 'attemptId', 'detail', 'rawSealed'], ['id']);
  const forgetExchanges = fast(
    db
      .update(receipts)
      .set({ exchangeSealed: null })
      .where(
        inArray(
          receipts.attemptId,
          db
            .select({ id: attempts.id })
            .from(attempts)
            .where(eq(attempts.applicationId, arg('applicationId'))),
        ),
      )
      .prepare(),
  );
  const forgetCallbacks = fast(
    db
      .update(callbacks)
      .set({ rawSealed: null })
      .where(
        inArray(
          callbacks.attemptId,
          db
            .select({ id: attempts.id })
            .from(attempts)
            .where(eq(attempts.applicationId, arg('applicationId'))),
        ),
      )
      .prepare(),
  );
  const forgetOld = fast(
    db
      .update(callbacks)
      .set({ rawSealed: null })
      .where(
        sql`id IN (SELECT id FROM callbacks WHERE received_at_ms < ${arg('beforeMs')} AND raw_sealed IS NOT NULL AND state <> 'received' ORDER BY id LIMIT 5000)`,
      )
      .prepare(),
  );
  const lease = fast(
    db
      .select()
      .from(capLeases)
      .where(eq(capLeases.key, arg('key')))
      .prepare(),
  );
  const addLease = fast(
    db
      .insert(capLeases)
      .values({ key: arg('key'), funderId: arg('funderId'), leased: arg('add'), used: 0 })
      .onConflictDoUpdate({ target: capLeases.key, set: { leased: sql`leased + excluded.leased`, untold: sql`0` } })
      .prepare(),
  );
  const takeLease = changing(() =>
    db
      .update(capLeases)
      .set({ used: sql`used + ${sql.placeholder('take')}` })
      .where(and(eq(capLeases.key, arg('key')), sql`used + ${sql.placeholder('take')} <= leased`)),
  );
  const giveBack = fast(
    db
      .update(capLeases)
      .set({ used: sql`max(0, used - ${sql.placeholder('give')})` })
      .where(eq(capLeases.key, arg('key')))
      .prepare(),
  );

  return {
    byId: (id: string): AttemptRow | undefined => {
      const row = written.attempts.get(id);
      return row === undefined ? byId.get({ id }) : { ...row };
    },
    ofApplication: (applicationId: string): AttemptRow[] => ofApplication.all({ applicationId }),
    byFunderRef: (funderId: string, funderRef: string): AttemptRow | undefined => byFunderRef.get({ funderId, funderRef }),
    ofBorrower: (borrowerId: string, sinceMs: number) => ofBorrower.all({ borrowerId, sinceMs }),
    insert: (row: AttemptRow): boolean => {
      written.attempts.put(row.id, { ...row });
      return insertAttempt(row);
    },
    /** Saves unless the state changed since `row` was read. */
    save: (row: AttemptRow, was: AttemptRow['state']): boolean => {
      written.attempts.drop(row.id);
      return saveAttempt(row, { id: row.id, state: was });
    },
    consentsOf: (applicationId: string): ConsentRow[] => {
      const rows = written.consents.get(applicationId);
      return rows === undefined ? consentsOf.all({ applicationId }) : rows.slice();
    },
    insertConsent: (row: ConsentRow): boolean => {
      noteConsents([row]);
      return insertConsent(row);
    },
    insertConsents: (rows: readonly ConsentRow[]): number => {
      noteConsents(rows);
      return insertConsents(rows);
    },
    withdrawConsents: (applicationId: string, nowMs: number): void => {
      written.consents.drop(applicationId);
      withdrawConsents.run({ applicationId, nowMs });
    },
    withdrawConsent: (applicationId: string, recipient: string, nowMs: number): void => {
      written.consents.drop(applicationId);
      withdrawConsent.run({ applicationId, recipient, nowMs });
    },
    /** A line that says no where nothing had been agreed to says so at this time instead. */
    renewNo: (applicationId: string, recipient: string, nowMs: number): void => {
      written.consents.drop(applicationId);
      renewNo.run({ applicationId, recipient, nowMs });
    },
    receiptsOf: (attemptId: string): ReceiptRow[] => receiptsOf.all({ attemptId }),
    insertReceipt: insertInto(db, receipts),
    /** Of the row, `exchangeSealed`, `outcome` and `latencyMs` are written. */
    finishReceipt: (row: Pick<ReceiptRow, 'id' | 'attemptId' | 'exchangeSealed' | 'outcome' | 'latencyMs'>) =>
      finishReceipt(row as ReceiptRow, { attemptId: row.attemptId, id: row.id }),
    callbackById: (id: string): CallbackRow | undefined => callbackById.get({ id }),
    callbackSeen: (dedupeKey: string): boolean => callbackByKey.get({ dedupeKey }) !== undefined,
    callbacksOf: (attemptId: string): CallbackRow[] => callbacksOf.all({ attemptId }),
    insertCallback: insertInto(db, callbacks),
    saveCallback: (row: CallbackRow) => saveCallback(row, { id: row.id }),
    /** What the funder told of its own accord, newest first; the replies that could not be read are no callbacks. */
    recentCallbacks: (funderId: string, limit: number): CallbackRow[] => recentCallbacks.all({ funderId, limit }),
    /** The same, from the one named on. */
    callbacksBefore: (funderId: string, limit: number, before: string): CallbackRow[] =>
      db
        .select()
        .from(callbacks)
        .where(and(eq(callbacks.funderId, funderId), lt(callbacks.id, before), sql`instr(${callbacks.dedupeKey}, ${REPLY_MARK}) = 0`))
        .orderBy(desc(callbacks.receivedAtMs), desc(callbacks.id))
        .limit(limit)
        .all(),
    /** Drops the raw bytes of callbacks older than that, whoever they were about. */
    forgetCallbacksBefore: (beforeMs: number) => void forgetOld.run({ beforeMs }),
    /** Drops what was said on the wire about an application: calls and callbacks. */
    forgetRaw: (applicationId: string): void => {
      forgetExchanges.run({ applicationId });
      forgetCallbacks.run({ applicationId });
    },
    lease: (key: string): CapLeaseRow | undefined => lease.get({ key }),
    addLease: (key: string, funderId: string, add: number) => void addLease.run({ key, funderId, add }),
    /** Takes from the lease; false when it has not that much left. */
    takeLease: (key: string, take: number): boolean => takeLease({ key, take }),
    giveBack: (key: string, give: number) => void giveBack.run({ key, give }),
  };
}
