/** The borrower stops: consents end, what has not been sent is not sent, what was sent is asked back. */
import { problem, type Problem } from '../domain/failures.ts';
import { releaseOpenAttempts } from './close-attempts.ts';
import type { Deps } from './deps.ts';
import { perform, type Work } from './work.ts';
import type { ApplicationRow } from '../store/index.ts';

export async function withdrawApplication(deps: Deps, id: string): Promise<Problem | null> {
  return perform(deps, (work) => {
    const application = work.application(id);
    if (application === null) return problem('not_found', '没有这个申请', 'there is no such application');
    if (application.state === 'withdrawn') return null;
    return withdraw(work, application)
      ? null
      : problem('illegal_transition', '申请已结束，不能撤回', `the application is ${application.state} and cannot be withdrawn`);
  });
}

export function withdraw(work: Work, application: ApplicationRow): boolean {
  if (!work.moveApplication(application, 'withdrawn')) return false;
  application.reasons = [{ code: 'withdrawn', detail: '' }];
  work.tx.dispatch.withdrawConsents(application.id, work.nowMs);
  work.clearTimer('application', application.id);
  for (const offer of work.tx.offers.ofApplication(application.id)) {
    if (offer.state === 'open') work.tx.offers.save({ ...offer, state: 'cancelled' }, 'open');
  }
  work.emit('application.withdrawn', application);
  releaseOpenAttempts(work, application);
  return true;
}
