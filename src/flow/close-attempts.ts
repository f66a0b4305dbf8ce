/** Takes back what is still open at funders once an application has ended or was taken elsewhere. */
import type { ApplicationRow } from '../store/index.ts';
import { endAttempt } from './end-attempt.ts';
import type { Work } from './work.ts';

/**
 * What was not sent yet is simply not sent, a bid simply not taken. What a funder has, or may have, is asked back by a cancel call; its answer ends the attempt.
 * A call that is on the wire is left to come back first.
 */
export function releaseOpenAttempts(work: Work, application: ApplicationRow, except: string | null = null): void {
  for (const attempt of work.attemptsOf(application.id)) {
    if (attempt.id === except) continue;
    switch (attempt.state) {
      case 'planned':
      case 'quoted':
      case 'authorising':
        if (!work.moveAttempt(attempt, 'cancelled')) break;
        endAttempt(work, application, attempt, 'attempt.cancelled');
        break;
      case 'pending':
      case 'unknown':
      case 'approved':
        work.setTimer('attempt', attempt.id, work.nowMs + 5_000);
        work.act({ kind: 'cancel', attemptId: attempt.id });
        break;
      default:
        break;
    }
  }
}
