import { describe, expect, test } from 'vitest';
import { classifyDelivery, DISABLE_AFTER_MS, HEALTHY, onOutcome, wantsEvent, type DeliveryVerdict } from '../../src/outbox/endpoint.ts';
import type { SendOutcome } from '../../src/ports/transport.ts';

const NOW = Date.UTC(2026, 2, 1);
const HOUR = 3_600_000;
const reply = (status: number, headers: Record<string, string> = {}): SendOutcome => ({
  kind: 'response',
  response: { status, headers, body: new Uint8Array(0) },
});

describe('which events an endpoint gets', () => {
  const endpoint = (types: string[], channel_id: string | null = null, status: 'enabled' | 'disabled' = 'enabled') => ({ types, channel_id, status });
  test.each([
    [['*'], 'loan.disbursed', true],
    [['application.*'], 'application.offered', true],
    [['application.*'], 'application_x.offered', false],
    [['application.*'], 'offer.received', false],
    [['application.offered'], 'application.offered', true],
    [['application.offered'], 'application.offered_again', false],
    [['loan.*', 'offer.received'], 'offer.received', true],
  ])('%j on %s: %s', (types, type, expected) => {
    expect(wantsEvent(endpoint(types), { type, channelId: 'h5' })).toBe(expected);
  });

  test('an endpoint of a channel gets that channel alone', () => {
    expect(wantsEvent(endpoint(['*'], 'h5'), { type: 'offer.received', channelId: 'h5' })).toBe(true);
    expect(wantsEvent(endpoint(['*'], 'h5'), { type: 'offer.received', channelId: 'app' })).toBe(false);
    expect(wantsEvent(endpoint(['*'], 'h5'), { type: 'offer.received', channelId: null })).toBe(false);
  });

  test.each([
    [['alarm.*'], 'alarm.raised', true],
    [['alarm.cleared'], 'alarm.cleared', true],
    [['alarm.cleared'], 'alarm.raised', false],
    [['*'], 'alarm.raised', false],
    [['*', 'endpoint.*', 'endpoint.disabled'], 'endpoint.disabled', false],
  ])('of what belongs to no application alarms alone, and by name: %j on %s: %s', (types, type, expected) => {
    expect(wantsEvent(endpoint(types), { type, channelId: null, applicationId: null })).toBe(expected);
    expect(wantsEvent(endpoint(types, 'h5'), { type, channelId: null, applicationId: null })).toBe(false);
  });

  test('a disabled one gets nothing', () => {
    expect(wantsEvent(endpoint(['*'], null, 'disabled'), { type: 'offer.received', channelId: null })).toBe(false);
  });
});

describe('how a reply is read', () => {
  test.each([200, 201, 202, 204, 299])('%i is delivered', (status) =>
    expect(classifyDelivery(reply(status), NOW)).toEqual({ kind: 'delivered', status }),
  );
  test('410 is gone', () => expect(classifyDelivery(reply(410), NOW)).toEqual({ kind: 'gone', status: 410 }));
  test.each([301, 302, 303, 307, 308, 304])('%i is a redirect not followed', (status) =>
    expect(classifyDelivery(reply(status, { location: 'https://elsewhere.example/' }), NOW)).toEqual({
      kind: 'failed',
      status,
      code: 'redirect_not_followed',
      retryAfterMs: null,
    }),
  );
  test.each([400, 401, 404, 429, 500, 502, 503, 504])('%i is tried again, when it says', (status) =>
    expect(classifyDelivery(reply(status, { 'retry-after': '30' }), NOW)).toEqual({
      kind: 'failed',
      status,
      code: `http_${status}`,
      retryAfterMs: 30_000,
    }),
  );
  test.each([
    [{ kind: 'lost', why: 'timeout' }, 'lost_timeout'],
    [{ kind: 'lost', why: 'reset' }, 'lost_reset'],
    [{ kind: 'refused', why: 'dns' }, 'refused_dns'],
    [{ kind: 'refused', why: 'blocked_target' }, 'refused_blocked_target'],
  ] as const)('%j is tried again', (outcome, code) =>
    expect(classifyDelivery(outcome, NOW)).toEqual({ kind: 'failed', status: null, code, retryAfterMs: null }),
  );
});

describe('when an endpoint is disabled', () => {
  const failed: DeliveryVerdict = { kind: 'failed', status: 500, code: 'http_500', retryAfterMs: null };
  const delivered: DeliveryVerdict = { kind: 'delivered', status: 200 };

  test('after 120 hours without one success, not a millisecond sooner', () => {
    const first = onOutcome({ health: HEALTHY, verdict: failed, nowMs: NOW });
    expect(first).toEqual({ health: { failingSinceMs: NOW }, disable: null });
    expect(DISABLE_AFTER_MS).toBe(120 * HOUR);
    expect(onOutcome({ health: first.health, verdict: failed, nowMs: NOW + 120 * HOUR - 1 }).disable).toBeNull();
    expect(onOutcome({ health: first.health, verdict: failed, nowMs: NOW + 120 * HOUR })).toEqual({
      health: { failingSinceMs: NOW },
      disable: 'failing',
    });
  });

  test('one success clears the slate', () => {
    const { health } = onOutcome({ health: { failingSinceMs: NOW }, verdict: delivered, nowMs: NOW + 119 * HOUR });
    expect(health).toEqual(HEALTHY);
    expect(onOutcome({ health, verdict: failed, nowMs: NOW + 121 * HOUR })).toEqual({ health: { failingSinceMs: NOW + 121 * HOUR }, disable: null });
  });

  test('410 disables at once', () => {
    expect(onOutcome({ health: HEALTHY, verdict: { kind: 'gone', status: 410 }, nowMs: NOW }).disable).toBe('gone');
  });
});
