/** What every commit must keep of bids, of borrowers' steps at funders, and of repayments. */
import { ATTEMPT_OPEN, type AttemptState } from '../../src/domain/states.ts';
import { isErased, isUnderWay, needTimer, type CommitView } from './invariants.ts';
import type { Change } from './ledger.ts';
import type { Rows } from './watched.ts';

/** Of those that have bid only one is gone on with at a time; when it is chosen, its bid stands and no other that does is worth more. */
export function checkBid({ ledger, nowMs, weightOf, fail }: CommitView, before: Rows['attempts'] | null, attempt: Rows['attempts']): void {
  if (attempt.bidFen === null || (attempt.state !== 'submitting' && attempt.state !== 'authorising')) return;
  const isChosen = before !== null && before.state !== 'authorising';
  const worth = ({ bidFen, funderId, applicationId }: Rows['attempts']): number => (bidFen ?? 0) * weightOf(applicationId, funderId);
  if (isChosen && hasRunOut(attempt, nowMs)) fail('best_bid_first', `${attempt.id} is ${attempt.state} on a bid that has run out`);
  for (const other of ledger.of('attempts', attempt.applicationId)) {
    if (other.id === attempt.id || other.bidFen === null) continue;
    if (ATTEMPT_OPEN.has(other.state as AttemptState))
      fail('best_bid_first', `${attempt.id} is ${attempt.state} while ${other.id} is ${other.state}`);
    if (isChosen && other.state === 'quoted' && !hasRunOut(other, nowMs) && worth(other) > worth(attempt))
      fail('best_bid_first', `${attempt.id} for ${worth(attempt)} while ${other.id} bids ${worth(other)}`);
  }
}

function hasRunOut({ validUntilMs }: Rows['attempts'], nowMs: number): boolean {
  return validUntilMs !== null && nowMs >= validUntilMs;
}

export function checkStep(view: CommitView, { after }: Change<'borrower_steps'>): void {
  if (after === null || after.sealed === 0) return;
  const application = view.ledger.get('applications', after.applicationId);
  if (application !== undefined && isErased(view, application.borrowerId)) view.fail('erased_is_null', `step ${after.id} is sealed for the erased`);
}

export function checkRepayment(view: CommitView, { before, after }: Change<'repayments'>): void {
  if (after === null) return view.fail('legal_transition', 'a repayment was deleted');
  if (before !== null && before.state !== after.state && !isUnderWay(before))
    view.fail('legal_transition', `repayment ${after.id}: ${before.state} -> ${after.state}`);
  const open = view.ledger.of('repayments', after.applicationId).filter((row) => row.loanId === after.loanId && isUnderWay(row));
  if (open.length > 1) view.fail('repaid_once', `${after.loanId} has ${open.map((row) => row.id).join(' and ')} under way`);
  needTimer(view, 'repayment', after.id);
}
