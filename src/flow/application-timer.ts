/** The application's one timer: drafts and consent requests run out, deadlines pass, offers expire. */
import type { ApplicationRow, OfferRow } from '../store/index.ts';
import { advance, expire } from './advance.ts';
import { closeOfferOf } from './add-offer.ts';
import type { Deps } from './deps.ts';
import { perform, type Work } from './work.ts';

export async function onApplicationTimer(deps: Deps, id: string): Promise<void> {
  await perform(deps, (work) => {
    const application = work.application(id);
    work.clearTimer('application', id);
    if (application === null) return;
    switch (application.state) {
      case 'offered':
        return expireOffers(work, application);
      case 'needs_consent':
        expire(work, application);
        application.reasons = [{ code: 'consent_timeout', detail: '' }];
        return;
      case 'draft':
      case 'screening':
      case 'routing':
      case 'pending':
        if (work.nowMs >= application.deadlineAtMs) return expire(work, application);
        return work.setTimer('application', id, application.deadlineAtMs);
      default:
        return;
    }
  });
}

function expireOffers(work: Work, application: ApplicationRow): void {
  let nextMs = Number.POSITIVE_INFINITY;
  for (const offer of work.tx.offers.ofApplication(application.id)) {
    if (offer.state !== 'open') continue;
    const attempt = work.attempt(offer.attemptId);
    if (offer.expiresAtMs > work.nowMs || attempt === null) {
      nextMs = Math.min(nextMs, offer.expiresAtMs);
      continue;
    }
    const others = work.tx.offers.ofApplication(application.id).some((each) => each.attemptId === attempt.id && isLater(each, offer, work.nowMs));
    if (others) {
      work.tx.offers.save({ ...offer, state: 'expired' }, 'open');
      work.emit('offer.expired', application, { offer_id: offer.id, funder_id: offer.funderId, why: 'expired' });
      continue;
    }
    closeOfferOf(work, application, attempt, 'expired');
    // A rate table that still fills may bring more.
    if (attempt.state === 'pending') continue;
    work.moveAttempt(attempt, 'expired');
    attempt.decidedAtMs = work.nowMs;
  }
  if (application.state === 'offered') work.setTimer('application', application.id, nextMs);
  else advance(work, application);
}

/** Of a rate table: another offer of the same funder that still stands. */
function isLater(each: OfferRow, offer: OfferRow, nowMs: number): boolean {
  return each.id !== offer.id && each.state === 'open' && each.expiresAtMs > nowMs;
}
