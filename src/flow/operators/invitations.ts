/**
 * Links by which an operator comes in: opened to see whom they are for, accepted with a password and a first code of the authenticator app. In a sandbox
 * two links sign in by themselves, so that anybody can be two people.
 */
import { fault, problem, type Problem } from '../../domain/failures.ts';
import { checkPassword, normaliseEmail, normalisePassword, PASSWORD_FAULTS } from '../../domain/operator.ts';
import type { Role } from '../../domain/desk.ts';
import { Crowded } from '../../ports/passwords.ts';
import type { OperatorAccountRow, Store } from '../../store/index.ts';
import type { Deps } from '../deps.ts';
import { appendAudit } from '../desk/append-audit.ts';
import { newDeskId } from '../desk/desk-ids.ts';
import { emailIndex, newAccount, openFor, operatorView, personOfAccount, sealFor } from './account.ts';
import { isFirstRun, openFirstRun } from './first-run.ts';
import { newToken, startSession } from './session.ts';
import { crowded, type SignedIn } from './sign-in.ts';
import { newTotpSecret, stepOf, totpUri } from './totp.ts';

export interface OpenedInvitation {
  /** Null for the first administrator, who tells it. */
  readonly email: string | null;
  readonly role: Role;
  readonly totp: { readonly uri: string; readonly secret: string };
}
export interface Acceptance {
  readonly token: string;
  readonly name: string;
  readonly email: string | null;
  readonly password: string;
  readonly code: string;
}

const HOLDS_MS = 48 * 3_600_000;
const SANDBOX_ROLES = ['operator', 'approver'] as const;
type SandboxRole = (typeof SANDBOX_ROLES)[number];

/** A fresh link's token for an operator whose other links end by it. Call inside a commit. */
export function inviteAnew(tx: Store, deps: Pick<Deps, 'vault' | 'random' | 'clock'>, operatorId: string): string {
  const token = newToken(deps);
  const nowMs = deps.clock.nowMs();
  tx.operators.dropInvitationsOf(operatorId);
  tx.operators.insertInvitation({
    hash: deps.vault.sha256Hex(token),
    operatorId,
    totpSealed: sealFor(deps, operatorId, 'totp', newTotpSecret(deps.random)),
    createdAtMs: nowMs,
    expiresAtMs: nowMs + HOLDS_MS,
  });
  return token;
}

/** The token of a link that signs in as one of the sandbox's two people. Made from the master key, as the sandbox's keys are. */
export function sandboxLinkToken({ vault }: Pick<Deps, 'vault'>, role: SandboxRole): string {
  return `sandbox.${role}.${vault.tag('sandbox_key', `console/${role}`)}`;
}
export const sandboxOperatorId = (role: SandboxRole): string => `opr_sandbox_${role}`;

export async function openInvitation(deps: Deps, token: string, before: string | null): Promise<OpenedInvitation | SignedIn | Problem> {
  const played = deps.mode === 'sandbox' ? SANDBOX_ROLES.find((role) => deps.vault.equal(token, sandboxLinkToken(deps, role))) : undefined;
  if (played !== undefined) return playOperator(deps, played, before);
  const first = openFirstRun(deps, token);
  if (first !== null) return { email: null, role: 'admin', totp: { secret: first.totp, uri: totpUri(first.totp, 'admin') } };
  const invited = invitedBy(deps, deps.store, token);
  if (invited === null) return noLonger();
  const { email } = personOfAccount(deps, invited.account);
  return { email, role: invited.role, totp: { secret: invited.totp, uri: totpUri(invited.totp, email) } };
}

async function playOperator(deps: Deps, role: SandboxRole, before: string | null): Promise<SignedIn | Problem> {
  return deps.commit((tx) => {
    const operator = tx.operators.operator(sandboxOperatorId(role));
    if (operator?.status !== 'active') return noLonger();
    return { ...startSession(tx, deps, operator.id, 'sandbox', before), operator: operatorView(deps, operator) };
  });
}

/** Sets the password, proves the app by a code, and signs in. The link is good no more. */
export async function acceptInvitation(deps: Deps, wish: Acceptance, before: string | null): Promise<SignedIn | Problem> {
  const first = openFirstRun(deps, wish.token);
  const invited = first === null ? invitedBy(deps, deps.store, wish.token) : null;
  const totp = first?.totp ?? invited?.totp;
  if (totp === undefined) return noLonger();
  const email = invited === null ? wish.email : personOfAccount(deps, invited.account).email;
  if (email === null) return invalid('/email', 'required', '请填写邮箱', 'is needed');
  const wrong = checkPassword(wish.password, [wish.name, email]);
  if (wrong !== null) return invalid('/password', wrong, PASSWORD_FAULTS[wrong].zh, PASSWORD_FAULTS[wrong].en);
  const step = stepOf(totp, wish.code, deps.clock.nowMs());
  if (step === null) return invalid('/code', 'code_wrong', '验证码不正确；请检查手机时间', 'the code is wrong; is the time of the telephone right?');
  let hash: string;
  try {
    hash = await deps.passwords.hash(normalisePassword(wish.password));
  } catch (error) {
    if (error instanceof Crowded) return crowded();
    throw error;
  }
  return deps.commit((tx) => {
    const account = first === null ? invitedBy(deps, tx, wish.token)?.account : firstAccount(tx, deps, email);
    if (account === undefined) return noLonger();
    const { operatorId } = account;
    const operator = tx.operators.operator(operatorId)!;
    tx.operators.saveAccount({
      ...account,
      personSealed: sealFor(deps, operatorId, 'person', JSON.stringify({ email: normaliseEmail(email), name: wish.name })),
      passwordSealed: sealFor(deps, operatorId, 'password', hash),
      totpSealed: sealFor(deps, operatorId, 'totp', totp),
      totpStep: step,
    });
    tx.operators.saveOperator({ ...operator, status: 'active' });
    tx.operators.dropInvitationsOf(operatorId);
    tx.operators.forgetTries(account.emailIndex);
    appendAudit(tx, deps, { actor: operatorId, action: 'operator.accepted', subject: operatorId, detail: { role: operator.role } });
    const started = startSession(tx, deps, operatorId, 'invitation', before);
    return { ...started, operator: { id: operatorId, email: normaliseEmail(email), name: wish.name, role: operator.role } };
  });
}

interface Invited {
  readonly account: OperatorAccountRow;
  readonly role: Role;
  readonly totp: string;
}

function invitedBy(deps: Deps, tx: Pick<Store, 'operators'>, token: string): Invited | null {
  const row = tx.operators.invitation(deps.vault.sha256Hex(token));
  if (row === undefined || row.expiresAtMs <= deps.clock.nowMs()) return null;
  const operator = tx.operators.operator(row.operatorId);
  const account = tx.operators.account(row.operatorId);
  if (operator?.status !== 'invited' || account === undefined) return null;
  return { account, role: operator.role, totp: openFor(deps, row.operatorId, 'totp', row.totpSealed) };
}

/** The first administrator, unless somebody was quicker. */
function firstAccount(tx: Store, deps: Deps, email: string): OperatorAccountRow | undefined {
  if (!isFirstRun({ store: tx })) return undefined;
  if (tx.operators.accountByEmail(emailIndex(deps, email)) !== undefined) return undefined;
  const id = newDeskId(deps, 'opr');
  const account = newAccount(deps, id, { email, name: '' });
  tx.operators.insertOperator({ id, role: 'admin', status: 'invited', createdAtMs: deps.clock.nowMs() });
  tx.operators.insertAccount(account);
  return account;
}

function noLonger(): Problem {
  return problem('gone', '链接无效、已使用或已过期', 'the link is none of ours, was used, or is over');
}

function invalid(pointer: string, code: string, zh: string, en: string): Problem {
  return problem('invalid_request', '提交的内容有误，请修改后重试', 'the request has faults; see errors', { faults: [fault(pointer, code, zh, en)] });
}
