/** A second person decides on a proposed change: approves it (and it comes into force), or rejects it; its author may withdraw it. */
import { DESK_RECORDS } from '../../domain/desk.ts';
import { problem, type Problem } from '../../domain/failures.ts';
import type { DeskChangeRow, Store } from '../../store/index.ts';
import type { Deps } from '../deps.ts';
import { appendAudit } from './append-audit.ts';
import type { TwoPersonKind, TwoPersonRecord } from './check-record.ts';
import { changeView, faultsOf, hashOf, invalid, type ChangeView } from './propose-change.ts';

/** `hash` is that of the content the approver has read. The caller reloads the desk afterwards. */
export async function approveChange(deps: Deps, actor: string, id: string, hash: string): Promise<ChangeView | Problem> {
  return deps.commit((tx) => {
    const row = open(tx, id);
    if ('problem' in row) return row;
    if (row.author === actor) return problem('same_person', '不能批准自己提出的修改', 'a change cannot be approved by whoever proposed it');
    const latest = tx.desk.record(row.kind, row.recordId);
    if (hash !== row.hash || hashOf(deps, row) !== row.hash)
      return problem('stale', '批准的内容与提案不一致，请重新查看', 'what was approved is not what is proposed; read it again');
    if ((latest?.version ?? 0) !== row.baseVersion)
      return problem('stale', '记录已有新版本，请重新提出修改', 'the record has moved on since; propose the change again');
    const parsed = DESK_RECORDS[row.kind].safeParse(JSON.parse(row.body));
    if (!parsed.success) return problem('stale', '提案已不符合当前格式，请重新提出', 'the proposal no longer fits its schema; propose it again');
    const faults = faultsOf(deps, {
      kind: row.kind as TwoPersonKind,
      id: row.recordId,
      record: row.retire ? null : (parsed.data as TwoPersonRecord['record']),
    });
    if (faults.length > 0) return invalid(faults);
    const version = row.baseVersion + 1;
    tx.desk.insertRecord({
      kind: row.kind,
      id: row.recordId,
      version,
      body: row.body,
      retired: row.retire,
      createdAtMs: deps.clock.nowMs(),
      author: row.author,
      approver: actor,
    });
    return decide(tx, deps, row, 'approved', actor, { version, author: row.author, retire: row.retire });
  });
}

export async function rejectChange(deps: Deps, actor: string, id: string): Promise<ChangeView | Problem> {
  return deps.commit((tx) => {
    const row = open(tx, id);
    return 'problem' in row ? row : decide(tx, deps, row, 'rejected', actor, {});
  });
}

export async function withdrawChange(deps: Deps, actor: string, id: string): Promise<ChangeView | Problem> {
  return deps.commit((tx) => {
    const row = open(tx, id);
    if ('problem' in row) return row;
    if (row.author !== actor) return problem('forbidden', '只有提案人可以撤回', 'only its author can withdraw a change; others reject it');
    return decide(tx, deps, row, 'withdrawn', actor, {});
  });
}

function open(tx: Store, id: string): DeskChangeRow | Problem {
  const row = tx.desk.change(id);
  if (row === undefined) return problem('not_found', '没有这个修改', 'there is no such change');
  if (row.state !== 'proposed') return problem('illegal_transition', '该修改已有结论', `the change is ${row.state} already`);
  return row;
}

function decide(
  tx: Store,
  deps: Deps,
  row: DeskChangeRow,
  state: 'approved' | 'rejected' | 'withdrawn',
  actor: string,
  detail: Readonly<Record<string, string | number | boolean>>,
): ChangeView | Problem {
  const decided: DeskChangeRow = { ...row, state, decidedBy: actor, decidedAtMs: deps.clock.nowMs() };
  if (!tx.desk.saveChange(decided, 'proposed')) return problem('illegal_transition', '该修改已有结论', 'the change was decided meanwhile');
  appendAudit(tx, deps, {
    actor,
    action: `change.${state}`,
    subject: row.id,
    detail: { kind: row.kind, record: row.recordId, hash: row.hash, ...detail },
  });
  return changeView(tx, decided);
}
