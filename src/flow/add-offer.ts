/** Turns a funder's approval into an offer: our own all-in cost beside the quoted rate, blocked above the cap for its funder type and date. */
import type { FunderOffer } from '../../adapters/contract.ts';
import { allInCost, costCapFor, withinCap } from '../compliance/cost.ts';
import type { ApplicationRow, AttemptRow, OfferRow } from '../store/index.ts';
import { policyOf } from './choose-policy.ts';
import { strikePerson } from './strike-person.ts';
import type { Work } from './work.ts';

export function addOffer(work: Work, application: ApplicationRow, attempt: AttemptRow, offer: FunderOffer): void {
  const funder = work.desk.funders.get(attempt.funderId);
  const cost = allInCost(offer);
  const cap =
    funder === undefined ? null : costCapFor(work.desk.costCaps, funder.funder_type, new Date(work.nowMs + 8 * 3_600_000).toISOString().slice(0, 10));
  const allowed = cost.kind === 'cost' && withinCap(cost.aprBps, cap);
  const latestMs = work.nowMs + policyOf(work.desk, application).deadlines.offer_s * 1_000;
  const row: OfferRow = {
    id: work.newId('off'),
    applicationId: application.id,
    attemptId: attempt.id,
    funderId: attempt.funderId,
    funderOfferRef: offer.ref === undefined ? '' : strikePerson(work, application, offer.ref),
    state: allowed ? 'open' : 'blocked',
    amountFen: offer.amount,
    termMonths: offer.termMonths,
    quotedAprBps: offer.quotedAprBps,
    allInAprBps: cost.kind === 'cost' ? cost.aprBps : null,
    plan: offer.plan,
    fees: offer.fees.map((fee) => ({ ...fee, item: strikePerson(work, application, fee.item), payee: strikePerson(work, application, fee.payee) })),
    expiresAtMs: offer.expiresAtMs === null ? latestMs : Math.min(offer.expiresAtMs, latestMs),
    disclosureHash: null,
    disclosedAtMs: null,
    confirmedAtMs: null,
    createdAtMs: work.nowMs,
  };
  if (!allowed) return block(work, application, attempt, row, cost.kind === 'cost' ? 'above_cost_cap' : `cost_${cost.why}`);
  const others = application.state === 'offered' ? earliestExpiry(work, application.id) : Number.POSITIVE_INFINITY;
  if (!work.moveApplication(application, 'offer_received')) {
    work.tx.offers.insert({ ...row, state: 'cancelled' });
    return takeBack(work, attempt);
  }
  work.tx.offers.insert(row);
  application.reasons = [];
  work.emit('offer.created', application, {
    offer_id: row.id,
    funder_id: row.funderId,
    amount_fen: row.amountFen,
    asked_fen: attempt.amountFen,
    band: application.band,
    term_months: row.termMonths,
    all_in_apr_bps: row.allInAprBps,
  });
  work.emit('application.offered', application, { offer_id: row.id });
  work.setTimer('application', application.id, Math.min(row.expiresAtMs, others));
}

/** Closes the open offers of an attempt; an application left without any goes back to routing. Returns whether there was one. */
export function closeOfferOf(work: Work, application: ApplicationRow, attempt: AttemptRow, state: 'cancelled' | 'expired'): boolean {
  const offers = work.tx.offers.ofApplication(application.id);
  const open = offers.filter((each) => each.state === 'open');
  const closing = open.filter((each) => each.attemptId === attempt.id);
  if (closing.length === 0) return false;
  for (const offer of closing) {
    work.tx.offers.save({ ...offer, state }, 'open');
    work.emit('offer.expired', application, { offer_id: offer.id, funder_id: offer.funderId, why: state });
  }
  if (open.length === closing.length && work.moveApplication(application, 'offers_gone')) {
    work.setTimer('application', application.id, application.deadlineAtMs);
  }
  return true;
}

/** A blocked offer is kept for the operator, the borrower never sees it, and the funder is told that it is not taken; until it has heard that, its approval stands. */
function block(work: Work, application: ApplicationRow, attempt: AttemptRow, row: OfferRow, why: string): void {
  work.tx.offers.insert(row);
  work.emit('offer.blocked', application, { offer_id: row.id, funder_id: row.funderId, why, all_in_apr_bps: row.allInAprBps });
  // Of several, the others may still be good.
  if (row.funderOfferRef !== '') return;
  attempt.reason = { code: 'other', detail: why };
  takeBack(work, attempt);
}

/** Asks the funder to forget an approval that nobody can take. */
export function takeBack(work: Work, attempt: AttemptRow): void {
  work.setTimer('attempt', attempt.id, work.nowMs + 5_000);
  work.act({ kind: 'cancel', attemptId: attempt.id });
}

function earliestExpiry(work: Work, applicationId: string): number {
  return work.tx.offers
    .ofApplication(applicationId)
    .filter((offer) => offer.state === 'open')
    .reduce((earliest, offer) => Math.min(earliest, offer.expiresAtMs), Number.POSITIVE_INFINITY);
}
