/** What a simulated funder keeps of an order, and the commands and results its protocol translates to and from the wire. */
import type { Magic } from './magic.ts';
import type { PlanRow } from './instalments.ts';
import type { Person } from './quality.ts';

export type DeclineWhy = 'credit' | 'age';
export type PrecheckVerdict = 'ok' | 'age' | 'existing' | 'recent' | 'history' | 'blacklist' | 'credit';

export interface OfferTerms {
  readonly amountFen: number;
  readonly termMonths: number;
  readonly aprBps: number;
  readonly plan: readonly PlanRow[];
  readonly fee: { readonly item: string; readonly payee: string; readonly amountFen: number } | null;
  /** All terms the funder would lend for; some protocols list them. */
  readonly termsMonths: readonly number[];
  readonly expiresAtMs: number;
}

/** An order as it stands at one moment: what a reply or a callback says. Immutable, so that an older one can be sent late. */
export interface OrderView {
  readonly ref: string;
  readonly funderRef: string;
  readonly status: 'reviewing' | 'approved' | 'declined' | 'cancelled';
  readonly why: DeclineWhy | null;
  readonly offer: OfferTerms | null;
  readonly loan: { readonly status: 'disbursing' | 'disbursed'; readonly amountFen: number; readonly plan: readonly PlanRow[] } | null;
  readonly eventAtMs: number;
}

export interface Order {
  readonly magic: Magic | null;
  readonly verdict: { readonly offer: OfferTerms } | { readonly why: DeclineWhy };
  callbackUrl: string;
  view: OrderView;
}

export type Command =
  /** `idMd5` or `idMask`, as the protocol has it; `phone` plain, hashed or masked. */
  | { readonly kind: 'precheck'; readonly phone: string; readonly idMd5: string | null; readonly idMask: string | null }
  | {
      readonly kind: 'submit';
      readonly ref: string;
      readonly person: Person;
      readonly amountFen: number;
      readonly termMonths: number;
      readonly callbackUrl: string;
    }
  | { readonly kind: 'query' | 'cancel'; readonly ref: string }
  | { readonly kind: 'draw'; readonly ref: string; readonly amountFen: number; readonly termMonths: number; readonly callbackUrl: string };

export type Result =
  | { readonly kind: 'precheck'; readonly verdict: PrecheckVerdict }
  | { readonly kind: 'order'; readonly view: OrderView }
  | { readonly kind: 'too_late'; readonly view: OrderView }
  | { readonly kind: 'unknown_order' }
  | { readonly kind: 'draw_refused'; readonly why: 'not_approved' | 'amount' | 'term' };

/** Orders by our reference; the oldest is forgotten at the limit, so that a long run does not grow. */
export class OrderBook {
  readonly #orders = new Map<string, Order>();
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get size(): number {
    return this.#orders.size;
  }

  find(ref: string): Order | undefined {
    return this.#orders.get(ref);
  }

  add(order: Order): void {
    this.#orders.set(order.view.ref, order);
    if (this.#orders.size <= this.#limit) return;
    for (const oldest of this.#orders.keys()) {
      this.#orders.delete(oldest);
      return;
    }
  }
}
