/** A person looks at an application that screening set aside: lets it go on, and every rule runs again; or refuses it. */
import { problem, type Problem } from '../../domain/failures.ts';
import type { ApplicationRow } from '../../store/index.ts';
import { openBody } from '../application-body.ts';
import type { Deps } from '../deps.ts';
import { screenAgain } from '../screen-application.ts';
import { perform, type Work } from '../work.ts';
import { appendAudit } from './append-audit.ts';

/**
 * Releases one that is quarantined, or one that was refused (a borrower may ask for a person to look). What quarantined it counts no
 * more; grounds to refuse still hold, so it may be refused again.
 */
export async function releaseApplication(deps: Deps, actor: string, id: string): Promise<Problem | null> {
  return perform(deps, (work) => {
    const found = forReview(work, id, true);
    if ('problem' in found) return found;
    const borrower = work.borrower(found.borrowerId);
    const body = openBody(borrower === null ? null : deps.keys.of(borrower), found);
    if (body === null) return problem('gone', '资料已删除', 'its data was erased');
    if (found.state === 'refused') work.moveApplication(found, 'released');
    const before = found.reasons.map((reason) => reason.code).join(' ');
    found.released = true;
    found.quarantined = false;
    work.emit('application.released', found, { by: actor });
    screenAgain(work, found, body);
    appendAudit(work.tx, deps, { actor, action: 'application.released', subject: id, detail: { reasons: before, state: found.state } });
    return null;
  });
}

/** Refuses one that is quarantined. `note` is for operators; it goes with the borrower's data and into no event. */
export async function refuseApplication(deps: Deps, actor: string, id: string, note: string): Promise<Problem | null> {
  return perform(deps, (work) => {
    const found = forReview(work, id, false);
    if ('problem' in found) return found;
    work.moveApplication(found, 'refused');
    found.quarantined = false;
    found.reasons = [{ code: 'operator_rule', detail: `by ${actor}: ${note}` }];
    work.clearTimer('application', id);
    work.emit('application.refused', found, { reasons: ['operator_rule'] });
    appendAudit(work.tx, deps, { actor, action: 'application.refused', subject: id });
    return null;
  });
}

function forReview(work: Work, id: string, refusedToo: boolean): ApplicationRow | Problem {
  const application = work.application(id);
  if (application === null) return problem('not_found', '没有这个申请', 'there is no such application');
  const quarantined = application.state === 'screening' && application.quarantined;
  if (quarantined || (refusedToo && application.state === 'refused')) return application;
  return problem('illegal_transition', '该申请不在人工审核中', `the application is ${application.state} and not set aside for a person`);
}
