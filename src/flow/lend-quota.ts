/** Borrows cap quota from the desk for an attempt that waits for it, and lets it go on or be dropped. */
import { capNeeds } from '../dispatch/caps.ts';
import { leaseChunk } from '../dispatch/caps.ts';
import type { Deps } from './deps.ts';
import type { LeaseWant } from './effects.ts';
import { goOn } from './ask-funder.ts';
import { advance } from './advance.ts';
import { perform } from './work.ts';

export async function lendQuota(deps: Deps, attemptId: string, wants: readonly LeaseWant[]): Promise<void> {
  const granted: { key: string; funderId: string; amount: number }[] = [];
  for (const want of wants) {
    const amount = await deps.desk.lendCap(want.key, want.limit, leaseChunk(want.limit, want.need));
    if (amount > 0) granted.push({ key: want.key, funderId: want.funderId, amount });
    else deps.exhausted.add(want.key);
  }
  await perform(deps, (work) => {
    for (const { key, funderId, amount } of granted) work.tx.dispatch.addLease(key, funderId, amount);
    const attempt = work.attempt(attemptId);
    const application = attempt === null ? null : work.application(attempt.applicationId);
    if (attempt === null || application === null || (attempt.state !== 'planned' && attempt.state !== 'checking')) return;
    const funder = work.desk.funders.get(attempt.funderId);
    const adapter = funder === undefined ? undefined : deps.adapters.get(funder.adapter);
    const room = funder !== undefined && capNeeds(funder, attempt.amountFen, work.nowMs).every((need) => {
      const lease = work.tx.dispatch.lease(need.key);
      return (lease?.leased ?? 0) - (lease?.used ?? 0) >= need.need || !deps.exhausted.has(need.key);
    });
    if (funder !== undefined && adapter !== undefined && room) return goOn(work, application, attempt, { funder, adapter });
    work.moveAttempt(attempt, 'cancelled');
    attempt.reason = { code: 'other', detail: 'cap exhausted' };
    attempt.decidedAtMs = work.nowMs;
    work.clearTimer('attempt', attempt.id);
    work.emit('attempt.cancelled', application, { attempt_id: attempt.id, funder_id: attempt.funderId, why: 'cap' });
    advance(work, application);
  });
}
