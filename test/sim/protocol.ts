/**
 * The protocol that simulated funders speak: JSON with a keyed checksum over every message in both directions, so that a corrupted byte is
 * noticed and a forged callback refused. One adapter for each set of capabilities, through the same contract as the real ones.
 */
import type {
  AdapterContext,
  CallbackCapability,
  CancelAnswer,
  DecisionAnswer,
  DrawAnswer,
  FunderAdapter,
  LoanNews,
  OutboundRequest,
  OutboundResponse,
  PrecheckAnswer,
  QueryAnswer,
  SubmitAnswer,
  Unavailable,
  Unreadable,
} from '../../adapters/contract.ts';
import { amountMinor } from '../../src/domain/money.ts';

/** An order as a funder tells it. */
export interface OrderView {
  readonly ref: string;
  /** The funder's own number. */
  readonly no: string;
  readonly state: 'reviewing' | 'approved' | 'declined' | 'cancelled' | 'new_word';
  readonly atMs: number;
  readonly offer: {
    readonly amountFen: number;
    readonly termMonths: number;
    readonly interestFen: number;
    readonly expiresAtMs: number | null;
  } | null;
  readonly loan: 'disbursing' | 'disbursed' | 'failed' | 'overdue' | 'settled' | null;
}

const PRECHECK_NEEDS = ['phone', 'id_number'] as const;
const SUBMIT_NEEDS = ['name', 'phone', 'id_number', 'monthly_income_fen', 'amount_fen', 'term_months'] as const;
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

function request(ctx: AdapterContext, path: string, body: unknown): OutboundRequest {
  const text = JSON.stringify(body);
  return {
    method: 'POST',
    url: `${ctx.baseUrl}/${path}`,
    headers: { 'content-type': 'application/json', 'x-sum': sumOf(secretOf(ctx), text) },
    body: text,
  };
}

/** What is the same in every reply; a body when there is more to read. */
function reply(ctx: AdapterContext, response: OutboundResponse): { readonly body: Record<string, unknown> } | Unavailable | Unreadable {
  const body = open(secretOf(ctx), response.headers, response.body);
  if (body === null) return { kind: 'unknown', detail: 'garbled' };
  if (response.status === 400) return { kind: 'unavailable', fault: 'ours', retryable: false, retryAfterMs: null, detail: 'not understood' };
  if (response.status === 503) return { kind: 'unavailable', fault: 'funder', retryable: true, retryAfterMs: null, detail: 'busy' };
  if (response.status === 500) return { kind: 'unknown', detail: 'failed inside' };
  return { body };
}

function readOrder(ctx: AdapterContext, response: OutboundResponse): QueryAnswer {
  const read = reply(ctx, response);
  if (!('body' in read)) return read;
  return response.status === 404 ? { kind: 'not_found' } : decisionOf(read.body as unknown as OrderView);
}

function decisionOf(view: OrderView): DecisionAnswer {
  const place = { funderRef: view.no, eventAtMs: view.atMs };
  if (view.loan !== null) return { kind: 'loan', news: newsOf(view), ...place };
  switch (view.state) {
    case 'approved':
      return { kind: 'approved', offer: offerOf(view.offer!), ...place };
    case 'declined':
      return { kind: 'declined', reason: { code: 'credit', detail: 'score' }, ...place };
    case 'cancelled':
      return { kind: 'cancelled', ...place };
    case 'reviewing':
      return { kind: 'pending', unrecognised: null, ...place };
    default:
      return { kind: 'pending', unrecognised: view.state, ...place };
  }
}

function newsOf(view: OrderView): LoanNews {
  switch (view.loan) {
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

function offerOf({ amountFen, termMonths, interestFen, expiresAtMs }: NonNullable<OrderView['offer']>) {
  const part = Math.floor(amountFen / termMonths);
  const plan = Array.from({ length: termMonths }, (_, at) => ({
    dueInMonths: at + 1,
    principal: amountMinor(at === termMonths - 1 ? amountFen - part * (termMonths - 1) : part),
    interest: amountMinor(interestFen),
    fee: amountMinor(0),
  }));
  return { amount: amountMinor(amountFen), termMonths, quotedAprBps: 1_200, plan, fees: [], expiresAtMs };
}

function secretOf(ctx: AdapterContext): string {
  return ctx.secrets['key'] ?? '';
}

const precheck: NonNullable<FunderAdapter['precheck']> = {
  needs: PRECHECK_NEEDS,
  build: (ctx, { ref }, fields) => request(ctx, 'precheck', { ref, fields }),
  read(ctx, response): PrecheckAnswer {
    const read = reply(ctx, response);
    if (!('body' in read)) return read;
    return read.body['ok'] === true ? { kind: 'eligible' } : { kind: 'ineligible', reason: { code: 'recent_rejection', detail: 'C003' } };
  },
};

const submit: FunderAdapter['submit'] = {
  needs: SUBMIT_NEEDS,
  build: (ctx, { ref }, fields) => request(ctx, 'submit', { ref, callback: ctx.callbackUrl, fields }),
  read: (ctx, response) => readOrder(ctx, response) as SubmitAnswer,
};

const query: NonNullable<FunderAdapter['query']> = { build: (ctx, { ref }) => request(ctx, 'query', { ref }), read: readOrder };

const cancel: NonNullable<FunderAdapter['cancel']> = {
  build: (ctx, { ref }) => request(ctx, 'cancel', { ref }),
  read(ctx, response): CancelAnswer {
    const read = reply(ctx, response);
    if (!('body' in read)) return read;
    if (response.status === 404) return { kind: 'not_found' };
    return response.status === 409 ? { kind: 'too_late' } : { kind: 'cancelled' };
  },
};

const draw: NonNullable<FunderAdapter['draw']> = {
  build: (ctx, { ref }, { amount, termMonths }) => request(ctx, 'draw', { ref, amount, termMonths }),
  read(ctx, response): DrawAnswer {
    const read = reply(ctx, response);
    if (!('body' in read)) return read;
    if (response.status !== 200) return { kind: 'loan', news: { status: 'failed', detail: `draw_${response.status}` } };
    return { kind: 'loan', news: newsOf(read.body as unknown as OrderView) };
  },
};

const callback: CallbackCapability = {
  verify: (ctx, inbound) => (open(secretOf(ctx), inbound.headers, inbound.body) === null ? { ok: false, why: 'sum' } : { ok: true }),
  read(ctx, inbound) {
    const body = open(secretOf(ctx), inbound.headers, inbound.body) as { message: string; order: OrderView; by: 'ref' | 'no' } | null;
    if (body === null) return null;
    const attempt = body.by === 'ref' ? ({ by: 'ref', value: body.order.ref } as const) : ({ by: 'funder_ref', value: body.order.no } as const);
    return { attempt, messageId: body.message, answer: decisionOf(body.order) };
  },
  acknowledge: (ctx, result) => signed(secretOf(ctx), result === 'stored' ? 200 : 401, { result }),
};

function manifest(id: string): FunderAdapter['manifest'] {
  return {
    id,
    title: id,
    shape: 'direct',
    secretNames: ['key'],
    paramNames: [],
    units: { money: 'fen', time: 'ms' },
    timeZone: 'Asia/Shanghai',
    limits: { precheckPerSecond: null, submitPerSecond: null, callbackTries: null },
    timeouts: { precheckMs: 2_000, submitMs: 8_000, queryMs: 4_000 },
    submitIdempotent: true,
  };
}

/** `sim-blind` can neither be asked nor be told to forget; `sim-mute` never calls back. */
export const simAdapters: ReadonlyMap<string, FunderAdapter> = new Map(
  [
    { manifest: manifest('sim-full'), precheck, submit, query, cancel, draw, callback },
    { manifest: manifest('sim-plain'), submit, query, cancel, draw, callback },
    { manifest: manifest('sim-mute'), precheck, submit, query, cancel, draw },
    { manifest: manifest('sim-blind'), submit, callback, draw },
  ].map((adapter) => [adapter.manifest.id, adapter as FunderAdapter]),
);
