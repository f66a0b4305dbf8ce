import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DATA_KEYS, webhookBody, type DataKey, type WebhookEvent } from '../../src/outbox/body.ts';

const event: WebhookEvent = {
  type: 'offer.received',
  atMs: Date.UTC(2026, 2, 1, 8, 30),
  applicationId: 'app_0000000000000000000000',
  sequence: 4,
  data: { funder_id: 'fnd_bank', offer_id: 'off_0000000000000000000000', status: 'offered' },
};

describe('the payload', () => {
  test('has type, timestamp and thin data, in one order', () => {
    expect(webhookBody(event)).toBe(
      '{"type":"offer.received","timestamp":"2026-03-01T08:30:00.000Z","data":{"application_id":"app_0000000000000000000000","sequence":4,' +
        '"offer_id":"off_0000000000000000000000","funder_id":"fnd_bank","status":"offered"}}',
    );
  });

  test('is the same bytes however the members were put in', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([...DATA_KEYS]), (keys) => {
        const data = (order: readonly DataKey[]): WebhookEvent['data'] => Object.fromEntries(order.map((key) => [key, `x_${key}`]));
        expect(webhookBody({ ...event, data: data(keys) })).toBe(webhookBody({ ...event, data: data(keys.toSorted()) }));
      }),
    );
  });

  test('a member that is not on the list is never written', () => {
    const smuggled = { ...event.data, phone: 'a13800000001', name: 'zhang' };
    expect(webhookBody({ ...event, data: smuggled })).toBe(webhookBody(event));
  });

  test.each(['13800000001', '110105199003072338', '张三', 'Zhang San', 'a@b.example', '', 'x'.repeat(81)])(
    'refuses %j as an id or code, without quoting it',
    (value) => {
      const write = (): string => webhookBody({ ...event, data: { reason: value } });
      expect(write).toThrow('webhook data.reason is not an id or a code');
    },
  );

  test('a type, application or sequence that cannot be is a bug', () => {
    expect(() => webhookBody({ ...event, type: 'offer' })).toThrow('type');
    expect(() => webhookBody({ ...event, applicationId: '1' })).toThrow('application id');
    expect(() => webhookBody({ ...event, sequence: 0 })).toThrow('sequence');
  });
});
