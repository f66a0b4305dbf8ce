/** A simulated funder: keeps orders by our reference, decides at once or later, calls back, and can be asked, told to forget and drawn from. */
import type { OutboundRequest, OutboundResponse } from '../../src/ports/transport.ts';
import type { Dice } from './dice.ts';
import { open, signed, sumOf, type OrderView } from './protocol.ts';
import type { Temper } from './setting.ts';
import type { Timeline } from './timeline.ts';

export interface Order {
  readonly ref: string;
  readonly callbackUrl: string;
  readonly amountFen: number;
  readonly termMonths: number;
  view: OrderView;
}

/** A callback on its way out. */
export interface Announcement {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
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
}

export class SimFunder {
  readonly id: string;
  readonly orders = new Map<string, Order>();
  readonly #secret: string;
  readonly #temper: Temper;
  readonly #world: FunderWorld;
  /** Submits it was too busy for: a copy of one that comes later is turned away as well, or its answer would have been a lie. */
  readonly #turnedAway = new Set<string>();
  #messages = 0;

  constructor(id: string, secret: string, temper: Temper, world: FunderWorld) {
    this.id = id;
    this.#secret = secret;
    this.#temper = temper;
    this.#world = world;
  }

  /** Whether it will have nothing to do with this order, however often it comes. */
  refuses(ref: string): boolean {
    return this.#turnedAway.has(ref);
  }

  /** Answers a request that has arrived. */
  handle(request: OutboundRequest): OutboundResponse {
    const body = open(this.#secret, request.headers, request.body);
    if (body === null) return signed(this.#secret, 400, {});
    const { dice } = this.#world;
    const ref = String(body['ref']);
    // "Busy" says that it surely has not taken it: of an order that a copy has brought already it would be a lie.
    const isSubmit = request.url.endsWith('/submit');
    const taken = isSubmit && this.orders.has(ref);
    if (!taken && (dice.chance(this.#temper.busy) || (isSubmit && this.#turnedAway.has(ref)))) {
      if (isSubmit) this.#turnedAway.add(ref);
      return signed(this.#secret, 503, {});
    }
    const reply = this.#answer(request.url.slice(request.url.lastIndexOf('/') + 1), body);
    return dice.chance(this.#temper.failsInside) ? signed(this.#secret, 500, {}) : reply;
  }

  #answer(what: string, body: Record<string, unknown>): OutboundResponse {
    if (what === 'precheck') return signed(this.#secret, 200, { ok: !this.#world.dice.chance(this.#temper.ineligible) });
    if (what === 'submit') return this.#submit(body as never);
    const order = this.orders.get(body['ref'] as string);
    if (order === undefined) return signed(this.#secret, 404, {});
    if (what === 'cancel') return this.#cancel(order);
    if (what === 'draw') return this.#draw(order);
    return this.#tell(order);
  }

  #submit({ ref, callback, fields }: { ref: string; callback: string; fields: { amount_fen: number; term_months: number } }): OutboundResponse {
    const known = this.orders.get(ref);
    if (known !== undefined) return this.#tell(known);
    const { dice, timeline, holds } = this.#world;
    const order: Order = {
      ref,
      callbackUrl: callback,
      amountFen: fields.amount_fen,
      termMonths: fields.term_months,
      view: { ref, no: `${this.id}.${this.orders.size + 1}`, state: 'reviewing', atMs: timeline.nowMs, offer: null, loan: null },
    };
    this.orders.set(ref, order);
    holds(order);
    if (dice.chance(this.#temper.atOnce)) this.#decide(order);
    else timeline.after(dice.between(...this.#temper.decisionMs), () => this.#decideLater(order));
    return this.#tell(order);
  }

  #tell(order: Order): OutboundResponse {
    // Now and then a word that nobody has agreed on; it must be taken for "not decided", never for a no.
    const view = order.view.state === 'reviewing' && this.#world.dice.chance(0.05) ? { ...order.view, state: 'new_word' as const } : order.view;
    return signed(this.#secret, 200, view);
  }

  #cancel(order: Order): OutboundResponse {
    const { state, loan } = order.view;
    if (loan !== null || state === 'declined') return signed(this.#secret, 409, {});
    if (state === 'approved' && this.#world.dice.chance(this.#temper.stubborn)) return signed(this.#secret, 409, {});
    if (state !== 'cancelled') this.#move(order, { state: 'cancelled', offer: null });
    return this.#tell(order);
  }

  #draw(order: Order): OutboundResponse {
    const { dice, timeline, lends } = this.#world;
    if (order.view.loan !== null) return this.#tell(order);
    if (order.view.state !== 'approved') return signed(this.#secret, 409, {});
    lends(order);
    this.#move(order, { loan: 'disbursing' });
    timeline.after(dice.between(200, 20_000), () => {
      this.#move(order, { loan: dice.chance(this.#temper.drawFails) ? 'failed' : 'disbursed' });
      this.#announce(order);
      if (order.view.loan === 'disbursed') this.#afterlife(order);
    });
    return this.#tell(order);
  }

  #afterlife(order: Order): void {
    const { dice, timeline } = this.#world;
    if (dice.chance(0.3)) {
      timeline.after(dice.between(1_000, 30_000), () => {
        this.#move(order, { loan: dice.chance(0.5) ? 'overdue' : 'settled' });
        this.#announce(order);
      });
    }
  }

  #decideLater(order: Order): void {
    if (order.view.state !== 'reviewing') return;
    const before = order.view;
    this.#decide(order);
    this.#announce(order);
    // The same news by an older message, late: it must not overwrite the newer.
    if (this.#world.dice.chance(0.2)) this.#announce({ ...order, view: before });
  }

  #decide(order: Order): void {
    const { dice, timeline } = this.#world;
    if (!dice.chance(this.#temper.approves)) return this.#move(order, { state: 'declined' });
    const interestFen = Math.round((order.amountFen / order.termMonths) * (dice.chance(this.#temper.dear) ? 0.3 : 0.06));
    const expiresAtMs = dice.chance(0.3) ? timeline.nowMs + dice.between(5_000, 300_000) : null;
    this.#move(order, { state: 'approved', offer: { amountFen: order.amountFen, termMonths: order.termMonths, interestFen, expiresAtMs } });
    if (!dice.chance(this.#temper.takesBack)) return;
    timeline.after(dice.between(1_000, 60_000), () => {
      if (order.view.state !== 'approved' || order.view.loan !== null) return;
      this.#move(order, { state: 'declined', offer: null });
      this.#announce(order);
    });
  }

  #move(order: Order, change: Partial<OrderView>): void {
    // By its own clock each word is later than the last, as the order of states is.
    order.view = { ...order.view, ...change, atMs: Math.max(this.#world.timeline.nowMs, order.view.atMs + 1) };
  }

  #announce(order: Order): void {
    if (!this.#world.callsBack) return;
    const { dice } = this.#world;
    this.#messages += 1;
    const body = JSON.stringify({ message: `${this.id}-${this.#messages}`, order: order.view, by: dice.chance(0.5) ? 'ref' : 'no' });
    const honest: Announcement = {
      url: order.callbackUrl,
      headers: { 'content-type': 'application/json', 'x-sum': sumOf(this.#secret, body) },
      body,
    };
    if (dice.chance(this.#temper.forges))
      void this.#world.announce({ ...honest, headers: { ...honest.headers, 'x-sum': 'forged' }, body: body.replace('declined', 'approved') });
    void this.#send(honest, 1);
    if (dice.chance(this.#temper.repeats)) void this.#send(honest, 3);
  }

  /** Three tries and then silence: the poll has to repair it. */
  async #send(announcement: Announcement, attempt: number): Promise<void> {
    if ((await this.#world.announce(announcement)) || attempt >= 3) return;
    await this.#world.timeline.sleep(this.#world.dice.between(500, 5_000));
    await this.#send(announcement, attempt + 1);
  }
}
