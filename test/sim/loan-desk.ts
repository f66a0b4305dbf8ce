/** A simulated funder after acceptance: cards and their codes, what drawing would cost, the draw and its signature, the plan, repayments. */
import type { CardAnswer } from '../../adapters/contract.ts';
import type { FunderWorld, Order } from './funder.ts';
import type { Page, OrderView, RepaymentView, Terms } from './protocol.ts';
import type { Temper } from './setting.ts';

export interface LoanWorld extends Pick<FunderWorld, 'timeline' | 'dice' | 'lends' | 'whole'> {
  readonly move: (order: Order, change: Partial<OrderView>) => void;
  readonly announce: (order: Order, repayment?: RepaymentView) => void;
  readonly newPage: (order: Order) => Page;
}

/** A status with a body, or the order itself. */
type Told = { readonly status: number; readonly body: object } | 'order';

/** What the bank sends to the borrower's phone. */
export const BANK_CODE = '246810';
const NOT_NOW: Told = { status: 409, body: {} };

export class LoanDesk {
  /** By our repayment's id: what became of it here. */
  readonly repayments = new Map<string, RepaymentView>();
  readonly #id: string;
  readonly #temper: Temper;
  readonly #world: LoanWorld;
  /** Cards by order, and card numbers by the reference of a code that was sent. */
  readonly #cards = new Map<string, { readonly ref: string; readonly bank: string; readonly tail: string }[]>();
  readonly #binding = new Map<string, string>();

  constructor(id: string, temper: Temper, world: LoanWorld) {
    this.#id = id;
    this.#temper = temper;
    this.#world = world;
  }

  hasCard(ref: string, cardRef: unknown): boolean {
    return (this.#cards.get(ref) ?? []).some((card) => card.ref === cardRef);
  }

  answer(what: string, order: Order, body: Record<string, unknown>): Told {
    switch (what) {
      case 'list_cards':
        return { status: 200, body: { kind: 'cards', cards: this.#cardsOf(order) } };
      case 'bind_card':
        return { status: 200, body: this.#bind(order, (body['fields'] as { bank_card: { number: string } }).bank_card.number) };
      case 'verify_card':
        return { status: 200, body: this.#verify(order, String(body['bindRef']), body['code']) };
      case 'trial':
        return this.#trial(order, body['offerRef'] as string | null);
      case 'draw':
        return this.#draw(order, body['offerRef'] as string | null);
      case 'repay':
        return { status: 200, body: this.#repay(order, String(body['repayment']), body['upToMonth'] as number | null) };
      case 'query_repayment': {
        const known = this.repayments.get(String(body['repayment']));
        return known === undefined ? { status: 404, body: {} } : { status: 200, body: known };
      }
      default:
        return 'order';
    }
  }

  signed(order: Order, agrees: boolean): void {
    if (agrees) return this.#payOut(order);
    this.#world.move(order, { loan: 'failed', page: null });
    this.#world.announce(order);
  }

  #cardsOf(order: Order) {
    let cards = this.#cards.get(order.ref);
    if (cards === undefined)
      this.#cards.set(order.ref, (cards = this.#world.dice.chance(0.4) ? [{ ref: `${order.view.no}-c0`, bank: 'Bank', tail: '0001' }] : []));
    return cards;
  }

  #bind(order: Order, number: string): CardAnswer {
    const { dice } = this.#world;
    const at = dice.uniform();
    if (at < 0.1) return { kind: 'refused', why: dice.pick(['card', 'phone', 'bank']), detail: 'bank' };
    if (at < 0.15) return { kind: 'locked', untilMs: dice.chance(0.5) ? null : this.#world.timeline.nowMs + 60_000 };
    if (at < 0.35) return { kind: 'bound', card: this.#keep(order, number) };
    const bindRef = `${this.#id}-b${this.#binding.size + 1}`;
    this.#binding.set(bindRef, number);
    return { kind: 'code_sent', bindRef };
  }

  #verify(order: Order, bindRef: string, code: unknown): CardAnswer {
    const number = this.#binding.get(bindRef);
    if (number === undefined) return { kind: 'refused', why: 'other', detail: 'no such code' };
    return code === BANK_CODE ? { kind: 'bound', card: this.#keep(order, number) } : { kind: 'refused', why: 'code', detail: 'code' };
  }

  #keep(order: Order, number: string) {
    const cards = this.#cardsOf(order);
    const card = { ref: `${order.view.no}-c${cards.length + 1}`, bank: 'Bank', tail: number.slice(-4) };
    cards.push(card);
    return card;
  }

  #termsOf(order: Order, offerRef: string | null): Terms | undefined {
    const { state, offer, offers } = order.view;
    if (state !== 'approved' && state !== 'offering') return undefined;
    return offerRef === null ? (offer ?? undefined) : offers.find(({ ref }) => ref === offerRef);
  }

  #trial(order: Order, offerRef: string | null): Told {
    const terms = this.#termsOf(order, offerRef);
    if (terms === undefined || order.view.loan !== null) return NOT_NOW;
    const dearer = this.#world.dice.chance(this.#temper.dearTrial);
    return { status: 200, body: { ...terms, interestFen: dearer ? terms.interestFen * 2 : terms.interestFen, dearer } };
  }

  #draw(order: Order, offerRef: string | null): Told {
    if (order.view.loan !== null) return 'order';
    const offer = this.#termsOf(order, offerRef);
    if (offer === undefined) return NOT_NOW;
    const { dice, lends, move, newPage, whole } = this.#world;
    lends(order);
    move(order, { offer, loan: 'disbursing' });
    if (whole && dice.chance(this.#temper.signs)) move(order, { loan: 'signing', page: newPage(order) });
    else this.#payOut(order);
    return 'order';
  }

  #payOut(order: Order): void {
    const { dice, timeline, move, announce } = this.#world;
    move(order, { loan: 'disbursing', page: null });
    timeline.after(dice.between(200, 20_000), () => {
      move(order, { loan: dice.chance(this.#temper.drawFails) ? 'failed' : 'disbursed' });
      announce(order);
      if (order.view.loan === 'disbursed') this.#afterlife(order);
    });
  }

  #afterlife(order: Order): void {
    const { dice, timeline, move, announce } = this.#world;
    if (!dice.chance(0.3)) return;
    timeline.after(dice.between(1_000, 30_000), () => {
      if (order.view.loan !== 'disbursed') return;
      move(order, { loan: dice.chance(0.5) ? 'overdue' : 'settled' });
      announce(order);
    });
  }

  #repay(order: Order, repayment: string, upToMonth: number | null): RepaymentView {
    const known = this.repayments.get(repayment);
    if (known !== undefined) return known;
    const { dice, timeline, announce } = this.#world;
    const settle = (): RepaymentView => {
      const fails = (order.view.loan !== 'disbursed' && order.view.loan !== 'overdue') || dice.chance(this.#temper.repayFails);
      const view: RepaymentView = { repayment, state: fails ? 'failed' : 'repaid' };
      this.repayments.set(repayment, view);
      if (!fails) this.#book(order, upToMonth);
      return view;
    };
    if (dice.chance(0.3)) return settle();
    const view: RepaymentView = { repayment, state: 'processing' };
    this.repayments.set(repayment, view);
    timeline.after(dice.between(500, 40_000), () => announce(order, settle()));
    return view;
  }

  #book(order: Order, upToMonth: number | null): void {
    const paid = Math.max(order.view.paid, upToMonth ?? order.view.offer!.termMonths);
    this.#world.move(order, paid < order.view.offer!.termMonths ? { paid, loan: 'disbursed' } : { paid, loan: 'settled' });
  }
}
