/**
 * A second person decides on a proposed change: approves it (and it comes into force, at once or at its time), or rejects it; its author may
 * withdraw it. One that waits for its time can still be rejected or withdrawn.
 */
import { problem, type Problem } from '../../domain/failures.ts';
import type { DeskChangeRow } from '../../store/index.ts';
import type { Deps } from '../deps.ts';
import { iso } from '../view-application.ts';
import { personOf } from '../operators/person.ts';
import { perform, type Work } from '../work.ts';
import { appendAudit } from './append-audit.ts';
import { changeView, type ChangeView } from './propose-change.ts';
import { bringIntoForce, whyNot } from './publish-change.ts';

/** `hash` is that of the content the approver has read. The caller reads the desk again afterwards. */
export async function approveChange(deps: Deps, actor: string, id: string, hash: string): Promise<ChangeView | Problem> {
  return perform(deps, (work) => {
    const row = open(work, id, ['proposed']);
    if ('problem' in row) return row;
    if (personOf(work.tx, row.author) === personOf(work.tx, actor))
      return problem('same_person', '不能批准自己提出的修改', 'a change cannot be approved by whoever proposed it');
    if (hash !== row.hash) return problem('stale', '批准的内容与提案不一致，请重新查看', 'what was approved is not what is proposed; read it again');
    const refusal = whyNot(work, row);
    if (refusal !== null) return refusal;
    const { author, retire, publishAtMs } = row;
    if (publishAtMs !== null && publishAtMs > work.nowMs) {
      work.setTimer('publish', row.id, publishAtMs);
      return decide(work, row, 'scheduled', actor, { author, retire, publish_at: iso(publishAtMs) });
    }
    const version = bringIntoForce(work, row, actor);
    return decide(work, row, 'approved', actor, { version, author, retire });
  });
}

export async function rejectChange(deps: Deps, actor: string, id: string): Promise<ChangeView | Problem> {
  return perform(deps, (work) => {
    const row = open(work, id, ['proposed', 'scheduled']);
    return 'problem' in row ? row : decide(work, row, 'rejected', actor, {});
  });
}

export async function withdrawChange(deps: Deps, actor: string, id: string): Promise<ChangeView | Problem> {
  return perform(deps, (work) => {
    const row = open(work, id, ['proposed', 'scheduled']);
    if ('problem' in row) return row;
    if (personOf(work.tx, row.author) !== personOf(work.tx, actor))
      return problem('forbidden', '只有提案人可以撤回', 'only its author can withdraw a change; others reject it');
    return decide(work, row, 'withdrawn', actor, {});
  });
}

function open({ tx }: Work, id: string, states: readonly DeskChangeRow['state'][]): DeskChangeRow | Problem {
  const row = tx.desk.change(id);
  if (row === undefined) return problem('not_found', '没有这个修改', 'there is no such change');
  if (!states.includes(row.state)) return problem('illegal_transition', '该修改已有结论', `the change is ${row.state} already`);
  return row;
}

function decide(
  work: Work,
  row: DeskChangeRow,
  state: 'scheduled' | 'approved' | 'rejected' | 'withdrawn',
  actor: string,
  detail: Readonly<Record<string, string | number | boolean>>,
): ChangeView | Problem {
  const { tx, deps } = work;
  const decided: DeskChangeRow = { ...row, state, decidedBy: actor, decidedAtMs: work.nowMs };
  if (row.state === 'scheduled') work.clearTimer('publish', row.id);
  if (!tx.desk.saveChange(decided, row.state)) return problem('illegal_transition', '该修改已有结论', 'the change was decided meanwhile');
  appendAudit(tx, deps, {
    actor,
    action: `change.${state}`,
    subject: row.id,
    detail: { kind: row.kind, record: row.recordId, hash: row.hash, ...detail },
  });
  return changeView(tx, decided);
}
