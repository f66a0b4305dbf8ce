/** What a borrower has to do at a funder, and repayments made through us. */
import { blob, index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { StepKind, StepStage } from '../../domain/borrower-step.ts';

export const borrowerSteps = sqliteTable(
  'borrower_steps',
  {
    id: text().primaryKey(),
    applicationId: text('application_id').notNull(),
    borrowerId: text('borrower_id').notNull(),
    attemptId: text('attempt_id').notNull(),
    kind: text().$type<StepKind>().notNull(),
    stage: text().$type<StepStage>().notNull(),
    /** `held`: not to be shown before the funder is chosen. */
    state: text().$type<'held' | 'open' | 'done'>().notNull(),
    destination: text().$type<'credit' | 'loan' | 'repay'>(),
    /** JSON of `StepDetail`. */
    detailSealed: blob('detail_sealed', { mode: 'buffer' }),
    expiresAtMs: integer('expires_at_ms'),
    openedAtMs: integer('opened_at_ms'),
    createdAtMs: integer('created_at_ms').notNull(),
  },
  (t) => [index('borrower_steps_application').on(t.applicationId)],
);

export const repayments = sqliteTable(
  'repayments',
  {
    id: text().primaryKey(),
    loanId: text('loan_id').notNull(),
    applicationId: text('application_id').notNull(),
    funderId: text('funder_id').notNull(),
    amountFen: integer('amount_fen').notNull(),
    /** The last instalment that it pays, by due month; null: the whole loan. */
    upToMonth: integer('up_to_month'),
    state: text().$type<'requested' | 'unknown' | 'processing' | 'repaid' | 'failed'>().notNull(),
    detail: text(),
    tries: integer().notNull(),
    createdAtMs: integer('created_at_ms').notNull(),
    settledAtMs: integer('settled_at_ms'),
  },
  (t) => [index('repayments_loan').on(t.loanId)],
);
