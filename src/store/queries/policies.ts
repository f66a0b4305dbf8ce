import { and, asc, desc, eq, inArray, sql } from 'drizzle-orm';
import { deskChanges, policyDrafts } from '../schema/index.ts';
import type { DeskRecordKind } from '../../domain/desk.ts';
import type { Database } from '../database.ts';
import { arg, fast, insertInto, saveOf } from '../prepare.ts';
import type { DeskChangeRow } from './desk.ts';

export type PolicyDraftRow = typeof policyDrafts.$inferSelect;

/** How the applications of one arm of a segment have ended; amounts in fen, as floats where they are squared. */
export interface ArmCount {
  readonly arm: string;
  readonly state: string;
  /** Of the loan that was paid out; null: none was. */
  readonly funderId: string | null;
  readonly applications: number;
  readonly offered: number;
  readonly approvals: number;
  readonly amountFen: number;
  readonly amountSquares: number;
}

/** The applications that a segment gave to these policies since then. */
export interface ArmQuery {
  readonly segmentId: string;
  readonly champion: string;
  readonly challenger: string | null;
  /** Bounds the walk: ids sort by age, and none that was submitted since is older than its draft may be. */
  readonly fromId: string;
  readonly sinceMs: number;
}

/** Policies on their way into force, and what came of those that are. */
export function policyQueries(db: Database) {
  const draft = fast(
    db
      .select()
      .from(policyDrafts)
      .where(eq(policyDrafts.id, arg('id')))
      .prepare(),
  );
  const saveDraft = saveOf(
    db,
    policyDrafts,
    ['body', 'revision', 'policyId', 'baseVersion', 'changeId', 'updatedBy', 'updatedAtMs'],
    ['id', 'revision'],
  );
  return {
    draft: (id: string): PolicyDraftRow | undefined => draft.get({ id }),
    /** The newest first. */
    drafts: (limit: number): PolicyDraftRow[] => db.select().from(policyDrafts).orderBy(desc(policyDrafts.id)).limit(limit).all(),
    insertDraft: insertInto(db, policyDrafts),
    /** False when somebody else has saved it since `revision`. */
    saveDraft: (row: PolicyDraftRow, revision: number): boolean => saveDraft(row, { id: row.id, revision }),
    dropDraft: (id: string) => void db.delete(policyDrafts).where(eq(policyDrafts.id, id)).run(),
    /** Changes that wait for somebody or for their time, the oldest first. */
    openChanges: (kind: DeskRecordKind): DeskChangeRow[] =>
      db
        .select()
        .from(deskChanges)
        .where(and(eq(deskChanges.kind, kind), inArray(deskChanges.state, ['proposed', 'scheduled'])))
        .orderBy(asc(deskChanges.id))
        .all(),
    armCounts: (of: ArmQuery): ArmCount[] =>
      db.all<ArmCount>(sql`
        SELECT a.arm AS arm, a.state AS state, l.funder_id AS funderId, count(*) AS applications,
          sum(EXISTS (SELECT 1 FROM offers o WHERE o.application_id = a.id AND o.state <> 'blocked')) AS offered,
          sum((SELECT count(DISTINCT o.attempt_id) FROM offers o WHERE o.application_id = a.id)) AS approvals,
          coalesce(sum(l.amount_fen), 0) AS amountFen, coalesce(sum(1.0 * l.amount_fen * l.amount_fen), 0.0) AS amountSquares
        FROM applications a LEFT JOIN loans l ON l.application_id = a.id AND l.disbursed_at_ms IS NOT NULL AND l.state <> 'failed'
        WHERE a.id >= ${of.fromId} AND a.submitted_at_ms >= ${of.sinceMs} AND a.segment_id = ${of.segmentId}
          AND (a.arm = 'champion' AND a.policy_id = ${of.champion} OR a.arm = 'challenger' AND a.policy_id = ${of.challenger})
        GROUP BY a.arm, a.state, l.funder_id
        ORDER BY a.arm, a.state, l.funder_id`),
  };
}
