/** The borrower answers a consent sheet: yes to some recipients, no to others. Each is a line of its own in the ledger. */
import { NO_TEXT, saysNo } from '../domain/consent-line.ts';
import { fault, problem, type Fault, type Problem } from '../domain/failures.ts';
import { APPLICATION_ENDED } from '../domain/states.ts';
import { advance } from './advance.ts';
import { openBody } from './application-body.ts';
import { askElsewhereOf, NOWHERE } from './cells/ask-elsewhere.ts';
import type { Deps } from './deps.ts';
import { endAttempt } from './end-attempt.ts';
import type { ConsentInput, RecordReply } from './intake-input.ts';
import { checkConsents, PLATFORM, recipientOf, recordConsents } from './record-consents.ts';
import type { Saved } from './save-application.ts';
import { submitOrKeep } from './screen-application.ts';
import { viewOf } from './view-application.ts';
import { perform, type Work } from './work.ts';

export interface ConsentAnswer {
  readonly consents: readonly ConsentInput[];
  /** Recipients the borrower said no to; they are not asked for again. */
  readonly refused: readonly string[];
}

export async function answerConsents(
  deps: Deps,
  id: string,
  answer: ConsentAnswer,
  lang: 'zh' | 'en',
  record: RecordReply,
): Promise<Saved | Problem> {
  const faults = [...checkConsents(deps, answer.consents), ...checkRefused(deps, answer.refused)];
  if (faults.length > 0) return problem('invalid_request', '授权内容有误', 'the consents have faults; see errors', { faults });
  const elsewhere = deps.away === null ? NOWHERE : await askElsewhereOf(deps, id);
  return perform(deps, (work) => {
    const application = work.application(id);
    if (application === null) return problem('not_found', '没有这个申请', 'there is no such application');
    if (APPLICATION_ENDED.has(application.state)) return problem('illegal_transition', '申请已结束', `the application is ${application.state}`);
    recordConsents(work, application, answer.consents, lang);
    const refused = answer.refused.filter((recipient) => !application.refusedRecipients.includes(recipient));
    if (refused.length > 0) application.refusedRecipients = [...application.refusedRecipients, ...refused].slice(0, 200);
    work.touch(application);
    if (application.state === 'draft') {
      const borrower = work.borrower(application.borrowerId);
      const body = openBody(borrower === null ? null : deps.keys.of(borrower), application);
      // Only the platform's consent was missing: what the borrower had submitted is submitted now.
      if (body !== null && answer.consents.length > 0) submitOrKeep(work, application, body, false, elsewhere);
    } else if (application.state === 'needs_consent') advance(work, application);
    const body = JSON.stringify(viewOf(work, application, lang));
    record(work.tx, 200, body);
    return { id, status: 200, body };
  });
}

/** Takes back the consent to one recipient: nothing more goes there. What was sent is asked back when the funder is still deciding. */
export async function withdrawConsent(deps: Deps, id: string, recipient: string): Promise<Problem | null> {
  return perform(deps, (work) => {
    const application = work.application(id);
    if (application === null) return problem('not_found', '没有这个申请', 'there is no such application');
    // One who has left the desk since may still be taken back; a name that nobody ever had is not kept.
    const known = recipientOf(deps, recipient) !== null || work.consentsOf(id).some((row) => row.recipient === recipient);
    if (!known) return problem('not_found', '没有这个接收方', 'there is no such recipient');
    takeBack(work, id, recipient);
    if (!application.refusedRecipients.includes(recipient)) application.refusedRecipients = [...application.refusedRecipients, recipient];
    work.touch(application);
    for (const attempt of work.attemptsOf(id)) {
      if (attempt.funderId !== recipient) continue;
      if (attempt.state === 'pending' || attempt.state === 'unknown') work.act({ kind: 'cancel', attemptId: attempt.id });
      if (attempt.state !== 'quoted' && attempt.state !== 'authorising') continue;
      work.moveAttempt(attempt, 'cancelled');
      endAttempt(work, application, attempt, 'attempt.cancelled');
      advance(work, application);
    }
    return null;
  });
}

/**
 * Ends the consent. Where there is none, a line that says no and when is put down (or put later): a yes from before it may still be on its way, and is no yes
 * once it comes.
 */
function takeBack(work: Work, applicationId: string, recipient: string): void {
  const lines = work.consentsOf(applicationId).filter((row) => row.recipient === recipient);
  if (lines.some((row) => row.withdrawnAtMs === null)) return work.tx.dispatch.withdrawConsent(applicationId, recipient, work.nowMs);
  if (lines.some(saysNo)) return work.tx.dispatch.renewNo(applicationId, recipient, work.nowMs);
  work.addConsent({
    id: work.newId('cns'),
    borrowerId: work.application(applicationId)!.borrowerId,
    applicationId,
    recipient,
    legalEntity: recipientOf(work.deps, recipient)?.legalEntity ?? lines[0]!.legalEntity,
    purpose: recipient === PLATFORM.recipient ? 'application' : 'credit_decision',
    fields: [],
    textVersion: '',
    textHash: NO_TEXT,
    agreedAtMs: work.nowMs,
    recordedAtMs: work.nowMs,
    withdrawnAtMs: work.nowMs,
  });
}

function checkRefused(deps: Deps, refused: readonly string[]): Fault[] {
  return refused.flatMap((recipient, at) =>
    recipientOf(deps, recipient) === null ? [fault(`/refused/${at}`, 'unknown_recipient', '没有这个接收方', 'there is no such recipient')] : [],
  );
}
