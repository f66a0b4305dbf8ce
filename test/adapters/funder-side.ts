/** Plays the funder: seals replies and signs callbacks with node:crypto alone, so that the adapters' kit is never its own judge. */
import { createHash, createHmac } from 'node:crypto';
import type { InboundCallback, OutboundResponse } from '../../adapters/contract.ts';
import { envelopeOf } from '../../src/sandbox/protocols/cedar.ts';
import { NOW_MS, SECRETS } from './world.ts';

const encoder = new TextEncoder();

export function response(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): OutboundResponse {
  return { status, headers, body: body instanceof Uint8Array ? body : encoder.encode(typeof body === 'string' ? body : JSON.stringify(body)) };
}

/** A cedar-sealed reply around the content. */
export function sealed(content: unknown): OutboundResponse {
  return response(200, envelopeOf('response', 'test', content as object, SECRETS['cedar-sealed']!, NOW_MS));
}

/** A callback of that protocol, rightly signed at `signedAtMs`. */
export function callback(adapterId: string, says: object, signedAtMs = NOW_MS): InboundCallback {
  const secrets = SECRETS[adapterId]!;
  if (adapterId === 'harbor-json') {
    const body = JSON.stringify(says);
    const timestamp = new Date(signedAtMs).toISOString();
    const toSign = ['CALLBACK', '', timestamp, 'nonce-1', createHash('sha256').update(body).digest('hex')].join('\n');
    const signature = `v1=${createHmac('sha256', secrets['api_secret']!).update(toSign).digest('hex')}`;
    return inbound(body, { 'x-harbor-timestamp': timestamp, 'x-harbor-nonce': 'nonce-1', 'x-harbor-signature': signature });
  }
  if (adapterId === 'lotus-md5') {
    const params: Record<string, string> = { notifyTime: String(signedAtMs / 1_000), ...says };
    const pairs = Object.keys(params)
      .filter((key) => params[key] !== '')
      .sort()
      .map((key) => `${key}=${params[key]}`);
    const sign = createHash('md5')
      .update([...pairs, `key=${secrets['sign_key']}`].join('&'))
      .digest('hex')
      .toUpperCase();
    return inbound(JSON.stringify({ ...params, sign }));
  }
  return inbound(JSON.stringify(envelopeOf('notify', 'order.notify', says, secrets, signedAtMs)));
}

/** The same callback with its signature spoilt. */
export function forged(adapterId: string, honest: InboundCallback): InboundCallback {
  if (adapterId === 'harbor-json')
    return { ...honest, headers: { ...honest.headers, 'x-harbor-signature': spoil(honest.headers['x-harbor-signature']!) } };
  const body = JSON.parse(new TextDecoder().decode(honest.body)) as Record<string, unknown>;
  return inbound(JSON.stringify({ ...body, sign: spoil(String(body['sign'])) }));
}

function spoil(signature: string): string {
  return signature.slice(0, -1) + (signature.endsWith('0') ? '1' : '0');
}

export function inbound(body: string | Uint8Array, headers: Readonly<Record<string, string>> = {}): InboundCallback {
  return { path: '', query: {}, headers, body: typeof body === 'string' ? encoder.encode(body) : body };
}
