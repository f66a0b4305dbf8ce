/** One running double, a receiver of its callbacks, and a client that speaks to it through its adapter over plain fetch, as the service would. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type {
  AdapterContext,
  BorrowerStep,
  CallbackNews,
  CardAnswer,
  CardsAnswer,
  DecisionAnswer,
  DrawAnswer,
  DrawTerms,
  FieldValues,
  FunderAdapter,
  FunderOffer,
  LoanNews,
  PrecheckAnswer,
  QueryAnswer,
  RedirectAnswer,
  RepayAnswer,
  SubmitAnswer,
  TrialAnswer,
} from '../../adapters/contract.ts';
import { adapters } from '../../adapters/registry.ts';
import type { DoubleOptions, RunningDouble } from '../../src/sandbox/start-double.ts';
import { startDouble } from '../../src/sandbox/start-double.ts';
import type { CallName } from '../adapters/cases.ts';
import { callOf } from '../adapters/cases.ts';
import { FIELDS, granted, worldOf } from '../adapters/world.ts';
import { pause, send } from './world.ts';

interface Answers {
  readonly precheck: PrecheckAnswer;
  readonly submit: SubmitAnswer;
  readonly query: QueryAnswer;
  readonly cancel: { readonly kind: string };
  readonly trial: TrialAnswer;
  readonly draw: DrawAnswer;
  readonly plan: DrawAnswer;
  readonly redirect: RedirectAnswer;
  readonly 'cards.list': CardsAnswer;
  readonly 'cards.bind': CardAnswer;
  readonly 'cards.verify': CardAnswer;
  readonly 'repay.pay': RepayAnswer;
  readonly 'repay.query': RepayAnswer;
}

/** One callback as it came in. */
export interface Heard {
  readonly text: string;
  readonly verified: boolean;
  readonly news: CallbackNews | null;
}

const WAIT_MS = 4_000;

/** An order at the double, and all that can be done with it. */
export class Order {
  readonly ref: string;
  readonly fields: FieldValues;
  readonly #house: House;
  funderRef: string | null = null;

  constructor(house: House, ref: string, fields: FieldValues) {
    this.#house = house;
    this.ref = ref;
    this.fields = fields;
  }

  /** Builds, sends and reads one call. Rejects when no answer comes within the time. */
  async ask<N extends CallName>(name: N, terms?: unknown, timeoutMs?: number): Promise<Answers[N]> {
    const call = callOf(this.#house.adapter, name)!;
    this.#house.asked.add(name);
    const input = call.needs === undefined ? terms : granted(call.needs, this.fields);
    const reply = await send(call.build(this.#house.context(), this, input), timeoutMs);
    const answer = call.read(this.#house.context(), reply) as Answers[N];
    this.funderRef = (answer as { funderRef?: string | null }).funderRef ?? this.funderRef;
    return answer;
  }

  /** What callbacks have said of this order so far. */
  heard(): readonly CallbackNews[] {
    return this.#house.heard.flatMap(({ news }) => (news !== null && [this.ref, this.funderRef].includes(news.attempt.value) ? [news] : []));
  }

  /** The first news that fits, from a callback or by asking; every way the adapter has is used. */
  async until(fits: (answer: DecisionAnswer) => boolean): Promise<DecisionAnswer> {
    for (let waited = 0; waited < WAIT_MS; waited += 20) {
      const told = this.heard().find(({ answer }) => fits(answer));
      if (told !== undefined) return told.answer;
      if (this.#house.adapter.query !== undefined) {
        const asked = await this.ask('query');
        if (asked.kind !== 'not_found' && asked.kind !== 'unavailable' && asked.kind !== 'unknown' && fits(asked)) return asked;
      }
      await pause(20);
    }
    throw new Error(`waited in vain for news of ${this.ref}`);
  }

  /** The borrower does what the funder asks for, on its page. */
  async take(step: BorrowerStep, agree = true): Promise<void> {
    if (step.kind === 'open_link') {
      await visit(step.url, agree);
      return;
    }
    const link = await this.ask('redirect', { destination: step.destination });
    if (link.kind !== 'url') throw new Error(`a redirect link was asked for, and ${link.kind} came`);
    await visit(link.url, agree);
  }

  /** From the precheck to a decision, with all that the borrower has to do on the way. */
  async decide(): Promise<DecisionAnswer> {
    if (this.#house.adapter.precheck !== undefined) {
      const answer = await this.ask('precheck');
      if (answer.kind !== 'eligible') throw new Error(`the precheck said ${answer.kind}`);
      if (answer.step !== undefined) {
        await this.take(answer.step);
        await this.until(({ kind }) => kind === 'authorised');
      }
    }
    const answer = await this.ask('submit');
    if (answer.kind === 'unavailable' || answer.kind === 'unknown') throw new Error(`the submit said ${answer.kind} ${answer.detail}`);
    if (answer.kind === 'pending' && answer.step !== undefined) await this.take(answer.step);
    return decided(answer) ? answer : this.until(decided);
  }

  /** Draws, after binding a card and signing where the funder wants that, and waits for the money. */
  async drawAll(offer: FunderOffer): Promise<LoanNews> {
    const cardRef = this.#house.adapter.cards === undefined ? null : await this.bindCard();
    const terms: DrawTerms = { amount: offer.amount, termMonths: offer.termMonths, offerRef: offer.ref ?? null, cardRef };
    const answer = await this.ask('draw', terms);
    if (answer.kind !== 'loan') throw new Error(`the draw said ${answer.kind}: ${answer.detail}`);
    if (answer.news.status === 'needs_borrower') await this.take(answer.news.step);
    if (paidOut(answer.news)) return answer.news;
    const news = await this.until((one) => one.kind === 'loan' && paidOut(one.news));
    return (news as Extract<DecisionAnswer, { kind: 'loan' }>).news;
  }

  async bindCard(): Promise<string> {
    const sent = await this.ask('cards.bind');
    if (sent.kind !== 'code_sent') throw new Error(`binding said ${sent.kind}`);
    const bound = await this.ask('cards.verify', { bindRef: sent.bindRef, code: '000000' });
    if (bound.kind !== 'bound') throw new Error(`the code said ${bound.kind}`);
    return bound.card.ref;
  }
}

export interface House {
  readonly adapter: FunderAdapter;
  readonly double: RunningDouble;
  readonly heard: Heard[];
  /** Every call that was made. */
  readonly asked: Set<CallName>;
  /** While set, callbacks are refused with 500. */
  deaf: boolean;
  context(): AdapterContext;
  order(phone: string, fields?: Partial<FieldValues>): Order;
  close(): Promise<void>;
}

let serial = 0;

export async function openHouse(id: string, options: Partial<DoubleOptions> = {}): Promise<House> {
  const adapter = adapters.get(id)!;
  const { secrets, params, funderSecrets } = worldOf(id);
  const double = await startDouble({
    adapter: id,
    secrets: { ...secrets, ...funderSecrets },
    params,
    latencyScale: 0.02,
    callbackDelayMs: 20,
    ...options,
  });
  const heard: Heard[] = [];
  const receiver = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request
      .on('data', (chunk: Buffer) => chunks.push(chunk))
      .on('end', () => {
        const body = new Uint8Array(Buffer.concat(chunks));
        if (house.deaf || adapter.callback === undefined) {
          response.writeHead(500).end();
          return;
        }
        const inbound = { path: '', query: {}, headers: request.headers as Record<string, string>, body };
        const verified = adapter.callback.verify(house.context(), inbound).ok;
        const news = verified ? adapter.callback.read(house.context(), inbound) : null;
        heard.push({ text: new TextDecoder().decode(body), verified, news });
        const reply = adapter.callback.acknowledge(house.context(), verified ? 'stored' : 'refused');
        response.writeHead(reply.status, reply.headers).end(reply.body);
      });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  const callbackUrl = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/v1/callbacks/fnd_x`;
  const house: House = {
    adapter,
    double,
    heard,
    asked: new Set(),
    deaf: false,
    context: () => ({
      baseUrl: double.url,
      params,
      secrets,
      nowMs: Date.now(),
      nonce: crypto.randomUUID().replaceAll('-', ''),
      callbackUrl,
    }),
    order: (phone, fields = {}) => {
      serial += 1;
      return new Order(house, `att_double_${serial}`, { ...FIELDS, phone, ...fields });
    },
    close: async () => {
      await double.close();
      receiver.closeAllConnections();
      await new Promise((resolve) => receiver.close(resolve));
    },
  };
  return house;
}

/** Opens a funder's page and presses its button. Rejects when the page does not ask for anything. */
export async function visit(url: string, agree = true): Promise<void> {
  const shown = await fetch(url);
  const html = await shown.text();
  const action = /<form method="post" action="([^"]+)"/.exec(html)?.[1];
  if (!shown.ok || action === undefined) throw new Error(`the page says ${shown.status} and has no form`);
  const pressed = await fetch(new URL(action, url), { method: 'POST', body: new URLSearchParams({ agree: agree ? 'yes' : 'no' }) });
  if (!pressed.ok) throw new Error(`the form says ${pressed.status}`);
}

/** The offer to take; null when none was made. */
export function offerOf(answer: DecisionAnswer): FunderOffer | null {
  return answer.kind === 'approved' ? answer.offer : answer.kind === 'offers' ? (answer.offers[0] ?? null) : null;
}

function decided(answer: DecisionAnswer): boolean {
  return ['approved', 'declined', 'cancelled'].includes(answer.kind) || (answer.kind === 'offers' && answer.complete);
}

// For some protocols the plan itself is the word that the money has gone out.
function paidOut(news: LoanNews): boolean {
  return news.status === 'disbursed' || news.status === 'plan';
}
