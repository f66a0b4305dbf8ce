import { describe, expect, test } from 'vitest';
import { afterAttempt, type AfterAttempt } from '../../src/outbox/after-attempt.ts';
import { HEALTHY, type EndpointHealth } from '../../src/outbox/endpoint.ts';
import type { SendOutcome } from '../../src/ports/transport.ts';

const NOW = Date.UTC(2026, 2, 1);
const HOUR = 3_600_000;
const reply = (status: number, headers: Record<string, string> = {}): SendOutcome => ({
  kind: 'response',
  response: { status, headers, body: new Uint8Array(0) },
});
const after = (outcome: SendOutcome, attempt = 1, health: EndpointHealth = HEALTHY, nowMs = NOW): AfterAttempt =>
  afterAttempt({ outcome, attempt, firstAtMs: NOW, nowMs, health, uniform: () => 0.5 });

describe('after an attempt', () => {
  test('2xx ends it', () => expect(after(reply(204))).toMatchObject({ delivery: { kind: 'delivered' }, endpoint: HEALTHY, disable: null }));
  test('a failure is tried again as scheduled', () => expect(after(reply(500)).delivery).toEqual({ kind: 'retry', dueAtMs: NOW + 5_000 }));
  test('and later when the receiver asks', () =>
    expect(after(reply(429, { 'retry-after': '600' })).delivery).toEqual({ kind: 'retry', dueAtMs: NOW + 600_000 }));
  test('the tenth failure is the last', () =>
    expect(after({ kind: 'lost', why: 'timeout' }, 10).delivery).toEqual({ kind: 'dead', why: 'attempts_spent' }));
  test('gone kills the delivery and the endpoint', () =>
    expect(after(reply(410))).toMatchObject({ delivery: { kind: 'dead', why: 'gone' }, disable: 'gone' }));
  test('a delivery that finds its endpoint failing for 120 h disables it', () =>
    expect(after(reply(503), 2, { failingSinceMs: NOW - 120 * HOUR })).toMatchObject({
      delivery: { kind: 'dead', why: 'endpoint_disabled' },
      disable: 'failing',
    }));
});

test('a receiver that is down for the whole schedule: ten sends, then a dead letter, and the endpoint still enabled', () => {
  let nowMs = NOW;
  let health = HEALTHY;
  let sends = 0;
  for (;;) {
    sends += 1;
    const result = after({ kind: 'refused', why: 'connect' }, sends, health, nowMs);
    health = result.endpoint;
    expect(result.disable).toBeNull();
    if (result.delivery.kind !== 'retry') {
      expect(result.delivery).toEqual({ kind: 'dead', why: 'attempts_spent' });
      break;
    }
    nowMs = result.delivery.dueAtMs;
  }
  expect(sends).toBe(10);
  expect(nowMs - NOW).toBe(75 * HOUR);
});

test('with three receivers in ten failing at random, every delivery ends delivered or dead', () => {
  let state = 7;
  const uniform = (): number => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
  let delivered = 0;
  for (let message = 0; message < 2_000; message += 1) {
    let nowMs = NOW;
    for (let attempt = 1; attempt <= 11; attempt += 1) {
      const outcome: SendOutcome = uniform() < 0.3 ? { kind: 'lost', why: 'reset' } : reply(200);
      const { delivery } = afterAttempt({ outcome, attempt, firstAtMs: NOW, nowMs, health: HEALTHY, uniform });
      if (delivery.kind === 'retry') {
        expect(delivery.dueAtMs).toBeGreaterThan(nowMs);
        nowMs = delivery.dueAtMs;
        continue;
      }
      if (delivery.kind === 'delivered') delivered += 1;
      expect(attempt).toBeLessThanOrEqual(10);
      break;
    }
  }
  expect(delivered).toBeGreaterThan(1_990);
});
