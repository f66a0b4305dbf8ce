/**
 * The six simulated funders, each an HTTP server of its own on a port of its own, in one process. In come signed requests of three
 * protocols; out go answers, callbacks and, for the magic phones of the public contract, every way in which a funder misbehaves. They are
 * what the demo and the journeys run against. They keep orders in memory, bounded, and must know nothing of the platform but its callback address.
 */
import { doubleOf } from './doubles.ts';
import type { FunderServer, FunderStats } from './funder-server.ts';
import { createFunderServer } from './funder-server.ts';
import type { SandboxFunderId } from './personalities.ts';
import { PERSONALITIES } from './personalities.ts';
import type { Secrets } from './protocols/wire.ts';
import { Timers } from './timers.ts';

export type { FunderStats } from './funder-server.ts';

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

export interface Sandbox {
  readonly funders: readonly { readonly id: SandboxFunderId; readonly url: string }[];
  /** Ends every connection, timer and callback. */
  close(): Promise<void>;
  stats(): Readonly<Record<string, FunderStats>>;
}

const MAX_FIRST_COME = 1_000;

/** Starts all six and resolves when they listen. Rejects when a port is taken or a funder's secrets are missing. */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const timers = new Timers();
  const stop = new AbortController();
  const firstCome = rememberFirst();
  const running: { id: SandboxFunderId; url: string; server: FunderServer }[] = [];
  const around = {
    seed: options.seed ?? 1,
    latencyScale: options.latencyScale ?? 1,
    callbackDelayMs: options.callbackDelayMs ?? 500,
    maxOrders: options.maxOrders ?? 50_000,
    timers,
    signal: stop.signal,
    firstCome,
  };
  const close = async (): Promise<void> => {
    timers.clear();
    stop.abort();
    await Promise.all(running.map(({ server }) => server.close()));
  };
  try {
    for (const [index, funder] of PERSONALITIES.entries()) {
      const secrets = options.secrets[funder.id];
      if (secrets === undefined) throw new Error(`no secrets for ${funder.id}`);
      const { protocol } = await doubleOf(funder.protocol);
      const server = createFunderServer(funder, { protocol, manner: {} }, secrets, around);
      const url = await server.listen(options.basePort === undefined || options.basePort === 0 ? 0 : options.basePort + index);
      running.push({ id: funder.id, url, server });
    }
  } catch (error) {
    await close();
    throw error;
  }
  return {
    funders: running.map(({ id, url }) => ({ id, url })),
    close,
    stats: () => Object.fromEntries(running.map(({ id, server }) => [id, server.stats()])),
  };
}

/** Which funder a person came to first; the oldest is forgotten at the bound. */
export function rememberFirst(): (person: string, funderId: string) => string {
  const first = new Map<string, string>();
  return (person, funderId) => {
    const known = first.get(person);
    if (known !== undefined) return known;
    first.set(person, funderId);
    if (first.size > MAX_FIRST_COME) first.delete(first.keys().next().value!);
    return funderId;
  };
}
