/**
 * cedar-sealed's envelope `{appId, service, timestamp, nonce, bizContent, sign}`: the content is sealed first and the sign made over
 * the sealed text, so a forged envelope is refused before anything is opened. The first line signed names the direction, so that
 * no request can be sent back to us as a reply.
 */
import type { AdapterContext, OutboundRequest } from '../contract.ts';
import { joinLines, joinUrl } from '../kit/canonical.ts';
import { paramOf, secretOf, secretOrNull } from '../kit/context.ts';
import { equalText, hmacSha256Hex } from '../kit/digest.ts';
import type { Json } from '../kit/read-json.ts';
import { at, readJson, textAt } from '../kit/read-json.ts';
import { openCbc, sealCbc } from '../kit/seal.ts';
import { readMillis } from '../kit/times.ts';

type Direction = 'request' | 'response' | 'notify';

/** One sealed and signed request. Throws only when a secret or parameter of the adapter is not configured. */
export function sealedRequest(ctx: AdapterContext, service: string, business: object): OutboundRequest {
  const appId = paramOf(ctx, 'app_id');
  const bizContent = sealCbc(secretOf(ctx, 'aes_key'), ctx.nonce, JSON.stringify(business));
  const sign = envelopeSign(secretOf(ctx, 'mac_key'), 'request', [appId, service, String(ctx.nowMs), ctx.nonce, bizContent]);
  return {
    method: 'POST',
    url: joinUrl(ctx.baseUrl, '/open/gateway'),
    headers: { accept: 'application/json', 'content-type': 'application/json' },
    body: JSON.stringify({ appId, service, timestamp: ctx.nowMs, nonce: ctx.nonce, bizContent, sign }),
  };
}

/** What an envelope from the funder held, or why it was not opened. Never throws. */
export function openEnvelope(
  ctx: AdapterContext,
  direction: 'response' | 'notify',
  envelope: Json | undefined,
): { readonly ok: true; readonly content: Json; readonly signedAtMs: number | null } | { readonly ok: false; readonly why: string } {
  const aesKey = secretOrNull(ctx, 'aes_key');
  const macKey = secretOrNull(ctx, 'mac_key');
  if (aesKey === null || macKey === null) return { ok: false, why: 'secret not configured' };
  const sealed = at(envelope, 'bizContent');
  const timestamp = at(envelope, 'timestamp');
  if (typeof sealed !== 'string') return { ok: false, why: 'no sealed content' };
  const parts = [
    textAt(envelope, 'appId') ?? '',
    textAt(envelope, 'service') ?? '',
    String(readMillis(timestamp) ?? ''),
    textAt(envelope, 'nonce') ?? '',
    sealed,
  ];
  if (!equalText(textAt(envelope, 'sign') ?? '', envelopeSign(macKey, direction, parts))) return { ok: false, why: 'wrong signature' };
  const bytes = openCbc(aesKey, sealed);
  const content = bytes === null ? undefined : readJson(bytes);
  return content === undefined ? { ok: false, why: 'unreadable content' } : { ok: true, content, signedAtMs: readMillis(timestamp) };
}

function envelopeSign(macKey: string, direction: Direction, parts: readonly string[]): string {
  return hmacSha256Hex(macKey, joinLines(direction, ...parts));
}
