/**
 * What stays while servers come and go: the receiver of webhooks, and the address that funders send callbacks to. Callbacks are handed on to
 * the server, and those that it acknowledged are remembered: they must be found again after every crash.
 */
import { createHash, createHmac, randomBytes } from 'node:crypto';
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { adapterFor } from '../../adapters/registry.ts';
import { SANDBOX_SECRETS, sandboxFunders } from '../../fixtures/funders.ts';
import type { Dice } from '../../fixtures/demo/dice.ts';

export interface Hub {
  readonly url: string;
  readonly webhook: { readonly url: string; readonly secret: string };
  /** Deliveries answered with 2xx: body by webhook id. */
  readonly delivered: ReadonlyMap<string, string>;
  /** Dedupe keys of callbacks that were acknowledged. */
  readonly callbacks: ReadonlySet<string>;
  /** What no server should ever do: a wrong signature, another body for the same id. */
  readonly faults: string[];
  /** From now on every delivery is taken at its first try. */
  turnNobodyAway(): void;
  close(): void;
}

const FUNDERS = new Map(
  sandboxFunders(Object.fromEntries(Object.keys(SANDBOX_SECRETS).map((id) => [id, 'http://127.0.0.1']))).map((funder) => [funder.id, funder]),
);
/** How often a delivery's first try is turned away. */
const TURNED_AWAY = 0.05;

/** `port` is the server's, which is the same in all its lives. */
export async function openHub(port: number, dice: Dice): Promise<Hub> {
  const secret = randomBytes(32);
  const delivered = new Map<string, string>();
  const seen = new Set<string>();
  const callbacks = new Set<string>();
  const faults: string[] = [];
  let turnedAway = TURNED_AWAY;
  const server = createServer((incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on('error', () => undefined);
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const body = Buffer.concat(chunks);
      if (incoming.url === '/hook') receive(incoming, body, response);
      else handOn(incoming, body, response);
    });
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  function receive({ headers }: IncomingMessage, body: Buffer, response: ServerResponse): void {
    const id = String(headers['webhook-id']);
    const signed = createHmac('sha256', secret)
      .update(`${id}.${String(headers['webhook-timestamp'])}.`)
      .update(body)
      .digest('base64');
    if (headers['webhook-signature'] !== `v1,${signed}`) faults.push(`webhook ${id} is not signed rightly`);
    const known = delivered.get(id);
    if (known !== undefined && known !== body.toString()) faults.push(`webhook ${id} came with another body`);
    const first = !seen.has(id);
    seen.add(id);
    if (first && dice.chance(turnedAway)) return void response.writeHead(500).end();
    delivered.set(id, body.toString());
    response.writeHead(204).end();
  }

  function handOn(incoming: IncomingMessage, body: Buffer, response: ServerResponse): void {
    const onward = request(
      { port, host: '127.0.0.1', path: incoming.url, method: incoming.method, headers: incoming.headers, agent: false },
      (answer) => {
        const status = answer.statusCode ?? 502;
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('error', () => response.destroy());
        answer.on('end', () => {
          if (status >= 200 && status < 300) callbacks.add(dedupeKeyOf(incoming, body));
          // The line may have broken after its answer began.
          if (response.headersSent) return void response.destroy();
          response.writeHead(status, { 'content-type': answer.headers['content-type'] ?? 'text/plain' }).end(Buffer.concat(chunks));
        });
      },
    );
    onward.on('error', () => void (response.headersSent ? response.destroy() : response.writeHead(502).end()));
    onward.end(body);
  }

  return {
    url,
    webhook: { url: `${url}/hook`, secret: `whsec_${secret.toString('base64')}` },
    delivered,
    callbacks,
    faults,
    turnNobodyAway: () => void (turnedAway = 0),
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** As the server makes it: the funder with its message's own id, or with the hash of its bytes. */
function dedupeKeyOf(incoming: IncomingMessage, body: Buffer): string {
  const funder = FUNDERS.get((incoming.url ?? '').split('/').at(-1) ?? '')!;
  const context = { baseUrl: '', params: funder.params, secrets: SANDBOX_SECRETS[funder.id]!, nowMs: Date.now(), nonce: '', callbackUrl: '' };
  const news = adapterFor(funder.adapter)!.callback!.read(context, {
    path: '',
    query: {},
    headers: incoming.headers as Record<string, string>,
    body,
  });
  return `${funder.id}#${news?.messageId ?? createHash('sha256').update(body).digest('hex')}`;
}
