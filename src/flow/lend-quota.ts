/** Borrows cap quota from the desk for an attempt that waits for it, and lets it go on or be dropped. */
import { capNeeds, leaseChunk } from '../dispatch/caps.ts';
import type { AttemptState } from '../domain/states.ts';
import { advance } from './advance.ts';
import { goOn } from './ask-funder.ts';
import type { Deps } from './deps.ts';
import type { LeaseWant } from './effects.ts';
import { endAttempt } from './end-attempt.ts';
import { funderInterface } from './funder-interface.ts';
import { perform } from './work.ts';

const BEFORE_SUBMIT: ReadonlySet<AttemptState> = new Set(['planned', 'checking', 'quoted', 'authorising']);
/** Loans under way by cap window, of each service: all who wait for one window wait for the same loan. */
const underWay = new WeakMap<Deps, Map<string, Promise<void>>>();

export async function lendQuota(deps: Deps, attemptId: string, wants: readonly LeaseWant[]): Promise<void> {
  for (const want of wants) await borrowOnce(deps, want);
  await perform(deps, (work) => {
    const found = work.attemptAndApplication(attemptId);
    if (found === null || !BEFORE_SUBMIT.has(found.attempt.state)) return;
    const { attempt, application } = found;
    const at = funderInterface(deps, attempt.funderId);
    const room =
      at !== null &&
      capNeeds(at.funder, attempt.amountFen, work.nowMs).every((need) => {
        const lease = work.tx.dispatch.lease(need.key);
        return (lease?.leased ?? 0) - (lease?.used ?? 0) >= need.need || !deps.exhausted.has(need.key);
      });
    // While we waited a better bid may have come, or this one run out.
    if (room && attempt.state === 'quoted') return advance(work, application);
    if (room) return goOn(work, application, attempt, at);
    work.moveAttempt(attempt, 'cancelled');
    attempt.reason = { code: 'other', detail: 'cap exhausted' };
    endAttempt(work, application, attempt, 'attempt.cancelled', { data: { why: 'cap' } });
    advance(work, application);
  });
}

/** What is being settled with the desk at this moment, by cap window: of each window one thing at a time. */
export function quotaUnderWay(deps: Deps): Map<string, Promise<void>> {
  const loans = underWay.get(deps) ?? new Map<string, Promise<void>>();
  underWay.set(deps, loans);
  return loans;
}

function borrowOnce(deps: Deps, want: LeaseWant): Promise<void> {
  const loans = quotaUnderWay(deps);
  const known = loans.get(want.key);
  if (known !== undefined) return known;
  const loan = borrow(deps, want).finally(() => loans.delete(want.key));
  loans.set(want.key, loan);
  return loan;
}

/** The desk's loan is durable before ours is written: dying in between loses quota, and never overruns a cap. */
async function borrow(deps: Deps, want: LeaseWant): Promise<void> {
  const amount = await deps.desk.lendCap(want.key, want.limit, leaseChunk(want.limit, want.need));
  if (amount === 0) return void deps.exhausted.add(want.key);
  await deps.commit((tx) => tx.dispatch.addLease(want.key, want.funderId, amount));
}
