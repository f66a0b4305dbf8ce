/**
 * Changes of what decides about people's applications and money take two: one proposes, another approves exactly that content. A
 * proposal is bound to the version it was made against and to the hash of everything it would do.
 */
import { canonicalJson } from '../../compliance/canonical-json.ts';
import { fault, problem, type Fault, type Problem } from '../../domain/failures.ts';
import type { DeskChangeRow, DeskRecordRow, Store } from '../../store/index.ts';
import type { Deps } from '../deps.ts';
import type { RecordReply } from '../intake-input.ts';
import type { Saved } from '../save-application.ts';
import { iso } from '../view-application.ts';
import { appendAudit } from './append-audit.ts';
import { buildSnapshot } from './build-snapshot.ts';
import { checkRecord, checkRetirement, type Sight, type TwoPersonKind, type TwoPersonRecord } from './check-record.ts';
import { diffRecords, type Difference } from './diff-records.ts';
import { newDeskId } from './desk-ids.ts';

/** Read by its schema already. `record` null: take the record out of force. */
export type Proposal = {
  readonly kind: TwoPersonKind;
  readonly id: string;
  readonly record: TwoPersonRecord['record'] | null;
  readonly note: string;
  /** When it shall come into force once approved, milliseconds since the epoch; null: at once. */
  readonly publishAtMs: number | null;
};

/** Longest time that a change may be scheduled ahead. */
const FARTHEST_MS = 366 * 86_400_000;

export interface ChangeView {
  readonly id: string;
  readonly kind: string;
  readonly record_id: string;
  readonly state: DeskChangeRow['state'];
  readonly note: string;
  readonly author: string;
  readonly decided_by: string | null;
  readonly created_at: string;
  readonly decided_at: string | null;
  readonly base_version: number;
  /** What an approval must repeat. */
  readonly hash: string;
  readonly retire: boolean;
  readonly body: unknown;
  /** Against the record in force while it is proposed; against what was in force when it was decided afterwards. */
  readonly diff: readonly Difference[];
  /** True when the record has moved on since: it cannot be approved, or published, any more. */
  readonly stale: boolean;
  /** When it shall come into force; null: when it is approved. */
  readonly publish_at: string | null;
  /** Why it failed; null when it has not. */
  readonly faults: readonly Fault[] | null;
}

/** Stores a proposal. Refused when it is faulty, changes nothing, or names a record to retire that is not in force. */
export async function proposeChange(deps: Deps, actor: string, proposal: Proposal, record: RecordReply): Promise<Saved | Problem> {
  const id = newDeskId(deps, 'chg');
  return deps.commit((tx) => {
    const row = storeProposal(tx, deps, actor, id, proposal);
    if ('problem' in row) return row;
    const saved = { id: row.id, status: 201, body: JSON.stringify(changeView(tx, row)) };
    record(tx, saved.status, saved.body);
    return saved;
  });
}

/** The part of `proposeChange` inside the commit. */
export function storeProposal(tx: Store, deps: Deps, actor: string, changeId: string, proposal: Proposal): DeskChangeRow | Problem {
  const { kind, id, note, publishAtMs } = proposal;
  const retire = proposal.record === null;
  const faults = [...faultsOf(deskAsIn(tx, deps), proposal), ...timeFaults(deps, publishAtMs)];
  if (faults.length > 0) return invalid(faults);
  const current = tx.desk.record(kind, id);
  if (retire && (current === undefined || current.retired))
    return problem('not_found', '没有生效的记录可以停用', 'there is no record in force to retire');
  const body = retire ? current!.body : canonicalJson(proposal.record);
  if (!retire && current !== undefined && !current.retired && canonicalJson(JSON.parse(current.body)) === body) {
    return invalid([fault('/body', 'no_change', '与生效的记录相同', 'is the same as the record in force')]);
  }
  const row: DeskChangeRow = {
    id: changeId,
    kind,
    recordId: id,
    body,
    retire,
    hash: '',
    baseVersion: current?.version ?? 0,
    note,
    author: actor,
    state: 'proposed',
    decidedBy: null,
    createdAtMs: deps.clock.nowMs(),
    decidedAtMs: null,
    publishAtMs,
    faults: null,
  };
  const bound = { ...row, hash: hashOf(deps, row) };
  tx.desk.insertChange(bound);
  appendAudit(tx, deps, {
    actor,
    action: 'change.proposed',
    subject: bound.id,
    detail: {
      kind,
      record: id,
      base_version: bound.baseVersion,
      hash: bound.hash,
      retire,
      publish_at: publishAtMs === null ? null : iso(publishAtMs),
    },
  });
  return bound;
}

/** The desk as this transaction leaves it: what others have changed in the same turn is in it, and not yet in the running snapshot. */
export function deskAsIn(tx: Store, deps: Pick<Deps, 'adapters' | 'mode'>): Sight {
  return { adapters: deps.adapters, mode: deps.mode, desk: { snapshot: () => buildSnapshot(tx) } };
}

function timeFaults(deps: Deps, publishAtMs: number | null): Fault[] {
  if (publishAtMs === null) return [];
  const aheadMs = publishAtMs - deps.clock.nowMs();
  if (aheadMs <= 0) return [fault('/publish_at', 'past', '时间已过', 'lies in the past')];
  return aheadMs > FARTHEST_MS ? [fault('/publish_at', 'too_far', '最多提前一年', 'lies more than a year ahead')] : [];
}

/** What is wrong with a proposal as the desk stands now; pointers into the request. */
export function faultsOf(deps: Sight, proposal: Pick<Proposal, 'kind' | 'id' | 'record'>): Fault[] {
  if (proposal.record === null) {
    const found = checkRetirement(deps, proposal.kind, proposal.id);
    return found === null ? [] : [found];
  }
  const other = proposal.record.id === proposal.id ? [] : [fault('/body/id', 'other_id', '与 id 不一致', 'is not the id of the change')];
  const own = checkRecord(deps, { kind: proposal.kind, record: proposal.record } as TwoPersonRecord);
  return [...other, ...own.map((each) => ({ ...each, pointer: each.pointer === '/retire' ? each.pointer : `/body${each.pointer}` }))];
}

/** Covers everything an approval lets happen, and when. */
export function hashOf(
  deps: Pick<Deps, 'vault'>,
  row: Pick<DeskChangeRow, 'kind' | 'recordId' | 'baseVersion' | 'retire' | 'body' | 'publishAtMs'>,
): string {
  const { kind, recordId: id, baseVersion: base_version, retire, publishAtMs } = row;
  const when = publishAtMs === null ? {} : { publish_at: iso(publishAtMs) };
  return deps.vault.sha256Hex(canonicalJson({ kind, id, base_version, retire, body: JSON.parse(row.body) as unknown, ...when }));
}

export function changeView(store: Store, row: DeskChangeRow): ChangeView {
  const latest = store.desk.record(row.kind, row.recordId);
  const isOpen = row.state === 'proposed' || row.state === 'scheduled';
  const base = isOpen ? latest : store.desk.recordVersion(row.kind, row.recordId, row.baseVersion);
  const body = JSON.parse(row.body) as unknown;
  return {
    id: row.id,
    kind: row.kind,
    record_id: row.recordId,
    state: row.state,
    note: row.note,
    author: row.author,
    decided_by: row.decidedBy,
    created_at: iso(row.createdAtMs),
    decided_at: row.decidedAtMs === null ? null : iso(row.decidedAtMs),
    base_version: row.baseVersion,
    hash: row.hash,
    retire: row.retire,
    body,
    diff: diffRecords(bodyInForce(base), row.retire ? undefined : body),
    stale: isOpen && (latest?.version ?? 0) !== row.baseVersion,
    publish_at: row.publishAtMs === null ? null : iso(row.publishAtMs),
    faults: row.faults,
  };
}

export function invalid(faults: readonly Fault[]): Problem {
  return problem('invalid_request', '提交的内容有误，请修改后重试', 'the request has faults; see errors', { faults });
}

function bodyInForce(row: DeskRecordRow | undefined): unknown {
  return row === undefined || row.retired ? undefined : JSON.parse(row.body);
}
