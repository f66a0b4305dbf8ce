/** One simulated funder as an HTTP server: its protocol in front, its business behind, its callbacks and pages beside. */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createDeliverer } from './deliver.ts';
import type { Double } from './doubles.ts';
import { FaultPlan } from './faults.ts';
import { Lender } from './lender.ts';
import type { Personality } from './personalities.ts';
import type { Secrets, WireReply } from './protocols/wire.ts';
import type { Timers } from './timers.ts';

/** What several funders of one process have in common. */
export interface Surroundings {
  readonly seed: number;
  readonly latencyScale: number;
  readonly callbackDelayMs: number;
  readonly maxOrders: number;
  readonly timers: Timers;
  readonly signal: AbortSignal;
  readonly firstCome: (person: string, funderId: string) => string;
}

export type FunderStats = Lender['counts'] & {
  readonly orders: number;
  readonly badSignatures: number;
  readonly callbacks: { readonly sent: number; readonly acknowledged: number; readonly refused: number; readonly failed: number };
};

export interface FunderServer {
  /** Resolves with its address once it listens on loopback; port 0 takes a free one. Rejects when the port is taken. */
  listen(port: number): Promise<string>;
  close(): Promise<void>;
  stats(): FunderStats;
}

const MAX_BODY_BYTES = 262_144;
const GARBAGE = Buffer.from([0x3c, 0x68, 0x74, 0x6d, 0x6c, 0x3e, 0xff, 0xfe, 0x00, 0x9d, 0x7b, 0x22, 0x6f, 0x6b, 0x22, 0x3a]);

export function createFunderServer(
  funder: Personality,
  { protocol, manner }: Double,
  secrets: Secrets,
  around: Surroundings,
  faults = new FaultPlan(around.seed),
): FunderServer {
  const { timers, signal } = around;
  let badSignatures = 0;
  const deliverer = createDeliverer({ protocol, secrets, tries: funder.callbackTries, timers, signal, faults });
  const urlOf = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const after = (ms: number, run: () => void): void => timers.after(ms, run);
  const lender = new Lender(funder, { ...around, manner, nowMs: Date.now, after, announce: deliverer.announce, baseUrl: urlOf });

  const server = createServer((request, response) => {
    readBody(request)
      .then(
        (body) => answer(request, response, body),
        () => response.destroy(),
      )
      .catch(() => write(response, { status: 400, contentType: 'text/plain', body: 'bad request' }));
  });
  // Longer than any client keeps an idle connection, so that the client is the one to close it.
  server.keepAliveTimeout = 60_000;

  function answer(request: IncomingMessage, response: ServerResponse, body: Uint8Array): void {
    const [method, target] = [request.method ?? '', request.url ?? ''];
    const page = lender.pages.answer(method, target, body, Date.now());
    if (page !== null) {
      write(response, page);
      return;
    }
    const opened = protocol.open({ method, target, headers: request.headers, body }, secrets, Date.now());
    if (!opened.ok) {
      if (opened.badSignature) badSignatures += 1;
      write(response, opened.reply);
      return;
    }
    const { command } = opened;
    const { result, conduct } = lender.handle(command);
    // Silence: the connection stays open until the other side gives up.
    if (conduct === 'hang') return;
    const [drop, garbage] = [faults.hits('drop'), faults.hits('garbage')];
    const reply = (): void => {
      if (conduct === 'drop' || drop) response.socket?.destroy();
      else if (conduct === 'garbage' || garbage) response.writeHead(200, { 'content-type': 'application/json' }).end(GARBAGE);
      else write(response, protocol.write(command, result, secrets, Date.now()));
    };
    const delayMs = lender.replyDelayMs(command.kind === 'precheck' ? command.phone : `${command.kind}:${command.ref}`) + faults.slowMs();
    if (delayMs < 1) reply();
    else timers.after(delayMs, reply);
  }

  return {
    listen: async (port) => {
      await listen(server, port);
      return urlOf();
    },
    close: () => closeServer(server),
    stats: () => ({ ...lender.counts, orders: lender.orders, badSignatures, callbacks: { ...deliverer.counts } }),
  };
}

async function readBody(request: IncomingMessage): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) throw new Error('body too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function write(response: ServerResponse, reply: WireReply): void {
  if (response.destroyed || response.headersSent) return;
  response.writeHead(reply.status, { 'content-type': reply.contentType, ...reply.headers }).end(reply.body);
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
