import { desc, eq } from 'drizzle-orm';
import { loans, offers } from '../schema/index.ts';
import type { Database } from '../database.ts';
import { arg, fast, insertInto, saveOf } from '../prepare.ts';

export type OfferRow = typeof offers.$inferSelect;
export type LoanRow = typeof loans.$inferSelect;

/** Offers and loans. */
export function offerQueries(db: Database) {
  const byId = fast(
    db
      .select()
      .from(offers)
      .where(eq(offers.id, arg('id')))
      .prepare(),
  );
  const ofApplication = fast(
    db
      .select()
      .from(offers)
      .where(eq(offers.applicationId, arg('applicationId')))
      .orderBy(offers.createdAtMs, offers.id)
      .prepare(),
  );
  const save = saveOf(db, offers, ['state', 'disclosureHash', 'disclosedAtMs', 'confirmedAtMs'], ['id', 'state']);
  const loanById = fast(
    db
      .select()
      .from(loans)
      .where(eq(loans.id, arg('id')))
      .prepare(),
  );
  const loanOfAttempt = fast(
    db
      .select()
      .from(loans)
      .where(eq(loans.attemptId, arg('attemptId')))
      .prepare(),
  );
  const loanOf = fast(
    db
      .select()
      .from(loans)
      .where(eq(loans.applicationId, arg('applicationId')))
      .orderBy(desc(loans.id))
      .limit(1)
      .prepare(),
  );
  const saveLoan = saveOf(
    db,
    loans,
    ['state', 'plan', 'overdueDays', 'drawTries', 'eventAtMs', 'disbursedAtMs', 'amountFen', 'cardRef'],
    ['id', 'state'],
  );
  return {
    byId: (id: string): OfferRow | undefined => byId.get({ id }),
    ofApplication: (applicationId: string): OfferRow[] => ofApplication.all({ applicationId }),
    insert: insertInto(db, offers),
    save: (row: OfferRow, was: OfferRow['state']) => save(row, { id: row.id, state: was }),
    loanById: (id: string): LoanRow | undefined => loanById.get({ id }),
    loanOfAttempt: (attemptId: string): LoanRow | undefined => loanOfAttempt.get({ attemptId }),
    /** The last: when one has failed without money, a late approval may have been taken instead. */
    loanOf: (applicationId: string): LoanRow | undefined => loanOf.get({ applicationId }),
    insertLoan: insertInto(db, loans),
    saveLoan: (row: LoanRow, was: LoanRow['state']) => saveLoan(row, { id: row.id, state: was }),
  };
}
