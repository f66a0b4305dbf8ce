/**
 * A simulated funder: keeps orders by our reference, bids, has the borrower come to its pages, decides at once or later, calls back, and can be
 * asked and told to forget. What follows an acceptance is in loan-desk.ts.
 */
import type { OutboundRequest, OutboundResponse } from '../../src/ports/transport.ts';
import { Callbacks, type Announcement } from './callbacks.ts';
import type { Dice } from './dice.ts';
import { LoanDesk } from './loan-desk.ts';
import { open, signed, type OrderView, type Page, type PrecheckReply, type Terms } from './protocol.ts';
import type { Temper, Traits } from './setting.ts';
import type { Timeline } from './timeline.ts';

export interface Order {
  readonly ref: string;
  readonly callbackUrl: string;
  amountFen: number;
  termMonths: number;
  /** The full application has come. */
  submitted: boolean;
  /** The borrower has agreed on its page. */
  authorised: boolean;
  view: OrderView;
}

export interface FunderWorld {
  readonly timeline: Timeline;
  readonly dice: Dice;
  /** Sends a callback; tells later whether it was acknowledged. */
  readonly announce: (announcement: Announcement) => Promise<boolean>;
  /** A submit came in that it had not seen: it holds this order from now on. */
  readonly holds: (order: Order) => void;
  /** It agreed to pay out. */
  readonly lends: (order: Order) => void;
  readonly callsBack: boolean;
  readonly traits: Traits;
  /** The full flow: a draw may want a signature. */
  readonly whole: boolean;
}

/** Stands in every link to a page; what it is found in has kept such a link. */
export const LINK_MARK = 'pagetoken-';

export class SimFunder {
  readonly id: string;
  readonly orders = new Map<string, Order>();
  readonly loans: LoanDesk;
  readonly #secret: string;
  readonly #temper: Temper;
  readonly #world: FunderWorld;
  /** What it was too busy for: a copy that comes later is turned away as well, or its answer would have been a lie. */
  readonly #turnedAway = new Set<string>();
  readonly #bids = new Map<string, PrecheckReply>();
  readonly #pages = new Map<string, { readonly order: Order; readonly untilMs: number | null }>();
  readonly #callbacks: Callbacks;

  constructor(id: string, secret: string, temper: Temper, world: FunderWorld) {
    this.id = id;
    this.#secret = secret;
    this.#temper = temper;
    this.#world = world;
    this.#callbacks = new Callbacks(id, secret, temper, world);
    this.loans = new LoanDesk(id, temper, {
      ...world,
      move: (order, change) => this.#move(order, change),
      announce: (order, repayment) => this.#callbacks.announce(order, repayment),
      newPage: (order) => this.#newPage(order),
    });
  }

  /** Whether it will have nothing to do with this order, however often it comes. */
  refuses(ref: string): boolean {
    const filed = this.orders.get(ref);
    // Of a file that is closed before the full application came, nothing is taken any more.
    const isClosed = filed !== undefined && !filed.submitted && ['cancelled', 'declined'].includes(filed.view.state);
    return this.#turnedAway.has(ref) || isClosed;
  }

  /** Whether the full application may be sent: the borrower has agreed on its page, or it has none. */
  mayHave(ref: string): boolean {
    return this.#world.traits.page !== 'precheck' || this.orders.get(ref)?.authorised === true;
  }

  /** What one of its replies says; null when it came garbled. */
  read({ headers, body }: OutboundResponse): Record<string, unknown> | null {
    return open(this.#secret, headers, body);
  }

  /** Of the full flow: cards are bound before a draw. */
  get whole(): boolean {
    return this.#world.whole;
  }

  /** Answers a request that has arrived. */
  handle(request: OutboundRequest): OutboundResponse {
    const body = open(this.#secret, request.headers, request.body);
    if (body === null) return signed(this.#secret, 400, {});
    const { dice } = this.#world;
    const what = request.url.slice(request.url.lastIndexOf('/') + 1);
    // "Busy" says that it surely has not taken it: of what a copy has brought already it would be a lie.
    const once = what === 'submit' ? String(body['ref']) : what === 'repay' ? String(body['repayment']) : null;
    const taken = once !== null && (this.orders.get(once)?.submitted === true || this.loans.repayments.has(once));
    if (!taken && (dice.chance(this.#temper.busy) || (once !== null && this.#turnedAway.has(once)))) {
      if (once !== null) this.#turnedAway.add(once);
      return signed(this.#secret, 503, {});
    }
    const reply = this.#answer(what, body);
    return dice.chance(this.#temper.failsInside) ? signed(this.#secret, 500, {}) : reply;
  }

  /** The borrower has opened this page, and does what it asks for or refuses. */
  visit(url: string, agrees: boolean): void {
    const { dice, timeline } = this.#world;
    const page = this.#pages.get(url);
    if (page === undefined || (page.untilMs !== null && timeline.nowMs > page.untilMs)) return;
    const { order } = page;
    const { state, loan } = order.view;
    if (loan === 'signing') return this.loans.signed(order, agrees);
    if (loan !== null || order.view.page === null) return;
    if (state === 'authorising') {
      order.authorised = agrees;
      this.#move(order, { state: agrees ? 'authorised' : 'declined', page: null });
      this.#callbacks.announce(order);
    } else if (state === 'reviewing') {
      this.#move(order, agrees ? { page: null } : { state: 'declined', page: null });
      if (!agrees) this.#callbacks.announce(order);
      else timeline.after(dice.between(...this.#temper.decisionMs), () => this.#decideLater(order));
    }
  }

  #answer(what: string, body: Record<string, unknown>): OutboundResponse {
    if (what === 'precheck') return this.#precheck(body as never);
    if (what === 'submit') return this.#submit(body as never);
    const order = this.orders.get(body['ref'] as string);
    if (order === undefined) return signed(this.#secret, 404, {});
    switch (what) {
      case 'cancel':
        return this.#cancel(order);
      case 'query':
        return this.#tell(order);
      case 'redirect':
        return order.view.page === 'login' ? signed(this.#secret, 200, { url: this.#newLink(order, null) }) : signed(this.#secret, 404, {});
      default: {
        const told = this.loans.answer(what, order, body);
        return told === 'order' ? this.#tell(order) : signed(this.#secret, told.status, told.body);
      }
    }
  }

  #precheck({ ref, callback }: { ref: string; callback: string }): OutboundResponse {
    const { dice, timeline, traits } = this.#world;
    let told = this.#bids.get(ref);
    if (told === undefined) {
      const ok = !dice.chance(this.#temper.ineligible);
      const page = ok && traits.page === 'precheck' ? this.#newPage(this.#file(ref, callback, 'authorising')) : null;
      const bids = ok && traits.bids === true;
      const validUntilMs = bids && dice.chance(0.6) ? timeline.nowMs + dice.between(1_000, 60_000) : null;
      told = { ok, price: bids ? dice.between(1, 20) * 500 : null, validUntilMs, page };
      this.#bids.set(ref, told);
    }
    return signed(this.#secret, 200, told);
  }

  #submit({ ref, callback, fields }: { ref: string; callback: string; fields: { amount_fen: number; term_months: number } }): OutboundResponse {
    const known = this.orders.get(ref);
    if (known?.submitted === true) return this.#tell(known);
    // Whatever has become of the file since: what comes now is turned down.
    if (known !== undefined && known.view.state !== 'authorised') return this.#tell(known);
    const { dice, timeline, holds, traits } = this.#world;
    const order = known ?? this.#file(ref, callback, 'reviewing');
    [order.submitted, order.amountFen, order.termMonths] = [true, fields.amount_fen, fields.term_months];
    const login = traits.page === 'login' ? 'login' : null;
    const page = traits.page === 'submit' ? this.#newPage(order) : login;
    this.#move(order, { state: traits.table === true ? 'offering' : 'reviewing', page });
    holds(order);
    if (traits.table === true) this.#fillTable(order, dice.between(0, 4));
    else if (page !== null) return this.#tell(order);
    else if (dice.chance(this.#temper.atOnce)) this.#decide(order);
    else timeline.after(dice.between(...this.#temper.decisionMs), () => this.#decideLater(order));
    return this.#tell(order);
  }

  #file(ref: string, callbackUrl: string, state: OrderView['state']): Order {
    const no = `${this.id}.${this.orders.size + 1}`;
    const atMs = this.#world.timeline.nowMs;
    const order: Order = {
      ref,
      callbackUrl,
      amountFen: 0,
      termMonths: 0,
      submitted: false,
      authorised: false,
      view: { ref, no, state, atMs, page: null, offer: null, offers: [], complete: false, loan: null, paid: 0 },
    };
    this.orders.set(ref, order);
    return order;
  }

  #newPage(order: Order): Page {
    const { pageMs } = this.#temper;
    const untilMs = pageMs === null ? null : this.#world.timeline.nowMs + pageMs;
    const page = { url: this.#newLink(order, untilMs), untilMs };
    order.view = { ...order.view, page };
    return page;
  }

  #newLink(order: Order, untilMs: number | null): string {
    const url = `https://${this.id.slice(4)}.sim/page?t=${LINK_MARK}${this.#pages.size + 1}`;
    this.#pages.set(url, { order, untilMs });
    return url;
  }

  #tell(order: Order): OutboundResponse {
    const { page, state } = order.view;
    if (this.#temper.renews && page !== null && page !== 'login') this.#newPage(order);
    // Now and then a word that nobody has agreed on; it must be taken for "not decided", never for a no.
    const view = state === 'reviewing' && this.#world.dice.chance(0.05) ? { ...order.view, state: 'new_word' as const } : order.view;
    return signed(this.#secret, 200, view);
  }

  #cancel(order: Order): OutboundResponse {
    const { state, loan } = order.view;
    if ((loan !== null && loan !== 'signing') || state === 'declined') return signed(this.#secret, 409, {});
    if (state === 'approved' && this.#world.dice.chance(this.#temper.stubborn)) return signed(this.#secret, 409, {});
    if (loan === 'signing') this.#move(order, { loan: 'failed', page: null });
    else if (state !== 'cancelled') this.#move(order, { state: 'cancelled', offer: null, offers: [], page: null });
    return this.#tell(order);
  }

  #decideLater(order: Order): void {
    if (order.view.state !== 'reviewing') return;
    const before = order.view;
    this.#decide(order);
    this.#callbacks.announce(order);
    // The same news by an older message, late: it must not overwrite the newer.
    if (this.#world.dice.chance(0.2)) this.#callbacks.announce({ ...order, view: before });
  }

  #decide(order: Order): void {
    const { dice } = this.#world;
    if (!dice.chance(this.#temper.approves)) return this.#move(order, { state: 'declined' });
    this.#move(order, { state: 'approved', offer: this.#terms(order) });
    if (dice.chance(this.#temper.takesBack)) this.#takeBackLater(order);
  }

  /** One offer after the other, and then the word that there will be no more; or never that word. */
  #fillTable(order: Order, left: number): void {
    const { dice, timeline } = this.#world;
    const never = left === 0 && dice.chance(this.#temper.neverComplete);
    if (never) return dice.chance(this.#temper.takesBack) ? this.#takeBackLater(order) : undefined;
    timeline.after(dice.between(10, Math.max(400, this.#temper.decisionMs[1] / 3)), () => {
      const { state, offers } = order.view;
      if (state !== 'offering' || order.view.loan !== null) return;
      if (left === 0) this.#move(order, { complete: true });
      else this.#move(order, { offers: [...offers, { ...this.#terms(order), ref: `${order.view.no}-${offers.length + 1}` }] });
      if (dice.chance(0.7)) this.#callbacks.announce(order);
      if (left > 0) this.#fillTable(order, left - 1);
    });
  }

  #terms(order: Order): Terms {
    const { dice, timeline } = this.#world;
    const interestFen = Math.round((order.amountFen / order.termMonths) * (dice.chance(this.#temper.dear) ? 0.3 : 0.06));
    const expiresAtMs = dice.chance(0.3) ? timeline.nowMs + dice.between(5_000, 300_000) : null;
    return { amountFen: order.amountFen, termMonths: order.termMonths, interestFen, expiresAtMs };
  }

  #takeBackLater(order: Order): void {
    this.#world.timeline.after(this.#world.dice.between(1_000, 60_000), () => {
      const { state, loan } = order.view;
      if ((state !== 'approved' && state !== 'offering') || loan !== null) return;
      this.#move(order, { state: 'declined', offer: null, offers: [] });
      this.#callbacks.announce(order);
    });
  }

  #move(order: Order, change: Partial<OrderView>): void {
    // By its own clock each word is later than the last, as the order of states is.
    order.view = { ...order.view, ...change, atMs: Math.max(this.#world.timeline.nowMs, order.view.atMs + 1) };
  }
}
