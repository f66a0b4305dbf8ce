/** What a simulated funder keeps of an order, and the commands and results its protocol translates to and from the wire. */
import type { Cards } from './cards.ts';
import type { Magic } from './magic.ts';
import type { PlanRow } from './instalments.ts';
import type { Person } from './quality.ts';
import type { Repayments } from './repayments.ts';

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
  /** `opened`: prechecked, the borrower has not yet agreed on the funder's page; `authorised`: has, and the full application is awaited. */
  readonly status: 'opened' | 'authorised' | 'reviewing' | 'approved' | 'declined' | 'cancelled';
  readonly why: DeclineWhy | null;
  readonly offer: OfferTerms | null;
  readonly loan: LoanView | null;
  readonly eventAtMs: number;
  /** The funder's page that waits for this borrower, when one does. */
  readonly link?: string | null;
  /** A funder that makes several offers: all that it has made so far, and whether that is all. */
  readonly offers?: readonly (OfferTerms & { readonly id: string })[];
  readonly offersComplete?: boolean;
  /** Set in a callback that tells how a repayment went, beside the loan as it then stands. */
  readonly repayment?: RepaymentView | null;
}

export interface RepaymentView {
  readonly repaymentRef: string;
  readonly status: 'paid' | 'processing' | 'failed';
  readonly why: string | null;
  readonly eventAtMs: number;
}

export interface LoanView {
  /** `signing`: the borrower has to sign the contract on the funder's page first. */
  readonly status: 'signing' | 'disbursing' | 'disbursed' | 'settled';
  readonly amountFen: number;
  readonly plan: readonly PlanRow[];
  /** Instalments paid, counted from the first. */
  readonly paidPeriods?: number;
}

/** A card as the simulated bank knows it; `token` stands for it from then on. */
export interface CardView {
  readonly token: string;
  readonly bank: string;
  readonly tail: string;
}

export type Verdict = { readonly offer: OfferTerms; readonly offers?: OrderView['offers'] } | { readonly why: DeclineWhy };

export interface Order {
  magic: Magic | null;
  /** What was decided on the full application, told or not; null while there is none. */
  verdict: Verdict | null;
  callbackUrl: string;
  view: OrderView;
  readonly cards: Cards;
  readonly repayments: Repayments;
}

export type Command =
  /** `idMd5` or `idMask`, as the protocol has it; `phone` plain, hashed or masked. */
  /** `ref`, where the protocol sends one: a funder with pages opens an order under it and remembers where to call back. */
  | {
      readonly kind: 'precheck';
      readonly phone: string;
      readonly idMd5: string | null;
      readonly idMask: string | null;
      readonly ref?: string;
      readonly callbackUrl?: string;
    }
  | {
      readonly kind: 'submit';
      readonly ref: string;
      readonly person: Person;
      readonly amountFen: number;
      readonly termMonths: number;
      readonly callbackUrl: string;
    }
  | { readonly kind: 'query' | 'cancel'; readonly ref: string }
  | {
      readonly kind: 'draw';
      readonly ref: string;
      readonly amountFen: number;
      readonly termMonths: number;
      readonly callbackUrl: string;
      /** One of several offers; a card's token. */
      readonly offerId?: string | null;
      readonly cardToken?: string | null;
    }
  | { readonly kind: 'cards' | 'plan'; readonly ref: string }
  | { readonly kind: 'bind_card'; readonly ref: string; readonly cardNumber: string; readonly phone: string }
  | { readonly kind: 'verify_card'; readonly ref: string; readonly bindId: string; readonly code: string }
  | { readonly kind: 'trial'; readonly ref: string; readonly amountFen: number; readonly termMonths: number }
  | { readonly kind: 'repay'; readonly ref: string; readonly repaymentRef: string; readonly amountFen: number; readonly upToPeriod: number | null }
  | { readonly kind: 'repay_query'; readonly ref: string; readonly repaymentRef: string }
  | { readonly kind: 'redirect'; readonly ref: string; readonly destination: 'credit' | 'loan' | 'repay' };

export type Result =
  /** `bidFen`, `link`, `funderRef`, `validUntilMs`: of funders that bid or open an order at the precheck; set only when the verdict is `ok`. */
  | {
      readonly kind: 'precheck';
      readonly verdict: PrecheckVerdict;
      readonly bidFen?: number | null;
      readonly link?: string | null;
      readonly funderRef?: string | null;
      readonly validUntilMs?: number;
    }
  | { readonly kind: 'order'; readonly view: OrderView }
  | { readonly kind: 'too_late'; readonly view: OrderView }
  | { readonly kind: 'unknown_order' }
  | { readonly kind: 'draw_refused'; readonly why: 'not_approved' | 'amount' | 'term' | 'card' }
  | { readonly kind: 'cards'; readonly cards: readonly CardView[] }
  | { readonly kind: 'card'; readonly status: 'bound'; readonly card: CardView }
  | { readonly kind: 'card'; readonly status: 'code_sent'; readonly bindId: string }
  | { readonly kind: 'card'; readonly status: 'refused'; readonly why: 'card' | 'phone' | 'person' | 'bank' | 'code' }
  | { readonly kind: 'card'; readonly status: 'locked'; readonly untilMs: number }
  | { readonly kind: 'trial'; readonly plan: readonly PlanRow[]; readonly aprBps: number; readonly fee: OfferTerms['fee'] }
  | { readonly kind: 'repayment'; readonly status: 'paid' | 'processing' | 'failed'; readonly why: string | null; readonly eventAtMs: number }
  | { readonly kind: 'redirect'; readonly url: string; readonly expiresAtMs: number };

/** Orders by our reference or the funder's own number; the oldest is forgotten at the limit, so that a long run does not grow. */
export class OrderBook {
  readonly #orders = new Map<string, Order>();
  readonly #refs = new Map<string, string>();
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get size(): number {
    return this.#orders.size;
  }

  find(ref: string): Order | undefined {
    return this.#orders.get(ref) ?? this.#orders.get(this.#refs.get(ref) ?? '');
  }

  add(order: Order): void {
    const { ref, funderRef } = order.view;
    this.#orders.set(ref, order);
    this.#refs.set(funderRef, ref);
    if (this.#orders.size <= this.#limit) return;
    for (const [oldest, { view }] of this.#orders) {
      this.#orders.delete(oldest);
      this.#refs.delete(view.funderRef);
      return;
    }
  }
}
