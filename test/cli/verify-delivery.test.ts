import { createHmac, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { Webhook } from 'standardwebhooks';
import { verifyDelivery } from '../../src/cli/verify-delivery.ts';

const NOW_MS = Date.parse('2026-06-01T08:00:00Z');
const secret = `whsec_${randomBytes(32).toString('base64')}`;
const pair = generateKeyPairSync('ed25519');
const publicKey = `whpk_${pair.publicKey.export({ format: 'der', type: 'spki' }).subarray(-32).toString('base64')}`;
const keys = { secret, publicKey };
const body = Buffer.from('{"type":"application.submitted","data":{"application_id":"app_1","sequence":1}}');

function headersOf(signature: string, timestampMs = NOW_MS) {
  return { 'webhook-id': 'dlv_1', 'webhook-timestamp': String(timestampMs / 1_000), 'webhook-signature': signature };
}
const v1 = (timestampMs = NOW_MS): string => new Webhook(secret).sign('dlv_1', new Date(timestampMs), body.toString());
const v1a = (): string => `v1a,${sign(null, Buffer.concat([Buffer.from(`dlv_1.${NOW_MS / 1_000}.`), body]), pair.privateKey).toString('base64')}`;

describe('a delivery', () => {
  it('verifies by either signature, made by another library', () => {
    expect(verifyDelivery(headersOf(v1()), body, keys, NOW_MS)).toEqual({ ok: true, id: 'dlv_1', schemes: ['v1'] });
    expect(verifyDelivery(headersOf(v1a()), body, keys, NOW_MS)).toEqual({ ok: true, id: 'dlv_1', schemes: ['v1a'] });
    expect(verifyDelivery(headersOf(`${v1()} ${v1a()}`), body, keys, NOW_MS)).toMatchObject({ schemes: ['v1', 'v1a'] });
  });

  it('verifies when an older secret signs beside ours', () => {
    const old = createHmac('sha256', 'old').update('x').digest('base64');
    expect(verifyDelivery(headersOf(`v1,${old} ${v1()}`), body, keys, NOW_MS).ok).toBe(true);
  });

  it.each([
    ['another body', headersOf(v1()), Buffer.from('{}'), 'signature_wrong'],
    [
      'another secret',
      headersOf(new Webhook(randomBytes(32).toString('base64')).sign('dlv_1', new Date(NOW_MS), body.toString())),
      body,
      'signature_wrong',
    ],
    ['rubbish for a signature', headersOf('v1,***  v1a v2,aaaa'), body, 'signature_wrong'],
    ['an old time, rightly signed', headersOf(v1(NOW_MS - 360_000), NOW_MS - 360_000), body, 'timestamp_outside_window'],
    ['a time that is none', { ...headersOf(v1()), 'webhook-timestamp': 'now' }, body, 'timestamp_outside_window'],
    ['no headers', {}, body, 'header_missing'],
  ])('does not with %s', (_, headers, bytes, why) => {
    expect(verifyDelivery(headers, bytes, keys, NOW_MS)).toEqual({ ok: false, why });
  });

  it('does not by ed25519 when the public key is none', () => {
    expect(verifyDelivery(headersOf(v1a()), body, { secret, publicKey: 'whpk_AAAA' }, NOW_MS)).toMatchObject({ ok: false });
  });
});
