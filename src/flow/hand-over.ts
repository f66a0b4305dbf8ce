/**
 * From eligibility to the next thing at this funder: the borrower's own step where the funder wants one first, else the full application.
 * Not at all once the application has ended or the consent was withdrawn.
 */
import type { ApplicationRow, AttemptRow } from '../store/index.ts';
import { openHeldStep } from './borrower-steps.ts';
import { policyOf } from './choose-policy.ts';
import { endAttempt } from './end-attempt.ts';
import type { FunderInterface } from './funder-interface.ts';
import { creditGrant } from './open-for-funder.ts';
import { beginSubmit } from './start-attempt.ts';
import type { Work } from './work.ts';

/** First look at what a borrower does on a funder's page: sooner nobody is through. */
const FIRST_LOOK_MS = 5_000;

/** False: the attempt was cancelled, and the caller must see what is next. */
export function handOver(work: Work, application: ApplicationRow, attempt: AttemptRow, at: FunderInterface): boolean {
  const grant = creditGrant(work.consentsOf(application.id), at.funder, at.adapter.submit.needs, work.nowMs);
  // Also while there is an offer already: of those asked at once, the borrower picks.
  const stillWanted = application.state === 'routing' || application.state === 'pending' || application.state === 'offered';
  if (grant === null || !stillWanted) {
    work.moveAttempt(attempt, 'cancelled');
    endAttempt(work, application, attempt, 'attempt.cancelled');
    return false;
  }
  const step = attempt.state === 'checking' || attempt.state === 'quoted' ? openHeldStep(work, application, attempt) : null;
  if (step === null) {
    beginSubmit(work, application, attempt, { ...at, grant });
    return true;
  }
  work.moveAttempt(attempt, 'borrower_needed');
  // Half of what is left, so that somebody else can still be asked should the borrower never come back.
  const halfMs = Math.floor(Math.max(0, application.deadlineAtMs - work.nowMs) / 2);
  const latestMs = work.nowMs + Math.min(halfMs, policyOf(work.desk, application).deadlines.consent_s * 1_000);
  attempt.deadlineAtMs = Math.min(step.expiresAtMs ?? latestMs, latestMs);
  work.setTimer('attempt', attempt.id, Math.min(work.nowMs + FIRST_LOOK_MS, attempt.deadlineAtMs));
  return true;
}
