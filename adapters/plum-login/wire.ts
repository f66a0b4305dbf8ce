/**
 * plum-login's envelope `{merchantId, signData}`: `signData` is JSON under AES-256-GCM, whose tag proves that the holder of the key wrote it. Inside
 * stand the direction, so that nothing can be sent back as something else, the service, and the time in milliseconds.
 */
import type { AdapterContext, InboundCallback, OutboundRequest } from '../contract.ts';
import type { BlockScheme } from '../kit/block-cipher.ts';
import { sealBlock } from '../kit/block-cipher.ts';
import { paramOf, secretOf } from '../kit/context.ts';
import { posted } from '../kit/exchange.ts';
import type { Json } from '../kit/read-json.ts';
import { at, readJson } from '../kit/read-json.ts';
import { openJson } from '../kit/sealed-json.ts';
import { isFresh, readMillis } from '../kit/times.ts';

const SCHEME: BlockScheme = { cipher: 'aes-256', mode: 'gcm', iv: 'front', key: 'hex', text: 'base64' };

/** One sealed request. Throws only when the adapter's secret or a parameter is not configured. */
export function sealedRequest(ctx: AdapterContext, service: string, business: object): OutboundRequest {
  const content = { direction: 'request', service, scene: paramOf(ctx, 'scene'), time: ctx.nowMs, nonce: ctx.nonce, ...business };
  const signData = sealBlock(SCHEME, secretOf(ctx, 'aes_key'), JSON.stringify(content), ctx.nonce);
  return posted(ctx, '/joint/gateway', JSON.stringify({ merchantId: paramOf(ctx, 'merchant_id'), signData }));
}

/** What an envelope from the funder held; undefined when it is not one, or goes another way. Never throws. */
export function openContent(ctx: AdapterContext, envelope: Json | undefined, direction: 'reply' | 'notify'): Json | undefined {
  const content = openJson(ctx, SCHEME, 'aes_key', at(envelope, 'signData'));
  return at(content, 'direction') === direction ? content : undefined;
}

/** Why a callback is not believed, or null. */
export function distrust(ctx: AdapterContext, inbound: InboundCallback): string | null {
  const content = openContent(ctx, readJson(inbound.body), 'notify');
  if (content === undefined) return 'not sealed with our key';
  return isFresh(readMillis(at(content, 'time')), ctx.nowMs) ? null : 'stale';
}
