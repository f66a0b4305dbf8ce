/** Links to a funder's pages. Where such a link leads is the funder's affair; that it is a link, and holds no key of ours, is checked here. */
import type { AdapterContext, BorrowerStep } from '../contract.ts';
import type { Json } from './read-json.ts';

const MAX_LINK = 2_048;
const PLAIN = /^[\x21-\x7e]+$/;

/** An https link without credentials, as it was written; null for anything else. A funder reached over http (a test environment) may link so. */
export function readLink(ctx: AdapterContext, value: Json | undefined): string | null {
  if (typeof value !== 'string' || value.length > MAX_LINK || !PLAIN.test(value)) return null;
  const url = URL.parse(value);
  if (url === null || url.username !== '' || url.password !== '') return null;
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && ctx.baseUrl.startsWith('http:'))) return null;
  return Object.values(ctx.secrets).some((secret) => secret !== '' && value.includes(secret)) ? null : value;
}

/** The step of opening a link, or null when it is none. */
export function linkStep(ctx: AdapterContext, value: Json | undefined, expiresAtMs: number | null): BorrowerStep | null {
  const url = readLink(ctx, value);
  return url === null ? null : { kind: 'open_link', url, expiresAtMs };
}
