/**
 * The borrower pays before the day, through us: one request an amount, asked of the funder once; what became of a lost answer is asked for until
 * it is known, and meanwhile nothing further is taken.
 */
import type { QueryAnswer, DrawAnswer, RepayAnswer } from '../../adapters/contract.ts';
import { backOffMs } from '../domain/back-off.ts';
import { problem, unreachable, type Problem } from '../domain/failures.ts';
import { amountMinor } from '../domain/money.ts';
import type { ApplicationRow, LoanRow, RepaymentRow } from '../store/index.ts';
import { applyLoanNews } from './apply-loan-news.ts';
import { askAbout } from './ask-about.ts';
import { refOf } from './ask-funder.ts';
import type { Deps } from './deps.ts';
import { funderInterface } from './funder-interface.ts';
import type { RecordReply } from './intake-input.ts';
import { partiesOf, type Parties } from './parties.ts';
import type { Saved } from './save-application.ts';
import { EFFECT_GRACE_MS, perform, type Work } from './work.ts';

const POLL_FIRST_MS = 2_000;
const POLL_MOST_MS = 3_600_000;

export interface RepaymentInput {
  /** Instalments up to this one, by due month; null pays off the whole loan. */
  readonly upToMonth: number | null;
  /** What the borrower was shown and agreed to, fen; the funder takes no more. */
  readonly amountFen: number;
}

/** Takes the request; its reply says what is known by then. */
export async function requestRepayment(deps: Deps, applicationId: string, input: RepaymentInput, record: RecordReply): Promise<Saved | Problem> {
  return perform(deps, (work) => {
    const application = work.application(applicationId);
    const loan = work.tx.offers.loanOf(applicationId);
    if (application === null || loan === undefined || (loan.state !== 'active' && loan.state !== 'overdue'))
      return problem('illegal_transition', '没有可还款的贷款', 'there is no loan to repay');
    if (funderInterface(deps, loan.funderId)?.adapter.repay === undefined)
      return problem(
        'illegal_transition',
        '该资金方不支持在此还款，请按其约定方式还款',
        'this funder takes no repayments here; repay as agreed with it',
      );
    if (input.upToMonth !== null && !loan.plan.some((part) => part.dueInMonths === input.upToMonth))
      return problem('invalid_request', '没有这一期', 'there is no such instalment', {
        faults: [{ pointer: '/up_to_month', code: 'no_such_instalment', message: { zh: '没有这一期', en: 'there is no such instalment' } }],
      });
    if (work.tx.steps.repaymentsOf(loan.id).some((row) => !ENDED.has(row.state)))
      return problem('illegal_transition', '上一笔还款还在处理中', 'a repayment is still being dealt with');
    const row: RepaymentRow = {
      id: work.newId('rep'),
      loanId: loan.id,
      applicationId,
      funderId: loan.funderId,
      amountFen: input.amountFen,
      upToMonth: input.upToMonth,
      state: 'requested',
      detail: null,
      tries: 0,
      createdAtMs: work.nowMs,
      settledAtMs: null,
    };
    work.tx.steps.insertRepayment(row);
    work.setTimer('repayment', row.id, work.nowMs + EFFECT_GRACE_MS);
    tell(work, application, row);
    work.act({ kind: 'repay', repaymentId: row.id });
    const body = JSON.stringify({ id: row.id, status: row.state, amount_fen: row.amountFen, up_to_month: row.upToMonth });
    record(work.tx, 202, body);
    return { id: row.id, status: 202, body };
  });
}

/** The one call that takes the money. We may have died just before or after an earlier one, so it is made from `requested` alone. */
export async function sendRepayment(deps: Deps, repaymentId: string): Promise<void> {
  // From here on it may have been sent: whoever comes after this commit only asks.
  const claimed = await perform(deps, (work) => {
    const row = work.tx.steps.repaymentById(repaymentId);
    const application = row === undefined ? null : work.application(row.applicationId);
    if (row === undefined || row.state !== 'requested' || application === null) return false;
    // Nobody expects it so late any more, and no word of the funder could be told from one about a message still on its way.
    if (work.nowMs - row.createdAtMs > SEND_WITHIN_MS) {
      applyRepayment(work, application, row, { kind: 'failed', detail: 'not sent in time' }, false);
      return false;
    }
    return work.tx.steps.saveRepayment({ ...row, state: 'unknown' }, 'requested');
  });
  const found = claimed ? find(deps, repaymentId) : null;
  const pay = found?.parties.adapter.repay?.pay;
  if (found === null || pay === undefined) return;
  const { row, loan, parties } = found;
  const { answer } = await deps.lines.of(parties.funder).call<RepayAnswer>({
    capability: 'repay',
    request: pay.build(parties.ctx, refOf(parties.attempt), {
      repaymentRef: row.id,
      amount: amountMinor(row.amountFen),
      upToMonth: row.upToMonth,
      cardRef: loan.cardRef,
    }),
    read: (response) => pay.read(parties.ctx, response),
    timeoutMs: parties.funder.timeouts.submit_ms,
  });
  await settle(deps, repaymentId, answer, true);
}

/** The repayment's timer: what was never sent is sent, what is not known is asked for. */
export async function onRepaymentTimer(deps: Deps, repaymentId: string): Promise<void> {
  const found = find(deps, repaymentId);
  if (found === null || ENDED.has(found.row.state)) return void (await perform(deps, (work) => work.clearTimer('repayment', repaymentId)));
  if (found.row.state === 'requested') return sendRepayment(deps, repaymentId);
  const { parties } = found;
  const query = parties.adapter.repay?.query;
  if (query === undefined) return settle(deps, repaymentId, { kind: 'unknown', detail: 'cannot be queried' }, false);
  const { answer } = await deps.lines.of(parties.funder).call<RepayAnswer>({
    capability: 'query_repayment',
    request: query.build(parties.ctx, refOf(parties.attempt), { repaymentRef: repaymentId }),
    read: (response) => query.read(parties.ctx, response),
    timeoutMs: parties.funder.timeouts.query_ms,
  });
  await settle(deps, repaymentId, answer, false);
}

/** Applies what a funder says of a repayment, in a reply, a query or a callback. `sent`: the answer is to the paying call itself. */
export function applyRepayment(work: Work, application: ApplicationRow, row: RepaymentRow, answer: RepayAnswer, sent: boolean): void {
  if (ENDED.has(row.state)) return;
  const arrivedByMs = row.createdAtMs + SEND_WITHIN_MS + (work.desk.funders.get(row.funderId)?.timeouts.submit_ms ?? 0) + ARRIVAL_MS;
  const next = stateAfter(row, answer, { sent, arrived: work.nowMs >= arrivedByMs }, work.nowMs);
  work.tx.steps.saveRepayment({ ...next, tries: row.tries + 1 }, row.state);
  if (next.state !== row.state) tell(work, application, next);
  if (!ENDED.has(next.state)) return work.setTimer('repayment', row.id, work.nowMs + backOffMs(row.tries, POLL_FIRST_MS, POLL_MOST_MS));
  work.clearTimer('repayment', row.id);
  if (next.state === 'repaid') work.act({ kind: 'refresh_loan', loanId: row.loanId });
}

/** Asks the funder for the loan as it stands now: its plan after a repayment, or what a lost callback would have told. */
export async function refreshLoan(deps: Deps, loanId: string): Promise<void> {
  const loan = deps.store.offers.loanById(loanId);
  const parties = loan === undefined ? null : partiesOf(deps, loan);
  if (loan === undefined || parties === null) return;
  const { adapter } = parties;
  const call = adapter.plan ?? adapter.query;
  if (call === undefined) return;
  const { answer } = await askAbout<DrawAnswer | QueryAnswer>(deps, parties, adapter.plan === undefined ? 'query' : 'plan', call);
  if (answer.kind !== 'loan') return;
  await perform(deps, (work) => {
    const application = work.application(loan.applicationId);
    const held = work.attempt(loan.attemptId);
    if (application !== null && held !== null) applyLoanNews(work, application, held, answer.news, null);
  });
}

function stateAfter(row: RepaymentRow, answer: RepayAnswer, { sent, arrived }: { sent: boolean; arrived: boolean }, nowMs: number): RepaymentRow {
  switch (answer.kind) {
    case 'repaid':
      return { ...row, state: 'repaid', settledAtMs: answer.eventAtMs ?? nowMs };
    case 'failed':
      return { ...row, state: 'failed', detail: answer.detail, settledAtMs: nowMs };
    case 'processing':
      return { ...row, state: 'processing' };
    // The funder surely took nothing: of the call itself; of a question it says nothing about the repayment.
    case 'unavailable':
      return sent ? { ...row, state: 'failed', detail: answer.detail, settledAtMs: nowMs } : row;
    case 'not_found':
      return sent || !arrived ? row : { ...row, state: 'failed', detail: 'never received', settledAtMs: nowMs };
    case 'unknown':
      return row;
    default:
      return unreachable(answer);
  }
}

/** One that could not be sent by then is not sent any more. */
const SEND_WITHIN_MS = 60_000;
/** A message that has been on its way for longer does not arrive any more; until then "no such repayment" may mean "not yet". */
const ARRIVAL_MS = 30_000;
const ENDED: ReadonlySet<RepaymentRow['state']> = new Set(['repaid', 'failed']);

async function settle(deps: Deps, repaymentId: string, answer: RepayAnswer, sent: boolean): Promise<void> {
  await perform(deps, (work) => {
    const row = work.tx.steps.repaymentById(repaymentId);
    const application = row === undefined ? null : work.application(row.applicationId);
    if (row !== undefined && application !== null) applyRepayment(work, application, row, answer, sent);
  });
}

function find(deps: Deps, repaymentId: string): { readonly row: RepaymentRow; readonly loan: LoanRow; readonly parties: Parties } | null {
  const row = deps.store.steps.repaymentById(repaymentId);
  const loan = row === undefined ? undefined : deps.store.offers.loanById(row.loanId);
  const parties = loan === undefined ? null : partiesOf(deps, loan);
  return row === undefined || loan === undefined || parties === null ? null : { row, loan, parties };
}

function tell(work: Work, application: ApplicationRow, row: RepaymentRow): void {
  work.emit('loan.repayment', application, { loan_id: row.loanId, repayment_id: row.id, status: row.state, amount_fen: row.amountFen });
}
