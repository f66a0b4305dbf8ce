/** Who calls. Keys and sessions are looked up by their hash; an application is reached by its channel's secret key or by its own client token. */
import type { MiddlewareHandler } from 'hono';
import type { ApiKey, Role } from '../domain/desk.ts';
import { problem } from '../domain/failures.ts';
import { isId } from '../domain/ids.ts';
import type { Deps } from '../flow/deps.ts';
import { noteSeen, sessionOf } from '../flow/operators/session.ts';
import { readPageKey } from '../flow/page-key.ts';
import { clientToken, type ApplicationRow } from '../flow/view-application.ts';
import { refuse, type Ctx, type Env } from './context.ts';
import { sessionToken, whyNotOurs } from './session-cookie.ts';

const KEY = /^Bearer ((?:pk|sk|ok)_[A-Za-z0-9_-]{8,120})$/;

/** Admits keys of these kinds and puts the key into the context; everything else is 401 or 403. */
export function withKey(deps: Deps, ...kinds: readonly ApiKey['kind'][]): MiddlewareHandler<Env> {
  return async (c, next) => {
    const text = KEY.exec(c.req.header('authorization') ?? '')?.[1];
    const key = text === undefined ? null : keyOf(deps, text);
    if (key === null) return refuse(c, problem('unauthenticated', '缺少密钥或密钥无效', 'the key is missing or not valid'));
    if (!kinds.includes(key.kind)) return refuse(c, problem('forbidden', '这类密钥不能使用此接口', `a ${key.kind} key cannot do this`));
    const channel = key.channelId === null ? null : deps.desk.snapshot().channels.get(key.channelId);
    if (channel === undefined || channel?.status === 'paused') return refuse(c, problem('forbidden', '渠道已停用', 'the channel is paused'));
    const origin = c.req.header('origin');
    if (key.kind === 'publishable' && origin !== undefined && !originAllowed(origin, channel?.allowed_origins ?? [], deps)) {
      return refuse(c, problem('origin_not_allowed', '此来源不能使用该密钥', 'this key may not be used from this origin'));
    }
    c.set('key', key);
    return next();
  };
}

/** A stored key, or that of our own page, which is derived. */
function keyOf(deps: Deps, text: string): ApiKey | null {
  return deps.desk.snapshot().keysByHash.get(deps.vault.sha256Hex(text)) ?? readPageKey(deps, text);
}

/** Admits operators of these roles, by key or by session. Deny by default: a desk route names its roles or nobody may use it. */
export function withRole(deps: Deps, ...roles: readonly Role[]): MiddlewareHandler<Env> {
  const byKey = withKey(deps, 'operator');
  return async (c, next) => {
    const refused = c.req.header('authorization') === undefined ? await bySession(deps, c) : await byKey(c, async () => undefined);
    if (refused instanceof Response) return refused;
    const key = c.get('key');
    if (!ownerStands(deps, key)) return refuse(c, problem('unauthenticated', '密钥的主人已无此权限', 'the key’s owner may not do this any more'));
    const { role } = key;
    if (role === null || !(role === 'admin' || roles.includes(role)))
      return refuse(c, problem('forbidden', '您的角色没有此权限', 'your role does not permit this'));
    return next();
  };
}

/** Null: the session's operator is in the context as a key of theirs would be. */
async function bySession(deps: Deps, c: Ctx): Promise<Response | null> {
  const admitted = sessionOf(deps, sessionToken(deps, c.req.header('cookie')));
  if (admitted === null) return refuse(c, problem('unauthenticated', '缺少密钥或密钥无效', 'the key is missing or not valid'));
  const foreign = whyNotOurs(deps, c);
  if (foreign !== null) return refuse(c, foreign);
  const { session, operator } = admitted;
  c.set('key', { id: operator.id, kind: 'operator', channelId: null, role: operator.role, name: operator.id, operatorId: operator.id });
  await noteSeen(deps, session);
  return null;
}

/** A key opens no more than its owner could still make it open: who was disabled or lost a role has not kept it in a key. */
function ownerStands({ store }: Deps, { id, operatorId, role }: ApiKey): boolean {
  if (operatorId === null || operatorId === id) return true;
  const owner = store.operators.operator(operatorId);
  return owner?.status === 'active' && (owner.role === 'admin' || owner.role === role);
}

export function originAllowed(origin: string, allowed: readonly string[], deps: Deps): boolean {
  if (origin === deps.publicUrl) return true;
  return allowed.includes(origin) || (deps.mode === 'sandbox' && allowed.includes('*'));
}

/** The application of this path when the caller may have it. To everybody else it does not exist. */
export function ownApplication(deps: Deps, c: Ctx, id: string): ApplicationRow | Response {
  const missing = (): Response => refuse(c, problem('not_found', '没有这个申请', 'there is no such application'));
  const key = c.get('key');
  const row = isId('app', id) ? deps.store.applications.byId(id) : undefined;
  if (row === undefined || row.channelId !== key.channelId) return missing();
  if (key.kind !== 'publishable') return row;
  const token = c.req.header('client-token') ?? '';
  return deps.vault.equal(token, clientToken({ deps }, id)) ? row : missing();
}
