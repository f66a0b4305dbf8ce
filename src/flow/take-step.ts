/**
 * The borrower does what a funder asked of them: chooses or binds a card, enters the bank's code, or says that they will not. A card's number
 * is handed over under the same consent as everything else, leaves a receipt, and is kept nowhere.
 */
import type { BoundCard, CardAnswer, OutboundRequest } from '../../adapters/contract.ts';
import type { FieldValues } from '../domain/applicant.ts';
import { fault, problem, unreachable, type Problem } from '../domain/failures.ts';
import type { ApplicationRow, LoanRow, StepRow } from '../store/index.ts';
import { addReceipt } from './add-receipt.ts';
import { advance } from './advance.ts';
import { refOf } from './ask-funder.ts';
import { detailOf, finishSteps, isOpen, putStep } from './borrower-steps.ts';
import type { Deps } from './deps.ts';
import { endAttempt } from './end-attempt.ts';
import type { RecordReply } from './intake-input.ts';
import { creditGrant, openForFunder } from './open-for-funder.ts';
import { partiesOf, type Parties } from './parties.ts';
import type { Saved } from './save-application.ts';
import { viewOf } from './view-application.ts';
import { perform, Work } from './work.ts';

/** Exactly one of them. */
export type StepInput =
  | { readonly kind: 'card_ref'; readonly cardRef: string }
  | { readonly kind: 'card'; readonly card: FieldValues['bank_card'] }
  | { readonly kind: 'code'; readonly code: string }
  | { readonly kind: 'skip' };

interface Taking {
  readonly step: StepRow;
  readonly application: ApplicationRow;
  readonly lang: 'zh' | 'en';
  readonly record: RecordReply;
}

export async function takeStep(
  deps: Deps,
  applicationId: string,
  stepId: string,
  input: StepInput,
  lang: 'zh' | 'en',
  record: RecordReply,
): Promise<Saved | Problem> {
  const sight = new Work(deps, deps.store);
  const application = sight.application(applicationId);
  const step = deps.store.steps.byId(stepId);
  if (application === null || step === undefined || step.applicationId !== applicationId || step.state === 'held')
    return problem('not_found', '没有这个步骤', 'there is no such step');
  if (!isOpen(sight, application, step)) return problem('gone', '这一步已结束', 'this step is over');
  const taking: Taking = { step, application, lang, record };
  if (input.kind === 'skip') return skip(deps, taking);
  const wanted = step.kind === 'bind_card' ? ['card', 'card_ref'] : step.kind === 'enter_code' ? ['code', 'card'] : [];
  if (!wanted.includes(input.kind)) return problem('illegal_transition', '这一步不是这样完成的', `this step is ${step.kind}`);
  return input.kind === 'card_ref' ? chooseCard(deps, taking, input.cardRef) : tellFunder(deps, taking, input);
}

function chooseCard(deps: Deps, taking: Taking, cardRef: string): Promise<Saved | Problem> {
  if (!detailOf(new Work(deps, deps.store), taking.application, taking.step).cards.some((card) => card.ref === cardRef)) {
    const faults = [fault('/card_ref', 'unknown_card', '没有这张卡', 'there is no such card')];
    return Promise.resolve(problem('invalid_request', '没有这张卡', 'there is no such card', { faults }));
  }
  return perform(deps, (work) => useCard(work, taking, cardRef));
}

/** Binds a card or confirms its code at the funder, in one call that is not repeated. */
async function tellFunder(deps: Deps, taking: Taking, input: Extract<StepInput, { kind: 'card' | 'code' }>): Promise<Saved | Problem> {
  const { step, application } = taking;
  const loan = deps.store.offers.loanOfAttempt(step.attemptId);
  const found = loan === undefined ? null : partiesOf(deps, loan);
  const cards = found?.adapter.cards;
  if (found === null || cards === undefined) return problem('gone', '这一步已结束', 'this step is over');
  let receiptId: string | null = null;
  let request: OutboundRequest;
  if (input.kind === 'card') {
    receiptId = await openReceipt(deps, found, application);
    const fields = receiptId === null ? null : await openForFunder(deps, { application, funder: found.funder, card: input.card }, cards.bind.needs);
    if (fields === null)
      return problem('illegal_transition', '未授权该机构使用银行卡信息', 'there is no consent that covers a bank card at this funder');
    request = cards.bind.build(found.ctx, refOf(found.attempt), fields);
  } else {
    const bindRef = detailOf(new Work(deps, deps.store), application, step).ref;
    if (bindRef === null) return problem('gone', '这一步已结束', 'this step is over');
    request = cards.verify.build(found.ctx, refOf(found.attempt), { bindRef, code: input.code });
  }
  const call = input.kind === 'card' ? cards.bind : cards.verify;
  const { answer, latencyMs } = await deps.lines.of(found.funder).call<CardAnswer>({
    capability: input.kind === 'card' ? 'bind_card' : 'verify_card',
    request,
    read: (response) => call.read(found.ctx, response),
    timeoutMs: found.funder.timeouts.submit_ms,
  });
  return perform(deps, (work) => {
    if (receiptId !== null)
      work.tx.dispatch.finishReceipt({ id: receiptId, attemptId: found.attempt.id, exchangeSealed: null, outcome: answer.kind, latencyMs });
    return apply(work, taking, answer);
  });
}

/** The receipt is committed before the call, as for every handing over; null when there is no live consent. */
async function openReceipt(deps: Deps, { adapter, funder, attempt }: Parties, application: ApplicationRow): Promise<string | null> {
  return perform(deps, (work) => {
    const { needs } = adapter.cards!.bind;
    const grant = creditGrant(work.consentsOf(application.id), funder, needs, work.nowMs);
    return grant === null ? null : addReceipt(work, attempt, { funder, grant, capability: 'bind_card', fields: needs });
  });
}

function apply(work: Work, taking: Taking, answer: CardAnswer): Saved | Problem {
  const attempt = work.attempt(taking.step.attemptId);
  const application = work.application(taking.application.id);
  if (attempt === null || application === null) return problem('gone', '这一步已结束', 'this step is over');
  switch (answer.kind) {
    case 'bound':
      return useCard(work, taking, answer.card.ref);
    case 'code_sent':
      putStep(work, application, attempt, {
        kind: 'enter_code',
        stage: 'before_payout',
        state: 'open',
        detail: answer.bindRef,
        cards: detailOf(work, application, taking.step).cards,
      });
      work.touch(application);
      return reply(work, taking, application);
    case 'refused':
      return refusal(answer.why);
    case 'locked': {
      const wait = answer.untilMs === null ? {} : { retryAfterS: Math.max(1, Math.ceil((answer.untilMs - work.nowMs) / 1_000)) };
      return problem('rate_limited', '尝试次数过多，请稍后再试或换一张卡', 'too many tries; wait, or use another card', wait);
    }
    case 'unavailable':
    case 'unknown':
      return problem('funder_unavailable', '资金方暂时没有回应，请稍后再试', 'the funder does not answer just now; try again in a while', {
        retryAfterS: 10,
      });
    default:
      return unreachable(answer);
  }
}

/** The card is the one: the loan goes on to its draw. */
function useCard(work: Work, taking: Taking, cardRef: BoundCard['ref']): Saved | Problem {
  const application = work.application(taking.application.id);
  const loan: LoanRow | undefined = work.tx.offers.loanOfAttempt(taking.step.attemptId);
  if (application === null || loan === undefined || loan.state !== 'contracting') return problem('gone', '这一步已结束', 'this step is over');
  // A copy of the request: the draw to the first card is under way.
  if (loan.cardRef !== null) return reply(work, taking, application);
  work.tx.offers.saveLoan({ ...loan, cardRef }, loan.state);
  finishSteps(work, application, taking.step.attemptId, 'before_payout');
  work.setTimer('loan', loan.id, work.nowMs + 5_000);
  work.touch(application);
  work.act({ kind: 'draw', loanId: loan.id });
  return reply(work, taking, application);
}

/** Not this funder: an attempt that waits for the borrower is dropped, and the next one is asked. A loan that was accepted is withdrawn as a whole. */
function skip(deps: Deps, taking: Taking): Promise<Saved | Problem> {
  return perform(deps, (work) => {
    const application = work.application(taking.application.id);
    const attempt = work.attempt(taking.step.attemptId);
    if (application === null || attempt === null) return problem('gone', '这一步已结束', 'this step is over');
    if (taking.step.stage === 'before_payout')
      return problem('illegal_transition', '报价已接受，如不需要请撤回申请', 'the offer was accepted; withdraw the application instead');
    if (taking.step.stage === 'before_submit') {
      work.moveAttempt(attempt, 'cancelled');
      endAttempt(work, application, attempt, 'attempt.cancelled');
      advance(work, application);
    } else {
      finishSteps(work, application, attempt.id, 'before_decision');
      work.setTimer('attempt', attempt.id, work.nowMs + 5_000);
      attempt.deadlineAtMs = work.nowMs;
      work.act({ kind: 'cancel', attemptId: attempt.id });
    }
    work.touch(application);
    return reply(work, taking, application);
  });
}

function reply(work: Work, { lang, record }: Taking, application: ApplicationRow): Saved {
  const body = JSON.stringify(viewOf(work, application, lang));
  record(work.tx, 200, body);
  return { id: application.id, status: 200, body };
}

type Refused = Extract<CardAnswer, { kind: 'refused' }>['why'];
const REFUSALS: Readonly<Record<Refused, readonly [pointer: string, zh: string, en: string]>> = {
  card: ['/card_number', '卡号有误或不支持该卡', 'the card number is wrong, or this card is not taken'],
  phone: ['/bank_phone', '手机号与银行预留不一致', 'the phone is not the one the bank knows'],
  person: ['/card_number', '持卡人与申请人不一致', 'the card is not in the applicant’s name'],
  bank: ['/card_number', '暂不支持该银行', 'this bank is not supported'],
  code: ['/code', '验证码错误', 'the code is wrong'],
  other: ['', '绑卡未成功，请换一张卡', 'the card could not be bound; try another'],
};

function refusal(why: Refused): Problem {
  const [pointer, zh, en] = REFUSALS[why];
  return problem('card_refused', zh, en, { faults: [fault(pointer, `card_${why}`, zh, en)] });
}
