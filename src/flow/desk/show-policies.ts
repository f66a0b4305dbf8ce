/** Policies as operators see them: in force, on their way, and as they were. */
import type { Arm } from '../../domain/segment.ts';
import type { DeskChangeRow, DeskRecordRow, Store } from '../../store/index.ts';
import type { Deps } from '../deps.ts';
import { iso } from '../view-application.ts';
import { usersOf } from './check-segment.ts';
import { diffRecords, type Difference } from './diff-records.ts';
import { draftView, wholeDraft, type DraftView, type WholeDraft } from './write-drafts.ts';

export interface OpenChange {
  readonly id: string;
  readonly state: DeskChangeRow['state'];
  readonly author: string;
  readonly retire: boolean;
  readonly publish_at: string | null;
}
export interface PolicyView {
  readonly id: string;
  readonly kind: 'policy';
  readonly name: string;
  readonly version: number;
  /** False: retired. */
  readonly in_force: boolean;
  /** Decides wherever no segment has been found yet. */
  readonly general: boolean;
  readonly segments: readonly { readonly segment: string; readonly arm: Arm }[];
  readonly changes: readonly OpenChange[];
  readonly author: string;
  readonly approver: string | null;
  readonly at: string;
}
export type WholePolicy = PolicyView & { readonly body: unknown };
export interface PolicyVersion {
  readonly version: number;
  readonly retired: boolean;
  readonly author: string;
  readonly approver: string | null;
  readonly at: string;
  readonly body: unknown;
  /** Against the version before; of the first, nothing. */
  readonly diff: readonly Difference[];
}
type Reading = Pick<Deps, 'store' | 'desk'>;

const MOST_DRAFTS = 200;

export function listPolicies(deps: Reading): { readonly policies: readonly PolicyView[]; readonly drafts: readonly DraftView[] } {
  const open = deps.store.desk.openChanges('policy');
  const rows = deps.store.desk.allRecords().filter((row) => row.kind === 'policy' && !row.retired);
  return {
    policies: rows.map((row) => policyView(deps, row, open)),
    drafts: deps.store.desk.drafts(MOST_DRAFTS).map((row) => draftView(deps.store, row)),
  };
}

/** A draft or a policy by its id; null when there is neither. */
export function showPolicy(deps: Reading, id: string): WholeDraft | WholePolicy | null {
  const draft = deps.store.desk.draft(id);
  if (draft !== undefined) return wholeDraft(deps.store, draft);
  const row = deps.store.desk.record('policy', id);
  if (row === undefined) return null;
  return { ...policyView(deps, row, deps.store.desk.openChanges('policy')), body: JSON.parse(row.body) as unknown };
}

/** Newest first; null when there never was such a policy. */
export function listVersions(deps: { readonly store: Store }, id: string): readonly PolicyVersion[] | null {
  const rows = deps.store.desk.history('policy', id);
  if (rows.length === 0) return null;
  return rows.map((row, at) => ({
    version: row.version,
    retired: row.retired,
    author: row.author,
    approver: row.approver,
    at: iso(row.createdAtMs),
    body: JSON.parse(row.body) as unknown,
    diff: at + 1 === rows.length ? [] : diffRecords(contentOf(rows[at + 1]!), contentOf(row)),
  }));
}

function policyView(deps: Reading, row: DeskRecordRow, open: readonly DeskChangeRow[]): PolicyView {
  const desk = deps.desk.snapshot();
  return {
    id: row.id,
    kind: 'policy',
    name: (JSON.parse(row.body) as { name: string }).name,
    version: row.version,
    in_force: !row.retired,
    general: !row.retired && desk.policy.id === row.id,
    segments: usersOf(desk, row.id),
    changes: open
      .filter(({ recordId }) => recordId === row.id)
      .map(({ id, state, author, retire, publishAtMs }) => ({
        id,
        state,
        author,
        retire,
        publish_at: publishAtMs === null ? null : iso(publishAtMs),
      })),
    author: row.author,
    approver: row.approver,
    at: iso(row.createdAtMs),
  };
}

function contentOf(row: DeskRecordRow): unknown {
  return row.retired ? undefined : JSON.parse(row.body);
}
