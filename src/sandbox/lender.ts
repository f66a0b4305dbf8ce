/**
 * One simulated funder's business, whatever its protocol. In comes a verified command; out goes its result and how the connection is to
 * behave (a magic phone may ask for garbage, silence or a dropped line). News goes out later through `announce`. It must not know HTTP.
 */
import type { Magic } from './magic.ts';
import { magicOf } from './magic.ts';
import { equalInstalments } from './instalments.ts';
import type { Command, Order, OrderView, Result } from './orders.ts';
import { OrderBook } from './orders.ts';
import type { Personality } from './personalities.ts';
import { uniformOf } from './quality.ts';
import { precheck, underwrite } from './underwrite.ts';

export type Conduct = 'answer' | 'garbage' | 'hang' | 'drop';

/** One callback to send; `forged`: with a wrong signature. */
export interface Announcement {
  readonly url: string;
  readonly view: OrderView;
  readonly messageId: string;
  readonly forged: boolean;
}

export interface LenderDeps {
  readonly seed: number;
  readonly latencyScale: number;
  readonly callbackDelayMs: number;
  readonly maxOrders: number;
  readonly nowMs: () => number;
  readonly after: (ms: number, run: () => void) => void;
  readonly announce: (announcement: Announcement) => void;
  /** Funder that a person's dropped submit (phone 13800000004) belongs to; shared by all six. */
  readonly firstCome: (person: string, funderId: string) => string;
}

/** Gap between the several callbacks of a magic phone. */
const GAP_MS = 40;
const OLDER_BY_MS = 5_000;

export class Lender {
  readonly #funder: Personality;
  readonly #deps: LenderDeps;
  readonly #book: OrderBook;
  readonly counts = { prechecks: 0, submits: 0, approved: 0, declined: 0, queries: 0, cancels: 0, draws: 0 };

  constructor(funder: Personality, deps: LenderDeps) {
    this.#funder = funder;
    this.#deps = deps;
    this.#book = new OrderBook(deps.maxOrders);
  }

  get orders(): number {
    return this.#book.size;
  }

  handle(command: Command): { readonly result: Result; readonly conduct: Conduct } {
    const { kind } = command;
    if (kind === 'precheck') {
      this.counts.prechecks += 1;
      const magic = magicOf(command.phone);
      return { result: { kind, verdict: precheck(this.#funder, command, magic, this.#deps.seed, this.#deps.nowMs()) }, conduct: conductOf(magic) };
    }
    if (kind === 'submit') return this.#submit(command);
    this.counts[kind === 'query' ? 'queries' : kind === 'cancel' ? 'cancels' : 'draws'] += 1;
    const order = this.#book.find(command.ref);
    if (order === undefined) return { result: { kind: 'unknown_order' }, conduct: 'answer' };
    const conduct = conductOf(order.magic);
    if (command.kind === 'draw') return { result: this.#draw(order, command), conduct };
    return { result: kind === 'cancel' ? this.#cancel(order) : { kind: 'order', view: order.view }, conduct };
  }

  #submit(command: Extract<Command, { kind: 'submit' }>): { result: Result; conduct: Conduct } {
    const known = this.#book.find(command.ref);
    if (known !== undefined) return { result: { kind: 'order', view: known.view }, conduct: conductOf(known.magic) };
    this.counts.submits += 1;
    const { person, ref, callbackUrl } = command;
    const magic = magicOf(person.phone);
    const nowMs = this.#deps.nowMs();
    const drops = magic === 'drops' && this.#deps.firstCome(`${person.idNumber}:${person.phone}`, this.#funder.id) === this.#funder.id;
    const { verdict, later } = underwrite(this.#funder, command, magic, this.#deps.seed, nowMs);
    const funderRef = `${this.#funder.id.slice(4)}-${uniformOf(`${this.#funder.id}:${ref}`).toString(36).slice(2, 12)}`;
    const view: OrderView = { ref, funderRef, status: 'reviewing', why: null, offer: null, loan: null, eventAtMs: nowMs };
    const order: Order = { magic, verdict, callbackUrl, view };
    this.#book.add(order);
    const conduct = drops ? 'drop' : conductOf(magic);
    if (drops || (!later && conduct === 'answer')) this.#decide(order);
    else if (conduct === 'answer') this.#deps.after(this.#scaled(ref, this.#funder.decisionMs), () => this.#decideLater(order));
    return { result: { kind: 'order', view: order.view }, conduct };
  }

  #decide(order: Order): void {
    const { verdict } = order;
    const eventAtMs = this.#deps.nowMs();
    if ('offer' in verdict) {
      this.counts.approved += 1;
      order.view = { ...order.view, status: 'approved', offer: verdict.offer, eventAtMs };
    } else {
      this.counts.declined += 1;
      order.view = { ...order.view, status: 'declined', why: verdict.why, eventAtMs };
    }
  }

  #decideLater(order: Order): void {
    if (order.view.status !== 'reviewing') return;
    const before = order.view;
    this.#decide(order);
    this.#announce(order, before);
  }

  #cancel(order: Order): Result {
    const { view } = order;
    if (view.loan !== null || view.status === 'declined') return { kind: 'too_late', view };
    if (view.status !== 'cancelled') order.view = { ...view, status: 'cancelled', offer: null, eventAtMs: this.#deps.nowMs() };
    return { kind: 'order', view: order.view };
  }

  #draw(order: Order, command: Extract<Command, { kind: 'draw' }>): Result {
    const { view } = order;
    if (view.loan !== null) return { kind: 'order', view };
    if (view.status !== 'approved' || view.offer === null) return { kind: 'draw_refused', why: 'not_approved' };
    const { amountFen, termMonths } = command;
    if (amountFen > view.offer.amountFen || amountFen <= 0) return { kind: 'draw_refused', why: 'amount' };
    if (termMonths !== view.offer.termMonths) return { kind: 'draw_refused', why: 'term' };
    const plan = amountFen === view.offer.amountFen ? view.offer.plan : equalInstalments(amountFen, termMonths, view.offer.aprBps);
    order.view = { ...view, loan: { status: 'disbursing', amountFen, plan }, eventAtMs: this.#deps.nowMs() };
    order.callbackUrl = command.callbackUrl;
    this.#deps.after(this.#deps.callbackDelayMs, () => {
      const before = order.view;
      order.view = { ...before, loan: { status: 'disbursed', amountFen, plan }, eventAtMs: this.#deps.nowMs() };
      this.#announce(order, before);
    });
    return { kind: 'order', view: order.view };
  }

  /** Sends the news; out of order, or with a forgery before it, when the phone asks for that. */
  #announce(order: Order, before: OrderView): void {
    const { callbackUrl: url, view, magic } = order;
    const messageId = `${view.funderRef}-${view.loan === null ? 'decision' : view.loan.status}`;
    const send = (delayMs: number, forged = false): void => this.#deps.after(delayMs, () => this.#deps.announce({ url, view, messageId, forged }));
    if (magic === 'forged_first') {
      this.#deps.announce({ url, view, messageId, forged: true });
      send(GAP_MS);
      return;
    }
    this.#deps.announce({ url, view, messageId, forged: false });
    if (magic !== 'out_of_order') return;
    const older = { ...before, eventAtMs: view.eventAtMs - OLDER_BY_MS };
    this.#deps.after(GAP_MS, () => this.#deps.announce({ url, view: older, messageId: `${messageId}-before`, forged: false }));
    send(2 * GAP_MS);
  }

  #scaled(key: string, [least, most]: readonly [number, number]): number {
    return (least + (most - least) * uniformOf(`${this.#deps.seed}:${this.#funder.id}:time:${key}`)) * this.#deps.latencyScale;
  }

  /** How long the funder takes to reply to this call. */
  replyDelayMs(key: string): number {
    return this.#scaled(key, this.#funder.replyMs);
  }
}

function conductOf(magic: Magic | null): Conduct {
  return magic === 'garbage' ? 'garbage' : magic === 'hangs' ? 'hang' : 'answer';
}
