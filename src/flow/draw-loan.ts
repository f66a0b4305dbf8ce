/**
 * After acceptance: what the funder wants before it pays out (a card, a signature), a last look at what the loan will cost, then the draw, and
 * what became of it. A lost answer is settled by query, never drawn blindly twice; what would cost more than was accepted is not drawn.
 */
import type { DrawAnswer, DrawTerms, TrialAnswer } from '../../adapters/contract.ts';
import { isDearer } from '../compliance/dearer.ts';
import { backOffMs } from '../domain/back-off.ts';
import type { Funder } from '../domain/funder.ts';
import { amountMinor } from '../domain/money.ts';
import type { LoanRow, StepRow } from '../store/index.ts';
import { applyLoanNews } from './apply-loan-news.ts';
import { askAbout } from './ask-about.ts';
import { refOf } from './ask-funder.ts';
import { openStepsOf, putStep } from './borrower-steps.ts';
import { policyOf } from './choose-policy.ts';
import type { Deps } from './deps.ts';
import { partiesOf, type Parties } from './parties.ts';
import { nextRepairMs } from './repair-time.ts';
import { refreshLoan } from './repay-loan.ts';
import { perform } from './work.ts';

const POLL_MOST_MS = 3_600_000;
const POLL_FIRST_MS = 2_000;
/** A message that has been on its way for longer does not arrive any more. */
const ARRIVAL_MS = 30_000;

/** `seen`: the loan as it was before its funder was asked; when anything has happened to it since, it is not drawn now. */
export async function drawLoan(deps: Deps, loanId: string, seen: LoanRow | null = null): Promise<void> {
  const loan = seen ?? deps.store.offers.loanById(loanId);
  if (loan === undefined || loan.state !== 'contracting') return;
  const found = partiesOf(deps, loan);
  if (found !== null && found.adapter.cards !== undefined && loan.cardRef === null) return wantCard(deps, loan, found);
  const draw = found?.adapter.draw;
  // A funder without a draw call pays out on its own contract step and tells us so.
  if (found === null || draw === undefined) return pollLater(deps, loanId);
  const { funder, attempt, ctx } = found;
  const terms = termsOf(loan, found);
  if (!(await claim(deps, loan, funder)) || !(await costsAsAccepted(deps, loan, found, terms))) return;
  const { answer } = await deps.lines.of(funder).call<DrawAnswer>({
    capability: 'draw',
    request: draw.build(ctx, refOf(attempt), terms),
    read: (response) => draw.read(ctx, response),
    timeoutMs: funder.timeouts.submit_ms,
  });
  await finish(deps, loanId, answer, answer.kind === 'unavailable' ? 'unsent' : 'sent');
}

/** The loan's timer: asks the funder where it stands; draws again only when the funder says it has not. */
export async function onLoanTimer(deps: Deps, loanId: string): Promise<void> {
  const loan = deps.store.offers.loanById(loanId);
  if (loan !== undefined && (loan.state === 'active' || loan.state === 'overdue')) return repair(deps, loan);
  if (loan === undefined || (loan.state !== 'contracting' && loan.state !== 'disbursing')) {
    return void (await perform(deps, (work) => work.clearTimer('loan', loanId)));
  }
  const waits = loan.state === 'contracting' ? await awaited(deps, loan) : null;
  if (waits === 'card' || waits === 'given_up') return;
  const found = partiesOf(deps, loan);
  if (waits === 'late' && found !== null && (await takenBack(deps, found)))
    return finish(deps, loanId, { kind: 'loan', news: { status: 'failed', detail: 'not_completed' } });
  const query = found?.adapter.query;
  if (found === null || query === undefined) return pollLater(deps, loanId);
  const { answer } = await askAbout(deps, found, 'query', query);
  // Still merely approved: the draw never arrived, or there was none yet.
  const undrawn = answer.kind === 'approved' || answer.kind === 'offers';
  if (undrawn && loan.state === 'contracting' && waits === null) return drawLoan(deps, loanId, loan);
  if (answer.kind === 'loan') return finish(deps, loanId, { kind: 'loan', news: answer.news });
  // The funder took its approval back before it was drawn on.
  if (answer.kind === 'declined' || answer.kind === 'cancelled')
    return finish(deps, loanId, { kind: 'loan', news: { status: 'failed', detail: answer.kind } });
  await pollLater(deps, loanId);
}

/** The nightly question about a running loan; what it answers is applied like any other word of the funder. */
async function repair(deps: Deps, loan: LoanRow): Promise<void> {
  await refreshLoan(deps, loan.id);
  await perform(deps, (work) => {
    const row = work.tx.offers.loanById(loan.id);
    const timeZone = work.desk.funders.get(loan.funderId)?.time_zone;
    if (row === undefined || timeZone === undefined || (row.state !== 'active' && row.state !== 'overdue')) return work.clearTimer('loan', loan.id);
    work.setTimer('loan', loan.id, nextRepairMs(work.nowMs, timeZone, loan.id));
  });
}

/**
 * One draw at a time: whoever counts up the tries of the loan as it was seen goes on, and its timer does not come before the draw has arrived or
 * never will. Until then "merely approved" may mean "not yet".
 */
async function claim(deps: Deps, seen: LoanRow, { timeouts }: Funder): Promise<boolean> {
  return perform(deps, (work) => {
    const row = work.tx.offers.loanById(seen.id);
    if (row === undefined || row.state !== 'contracting' || row.drawTries !== seen.drawTries || row.cardRef !== seen.cardRef) return false;
    work.tx.offers.saveLoan({ ...row, drawTries: row.drawTries + 1 }, row.state);
    // The trial with its repeats comes first, and both may have to wait for a place.
    work.setTimer('loan', row.id, work.nowMs + timeouts.query_ms * 4 + timeouts.submit_ms + ARRIVAL_MS);
    return true;
  });
}

function termsOf(loan: LoanRow, { offer }: Parties): DrawTerms {
  return {
    amount: amountMinor(loan.amountFen),
    termMonths: offer.termMonths,
    offerRef: offer.funderOfferRef === '' ? null : offer.funderOfferRef,
    cardRef: loan.cardRef,
  };
}

/** Asks the borrower for a card, beside those the funder has of them already. */
async function wantCard(deps: Deps, loan: LoanRow, parties: Parties): Promise<void> {
  const { answer } = await askAbout(deps, parties, 'list_cards', parties.adapter.cards!.list);
  await perform(deps, (work) => {
    const row = work.tx.offers.loanById(loan.id);
    const application = work.application(loan.applicationId);
    const held = work.attempt(loan.attemptId);
    if (row === undefined || row.state !== 'contracting' || row.cardRef !== null || application === null || held === null) return;
    // Without the list a new card can be bound all the same.
    const cards = answer.kind === 'cards' ? answer.cards.slice(0, 20) : [];
    const asked = openStepsOf(work, application).some((step) => step.attemptId === held.id && step.stage === 'before_payout');
    if (!asked) putStep(work, application, held, { kind: 'bind_card', stage: 'before_payout', state: 'open', cards });
    work.setTimer('loan', loan.id, work.nowMs + POLL_MOST_MS);
  });
}

/**
 * What the borrower has to do before the payout. A card is bound here, so nothing is asked of the funder before it is; a page is finished at the
 * funder, which is asked how far it is. A loan that they leave lying is given up when its offer's time is over.
 */
async function awaited(deps: Deps, loan: LoanRow): Promise<'card' | 'page' | 'late' | 'given_up' | null> {
  return perform(deps, (work) => {
    const row = work.tx.offers.loanById(loan.id);
    const application = work.application(loan.applicationId);
    const attempt = work.attempt(loan.attemptId);
    if (row === undefined || row.state !== 'contracting' || application === null || attempt === null) return null;
    const isOurs = (each: StepRow): boolean => each.attemptId === attempt.id && each.stage === 'before_payout';
    // A page that has run out and is renewed at each question is waited for no longer than one that lasts.
    const steps = work.tx.steps.ofApplication(application.id).filter((each) => isOurs(each) && each.state === 'open');
    if (steps.length > 0 && work.nowMs >= row.createdAtMs + policyOf(work.desk, application).deadlines.offer_s * 1_000) {
      // Behind a page there is a draw, which the borrower may have signed by now.
      if (steps.some(isPage)) return 'late';
      applyLoanNews(work, application, attempt, { status: 'failed', detail: 'not_completed' }, null);
      work.act({ kind: 'cancel', attemptId: attempt.id });
      return 'given_up';
    }
    const step = openStepsOf(work, application).find(isOurs);
    if (step === undefined) return null;
    if (isPage(step)) return 'page';
    work.setTimer('loan', loan.id, work.nowMs + POLL_MOST_MS);
    return 'card';
  });
}

const isPage = ({ kind }: StepRow): boolean => kind === 'open_link' || kind === 'redirect';

/** True when the funder has forgotten the draw, or cannot be told to. */
async function takenBack(deps: Deps, parties: Parties): Promise<boolean> {
  const { cancel } = parties.adapter;
  if (cancel === undefined) return true;
  const { answer } = await askAbout(deps, parties, 'cancel', cancel);
  return answer.kind === 'cancelled' || answer.kind === 'not_found';
}

/** The last look: what drawing would cost now against what was accepted. False: it was not to be drawn, or not now. */
async function costsAsAccepted(deps: Deps, loan: LoanRow, { adapter, funder, attempt, offer, ctx }: Parties, terms: DrawTerms): Promise<boolean> {
  const { trial } = adapter;
  if (trial === undefined) return true;
  const { answer } = await deps.lines.of(funder).call<TrialAnswer>({
    capability: 'trial',
    request: trial.build(ctx, refOf(attempt), terms),
    read: (response) => trial.read(ctx, response),
    timeoutMs: funder.timeouts.query_ms,
  });
  if (answer.kind !== 'trial') {
    await finish(deps, loan.id, answer, 'unsent');
    return false;
  }
  const dearer = isDearer(amountMinor(loan.amountFen), offer, answer);
  return perform(deps, (work) => {
    const row = work.tx.offers.loanById(loan.id);
    const application = work.application(loan.applicationId);
    const held = work.attempt(loan.attemptId);
    // It may have ended by the funder's word while it was looked at.
    if (row === undefined || row.state !== 'contracting' || application === null || held === null) return false;
    if (!dearer) return work.tx.offers.saveLoan({ ...row, plan: answer.plan }, row.state);
    work.emit('attempt.alarm', application, { attempt_id: held.id, funder_id: held.funderId, alarm: 'dearer_than_accepted', detail: 'trial' });
    applyLoanNews(work, application, held, { status: 'failed', detail: 'dearer_than_accepted' }, null);
    work.act({ kind: 'cancel', attemptId: held.id });
    return false;
  });
}

/** `unsent`: there surely is no draw under way. */
async function finish(deps: Deps, loanId: string, answer: DrawAnswer, draw: 'sent' | 'unsent' = 'sent'): Promise<void> {
  await perform(deps, (work) => {
    const loan = work.tx.offers.loanById(loanId);
    const application = loan === undefined ? null : work.application(loan.applicationId);
    const attempt = loan === undefined ? null : work.attempt(loan.attemptId);
    if (loan === undefined || application === null || attempt === null) return;
    if (answer.kind === 'loan') applyLoanNews(work, application, attempt, answer.news, null);
    const after = work.tx.offers.loanById(loanId)!;
    if (after.state !== 'contracting' && after.state !== 'disbursing') return;
    work.tx.offers.saveLoan({ ...after, drawTries: after.drawTries + 1 }, after.state);
    // A draw whose answer was lost may still arrive: its time is not cut short.
    const claimedMs = draw === 'sent' && after.state === 'contracting' ? (work.tx.feed.timer('loan', loanId)?.dueAtMs ?? 0) : 0;
    work.setTimer('loan', loanId, Math.max(claimedMs, work.nowMs + backOffMs(after.drawTries, POLL_FIRST_MS, POLL_MOST_MS)));
  });
}

async function pollLater(deps: Deps, loanId: string): Promise<void> {
  await finish(deps, loanId, { kind: 'unknown', detail: 'not asked' });
}
