/**
 * Drafts of policies: written, looked over and thrown away by one person. A draft may be anything that is a JSON object; what is wrong with it
 * is said when it is asked, and again, as a refusal, when it is proposed.
 */
import { DESK_RECORDS } from '../../domain/desk.ts';
import { problem, type Fault, type Problem } from '../../domain/failures.ts';
import { readBy } from '../../domain/schema-faults.ts';
import type { PolicyDraftRow, Store } from '../../store/index.ts';
import type { Deps } from '../deps.ts';
import type { RecordReply } from '../intake-input.ts';
import type { Saved } from '../save-application.ts';
import { iso } from '../view-application.ts';
import { appendAudit } from './append-audit.ts';
import { newDeskId } from './desk-ids.ts';
import { diffRecords, type Difference } from './diff-records.ts';
import { changeView, faultsOf, invalid, storeProposal } from './propose-change.ts';

export type DraftBody = Readonly<Record<string, unknown>>;
export interface DraftView {
  readonly id: string;
  readonly kind: 'draft';
  /** The policy its body names; null while it names none. */
  readonly policy: string | null;
  readonly revision: number;
  readonly base_version: number;
  /** The policy has moved on since this was written. */
  readonly stale: boolean;
  readonly author: string;
  readonly updated_by: string;
  readonly created_at: string;
  readonly updated_at: string;
  /** The change it was last proposed as. */
  readonly proposal: { readonly id: string; readonly state: string } | null;
}
export type WholeDraft = DraftView & {
  readonly body: unknown;
  /** Against the policy in force that its body names; all of it where there is none. */
  readonly diff: readonly Difference[];
};

/** From a body, or from a policy in force. */
export async function createDraft(
  deps: Deps,
  actor: string,
  of: { body: DraftBody } | { from: string },
  record: RecordReply,
): Promise<Saved | Problem> {
  const id = newDeskId(deps, 'pdr');
  return deps.commit((tx) => {
    const source = 'from' in of ? inForce(tx, of.from) : undefined;
    if ('from' in of && source === undefined) return noPolicy();
    const nowMs = deps.clock.nowMs();
    const body = source === undefined ? (of as { body: DraftBody }).body : (JSON.parse(source.body) as DraftBody);
    const row: PolicyDraftRow = {
      id,
      body: JSON.stringify(body),
      revision: 1,
      ...basisOf(tx, body),
      changeId: null,
      author: actor,
      updatedBy: actor,
      createdAtMs: nowMs,
      updatedAtMs: nowMs,
    };
    tx.desk.insertDraft(row);
    appendAudit(tx, deps, { actor, action: 'policy_draft.created', subject: id, detail: { policy: row.policyId, base_version: row.baseVersion } });
    const saved = { id, status: 201, body: JSON.stringify(wholeDraft(tx, row)) };
    record(tx, saved.status, saved.body);
    return saved;
  });
}

/** `baseVersion`: the writer has seen that version of the policy, and means to replace it. */
export async function saveDraft(
  deps: Deps,
  actor: string,
  id: string,
  save: { readonly revision: number; readonly body: DraftBody; readonly baseVersion: number | undefined },
): Promise<WholeDraft | Problem> {
  return deps.commit((tx) => {
    const row = tx.desk.draft(id);
    if (row === undefined) return noDraft();
    if (row.revision !== save.revision) return stale('草稿已被他人修改，请重新读取', 'the draft was saved by somebody else meanwhile; read it again');
    const basis = basisOf(tx, save.body);
    if (save.baseVersion !== undefined && save.baseVersion !== basis.baseVersion)
      return stale('策略已有更新的版本，请重新比较', 'this is not the version of the policy in force; compare again');
    // Who goes on writing about the same policy has still only seen the version it was begun from.
    const kept = save.baseVersion === undefined && basis.policyId === row.policyId ? { policyId: row.policyId, baseVersion: row.baseVersion } : basis;
    const next = { ...row, ...kept, body: JSON.stringify(save.body), revision: row.revision + 1, updatedBy: actor, updatedAtMs: deps.clock.nowMs() };
    tx.desk.saveDraft(next, row.revision);
    appendAudit(tx, deps, { actor, action: 'policy_draft.changed', subject: id, detail: { policy: next.policyId, revision: next.revision } });
    return wholeDraft(tx, next);
  });
}

export async function dropDraft(deps: Deps, actor: string, id: string): Promise<Problem | null> {
  return deps.commit((tx) => {
    const row = tx.desk.draft(id);
    if (row === undefined) return noDraft();
    tx.desk.dropDraft(id);
    appendAudit(tx, deps, { actor, action: 'policy_draft.deleted', subject: id, detail: { policy: row.policyId, revision: row.revision } });
    return null;
  });
}

/** Every fault of a draft, or of a policy in force, as the desk stands now. */
export function validatePolicy(
  deps: Deps,
  id: string,
): { readonly id: string; readonly valid: boolean; readonly faults: readonly Fault[] } | Problem {
  const text = deps.store.desk.draft(id)?.body ?? inForce(deps.store, id)?.body;
  if (text === undefined) return problem('not_found', '没有这份策略或草稿', 'there is no such policy or draft');
  const read = readBy(DESK_RECORDS.policy, JSON.parse(text));
  const faults = 'faults' in read ? read.faults : faultsOf(deps, { kind: 'policy', id: read.value.id, record: read.value }).map(withoutBody);
  return { id, valid: faults.length === 0, faults };
}

/** Makes a change of the draft as it is now; what is written into it later is no part of that. Pointers of faults go into the policy. */
export async function proposeDraft(
  deps: Deps,
  actor: string,
  id: string,
  wish: { readonly note: string; readonly publishAtMs: number | null },
  record: RecordReply,
): Promise<Saved | Problem> {
  const changeId = newDeskId(deps, 'chg');
  return deps.commit((tx) => {
    const draft = tx.desk.draft(id);
    if (draft === undefined) return noDraft();
    const read = readBy(DESK_RECORDS.policy, JSON.parse(draft.body));
    if ('faults' in read) return invalid(read.faults);
    if ((tx.desk.record('policy', read.value.id)?.version ?? 0) !== draft.baseVersion)
      return stale(
        '草稿所依据的策略已有新版本，请比较后重新保存',
        'the policy has moved on since this draft was begun; compare, and save the draft again with base_version',
      );
    const row = storeProposal(tx, deps, actor, changeId, { kind: 'policy', id: read.value.id, record: read.value, ...wish });
    if ('problem' in row) return { ...row, faults: row.faults.map(withoutBody) };
    tx.desk.saveDraft({ ...draft, changeId }, draft.revision);
    const saved = { id: changeId, status: 201, body: JSON.stringify(changeView(tx, row)) };
    record(tx, saved.status, saved.body);
    return saved;
  });
}

export function draftView(tx: Store, row: PolicyDraftRow): DraftView {
  const change = row.changeId === null ? undefined : tx.desk.change(row.changeId);
  return {
    id: row.id,
    kind: 'draft',
    policy: row.policyId,
    revision: row.revision,
    base_version: row.baseVersion,
    stale: row.policyId !== null && (tx.desk.record('policy', row.policyId)?.version ?? 0) !== row.baseVersion,
    author: row.author,
    updated_by: row.updatedBy,
    created_at: iso(row.createdAtMs),
    updated_at: iso(row.updatedAtMs),
    proposal: change === undefined ? null : { id: change.id, state: change.state },
  };
}

export function wholeDraft(tx: Store, row: PolicyDraftRow): WholeDraft {
  const body = JSON.parse(row.body) as unknown;
  const current = row.policyId === null ? undefined : inForce(tx, row.policyId);
  return { ...draftView(tx, row), body, diff: diffRecords(current === undefined ? undefined : JSON.parse(current.body), body) };
}

function basisOf(tx: Store, body: DraftBody): Pick<PolicyDraftRow, 'policyId' | 'baseVersion'> {
  const id = DESK_RECORDS.policy.shape.id.safeParse(body['id']);
  if (!id.success) return { policyId: null, baseVersion: 0 };
  return { policyId: id.data, baseVersion: tx.desk.record('policy', id.data)?.version ?? 0 };
}

function inForce(tx: Store, id: string): { readonly body: string } | undefined {
  const row = tx.desk.record('policy', id);
  return row === undefined || row.retired ? undefined : row;
}

function withoutBody(each: Fault): Fault {
  return { ...each, pointer: each.pointer.replace(/^\/body/, '') };
}

function stale(zh: string, en: string): Problem {
  return problem('stale', zh, en);
}
function noDraft(): Problem {
  return problem('not_found', '没有这份草稿', 'there is no such draft');
}
function noPolicy(): Problem {
  return problem('not_found', '没有生效的这份策略', 'there is no such policy in force');
}
