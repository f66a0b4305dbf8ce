/** Adapters of simulated funders: one for each set of capabilities, through the same contract as the real ones. */
import type {
  CallbackCapability,
  CancelAnswer,
  CardAnswer,
  CardsAnswer,
  DrawAnswer,
  FunderAdapter,
  OutboundResponse,
  PrecheckAnswer,
  RedirectAnswer,
  RepayAnswer,
  SubmitAnswer,
  TrialAnswer,
  AdapterContext,
} from '../../adapters/contract.ts';
import { amountMinor } from '../../src/domain/money.ts';
import {
  decisionOf,
  newsOf,
  open,
  planOf,
  readOrder,
  reply,
  request,
  secretOf,
  signed,
  stepOf,
  type OrderView,
  type PrecheckReply,
  type RepaymentView,
  type Terms,
} from './protocol.ts';

export const PRECHECK_NEEDS = ['phone', 'id_number'] as const;
const SUBMIT_NEEDS = ['name', 'phone', 'id_number', 'monthly_income_fen', 'amount_fen', 'term_months'] as const;
const BIND_NEEDS = ['name', 'bank_card'] as const;

/** A message of a funder's own accord. */
export interface CallbackBody {
  readonly message: string;
  readonly order: OrderView;
  readonly by: 'ref' | 'no';
  readonly repayment: RepaymentView | null;
}

const precheck: NonNullable<FunderAdapter['precheck']> = {
  needs: PRECHECK_NEEDS,
  build: (ctx, { ref }, fields) => request(ctx, 'precheck', { ref, callback: ctx.callbackUrl, fields }),
  read(ctx, response): PrecheckAnswer {
    const read = reply(ctx, response);
    if (!('body' in read)) return read;
    const { ok, price, validUntilMs, page } = read.body as unknown as PrecheckReply;
    if (!ok) return { kind: 'ineligible', reason: { code: 'recent_rejection', detail: 'C003' } };
    const bid = price === null ? {} : { price: amountMinor(price), validUntilMs };
    return { kind: 'eligible', ...bid, ...(page === null ? {} : { step: stepOf(page) }) };
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
  build: (ctx, { ref }, { amount, termMonths, offerRef = null, cardRef = null }) =>
    request(ctx, 'draw', { ref, amount, termMonths, offerRef, cardRef }),
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
    const body = open(secretOf(ctx), inbound.headers, inbound.body) as CallbackBody | null;
    if (body === null) return null;
    const { message, order, by, repayment } = body;
    const attempt = by === 'ref' ? ({ by: 'ref', value: order.ref } as const) : ({ by: 'funder_ref', value: order.no } as const);
    const paid = repayment === null ? {} : { repayment: { repaymentRef: repayment.repayment, answer: repaymentOf(repayment) } };
    return { attempt, messageId: message, answer: decisionOf(order), ...paid };
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

const redirect: NonNullable<FunderAdapter['redirect']> = {
  build: (ctx, { ref }, { destination }) => request(ctx, 'redirect', { ref, destination }),
  read(ctx, response): RedirectAnswer {
    const read = reply(ctx, response);
    if (!('body' in read)) return read;
    return response.status === 200 ? { kind: 'url', url: String(read.body['url']), expiresAtMs: null } : { kind: 'not_found' };
  },
};

function readCard(ctx: AdapterContext, response: OutboundResponse): CardAnswer {
  const read = reply(ctx, response);
  return 'body' in read ? (read.body as unknown as CardAnswer) : read;
}

const cards: NonNullable<FunderAdapter['cards']> = {
  list: {
    build: (ctx, { ref }) => request(ctx, 'list_cards', { ref }),
    read(ctx, response): CardsAnswer {
      const read = reply(ctx, response);
      if (!('body' in read)) return read;
      return response.status === 404 ? { kind: 'not_found' } : (read.body as unknown as CardsAnswer);
    },
  },
  bind: { needs: BIND_NEEDS, build: (ctx, { ref }, fields) => request(ctx, 'bind_card', { ref, fields }), read: readCard },
  verify: { build: (ctx, { ref }, { bindRef, code }) => request(ctx, 'verify_card', { ref, bindRef, code }), read: readCard },
};

const trial: NonNullable<FunderAdapter['trial']> = {
  build: (ctx, { ref }, { amount, termMonths, offerRef = null }) => request(ctx, 'trial', { ref, amount, termMonths, offerRef }),
  read(ctx, response): TrialAnswer {
    const read = reply(ctx, response);
    if (!('body' in read)) return read;
    if (response.status !== 200) return { kind: 'unavailable', fault: 'funder', retryable: false, retryAfterMs: null, detail: 'no trial' };
    return { kind: 'trial', plan: planOf(read.body as unknown as Terms), fees: [], quotedAprBps: 1_200 };
  },
};

const plan: NonNullable<FunderAdapter['plan']> = {
  build: (ctx, { ref }) => request(ctx, 'plan', { ref }),
  read(ctx, response): DrawAnswer {
    const read = reply(ctx, response);
    if (!('body' in read)) return read;
    const view = read.body as unknown as OrderView;
    if (response.status !== 200 || view.loan === null) return { kind: 'unknown', detail: 'no loan' };
    if (view.loan !== 'disbursed') return { kind: 'loan', news: newsOf(view) };
    return { kind: 'loan', news: { status: 'plan', plan: planOf(view.offer!).slice(view.paid) } };
  },
};

function repaymentOf({ state }: RepaymentView): RepayAnswer {
  if (state === 'processing') return { kind: 'processing' };
  return state === 'repaid' ? { kind: 'repaid', eventAtMs: null } : { kind: 'failed', detail: 'funds' };
}

function readRepayment(ctx: AdapterContext, response: OutboundResponse): RepayAnswer {
  const read = reply(ctx, response);
  if (!('body' in read)) return read;
  return response.status === 404 ? { kind: 'not_found' } : repaymentOf(read.body as unknown as RepaymentView);
}

const repay: NonNullable<FunderAdapter['repay']> = {
  pay: {
    build: (ctx, { ref }, { repaymentRef, amount, upToMonth, cardRef }) =>
      request(ctx, 'repay', { ref, repayment: repaymentRef, amount, upToMonth, cardRef }),
    read: readRepayment,
  },
  query: { build: (ctx, { ref }, { repaymentRef }) => request(ctx, 'query_repayment', { ref, repayment: repaymentRef }), read: readRepayment },
};

/** `sim-blind` can neither be asked nor be told to forget; `sim-mute` never calls back; `sim-whole` is the full flow. */
export const simAdapters: ReadonlyMap<string, FunderAdapter> = new Map(
  [
    { manifest: manifest('sim-full'), precheck, submit, query, cancel, draw, redirect, callback },
    { manifest: manifest('sim-plain'), submit, query, cancel, draw, redirect, callback },
    { manifest: manifest('sim-mute'), precheck, submit, query, cancel, draw },
    { manifest: manifest('sim-blind'), submit, callback, draw },
    { manifest: manifest('sim-whole'), submit, query, cancel, cards, trial, draw, plan, repay, callback },
  ].map((adapter) => [adapter.manifest.id, adapter as FunderAdapter]),
);
