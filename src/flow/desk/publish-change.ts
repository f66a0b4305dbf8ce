/**
 * Brings an approved change into force: in the commit of its approval, or by its timer when its time has come. Either way it is held once more
 * against the desk as it then stands; what no longer fits changes nothing, and the last good record stays.
 */
import { DESK_RECORDS } from '../../domain/desk.ts';
import { fault, problem, type Fault, type Problem } from '../../domain/failures.ts';
import { readBy } from '../../domain/schema-faults.ts';
import type { DeskChangeRow } from '../../store/index.ts';
import type { Deps } from '../deps.ts';
import { settleAlarms } from '../settle-alarms.ts';
import { perform, type Work } from '../work.ts';
import { appendAudit } from './append-audit.ts';
import type { TwoPersonKind, TwoPersonRecord } from './check-record.ts';
import { deskAsIn, faultsOf, hashOf, invalid } from './propose-change.ts';

/** Stands as the actor in the trail of what nobody does at that moment. */
const SCHEDULE = 'schedule';
const ALARM = 'publish_failed';

/** What keeps a change from coming into force as the desk stands in this commit, or null. */
export function whyNot(work: Work, row: DeskChangeRow): Problem | null {
  const { deps, tx } = work;
  if (hashOf(deps, row) !== row.hash)
    return problem('stale', '批准的内容与提案不一致，请重新查看', 'what was approved is not what is proposed; read it again');
  if ((tx.desk.record(row.kind, row.recordId)?.version ?? 0) !== row.baseVersion)
    return problem('stale', '记录已有新版本，请重新提出修改', 'the record has moved on since; propose the change again');
  const read = readBy<unknown>(DESK_RECORDS[row.kind], JSON.parse(row.body), '/body');
  if ('faults' in read) return invalid(read.faults);
  const record = row.retire ? null : (read.value as TwoPersonRecord['record']);
  const faults = faultsOf(deskAsIn(tx, deps), { kind: row.kind as TwoPersonKind, id: row.recordId, record });
  return faults.length > 0 ? invalid(faults) : null;
}

/** Writes the new version; returns its number. `whyNot` must have said null in this commit. The desk is read again afterwards. */
export function bringIntoForce(work: Work, row: DeskChangeRow, approver: string): number {
  const version = row.baseVersion + 1;
  work.tx.desk.insertRecord({
    kind: row.kind,
    id: row.recordId,
    version,
    body: row.body,
    retired: row.retire,
    createdAtMs: work.nowMs,
    author: row.author,
    approver,
  });
  settleAlarms(work, subjectOf(row), [], [ALARM]);
  return version;
}

/** The timer of a scheduled change. */
export async function publishDue(deps: Deps, id: string): Promise<void> {
  const published = await perform(deps, (work) => {
    const { tx } = work;
    work.clearTimer('publish', id);
    const row = tx.desk.change(id);
    if (row === undefined || row.state !== 'scheduled') return false;
    if (work.nowMs < row.publishAtMs!) {
      work.setTimer('publish', id, row.publishAtMs!);
      return false;
    }
    const refusal = whyNot(work, row);
    if (refusal !== null) {
      fail(work, row, refusal);
      return false;
    }
    const version = bringIntoForce(work, row, row.decidedBy!);
    tx.desk.saveChange({ ...row, state: 'approved' }, 'scheduled');
    const detail = { kind: row.kind, record: row.recordId, hash: row.hash, version, retire: row.retire, author: row.author, approver: row.decidedBy };
    appendAudit(tx, deps, { actor: SCHEDULE, action: 'change.published', subject: id, detail });
    return true;
  });
  if (published) deps.reloadDesk();
}

function fail(work: Work, row: DeskChangeRow, refusal: Problem): void {
  const faults: readonly Fault[] = refusal.faults.length > 0 ? refusal.faults : [fault('', refusal.problem, refusal.detail.zh, refusal.detail.en)];
  const codes = [...new Set(faults.map(({ code }) => code))].slice(0, 10).join(', ');
  work.tx.desk.saveChange({ ...row, state: 'failed', faults }, 'scheduled');
  appendAudit(work.tx, work.deps, {
    actor: SCHEDULE,
    action: 'change.failed',
    subject: row.id,
    detail: { kind: row.kind, record: row.recordId, hash: row.hash, faults: faults.length, codes },
  });
  const subject = subjectOf(row);
  const words = `A scheduled change did not come into force (${codes}); what was in force stays. 定时变更未能生效，原内容继续有效。`;
  settleAlarms(work, subject, [{ subject, kind: ALARM, detail: words }], [ALARM]);
}

function subjectOf({ kind, recordId }: DeskChangeRow): string {
  return `${kind}/${recordId}`;
}
