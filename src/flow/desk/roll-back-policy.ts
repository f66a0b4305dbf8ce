/**
 * Back to an older version of a policy, by one approver alone: what comes into force was approved by two people before, and at night there may
 * be only one. It is a new version with the old content, held against the desk as it is now.
 */
import { DESK_RECORDS } from '../../domain/desk.ts';
import { fault, problem, type Problem } from '../../domain/failures.ts';
import { readBy } from '../../domain/schema-faults.ts';
import { canonicalJson } from '../../compliance/canonical-json.ts';
import type { DeskChangeRow } from '../../store/index.ts';
import type { Deps } from '../deps.ts';
import { perform } from '../work.ts';
import { appendAudit } from './append-audit.ts';
import { newDeskId } from './desk-ids.ts';
import { changeView, hashOf, invalid, type ChangeView } from './propose-change.ts';
import { bringIntoForce, whyNot } from './publish-change.ts';

/** Answers the change it was recorded as. The caller reads the desk again afterwards. */
export async function rollBackPolicy(
  deps: Deps,
  actor: string,
  id: string,
  wish: { readonly toVersion: number; readonly note: string },
): Promise<ChangeView | Problem> {
  const changeId = newDeskId(deps, 'chg');
  return perform(deps, (work) => {
    const { tx } = work;
    const current = tx.desk.record('policy', id);
    if (current === undefined || current.retired) return problem('not_found', '没有生效的这份策略', 'there is no such policy in force');
    const old = tx.desk.recordVersion('policy', id, wish.toVersion);
    if (old === undefined || old.retired || old.version >= current.version)
      return invalid([fault('/to_version', 'no_such_version', '没有这个可回退的旧版本', 'is not an older version to go back to')]);
    const read = readBy(DESK_RECORDS.policy, JSON.parse(old.body));
    if ('faults' in read) return invalid(read.faults);
    const body = canonicalJson(read.value);
    if (body === canonicalJson(JSON.parse(current.body)))
      return invalid([fault('/to_version', 'no_change', '与生效的内容相同', 'is the same as the version in force')]);
    const row: DeskChangeRow = {
      id: changeId,
      kind: 'policy',
      recordId: id,
      body,
      retire: false,
      hash: '',
      baseVersion: current.version,
      note: wish.note,
      author: actor,
      state: 'approved',
      decidedBy: actor,
      createdAtMs: work.nowMs,
      decidedAtMs: work.nowMs,
      publishAtMs: null,
      faults: null,
    };
    const bound = { ...row, hash: hashOf(deps, row) };
    const refusal = whyNot(work, bound);
    if (refusal !== null) return refusal;
    const version = bringIntoForce(work, bound, actor);
    tx.desk.insertChange(bound);
    const detail = { change: changeId, to_version: old.version, version, hash: bound.hash };
    appendAudit(tx, deps, { actor, action: 'policy.rolled_back', subject: id, detail });
    return changeView(tx, bound);
  });
}
