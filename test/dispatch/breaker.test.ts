import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BREAKER_DEFAULTS, createBreaker, type Breaker, type BreakerOptions, type Permit } from '../../src/dispatch/breaker.ts';

const OPTIONS: BreakerOptions = { window: 10, minCalls: 4, failureRatio: 0.5, openMs: 1_000, growth: 2, maxOpenMs: 3_000, probes: 1, closeAfter: 2 };

function call(breaker: Breaker, result: 'success' | 'failure' | 'neutral', nowMs: number): void {
  const permit = breaker.admit(nowMs);
  expect(permit).not.toBeNull();
  breaker.record(permit!, result, nowMs);
}
function opened(nowMs = 0): Breaker {
  const breaker = createBreaker(OPTIONS);
  for (let index = 0; index < OPTIONS.minCalls; index += 1) call(breaker, 'failure', nowMs);
  expect(breaker.isOpen(nowMs)).toBe(true);
  return breaker;
}

describe('closed', () => {
  test('stays so below the smallest number of calls', () => {
    const breaker = createBreaker(OPTIONS);
    for (let index = 0; index < 3; index += 1) call(breaker, 'failure', 0);
    expect(breaker.state(0)).toEqual({ kind: 'closed', calls: 3, failures: 3 });
  });

  test('opens at the ratio, not below', () => {
    const breaker = createBreaker(OPTIONS);
    for (const result of ['success', 'success', 'success', 'failure', 'failure'] as const) call(breaker, result, 0);
    expect(breaker.isOpen(0)).toBe(false);
    call(breaker, 'failure', 0);
    expect(breaker.state(0)).toEqual({ kind: 'open', untilMs: 1_000 });
  });

  test('counts the last calls alone', () => {
    const breaker = createBreaker(OPTIONS);
    for (let index = 0; index < 4; index += 1) call(breaker, index === 0 ? 'failure' : 'success', 0);
    for (let index = 0; index < 10; index += 1) call(breaker, 'success', 0);
    expect(breaker.state(0)).toEqual({ kind: 'closed', calls: 10, failures: 0 });
  });

  test('neutral results count for nothing', () => {
    const breaker = createBreaker(OPTIONS);
    for (let index = 0; index < 50; index += 1) call(breaker, 'neutral', 0);
    expect(breaker.state(0)).toEqual({ kind: 'closed', calls: 0, failures: 0 });
  });
});

describe('open', () => {
  test('admits nothing until its period has passed', () => {
    const breaker = opened();
    expect(breaker.admit(999)).toBeNull();
    expect(breaker.admit(1_000)).not.toBeNull();
  });

  test('calls of before it opened change nothing, however late they end', () => {
    const breaker = createBreaker(OPTIONS);
    const stragglers = Array.from({ length: 6 }, () => breaker.admit(0) as Permit);
    for (const permit of stragglers.slice(0, 4)) breaker.record(permit, 'failure', 0);
    breaker.record(stragglers[4]!, 'failure', 500);
    expect(breaker.state(500)).toEqual({ kind: 'open', untilMs: 1_000 });
    expect(breaker.state(1_000).kind).toBe('half_open');
    breaker.record(stragglers[5]!, 'failure', 1_000);
    expect(breaker.state(1_000)).toEqual({ kind: 'half_open', probing: 0, succeeded: 0 });
  });
});

describe('half open', () => {
  test('lets one probe through at a time', () => {
    const breaker = opened();
    const probe = breaker.admit(1_000);
    expect(breaker.admit(1_000)).toBeNull();
    breaker.record(probe!, 'success', 1_100);
    expect(breaker.admit(1_100)).not.toBeNull();
  });

  test('closes after enough successes, with a clean window', () => {
    const breaker = opened();
    call(breaker, 'success', 1_000);
    expect(breaker.state(1_000)).toEqual({ kind: 'half_open', probing: 0, succeeded: 1 });
    call(breaker, 'success', 1_000);
    expect(breaker.state(1_000)).toEqual({ kind: 'closed', calls: 0, failures: 0 });
  });

  test('a failed probe opens for longer each time, up to the most', () => {
    const breaker = opened();
    const until: number[] = [];
    let nowMs = 1_000;
    for (let round = 0; round < 4; round += 1) {
      call(breaker, 'failure', nowMs);
      const state = breaker.state(nowMs);
      until.push(state.kind === 'open' ? state.untilMs - nowMs : -1);
      nowMs += until.at(-1)!;
    }
    expect(until).toEqual([2_000, 3_000, 3_000, 3_000]);
  });

  test('the period is short again after a recovery', () => {
    const breaker = opened();
    call(breaker, 'failure', 1_000);
    call(breaker, 'success', 3_000);
    call(breaker, 'success', 3_000);
    for (let index = 0; index < 4; index += 1) call(breaker, 'failure', 4_000);
    expect(breaker.state(4_000)).toEqual({ kind: 'open', untilMs: 5_000 });
  });

  test('a neutral probe frees its place', () => {
    const breaker = opened();
    call(breaker, 'neutral', 1_000);
    expect(breaker.state(1_000)).toEqual({ kind: 'half_open', probing: 0, succeeded: 0 });
    expect(breaker.admit(1_000)).not.toBeNull();
  });
});

test('whatever happens: no more probes than allowed, a period within bounds, and never stuck', () => {
  const step = fc.record({
    wait: fc.nat({ max: 4_000 }),
    result: fc.constantFrom('success' as const, 'failure' as const, 'neutral' as const),
    hold: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const breaker = createBreaker(OPTIONS);
      const held: Permit[] = [];
      let nowMs = 0;
      for (const { wait, result, hold } of steps) {
        nowMs += wait;
        const permit = breaker.admit(nowMs);
        const state = breaker.state(nowMs);
        if (state.kind === 'half_open') expect(state.probing).toBeLessThanOrEqual(OPTIONS.probes);
        if (state.kind === 'open') expect(state.untilMs - nowMs).toBeLessThanOrEqual(OPTIONS.maxOpenMs);
        if (permit !== null && hold) held.push(permit);
        else if (permit !== null) breaker.record(permit, result, nowMs);
      }
      for (const permit of held) breaker.record(permit, 'neutral', nowMs);
      expect(breaker.admit(nowMs + OPTIONS.maxOpenMs)).not.toBeNull();
    }),
  );
});

test('senseless options are a bug', () => expect(() => createBreaker({ ...BREAKER_DEFAULTS, window: 5, minCalls: 6 })).toThrow('breaker options'));
