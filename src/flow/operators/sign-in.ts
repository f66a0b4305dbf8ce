/**
 * Signing in by password and code, or by the word of a provider. Whoever is refused is told one thing, whatever was wrong, after the same work; tries are
 * counted before they are judged, by address of e-mail and of network, so that many at once are no more than many after another.
 */
import { problem, type Problem } from '../../domain/failures.ts';
import { isNearby, networkOf } from '../../domain/network.ts';
import { normalisePassword } from '../../domain/operator.ts';
import { Crowded } from '../../ports/passwords.ts';
import type { OperatorAccountRow, OperatorRow, Store } from '../../store/index.ts';
import type { Deps } from '../deps.ts';
import { appendAudit } from '../desk/append-audit.ts';
import { emailIndex, openFor, operatorView, type OperatorView } from './account.ts';
import { startSession, type StartedSession } from './session.ts';
import { stepOf } from './totp.ts';

export interface Credentials {
  readonly email: string;
  readonly password: string;
  readonly code: string;
}
export interface SignedIn extends StartedSession {
  readonly operator: OperatorView;
}
/** Where a request comes from: its network address, and the session its browser had. */
export interface From {
  readonly ip: string | null;
  readonly before: string | null;
}

const WINDOW_MS = 15 * 60_000;
/** Tries in the window. */
export const SIGN_IN_LIMITS = { email: 5, ip: 50 } as const;
/** For whom no account is known, so that as much is opened and counted. */
const NO_TOTP = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP';

export async function signIn(deps: Deps, { email, password, code }: Credentials, from: From): Promise<SignedIn | Problem> {
  const tried = emailIndex(deps, email);
  const limited = await countTry(deps, tried, from.ip);
  if (limited !== null) return limited;
  const account = deps.store.operators.accountByEmail(tried);
  const known = account === undefined ? null : secretsOf(deps, account);
  try {
    const fits = await deps.passwords.verify(normalisePassword(password), known?.password ?? null);
    const step = stepOf(known?.totp ?? NO_TOTP, code, deps.clock.nowMs());
    return await deps.commit((tx) => {
      // Read now: somebody may have been reset or disabled while the password was hashed.
      const operator = account === undefined ? undefined : tx.operators.operator(account.operatorId);
      if (fits && step !== null && operator?.status === 'active' && tx.operators.useStep(operator.id, step)) {
        tx.operators.forgetTries(tried);
        return signedIn(tx, deps, operator, 'password', from.before);
      }
      appendAudit(tx, deps, { actor: operator?.id ?? 'unknown', action: 'session.refused', subject: operator?.id ?? 'unknown' });
      return problem('sign_in_failed', '邮箱、密码或验证码不正确', 'the e-mail address, the password or the code is wrong');
    });
  } catch (error) {
    if (error instanceof Crowded) return crowded();
    throw error;
  }
}

/** By an address that a provider has verified: that of an active operator. */
export async function signInAs(deps: Deps, email: string, before: string | null): Promise<SignedIn | Problem> {
  const account = deps.store.operators.accountByEmail(emailIndex(deps, email));
  return deps.commit((tx) => {
    const operator = account === undefined ? undefined : tx.operators.operator(account.operatorId);
    if (operator?.status === 'active') return signedIn(tx, deps, operator, 'sso', before);
    const whom = operator?.id ?? 'unknown';
    appendAudit(tx, deps, { actor: whom, action: 'session.refused', subject: whom, detail: { method: 'sso' } });
    return problem('sign_in_failed', '没有对应的在职账号', 'no active operator has this address');
  });
}

export function crowded(): Problem {
  return problem('overloaded', '登录请求过多，请稍后再试', 'too many sign in at once; try again', { retryAfterS: 5 });
}

function signedIn(tx: Store, deps: Deps, operator: OperatorRow, method: 'password' | 'sso', before: string | null): SignedIn {
  return { ...startSession(tx, deps, operator.id, method, before), operator: operatorView(deps, operator) };
}

/** Null: it may be judged. */
async function countTry(deps: Deps, tried: string, ip: string | null): Promise<Problem | null> {
  const nowMs = deps.clock.nowMs();
  return deps.commit(({ operators }) => {
    const counted: { tries: number; sinceMs: number; most: number }[] = [
      { ...operators.countTry(tried, nowMs, WINDOW_MS), most: SIGN_IN_LIMITS.email },
    ];
    if (ip !== null && !isNearby(ip)) {
      const from = deps.vault.blindIndex('operator', `ip/${networkOf(ip)}`);
      counted.push({ ...operators.countTry(from, nowMs, WINDOW_MS), most: SIGN_IN_LIMITS.ip });
    }
    const over = counted.filter(({ tries, most }) => tries > most).map(({ sinceMs }) => sinceMs + WINDOW_MS - nowMs);
    if (over.length === 0) return null;
    const [zh, en] = ['尝试次数过多，请稍后再试', 'too many tries; wait before the next'];
    return problem('rate_limited', zh, en, { retryAfterS: Math.max(1, Math.ceil(Math.max(...over) / 1_000)) });
  });
}

function secretsOf(
  deps: Deps,
  { operatorId, passwordSealed, totpSealed }: OperatorAccountRow,
): { readonly password: string; readonly totp: string } | null {
  if (passwordSealed === null || totpSealed === null) return null;
  return { password: openFor(deps, operatorId, 'password', passwordSealed), totp: openFor(deps, operatorId, 'totp', totpSealed) };
}
