import type { Facts } from '../domain/applicant.ts';
import { factsOf } from '../domain/facts.ts';
import type { ApplicationRow } from '../store/index.ts';
import { isComplete, openBody, type CompleteBody } from './application-body.ts';
import type { Work } from './work.ts';

/** Opens the application and derives its facts as of its submission; null when the borrower was erased. */
export function factsOfApplication(work: Work, application: ApplicationRow): Facts | null {
  const borrower = work.borrower(application.borrowerId);
  const body = openBody(borrower === null ? null : work.deps.keys.of(borrower), application);
  if (body === null || !isComplete(body)) return null;
  return factsOfBody(application, body, work.nowMs);
}

/** The facts of an opened body as of its submission; of `nowMs` while it is being submitted. The ID number must have been checked. */
export function factsOfBody(application: Pick<ApplicationRow, 'channelId' | 'submittedAtMs'>, body: CompleteBody, nowMs: number): Facts {
  return factsOf(body.applicant, body.request, { ...body.visit, channel: application.channelId }, application.submittedAtMs ?? nowMs);
}
