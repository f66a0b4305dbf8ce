/**
 * Sessions of operators: a random token in a cookie, its SHA-256 in a row. Begun and ended at the desk; admitted wherever the row is copied to. A session
 * ends twelve hours after it began, an hour after it was last used, when it is revoked, and with its operator's standing.
 */
import { IDLE_MS, SESSION_MS, type SessionMethod } from '../../domain/operator.ts';
import type { OperatorRow, SessionRow, Store } from '../../store/index.ts';
import { Unreachable } from '../cells/away.ts';
import type { Deps } from '../deps.ts';
import { appendAudit } from '../desk/append-audit.ts';

export interface Admitted {
  readonly session: SessionRow;
  readonly operator: OperatorRow;
}
export interface StartedSession {
  /** For the cookie; told once. */
  readonly token: string;
  readonly endsAtMs: number;
}

const TOKEN = /^[A-Za-z0-9_-]{43}$/;
const TOKEN_BYTES = 32;
/** How exactly it is written down when a session was last used. */
const SEEN_EVERY_MS = 5 * 60_000;

/** Call inside a commit. `before`: the token this browser had; that session ends, so that a planted one is worth nothing. */
export function startSession(tx: Store, deps: Deps, operatorId: string, method: SessionMethod, before: string | null): StartedSession {
  const nowMs = deps.clock.nowMs();
  const token = newToken(deps);
  if (before !== null) tx.operators.revokeSession(deps.vault.sha256Hex(before), nowMs);
  const endsAtMs = nowMs + SESSION_MS;
  const hash = deps.vault.sha256Hex(token);
  tx.operators.insertSession({ hash, operatorId, method, createdAtMs: nowMs, seenAtMs: nowMs, endsAtMs, revokedAtMs: null });
  appendAudit(tx, deps, { actor: operatorId, action: 'session.started', subject: operatorId, detail: { method } });
  return { token, endsAtMs };
}

/** 256 random bits in base64url. */
export function newToken({ random }: Pick<Deps, 'random'>): string {
  return btoa(String.fromCharCode(...random.bytes(TOKEN_BYTES)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}

/** Whose session this is; null when it is none that still runs. */
export function sessionOf(deps: Deps, token: string | null): Admitted | null {
  if (token === null || !TOKEN.test(token)) return null;
  const nowMs = deps.clock.nowMs();
  const session = deps.store.operators.session(deps.vault.sha256Hex(token));
  if (session === undefined || session.revokedAtMs !== null || session.endsAtMs <= nowMs || session.seenAtMs + IDLE_MS <= nowMs) return null;
  // An instance does not change its mode; should somebody make it, what was given away freely is worth nothing.
  if (session.method === 'sandbox' && deps.mode !== 'sandbox') return null;
  const operator = deps.store.operators.operator(session.operatorId);
  return operator?.status === 'active' ? { session, operator } : null;
}

const told = new WeakMap<Deps, Map<string, number>>();
const MOST_TOLD = 1_000;

/** Notes that it is in use, every few minutes. A cell tells the desk, from which it comes back to all; nobody waits for that. */
export async function noteSeen(deps: Deps, { hash, seenAtMs }: SessionRow): Promise<void> {
  const nowMs = deps.clock.nowMs();
  if (nowMs - seenAtMs < SEEN_EVERY_MS) return;
  if (deps.away === null) return deps.commit((tx) => tx.operators.seen(hash, nowMs));
  const lately = told.get(deps) ?? new Map<string, number>();
  told.set(deps, lately);
  if (nowMs - (lately.get(hash) ?? 0) < SEEN_EVERY_MS) return;
  if (lately.size >= MOST_TOLD) lately.clear();
  lately.set(hash, nowMs);
  void deps.away.sessionSeen(hash).catch((error: unknown) => {
    lately.delete(hash);
    if (!(error instanceof Unreachable)) throw error;
  });
}

/** The desk's side of what a cell saw. */
export async function takeSeen(deps: Deps, hash: string): Promise<void> {
  const session = deps.store.operators.session(hash);
  if (session !== undefined) await noteSeen(deps, session);
}

/** Signs out. Ending what has ended changes nothing. */
export async function endSession(deps: Deps, token: string | null): Promise<void> {
  const admitted = sessionOf(deps, token);
  if (admitted === null) return;
  const { session, operator } = admitted;
  await deps.commit((tx) => {
    if (!tx.operators.revokeSession(session.hash, deps.clock.nowMs())) return;
    appendAudit(tx, deps, { actor: operator.id, action: 'session.ended', subject: operator.id });
  });
}
