/** One simulated funder of any adapter, found by the adapter's name. In come its secrets and how it is to behave; out comes its address. */
import { doubleOf } from './doubles.ts';
import type { Faults } from './faults.ts';
import { FaultPlan } from './faults.ts';
import type { FunderStats } from './funder-server.ts';
import { createFunderServer } from './funder-server.ts';
import type { Personality } from './personalities.ts';
import type { Manner, Secrets } from './protocols/wire.ts';
import { rememberFirst } from './start.ts';
import { Timers } from './timers.ts';

export interface DoubleOptions {
  /** Name of a folder in adapters/. */
  readonly adapter: string;
  /** By the names the adapter's manifest gives, with the funder's own keys where its double needs some. */
  readonly secrets: Secrets;
  /** What the funder knows us by beside the secrets (a merchant number); handed to the double with them. */
  readonly params?: Secrets;
  /** In place of what the double itself says its flow shape asks for. */
  readonly manner?: Manner;
  /** 0 (the default) takes a free one. */
  readonly port?: number;
  readonly faults?: Faults;
  readonly personality?: Partial<Personality>;
  /** Fixes who is creditworthy and which calls a fault's share hits. Default 1. */
  readonly seed?: number;
  /** Multiplies reply and decision times. Default 1. */
  readonly latencyScale?: number;
  /** From a draw to the payout. Default 500. */
  readonly callbackDelayMs?: number;
  /** Default 50,000. */
  readonly maxOrders?: number;
}

export interface RunningDouble {
  readonly url: string;
  stats(): FunderStats;
  /** Replaces the faults there were; `{}` ends them. */
  setFaults(faults: Faults): void;
  /** Ends every connection, timer and callback. */
  close(): Promise<void>;
}

/** Resolves when it listens. Rejects when there is no such adapter, it has no double, or the port is taken. */
export async function startDouble(options: DoubleOptions): Promise<RunningDouble> {
  const double = await doubleOf(options.adapter);
  const manner = options.manner ?? double.manner;
  const timers = new Timers();
  const stop = new AbortController();
  const seed = options.seed ?? 1;
  const faults = new FaultPlan(seed, options.faults);
  const server = createFunderServer(
    { ...personalityOf(options.adapter, manner), ...options.personality },
    { protocol: double.protocol, manner },
    { ...options.params, ...options.secrets },
    {
      seed,
      latencyScale: options.latencyScale ?? 1,
      callbackDelayMs: options.callbackDelayMs ?? 500,
      maxOrders: options.maxOrders ?? 50_000,
      timers,
      signal: stop.signal,
      firstCome: rememberFirst(),
    },
    faults,
  );
  const url = await server.listen(options.port ?? 0);
  return {
    url,
    stats: server.stats,
    setFaults: (next) => faults.set(next),
    close: async () => {
      timers.clear();
      stop.abort();
      await server.close();
    },
  };
}

/** Lenient, for it is there to show a protocol. */
function personalityOf(adapter: string, manner: Manner): Personality {
  return {
    id: `fnd_${adapter.replaceAll('-', '_')}`,
    protocol: adapter,
    threshold: -0.1,
    leastStrict: false,
    aprBps: 1_800,
    upfrontFee: null,
    termsMonths: [3, 6, 12],
    minAmountFen: 50_000,
    maxAmountFen: 20_000_000,
    decides: manner.decides ?? 'async',
    replyMs: [5, 20],
    decisionMs: [100, 300],
    callbackTries: 3,
  };
}
