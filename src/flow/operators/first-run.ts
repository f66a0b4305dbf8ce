/**
 * How the first administrator of an instance comes in: by a link that whoever starts it can make from its master key. Nothing of it is stored: its tag
 * proves it, it says until when it holds, and it holds only while there is no operator. So it is good once, on one machine as on many.
 */
import type { Deps } from '../deps.ts';
import { base32Of } from './totp.ts';

type Keyed = Pick<Deps, 'vault'>;

const HOLDS_MS = 24 * 3_600_000;
/** So much may the clock of the machine on which it was made be ahead. */
const AHEAD_MS = 10 * 60_000;
const TOKEN = /^first\.([0-9a-z]{6,12})\.([A-Za-z0-9_-]{22})$/;
/** Operators whom a sandbox has from its start; beside them an instance may still be without anybody. */
export const SANDBOX_OPERATORS = 'opr_sandbox_';

/** A page takes the token from behind the `#`: what stands there is sent to nobody. */
export function welcomeLink(publicUrl: string, token: string): string {
  return `${publicUrl}/console/welcome#${token}`;
}

export function firstRunToken({ vault }: Keyed, nowMs: number): string {
  const until = (nowMs + HOLDS_MS).toString(36);
  return `first.${until}.${vault.tag('first_run', `link/${until}`)}`;
}

/** Whether nobody could sign in yet, however many links there are. */
export function isFirstRun({ store }: Pick<Deps, 'store'>): boolean {
  return !store.operators.anyBut(SANDBOX_OPERATORS);
}

/** The secret of the authenticator app that goes with the link; null when it is no link, or none that holds. */
export function openFirstRun(
  deps: Pick<Deps, 'vault' | 'store' | 'clock'>,
  token: string,
): { readonly totp: string; readonly expiresAtMs: number } | null {
  const [, until = '', tag = ''] = TOKEN.exec(token) ?? [];
  if (!deps.vault.equal(tag, deps.vault.tag('first_run', `link/${until}`))) return null;
  const expiresAtMs = Number.parseInt(until, 36);
  const nowMs = deps.clock.nowMs();
  if (expiresAtMs <= nowMs || expiresAtMs > nowMs + HOLDS_MS + AHEAD_MS || !isFirstRun(deps)) return null;
  const secret = deps.vault.tag('first_run', `totp/${until}`);
  return { totp: base32Of(Uint8Array.from(atob(secret.replaceAll('-', '+').replaceAll('_', '/')), (char) => char.charCodeAt(0))), expiresAtMs };
}
