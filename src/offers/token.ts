/** The click token of `GET /r/{token}`: which impression was clicked and until when that counts. Names no person. */
import { isId } from '../domain/ids.ts';
import { invariant } from '../domain/failures.ts';

/** How the token is tagged and how tags are compared: `vault.tag('click', text)` and `vault.equal`. */
export interface TokenTags {
  readonly tag: (text: string) => string;
  readonly equal: (left: string, right: string) => boolean;
}

export type ClickTokenReading =
  | { readonly kind: 'valid'; readonly impressionId: string; readonly expiresAtMs: number }
  /** Authentic, but too old to be counted. */
  | { readonly kind: 'expired'; readonly impressionId: string }
  | { readonly kind: 'forged' };

/** Makes `<impression>.<expiry, seconds in base 36>.<tag>`; safe in a URL path as it stands. */
export function makeClickToken(impressionId: string, expiresAtMs: number, tag: TokenTags['tag']): string {
  invariant(isId('imp', impressionId), 'an impression id is expected');
  const signed = `${impressionId}.${Math.floor(expiresAtMs / 1_000).toString(36)}`;
  return `${signed}.${tag(signed)}`;
}

/** Reads a token of anyone's making. Never throws; nothing of a forged token is handed on. */
export function readClickToken(token: string, nowMs: number, tags: TokenTags): ClickTokenReading {
  const match = /^((imp_[0-9a-z]{22})\.([0-9a-z]{1,8}))\.([A-Za-z0-9_-]{1,128})$/.exec(token);
  if (match === null) return { kind: 'forged' };
  const [, signed = '', impressionId = '', expiry = '', claimed = ''] = match;
  if (!tags.equal(tags.tag(signed), claimed) || !isId('imp', impressionId)) return { kind: 'forged' };
  const expiresAtMs = Number.parseInt(expiry, 36) * 1_000;
  return nowMs < expiresAtMs ? { kind: 'valid', impressionId, expiresAtMs } : { kind: 'expired', impressionId };
}
