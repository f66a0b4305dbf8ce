/**
 * A circuit breaker, one per funder: a state machine on the time it is given. It starts no timer and reads no clock.
 * Not cockatiel or opossum: they take time from the environment, and the deterministic simulation cannot move that.
 */
import { invariant } from '../domain/failures.ts';

export interface BreakerOptions {
  /** Calls the failure ratio is taken over (the last ones). */
  readonly window: number;
  /** No opening before this many calls are in the window. */
  readonly minCalls: number;
  /** Opens when at least this share of the window failed. */
  readonly failureRatio: number;
  /** First open period, milliseconds; each failed probe multiplies it by `growth`, up to `maxOpenMs`. */
  readonly openMs: number;
  readonly growth: number;
  readonly maxOpenMs: number;
  /** Calls let through at once while half open. */
  readonly probes: number;
  /** Probes that must succeed in a row to close. */
  readonly closeAfter: number;
}

export const BREAKER_DEFAULTS: BreakerOptions = {
  window: 20,
  minCalls: 10,
  failureRatio: 0.5,
  openMs: 5_000,
  growth: 2,
  maxOpenMs: 300_000,
  probes: 1,
  closeAfter: 2,
};

export type BreakerState =
  | { readonly kind: 'closed'; readonly calls: number; readonly failures: number }
  | { readonly kind: 'open'; readonly untilMs: number }
  | { readonly kind: 'half_open'; readonly probing: number; readonly succeeded: number };

/** Leave to make one call. To be handed back to `record` exactly once. */
export interface Permit {
  readonly generation: number;
}

export interface Breaker {
  /** Asks leave for one call; null when open, or when the probes are all under way. */
  admit(nowMs: number): Permit | null;
  /**
   * Tells what became of the call. `failure` is the funder's fault (no answer, 5xx, garbage); a decline is a `success`.
   * `neutral` counts for nothing and frees the probe: the call was never made, or failed by our own fault.
   */
  record(permit: Permit, result: 'success' | 'failure' | 'neutral', nowMs: number): void;
  /** The state at this time; an open breaker whose period has passed is half open. */
  state(nowMs: number): BreakerState;
  /** True when a call now would not be admitted because the breaker is open: for the planner. */
  isOpen(nowMs: number): boolean;
}

export function createBreaker(options: BreakerOptions = BREAKER_DEFAULTS): Breaker {
  invariant(options.window >= options.minCalls && options.minCalls >= 1 && options.probes >= 1 && options.closeAfter >= 1, 'breaker options');
  const outcomes = createWindow(options.window);
  let phase: 'closed' | 'open' | 'half_open' = 'closed';
  // Calls admitted in an earlier phase may end in a later one; their generation gives them away and they change nothing.
  let generation = 0;
  let untilMs = 0;
  let periodMs = options.openMs;
  let probing = 0;
  let succeeded = 0;

  function enter(next: typeof phase): void {
    phase = next;
    generation += 1;
    probing = 0;
    succeeded = 0;
    outcomes.clear();
  }

  function open(nowMs: number): void {
    untilMs = nowMs + periodMs;
    periodMs = Math.min(periodMs * options.growth, options.maxOpenMs);
    enter('open');
  }

  function settle(nowMs: number): void {
    if (phase === 'open' && nowMs >= untilMs) enter('half_open');
  }

  function recordProbe(result: 'success' | 'failure' | 'neutral', nowMs: number): void {
    probing -= 1;
    if (result === 'failure') open(nowMs);
    else if (result === 'success') {
      succeeded += 1;
      if (succeeded < options.closeAfter) return;
      periodMs = options.openMs;
      enter('closed');
    }
  }

  return {
    admit(nowMs) {
      settle(nowMs);
      if (phase === 'open') return null;
      if (phase === 'half_open') {
        if (probing >= options.probes) return null;
        probing += 1;
      }
      return { generation };
    },
    record(permit, result, nowMs) {
      if (permit.generation !== generation) return;
      if (phase === 'half_open') return recordProbe(result, nowMs);
      if (phase === 'open' || result === 'neutral') return;
      outcomes.push(result === 'failure');
      if (outcomes.calls() >= options.minCalls && outcomes.failures() >= options.failureRatio * outcomes.calls()) open(nowMs);
    },
    state(nowMs) {
      settle(nowMs);
      if (phase === 'closed') return { kind: 'closed', calls: outcomes.calls(), failures: outcomes.failures() };
      return phase === 'open' ? { kind: 'open', untilMs } : { kind: 'half_open', probing, succeeded };
    },
    isOpen(nowMs) {
      settle(nowMs);
      return phase === 'open';
    },
  };
}

/** The last `size` results, as a ring. */
function createWindow(size: number): { push(failed: boolean): void; calls(): number; failures(): number; clear(): void } {
  const ring = new Uint8Array(size);
  let next = 0;
  let calls = 0;
  let failures = 0;
  return {
    push(failed) {
      if (calls === size) failures -= ring[next]!;
      else calls += 1;
      ring[next] = failed ? 1 : 0;
      failures += ring[next]!;
      next = (next + 1) % size;
    },
    calls: () => calls,
    failures: () => failures,
    clear() {
      next = 0;
      calls = 0;
      failures = 0;
    },
  };
}
