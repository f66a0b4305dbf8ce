/**
 * How sparrow-ping writes and signs: XML each way, and in two headers the time in seconds and HMAC-SHA256 over `time.body`, raw bytes. The
 * API key in the body names us and proves nothing. Replies are not signed; callbacks are, as requests are.
 */
import type { AdapterContext, InboundCallback, OutboundRequest } from '../contract.ts';
import { httpFailure } from '../kit/answers.ts';
import { headerOf, paramOf, secretOf } from '../kit/context.ts';
import { equalText, hmacSha256Hex } from '../kit/digest.ts';
import { posted } from '../kit/exchange.ts';
import type { OpenReply } from '../kit/order-calls.ts';
import { byCode } from '../kit/order-calls.ts';
import type { Json } from '../kit/read-json.ts';
import { at, isRecord } from '../kit/read-json.ts';
import { isFresh, readSeconds } from '../kit/times.ts';
import { readXml, writeXml } from '../kit/xml.ts';

const CODES = { ok: 'OK', notFound: ['LEAD_NOT_FOUND'], busy: ['BUSY'], ours: ['BAD_SIGNATURE', 'INVALID'] };

/** One signed request. Throws only when the adapter's secret or a parameter is not configured. */
export function signedXml(ctx: AdapterContext, path: string, root: string, content: Readonly<Record<string, Json>>): OutboundRequest {
  const body = writeXml(root, { apiKey: paramOf(ctx, 'api_key'), vertical: paramOf(ctx, 'vertical'), ...content });
  const seconds = String(Math.floor(ctx.nowMs / 1_000));
  const headers = { 'x-sparrow-time': seconds, 'x-sparrow-signature': signature(secretOf(ctx, 'hmac_key'), seconds, Buffer.from(body)) };
  return posted(ctx, path, body, headers, 'application/xml');
}

/** The content of a reply's root element. An `error` in its place names a code, with whatever HTTP status. */
export const openReply: OpenReply = (ctx, response) => {
  const body = readXml(response.body);
  const code = at(body, 'error', 'code');
  return httpFailure(ctx.nowMs, response, code) ?? byCode(CODES, code ?? CODES.ok, contentOf(body));
};

/** What stands in the one root element, whatever its name; undefined when it is empty or there is none. */
export function contentOf(body: Json | undefined): Json | undefined {
  const root = isRecord(body) ? Object.values(body)[0] : undefined;
  return isRecord(root) ? root : undefined;
}

/** Why a callback is not believed, or null. */
export function distrust(ctx: AdapterContext, inbound: InboundCallback, secret: string): string | null {
  const seconds = headerOf(inbound, 'x-sparrow-time');
  if (!equalText(headerOf(inbound, 'x-sparrow-signature'), signature(secret, seconds, inbound.body))) return 'wrong signature';
  return isFresh(readSeconds(seconds), ctx.nowMs) ? null : 'stale';
}

function signature(secret: string, seconds: string, body: Uint8Array): string {
  return `sha256=${hmacSha256Hex(secret, Buffer.concat([Buffer.from(`${seconds}.`), body]))}`;
}
