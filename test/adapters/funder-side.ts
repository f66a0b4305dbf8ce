/** Plays the funder through the adapter's own double, which is written apart from the kit, so that the kit is never its own judge. */
/// <reference types="vite/types/importMeta.d.ts" />
import type { InboundCallback, OutboundRequest, OutboundResponse } from '../../adapters/contract.ts';
import { adapters } from '../../adapters/registry.ts';
import type { Manner, Protocol, Secrets } from '../../src/sandbox/protocols/wire.ts';
import { spoilSignature } from '../../src/sandbox/forge.ts';
import { NOW_MS, worldOf } from './world.ts';

const encoder = new TextEncoder();
interface DoubleModule {
  readonly double: Protocol;
  readonly manner?: Manner;
}
const FILES = import.meta.glob<DoubleModule>('../../adapters/*/double.ts');
const DOUBLES = new Map(await Promise.all([...adapters.keys()].map(async (id) => [id, await FILES[`../../adapters/${id}/double.ts`]?.()] as const)));

/** Throws when the adapter has no `double.ts`. */
export function doubleOf(adapterId: string): Protocol {
  const module = DOUBLES.get(adapterId);
  if (module === undefined) throw new Error(`adapters/${adapterId}/double.ts is missing`);
  return module.double;
}

export function response(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): OutboundResponse {
  return { status, headers, body: body instanceof Uint8Array ? body : encoder.encode(typeof body === 'string' ? body : JSON.stringify(body)) };
}

/** A reply with this content, signed and sealed as this funder would. */
export function reply(adapterId: string, content: unknown): OutboundResponse {
  const { status, contentType, headers, body } = doubleOf(adapterId).reply(content, funderSecrets(adapterId), NOW_MS);
  return { status, headers: { 'content-type': contentType, ...lowerCased(headers ?? {}) }, body: encoder.encode(body) };
}

/** A callback of that protocol, rightly signed at `signedAtMs`. */
export function callback(adapterId: string, says: unknown, signedAtMs = NOW_MS): InboundCallback {
  const { headers, body } = doubleOf(adapterId).tell(says, funderSecrets(adapterId), signedAtMs);
  return inbound(body, headers);
}

/** The same callback with one character of its signature changed. */
export function forged(honest: InboundCallback): InboundCallback {
  const { headers, body } = spoilSignature({ headers: honest.headers, body: new TextDecoder().decode(honest.body) });
  return inbound(body, headers);
}

/** What a request's content opens to at the funder; null when the funder would refuse its signature. */
export function opened(adapterId: string, request: OutboundRequest): unknown {
  const { method, url, headers, body } = request;
  const { pathname, search } = new URL(url);
  const bytes = typeof body === 'string' ? encoder.encode(body) : (body ?? new Uint8Array(0));
  return doubleOf(adapterId).content(
    { method, target: pathname + search, headers: lowerCased(headers), body: bytes },
    funderSecrets(adapterId),
    NOW_MS,
  );
}

export function inbound(body: string | Uint8Array, headers: Readonly<Record<string, string>> = {}): InboundCallback {
  return { path: '', query: {}, headers: lowerCased(headers), body: typeof body === 'string' ? encoder.encode(body) : body };
}

function funderSecrets(adapterId: string): Secrets {
  const world = worldOf(adapterId);
  return { ...world.params, ...world.secrets, ...world.funderSecrets };
}

function lowerCased(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
