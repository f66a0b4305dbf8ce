/** Cost disclosure with its reading time, then acceptance: one winner, everybody else taken back. */
import { allInCost } from '../compliance/cost.ts';
import { disclose, mayConfirm, renderDisclosure, type Disclosure } from '../compliance/disclosure.ts';
import { problem, type Problem } from '../domain/failures.ts';
import { amountMinor } from '../domain/money.ts';
import type { ApplicationRow, OfferRow } from '../store/index.ts';
import { policyOf } from './choose-policy.ts';
import { releaseOpenAttempts } from './close-attempts.ts';
import type { Deps } from './deps.ts';
import type { RecordReply } from './intake-input.ts';
import type { Saved } from './save-application.ts';
import { iso, viewOf } from './view-application.ts';
import { EFFECT_GRACE_MS, perform, type Work } from './work.ts';

export interface DisclosureReply {
  readonly offer: string;
  readonly disclosure: Disclosure;
  readonly text: string;
  readonly hash: string;
  readonly reading_time_s: number;
  /** Not before this may the offer be accepted. */
  readonly accept_after: string;
}

export async function showDisclosure(deps: Deps, applicationId: string, offerId: string, lang: 'zh' | 'en'): Promise<DisclosureReply | Problem> {
  return perform(deps, (work) => {
    const found = find(work, applicationId, offerId);
    if ('problem' in found) return found;
    const { application, offer } = found;
    const funder = work.desk.funders.get(offer.funderId);
    const terms = { amount: amountMinor(offer.amountFen), plan: offer.plan, fees: offer.fees };
    const cost = allInCost(terms);
    if (cost.kind !== 'cost' || funder === undefined) return gone();
    const input = {
      offer: { ...terms, termMonths: offer.termMonths, quotedAprBps: offer.quotedAprBps },
      cost,
      lender: { name: funder.name, legalEntity: funder.legal_entity },
      defaultCosts: [],
    };
    const { disclosure, hash } = disclose(input, (text) => deps.vault.sha256Hex(text));
    // Shown again, the time runs from the first time this very content was shown.
    const shownAtMs = offer.disclosureHash === hash && offer.disclosedAtMs !== null ? offer.disclosedAtMs : work.nowMs;
    work.tx.offers.save({ ...offer, disclosureHash: hash, disclosedAtMs: shownAtMs }, 'open');
    work.touch(application);
    const readingS = policyOf(work.desk, application).deadlines.disclosure_reading_s;
    return {
      offer: offer.id,
      disclosure,
      text: renderDisclosure(disclosure, lang),
      hash,
      reading_time_s: readingS,
      accept_after: iso(shownAtMs + readingS * 1_000),
    };
  });
}

export async function acceptOffer(
  deps: Deps,
  applicationId: string,
  offerId: string,
  confirmedHash: string | undefined,
  lang: 'zh' | 'en',
  record: RecordReply,
): Promise<Saved | Problem> {
  return perform(deps, (work) => {
    const found = find(work, applicationId, offerId);
    if ('problem' in found) return found;
    const { application, offer } = found;
    const refusal = refuse(work, application, offer, confirmedHash);
    if (refusal !== null) return refusal;
    if (!work.moveApplication(application, 'accepted'))
      return problem('illegal_transition', '当前状态不能接受报价', `the application is ${application.state}`);
    accept(work, application, offer);
    const body = JSON.stringify(viewOf(work, application, lang));
    record(work.tx, 200, body);
    return { id: application.id, status: 200, body };
  });
}

function accept(work: Work, application: ApplicationRow, offer: OfferRow): void {
  // A rate table may still be filling; the borrower has seen enough.
  const attempt = work.attempt(offer.attemptId);
  if (attempt !== null && attempt.state === 'pending' && work.moveAttempt(attempt, 'approved')) {
    attempt.decidedAtMs = work.nowMs;
    work.clearTimer('attempt', attempt.id);
  }
  for (const other of work.tx.offers.ofApplication(application.id)) {
    if (other.id === offer.id) work.tx.offers.save({ ...other, state: 'accepted', confirmedAtMs: work.nowMs }, 'open');
    else if (other.state === 'open') work.tx.offers.save({ ...other, state: 'declined' }, 'open');
  }
  const loanId = work.newId('loan');
  work.tx.offers.insertLoan({
    id: loanId,
    applicationId: application.id,
    borrowerId: application.borrowerId,
    attemptId: offer.attemptId,
    offerId: offer.id,
    funderId: offer.funderId,
    state: 'contracting',
    amountFen: offer.amountFen,
    plan: offer.plan,
    overdueDays: 0,
    cardRef: null,
    drawTries: 0,
    eventAtMs: null,
    disbursedAtMs: null,
    createdAtMs: work.nowMs,
  });
  work.clearTimer('application', application.id);
  work.setTimer('loan', loanId, work.nowMs + EFFECT_GRACE_MS);
  work.emit('offer.accepted', application, { offer_id: offer.id, funder_id: offer.funderId });
  work.emit('application.accepted', application, { offer_id: offer.id, funder_id: offer.funderId, amount_fen: offer.amountFen });
  work.emit('loan.created', application, { loan_id: loanId, funder_id: offer.funderId });
  releaseOpenAttempts(work, application, offer.attemptId);
  work.act({ kind: 'draw', loanId });
}

function refuse(work: Work, application: ApplicationRow, offer: OfferRow, confirmedHash: string | undefined): Problem | null {
  if (confirmedHash !== undefined && confirmedHash !== offer.disclosureHash)
    return problem('stale', '费用明细已更新，请重新阅读', 'the disclosure that was confirmed is not the one in force');
  const verdict = mayConfirm({
    shownAtMs: offer.disclosedAtMs,
    confirmedAtMs: work.nowMs,
    readingS: policyOf(work.desk, application).deadlines.disclosure_reading_s,
    validUntilMs: offer.expiresAtMs,
  });
  switch (verdict.kind) {
    case 'ok':
      return null;
    case 'expired':
      return gone();
    case 'not_shown':
      return problem('disclosure_required', '请先阅读综合融资成本明细', 'show the cost disclosure first');
    case 'too_early': {
      const seconds = Math.ceil(verdict.waitMs / 1_000);
      return problem('reading_time', `请再阅读 ${seconds} 秒`, `the reading time has ${seconds} s left`, { retryAfterS: seconds });
    }
  }
}

function find(work: Work, applicationId: string, offerId: string): { application: ApplicationRow; offer: OfferRow } | Problem {
  const application = work.application(applicationId);
  const offer = work.tx.offers.byId(offerId);
  if (application === null || offer === undefined || offer.applicationId !== applicationId || offer.state === 'blocked')
    return problem('not_found', '没有这个报价', 'there is no such offer');
  if (offer.state !== 'open')
    return offer.state === 'accepted' ? problem('illegal_transition', '报价已被接受', 'the offer was accepted already') : gone();
  return { application, offer };
}

function gone(): Problem {
  return problem('gone', '报价已失效', 'the offer is no longer open');
}
