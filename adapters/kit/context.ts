/** What an adapter takes out of its context. A missing secret is a fault of set-up: building throws, reading and verifying refuse. */
import type { AdapterContext, InboundCallback } from '../contract.ts';
import { invariant } from '../../src/domain/failures.ts';

/** The secret of that name, or null. */
export function secretOrNull(ctx: AdapterContext, name: string): string | null {
  const secret = Object.hasOwn(ctx.secrets, name) ? ctx.secrets[name] : undefined;
  return secret === undefined || secret === '' ? null : secret;
}

/** The secret of that name. Throws when it was not configured: for building requests only. */
export function secretOf(ctx: AdapterContext, name: string): string {
  const secret = secretOrNull(ctx, name);
  invariant(secret !== null, `funder secret ${name} is not configured`);
  return secret;
}

/** The parameter of that name. Throws when it was not configured: for building requests only. */
export function paramOf(ctx: AdapterContext, name: string): string {
  const value = Object.hasOwn(ctx.params, name) ? ctx.params[name] : undefined;
  invariant(value !== undefined, `funder parameter ${name} is not configured`);
  return value;
}

/** A header of a callback, or the empty text. */
export function headerOf(callback: InboundCallback, name: string): string {
  return Object.hasOwn(callback.headers, name) ? (callback.headers[name] ?? '') : '';
}
