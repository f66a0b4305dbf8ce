/** What a simulated funder does once it has approved: trial, draw, contract, payout, repayment. News of it goes out through the history. */
import type { History } from './history.ts';
import type { Command, Order, Result } from './orders.ts';
import type { Pages } from './pages.ts';
import type { Manner } from './protocols/wire.ts';
import { afterRepayment } from './repayments.ts';
import { planOf, refusalOf, trialOf } from './underwrite.ts';

type Of<K extends Command['kind']> = Extract<Command, { kind: K }>;

export interface LoanDeskDeps {
  readonly manner: Manner;
  readonly history: History;
  readonly pages: Pages;
  readonly callbackDelayMs: number;
  readonly nowMs: () => number;
  readonly after: (ms: number, run: () => void) => void;
}

export class LoanDesk {
  readonly #deps: LoanDeskDeps;

  constructor(deps: LoanDeskDeps) {
    this.#deps = deps;
  }

  trial({ view }: Order, { amountFen, termMonths }: Of<'trial'>): Result {
    return view.offer === null ? { kind: 'draw_refused', why: 'not_approved' } : trialOf(view.offer, amountFen, termMonths);
  }

  /** Pays out a moment later, or once the contract is signed; a repeat is answered as it stands. */
  draw(order: Order, command: Of<'draw'>): Result {
    const { manner, nowMs, pages } = this.#deps;
    const { view } = order;
    if (view.loan !== null) return { kind: 'order', view };
    const { amountFen, termMonths, offerId, cardToken } = command;
    const offer = blank(offerId) ? view.offer : (view.offers?.find(({ id }) => id === offerId) ?? null);
    const open = view.status === 'approved' || (view.status === 'reviewing' && view.offers !== undefined);
    if (offer === null || !open) return { kind: 'draw_refused', why: 'not_approved' };
    const why = refusalOf(offer, amountFen, termMonths);
    if (why !== null) return { kind: 'draw_refused', why };
    const carded = blank(cardToken) ? order.cards.list().length > 0 : order.cards.has(cardToken!);
    if (manner.cards === true && !carded) return { kind: 'draw_refused', why: 'card' };
    const signs = manner.page === 'contract';
    const loan = { status: signs ? 'signing' : 'disbursing', amountFen, plan: planOf(offer, amountFen, termMonths) } as const;
    order.view = { ...view, loan, eventAtMs: nowMs(), ...(signs ? { link: pages.lasting(view.ref) } : {}) };
    if (command.callbackUrl !== '') order.callbackUrl = command.callbackUrl;
    if (!signs) this.#disburse(order);
    return { kind: 'order', view: order.view };
  }

  /** The borrower has signed. */
  signed(order: Order): void {
    const before = order.view;
    order.view = { ...before, link: null, loan: { ...before.loan!, status: 'disbursing' }, eventAtMs: this.#deps.nowMs() };
    this.#deps.history.tell(order, before);
    this.#disburse(order);
  }

  #disburse(order: Order): void {
    this.#deps.after(this.#deps.callbackDelayMs, () => {
      const before = order.view;
      order.view = { ...before, loan: { ...before.loan!, status: 'disbursed' }, eventAtMs: this.#deps.nowMs() };
      this.#deps.history.tell(order, before);
    });
  }

  repay(order: Order, command: Of<'repay'>): Result {
    const { after, callbackDelayMs, history, nowMs } = this.#deps;
    const { result, fresh } = order.repayments.start(command, order.view.loan, nowMs());
    if (!fresh) return result;
    if (result.status === 'processing') after(callbackDelayMs, () => this.#paid(order, command));
    else if (result.status === 'paid') this.#paid(order, command);
    else history.tellRepayment(order, order.repayments.viewOf(command.repaymentRef));
    return result;
  }

  #paid(order: Order, { repaymentRef, upToPeriod }: Of<'repay'>): void {
    const { history, nowMs } = this.#deps;
    order.view = { ...order.view, loan: afterRepayment(order.view.loan!, upToPeriod), eventAtMs: nowMs() };
    history.tellRepayment(order, order.repayments.settle(repaymentRef, nowMs()));
    // The plan is told anew after every change.
    history.tellPlan(order);
  }
}

function blank(text: string | null | undefined): boolean {
  return text === undefined || text === null || text === '';
}
