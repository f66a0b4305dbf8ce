/**
 * The six simulated funders, each an HTTP server of its own on a port of its own, in one process. In come signed requests of three
 * protocols; out go answers, callbacks and, for the magic phones of the public contract, every way in which a funder misbehaves. They are
 * what the demo and the journeys run against. They keep orders in memory, bounded, and must know nothing of the platform but its callback address.
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createDeliverer } from './deliver.ts';
import { Lender } from './lender.ts';
import type { Personality, ProtocolName, SandboxFunderId } from './personalities.ts';
import { PERSONALITIES } from './personalities.ts';
import { cedar } from './protocols/cedar.ts';
import { harbor } from './protocols/harbor.ts';
import { lotus } from './protocols/lotus.ts';
import type { Protocol, Secrets, WireReply } from './protocols/wire.ts';
import { Timers } from './timers.ts';

export interface SandboxOptions {
  /** First of six consecutive ports on loopback; 0 (the default) takes free ones. */
  readonly basePort?: number;
  /** Each funder's secrets by the names its adapter's manifest gives. */
  readonly secrets: Readonly<Record<string, Secrets>>;
  /** From an accepted draw to the callback that says disbursed. Default 500. */
  readonly callbackDelayMs?: number;
  /** Multiplies every reply and decision time; 0 answers at once. Default 1. */
  readonly latencyScale?: number;
  /** Fixes who is creditworthy. Default 1. */
  readonly seed?: number;
  /** Orders kept per funder. Default 50,000. */
  readonly maxOrders?: number;
}

export interface FunderStats {
  readonly prechecks: number;
  readonly submits: number;
  readonly approved: number;
  readonly declined: number;
  readonly queries: number;
  readonly cancels: number;
  readonly draws: number;
  readonly orders: number;
  readonly badSignatures: number;
  readonly callbacks: { readonly sent: number; readonly acknowledged: number; readonly refused: number; readonly failed: number };
}

export interface Sandbox {
  readonly funders: readonly { readonly id: SandboxFunderId; readonly url: string }[];
  /** Ends every connection, timer and callback. */
  close(): Promise<void>;
  stats(): Readonly<Record<string, FunderStats>>;
}

const PROTOCOLS: Readonly<Record<ProtocolName, Protocol>> = { 'harbor-json': harbor, 'lotus-md5': lotus, 'cedar-sealed': cedar };
const MAX_BODY_BYTES = 262_144;
const MAX_FIRST_COME = 1_000;
const GARBAGE = Buffer.from([0x3c, 0x68, 0x74, 0x6d, 0x6c, 0x3e, 0xff, 0xfe, 0x00, 0x9d, 0x7b, 0x22, 0x6f, 0x6b, 0x22, 0x3a]);

/** Starts all six and resolves when they listen. Rejects when a port is taken or a funder's secrets are missing. */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const timers = new Timers();
  const stop = new AbortController();
  const firstCome = rememberFirst();
  const running: { funder: Personality; server: Server; stats: () => FunderStats }[] = [];
  const close = async (): Promise<void> => {
    timers.clear();
    stop.abort();
    await Promise.all(running.map(({ server }) => closeServer(server)));
  };
  try {
    for (const [index, funder] of PERSONALITIES.entries()) {
      const secrets = options.secrets[funder.id];
      if (secrets === undefined) throw new Error(`no secrets for ${funder.id}`);
      const deliverer = createDeliverer({ protocol: PROTOCOLS[funder.protocol], secrets, tries: funder.callbackTries, timers, signal: stop.signal });
      const lender = new Lender(funder, {
        seed: options.seed ?? 1,
        latencyScale: options.latencyScale ?? 1,
        callbackDelayMs: options.callbackDelayMs ?? 500,
        maxOrders: options.maxOrders ?? 50_000,
        nowMs: Date.now,
        after: (ms, run) => timers.after(ms, run),
        announce: deliverer.announce,
        firstCome,
      });
      const { server, badSignatures } = createFunderServer(PROTOCOLS[funder.protocol], lender, secrets, timers);
      running.push({
        funder,
        server,
        stats: () => ({ ...lender.counts, orders: lender.orders, badSignatures: badSignatures(), callbacks: { ...deliverer.counts } }),
      });
      await listen(server, options.basePort === undefined || options.basePort === 0 ? 0 : options.basePort + index);
    }
  } catch (error) {
    await close();
    throw error;
  }
  return {
    funders: running.map(({ funder, server }) => ({ id: funder.id, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` })),
    close,
    stats: () => Object.fromEntries(running.map(({ funder, stats }) => [funder.id, stats()])),
  };
}

function createFunderServer(protocol: Protocol, lender: Lender, secrets: Secrets, timers: Timers): { server: Server; badSignatures: () => number } {
  let badSignatures = 0;
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
    const opened = protocol.open({ method: request.method ?? '', target: request.url ?? '', headers: request.headers, body }, secrets, Date.now());
    if (!opened.ok) {
      if (opened.badSignature) badSignatures += 1;
      write(response, opened.reply);
      return;
    }
    const { command } = opened;
    const { result, conduct } = lender.handle(command);
    // Silence: the connection stays open until the other side gives up.
    if (conduct === 'hang') return;
    const reply = (): void => {
      if (conduct === 'drop') response.socket?.destroy();
      else if (conduct === 'garbage') response.writeHead(200, { 'content-type': 'application/json' }).end(GARBAGE);
      else write(response, protocol.write(command, result, secrets, Date.now()));
    };
    const delayMs = lender.replyDelayMs(command.kind === 'precheck' ? command.phone : `${command.kind}:${command.ref}`);
    if (delayMs < 1) reply();
    else timers.after(delayMs, reply);
  }

  return { server, badSignatures: () => badSignatures };
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
  response.writeHead(reply.status, { 'content-type': reply.contentType }).end(reply.body);
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

/** Which funder a person came to first; the oldest is forgotten at the bound. */
function rememberFirst(): (person: string, funderId: string) => string {
  const first = new Map<string, string>();
  return (person, funderId) => {
    const known = first.get(person);
    if (known !== undefined) return known;
    first.set(person, funderId);
    if (first.size > MAX_FIRST_COME) first.delete(first.keys().next().value!);
    return funderId;
  };
}
