/**
 * maple-full's envelope `{appId, service, requestId, timestamp, bizContent, sign}`, the same in all directions. The content is sealed for its
 * reader by RSA PKCS#1 v1.5 in segments, and `sign` is md5(salt + sorted JSON of the rest + salt): whoever has not got the salt is
 * refused before the private key is used. What was sealed for the funder cannot be opened by us, so no request can come back as a reply.
 */
import type { AdapterContext, OutboundRequest } from '../contract.ts';
import { paramOf, secretOf, secretOrNull } from '../kit/context.ts';
import { equalText } from '../kit/digest.ts';
import type { Believed } from '../kit/envelopes.ts';
import { posted } from '../kit/exchange.ts';
import { md5SaltedJson } from '../kit/md5-signs.ts';
import type { Json } from '../kit/read-json.ts';
import { at, isRecord, readJson } from '../kit/read-json.ts';
import { openRsa, sealRsa } from '../kit/rsa-seal.ts';
import { readMillis } from '../kit/times.ts';

/** One sealed and signed request. Throws only when a secret or parameter of the adapter is not configured. */
export function sealedRequest(ctx: AdapterContext, service: string, business: Readonly<Record<string, Json>>): OutboundRequest {
  const envelope = {
    appId: paramOf(ctx, 'app_id'),
    service,
    requestId: ctx.nonce,
    timestamp: ctx.nowMs,
    bizContent: sealRsa(secretOf(ctx, 'funder_public_key'), JSON.stringify(business), 'pkcs1'),
  };
  return posted(ctx, '/open/api', JSON.stringify({ ...envelope, sign: md5SaltedJson(secretOf(ctx, 'salt'), envelope) }));
}

/** Null when the funder signed the envelope, for us and as a reply or a notice; else why it is not believed. Never throws. */
export function distrust(ctx: AdapterContext, envelope: Json | undefined, service: 'reply' | 'notify'): string | null {
  const salt = secretOrNull(ctx, 'salt');
  if (salt === null) return 'secret not configured';
  if (!isRecord(envelope)) return 'unreadable';
  const sign = at(envelope, 'sign');
  if (typeof sign !== 'string' || !equalText(sign, md5SaltedJson(salt, envelope))) return 'wrong signature';
  if (at(envelope, 'appId') !== ctx.params['app_id']) return 'for another app';
  return at(envelope, 'service') === service ? null : 'of another service';
}

/** What a reply's envelope held, or why it is not believed. Never throws. */
export function openReply(ctx: AdapterContext, envelope: Json): Believed {
  const why = distrust(ctx, envelope, 'reply');
  if (why !== null) return { ok: false, why };
  const content = openContent(ctx, envelope);
  return content === undefined ? { ok: false, why: 'unreadable content' } : { ok: true, content, signedAtMs: readMillis(at(envelope, 'timestamp')) };
}

/** The content of an envelope that is trusted; undefined when it cannot be opened. Never throws. */
export function openContent(ctx: AdapterContext, envelope: Json | undefined): Json | undefined {
  const key = secretOrNull(ctx, 'private_key');
  const sealed = at(envelope, 'bizContent');
  const bytes = key === null || typeof sealed !== 'string' ? null : openRsa(key, sealed, 'pkcs1');
  return bytes === null ? undefined : readJson(bytes);
}
