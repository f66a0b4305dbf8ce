/**
 * osmanthus-sm's envelope in the national ciphers. The whole message, with service, `transactionId` and time in it, is signed in plain by
 * SM3withSM2 (`x-sign`) and sealed by SM4-CBC; key and IV of this one message go along as `key`, under the reader's SM2 key.
 *
 * Whoever could foresee that key could read the message. `ctx.nonce` is fresh but no secret, so key and IV are drawn from it under our
 * private key, each under a label of its own: unforeseeable without the private key, never the same twice, and repeatable in a simulation.
 */
import type { AdapterContext, OutboundRequest } from '../contract.ts';
import { sealBlock, openBlock } from '../kit/block-cipher.ts';
import { paramOf, secretOf, secretOrNull } from '../kit/context.ts';
import { textOf } from '../kit/encoding.ts';
import type { Believed } from '../kit/envelopes.ts';
import { posted } from '../kit/exchange.ts';
import type { Json } from '../kit/read-json.ts';
import { at, isRecord, readJson } from '../kit/read-json.ts';
import { sessionKey } from '../kit/session-key.ts';
import { openSm2, sealSm2 } from '../kit/sm2-seal.ts';
import { signSm2, verifySm2 } from '../kit/sm2-sign.ts';
import { readSeconds } from '../kit/times.ts';

const SM4 = { cipher: 'sm4', mode: 'cbc', iv: 'apart', key: 'hex', text: 'base64' } as const;
const SM2 = { order: 'C1C3C2', prefix04: true, text: 'hex' } as const;
const SM2_SIGN = { form: 'der', text: 'base64' } as const;
const KEY_BYTES = 16;

/** One signed and sealed request; `transactionId` makes a repeat of it harmless. Throws only when a secret or parameter is not configured. */
export function sealedRequest(ctx: AdapterContext, service: string, transactionId: string, data: Readonly<Record<string, Json>>): OutboundRequest {
  const appId = paramOf(ctx, 'app_id');
  const message = JSON.stringify({ appId, service, transactionId, timestamp: Math.floor(ctx.nowMs / 1_000), data });
  const privateKey = secretOf(ctx, 'private_key');
  const drawn = (label: string): Uint8Array => sessionKey(privateKey, ctx.nonce, `osmanthus-sm ${label}`, KEY_BYTES);
  const [sm4Key, iv] = [drawn('sm4 key'), drawn('sm4 iv')];
  const key = sealSm2(secretOf(ctx, 'funder_public_key'), Buffer.concat([sm4Key, iv]), SM2);
  const body = JSON.stringify({ transactionId, key, data: sealBlock(SM4, sm4Key, message, textOf(iv, 'hex')) });
  return posted(ctx, '/gm/gateway', body, { 'x-app-id': appId, 'x-sign': signSm2(privateKey, message, SM2_SIGN) });
}

/** What the funder sealed for us, believed by nobody yet: the seal is anybody's to make. Undefined when it cannot be opened. Never throws. */
export function unseal(ctx: AdapterContext, body: Json | undefined): Json | undefined {
  return readJson(plainOf(ctx, body) ?? new Uint8Array());
}

/**
 * The message, when it opens and the funder signed it for this service; else why not. A broken seal and a wrong signature are told alike,
 * so that nobody learns anything of the padding. Never throws.
 */
export function openMessage(ctx: AdapterContext, service: 'reply' | 'order.notify', body: Json | undefined, sign: string): Believed {
  const publicKey = secretOrNull(ctx, 'funder_public_key');
  if (publicKey === null || secretOrNull(ctx, 'private_key') === null) return { ok: false, why: 'secret not configured' };
  const plain = plainOf(ctx, body);
  if (plain === null || !verifySm2(publicKey, plain, sign, SM2_SIGN)) return { ok: false, why: 'wrong signature or seal' };
  const content = readJson(plain);
  if (!isRecord(content) || at(content, 'service') !== service) return { ok: false, why: 'unreadable' };
  if (at(content, 'appId') !== ctx.params['app_id']) return { ok: false, why: 'for another app' };
  return { ok: true, content, signedAtMs: readSeconds(at(content, 'timestamp')) };
}

function plainOf(ctx: AdapterContext, body: Json | undefined): Uint8Array | null {
  const privateKey = secretOrNull(ctx, 'private_key');
  const [wrapped, sealed] = [at(body, 'key'), at(body, 'data')];
  if (privateKey === null || typeof wrapped !== 'string' || typeof sealed !== 'string') return null;
  const keys = openSm2(privateKey, wrapped, SM2);
  if (keys?.length !== 2 * KEY_BYTES) return null;
  return openBlock(SM4, keys.subarray(0, KEY_BYTES), sealed, textOf(keys.subarray(KEY_BYTES), 'hex'));
}
