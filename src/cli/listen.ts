/** `millrace listen`: a receiver of webhooks on this machine. It signs itself up, checks every delivery, prints it, and signs off again. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { defineCommand } from 'citty';
import { knownFlagsOnly, UsageError, wholeNumber } from './arguments.ts';
import { createClient, sandboxKeysOf, type Client } from './demo/client.ts';
import { DEFAULT_URL } from './keys.ts';
import { verifyDelivery, type ReceiverKeys } from './verify-delivery.ts';

export const listen = defineCommand({
  meta: { name: 'listen', description: 'Receive the webhooks of a running sandbox server, check and print them' },
  args: {
    url: { type: 'string', default: DEFAULT_URL, description: 'Where the server is' },
    events: { type: 'string', default: '*', description: 'Types, with commas between: application.*,offer.created' },
    port: { type: 'string', default: '0', description: 'Port to receive on; 0 takes a free one' },
    count: { type: 'string', default: '0', description: 'End after so many deliveries; 0 goes on until Ctrl-C' },
    json: { type: 'boolean', default: false, description: 'One line of JSON for each delivery' },
  },
  setup: knownFlagsOnly,
  async run({ args }) {
    const types = args.events.split(',').filter((type) => type !== '');
    if (!types.every((type) => /^(\*|[a-z_]+\.(\*|[a-z_]+))$/.test(type)))
      throw new UsageError('--events takes types such as application.* or offer.created');
    const url = args.url.replace(/\/+$/, '');
    const client = createClient(url, (await sandboxKeysOf(url)).operator);
    const signal = new AbortController();
    for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => signal.abort());
    const failures = await receive({
      client,
      types,
      port: wholeNumber('--port', args.port, 0, 65_535),
      count: wholeNumber('--count', args.count, 0, 1_000_000),
      json: args.json,
      signal: signal.signal,
    });
    if (failures > 0) throw new Error(`${failures} deliveries did not verify`);
  },
});

interface Listening {
  readonly client: Client;
  readonly types: readonly string[];
  readonly port: number;
  readonly count: number;
  readonly json: boolean;
  readonly signal: AbortSignal;
}

/** Resolves with the number of deliveries that did not verify, once enough came or `signal` aborts. */
async function receive({ client, types, port, count, json, signal }: Listening): Promise<number> {
  let keys: ReceiverKeys | null = null;
  let taken = 0;
  let failures = 0;
  const enough = Promise.withResolvers<void>();
  const server = createServer((request, response) => {
    void take(request, response, () => keys).then((line) => {
      if (line === null || (count > 0 && taken === count)) return;
      taken += 1;
      if (line.verdict !== 'ok') failures += 1;
      process.stdout.write(`${json ? JSON.stringify(line) : describe(line)}\n`);
      if (taken === count) enough.resolve();
    });
  });
  await open(server, port);
  const receiver = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const { id, ...given } = await register(client, receiver, types);
  keys = given;
  process.stderr.write(`${receiver} receives ${types.join(', ')} of ${client.url} as ${id}; Ctrl-C ends it\n`);
  signal.addEventListener('abort', () => enough.resolve(), { once: true });
  await enough.promise;
  await client.call('PATCH', `/v1/webhook-endpoints/${id}`, { status: 'disabled' });
  server.close();
  server.closeAllConnections();
  return failures;
}

interface Line {
  readonly at: string;
  readonly verdict: string;
  readonly id: string;
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Null when the connection broke off. */
async function take(request: IncomingMessage, response: ServerResponse, keys: () => ReceiverKeys | null): Promise<Line | null> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  } catch {
    return null;
  }
  const body = Buffer.concat(chunks);
  const known = keys();
  // The first event may overtake the reply that tells the secret: it will come again.
  if (known === null) {
    response.writeHead(503, { 'retry-after': '1' }).end();
    return null;
  }
  const check = verifyDelivery(request.headers, body, known, Date.now());
  response.writeHead(check.ok ? 204 : 401).end();
  const { type = 'unknown', data = {} } = check.ok ? (JSON.parse(body.toString()) as Partial<Line>) : {};
  return { at: new Date().toISOString(), verdict: check.ok ? 'ok' : check.why, id: String(request.headers['webhook-id']), type, data };
}

async function register(client: Client, url: string, types: readonly string[]): Promise<ReceiverKeys & { readonly id: string }> {
  const reply = await client.call('POST', '/v1/webhook-endpoints', { url, types, channel_id: null });
  if (!reply.ok) throw new Error(`${client.url} did not take the receiver: ${reply.status} ${reply.code} ${reply.faults.join(' ')}`.trimEnd());
  const { id, secret, public_key: publicKey } = reply.body as { id: string; secret: string; public_key: string };
  return { id, secret, publicKey };
}

function describe({ at, verdict, type, data }: Line): string {
  const { application_id: application, sequence, ...rest } = data;
  const details = Object.entries(rest).map(([name, value]) => `${name}=${String(value)}`);
  return [at.slice(11, 23), verdict.padEnd(4), type.padEnd(24), `${String(application)}#${String(sequence)}`, ...details].join('  ');
}

function open(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(error.code === 'EADDRINUSE' ? new Error(`port ${port} is taken; choose another with --port`) : error),
    );
    server.listen(port, '127.0.0.1', resolve);
  });
}
