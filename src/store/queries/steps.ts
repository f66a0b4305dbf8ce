import { desc, eq } from 'drizzle-orm';
import type { Database } from '../database.ts';
import { arg, fast, insertInto, saveOf } from '../prepare.ts';
import { borrowerSteps, repayments } from '../schema/index.ts';

export type StepRow = typeof borrowerSteps.$inferSelect;
export type RepaymentRow = typeof repayments.$inferSelect;

/** Steps of borrowers at funders, and repayments. */
export function stepQueries(db: Database) {
  const byId = fast(
    db
      .select()
      .from(borrowerSteps)
      .where(eq(borrowerSteps.id, arg('id')))
      .prepare(),
  );
  const ofApplication = fast(
    db
      .select()
      .from(borrowerSteps)
      .where(eq(borrowerSteps.applicationId, arg('applicationId')))
      .orderBy(borrowerSteps.id)
      .prepare(),
  );
  const save = saveOf(db, borrowerSteps, ['kind', 'state', 'detailSealed', 'expiresAtMs', 'openedAtMs'], ['id']);
  const forget = fast(
    db
      .update(borrowerSteps)
      .set({ detailSealed: null, state: 'done' })
      .where(eq(borrowerSteps.applicationId, arg('applicationId')))
      .prepare(),
  );
  const repaymentById = fast(
    db
      .select()
      .from(repayments)
      .where(eq(repayments.id, arg('id')))
      .prepare(),
  );
  const repaymentsOf = fast(
    db
      .select()
      .from(repayments)
      .where(eq(repayments.loanId, arg('loanId')))
      .orderBy(desc(repayments.id))
      .prepare(),
  );
  const saveRepayment = saveOf(db, repayments, ['state', 'detail', 'tries', 'settledAtMs'], ['id', 'state']);
  return {
    byId: (id: string): StepRow | undefined => byId.get({ id }),
    ofApplication: (applicationId: string): StepRow[] => ofApplication.all({ applicationId }),
    insert: insertInto(db, borrowerSteps),
    save: (row: StepRow) => save(row, { id: row.id }),
    /** Drops what is sealed in the steps of an application. */
    forget: (applicationId: string): void => void forget.run({ applicationId }),
    repaymentById: (id: string): RepaymentRow | undefined => repaymentById.get({ id }),
    /** Newest first. */
    repaymentsOf: (loanId: string): RepaymentRow[] => repaymentsOf.all({ loanId }),
    insertRepayment: insertInto(db, repayments),
    saveRepayment: (row: RepaymentRow, was: RepaymentRow['state']) => saveRepayment(row, { id: row.id, state: was }),
  };
}
