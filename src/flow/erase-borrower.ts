/**
 * Forgets a borrower: the data key is destroyed, so that nothing sealed under it can be opened again; the photos go; the blind indexes go;
 * keyed tombstones stay, by which a repeat is still recognised. What was decided stays, about nobody. A backup from before still holds the
 * key, until it is thrown away: whoever restores one carries out again what was erased since.
 */
import { problem, type Problem } from '../domain/failures.ts';
import { APPLICATION_ENDED } from '../domain/states.ts';
import type { ApplicationRow } from '../store/index.ts';
import { openBody } from './application-body.ts';
import type { Deps } from './deps.ts';
import { perform, type Work } from './work.ts';
import { withdraw } from './withdraw-application.ts';

export interface Erasure {
  readonly id: string;
  readonly erasedAtMs: number;
  readonly applications: number;
}

/**
 * Erases the borrower of this application with all their applications. A loan that is running stops it: the lender's records are law.
 * `carriedOutAtMs` is for a restored copy: it was erased then, a loan that runs by this older account has been settled since.
 */
export async function eraseBorrower(deps: Deps, applicationId: string, carriedOutAtMs: number | null = null): Promise<Erasure | Problem> {
  const photos: string[] = [];
  const outcome = await perform(deps, (work): Erasure | Problem => {
    photos.length = 0;
    const application = work.application(applicationId);
    const borrower = application === null ? null : work.borrower(application.borrowerId);
    if (application === null || borrower === null) return problem('not_found', '没有这个申请', 'there is no such application');
    const applications = work.tx.applications.ofBorrower(borrower).map((row) => work.application(row.id)!);
    const loan = applications.some((row) => ['contracting', 'disbursing', 'active', 'overdue'].includes(work.tx.offers.loanOf(row.id)?.state ?? ''));
    if (loan && carriedOutAtMs === null)
      return problem('illegal_transition', '有未结清的贷款，结清后才能删除', 'a loan is running; erasure is possible once it is settled');
    const key = deps.keys.of(borrower);
    const erasedAtMs = carriedOutAtMs ?? work.nowMs;
    for (const row of applications) {
      const body = openBody(key, row);
      if (body?.applicant.id_number !== undefined)
        work.tx.applications.insertTombstone({ mark: deps.vault.blindIndex('id_tombstone', body.applicant.id_number), erasedAtMs });
      if (body !== null) work.tx.applications.insertTombstone({ mark: deps.vault.blindIndex('phone_tombstone', body.applicant.phone), erasedAtMs });
      photos.push(...eraseApplication(work, row));
    }
    if (borrower.phoneIndex !== null) work.tx.intake.dropVerificationsOf(borrower.phoneIndex);
    work.tx.applications.saveBorrower({ ...borrower, phoneIndex: null, dataKey: null, erasedAtMs });
    return { id: work.newId('ers'), erasedAtMs, applications: applications.length };
  });
  if ('problem' in outcome) return outcome;
  const borrowerId = deps.store.applications.byId(applicationId)?.borrowerId;
  if (borrowerId !== undefined) deps.keys.forget(borrowerId);
  for (const id of photos) await deps.objects.delete(id);
  deps.tombstones.added();
  deps.scrub();
  return outcome;
}

/** Returns the ids of its photos, whose keys are gone with this commit. */
function eraseApplication(work: Work, row: ApplicationRow): string[] {
  if (!APPLICATION_ENDED.has(row.state)) withdraw(work, row);
  work.moveApplication(row, 'erased');
  row.bodySealed = null;
  row.phoneIndex = null;
  row.idIndex = null;
  row.deviceIndex = null;
  row.ipIndex = null;
  row.levels = null;
  row.reasons = row.reasons.map(({ code }) => ({ code, detail: '' }));
  work.tx.applications.saveBody(row);
  work.tx.applications.saveIndexes(row);
  work.tx.applications.forgetPlanInputs(row.id);
  work.tx.dispatch.forgetRaw(row.id);
  work.tx.steps.forget(row.id);
  work.clearTimer('application', row.id);
  work.emit('application.erased', row);
  const photos = work.tx.intake.documentsOf(row.id).map((document) => document.id);
  for (const id of photos) work.tx.intake.dropDocumentKey(id);
  return photos;
}
