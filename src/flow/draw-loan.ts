/** After acceptance: tells the funder to pay out, and finds out what became of it. A lost answer is settled by query, never drawn blindly twice. */
import type { DrawAnswer, QueryAnswer } from '../../adapters/contract.ts';
import { amountMinor } from '../domain/money.ts';
import type { LoanRow } from '../store/index.ts';
import { contextFor } from './adapter-context.ts';
import { applyLoanNews } from './apply-loan-news.ts';
import { refOf } from './ask-funder.ts';
import type { Deps } from './deps.ts';
import { EFFECT_GRACE_MS, perform } from './work.ts';

const POLL_MOST_MS = 3_600_000;
const POLL_FIRST_MS = 2_000;

export async function drawLoan(deps: Deps, loanId: string): Promise<void> {
  const loan = deps.store.offers.loanById(loanId);
  if (loan === undefined || loan.state !== 'contracting') return;
  const found = parties(deps, loan);
  const draw = found?.adapter.draw;
  // A funder without a draw call pays out on its own contract step and tells us so.
  if (found === null || draw === undefined) return pollLater(deps, loanId);
  const { funder, attempt } = found;
  const ctx = contextFor(deps, funder);
  const request = draw.build(ctx, refOf(attempt), { amount: amountMinor(loan.amountFen), termMonths: found.termMonths });
  const { answer } = await deps.lines
    .of(funder)
    .call<DrawAnswer>({ capability: 'draw', request, read: (response) => draw.read(ctx, response), timeoutMs: funder.timeouts.submit_ms });
  await finish(deps, loanId, answer);
}

/** The loan's timer: asks the funder where it stands; draws again only when the funder says it has not. */
export async function onLoanTimer(deps: Deps, loanId: string): Promise<void> {
  const loan = deps.store.offers.loanById(loanId);
  if (loan === undefined || (loan.state !== 'contracting' && loan.state !== 'disbursing')) {
    return void (await perform(deps, (work) => work.clearTimer('loan', loanId)));
  }
  const found = parties(deps, loan);
  const query = found?.adapter.query;
  if (found === null || query === undefined) return pollLater(deps, loanId);
  const ctx = contextFor(deps, found.funder);
  const { answer } = await deps.lines.of(found.funder).call<QueryAnswer>({
    capability: 'query',
    request: query.build(ctx, refOf(found.attempt)),
    read: (response) => query.read(ctx, response),
    timeoutMs: found.funder.timeouts.query_ms,
  });
  // Still merely approved: the draw never arrived.
  if (answer.kind === 'approved' && loan.state === 'contracting') return drawLoan(deps, loanId);
  if (answer.kind === 'loan') return finish(deps, loanId, { kind: 'loan', news: answer.news });
  // The funder took its approval back before it was drawn on.
  if (answer.kind === 'declined' || answer.kind === 'cancelled')
    return finish(deps, loanId, { kind: 'loan', news: { status: 'failed', detail: answer.kind } });
  await pollLater(deps, loanId);
}

async function finish(deps: Deps, loanId: string, answer: DrawAnswer): Promise<void> {
  await perform(deps, (work) => {
    const loan = work.tx.offers.loanById(loanId);
    const application = loan === undefined ? null : work.application(loan.applicationId);
    const attempt = loan === undefined ? null : work.attempt(loan.attemptId);
    if (loan === undefined || application === null || attempt === null) return;
    if (answer.kind === 'loan') applyLoanNews(work, application, attempt, answer.news, null);
    const after = work.tx.offers.loanById(loanId)!;
    if (after.state !== 'contracting' && after.state !== 'disbursing') return;
    work.tx.offers.saveLoan({ ...after, drawTries: after.drawTries + 1 }, after.state);
    work.setTimer('loan', loanId, work.nowMs + delayMs(after));
  });
}

async function pollLater(deps: Deps, loanId: string): Promise<void> {
  await finish(deps, loanId, { kind: 'unknown', detail: 'not asked' });
}

function delayMs(loan: LoanRow): number {
  return Math.min(POLL_MOST_MS, Math.max(POLL_FIRST_MS * 2 ** Math.min(loan.drawTries, 12), loan.drawTries === 0 ? EFFECT_GRACE_MS / 10 : 0));
}

function parties(deps: Deps, loan: LoanRow) {
  const attempt = deps.store.dispatch.byId(loan.attemptId);
  const offer = deps.store.offers.byId(loan.offerId);
  const funder = deps.desk.snapshot().funders.get(loan.funderId);
  const adapter = funder === undefined ? undefined : deps.adapters.get(funder.adapter);
  if (attempt === undefined || offer === undefined || funder === undefined || adapter === undefined) return null;
  return { attempt, funder, adapter, termMonths: offer.termMonths };
}
