/**
 * One simulated funder's business, whatever its protocol. In comes a verified command; out goes its result and how the connection is to
 * behave (a magic phone may ask for garbage, silence or a dropped line). News goes out later through `announce`, and what the borrower does
 * on the funder's own pages comes in through `pages`. It must not know HTTP.
 */
import { Cards } from './cards.ts';
import { History } from './history.ts';
import type { Announcement } from './history.ts';
import { LoanDesk } from './loan-desk.ts';
import type { Magic } from './magic.ts';
import { magicOf } from './magic.ts';
import type { Command, Order, OrderView, Result } from './orders.ts';
import { OrderBook } from './orders.ts';
import type { PageAct } from './pages.ts';
import { Pages } from './pages.ts';
import type { Personality } from './personalities.ts';
import type { Manner } from './protocols/wire.ts';
import { uniformOf } from './quality.ts';
import { Repayments } from './repayments.ts';
import { bidOf, precheck, severalOffers, underwrite } from './underwrite.ts';

export type { Announcement } from './history.ts';
export type Conduct = 'answer' | 'garbage' | 'hang' | 'drop';

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
  /** What its flow shape asks for beside a decision. */
  readonly manner?: Manner;
  /** Where its pages are, no slash at the end. */
  readonly baseUrl?: () => string;
}

type Of<K extends Command['kind']> = Extract<Command, { kind: K }>;
type Held = Exclude<Command, Of<'precheck' | 'submit'>>;
interface Handled {
  readonly result: Result;
  readonly conduct: Conduct;
}

const ELIGIBLE_MS = 24 * 3_600_000;
const COUNTED = {
  query: 'queries',
  cancel: 'cancels',
  draw: 'draws',
  plan: 'plans',
  trial: 'trials',
  cards: 'cards',
  bind_card: 'cards',
  verify_card: 'cards',
  repay: 'repayments',
  repay_query: 'repayments',
  redirect: 'redirects',
} as const satisfies Record<Held['kind'], string>;

export class Lender {
  readonly #funder: Personality;
  readonly #deps: LenderDeps;
  readonly #manner: Manner;
  readonly #book: OrderBook;
  readonly #history: History;
  readonly #loans: LoanDesk;
  /** The pages on which its borrowers agree and sign. */
  readonly pages: Pages;
  readonly counts = {
    prechecks: 0,
    submits: 0,
    approved: 0,
    declined: 0,
    queries: 0,
    cancels: 0,
    draws: 0,
    plans: 0,
    trials: 0,
    cards: 0,
    repayments: 0,
    redirects: 0,
    pages: 0,
  };

  constructor(funder: Personality, deps: LenderDeps) {
    this.#funder = funder;
    this.#deps = deps;
    this.#manner = deps.manner ?? {};
    this.#book = new OrderBook(deps.maxOrders);
    this.#history = new History(deps);
    this.pages = new Pages(
      deps.baseUrl ?? (() => ''),
      (ref) => titleOf(this.#book.find(ref)),
      (ref, act) => this.#onPage(ref, act),
    );
    this.#loans = new LoanDesk({ ...deps, manner: this.#manner, history: this.#history, pages: this.pages });
  }

  get orders(): number {
    return this.#book.size;
  }

  handle(command: Command): Handled {
    if (command.kind === 'precheck') return this.#precheck(command);
    if (command.kind === 'submit') return this.#submit(command);
    this.counts[COUNTED[command.kind]] += 1;
    const order = this.#book.find(command.ref);
    if (order === undefined) return { result: { kind: 'unknown_order' }, conduct: 'answer' };
    return { result: this.#serve(order, command), conduct: conductOf(order.magic) };
  }

  #serve(order: Order, command: Held): Result {
    const nowMs = this.#deps.nowMs();
    switch (command.kind) {
      case 'query':
      case 'plan':
        return { kind: 'order', view: order.view };
      case 'cancel':
        return this.#cancel(order);
      case 'draw':
        return this.#loans.draw(order, command);
      case 'trial':
        return this.#loans.trial(order, command);
      case 'cards':
        return { kind: 'cards', cards: order.cards.list() };
      case 'bind_card':
        return order.cards.bind(command.cardNumber, command.phone, nowMs);
      case 'verify_card':
        return order.cards.verify(command.bindId, command.code, nowMs);
      case 'repay':
        return this.#loans.repay(order, command);
      case 'repay_query':
        return order.repayments.find(command.repaymentRef);
      case 'redirect':
        return { kind: 'redirect', ...this.pages.oneTime(order.view.ref, nowMs) };
    }
  }

  #precheck(command: Of<'precheck'>): Handled {
    this.counts.prechecks += 1;
    const magic = magicOf(command.phone);
    const nowMs = this.#deps.nowMs();
    const verdict = precheck(this.#funder, command, magic, this.#deps.seed, nowMs);
    const plain = { kind: 'precheck', verdict } as const;
    const { bids, page } = this.#manner;
    if (verdict !== 'ok' || (bids !== true && page !== 'precheck')) return { result: plain, conduct: conductOf(magic) };
    const order = page === 'precheck' && command.ref !== undefined ? this.#open(command.ref, command.callbackUrl ?? '', magic) : null;
    const bid = bids === true ? { bidFen: bidOf(this.#funder, command, this.#deps.seed) } : {};
    const opened = order === null ? {} : { link: order.view.link ?? null };
    const named = command.ref === undefined ? {} : { funderRef: this.#numberOf(command.ref) };
    return { result: { ...plain, ...bid, ...opened, ...named, validUntilMs: nowMs + ELIGIBLE_MS }, conduct: conductOf(magic) };
  }

  /** An order that waits for the borrower to agree before the full application; the one there is, when there is one. */
  #open(ref: string, callbackUrl: string, magic: Magic | null): Order {
    const known = this.#book.find(ref);
    if (known !== undefined) return known;
    const order = this.#add(ref, callbackUrl, magic, 'opened');
    order.view = { ...order.view, link: this.pages.lasting(ref) };
    return order;
  }

  #add(ref: string, callbackUrl: string, magic: Magic | null, status: OrderView['status']): Order {
    const view: OrderView = { ref, funderRef: this.#numberOf(ref), status, why: null, offer: null, loan: null, eventAtMs: this.#deps.nowMs() };
    const order: Order = { magic, verdict: null, callbackUrl, view, cards: new Cards(), repayments: new Repayments() };
    this.#book.add(order);
    return order;
  }

  #submit(command: Of<'submit'>): Handled {
    const { person, ref, callbackUrl } = command;
    const magic = magicOf(person.phone);
    const first = this.#manner.page === 'precheck' ? this.#open(ref, callbackUrl, magic) : this.#book.find(ref);
    if (first !== undefined && first.view.status !== 'authorised')
      return { result: { kind: 'order', view: first.view }, conduct: conductOf(first.magic) };
    this.counts.submits += 1;
    const drops = magic === 'drops' && this.#deps.firstCome(`${person.idNumber}:${person.phone}`, this.#funder.id) === this.#funder.id;
    const { verdict, later } = underwrite(this.#funder, command, magic, this.#deps.seed, this.#deps.nowMs());
    const order = first ?? this.#add(ref, callbackUrl, magic, 'reviewing');
    const waits = this.#manner.page === 'submit';
    order.view = { ...order.view, status: 'reviewing', eventAtMs: this.#deps.nowMs(), ...(waits ? { link: this.pages.lasting(ref) } : {}) };
    Object.assign(order, { magic, verdict, callbackUrl });
    const conduct = drops ? 'drop' : conductOf(magic);
    if (waits || (conduct !== 'answer' && !drops)) return { result: { kind: 'order', view: order.view }, conduct };
    if (this.#manner.offers !== undefined && this.#manner.offers > 1) this.#offerInTurn(order, this.#manner.offers);
    else if (drops || !later) this.#decide(order);
    else this.#deps.after(this.#scaled(ref, this.#funder.decisionMs), () => this.#decideLater(order));
    return { result: { kind: 'order', view: order.view }, conduct };
  }

  #decide(order: Order): void {
    const { verdict } = order;
    const eventAtMs = this.#deps.nowMs();
    if (verdict === null) return;
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
    this.#history.tell(order, before);
  }

  /** One offer after another until all are made; they are asked for, not told. */
  #offerInTurn(order: Order, count: number): void {
    const { verdict } = order;
    const all = verdict !== null && 'offer' in verdict ? severalOffers(this.#funder, verdict.offer, count) : [];
    const stepMs = this.#scaled(order.view.ref, this.#funder.decisionMs) / count;
    const make = (made: number): void => {
      if (order.view.status !== 'reviewing') return;
      order.view = { ...order.view, offers: all.slice(0, made), offersComplete: made >= count, eventAtMs: this.#deps.nowMs() };
      if (made >= count) this.#decide(order);
      else this.#deps.after(stepMs, () => make(made + 1));
    };
    make(0);
  }

  #cancel(order: Order): Result {
    const { view } = order;
    if (view.loan !== null || view.status === 'declined') return { kind: 'too_late', view };
    if (view.status !== 'cancelled') order.view = { ...view, status: 'cancelled', offer: null, link: null, eventAtMs: this.#deps.nowMs() };
    return { kind: 'order', view: order.view };
  }

  /** The borrower agreed or refused on the page, and the order goes on from where it waited. */
  #onPage(ref: string, act: PageAct): void {
    const order = this.#book.find(ref);
    if (order === undefined) return;
    this.counts.pages += 1;
    const before = order.view;
    const eventAtMs = this.#deps.nowMs();
    const { status, loan } = before;
    if (act === 'refuse') {
      order.view = { ...before, status: 'cancelled', offer: null, loan: null, link: null, eventAtMs };
      this.#history.tell(order, before);
      return;
    }
    if (loan?.status === 'signing') {
      this.#loans.signed(order);
      return;
    }
    order.view = { ...before, link: null, eventAtMs };
    if (status === 'opened') {
      order.view = { ...order.view, status: 'authorised' };
      this.#history.tell(order, before);
    } else this.#deps.after(this.#scaled(ref, this.#funder.decisionMs), () => this.#decideLater(order));
  }

  #numberOf(ref: string): string {
    return `${this.#funder.id.slice(4)}-${uniformOf(`${this.#funder.id}:${ref}`).toString(36).slice(2, 12)}`;
  }

  #scaled(key: string, [least, most]: readonly [number, number]): number {
    return (least + (most - least) * uniformOf(`${this.#deps.seed}:${this.#funder.id}:time:${key}`)) * this.#deps.latencyScale;
  }

  /** How long the funder takes to reply to this call. */
  replyDelayMs(key: string): number {
    return this.#scaled(key, this.#funder.replyMs);
  }
}

/** What the order waits for the borrower to do; null when for nothing. */
function titleOf(order: Order | undefined): string | null {
  if (order === undefined || (order.view.link ?? null) === null) return null;
  if (order.view.loan?.status === 'signing') return '签署借款合同';
  return order.view.status === 'opened' ? '授权查询并申请' : '确认申请';
}

function conductOf(magic: Magic | null): Conduct {
  return magic === 'garbage' ? 'garbage' : magic === 'hangs' ? 'hang' : 'answer';
}
