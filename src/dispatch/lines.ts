/**
 * Dispatch: one call to a funder, from a built request to an answer.
 * In: a request made by an adapter from granted fields, its `read`, and the budget. Out: the answer, or what became of the call, with its latency.
 * It must not decide what an answer means for the application, repeat a submit, or let one funder's trouble reach another: each funder has
 * its own line with breaker, bulkhead and retry allowance. Lines live in memory; a restart begins with closed breakers.
 */
import type { Unavailable, Unreadable } from '../../adapters/contract.ts';
import type { Funder } from '../domain/funder.ts';
import type { Clock } from '../ports/clock.ts';
import type { Random } from '../ports/random.ts';
import type { OutboundRequest, OutboundResponse, SendOutcome, Transport } from '../ports/transport.ts';
import { createBreaker, type Breaker, type BreakerState } from './breaker.ts';
import { createRetryAllowance, type RetryAllowance } from './budget.ts';
import { createBulkhead, type Bulkhead } from './bulkhead.ts';
import { isSafe, retrySafely, type OnceCall, type SafeCall } from './retry.ts';

const MAX_BODY_BYTES = 256 * 1024;
/** Weight of the newest decision in the running mean of latency. */
const LATENCY_WEIGHT = 0.1;

export type Capability = SafeCall | OnceCall;

export interface CallSpec<A> {
  readonly capability: Capability;
  readonly request: OutboundRequest;
  read(response: OutboundResponse): A;
  readonly timeoutMs: number;
  /** Asked again when the request has had to wait, for a place or before a repeat: false, and it is not sent any more. */
  readonly mayGo?: () => boolean;
}

/** The answer beside what was said on the wire. `lost`: nobody knows whether the funder has it. */
export interface CallResult<A> {
  readonly answer: A | Unavailable | Unreadable;
  readonly response: OutboundResponse | null;
  readonly latencyMs: number;
}

export interface Line {
  isOpen(nowMs: number): boolean;
  state(nowMs: number): BreakerState;
  /** Running mean of the time from submit to decision, milliseconds. */
  readonly latencyMs: number;
  noteDecision(latencyMs: number): void;
  /** Makes the call. Never rejects for anything the funder or the network does. */
  call<A>(spec: CallSpec<A>): Promise<CallResult<A>>;
}

export interface Lines {
  of(funder: Pick<Funder, 'id' | 'max_concurrent'>): Line;
}

export function createLines(deps: { readonly clock: Clock; readonly random: Random; readonly transport: Transport }): Lines {
  const lines = new Map<string, { line: Line; maxConcurrent: number }>();
  return {
    of(funder) {
      const known = lines.get(funder.id);
      if (known !== undefined && known.maxConcurrent === funder.max_concurrent) return known.line;
      const line = createLine(deps, funder.max_concurrent);
      lines.set(funder.id, { line, maxConcurrent: funder.max_concurrent });
      return line;
    },
  };
}

function createLine(deps: { readonly clock: Clock; readonly random: Random; readonly transport: Transport }, maxConcurrent: number): Line {
  const { clock, random, transport } = deps;
  const breaker: Breaker = createBreaker();
  const bulkhead: Bulkhead = createBulkhead({ maxConcurrent, maxQueue: maxConcurrent * 4 }, clock);
  const allowance: RetryAllowance = createRetryAllowance();
  let meanLatencyMs = 2_000;

  async function once<A>(spec: CallSpec<A>, repeated: boolean): Promise<CallResult<A>> {
    const startedMs = clock.nowMs();
    const waits = repeated || bulkhead.running >= maxConcurrent;
    const permit = breaker.admit(startedMs);
    if (permit === null) return { answer: shed('breaker open'), response: null, latencyMs: 0 };
    const ran = await bulkhead.run(
      async () =>
        waits && spec.mayGo?.() === false
          ? null
          : transport.send(spec.request, { timeoutMs: spec.timeoutMs, maxBodyBytes: MAX_BODY_BYTES, target: 'trusted' }),
      spec.timeoutMs,
    );
    const nowMs = clock.nowMs();
    if (ran.kind === 'shed' || ran.value === null) {
      breaker.record(permit, 'neutral', nowMs);
      return { answer: ran.kind === 'shed' ? shed(`bulkhead ${ran.why}`) : WITHHELD, response: null, latencyMs: nowMs - startedMs };
    }
    const result = readOutcome(ran.value, spec);
    breaker.record(permit, verdictOf(result.answer), nowMs);
    return { ...result, latencyMs: nowMs - startedMs };
  }

  return {
    isOpen: (nowMs) => breaker.isOpen(nowMs),
    state: (nowMs) => breaker.state(nowMs),
    get latencyMs() {
      return meanLatencyMs;
    },
    noteDecision(latencyMs) {
      meanLatencyMs += LATENCY_WEIGHT * (latencyMs - meanLatencyMs);
    },
    call<A>(spec: CallSpec<A>): Promise<CallResult<A>> {
      const { capability } = spec;
      if (!isSafe(capability)) return once(spec, false);
      return retrySafely((attempt) => once(spec, attempt > 1), {
        call: capability,
        again: ({ answer }) => repeatable(answer),
        retries: 2,
        baseMs: 200,
        maxMs: 2_000,
        deadlineMs: clock.nowMs() + spec.timeoutMs * 2,
        clock,
        uniform: () => random.uniform(),
        allowance,
      });
    },
  };
}

function readOutcome<A>(outcome: SendOutcome, spec: CallSpec<A>): { answer: A | Unavailable | Unreadable; response: OutboundResponse | null } {
  if (outcome.kind === 'response') return { answer: spec.read(outcome.response), response: outcome.response };
  if (outcome.kind === 'refused')
    return {
      answer: { kind: 'unavailable', fault: 'funder', retryable: true, retryAfterMs: null, detail: `not sent: ${outcome.why}` },
      response: null,
    };
  return { answer: { kind: 'unknown', detail: `lost: ${outcome.why}` }, response: null };
}

const WITHHELD: Unavailable = { kind: 'unavailable', fault: 'ours', retryable: false, retryAfterMs: null, detail: 'not sent: no longer allowed' };

function shed(detail: string): Unavailable {
  return { kind: 'unavailable', fault: 'funder', retryable: false, retryAfterMs: null, detail };
}

type MaybeTrouble = { readonly kind?: unknown; readonly fault?: unknown; readonly retryable?: unknown; readonly retryAfterMs?: unknown };

function verdictOf(answer: unknown): 'success' | 'failure' | 'neutral' {
  const { kind, fault } = answer as MaybeTrouble;
  if (kind === 'unknown') return 'failure';
  if (kind !== 'unavailable') return 'success';
  return fault === 'funder' ? 'failure' : 'neutral';
}

function repeatable(answer: unknown): { afterMs: number | null } | null {
  const { kind, retryable, retryAfterMs } = answer as MaybeTrouble;
  if (kind === 'unknown') return { afterMs: null };
  if (kind === 'unavailable' && retryable === true) return { afterMs: typeof retryAfterMs === 'number' ? retryAfterMs : null };
  return null;
}
