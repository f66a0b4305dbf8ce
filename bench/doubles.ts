/** The other ends, as cheap as they can be: a funder that approves at once and a receiver of webhooks. Both share the load tool's core. */
import { createServer } from 'node:http';
import type { Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Inbound, Reply } from './target.ts';

export interface Doubles {
  readonly funder: string;
  readonly webhook: string;
  close(): void;
}

export interface Handlers {
  onFunderCall(call: Inbound): Reply;
  onWebhook(delivery: Inbound): void;
}

/** Listens on two free ports of loopback. */
export async function startDoubles(handlers: Handlers): Promise<Doubles> {
  const funder = await listen((inbound, response) => {
    const { status, headers, body } = handlers.onFunderCall(inbound);
    response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) }).end(body);
  });
  const webhook = await listen((inbound, response) => {
    response.writeHead(204).end();
    handlers.onWebhook(inbound);
  });
  return {
    funder: addressOf(funder),
    webhook: addressOf(webhook),
    close: () => {
      for (const server of [funder, webhook]) {
        server.close();
        server.closeAllConnections();
      }
    },
  };
}

function listen(handle: (inbound: Inbound, response: ServerResponse) => void): Promise<Server> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => handle({ url: request.url ?? '/', headers: request.headers, body: Buffer.concat(chunks) }, response));
  });
  server.keepAliveTimeout = 120_000;
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

function addressOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
