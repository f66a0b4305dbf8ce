/**
 * The protocol that simulated funders speak: JSON with a keyed checksum over every message in both directions, so that a corrupted byte is
 * noticed and a forged callback refused. What they say of an order, and how it is read; the adapters are in adapters.ts.
 */
import type {
  AdapterContext,
  BorrowerStep,
  DecisionAnswer,
  FunderOffer,
  Instalment,
  LoanNews,
  OutboundRequest,
  OutboundResponse,
  QueryAnswer,
  Unavailable,
  Unreadable,
} from '../../adapters/contract.ts';
import { amountMinor } from '../../src/domain/money.ts';

/** A page of the funder's that the borrower has to open; `login`: one is asked for when it is opened. */
export type Page = { readonly url: string; readonly untilMs: number | null } | 'login';

export interface Terms {
  /** The funder's name of it, where it makes several. */
  readonly ref?: string;
  readonly amountFen: number;
  readonly termMonths: number;
  /** Of each instalment. */
  readonly interestFen: number;
  readonly expiresAtMs: number | null;
}

/** An order as a funder tells it. */
export interface OrderView {
  readonly ref: string;
  /** The funder's own number. */
  readonly no: string;
  /** `authorising`, `authorised`: before the full application; `offering`: a rate table that fills, until it is `complete`. */
  readonly state: 'authorising' | 'authorised' | 'reviewing' | 'offering' | 'approved' | 'declined' | 'cancelled' | 'new_word';
  readonly atMs: number;
  /** Where the borrower has to go now. */
  readonly page: Page | null;
  /** The one that was approved, or is drawn. */
  readonly offer: Terms | null;
  readonly offers: readonly Terms[];
  readonly complete: boolean;
  readonly loan: 'signing' | 'disbursing' | 'disbursed' | 'failed' | 'overdue' | 'settled' | null;
  /** Instalments that are paid. */
  readonly paid: number;
}

/** The reply to a precheck. */
export interface PrecheckReply {
  readonly ok: boolean;
  readonly price: number | null;
  readonly validUntilMs: number | null;
  readonly page: Page | null;
}

/** What became of a repayment, by its ref. */
export interface RepaymentView {
  readonly repayment: string;
  readonly state: 'processing' | 'repaid' | 'failed';
}

const decoder = new TextDecoder();
const encoder = new TextEncoder();

/** A keyed checksum: enough against the simulator's own noise and forgeries. */
export function sumOf(secret: string, text: string): string {
  let [one, other] = [0x811c9dc5, 0x1b873593];
  for (const part of [secret, text]) {
    for (let at = 0; at < part.length; at += 1) {
      one = Math.imul(one ^ part.charCodeAt(at), 0x01000193);
      other = (Math.imul(other, 31) + part.charCodeAt(at)) | 0;
    }
  }
  return `${(one >>> 0).toString(36)}-${(other >>> 0).toString(36)}`;
}

export function signed(secret: string, status: number, body: unknown): OutboundResponse {
  const text = JSON.stringify(body);
  return { status, headers: { 'x-sum': sumOf(secret, text) }, body: encoder.encode(text) };
}

/** The body when the checksum holds, else null. */
export function open(secret: string, headers: Readonly<Record<string, string>>, body: string | Uint8Array | null): Record<string, unknown> | null {
  const text = body === null || typeof body === 'string' ? (body ?? '') : decoder.decode(body);
  if (headers['x-sum'] !== sumOf(secret, text)) return null;
  return text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
}

export function request(ctx: AdapterContext, path: string, body: unknown): OutboundRequest {
  const text = JSON.stringify(body);
  return {
    method: 'POST',
    url: `${ctx.baseUrl}/${path}`,
    headers: { 'content-type': 'application/json', 'x-sum': sumOf(secretOf(ctx), text) },
    body: text,
  };
}

/** What is the same in every reply; a body when there is more to read. */
export function reply(ctx: AdapterContext, response: OutboundResponse): { readonly body: Record<string, unknown> } | Unavailable | Unreadable {
  const body = open(secretOf(ctx), response.headers, response.body);
  if (body === null) return { kind: 'unknown', detail: 'garbled' };
  if (response.status === 400) return { kind: 'unavailable', fault: 'ours', retryable: false, retryAfterMs: null, detail: 'not understood' };
  if (response.status === 503) return { kind: 'unavailable', fault: 'funder', retryable: true, retryAfterMs: null, detail: 'busy' };
  if (response.status === 500) return { kind: 'unknown', detail: 'failed inside' };
  return { body };
}

export function readOrder(ctx: AdapterContext, response: OutboundResponse): QueryAnswer {
  const read = reply(ctx, response);
  if (!('body' in read)) return read;
  return response.status === 404 ? { kind: 'not_found' } : decisionOf(read.body as unknown as OrderView);
}

export function decisionOf(view: OrderView): DecisionAnswer {
  const place = { funderRef: view.no, eventAtMs: view.atMs };
  if (view.loan !== null) return { kind: 'loan', news: newsOf(view), ...place };
  switch (view.state) {
    case 'approved':
      return { kind: 'approved', offer: offerOf(view.offer!), ...place };
    case 'declined':
      return { kind: 'declined', reason: { code: 'credit', detail: 'score' }, ...place };
    case 'cancelled':
      return { kind: 'cancelled', ...place };
    case 'authorising':
      return { kind: 'pending', unrecognised: null, ...place };
    case 'reviewing':
      return { kind: 'pending', unrecognised: null, ...place, ...(view.page === null ? {} : { step: stepOf(view.page) }) };
    case 'authorised':
      return { kind: 'authorised', ...place };
    case 'offering':
      return { kind: 'offers', offers: view.offers.map(offerOf), complete: view.complete, ...place };
    default:
      return { kind: 'pending', unrecognised: view.state, ...place };
  }
}

export function stepOf(page: Page): BorrowerStep {
  return page === 'login' ? { kind: 'redirect', destination: 'credit' } : { kind: 'open_link', url: page.url, expiresAtMs: page.untilMs };
}

export function newsOf(view: OrderView): LoanNews {
  switch (view.loan) {
    case 'signing':
      return { status: 'needs_borrower', step: stepOf(view.page!) };
    case 'disbursed':
      return { status: 'disbursed', amount: amountMinor(view.offer!.amountFen), plan: null };
    case 'failed':
      return { status: 'failed', detail: 'account' };
    case 'overdue':
      return { status: 'overdue', overdueDays: 3 };
    case 'settled':
      return { status: 'settled' };
    default:
      return { status: 'disbursing' };
  }
}

function offerOf(terms: Terms): FunderOffer {
  const { ref, amountFen, termMonths, expiresAtMs } = terms;
  const offer = { amount: amountMinor(amountFen), termMonths, quotedAprBps: 1_200, plan: planOf(terms), fees: [], expiresAtMs };
  return ref === undefined ? offer : { ...offer, ref };
}

export function planOf({ amountFen, termMonths, interestFen }: Terms): Instalment[] {
  const part = Math.floor(amountFen / termMonths);
  return Array.from({ length: termMonths }, (_, at) => ({
    dueInMonths: at + 1,
    principal: amountMinor(at === termMonths - 1 ? amountFen - part * (termMonths - 1) : part),
    interest: amountMinor(interestFen),
    fee: amountMinor(0),
  }));
}

export function secretOf(ctx: AdapterContext): string {
  return ctx.secrets['key'] ?? '';
}
