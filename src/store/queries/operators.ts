import { and, asc, eq, gt, isNull, lt, notLike, sql } from 'drizzle-orm';
import { operatorAccounts, operatorInvitations, operators, operatorSessions, signInTries } from '../schema/index.ts';
import { markBytes } from '../schema/mark.ts';
import type { Database } from '../database.ts';
import { arg, fast, insertInto } from '../prepare.ts';

export type OperatorRow = typeof operators.$inferSelect;
export type OperatorAccountRow = typeof operatorAccounts.$inferSelect;
export type SessionRow = typeof operatorSessions.$inferSelect;
export type InvitationRow = typeof operatorInvitations.$inferSelect;

/** Operators of the console, their sessions and their invitations. Only what each request asks is prepared. */
export function operatorQueries(db: Database) {
  const operator = fast(
    db
      .select()
      .from(operators)
      .where(eq(operators.id, arg('id')))
      .prepare(),
  );
  return {
    ...sessionQueries(db),
    ...invitationQueries(db),
    operator: (id: string): OperatorRow | undefined => operator.get({ id }),
    operators: (): OperatorRow[] => db.select().from(operators).orderBy(asc(operators.id)).all(),
    insertOperator: insertInto(db, operators, { orIgnore: true }),
    saveOperator: ({ id, role, status }: Pick<OperatorRow, 'id' | 'role' | 'status'>) =>
      void db.update(operators).set({ role, status }).where(eq(operators.id, id)).run(),
    /** Whether there is any beside those whose ids begin with this. */
    anyBut: (idsBeginning: string): boolean =>
      db
        .select({ id: operators.id })
        .from(operators)
        .where(notLike(operators.id, `${idsBeginning}%`))
        .limit(1)
        .get() !== undefined,
    account: (operatorId: string): OperatorAccountRow | undefined =>
      db.select().from(operatorAccounts).where(eq(operatorAccounts.operatorId, operatorId)).get(),
    accountByEmail: (emailIndex: string): OperatorAccountRow | undefined =>
      db
        .select()
        .from(operatorAccounts)
        .where(sql`${operatorAccounts.emailIndex} = ${markBytes(emailIndex)}`)
        .get(),
    insertAccount: insertInto(db, operatorAccounts, { orIgnore: true }),
    saveAccount: ({ operatorId, ...row }: OperatorAccountRow) =>
      void db.update(operatorAccounts).set(row).where(eq(operatorAccounts.operatorId, operatorId)).run(),
    /** False: a code of that time step, or of a later one, was used already. */
    useStep: (operatorId: string, step: number): boolean =>
      db
        .update(operatorAccounts)
        .set({ totpStep: step })
        .where(and(eq(operatorAccounts.operatorId, operatorId), lt(operatorAccounts.totpStep, step)))
        .returning({ id: operatorAccounts.operatorId })
        .all().length > 0,
  };
}

function sessionQueries(db: Database) {
  const session = fast(
    db
      .select()
      .from(operatorSessions)
      .where(eq(operatorSessions.hash, arg('hash')))
      .prepare(),
  );
  return {
    /** Ended or not. */
    session: (hash: string): SessionRow | undefined => session.get({ hash }),
    insertSession: insertInto(db, operatorSessions),
    seen: (hash: string, nowMs: number) =>
      void db
        .update(operatorSessions)
        .set({ seenAtMs: nowMs })
        .where(and(eq(operatorSessions.hash, hash), lt(operatorSessions.seenAtMs, nowMs)))
        .run(),
    /** False: it was ended already, or there is none. */
    revokeSession: (hash: string, nowMs: number): boolean =>
      db
        .update(operatorSessions)
        .set({ revokedAtMs: nowMs })
        .where(and(eq(operatorSessions.hash, hash), isNull(operatorSessions.revokedAtMs)))
        .returning({ hash: operatorSessions.hash })
        .all().length > 0,
    /** Ends all of the operator's; how many. */
    revokeSessionsOf: (operatorId: string, nowMs: number): number =>
      db
        .update(operatorSessions)
        .set({ revokedAtMs: nowMs })
        .where(and(eq(operatorSessions.operatorId, operatorId), isNull(operatorSessions.revokedAtMs), gt(operatorSessions.endsAtMs, nowMs)))
        .returning({ hash: operatorSessions.hash })
        .all().length,
    /** When each operator was last seen, and in how many sessions that still run. */
    sessionsByOperator: (nowMs: number, idleSinceMs: number): { operatorId: string; seenAtMs: number; open: number }[] =>
      db
        .select({
          operatorId: operatorSessions.operatorId,
          seenAtMs: sql<number>`max(seen_at_ms)`,
          open: sql<number>`coalesce(sum(revoked_at_ms IS NULL AND ends_at_ms > ${nowMs} AND seen_at_ms > ${idleSinceMs}), 0)`,
        })
        .from(operatorSessions)
        .groupBy(operatorSessions.operatorId)
        .all(),
    dropSessionsBefore: (beforeMs: number) => void db.delete(operatorSessions).where(lt(operatorSessions.endsAtMs, beforeMs)).run(),
  };
}

function invitationQueries(db: Database) {
  return {
    invitation: (hash: string): InvitationRow | undefined => db.select().from(operatorInvitations).where(eq(operatorInvitations.hash, hash)).get(),
    insertInvitation: insertInto(db, operatorInvitations),
    /** An operator has one link at a time, and none once it was used. */
    dropInvitationsOf: (operatorId: string) => void db.delete(operatorInvitations).where(eq(operatorInvitations.operatorId, operatorId)).run(),
    /** Counts a try and tells how many there were since the window began, this one with it, and when that was. */
    countTry: (whoIndex: string, nowMs: number, windowMs: number): { readonly tries: number; readonly sinceMs: number } => {
      const over = sql`since_ms <= ${nowMs - windowMs}`;
      return db
        .insert(signInTries)
        .values({ whoIndex, tries: 1, sinceMs: nowMs })
        .onConflictDoUpdate({
          target: signInTries.whoIndex,
          set: { tries: sql`CASE WHEN ${over} THEN 1 ELSE tries + 1 END`, sinceMs: sql`CASE WHEN ${over} THEN ${nowMs} ELSE since_ms END` },
        })
        .returning({ tries: signInTries.tries, sinceMs: signInTries.sinceMs })
        .get();
    },
    forgetTries: (whoIndex: string) =>
      void db
        .delete(signInTries)
        .where(sql`${signInTries.whoIndex} = ${markBytes(whoIndex)}`)
        .run(),
    /** Links and tries that no longer count. */
    dropStale: (nowMs: number, triesBeforeMs: number) => {
      db.delete(operatorInvitations).where(lt(operatorInvitations.expiresAtMs, nowMs)).run();
      db.delete(signInTries).where(lt(signInTries.sinceMs, triesBeforeMs)).run();
    },
  };
}
