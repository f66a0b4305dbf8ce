import { and, desc, eq, gte, lt, or } from 'drizzle-orm';
import type { Database } from '../database.ts';
import { audit } from '../schema/index.ts';
import type { AuditRow } from './desk.ts';

/** Which deeds; all of them where nothing is said. */
export interface AuditFilter {
  readonly actor?: string | undefined;
  /** An action, or the noun before its dot. */
  readonly action?: string | undefined;
  readonly subject?: string | undefined;
  readonly fromMs?: number | undefined;
  readonly toMs?: number | undefined;
}

/** The audit trail, page by page. */
export function auditQueries(db: Database) {
  return {
    /** Newest first; `before` is the `seq` of the last of the page before. */
    auditPage: (before: number | undefined, limit: number, { actor, action, subject, fromMs, toMs }: AuditFilter = {}): AuditRow[] =>
      db
        .select()
        .from(audit)
        .where(
          and(
            before === undefined ? undefined : lt(audit.seq, before),
            actor === undefined ? undefined : eq(audit.actor, actor),
            // `change` is all that is done to changes, `change.approved` that alone.
            action === undefined ? undefined : or(eq(audit.action, action), and(gte(audit.action, `${action}.`), lt(audit.action, `${action}/`))),
            subject === undefined ? undefined : eq(audit.subject, subject),
            fromMs === undefined ? undefined : gte(audit.atMs, fromMs),
            toMs === undefined ? undefined : lt(audit.atMs, toMs),
          ),
        )
        .orderBy(desc(audit.seq))
        .limit(limit)
        .all(),
  };
}
