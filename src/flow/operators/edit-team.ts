/** The team: who may sign in, as what. An administrator's business; nobody changes their own standing, and one administrator always remains. */
import { fault, problem, type Problem } from '../../domain/failures.ts';
import { IDLE_MS, normaliseEmail, type OperatorStatus } from '../../domain/operator.ts';
import type { Role } from '../../domain/desk.ts';
import type { OperatorRow, Store } from '../../store/index.ts';
import type { Deps } from '../deps.ts';
import { appendAudit } from '../desk/append-audit.ts';
import { newDeskId } from '../desk/desk-ids.ts';
import { iso } from '../view-application.ts';
import { emailIndex, newAccount, operatorView, type OperatorView } from './account.ts';
import { SANDBOX_OPERATORS, welcomeLink } from './first-run.ts';
import { inviteAnew } from './invitations.ts';
import { personOf } from './person.ts';

export interface TeamMember extends OperatorView {
  readonly status: OperatorStatus;
  readonly created_at: string;
  /** Within some minutes; null: never. */
  readonly last_seen_at: string | null;
  readonly open_sessions: number;
}
export interface InvitationView {
  readonly operator: TeamMember;
  /** Told once. Good for 48 hours, and for one acceptance. */
  readonly link: string;
}
export interface TeamWish {
  readonly email: string;
  readonly name: string;
  readonly role: Role;
}
export interface TeamPatch {
  readonly role?: Role | undefined;
  readonly status?: 'active' | 'disabled' | undefined;
}

export function listTeam(deps: Deps): TeamMember[] {
  const sessions = sessionsOf(deps, deps.store);
  return deps.store.operators.operators().map((operator) => memberView(deps, deps.store, operator, sessions));
}

export async function inviteOperator(deps: Deps, actor: string, wish: TeamWish): Promise<InvitationView | Problem> {
  const id = newDeskId(deps, 'opr');
  return deps.commit((tx) => {
    if (tx.operators.accountByEmail(emailIndex(deps, wish.email)) !== undefined) {
      const [zh, en] = ['这个邮箱已在团队中', 'is in the team already'];
      return problem('invalid_request', zh, `the address ${en}`, { faults: [fault('/email', 'known_email', zh, en)] });
    }
    const operator: OperatorRow = { id, role: wish.role, status: 'invited', createdAtMs: deps.clock.nowMs() };
    tx.operators.insertOperator(operator);
    tx.operators.insertAccount(newAccount(deps, id, { email: normaliseEmail(wish.email), name: wish.name }));
    appendAudit(tx, deps, { actor, action: 'operator.invited', subject: id, detail: { role: wish.role } });
    return { link: welcomeLink(deps.publicUrl, inviteAnew(tx, deps, id)), operator: memberView(deps, tx, operator) };
  });
}

export async function changeOperator(deps: Deps, actor: string, id: string, patch: TeamPatch): Promise<TeamMember | Problem> {
  return deps.commit((tx) => {
    const operator = tx.operators.operator(id);
    if (operator === undefined) return noSuch();
    if (personOf(tx, actor) === id) return problem('same_person', '不能修改自己的角色或状态', 'nobody changes their own role or status');
    const role = patch.role ?? operator.role;
    const status = statusAfter(tx, operator, patch.status);
    const changed: OperatorRow = { ...operator, role, status };
    if ((role !== 'admin' || status !== 'active') && isLastAdmin(tx, operator)) return lastAdmin();
    if (role === operator.role && status === operator.status) return memberView(deps, tx, operator);
    tx.operators.saveOperator(changed);
    if (status === 'disabled') {
      tx.operators.revokeSessionsOf(id, deps.clock.nowMs());
      tx.operators.dropInvitationsOf(id);
    }
    appendAudit(tx, deps, {
      actor,
      action: 'operator.changed',
      subject: id,
      detail: { role, status, was_role: operator.role, was_status: operator.status },
    });
    return memberView(deps, tx, changed);
  });
}

/** A new link in the place of password and app, which are worth nothing from now on; nor are the sessions. */
export async function resetOperator(deps: Deps, actor: string, id: string): Promise<InvitationView | Problem> {
  return deps.commit((tx) => {
    const operator = tx.operators.operator(id);
    if (operator === undefined || id.startsWith(SANDBOX_OPERATORS)) return noSuch();
    if (operator.status === 'disabled') return problem('illegal_transition', '该成员已停用，请先启用', 'the operator is disabled; enable them first');
    if (isLastAdmin(tx, operator)) return lastAdmin();
    const link = welcomeLink(deps.publicUrl, startAnew(tx, deps, actor, operator));
    return { link, operator: memberView(deps, tx, { ...operator, status: 'invited' }) };
  });
}

/** Takes away what an operator proved themselves by and makes a link to begin again with; its token. Call inside a commit. */
export function startAnew(tx: Store, deps: Pick<Deps, 'vault' | 'random' | 'clock'>, actor: string, operator: OperatorRow): string {
  const { id } = operator;
  const sessions = tx.operators.revokeSessionsOf(id, deps.clock.nowMs());
  const account = tx.operators.account(id)!;
  tx.operators.saveAccount({ ...account, passwordSealed: null, totpSealed: null });
  tx.operators.saveOperator({ ...operator, status: 'invited' });
  appendAudit(tx, deps, { actor, action: 'operator.reset', subject: id, detail: { sessions } });
  return inviteAnew(tx, deps, id);
}

export async function endSessionsOf(deps: Deps, actor: string, id: string): Promise<{ readonly ended: number } | Problem> {
  return deps.commit((tx) => {
    if (tx.operators.operator(id) === undefined) return noSuch();
    const ended = tx.operators.revokeSessionsOf(id, deps.clock.nowMs());
    appendAudit(tx, deps, { actor, action: 'operator.signed_out', subject: id, detail: { sessions: ended } });
    return { ended };
  });
}

/** Who was disabled before ever having accepted goes back to waiting for a link. */
function statusAfter(tx: Store, operator: OperatorRow, wanted: TeamPatch['status']): OperatorStatus {
  if (wanted === undefined || (wanted === 'active' && operator.status !== 'disabled')) return operator.status;
  if (wanted === 'disabled') return 'disabled';
  if (operator.id.startsWith(SANDBOX_OPERATORS)) return 'active';
  return (tx.operators.account(operator.id)?.passwordSealed ?? null) === null ? 'invited' : 'active';
}

function isLastAdmin(tx: Store, { id, role, status }: OperatorRow): boolean {
  if (role !== 'admin' || status !== 'active') return false;
  return !tx.operators.operators().some((other) => other.id !== id && other.role === 'admin' && other.status === 'active');
}

type Sessions = ReadonlyMap<string, { readonly seenAtMs: number; readonly open: number }>;

function sessionsOf({ clock }: Deps, tx: Pick<Store, 'operators'>): Sessions {
  const nowMs = clock.nowMs();
  return new Map(tx.operators.sessionsByOperator(nowMs, nowMs - IDLE_MS).map((each) => [each.operatorId, each]));
}

function memberView(deps: Deps, tx: Pick<Store, 'operators'>, operator: OperatorRow, sessions = sessionsOf(deps, tx)): TeamMember {
  const seen = sessions.get(operator.id);
  return {
    ...operatorView(deps, operator),
    status: operator.status,
    created_at: iso(operator.createdAtMs),
    last_seen_at: seen === undefined ? null : iso(seen.seenAtMs),
    open_sessions: seen?.open ?? 0,
  };
}

function lastAdmin(): Problem {
  return problem('illegal_transition', '至少要保留一名可登录的管理员', 'one administrator who can sign in must remain');
}

function noSuch(): Problem {
  return problem('not_found', '没有这个成员', 'there is no such operator');
}
