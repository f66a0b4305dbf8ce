/**
 * What a funder adapter is: a manifest (data only) and pure functions. `build` turns granted fields into one HTTP request, `read`
 * turns one HTTP response into an answer. No I/O, no clock, no randomness of its own: what it needs of those is in `ctx`.
 * `read` never throws: what it cannot understand is `pending` (an unknown status) or `unknown` (an unreadable body), and loud.
 * A capability that a funder has not got is absent from the object, and so absent in the type.
 */
import type { FieldName, FieldValues } from '../src/domain/applicant.ts';
import type { FunderOffer, Instalment } from '../src/domain/loan-offer.ts';
import type { AmountMinor } from '../src/domain/money.ts';
import type { OutboundRequest, OutboundResponse } from '../src/ports/transport.ts';

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

/** Everything about a funder and this call that is not personal data. */
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

/** Why a funder said no, in our words. `detail` is the funder's code, for the operator; no personal data. */
export interface FunderReason {
  readonly code:
    | 'credit'
    | 'income'
    | 'age'
    | 'region'
    | 'existing_customer'
    | 'recent_rejection'
    | 'blacklist'
    | 'identity'
    | 'amount'
    | 'duplicate'
    | 'other';
  readonly detail: string;
}

/** Where a loan stands, as a funder reports it. */
export type LoanNews =
  | { readonly status: 'disbursing' }
  | { readonly status: 'disbursed'; readonly amount: AmountMinor; readonly plan: readonly Instalment[] | null }
  | { readonly status: 'failed'; readonly detail: string }
  | { readonly status: 'overdue'; readonly overdueDays: number }
  | { readonly status: 'caught_up' }
  | { readonly status: 'plan'; readonly plan: readonly Instalment[] }
  | { readonly status: 'settled' }
  | { readonly status: 'written_off' };

export type PrecheckAnswer =
  | { readonly kind: 'eligible' }
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
export type DrawAnswer = { readonly kind: 'loan'; readonly news: LoanNews } | Unavailable | Unreadable;

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
/** The borrower took an offer: draw the loan. Carries terms, no personal data. */
export interface DrawCall {
  build(ctx: AdapterContext, attempt: AttemptRef, terms: { readonly amount: AmountMinor; readonly termMonths: number }): OutboundRequest;
  read(ctx: AdapterContext, response: OutboundResponse): DrawAnswer;
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

export interface AdapterManifest {
  /** The folder's name. */
  readonly id: string;
  readonly title: string;
  /** Names of the secrets it needs. */
  readonly secretNames: readonly string[];
  /** Names of the non-secret parameters it needs. */
  readonly paramNames: readonly string[];
  /** How the protocol writes money and time; documentation and a check for the reader of the adapter. */
  readonly units: { readonly money: 'fen' | 'yuan_string' | 'mixed'; readonly time: 's' | 'ms' | 'rfc3339' | 'mixed' };
  /** True when repeating a submit with the same `ref` is one submit at the funder: only then may a lost submit be sent again. */
  readonly submitIdempotent: boolean;
}

export interface FunderAdapter {
  readonly manifest: AdapterManifest;
  readonly precheck?: FieldCall<readonly FieldName[], PrecheckAnswer>;
  readonly submit: FieldCall<readonly FieldName[], SubmitAnswer>;
  readonly query?: RefCall<QueryAnswer>;
  readonly cancel?: RefCall<CancelAnswer>;
  readonly draw?: DrawCall;
  readonly callback?: CallbackCapability;
}

/** Keeps the exact field lists in the types of an adapter's own functions, and gives the registry the common shape. */
export function defineAdapter<P extends readonly FieldName[], S extends readonly FieldName[]>(adapter: {
  readonly manifest: AdapterManifest;
  readonly precheck?: FieldCall<P, PrecheckAnswer>;
  readonly submit: FieldCall<S, SubmitAnswer>;
  readonly query?: RefCall<QueryAnswer>;
  readonly cancel?: RefCall<CancelAnswer>;
  readonly draw?: DrawCall;
  readonly callback?: CallbackCapability;
}): FunderAdapter {
  return adapter as FunderAdapter;
}
