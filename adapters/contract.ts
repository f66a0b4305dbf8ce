/**
 * What a funder adapter is: a manifest (data only) and pure functions. `build` turns granted fields into one HTTP request, `read`
 * turns one HTTP response into an answer. No I/O, no clock, no randomness of its own: what it needs of those is in `ctx`.
 * `read` never throws: what it cannot understand is `pending` (an unknown status) or `unknown` (an unreadable body), and loud.
 * A capability that a funder has not got is absent from the object, and so absent in the type.
 */
import type { FieldName, FieldValues } from '../src/domain/applicant.ts';
import type { BoundCard } from '../src/domain/borrower-step.ts';
import type { FunderReason } from '../src/domain/funder-reason.ts';
import type { Fee, FunderOffer, Instalment } from '../src/domain/loan-offer.ts';
import type { AmountMinor } from '../src/domain/money.ts';
import type { OutboundRequest, OutboundResponse } from '../src/ports/transport.ts';

export type { BoundCard } from '../src/domain/borrower-step.ts';
export type { FunderReason } from '../src/domain/funder-reason.ts';
export type { Fee, FunderOffer, Instalment } from '../src/domain/loan-offer.ts';
export type { OutboundRequest, OutboundResponse, FieldName, FieldValues };

/**
 * The fields that a live consent covers, opened. Only `src/compliance/open-granted.ts` can make one (the brand is not exported as a
 * value), so an adapter cannot be handed anything else. `N` is the list the manifest declares for that capability.
 */
declare const granted: unique symbol;
export type Granted<N extends readonly FieldName[] = readonly FieldName[]> = { readonly [K in N[number]]: FieldValues[K] } & {
  readonly [granted]: true;
};

/** What is known of a funder and this call; no personal data. */
export interface AdapterContext {
  readonly baseUrl: string;
  readonly params: Readonly<Record<string, string>>;
  /** By the names in `manifest.secretNames`. Never to appear in an answer, an error or a URL. */
  readonly secrets: Readonly<Record<string, string>>;
  readonly nowMs: number;
  /** 32 hex characters, fresh for each call. */
  readonly nonce: string;
  /** Where the funder is to send its callbacks. */
  readonly callbackUrl: string;
}

/** Identity of the attempt at the funder. `ref` is ours, is sent with the submit and serves as its idempotency id. */
export interface AttemptRef {
  readonly ref: string;
  /** The funder's own order number, once it has told one. */
  readonly funderRef: string | null;
}

/**
 * What the borrower has to do at the funder before it goes on. A link is opened through our own address, so that it stands in no log and no
 * reply of ours; `redirect` has no lasting link: one is asked of the funder (`redirect`) at the moment the borrower opens it.
 */
export type BorrowerStep =
  | { readonly kind: 'open_link'; readonly url: string; readonly expiresAtMs: number | null }
  | { readonly kind: 'redirect'; readonly destination: RedirectDestination };
export type RedirectDestination = 'credit' | 'loan' | 'repay';

/** Where a loan stands, as a funder reports it. */
export type LoanNews =
  /** The draw waits for the borrower: a contract to sign at the funder, for one. */
  | { readonly status: 'needs_borrower'; readonly step: BorrowerStep }
  | { readonly status: 'disbursing' }
  | { readonly status: 'disbursed'; readonly amount: AmountMinor; readonly plan: readonly Instalment[] | null }
  | { readonly status: 'failed'; readonly detail: string }
  | { readonly status: 'overdue'; readonly overdueDays: number }
  | { readonly status: 'caught_up' }
  | { readonly status: 'plan'; readonly plan: readonly Instalment[] }
  | { readonly status: 'settled' }
  | { readonly status: 'written_off' };

export type PrecheckAnswer =
  /**
   * `price`: what the funder would pay for the approval, fen (ping-post: the dearest bid is posted). `step`: the borrower must do this at the
   * funder before the full application may be sent (half flow); its end is told by `authorised`.
   */
  | {
      readonly kind: 'eligible';
      readonly price?: AmountMinor;
      readonly step?: BorrowerStep;
      readonly funderRef?: string | null;
      /** Until when the eligibility, and with it the price, holds. */
      readonly validUntilMs?: number | null;
    }
  | { readonly kind: 'ineligible'; readonly reason: FunderReason }
  | Unavailable
  | Unreadable;

/** What is known of a submitted application, from the submit's reply, a query or a callback. */
export type DecisionAnswer =
  | { readonly kind: 'approved'; readonly offer: FunderOffer; readonly funderRef: string | null; readonly eventAtMs: number | null }
  | { readonly kind: 'declined'; readonly reason: FunderReason; readonly funderRef: string | null; readonly eventAtMs: number | null }
  | {
      readonly kind: 'pending';
      readonly funderRef: string | null;
      readonly eventAtMs: number | null;
      /** A status that the adapter does not know; alarmed. */ readonly unrecognised: string | null;
      /** The funder goes on once the borrower has done this (half flow, submit link; joint login). */
      readonly step?: BorrowerStep;
    }
  /** Half flow: the borrower has agreed at the funder; the full application may be sent. */
  | { readonly kind: 'authorised'; readonly funderRef: string | null; readonly eventAtMs: number | null }
  /** Rate table: several offers for one submit. `complete`: no more will come; complete and empty is a decline. Every offer has its `ref`. */
  | {
      readonly kind: 'offers';
      readonly offers: readonly FunderOffer[];
      readonly complete: boolean;
      readonly funderRef: string | null;
      readonly eventAtMs: number | null;
    }
  /** The order was taken back, by us or at the funder, without a decision on credit. */
  | { readonly kind: 'cancelled'; readonly funderRef: string | null; readonly eventAtMs: number | null }
  /** The decision is behind us: news of the loan that came of it. */
  | { readonly kind: 'loan'; readonly news: LoanNews; readonly funderRef: string | null; readonly eventAtMs: number | null };

/** The call certainly had no effect at the funder. `retryable`: the same call may succeed later. */
export interface Unavailable {
  readonly kind: 'unavailable';
  readonly fault: 'funder' | 'ours';
  readonly retryable: boolean;
  readonly retryAfterMs: number | null;
  readonly detail: string;
}
/** The reply could not be read; the call may have had its effect. */
export interface Unreadable {
  readonly kind: 'unknown';
  readonly detail: string;
}
/** The funder knows no such order: a submit that was lost never arrived. */
export interface NotFound {
  readonly kind: 'not_found';
}

export type SubmitAnswer = DecisionAnswer | Unavailable | Unreadable;
export type QueryAnswer = DecisionAnswer | NotFound | Unavailable | Unreadable;
export type CancelAnswer = { readonly kind: 'cancelled' } | { readonly kind: 'too_late' } | NotFound | Unavailable | Unreadable;
/** What the funder says of the loan, in reply to a draw or to the question for its plan. */
export type DrawAnswer = { readonly kind: 'loan'; readonly news: LoanNews } | Unavailable | Unreadable;

export type CardsAnswer = { readonly kind: 'cards'; readonly cards: readonly BoundCard[] } | NotFound | Unavailable | Unreadable;
export type CardAnswer =
  | { readonly kind: 'bound'; readonly card: BoundCard }
  /** The bank has sent the borrower a code; `bindRef` goes with it into `verify`. */
  | { readonly kind: 'code_sent'; readonly bindRef: string }
  | { readonly kind: 'refused'; readonly why: 'card' | 'phone' | 'person' | 'bank' | 'code' | 'other'; readonly detail: string }
  | { readonly kind: 'locked'; readonly untilMs: number | null }
  | Unavailable
  | Unreadable;
/** What drawing would cost, before it is drawn. */
export type TrialAnswer =
  | { readonly kind: 'trial'; readonly plan: readonly Instalment[]; readonly fees: readonly Fee[]; readonly quotedAprBps: number | null }
  | Unavailable
  | Unreadable;
/** `unknown` is settled by `query`, never by repaying again. */
export type RepayAnswer =
  | { readonly kind: 'repaid'; readonly eventAtMs: number | null }
  | { readonly kind: 'processing' }
  | { readonly kind: 'failed'; readonly detail: string }
  | NotFound
  | Unavailable
  | Unreadable;
export type RedirectAnswer =
  | { readonly kind: 'url'; readonly url: string; readonly expiresAtMs: number | null }
  | NotFound
  | Unavailable
  | Unreadable;

/** A call that hands over personal data. */
export interface FieldCall<N extends readonly FieldName[], A> {
  readonly needs: N;
  build(ctx: AdapterContext, attempt: AttemptRef, fields: Granted<N>): OutboundRequest;
  read(ctx: AdapterContext, response: OutboundResponse): A;
}
/** A call that hands over nothing but the order's reference. */
export interface RefCall<A> {
  build(ctx: AdapterContext, attempt: AttemptRef): OutboundRequest;
  read(ctx: AdapterContext, response: OutboundResponse): A;
}
/** As `RefCall`, with something more that is no personal data. */
export interface TermsCall<T, A> {
  build(ctx: AdapterContext, attempt: AttemptRef, terms: T): OutboundRequest;
  read(ctx: AdapterContext, response: OutboundResponse): A;
}
/** The borrower took an offer. `offerRef`: which, where the funder gave several; `cardRef`: where to, where cards are bound. */
export interface DrawTerms {
  readonly amount: AmountMinor;
  readonly termMonths: number;
  readonly offerRef?: string | null;
  readonly cardRef?: string | null;
}
export type DrawCall = TermsCall<DrawTerms, DrawAnswer>;

/** Bank cards at the funder, for payout and repayment. A funder that has them wants one bound before it pays out. */
export interface CardsCapability<N extends readonly FieldName[] = readonly FieldName[]> {
  readonly list: RefCall<CardsAnswer>;
  /** `bank_card` is among its needs. */
  readonly bind: FieldCall<N, CardAnswer>;
  readonly verify: TermsCall<{ readonly bindRef: string; readonly code: string }, CardAnswer>;
}

/** The borrower pays before the day, through us. `repaymentRef` is ours and makes a repeat harmless. */
export interface RepayTerms {
  readonly repaymentRef: string;
  readonly amount: AmountMinor;
  /** The last instalment that is paid by this, by due month; null pays off the whole loan. */
  readonly upToMonth: number | null;
  readonly cardRef: string | null;
}
export interface RepayCapability {
  readonly pay: TermsCall<RepayTerms, RepayAnswer>;
  readonly query: TermsCall<{ readonly repaymentRef: string }, RepayAnswer>;
}

export interface InboundCallback {
  /** Path below the funder's callback address, usually empty. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}
/** What a verified callback says. `attempt` finds the order: by our reference or by the funder's. */
export interface CallbackNews {
  /** Set when the message is of an active repayment; `answer` is then the loan's own state or pending. */
  readonly repayment?: { readonly repaymentRef: string; readonly answer: RepayAnswer };
  readonly attempt: { readonly by: 'ref' | 'funder_ref'; readonly value: string };
  /** The funder's own id of this message, or null; equal ids are processed once. */
  readonly messageId: string | null;
  readonly answer: DecisionAnswer;
}
export interface CallbackCapability {
  /** Checks signature and freshness over the raw bytes. Pure; never throws. */
  verify(ctx: AdapterContext, callback: InboundCallback): { readonly ok: true } | { readonly ok: false; readonly why: string };
  /** Called on verified callbacks alone. `null`: understood nothing; recorded, alarmed, acknowledged. */
  read(ctx: AdapterContext, callback: InboundCallback): CallbackNews | null;
  /** The reply in the funder's own form. `stored`: persisted. `refused`: forged. */
  acknowledge(ctx: AdapterContext, result: 'stored' | 'refused'): OutboundResponse;
}

/** How a funder works with us: docs/adding-a-funder.md. */
export const FLOW_SHAPES = ['direct', 'half_precheck_link', 'half_submit_link', 'full', 'joint_login', 'ping_post', 'rate_table'] as const;
export type FlowShape = (typeof FLOW_SHAPES)[number];

/** Data only: what the desk, the checks and the reader of the adapter must know of the protocol. A funder's identity is its desk record. */
export interface AdapterManifest {
  /** The folder's name. */
  readonly id: string;
  readonly title: string;
  readonly shape: FlowShape;
  /** Names of the secrets it needs. */
  readonly secretNames: readonly string[];
  /** Names of the non-secret parameters it needs. */
  readonly paramNames: readonly string[];
  /** How the protocol writes money and time; documentation and a check for the reader of the adapter. */
  readonly units: { readonly money: 'fen' | 'yuan_string' | 'wan' | 'mixed'; readonly time: 's' | 'ms' | 'rfc3339' | 'local' | 'mixed' };
  /** IANA name of the zone in which the protocol writes local times and counts days. */
  readonly timeZone: string;
  /** What the funder's document allows, and the timeouts it recommends; a desk record may be stricter. Null: it says nothing. */
  readonly limits: { readonly precheckPerSecond: number | null; readonly submitPerSecond: number | null; readonly callbackTries: number | null };
  readonly timeouts: { readonly precheckMs: number; readonly submitMs: number; readonly queryMs: number };
  /** True when repeating a submit with the same `ref` is one submit at the funder: only then may a lost submit be sent again. */
  readonly submitIdempotent: boolean;
}

export interface FunderAdapter {
  readonly manifest: AdapterManifest;
  readonly precheck?: FieldCall<readonly FieldName[], PrecheckAnswer>;
  readonly submit: FieldCall<readonly FieldName[], SubmitAnswer>;
  readonly query?: RefCall<QueryAnswer>;
  readonly cancel?: RefCall<CancelAnswer>;
  readonly cards?: CardsCapability;
  readonly trial?: TermsCall<DrawTerms, TrialAnswer>;
  readonly draw?: DrawCall;
  readonly plan?: RefCall<DrawAnswer>;
  readonly repay?: RepayCapability;
  readonly redirect?: TermsCall<{ readonly destination: RedirectDestination }, RedirectAnswer>;
  readonly callback?: CallbackCapability;
}

/** Keeps the exact field lists in the types of an adapter's own functions, and gives the registry the common shape. */
export function defineAdapter<P extends readonly FieldName[], S extends readonly FieldName[], C extends readonly FieldName[]>(
  adapter: Omit<FunderAdapter, 'precheck' | 'submit' | 'cards'> & {
    readonly precheck?: FieldCall<P, PrecheckAnswer>;
    readonly submit: FieldCall<S, SubmitAnswer>;
    readonly cards?: CardsCapability<C>;
  },
): FunderAdapter {
  return adapter as FunderAdapter;
}
