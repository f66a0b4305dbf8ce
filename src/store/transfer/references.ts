/** What names what. The database declares no foreign keys (each write would pay for them), so whoever moves data looks for itself. */
import { sql } from 'drizzle-orm';
import type { Database } from '../database.ts';

/** `table.column` -> `table.column`. */
export const REFERENCES: readonly (readonly [from: string, to: string])[] = [
  ['applications.borrower_id', 'borrowers.id'],
  ['plans.application_id', 'applications.id'],
  ['attempts.application_id', 'applications.id'],
  ['attempts.borrower_id', 'borrowers.id'],
  ['consents.application_id', 'applications.id'],
  ['consents.borrower_id', 'borrowers.id'],
  ['receipts.attempt_id', 'attempts.id'],
  ['offers.application_id', 'applications.id'],
  ['offers.attempt_id', 'attempts.id'],
  ['loans.application_id', 'applications.id'],
  ['loans.borrower_id', 'borrowers.id'],
  ['loans.attempt_id', 'attempts.id'],
  ['loans.offer_id', 'offers.id'],
  ['callbacks.attempt_id', 'attempts.id'],
  ['documents.application_id', 'applications.id'],
  ['events.application_id', 'applications.id'],
  ['funnel_progress.application_id', 'applications.id'],
  ['borrower_steps.application_id', 'applications.id'],
  ['borrower_steps.borrower_id', 'borrowers.id'],
  ['borrower_steps.attempt_id', 'attempts.id'],
  ['repayments.loan_id', 'loans.id'],
  ['repayments.application_id', 'applications.id'],
  ['deliveries.event_seq', 'events.seq'],
  ['partner_impressions.application_id', 'applications.id'],
  ['partner_impressions.borrower_id', 'borrowers.id'],
  ['partner_clicks.impression_id', 'partner_impressions.id'],
  ['partner_conversions.click_id', 'partner_clicks.id'],
];

/** For each reference, how many rows name something that is not there. */
export function countOrphans(db: Database): Readonly<Record<string, number>> {
  return Object.fromEntries(
    REFERENCES.map(([from, to]) => {
      const [table, column] = from.split('.') as [string, string];
      const [target, key] = to.split('.') as [string, string];
      const [found] = db.all<{ n: number }>(
        sql`SELECT count(*) AS n FROM ${sql.identifier(table)} AS one WHERE one.${sql.identifier(column)} IS NOT NULL AND NOT EXISTS (SELECT 1 FROM ${sql.identifier(target)} AS other WHERE other.${sql.identifier(key)} = one.${sql.identifier(column)})`,
      );
      return [from, found!.n];
    }),
  );
}
