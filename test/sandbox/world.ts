/** A running sandbox, a receiver of callbacks, and a client that speaks to each funder through its adapter over plain fetch. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type {
  AdapterContext,
  AttemptRef,
  CallbackNews,
  FieldValues,
  FunderAdapter,
  OutboundRequest,
  OutboundResponse,
} from '../../adapters/contract.ts';
import { adapterFor } from '../../adapters/registry.ts';
import { sandboxFunders, SANDBOX_SECRETS } from '../../fixtures/funders.ts';
import type { Funder } from '../../src/domain/funder.ts';
import { amountMinor } from '../../src/domain/money.ts';
import type { Sandbox, SandboxOptions } from '../../src/sandbox/start.ts';
import { startSandbox } from '../../src/sandbox/start.ts';
import { FIELDS, granted } from '../adapters/world.ts';

/** One callback as it came in: whether it was signed rightly, and what it said. */
export interface Received {
  readonly funderId: string;
  readonly verified: boolean;
  readonly news: CallbackNews | null;
}

export interface World {
  readonly sandbox: Sandbox;
  readonly funders: readonly Funder[];
  readonly received: Received[];
  client(funderId: string): Client;
  close(): Promise<void>;
}

export async function openWorld(options: Partial<SandboxOptions> = {}): Promise<World> {
  const sandbox = await startSandbox({ secrets: SANDBOX_SECRETS, latencyScale: 0.02, callbackDelayMs: 20, ...options });
  const funders = sandboxFunders(Object.fromEntries(sandbox.funders.map(({ id, url }) => [id, url])));
  const received: Received[] = [];
  const receiver = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request
      .on('data', (chunk: Buffer) => chunks.push(chunk))
      .on('end', () => {
        const client = clients.get(request.url!.slice(1))!;
        const inbound = { path: '', query: {}, headers: request.headers as Record<string, string>, body: new Uint8Array(Buffer.concat(chunks)) };
        const verified = client.adapter.callback!.verify(client.context(), inbound).ok;
        received.push({ funderId: client.funder.id, verified, news: verified ? client.adapter.callback!.read(client.context(), inbound) : null });
        const reply = client.adapter.callback!.acknowledge(client.context(), verified ? 'stored' : 'refused');
        response.writeHead(reply.status, reply.headers).end(reply.body);
      });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  const callbackBase = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
  const clients = new Map(funders.map((funder) => [funder.id, new Client(funder, `${callbackBase}/${funder.id}`)]));
  return {
    sandbox,
    funders,
    received,
    client: (funderId) => clients.get(funderId)!,
    close: async () => {
      await sandbox.close();
      receiver.closeAllConnections();
      await new Promise((resolve) => receiver.close(resolve));
    },
  };
}

export class Client {
  readonly funder: Funder;
  readonly adapter: FunderAdapter;
  readonly #callbackUrl: string;

  constructor(funder: Funder, callbackUrl: string) {
    this.funder = funder;
    this.adapter = adapterFor(funder.adapter)!;
    this.#callbackUrl = callbackUrl;
  }

  context(): AdapterContext {
    const { id, base_url: baseUrl, params } = this.funder;
    return {
      baseUrl,
      params,
      secrets: SANDBOX_SECRETS[id]!,
      nowMs: Date.now(),
      nonce: crypto.randomUUID().replaceAll('-', ''),
      callbackUrl: this.#callbackUrl,
    };
  }

  async precheck(fields: FieldValues) {
    const call = this.adapter.precheck!;
    return call.read(this.context(), await send(call.build(this.context(), attempt('none'), granted(call.needs, fields))));
  }
  async submit(ref: string, fields: FieldValues, timeoutMs?: number) {
    const call = this.adapter.submit;
    return call.read(this.context(), await send(call.build(this.context(), attempt(ref), granted(call.needs, fields)), timeoutMs));
  }
  async query(ref: string, timeoutMs?: number) {
    return this.adapter.query!.read(this.context(), await send(this.adapter.query!.build(this.context(), attempt(ref)), timeoutMs));
  }
  async cancel(ref: string) {
    return this.adapter.cancel!.read(this.context(), await send(this.adapter.cancel!.build(this.context(), attempt(ref))));
  }
  async draw(ref: string, amountFen: number, termMonths: number) {
    const request = this.adapter.draw!.build(this.context(), attempt(ref), { amount: amountMinor(amountFen), termMonths });
    return this.adapter.draw!.read(this.context(), await send(request));
  }
}

/** A person with that phone; the ID number follows from `index`. */
export function person(phone: string, index = 0): FieldValues {
  return { ...FIELDS, phone, id_number: `1101051990030${String(index).padStart(4, '0')}X`, term_months: 12 };
}

/** Resolves when `met` holds; rejects after three seconds. */
export async function until(met: () => boolean): Promise<void> {
  for (let waited = 0; waited < 3_000; waited += 5) {
    if (met()) return;
    await pause(5);
  }
  throw new Error('waited in vain');
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

export async function send(request: OutboundRequest, timeoutMs = 3_000): Promise<OutboundResponse> {
  const { method, url, headers, body } = request;
  const reply = await fetch(url, { method, headers, body: body as string | null, signal: AbortSignal.timeout(timeoutMs) });
  return { status: reply.status, headers: Object.fromEntries(reply.headers), body: new Uint8Array(await reply.arrayBuffer()) };
}

function attempt(ref: string): AttemptRef {
  return { ref, funderRef: null };
}
