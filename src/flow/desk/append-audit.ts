/**
 * The audit trail of the desk: who did what to which record, in the commit of the deed itself. A hash chain under a key of the vault, with a
 * keyed head, so that whoever can write to the database but has not the key can change, remove, move or cut off nothing unseen. Details
 * are ids, codes and counts: nothing can be erased from a chain, so nothing of a person may get into it.
 */
import { chainHash, CHAIN_START, verifyChain, type ChainHead, type ChainVerdict } from '../../compliance/audit-chain.ts';
import type { AuditFilter, AuditRow, Store } from '../../store/index.ts';
import type { Deps } from '../deps.ts';
import { iso } from '../view-application.ts';
import { actorNames } from './actor-names.ts';

export interface Deed {
  /** Id of the key, or of the operator, that did it. */
  readonly actor: string;
  /** `change.approved`, `blacklist.added`, … */
  readonly action: string;
  /** Id of what it was done to. */
  readonly subject: string;
  /** Ids, codes and counts. */
  readonly detail?: Readonly<Record<string, string | number | boolean | null>>;
}

export interface AuditView {
  readonly seq: number;
  readonly at: string;
  readonly actor: string;
  /** Of an operator or a key that is known here; null for a machine, and in a cell of many. */
  readonly actor_name: string | null;
  readonly action: string;
  readonly subject: string;
  readonly detail: Readonly<Record<string, unknown>>;
  readonly hash: string;
}

type Keyed = Pick<Deps, 'clock' | 'vault'>;
/** Stands where a head cannot be vouched for. Stays there: a broken chain that grows must not look whole again. */
const BROKEN = 'broken';

/** Call inside the commit of the deed. */
export function appendAudit(tx: Store, deps: Keyed, deed: Deed): void {
  const row = { atMs: deps.clock.nowMs(), actor: deed.actor, action: deed.action, subject: deed.subject, detail: deed.detail ?? {} };
  const stored = tx.desk.auditHead();
  const last = tx.desk.lastAudit();
  const head = stored ?? { count: 0, hash: CHAIN_START };
  const sound = stored === undefined ? last === undefined : vouched(deps, stored);
  const hash = chainHash(head.hash, recordOf(row), hasher(deps));
  const next = { count: head.count + 1, hash };
  tx.desk.insertAudit({ ...row, hash });
  tx.desk.saveAuditHead({ ...next, mark: sound ? markOf(deps, next) : BROKEN });
}

/** Newest first; `before` is the `seq` of the last of the page before. */
export function auditPage(deps: Pick<Deps, 'store' | 'vault'>, before: number | undefined, limit: number, filter: AuditFilter = {}): AuditView[] {
  const rows = deps.store.desk.auditPage(before, limit, filter);
  const names = actorNames(
    deps,
    rows.map((row) => row.actor),
  );
  return rows.map((row) => ({
    seq: row.seq,
    at: iso(row.atMs),
    actor: row.actor,
    actor_name: names.get(row.actor) ?? null,
    action: row.action,
    subject: row.subject,
    detail: row.detail,
    hash: row.hash,
  }));
}

/** Reads the whole chain. `head` is for keeping elsewhere: only that shows a database that was put back as a whole. */
export function verifyAudit(deps: Keyed & Pick<Deps, 'store'>): { readonly verdict: ChainVerdict; readonly head: ChainHead } {
  const rows = deps.store.desk.auditAll();
  const stored = deps.store.desk.auditHead();
  const head: ChainHead = stored === undefined ? { count: 0, hash: CHAIN_START } : { count: stored.count, hash: stored.hash };
  const verdict = verifyChain(
    rows.map((row) => ({ record: recordOf(row), hash: row.hash })),
    head,
    hasher(deps),
  );
  if (verdict.ok && stored !== undefined && !vouched(deps, stored)) return { verdict: { ok: false, at: rows.length, why: 'head' }, head };
  return { verdict, head };
}

function recordOf(row: Pick<AuditRow, 'atMs' | 'actor' | 'action' | 'subject' | 'detail'>): unknown {
  return { at_ms: row.atMs, actor: row.actor, action: row.action, subject: row.subject, detail: row.detail };
}

function vouched(deps: Keyed, head: ChainHead & { readonly mark: string }): boolean {
  return deps.vault.equal(head.mark, markOf(deps, head));
}

function markOf(deps: Keyed, head: ChainHead): string {
  return deps.vault.tag('audit', `millrace-audit-head/1\n${head.count}\n${head.hash}`);
}

function hasher(deps: Keyed): (text: string) => string {
  return (text) => deps.vault.tag('audit', text);
}
