/**
 * The load process: `node bench/load.ts <target>`, driven over IPC by bench/rig.ts. It posts applications, answers as funder and receiver,
 * and counts an application when its webhook has arrived. It must stay cheap: it shares one core with its doubles.
 */
import { Pool } from 'undici';
import type { Dispatcher } from 'undici';
import { startDoubles } from './doubles.ts';
import { latencyOf } from './measure.ts';
import type { Latency } from './measure.ts';
import type { Session } from './target.ts';
import { targetNamed } from './targets.ts';

/** `closed`: that many applications are always under way. `open`: that many are sent per second, whatever comes back. `way` goes before each path. */
export type Order =
  | { readonly kind: 'open_session'; readonly server: string }
  | { readonly kind: 'closed'; readonly inFlight: number; readonly rampMs: number; readonly forMs: number; readonly way?: string }
  | { readonly kind: 'open'; readonly perS: number; readonly rampMs: number; readonly forMs: number; readonly way?: string };

export interface Outcome {
  /** Whole applications per second: webhooks that arrived within the measured time. */
  readonly perS: number;
  /** Whole applications of the run, ramp and end included. */
  readonly all: number;
  readonly posted: number;
  /** POSTs that failed or were not answered by 2xx. */
  readonly errors: number;
  /** Applications whose webhook had not come when all was over. */
  readonly lost: number;
  readonly post: Latency;
  /** Share of its core that the load process used: near 1, it is the bottleneck. */
  readonly loadCpu: number;
}
export type Report =
  | { readonly kind: 'doubles'; readonly funder: string; readonly webhook: string }
  | { readonly kind: 'ready' }
  | { readonly kind: 'outcome'; readonly outcome: Outcome };

const CONNECTIONS = 128;
const DRAIN_MS = 15_000;

const target = targetNamed(process.argv[2] ?? '');
let session: Session | null = null;
let pool: Pool | null = null;
let sequence = 0;
let way = '';
let underWay = 0;
let completed = 0;
let errors = 0;
let whenFreed: () => void = () => undefined;

const doubles = await startDoubles({
  onFunderCall: (call) => session!.answerFunder(call),
  onWebhook: (delivery) => {
    if (session?.completes(delivery) !== true) return;
    completed += 1;
    underWay -= 1;
    whenFreed();
  },
});

process.on('message', (order: Order) => {
  obey(order).then(tell, (error: unknown) => {
    console.error(error);
    process.exit(1);
  });
});
process.on('disconnect', () => process.exit(0));
tell({ kind: 'doubles', funder: doubles.funder, webhook: doubles.webhook });

async function obey(order: Order): Promise<Report> {
  if (order.kind !== 'open_session') return { kind: 'outcome', outcome: await measure(order) };
  session = await target.open({ server: order.server, funder: doubles.funder, webhook: doubles.webhook });
  pool = new Pool(order.server, { connections: CONNECTIONS });
  return { kind: 'ready' };
}

async function measure(order: Exclude<Order, { kind: 'open_session' }>): Promise<Outcome> {
  const samples: number[] = [];
  const doneBefore = completed;
  let measuring = false;
  let going = true;
  errors = 0;
  way = order.way ?? '';
  const onPosted = (tookMs: number): void => {
    if (measuring) samples.push(tookMs);
  };
  const stop = order.kind === 'closed' ? keepFull(order.inFlight, () => going, onPosted) : sendEvenly(order.perS, onPosted);
  await sleep(order.rampMs);
  measuring = true;
  const [from, before, cpu, postedBefore] = [performance.now(), completed, process.cpuUsage(), sequence];
  await sleep(order.forMs);
  measuring = false;
  const seconds = (performance.now() - from) / 1_000;
  const used = process.cpuUsage(cpu);
  const perS = (completed - before) / seconds;
  const posted = sequence - postedBefore;
  going = false;
  stop();
  await drained();
  const lost = underWay;
  underWay = 0;
  return { perS, all: completed - doneBefore, posted, errors, lost, post: latencyOf(samples), loadCpu: (used.user + used.system) / 1e6 / seconds };
}

function keepFull(inFlight: number, going: () => boolean, onPosted: (tookMs: number) => void): () => void {
  const fill = (): void => {
    while (going() && underWay < inFlight) post(performance.now(), onPosted);
  };
  whenFreed = fill;
  fill();
  return () => (whenFreed = () => undefined);
}

/** Latency counts from when a request was due, not from when it could be sent: a stalled server does not hide behind its own stall. */
function sendEvenly(perS: number, onPosted: (tookMs: number) => void): () => void {
  const from = performance.now();
  let sent = 0;
  const timer = setInterval(() => {
    for (let due = from + (sent * 1_000) / perS; due <= performance.now(); due = from + (sent * 1_000) / perS) {
      sent += 1;
      post(due, onPosted);
    }
  }, 1);
  return () => clearInterval(timer);
}

function post(dueMs: number, onPosted: (tookMs: number) => void): void {
  const { path, headers, body } = session!.request((sequence += 1));
  underWay += 1;
  let status = 0;
  const failed = (): void => {
    errors += 1;
    underWay -= 1;
    // Not at once: a server that refuses everything would otherwise be asked without end in one turn.
    setTimeout(whenFreed, 20);
  };
  const handler: Dispatcher.DispatchHandler = {
    onRequestStart: () => undefined,
    onResponseStart: (_, code) => {
      status = code;
    },
    onResponseData: () => undefined,
    onResponseEnd: () => {
      if (status < 200 || status > 299) failed();
      else onPosted(performance.now() - dueMs);
    },
    onResponseError: failed,
  };
  pool!.dispatch({ method: 'POST', path: `${way}${path}`, headers, body }, handler);
}

async function drained(): Promise<void> {
  const until = performance.now() + DRAIN_MS;
  while (underWay > 0 && performance.now() < until) await sleep(20);
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function tell(report: Report): void {
  process.send?.(report);
}
