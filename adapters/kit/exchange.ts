/** Requests and acknowledgements put together, where protocols differ in nothing but their headers and words. */
import type { AdapterContext, CallbackCapability, OutboundRequest } from '../contract.ts';
import { joinUrl } from './canonical.ts';

const encoder = new TextEncoder();

/** A POST of a written body. `type` defaults to JSON, and is what is accepted in return. */
export function posted(
  ctx: AdapterContext,
  path: string,
  body: string,
  headers: Readonly<Record<string, string>> = {},
  type = 'application/json',
): OutboundRequest {
  return { method: 'POST', url: joinUrl(ctx.baseUrl, path), headers: { accept: type, 'content-type': type, ...headers }, body };
}

/**
 * A JSON request whose headers are made of what is sent: `sign` is given its path with query and its body, which is empty where `content`
 * is null and none is sent.
 */
export function signedJson(
  ctx: AdapterContext,
  method: OutboundRequest['method'],
  path: string,
  content: object | null,
  sign: (target: string, body: string) => Readonly<Record<string, string>>,
): OutboundRequest {
  const url = joinUrl(ctx.baseUrl, path);
  const body = content === null ? null : JSON.stringify(content);
  const { pathname, search } = new URL(url);
  const type = body === null ? {} : { 'content-type': 'application/json' };
  return { method, url, headers: { accept: 'application/json', ...type, ...sign(pathname + search, body ?? '') }, body };
}

/** Acknowledges with one text for a callback that was stored, and another, with status 401, for one that was refused. */
export function acknowledging(stored: string, refused: string, type = 'application/json'): CallbackCapability['acknowledge'] {
  return (_ctx, result) => ({
    status: result === 'stored' ? 200 : 401,
    headers: { 'content-type': type },
    body: encoder.encode(result === 'stored' ? stored : refused),
  });
}
