/**
 * cedar-sealed's envelope `{appId, service, timestamp, nonce, bizContent, sign}`: the content is sealed first and the sign made over
 * the sealed text, so a forged envelope is refused before anything is opened. The first line signed names the direction, so that
 * no request can be sent back to us as a reply.
 */
import type { AdapterContext, OutboundRequest } from '../contract.ts';
import { sealBlock } from '../kit/block-cipher.ts';
import { joinLines } from '../kit/canonical.ts';
import { paramOf, secretOf, secretOrNull } from '../kit/context.ts';
import { equalText, hmacSha256Hex } from '../kit/digest.ts';
import type { Believed } from '../kit/envelopes.ts';
import { posted } from '../kit/exchange.ts';
import type { Json } from '../kit/read-json.ts';
import { at, textAt } from '../kit/read-json.ts';
import { openJson } from '../kit/sealed-json.ts';
import { readMillis } from '../kit/times.ts';

const SCHEME = { cipher: 'aes-256', mode: 'cbc', iv: 'front', key: 'hex', text: 'base64' } as const;

/** One sealed and signed request. Throws only when a secret or parameter of the adapter is not configured. */
export function sealedRequest(ctx: AdapterContext, service: string, business: object): OutboundRequest {
  const [appId, nonce, timestamp] = [paramOf(ctx, 'app_id'), ctx.nonce, ctx.nowMs];
  const bizContent = sealBlock(SCHEME, secretOf(ctx, 'aes_key'), JSON.stringify(business), nonce);
  const sign = signature(secretOf(ctx, 'mac_key'), 'request', appId, service, String(timestamp), nonce, bizContent);
  return posted(ctx, '/open/gateway', JSON.stringify({ appId, service, timestamp, nonce, bizContent, sign }));
}

/** What an envelope from the funder held, or why it was not opened. Never throws. */
export function openEnvelope(ctx: AdapterContext, direction: 'response' | 'notify', envelope: Json | undefined): Believed {
  const macKey = secretOrNull(ctx, 'mac_key');
  if (macKey === null || secretOrNull(ctx, 'aes_key') === null) return { ok: false, why: 'secret not configured' };
  const [sealed, signedAtMs] = [at(envelope, 'bizContent'), readMillis(at(envelope, 'timestamp'))];
  if (typeof sealed !== 'string') return { ok: false, why: 'no sealed content' };
  const [appId = '', service = '', nonce = ''] = ['appId', 'service', 'nonce'].map((name) => textAt(envelope, name) ?? '');
  const expected = signature(macKey, direction, appId, service, String(signedAtMs ?? ''), nonce, sealed);
  if (!equalText(textAt(envelope, 'sign') ?? '', expected)) return { ok: false, why: 'wrong signature' };
  const content = openJson(ctx, SCHEME, 'aes_key', sealed);
  return content === undefined ? { ok: false, why: 'unreadable content' } : { ok: true, content, signedAtMs };
}

function signature(macKey: string, direction: 'request' | 'response' | 'notify', ...parts: readonly string[]): string {
  return hmacSha256Hex(macKey, joinLines(direction, ...parts));
}
