import { and, count, eq, gte, isNull, lt } from 'drizzle-orm';
import { documents, phoneVerifications } from '../schema/index.ts';
import type { Database } from '../database.ts';
import { arg, changing, fast, insertAllInto, insertInto, saveOf } from '../prepare.ts';

export type DocumentRow = typeof documents.$inferSelect;
export type PhoneVerificationRow = typeof phoneVerifications.$inferSelect;

/** Phone verifications and ID photos, before and after an application claims them. */
export function intakeQueries(db: Database) {
  const verification = fast(
    db
      .select()
      .from(phoneVerifications)
      .where(eq(phoneVerifications.id, arg('id')))
      .prepare(),
  );
  const byPhone = fast(
    db
      .select({ n: count() })
      .from(phoneVerifications)
      .where(and(eq(phoneVerifications.phoneIndex, arg('value')), gte(phoneVerifications.createdAtMs, arg('sinceMs'))))
      .prepare(),
  );
  const byIp = fast(
    db
      .select({ n: count() })
      .from(phoneVerifications)
      .where(and(eq(phoneVerifications.ipIndex, arg('value')), gte(phoneVerifications.createdAtMs, arg('sinceMs'))))
      .prepare(),
  );
  const saveVerification = saveOf(db, phoneVerifications, ['codeHash', 'wrongTries', 'confirmedAtMs'], ['id']);
  const document = fast(
    db
      .select()
      .from(documents)
      .where(eq(documents.id, arg('id')))
      .prepare(),
  );
  const documentsOf = fast(
    db
      .select()
      .from(documents)
      .where(eq(documents.applicationId, arg('applicationId')))
      .prepare(),
  );
  const claim = changing(() =>
    db
      .update(documents)
      .set({ applicationId: arg('applicationId') })
      .where(and(eq(documents.id, arg('id')), isNull(documents.applicationId))),
  );
  const release = fast(
    db
      .update(documents)
      .set({ applicationId: null })
      .where(and(eq(documents.id, arg('id')), eq(documents.applicationId, arg('applicationId'))))
      .prepare(),
  );
  const dropKey = fast(
    db
      .update(documents)
      .set({ dataKey: null })
      .where(eq(documents.id, arg('id')))
      .prepare(),
  );
  const drop = fast(
    db
      .delete(documents)
      .where(eq(documents.id, arg('id')))
      .prepare(),
  );
  const dropVerifications = fast(
    db
      .delete(phoneVerifications)
      .where(lt(phoneVerifications.createdAtMs, arg('beforeMs')))
      .prepare(),
  );
  const dropVerificationsOf = fast(
    db
      .delete(phoneVerifications)
      .where(eq(phoneVerifications.phoneIndex, arg('phoneIndex')))
      .prepare(),
  );
  return {
    verification: (id: string): PhoneVerificationRow | undefined => verification.get({ id }),
    verificationsByPhone: (phoneIndex: string, sinceMs: number): number => byPhone.get({ value: phoneIndex, sinceMs })!.n,
    verificationsByIp: (ipIndex: string, sinceMs: number): number => byIp.get({ value: ipIndex, sinceMs })!.n,
    insertVerification: insertInto(db, phoneVerifications),
    saveVerification: (row: PhoneVerificationRow) => saveVerification(row, { id: row.id }),
    dropVerifications: (beforeMs: number) => void dropVerifications.run({ beforeMs }),
    dropVerificationsOf: (phoneIndex: string) => void dropVerificationsOf.run({ phoneIndex }),
    document: (id: string): DocumentRow | undefined => document.get({ id }),
    documentsOf: (applicationId: string): DocumentRow[] => documentsOf.all({ applicationId }),
    insertDocument: insertInto(db, documents),
    insertDocuments: insertAllInto(db, documents),
    /** False when another application has it already. */
    claimDocument: (id: string, applicationId: string): boolean => claim({ id, applicationId }),
    releaseDocument: (id: string, applicationId: string) => void release.run({ id, applicationId }),
    dropDocumentKey: (id: string) => void dropKey.run({ id }),
    dropDocument: (id: string) => void drop.run({ id }),
    unclaimedDocuments: (beforeMs: number, limit: number): DocumentRow[] =>
      db
        .select()
        .from(documents)
        .where(and(isNull(documents.applicationId), lt(documents.createdAtMs, beforeMs)))
        .limit(limit)
        .all(),
  };
}
